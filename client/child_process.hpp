// A program that lowu starts and answers for. Exists so that nothing it starts outlives it: the
// child is killed by the kernel when lowu's main thread ends, however that happens. Called by `up`
// on the main thread only (the kernel watches the thread that forked).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace lowu::client {

struct ChildSettings {
    std::string name;     // for people: "the switch"
    std::string program;  // path
    std::vector<std::string> arguments;
    std::string log_file;  // what it writes to standard output and error is appended here
};

class ChildProcess {
public:
    // Returns when the program runs (exec has succeeded). It gets a process group of its own, so
    // that Ctrl-C reaches lowu alone, which then stops its children in order. Fails with kIo.
    [[nodiscard]] static Result<ChildProcess> start(const ChildSettings& settings);

    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) = delete;
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();  // kills it if it still runs

    [[nodiscard]] const std::string& name() const { return settings_.name; }
    [[nodiscard]] const std::string& log_file() const { return settings_.log_file; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    // Becomes readable when the child ends: for poll().
    [[nodiscard]] int end_descriptor() const { return pid_descriptor_; }

    // How it ended: "exit code 3", "signal 9 (Killed)"; nullopt while it runs.
    [[nodiscard]] const std::optional<std::string>& ending();
    [[nodiscard]] bool ended_well();

    // Sends SIGTERM and waits for the end; after `patience` SIGKILL. False when that was needed.
    [[nodiscard]] bool stop(std::chrono::milliseconds patience);

    // What it has written into its log since it was started.
    [[nodiscard]] std::string said() const;
    // The last lines of that, each indented.
    [[nodiscard]] std::string log_tail(std::size_t lines) const;

private:
    ChildProcess(ChildSettings settings, off_t log_begin, pid_t pid, int pid_descriptor);
    void reap(bool block);

    ChildSettings settings_;
    off_t log_begin_ = 0;  // in the log file: earlier starts have written what is before
    pid_t pid_ = -1;
    int pid_descriptor_ = -1;
    std::optional<std::string> ending_;
    bool ended_well_ = false;
};

}  // namespace lowu::client
