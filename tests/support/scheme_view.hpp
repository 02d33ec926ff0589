// A snapshot of both rails as plain data: what the invariants judge. Exists so that an invariant
// can be shown a state that no cell would ever get into. Made by scenarios and simulation after
// each step. Values, any thread.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "switch/core/cell.hpp"

namespace lowu::support {

struct AccountView {
    core::Account account;
    money::AmountMinor opening;  ///< Balance after genesis.
};

/// One payment as one rail remembers it; banks by code, kNoAgent when the rail does not know it. Of
/// a domestic one `local_agent` is the payer's bank and `remote_agent` the payee's.
struct LegView {
    scheme::Uetr uetr;
    core::Leg leg{};
    core::PaymentState state{};
    core::ResultCode result{};
    money::AmountMinor amount;
    scheme::AgentCode local_agent;
    scheme::AgentCode remote_agent;
    money::Currency currency = money::Currency::kCny;
    bool within_rail = false;  ///< Domestic, or the return of a domestic one: remote_agent, too, is
                               ///< of this rail.
    scheme::Uetr original = {};  ///< Of a return: the payment that comes back.
    std::optional<core::QuotaHold> hold = std::nullopt;
};

struct ParticipantView {
    scheme::AgentCode code;
    std::uint32_t replies_owed = 0;
    std::uint32_t outcomes_owed = 0;
};

/// A use of the quota register that some payment has a hold in.
struct QuotaUseView {
    core::UseIndex index;
    core::QuotaUse use;
};

/// An outbox entry, kept by the watcher when the participant has long acknowledged it.
struct MessageView {
    scheme::AgentCode to;
    scheme::Uetr uetr;
    core::OutboxKind kind{};
    core::ResultCode result{};
    /// Whether it speaks of the payment that the rail remembers under this UETR; refusals of
    /// somebody else's or another instruction do not.
    bool of_payment = false;
    core::Standing standing{};  ///< With kEnquiryAnswer.
};

struct RailView {
    scheme::Rail rail{};
    std::vector<AccountView> accounts;
    std::vector<LegView> legs;
    std::vector<ParticipantView> participants;
    std::vector<MessageView> messages;  ///< In order, since genesis.
    std::uint32_t link_in_flight = 0;
    std::uint32_t pending = 0;
    core::QuotaAmounts quota_reserved;     ///< Over all persons, of whatever day.
    std::vector<QuotaUseView> quota_uses;  ///< By index, each once.
};

struct SchemeView {
    RailView fps;
    RailView ibps;
};

/// Balances by account number; taken once, after genesis.
[[nodiscard]] std::vector<money::AmountMinor> openings_of(const core::Cell& cell);

/// What a watcher (core::Witness) keeps of an outbox entry.
[[nodiscard]] MessageView message_view(const core::Cell& cell, core::ParticipantIndex participant,
                                       const core::OutboxEntry& entry);

/// A remembered payment.
[[nodiscard]] LegView leg_view(const core::Cell& cell, core::PaymentIndex index);

/// What a watcher keeps of payments that the cell forgets (core::Witness::on_forget): to the
/// invariants a payment is for ever.
using ForgottenLegs = std::map<core::PaymentIndex, LegView>;

/// The snapshot of one rail. `openings` comes from openings_of, `messages` from message_view,
/// `forgotten` from leg_view.
[[nodiscard]] RailView gather(const core::Cell& cell,
                              const std::vector<money::AmountMinor>& openings,
                              const std::vector<MessageView>& messages,
                              const ForgottenLegs& forgotten = {});

}  // namespace lowu::support
