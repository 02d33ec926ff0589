// Real processes for tests: start, wait for, kill by pid; temporary folders and free ports. Exists
// so that integration tests wait for events and never sleep, and leave nothing behind. Used by
// tests/integration, on the test's main thread (the kernel kills what that thread started when it
// ends).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lowu::test {

using std::chrono::milliseconds;

/// Long enough for a loaded machine; reached only by what hangs.
inline constexpr milliseconds kPatience{120'000};

/// A fresh folder, removed with everything in it. Unless told otherwise it stays when the current
/// test or suite has failed, and is named in the output.
enum class AfterFailure { kKeep, kRemove };

class TempDirectory {
public:
    explicit TempDirectory(AfterFailure after_failure = AfterFailure::kKeep);
    TempDirectory(const TempDirectory&) = delete;
    TempDirectory& operator=(const TempDirectory&) = delete;
    ~TempDirectory();

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
    AfterFailure after_failure_;
};

/// A port of 20000 to 31999 on which nobody listens now. Below the ephemeral range, so that no
/// outgoing connection takes it; different processes begin at different places.
[[nodiscard]] std::uint16_t free_port();

[[nodiscard]] std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& content);

struct ProcessSettings {
    std::vector<std::string> command;  // path of the program, or a name to be found in PATH
    std::string output;                // file for standard output
    std::string errors;                // file for standard error; empty: with the output
    std::string directory;             // to run in; empty: where the test runs
    std::vector<std::pair<std::string, std::string>> environment;  // added to the test's own
};

/// What a process that was waited for left.
struct Finished {
    int exit_code = -1;  // 128 + number for a signal, as shells have it
    std::string output;
    std::string errors;
};

/// A child that is killed at the end of its scope.
class Process {
public:
    explicit Process(ProcessSettings settings);
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    [[nodiscard]] pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// Waits for its end: the exit code, or nullopt when it still runs after `timeout`.
    std::optional<int> wait(milliseconds timeout);
    /// SIGKILL, and waits.
    void kill();
    /// Asks `ready` again and again, at most every 10 ms, until it says true. False when the
    /// process ends before, or `timeout` passes.
    [[nodiscard]] bool wait_until(milliseconds timeout, const std::function<bool()>& ready);

    [[nodiscard]] std::string output() const { return read_file(settings_.output); }
    /// The end of what it said, for messages of failed tests.
    [[nodiscard]] std::string tail() const;

private:
    ProcessSettings settings_;
    pid_t pid_ = -1;
    int pid_descriptor_ = -1;
    std::optional<int> exit_code_;
};

/// Runs a program to its end; its output goes through files in a folder of its own. exit_code is
/// -1 when it had to be killed after `timeout`.
[[nodiscard]] Finished run(std::vector<std::string> command, milliseconds timeout = kPatience,
                           std::vector<std::pair<std::string, std::string>> environment = {},
                           const std::string& directory = "");

/// Whether a process with this pid runs (a zombie does not).
[[nodiscard]] bool is_running(pid_t pid);
/// Waits for the end of a process that is not our child; false when it outlives `timeout`.
[[nodiscard]] bool wait_for_end(pid_t pid, milliseconds timeout);
/// The processes that this one has started and that run.
[[nodiscard]] std::vector<pid_t> children_of(pid_t pid);

}  // namespace lowu::test
