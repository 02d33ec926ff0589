// Views of payments; see payment_view.hpp.
#include "switch/follower/payment_view.hpp"

#include "common/base/assert.hpp"

namespace lowu::follower {
namespace {

core::Corridor corridor_of(const LegRef& begins) {
    return core::corridor_of(scheme::direction_from(begins.cell->rail()), begins.payment->service);
}

bool has_status(PaymentFilter::Status status, core::PaymentState state) {
    using Status = PaymentFilter::Status;
    switch (status) {
        case Status::kAny:
            return true;
        case Status::kPending:
            return !core::is_final(state);
        case Status::kSettled:
            return state == core::PaymentState::kSettled;
        case Status::kRejected:
            return state == core::PaymentState::kRejected;
    }
    LOWU_UNREACHABLE("every status is handled");
}

}  // namespace

PaymentView view_of(const LegRef& begins, const LegRef* other) {
    const core::Payment& payment = *begins.payment;
    PaymentView view;
    view.uetr = payment.uetr;
    view.origin = begins.cell->rail();
    view.corridor = corridor_of(begins);
    view.purpose = payment.purpose;
    view.payer_agent = begins.cell->participant(payment.local_agent).code;
    view.payee_agent = payment.remote_agent;
    view.amount = payment.amount;
    view.currency = payment.currency;
    if (begins.record != nullptr) {
        view.original = begins.record->original_uetr;
        view.return_reason = begins.record->reason;
    }
    if (begins.hold != nullptr) view.quota = begins.hold->amounts;
    view.returned = payment.returned;
    view.origin_state = payment.state;
    view.result = payment.result;
    view.acceptance_time = payment.acceptance_time;
    view.sequence = payment.body_sequence;
    view.archived = begins.archived;
    view.duration_us = core::is_final(payment.state) ? begins.times->us : 0;
    if (payment.leg == core::Leg::kDomestic) {
        view.destination_state = payment.asked ? payment.state : core::PaymentState::kNone;
        view.credited = payment.credited;
    } else if (other != nullptr) {
        view.destination_state = other->payment->state;
        view.credited = other->payment->credited;
    }
    return view;
}

bool matches(const PaymentFilter& filter, const LegRef& begins) {
    const core::Payment& payment = *begins.payment;
    if (!has_status(filter.status, payment.state)) return false;
    const bool domestic = payment.service == core::Service::kDomestic;
    if (filter.domestic && !domestic) return false;
    if (filter.direction && (domestic || *filter.direction != corridor_of(begins).direction())) {
        return false;
    }
    if (filter.service && *filter.service != payment.service) return false;
    if (!filter.reason.empty()) {
        if (payment.state != core::PaymentState::kRejected) return false;
        if (core::row_of(payment.result).iso_code != filter.reason) return false;
    }
    if (!filter.participant) return true;
    return *filter.participant == payment.remote_agent ||
           *filter.participant == begins.cell->participant(payment.local_agent).code;
}

}  // namespace lowu::follower
