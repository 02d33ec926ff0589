// lowu.v1.PaymentService; see payment_service.hpp.
#include "switch/service/payment_service.hpp"

#include <charconv>

#include "common/scheme/agent_code.hpp"
#include "switch/service/unary.hpp"
#include "switch/session/convert.hpp"

namespace lowu::service {
namespace {

v1::PaymentStatus status_of(core::PaymentState origin) {
    if (origin == core::PaymentState::kSettled) return v1::PAYMENT_STATUS_ACSC;
    if (origin == core::PaymentState::kRejected) return v1::PAYMENT_STATUS_RJCT;
    return v1::PAYMENT_STATUS_ACSP;
}

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

/// What a request asks for, or what is wrong with it.
struct ListQuery {
    follower::PaymentFilter filter;
    std::size_t page_size = 50;
    std::optional<core::Sequence> before;
};

std::optional<grpc::Status> read_filter(const v1::ListPaymentsRequest& request, ListQuery& query) {
    using Status = follower::PaymentFilter::Status;
    if (!request.participant().empty()) {
        query.filter.participant = scheme::parse_agent_code(request.participant());
        if (!query.filter.participant) {
            return malformed_field("participant", "must be a bank's code on its rail");
        }
    }
    if (!v1::Direction_IsValid(request.direction())) {
        return malformed_field("direction", "must be northbound, southbound, domestic or unset");
    }
    query.filter.domestic = request.direction() == v1::DIRECTION_DOMESTIC;
    if (request.direction() != v1::DIRECTION_UNSPECIFIED && !query.filter.domestic) {
        query.filter.direction = request.direction() == v1::DIRECTION_NORTHBOUND
                                     ? core::Direction::kNorthbound
                                     : core::Direction::kSouthbound;
    }
    if (!v1::PaymentStatus_IsValid(request.status())) {
        return malformed_field("status", "must be ACSP, ACSC, RJCT or unset");
    }
    if (request.status() == v1::PAYMENT_STATUS_ACSP) query.filter.status = Status::kPending;
    if (request.status() == v1::PAYMENT_STATUS_ACSC) query.filter.status = Status::kSettled;
    if (request.status() == v1::PAYMENT_STATUS_RJCT) query.filter.status = Status::kRejected;
    return std::nullopt;
}

std::optional<grpc::Status> read_page(const v1::ListPaymentsRequest& request, ListQuery& query) {
    if (request.page_size() < 0 || request.page_size() > 1'000) {
        return malformed_field("page_size", "must be 1 to 1,000, or 0 for 50");
    }
    if (request.page_size() > 0) query.page_size = static_cast<std::size_t>(request.page_size());
    if (request.page_token().empty()) return std::nullopt;
    std::uint64_t number = 0;
    const char* end = request.page_token().data() + request.page_token().size();
    const auto parsed = std::from_chars(request.page_token().data(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end || number == 0) {
        return malformed_field("page_token", "must come from the last answer");
    }
    query.before = core::Sequence{number};
    return std::nullopt;
}

}  // namespace

grpc::ServerUnaryReactor* PaymentService::GetPayment(grpc::CallbackServerContext* context,
                                                     const v1::GetPaymentRequest* request,
                                                     v1::GetPaymentResponse* response) {
    const auto uetr = scheme::parse_uetr(request->uetr());
    if (!uetr) return finish(context, malformed_field("uetr", scheme::kUetrRule));
    return ask(context, desk_,
               [uetr = *uetr, response](const follower::Follower& follower, const SwitchStatus&) {
                   const auto view = follower.find(uetr);
                   if (!view) {
                       return rpc::make_status(grpc::StatusCode::NOT_FOUND, "UNKNOWN_PAYMENT",
                                               "uetr", "is of no payment that this switch holds");
                   }
                   put_payment(*view, *response->mutable_payment());
                   const auto timeline = follower.timeline(uetr);
                   response->set_timeline_dropped(!timeline);
                   if (timeline) {
                       for (const auto& event : *timeline) {
                           put_event(event, *response->add_timeline());
                       }
                   }
                   return grpc::Status::OK;
               });
}

grpc::ServerUnaryReactor* PaymentService::ListPayments(grpc::CallbackServerContext* context,
                                                       const v1::ListPaymentsRequest* request,
                                                       v1::ListPaymentsResponse* response) {
    ListQuery query;
    if (const auto fault = read_filter(*request, query)) return finish(context, *fault);
    if (const auto fault = read_page(*request, query)) return finish(context, *fault);
    return ask(context, desk_,
               [query, response](const follower::Follower& follower, const SwitchStatus&) {
                   const auto page = follower.list(query.filter, query.page_size, query.before);
                   for (const auto& view : page.payments) {
                       put_payment(view, *response->add_payments());
                   }
                   if (page.before) {
                       response->set_next_page_token(std::to_string(page.before->value));
                   }
                   response->set_held_total(follower.observer(core::Rail::kFps).origin_payments() +
                                            follower.observer(core::Rail::kIbps).origin_payments());
                   return grpc::Status::OK;
               });
}

}  // namespace lowu::service
