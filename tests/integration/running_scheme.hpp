// A whole scheme of real processes for one test program: a switch and the banks of both sides on
// free ports, in a folder of their own. Exists so that tests read as what they test. Main thread of
// the test.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/network.hpp"
#include "common/base/result.hpp"
#include "tests/support/process.hpp"

namespace lowu::test {

/// Path of a program that was built with the tests.
[[nodiscard]] std::string program(const std::string& name);

/// Path of a file of the source tree.
[[nodiscard]] std::string source(const std::string& path);

/// Blocks until the health service at `address`, which is the process's, says SERVING. The error,
/// at once when the process ends and else after kPatience, says which it was, how the process
/// ended and what it said last.
[[nodiscard]] Result<void> wait_serving(const std::string& address, Process& process);

/// The configuration files, and which side to play.
struct SchemeFiles {
    std::string switch_config = source("switch/app/launch.txtpb");
    std::string hk = source("bank_sim/scenarios/launch-hk.txtpb");  // empty: not started
    std::string mainland = source("bank_sim/scenarios/launch-mainland.txtpb");
    bool bank_logs = false;  // the banks keep logs in the scheme's folder
};

class RunningScheme {
public:
    explicit RunningScheme(SchemeFiles files = {});

    /// Starts all processes; false, with the reason added as a test failure, when one does not
    /// serve. Waits for the sessions of the banks that it plays.
    [[nodiscard]] bool start();

    /// The switch alone: on the same port and the same folder every time. `more` are further
    /// arguments.
    [[nodiscard]] bool start_switch(const std::vector<std::string>& more = {});
    /// The same where it must not start: what it said, and its exit code.
    [[nodiscard]] Finished start_switch_in_vain(const std::vector<std::string>& more = {});
    /// Starts it and waits for nothing.
    void launch_switch(const std::vector<std::string>& more = {});
    void kill_switch() { switch_->kill(); }
    /// Of its log, snapshots and archive.
    [[nodiscard]] std::string switch_directory() const { return directory_.file("switch"); }
    /// The banks of one side: on the same port and, with bank_logs, the same folder every time.
    /// `more` are further arguments, which may change the configuration.
    [[nodiscard]] bool start_banks(scheme::Rail rail, const std::vector<std::string>& more = {});
    [[nodiscard]] Finished start_banks_in_vain(scheme::Rail rail,
                                               const std::vector<std::string>& more = {});
    [[nodiscard]] Process& banks_process(scheme::Rail rail) { return *process_of(rail); }
    /// Of the log of one side's banks.
    [[nodiscard]] std::string bank_directory(scheme::Rail rail) const;

    /// Every bank that the processes play has a session.
    [[nodiscard]] bool wait_for_sessions();

    [[nodiscard]] Process& switch_process() { return *switch_; }
    [[nodiscard]] const client::Addresses& addresses() const { return addresses_; }
    [[nodiscard]] const client::Network& network() const { return *network_; }

    /// Runs `lowu` with these arguments against this scheme.
    [[nodiscard]] Finished lowu(std::vector<std::string> arguments) const;

    /// What the processes said last, for a failed test.
    [[nodiscard]] std::string tails() const;

private:
    [[nodiscard]] std::vector<std::string> switch_command(
        const std::vector<std::string>& more) const;
    [[nodiscard]] std::vector<std::string> banks_command(
        scheme::Rail rail, const std::vector<std::string>& more) const;
    [[nodiscard]] std::optional<Process>& process_of(scheme::Rail rail) {
        return rail == scheme::Rail::kFps ? hk_ : mainland_;
    }
    [[nodiscard]] bool sessions_are_up(scheme::Rail rail) const;

    SchemeFiles files_;
    TempDirectory directory_;
    client::Addresses addresses_;
    std::optional<Process> switch_;
    std::optional<Process> hk_;
    std::optional<Process> mainland_;
    std::unique_ptr<client::Network> network_;
};

}  // namespace lowu::test
