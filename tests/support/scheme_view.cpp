// Copies what a cell shows; see scheme_view.hpp.
#include "tests/support/scheme_view.hpp"

#include "common/base/assert.hpp"

namespace lowu::support {

std::vector<money::AmountMinor> openings_of(const core::Cell& cell) {
    std::vector<money::AmountMinor> openings;
    for (std::uint32_t i = 0; i < cell.ledger().size(); ++i) {
        openings.push_back(cell.ledger().account(core::AccountIndex{i}).balance);
    }
    return openings;
}

MessageView message_view(const core::Cell& cell, core::ParticipantIndex participant,
                         const core::OutboxEntry& entry) {
    return {cell.participant(participant).code, entry.uetr, entry.kind, entry.result,
            entry.payment != core::kNoPayment};
}

namespace {

LegView leg_view(const core::Cell& cell, const core::Payment& payment) {
    const bool known = payment.local_agent != core::kNoParticipant;
    return {
        payment.uetr,        payment.leg,
        payment.state,       payment.result,
        payment.amount,      known ? cell.participant(payment.local_agent).code : scheme::kNoAgent,
        payment.remote_agent};
}

}  // namespace

RailView gather(const core::Cell& cell, const std::vector<money::AmountMinor>& openings,
                const std::vector<MessageView>& messages) {
    LOWU_ASSERT(openings.size() == cell.ledger().size(), "openings are taken after genesis");
    RailView view;
    view.rail = cell.rail();
    for (std::uint32_t i = 0; i < cell.ledger().size(); ++i) {
        view.accounts.push_back({cell.ledger().account(core::AccountIndex{i}), openings[i]});
    }
    for (std::uint32_t i = 0; i < cell.payments(); ++i) {
        view.legs.push_back(leg_view(cell, cell.payment(core::PaymentIndex{i})));
    }
    for (std::uint16_t i = 0; i < cell.participants(); ++i) {
        const core::Participant& one = cell.participant(core::ParticipantIndex{i});
        view.participants.push_back({one.code, one.replies_owed, one.outcomes_owed});
    }
    view.messages = messages;
    view.link_in_flight = cell.link_in_flight();
    return view;
}

}  // namespace lowu::support
