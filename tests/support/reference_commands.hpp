// From the cells' words to the reference ledger's: commands as they are recorded, and what a cell
// says. The one place that knows both. Used by reference_check.cpp; stateless, any thread.
#pragma once

#include "simulator/reference/command.hpp"
#include "simulator/reference/said.hpp"
#include "switch/core/cell.hpp"

namespace lowu::support {

/// A bank's code as text; empty for none, "code N" for what is no code.
[[nodiscard]] reference::BankCode bank_code(scheme::AgentCode code);
/// A participant's; "participant N" when the cell has no such one.
[[nodiscard]] reference::BankCode bank_code(const core::Cell& cell,
                                            core::ParticipantIndex participant);
[[nodiscard]] reference::Corridor reference_corridor(core::Corridor corridor);
[[nodiscard]] reference::Stamp reference_stamp(const core::Stamp& stamp);
/// `cell` is the one that the command is for: it knows its participants.
[[nodiscard]] reference::Command reference_command(const core::Cell& cell,
                                                   const core::Command& command);

/// What the cell has put into a participant's outbox.
[[nodiscard]] reference::Said reference_said(const core::Cell& cell,
                                             core::ParticipantIndex participant,
                                             core::MessageNumber number,
                                             const core::OutboxEntry& entry);
/// What it has said over the link.
[[nodiscard]] reference::Said reference_said(core::MessageNumber number,
                                             const core::LinkMessage& message);

}  // namespace lowu::support
