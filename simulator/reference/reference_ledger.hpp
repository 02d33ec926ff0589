// ReferenceLedger: a second implementation of both rails' rules, slow and obvious, written from the
// rules and not from the cells (it includes nothing of switch/). Told every command that a log
// holds, it predicts every answer; whoever compares it with the cells after every batch (the
// simulation, a fuzzer) finds where one of the two is wrong. One thread.
#pragma once

#include <array>
#include <vector>

#include "simulator/reference/command.hpp"
#include "simulator/reference/said.hpp"
#include "simulator/reference/state.hpp"
#include "simulator/reference/step.hpp"

namespace lowu::reference {

/// Money that a payee's bank has, without having said that the payee has it.
struct Obligation {
    Uetr uetr;
    BankCode payee_agent;
    Amount amount = 0;

    friend bool operator==(const Obligation&, const Obligation&) = default;
};

[[nodiscard]] inline bool remembers_all(std::uint32_t /*arrival*/) {
    return true;
}

class ReferenceLedger {
public:
    ReferenceLedger();

    /// Fires timers that are due at the stamp, then does what the command says. Commands of
    /// both rails come in the log's order, deliveries over the link among them. `remembers` is
    /// asked about payments that arrived before the last Forget of the rail, and about no others.
    Answer apply(const Stamp& stamp, Rail rail, const Command& command,
                 const Remembers& remembers = remembers_all);

    [[nodiscard]] const RailState& rail(Rail rail) const {
        return rails_[static_cast<std::size_t>(rail)];
    }
    /// Settled to a payee's bank, not reported credited, and not wholly sent back; by UETR.
    [[nodiscard]] std::vector<Obligation> obligations(Rail rail) const;

private:
    [[nodiscard]] RailState& at(Rail rail) { return rails_[static_cast<std::size_t>(rail)]; }

    std::array<RailState, 2> rails_;
};

}  // namespace lowu::reference
