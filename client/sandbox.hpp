// The sandbox's processes: one switch and the banks of both sides, started in order, watched, and
// stopped in order. Exists so that `up` reads as a story. Main thread only: it forks and takes the
// signals.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/child_process.hpp"
#include "client/launch_day_scenario.hpp"
#include "client/network.hpp"
#include "common/base/result.hpp"
#include "common/log/posix_file.hpp"

namespace lowu::client {

struct SandboxSettings {
    // Empty: a fresh temporary one, removed when all ended well. One of an earlier start: it goes
    // on.
    std::string directory;
    std::string share;           // holds the configuration files; empty: where they are installed
    std::string scenario;        // name of a day that the banks' customers are for; or empty
    std::uint64_t day_seed = 0;  // instead of the scenario's own; 0: that one
    std::uint16_t switch_port = 7410;  // 0: any free one
    std::uint16_t hk_port = 7420;
    std::uint16_t mainland_port = 7430;
    // Hears every few seconds what a start still waits for; empty: nobody wants to know.
    std::function<void(const std::string&)> say;
};

// Why a wait ended.
enum class Wake { kReady, kTimeout, kStopAsked, kChildDied };

class Sandbox {
public:
    // Blocks SIGINT, SIGTERM and SIGHUP for this thread and those it starts later: construct it
    // before anything starts threads.
    Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;
    ~Sandbox();

    // Finds programs and files, makes the folder and takes it for this process alone, looks whether
    // the ports are free.
    [[nodiscard]] Result<void> prepare(const SandboxSettings& settings);
    // Starts everything; returns when the switch serves and every bank's session is up.
    [[nodiscard]] Result<void> start();
    // Waits for `timeout`, or until a signal comes, a child ends, or wake() is called.
    [[nodiscard]] Wake wait(std::chrono::milliseconds timeout);
    // Makes wait() return kReady. The one function that any thread may call.
    void wake();
    // Banks first, then the switch. The error names who did not end well.
    [[nodiscard]] Result<void> stop();

    [[nodiscard]] bool stop_asked() const { return stop_asked_; }
    // Names the child that has ended by itself and shows the end of its log.
    [[nodiscard]] std::optional<Error> dead_child();
    // Valid after start().
    [[nodiscard]] const Addresses& addresses() const { return addresses_; }
    [[nodiscard]] const std::string& directory() const { return directory_; }
    // After prepare(): the folder holds the logs of an earlier start, and everything goes on from
    // there.
    [[nodiscard]] bool goes_on() const { return goes_on_; }
    // After prepare(): the day to play; nullptr when there is none, or when it was played before.
    [[nodiscard]] const DayFile* day_to_play() const {
        return day_ && !goes_on_ ? &*day_ : nullptr;
    }
    // Where the logs are; after start(), of a folder that the user named, also how to go on.
    [[nodiscard]] std::string kept_text() const;
    // Removes the temporary folder; a folder that the user named stays.
    void remove_directory();

private:
    [[nodiscard]] Result<void> find_files();
    [[nodiscard]] Result<void> find_scenario(const std::string& name, std::uint64_t seed);
    [[nodiscard]] Result<void> take_directory();
    [[nodiscard]] Result<void> make_directory();
    [[nodiscard]] Result<void> fill_directory() const;
    [[nodiscard]] Result<void> look_at_earlier_start();
    [[nodiscard]] Result<void> start_switch();
    [[nodiscard]] Result<void> start_banks(const std::string& name, const std::string& stem,
                                           const std::string& config, std::uint16_t port,
                                           std::string* address);
    [[nodiscard]] Result<void> start_child(ChildSettings settings, const std::string& stem,
                                           std::uint16_t port, std::string* address);
    [[nodiscard]] Result<void> wait_for_sessions();
    // What is still missing, or why it will never be there.
    [[nodiscard]] Result<std::string> missing_sessions(const Network& network) const;
    [[nodiscard]] std::optional<Error> refused_sessions() const;
    // Says what is still missing, for people; empty: ready. The error: there is no use in waiting.
    using Look = std::function<Result<std::string>()>;
    [[nodiscard]] Result<void> wait_until(const std::string& what, const Look& look);
    [[nodiscard]] Error waited_in_vain(const std::string& what) const;

    SandboxSettings settings_;
    std::optional<DayFile> day_;  // the banks' customers are those of this scenario
    std::string programs_;        // folder of lowu, lowu_switch and bank_sim
    std::string directory_;
    bool directory_is_temporary_ = false;
    std::unique_ptr<log::PosixDirectory> folder_;  // of the lock; none for a temporary one
    std::unique_ptr<log::DirectoryLock> lock_;
    bool started_ = false;
    bool goes_on_ = false;
    Addresses addresses_;
    std::vector<ChildProcess> children_;  // in the order of starting
    int signals_ = -1;                    // signalfd
    int wake_ = -1;                       // eventfd
    bool stop_asked_ = false;
};

}  // namespace lowu::client
