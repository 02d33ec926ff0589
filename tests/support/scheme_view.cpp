// Copies what a cell shows; see scheme_view.hpp.
#include "tests/support/scheme_view.hpp"

#include <set>

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
    return {cell.participant(participant).code, entry.uetr,    entry.kind, entry.result,
            entry.payment != core::kNoPayment,  entry.standing};
}

LegView leg_view(const core::Cell& cell, core::PaymentIndex index) {
    const core::Payment& payment = cell.payment(index);
    LegView view;
    view.uetr = payment.uetr;
    view.leg = payment.leg;
    view.state = payment.state;
    view.result = payment.result;
    view.amount = payment.amount;
    if (payment.local_agent != core::kNoParticipant) {
        view.local_agent = cell.participant(payment.local_agent).code;
    }
    view.remote_agent = payment.remote_agent;
    view.currency = payment.currency;
    view.within_rail = payment.leg == core::Leg::kDomestic;
    if (core::is_return(payment.leg)) {
        view.original = cell.return_of(index).original_uetr;
        view.within_rail = payment.service == core::Service::kDomestic;
    } else if (const core::QuotaHold* hold = cell.hold_of(index)) {
        view.hold = *hold;
    }
    return view;
}

namespace {

std::vector<QuotaUseView> quota_uses(const core::Cell& cell, const std::vector<LegView>& legs) {
    std::set<core::UseIndex> held;
    for (const LegView& leg : legs) {
        if (leg.hold) held.insert({leg.hold->at_institution, leg.hold->over_all});
    }
    std::vector<QuotaUseView> uses;
    for (const core::UseIndex index : held)
        uses.push_back({index, cell.quota().use(index)});
    return uses;
}

}  // namespace

RailView gather(const core::Cell& cell, const std::vector<money::AmountMinor>& openings,
                const std::vector<MessageView>& messages, const ForgottenLegs& forgotten) {
    LOWU_ASSERT(openings.size() == cell.ledger().size(), "openings are taken after genesis");
    RailView view;
    view.rail = cell.rail();
    for (std::uint32_t i = 0; i < cell.ledger().size(); ++i) {
        view.accounts.push_back({cell.ledger().account(core::AccountIndex{i}), openings[i]});
    }
    for (core::PaymentIndex index; index.value < cell.payments_so_far(); ++index.value) {
        if (cell.payments().get(index) != nullptr) {
            view.legs.push_back(leg_view(cell, index));
        } else {
            const auto known = forgotten.find(index);
            LOWU_ASSERT(known != forgotten.end(), "the watcher has kept what the cell forgot");
            view.legs.push_back(known->second);
        }
    }
    for (std::uint16_t i = 0; i < cell.participants(); ++i) {
        const core::Participant& one = cell.participant(core::ParticipantIndex{i});
        view.participants.push_back({one.code, one.replies_owed, one.outcomes_owed});
    }
    view.messages = messages;
    view.link_in_flight = cell.link_in_flight();
    view.pending = cell.pending();
    view.quota_reserved = cell.quota().reserved_total();
    view.quota_uses = quota_uses(cell, view.legs);
    return view;
}

}  // namespace lowu::support
