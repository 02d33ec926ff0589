// A switch and the banks of both sides as real processes, with a proxy on each side's way to the
// switch, each to be killed and started again on the same port and folder. Exists apart from
// tests/integration/running_scheme.hpp because here every process may die, in either variant, and
// the folder may be on a file system that is about to lose its power. Main thread.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/scheme/rail.hpp"
#include "tests/integration/running_scheme.hpp"
#include "tests/kill/calls.hpp"
#include "tests/kill/plan.hpp"
#include "tests/kill/tcp_proxy.hpp"
#include "tests/support/process.hpp"

namespace lowu::killing {

struct FireSettings {
    std::string folder;       // for everything, exists
    std::string switch_data;  // for the switch's log; empty: in `folder`
    std::string bank_data;    // for the banks' logs; empty: in `folder`
    std::string programs;     // folder of the built programs
    bool bank_logs = true;    // the banks keep their own log
    std::vector<std::string> switch_arguments;
    std::vector<std::pair<std::string, std::string>> switch_environment;
};

/// Which variant of a program is started.
struct Launch {
    std::optional<Round> step;  // the test variant, to die so, once told to count
};

class SchemeUnderFire {
public:
    explicit SchemeUnderFire(FireSettings settings);

    /// Starts one process and waits until it serves; the reason when it does not.
    [[nodiscard]] Result<void> start(Victim victim, const Launch& launch = {});
    /// All three, and waits for the banks' sessions.
    [[nodiscard]] Result<void> start_all();
    /// SIGKILL to all that run.
    void kill_all();
    [[nodiscard]] Result<void> wait_for_sessions(scheme::Rail rail);

    [[nodiscard]] test::Process& process(Victim victim) { return *processes_[index(victim)]; }
    [[nodiscard]] bool has_process(Victim victim) const {
        return processes_[index(victim)].has_value();
    }
    /// What the process was started to do.
    [[nodiscard]] const Launch& launch_of(Victim victim) const { return launches_[index(victim)]; }
    [[nodiscard]] TcpProxy& proxy(scheme::Rail rail) {
        return rail == scheme::Rail::kFps ? *hk_proxy_ : *mainland_proxy_;
    }

    [[nodiscard]] const BankLine& banks(scheme::Rail rail) const {
        return rail == scheme::Rail::kFps ? *hk_ : *mainland_;
    }
    [[nodiscard]] const OperationsLine& operations() const { return *operations_; }
    [[nodiscard]] const PaymentLine& payments() const { return *payments_; }

    /// Codes of the banks of a rail, in the order of the configuration.
    [[nodiscard]] const std::vector<std::string>& codes(scheme::Rail rail);

    /// Runs `lowu` against this scheme.
    [[nodiscard]] test::Finished lowu(std::vector<std::string> arguments) const;

    [[nodiscard]] std::string data_folder(Victim victim) const;
    /// What the processes said last.
    [[nodiscard]] std::string tails() const;

private:
    static std::size_t index(Victim victim) { return static_cast<std::size_t>(victim); }
    [[nodiscard]] std::vector<std::string> command_of(Victim victim, bool variant) const;
    [[nodiscard]] std::string log_of(Victim victim) const;

    const FireSettings settings_;
    std::string switch_address_;
    std::array<std::string, 2> bank_addresses_;   // hk, mainland
    std::array<std::string, 2> proxy_addresses_;  // hk, mainland
    std::unique_ptr<TcpProxy> hk_proxy_;
    std::unique_ptr<TcpProxy> mainland_proxy_;
    std::array<std::optional<test::Process>, 3> processes_;
    std::array<Launch, 3> launches_;
    std::array<std::vector<std::string>, 2> codes_;
    std::unique_ptr<BankLine> hk_;
    std::unique_ptr<BankLine> mainland_;
    std::unique_ptr<OperationsLine> operations_;
    std::unique_ptr<PaymentLine> payments_;
};

[[nodiscard]] constexpr scheme::Rail rail_of(Victim victim) {
    return victim == Victim::kMainland ? scheme::Rail::kIbps : scheme::Rail::kFps;
}

/// The launch's scheme with shorter deadlines, limits of persons that traffic does not reach, and
/// a memory of payments in small segments.
[[nodiscard]] std::string config_under_fire();

}  // namespace lowu::killing
