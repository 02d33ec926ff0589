// Starts, watches and stops one program. See child_process.hpp.
#include "client/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <utility>

namespace lowu::client {

namespace {

Error io_error(const std::string& what) {
    return {Error::Kind::kIo, what + ": " + std::strerror(errno)};
}

// glibc 2.36 declares pidfd_open without C linkage, so the system call is made directly.
int open_pid(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

struct ChildPlan {
    std::vector<char*> arguments;  // ends with a null pointer
    int log = -1;
    int report = -1;  // errno goes here when exec fails; closed by a successful exec
    pid_t parent = -1;
};

// Runs in the child between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const ChildPlan& plan) {
    sigset_t none;
    sigemptyset(&none);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const bool prepared = ::setpgid(0, 0) == 0 && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
                          ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0 &&
                          ::dup2(null, STDIN_FILENO) >= 0 && ::dup2(plan.log, STDOUT_FILENO) >= 0 &&
                          ::dup2(plan.log, STDERR_FILENO) >= 0;
    // The parent may have ended before the kernel was told to watch it.
    if (prepared && ::getppid() == plan.parent) ::execv(plan.arguments[0], plan.arguments.data());
    const int error = errno;
    [[maybe_unused]] const ssize_t written = ::write(plan.report, &error, sizeof error);
    ::_exit(127);
}

// The errno that the child reported, or 0 when exec succeeded.
int exec_error(int report) {
    int error = 0;
    ssize_t count = 0;
    do {
        count = ::read(report, &error, sizeof error);
    } while (count < 0 && errno == EINTR);
    return count == static_cast<ssize_t>(sizeof error) ? error : 0;
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const ChildSettings& settings) {
    ChildPlan plan;
    plan.arguments.push_back(const_cast<char*>(settings.program.c_str()));
    for (const std::string& argument : settings.arguments) {
        plan.arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    plan.arguments.push_back(nullptr);
    plan.parent = ::getpid();
    plan.log = ::open(settings.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (plan.log < 0) return io_error("cannot open " + settings.log_file);
    const off_t log_begin = ::lseek(plan.log, 0, SEEK_END);
    std::array<int, 2> pipe_ends{};
    if (::pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
        ::close(plan.log);
        return io_error("cannot make a pipe");
    }
    plan.report = pipe_ends[1];
    const pid_t pid = ::fork();
    if (pid == 0) become(plan);
    const int fork_error = errno;
    ::close(plan.log);
    ::close(pipe_ends[1]);
    const int error = pid < 0 ? fork_error : exec_error(pipe_ends[0]);
    ::close(pipe_ends[0]);
    const int pid_descriptor = pid > 0 && error == 0 ? open_pid(pid) : -1;
    if (pid_descriptor >= 0) return ChildProcess(settings, log_begin, pid, pid_descriptor);
    errno = error == 0 ? errno : error;
    const Error failed = io_error("cannot start " + settings.program);
    if (pid > 0) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
    return failed;
}

ChildProcess::ChildProcess(ChildSettings settings, off_t log_begin, pid_t pid, int pid_descriptor)
    : settings_(std::move(settings)),
      log_begin_(log_begin),
      pid_(pid),
      pid_descriptor_(pid_descriptor) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : settings_(std::move(other.settings_)),
      log_begin_(other.log_begin_),
      pid_(std::exchange(other.pid_, -1)),
      pid_descriptor_(std::exchange(other.pid_descriptor_, -1)),
      ending_(std::move(other.ending_)),
      ended_well_(other.ended_well_) {}

ChildProcess::~ChildProcess() {
    if (pid_ < 0) return;
    reap(false);
    if (!ending_) {
        ::kill(pid_, SIGKILL);
        reap(true);
    }
    ::close(pid_descriptor_);
}

void ChildProcess::reap(bool block) {
    if (ending_) return;
    int status = 0;
    pid_t reaped = 0;
    do {
        reaped = ::waitpid(pid_, &status, block ? 0 : WNOHANG);
    } while (reaped < 0 && errno == EINTR);
    if (reaped != pid_) return;
    if (WIFSIGNALED(status)) {
        const int number = WTERMSIG(status);
        ending_ = "signal " + std::to_string(number) + " (" + ::strsignal(number) + ")";
    } else {
        ending_ = "exit code " + std::to_string(WEXITSTATUS(status));
        ended_well_ = WEXITSTATUS(status) == 0;
    }
}

const std::optional<std::string>& ChildProcess::ending() {
    reap(false);
    return ending_;
}

bool ChildProcess::ended_well() {
    reap(false);
    return ended_well_;
}

bool ChildProcess::stop(std::chrono::milliseconds patience) {
    reap(false);
    if (ending_) return true;
    ::kill(pid_, SIGTERM);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    pollfd end{pid_descriptor_, POLLIN, 0};
    while (!ending_) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) break;
        (void)::poll(&end, 1, static_cast<int>(left.count()));
        reap(false);
    }
    if (ending_) return true;
    ::kill(pid_, SIGKILL);
    reap(true);
    return false;
}

std::string ChildProcess::said() const {
    std::ifstream log(settings_.log_file);
    log.seekg(log_begin_);
    return {std::istreambuf_iterator<char>(log), {}};
}

std::string ChildProcess::log_tail(std::size_t lines) const {
    std::ifstream log(settings_.log_file);
    log.seekg(log_begin_);
    std::deque<std::string> last;
    for (std::string line; std::getline(log, line);) {
        last.push_back(std::move(line));
        if (last.size() > lines) last.pop_front();
    }
    std::string text;
    for (const std::string& line : last) {
        text += "    " + line + "\n";
    }
    return text;
}

}  // namespace lowu::client
