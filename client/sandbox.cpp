// Starts, watches and stops the sandbox's processes. See sandbox.hpp.
#include "client/sandbox.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "client/console.hpp"
#include "client/session_refusal.hpp"
#include "common/base/assert.hpp"

namespace lowu::client {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kStartPatience{60'000};
constexpr std::chrono::milliseconds kReplayPatience{600'000};  // a long log is replayed first
constexpr std::chrono::milliseconds kStopPatience{15'000};
constexpr std::chrono::milliseconds kLookAgain{20};
constexpr std::chrono::milliseconds kSayAgain{3'000};
constexpr std::chrono::milliseconds kHealthTimeout{500};
constexpr std::size_t kTailLines = 15;

constexpr const char* kSwitchConfig = "switch/app/launch.txtpb";
constexpr const char* kScenarios = "bank_sim/scenarios";
constexpr const char* kHkConfig = "bank_sim/scenarios/launch-hk.txtpb";
// In the sandbox's folder: the banks' logs, and which scenario their customers are of.
constexpr const char* kBankFolders[] = {"hk", "mainland"};
constexpr const char* kScenarioFile = "scenario";
constexpr const char* kMainlandConfig = "bank_sim/scenarios/launch-mainland.txtpb";

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&set, number);
    }
    return set;
}

bool is_free(std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return true;  // let the server itself say what is wrong
    const int yes = 1;                // a connection that is just closing does not take the port
    (void)::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound =
        ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    return bound;
}

Result<void> check_port(std::uint16_t port, const std::string& whose, const std::string& option) {
    if (port == 0 || is_free(port)) return {};
    return Error{Error::Kind::kBusy, "port " + std::to_string(port) + " for " + whose +
                                         " is taken; choose another with " + option +
                                         " (0: any free one), or stop what listens there"};
}

std::string read_line(const std::string& file) {
    std::ifstream stream(file);
    std::string line;
    // A line without its end is still being written.
    return std::getline(stream, line) && !stream.eof() ? line : "";
}

}  // namespace

Sandbox::Sandbox() {
    const sigset_t set = stop_signals();
    const int failed = ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signals_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    LOWU_ASSERT(failed == 0 && signals_ >= 0 && wake_ >= 0, "descriptors are to be had at start");
}

Sandbox::~Sandbox() {
    while (!children_.empty()) {
        children_.pop_back();
    }
    ::close(signals_);
    ::close(wake_);
}

Result<void> Sandbox::prepare(const SandboxSettings& settings) {
    settings_ = settings;
    if (auto found = find_files(); !found) return found;
    if (auto taken = take_directory(); !taken) return taken;
    const std::array<Result<void>, 3> ports = {
        check_port(settings.switch_port, "the switch", "--switch-port"),
        check_port(settings.hk_port, "the Hong Kong banks", "--hk-port"),
        check_port(settings.mainland_port, "the Mainland banks", "--mainland-port")};
    for (const auto& port : ports) {
        if (!port) return port;
    }
    return make_directory();
}

Result<void> Sandbox::find_files() {
    std::error_code error;
    programs_ = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (const char* program : {"lowu_switch", "bank_sim"}) {
        if (fs::exists(fs::path(programs_) / program, error)) continue;
        return Error{Error::Kind::kNotFound, "there is no " + std::string(program) + " next to " +
                                                 programs_ + "/lowu: build or install it, too"};
    }
    if (settings_.share.empty()) {
        const fs::path installed = fs::path(programs_).parent_path() / "share/lowu";
        settings_.share =
            fs::exists(installed / kSwitchConfig, error) ? installed.string() : LOWU_SHARE_DIR;
    }
    for (const char* file : {kSwitchConfig, kHkConfig, kMainlandConfig}) {
        if (fs::exists(fs::path(settings_.share) / file, error)) continue;
        return Error{Error::Kind::kNotFound, "there is no " + std::string(file) + " in " +
                                                 settings_.share + "; name the folder by --share"};
    }
    if (settings_.scenario.empty()) return {};
    return find_scenario(settings_.scenario, settings_.day_seed);
}

Result<void> Sandbox::find_scenario(const std::string& name, std::uint64_t seed) {
    auto day = load_scenario((fs::path(settings_.share) / kScenarios).string(), name, seed);
    if (!day) return day.error();
    day_ = std::move(day).value();
    return {};
}

// Before anything in the folder is read or written: it may be that of a sandbox that runs. The
// kernel gives the lock back when this process ends.
Result<void> Sandbox::take_directory() {
    if (settings_.directory.empty()) return {};
    auto folder = log::PosixDirectory::open(settings_.directory, log::MissingDirectory::kCreate);
    if (!folder) return folder.error();
    auto lock = folder.value()->lock();
    if (!lock) return Error{lock.error().kind, "--dir " + lock.error().what};
    folder_ = std::move(folder).value();
    lock_ = std::move(lock).value();
    return {};
}

Result<void> Sandbox::make_directory() {
    std::error_code error;
    if (settings_.directory.empty()) {
        std::string pattern = (fs::temp_directory_path(error) / "lowu-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            return Error{Error::Kind::kIo, "cannot make a folder like " + pattern};
        }
        directory_ = pattern;
        directory_is_temporary_ = true;
        return {};
    }
    directory_ = settings_.directory;
    goes_on_ = fs::exists(fs::path(directory_) / "switch", error);
    return goes_on_ ? look_at_earlier_start() : fill_directory();
}

// What a later start in the same folder must find: a folder for each log, and the scenario.
Result<void> Sandbox::fill_directory() const {
    std::error_code error;
    for (const char* side : kBankFolders) {
        fs::create_directories(fs::path(directory_) / side, error);
        if (error) {
            return Error{Error::Kind::kIo,
                         "cannot make " + directory_ + "/" + side + ": " + error.message()};
        }
    }
    if (!day_) return {};
    const std::string file = directory_ + "/" + kScenarioFile;
    std::ofstream stream(file);
    stream << day_->name << " " << day_->seed << "\n";
    stream.close();
    if (!stream) return Error{Error::Kind::kIo, "cannot write " + file};
    return {};
}

// The logs of switch and banks belong together, and so do the customers that the banks began with.
Result<void> Sandbox::look_at_earlier_start() {
    const std::string holds = "--dir " + directory_ + " holds the log of an earlier start";
    std::error_code error;
    for (const char* side : kBankFolders) {
        if (fs::exists(fs::path(directory_) / side, error)) continue;
        return Error{Error::Kind::kInvalid,
                     holds + ", and not the banks' own logs (" + side +
                         " is missing): fresh banks would not fit it. Name a new folder"};
    }
    if (!settings_.scenario.empty()) {
        return Error{Error::Kind::kInvalid,
                     holds +
                         ", and a scenario is played from its beginning: name a new folder, or "
                         "leave out --scenario to go on"};
    }
    std::ifstream stream(directory_ + "/" + kScenarioFile);
    std::string name;
    std::uint64_t seed = 0;
    return stream >> name >> seed ? find_scenario(name, seed) : Result<void>();
}

Result<void> Sandbox::start() {
    if (auto started = start_switch(); !started) return started;
    const fs::path share = settings_.share;
    auto hk = start_banks("the Hong Kong banks", "hk", share / kHkConfig, settings_.hk_port,
                          &addresses_.hk);
    if (!hk) return hk;
    auto mainland = start_banks("the Mainland banks", "mainland", share / kMainlandConfig,
                                settings_.mainland_port, &addresses_.mainland);
    if (!mainland) return mainland;
    auto sessions = wait_for_sessions();
    started_ = sessions.ok();
    return sessions;
}

Result<void> Sandbox::start_switch() {
    ChildSettings child;
    child.name = "the switch";
    child.program = programs_ + "/lowu_switch";
    child.arguments = {"--config", (fs::path(settings_.share) / kSwitchConfig).string(), "--dir",
                       directory_ + "/switch"};
    if (goes_on_) {
        // Rules that were changed on the way stay changed, whatever the file says.
        child.arguments.insert(child.arguments.end(), {"--parameters", "log"});
    }
    auto started =
        start_child(std::move(child), "switch", settings_.switch_port, &addresses_.switch_address);
    if (!started) return started;
    const SwitchClient central(addresses_.switch_address);
    return wait_until("the switch serves", [&]() -> Result<std::string> {
        if (is_serving(central.peer(), kHealthTimeout)) return std::string();
        return "it says last:\n" + children_.back().log_tail(1);
    });
}

Result<void> Sandbox::start_banks(const std::string& name, const std::string& stem,
                                  const std::string& config, std::uint16_t port,
                                  std::string* address) {
    ChildSettings child;
    child.name = name;
    child.program = programs_ + "/bank_sim";
    child.arguments = {"--config", config,
                       "--switch", addresses_.switch_address,
                       "--dir",    directory_ + "/" + stem};
    if (directory_is_temporary_) {
        // Nobody goes on from a folder that is removed.
        child.arguments.insert(child.arguments.end(), {"--sync", "off"});
    }
    if (day_) {
        const std::vector<std::string> with_day = {"--day", day_->path, "--day-seed",
                                                   std::to_string(day_->seed)};
        child.arguments.insert(child.arguments.end(), with_day.begin(), with_day.end());
    }
    return start_child(std::move(child), stem, port, address);
}

// Returns when the child listens; `address` then has the port that it was given.
Result<void> Sandbox::start_child(ChildSettings settings, const std::string& stem,
                                  std::uint16_t port, std::string* address) {
    const std::string name = settings.name;
    const std::string port_file = directory_ + "/" + stem + ".port";
    std::error_code error;
    fs::remove(port_file, error);
    settings.log_file = directory_ + "/" + stem + ".log";
    const std::vector<std::string> listening = {"--listen", "127.0.0.1:" + std::to_string(port),
                                                "--port-file", port_file};
    settings.arguments.insert(settings.arguments.end(), listening.begin(), listening.end());
    auto child = ChildProcess::start(settings);
    if (!child) return child.error();
    children_.push_back(std::move(child).value());
    std::string bound;
    auto listens = wait_until(name + " can be reached", [&]() -> Result<std::string> {
        bound = read_line(port_file);
        if (!bound.empty()) return std::string();
        return "it says last:\n" + children_.back().log_tail(1);
    });
    *address = "127.0.0.1:" + bound;
    return listens;
}

Result<void> Sandbox::wait_for_sessions() {
    const Network network(addresses_);
    return wait_until("every bank's session is up and its customers' proxies are registered",
                      [&] { return missing_sessions(network); });
}

Result<std::string> Sandbox::missing_sessions(const Network& network) const {
    if (auto refused = refused_sessions()) return *refused;
    const auto participants = network.central().participants();
    if (!participants) return std::string(participants.error().what);
    if (participants->participants().empty()) return std::string("the switch names no bank");
    std::string offline;
    for (const v1::Participant& bank : participants->participants()) {
        if (bank.online()) continue;
        offline += (offline.empty() ? "no session yet: " : ", ") + bank_text(bank.code());
    }
    // Of an earlier start a bank may have stayed offline on purpose, or be in default.
    if (!offline.empty() && !goes_on_) return offline;
    for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps}) {
        // A process of banks serves when its sessions are up and its proxies registered.
        const Peer& banks = network.banks_of(rail).peer();
        if (is_serving(banks, kHealthTimeout)) continue;
        return banks.who + " does not serve yet" + (offline.empty() ? "" : "; " + offline);
    }
    return std::string();
}

// The folders of the banks' logs are in the order in which their processes are started, behind the
// switch.
std::optional<Error> Sandbox::refused_sessions() const {
    for (std::size_t i = 0; i < std::size(kBankFolders); ++i) {
        const auto refusals = session_refusals(children_[i + 1].said());
        if (refusals.empty()) continue;
        return Error{
            Error::Kind::kUnavailable,
            refusal_text(refusals, directory_ + "/" + kBankFolders[i], directory_ + "/switch")};
    }
    return std::nullopt;
}

Result<void> Sandbox::wait_until(const std::string& what, const Look& look) {
    const auto began = std::chrono::steady_clock::now();
    const auto deadline = began + (goes_on_ ? kReplayPatience : kStartPatience);
    auto say_at = began + kSayAgain;
    while (true) {
        const auto missing = look();
        if (!missing) return missing.error();
        if (missing->empty()) return {};
        switch (wait(kLookAgain)) {
            case Wake::kStopAsked:
                return Error{Error::Kind::kUnavailable, "stopped before " + what};
            case Wake::kChildDied:
                return *dead_child();
            case Wake::kReady:
            case Wake::kTimeout:
                break;
        }
        const auto now = std::chrono::steady_clock::now();
        if (now > deadline) return waited_in_vain(what);
        if (now < say_at) continue;
        say_at = now + kSayAgain;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - began);
        if (!settings_.say) continue;
        settings_.say("Waiting until " + what + ", for " + std::to_string(seconds.count()) +
                      " s so far: " + *missing);
    }
}

Error Sandbox::waited_in_vain(const std::string& what) const {
    std::string tails;
    for (const ChildProcess& child : children_) {
        tails += "\n  " + child.name() + " says last:\n" + child.log_tail(kTailLines);
    }
    return {Error::Kind::kUnavailable, "waited in vain until " + what + tails};
}

Wake Sandbox::wait(std::chrono::milliseconds timeout) {
    if (stop_asked_) return Wake::kStopAsked;
    std::vector<pollfd> watched = {{signals_, POLLIN, 0}, {wake_, POLLIN, 0}};
    for (const ChildProcess& child : children_) {
        watched.push_back({child.end_descriptor(), POLLIN, 0});
    }
    const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(timeout.count()));
    if (ready <= 0) return Wake::kTimeout;
    if (watched[0].revents != 0) {
        signalfd_siginfo signal{};
        (void)!::read(signals_, &signal, sizeof signal);
        stop_asked_ = true;
        return Wake::kStopAsked;
    }
    if (watched[1].revents != 0) {
        std::uint64_t count = 0;
        (void)!::read(wake_, &count, sizeof count);
        return Wake::kReady;
    }
    return Wake::kChildDied;
}

void Sandbox::wake() {
    const std::uint64_t one = 1;
    (void)!::write(wake_, &one, sizeof one);
}

std::optional<Error> Sandbox::dead_child() {
    for (ChildProcess& child : children_) {
        const auto& ending = child.ending();
        if (!ending) continue;
        return Error{Error::Kind::kUnavailable, child.name() + " ended by itself, " + *ending +
                                                    ". Its log " + child.log_file() +
                                                    " ends with:\n" + child.log_tail(kTailLines)};
    }
    return std::nullopt;
}

Result<void> Sandbox::stop() {
    std::string complaints;
    while (!children_.empty()) {
        ChildProcess& child = children_.back();
        const bool in_time = child.stop(kStopPatience);
        if (!in_time) {
            complaints += child.name() + " did not stop when asked and was killed. ";
        } else if (!child.ended_well()) {
            complaints += child.name() + " ended with " + *child.ending() +
                          ". Its log ends with:\n" + child.log_tail(kTailLines);
        }
        children_.pop_back();
    }
    if (!complaints.empty()) return Error{Error::Kind::kUnknown, complaints};
    return {};
}

std::string Sandbox::kept_text() const {
    const std::string kept = "The logs are kept in " + directory_;
    if (!started_ || directory_is_temporary_) return kept;
    return kept + ": 'lowu up --dir " + directory_ + "' goes on";
}

void Sandbox::remove_directory() {
    if (!directory_is_temporary_ || directory_.empty()) return;
    std::error_code error;
    fs::remove_all(directory_, error);
}

}  // namespace lowu::client
