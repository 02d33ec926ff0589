// Payments and their events in the contract's words; see payment_text.hpp.
#include "switch/service/payment_text.hpp"

#include "common/scheme/agent_code.hpp"
#include "switch/session/convert.hpp"

namespace lowu::service {
namespace {

v1::PaymentStatus status_of(core::PaymentState origin) {
    if (origin == core::PaymentState::kSettled) return v1::PAYMENT_STATUS_ACSC;
    if (origin == core::PaymentState::kRejected) return v1::PAYMENT_STATUS_RJCT;
    return v1::PAYMENT_STATUS_ACSP;
}

}  // namespace

void put_payment(const follower::PaymentView& view, v1::Payment& payment) {
    payment.set_uetr(scheme::format_uetr(view.uetr));
    payment.set_origin_rail(session::write_rail(view.origin));
    payment.set_direction(session::direction_of(view.corridor));
    payment.set_service(session::service_of(view.corridor));
    payment.set_purpose(static_cast<v1::Purpose>(view.purpose));
    payment.set_quota_day_minor(view.quota.day.value);
    payment.set_quota_year_minor(view.quota.year.value);
    payment.set_payer_agent(scheme::format_agent_code(view.payer_agent));
    payment.set_payee_agent(scheme::format_agent_code(view.payee_agent));
    payment.set_amount_minor(view.amount.value);
    payment.set_currency(static_cast<v1::Currency>(view.currency));
    payment.set_status(status_of(view.origin_state));
    if (view.origin_state == core::PaymentState::kRejected) {
        const core::ResultRow& row = core::row_of(view.result);
        payment.mutable_reason()->set_code(std::string(row.iso_code));
        payment.mutable_reason()->set_native_code(
            std::string(view.origin == core::Rail::kFps ? row.fps_native : row.ibps_native));
        payment.mutable_reason()->set_text(std::string(row.meaning));
    }
    payment.set_acceptance_time_ms(view.acceptance_time.value);
    payment.set_origin_state(std::string(core::to_string(view.origin_state)));
    if (view.destination_state != core::PaymentState::kNone) {
        payment.set_destination_state(std::string(core::to_string(view.destination_state)));
    }
    payment.set_credited(view.credited);
    payment.set_duration_us(view.duration_us);
    payment.set_returned_minor(view.returned.value);
    if (view.original) {
        payment.set_original_uetr(scheme::format_uetr(*view.original));
        payment.set_return_reason_code(std::string(scheme::to_string(view.return_reason)));
    }
}

void put_event(const follower::TimelineEvent& from, v1::TimelineEvent& event) {
    event.set_sequence(from.stamp.sequence.value);
    event.set_scheme_time_ms(from.stamp.scheme.value);
    event.set_elapsed_us(from.stamp.elapsed.value);
    event.set_rail(session::write_rail(from.rail));
    event.set_kind(static_cast<v1::TimelineKind>(follower::kind_of(from)));
    event.set_text(follower::text_of(from));
    event.set_rule(std::string(follower::rule_of(from)));
    event.set_account(follower::account_of(from));
    if (event.kind() == v1::TIMELINE_KIND_LEDGER) {
        event.set_available_before_minor(from.before.value);
        event.set_available_after_minor(from.after.value);
    }
}

}  // namespace lowu::service
