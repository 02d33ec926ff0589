// Real processes for tests. See process.hpp.
#include "tests/support/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "common/base/assert.hpp"

namespace lowu::test {

namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kFirstPort = 20'000;
constexpr std::uint16_t kPorts = 12'000;
constexpr std::size_t kTailBytes = 4'000;
constexpr milliseconds kLookAgain{10};

int open_pid(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

int open_for_output(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    LOWU_ASSERT(descriptor >= 0, "the file for a process's output can be opened");
    return descriptor;
}

bool bind_once(std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound =
        ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    return bound;
}

/// The child's environment: ours, with some entries replaced.
std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& added) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        bool replaced = false;
        for (const auto& [name, value] : added) {
            replaced = replaced || text.starts_with(name + "=");
        }
        if (!replaced) all.push_back(text);
    }
    for (const auto& [name, value] : added) {
        all.push_back(name + "=" + value);
    }
    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

struct ChildPlan {
    char* const* command;
    char* const* environment;
    const char* directory;
    int output;
    int errors;
    pid_t parent;
};

/// Between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const ChildPlan& plan) {
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool prepared = ::getppid() == plan.parent && ::dup2(null, STDIN_FILENO) >= 0 &&
                          ::dup2(plan.output, STDOUT_FILENO) >= 0 &&
                          ::dup2(plan.errors, STDERR_FILENO) >= 0 &&
                          (*plan.directory == '\0' || ::chdir(plan.directory) == 0);
    if (prepared) ::execvpe(plan.command[0], plan.command, plan.environment);
    ::_exit(127);
}

}  // namespace

TempDirectory::TempDirectory(AfterFailure after_failure) : after_failure_(after_failure) {
    std::string pattern = (fs::temp_directory_path() / "lowu-test-XXXXXX").string();
    const char* made = ::mkdtemp(pattern.data());
    LOWU_ASSERT(made != nullptr, "a temporary folder can be made");
    path_ = pattern;
}

TempDirectory::~TempDirectory() {
    const auto* suite = ::testing::UnitTest::GetInstance()->current_test_suite();
    const bool failed = ::testing::Test::HasFailure() || (suite != nullptr && suite->Failed());
    std::error_code error;
    if (failed && after_failure_ == AfterFailure::kKeep) {
        std::cout << "Kept for a look: " << path_ << std::endl;
    } else {
        fs::remove_all(path_, error);
    }
}

std::uint16_t free_port() {
    static std::uint32_t next = static_cast<std::uint32_t>(::getpid()) * 37;
    while (true) {
        const auto port = static_cast<std::uint16_t>(kFirstPort + next++ % kPorts);
        if (bind_once(port)) return port;
    }
}

std::string read_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write_file(const std::string& path, const std::string& content) {
    std::ofstream stream(path, std::ios::binary);
    stream << content;
    LOWU_ASSERT(stream.good(), "a file of a test can be written");
}

Process::Process(ProcessSettings settings) : settings_(std::move(settings)) {
    std::vector<std::string> command = settings_.command;
    std::vector<std::string> environment = environment_with(settings_.environment);
    const std::vector<char*> command_pointers = pointers_to(command);
    const std::vector<char*> environment_pointers = pointers_to(environment);
    const int output = open_for_output(settings_.output);
    const int errors = settings_.errors.empty() ? output : open_for_output(settings_.errors);
    const ChildPlan plan{command_pointers.data(),
                         environment_pointers.data(),
                         settings_.directory.c_str(),
                         output,
                         errors,
                         ::getpid()};
    pid_ = ::fork();
    if (pid_ == 0) become(plan);
    ::close(output);
    if (errors != output) ::close(errors);
    LOWU_ASSERT(pid_ > 0, "the machine can start one more process");
    pid_descriptor_ = open_pid(pid_);
    LOWU_ASSERT(pid_descriptor_ >= 0, "a child can be watched");
}

Process::Process(Process&& other) noexcept
    : settings_(std::move(other.settings_)),
      pid_(std::exchange(other.pid_, -1)),
      pid_descriptor_(std::exchange(other.pid_descriptor_, -1)),
      exit_code_(other.exit_code_) {}

Process& Process::operator=(Process&& other) noexcept {
    std::swap(settings_, other.settings_);
    std::swap(pid_, other.pid_);
    std::swap(pid_descriptor_, other.pid_descriptor_);
    std::swap(exit_code_, other.exit_code_);
    return *this;
}

Process::~Process() {
    if (pid_ < 0) return;
    kill();
    ::close(pid_descriptor_);
}

void Process::signal(int number) const {
    if (!exit_code_) (void)::kill(pid_, number);
}

std::optional<int> Process::wait(milliseconds timeout) {
    if (exit_code_) return exit_code_;
    pollfd end{pid_descriptor_, POLLIN, 0};
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    int ready = 0;
    do {
        const auto left =
            std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
        ready = ::poll(&end, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) return std::nullopt;
    int status = 0;
    if (::waitpid(pid_, &status, 0) != pid_) return std::nullopt;
    exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return exit_code_;
}

void Process::kill() {
    signal(SIGKILL);
    (void)wait(kPatience);
}

bool Process::wait_until(milliseconds timeout, const std::function<bool()>& ready) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!ready()) {
        // The event that is waited for here is the process's end, which would make all else vain.
        if (wait(kLookAgain) || std::chrono::steady_clock::now() > deadline) return ready();
    }
    return true;
}

std::string Process::tail() const {
    const std::string said = output();
    return said.size() <= kTailBytes ? said : said.substr(said.size() - kTailBytes);
}

Finished run(std::vector<std::string> command, milliseconds timeout,
             std::vector<std::pair<std::string, std::string>> environment,
             const std::string& directory) {
    const TempDirectory folder(AfterFailure::kRemove);
    Process process({std::move(command), folder.file("output"), folder.file("errors"), directory,
                     std::move(environment)});
    const auto exit_code = process.wait(timeout);
    if (!exit_code) process.kill();
    return {exit_code.value_or(-1), read_file(folder.file("output")),
            read_file(folder.file("errors"))};
}

bool is_running(pid_t pid) {
    const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t name_end = stat.rfind(')');
    return name_end != std::string::npos && name_end + 2 < stat.size() && stat[name_end + 2] != 'Z';
}

bool wait_for_end(pid_t pid, milliseconds timeout) {
    const int descriptor = open_pid(pid);
    if (descriptor < 0) return true;
    pollfd end{descriptor, POLLIN, 0};
    const int ready = ::poll(&end, 1, static_cast<int>(timeout.count()));
    ::close(descriptor);
    return ready > 0;
}

std::vector<pid_t> children_of(pid_t pid) {
    const std::string process = std::to_string(pid);
    std::istringstream listed(read_file("/proc/" + process + "/task/" + process + "/children"));
    std::vector<pid_t> children;
    for (pid_t child = 0; listed >> child;) {
        children.push_back(child);
    }
    return children;
}

}  // namespace lowu::test
