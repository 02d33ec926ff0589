// lowu.v1.PaymentService; see payment_service.hpp.
#include "switch/service/payment_service.hpp"

#include <algorithm>
#include <charconv>

#include "common/scheme/agent_code.hpp"
#include "switch/service/payment_text.hpp"
#include "switch/service/payment_watch.hpp"
#include "switch/service/unary.hpp"
#include "switch/session/convert.hpp"

namespace lowu::service {
namespace {

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

std::optional<grpc::Status> read_more_filters(const v1::ListPaymentsRequest& request,
                                              follower::PaymentFilter& filter) {
    if (request.service() != v1::SERVICE_UNSPECIFIED) {
        filter.service = scheme::service_from_number(request.service());
        if (!filter.service) return malformed_field("service", "must be a service or unset");
    }
    filter.reason = request.reason_code();
    const bool known = filter.reason.empty() ||
                       std::ranges::any_of(core::result_table(), [&](const core::ResultRow& row) {
                           return row.iso_code == filter.reason;
                       });
    if (!known) {
        return malformed_field("reason_code",
                               "must be a status reason of ISO 20022 that a rail gives");
    }
    if (request.accepted_from_ms() < 0) {
        return malformed_field("accepted_from_ms", "must be milliseconds since 1970-01-01 UTC");
    }
    if (request.accepted_before_ms() != 0 &&
        request.accepted_before_ms() <= request.accepted_from_ms()) {
        return malformed_field("accepted_before_ms", "must be after accepted_from_ms, or 0");
    }
    if (request.accepted_from_ms() > 0) {
        filter.accepted_from = SchemeTime{request.accepted_from_ms()};
    }
    if (request.accepted_before_ms() > 0) {
        filter.accepted_before = SchemeTime{request.accepted_before_ms()};
    }
    return std::nullopt;
}

grpc::Status tell_payment(const follower::Follower& follower, const core::Uetr& uetr,
                          v1::GetPaymentResponse& response) {
    const auto view = follower.find(uetr);
    if (!view.ok()) return unreadable(view.error());
    if (!*view) {
        return rpc::make_status(grpc::StatusCode::NOT_FOUND, "UNKNOWN_PAYMENT", "uetr",
                                "is of no payment that this switch holds");
    }
    put_payment(**view, *response.mutable_payment());
    response.set_archived((*view)->archived);
    const auto timeline = follower.timeline(uetr);
    if (!timeline.ok()) return unreadable(timeline.error());
    response.set_timeline_dropped(!*timeline || !(*timeline)->whole);
    if (!*timeline) return grpc::Status::OK;
    for (const auto& event : (*timeline)->events)
        put_event(event, *response.add_timeline());
    return grpc::Status::OK;
}

}  // namespace

grpc::ServerUnaryReactor* PaymentService::GetPayment(grpc::CallbackServerContext* context,
                                                     const v1::GetPaymentRequest* request,
                                                     v1::GetPaymentResponse* response) {
    const auto uetr = scheme::parse_uetr(request->uetr());
    if (!uetr) return finish(context, malformed_field("uetr", scheme::kUetrRule));
    return ask(context, desk_,
               [uetr = *uetr, response](const follower::Follower& follower, const SwitchStatus&) {
                   return tell_payment(follower, uetr, *response);
               });
}

grpc::ServerUnaryReactor* PaymentService::ListPayments(grpc::CallbackServerContext* context,
                                                       const v1::ListPaymentsRequest* request,
                                                       v1::ListPaymentsResponse* response) {
    ListQuery query;
    if (const auto fault = read_filter(*request, query)) return finish(context, *fault);
    if (const auto fault = read_more_filters(*request, query.filter)) {
        return finish(context, *fault);
    }
    if (const auto fault = read_page(*request, query)) return finish(context, *fault);
    return ask(context, desk_,
               [query, response](const follower::Follower& follower, const SwitchStatus&) {
                   const auto page = follower.list(query.filter, query.page_size, query.before);
                   if (!page.ok()) return unreadable(page.error());
                   for (const auto& view : page->payments) {
                       put_payment(view, *response->add_payments());
                   }
                   if (page->before) {
                       response->set_next_page_token(std::to_string(page->before->value));
                   }
                   response->set_held_total(follower.observer(core::Rail::kFps).origin_payments() +
                                            follower.observer(core::Rail::kIbps).origin_payments());
                   return grpc::Status::OK;
               });
}

namespace {

/// Ends a stream at once.
class WatchRefusal final : public grpc::ServerWriteReactor<v1::WatchPaymentsResponse> {
public:
    explicit WatchRefusal(const grpc::Status& status) { Finish(status); }
    void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerWriteReactor<v1::WatchPaymentsResponse>* PaymentService::WatchPayments(
    grpc::CallbackServerContext* /*context*/, const v1::WatchPaymentsRequest* request) {
    if (const auto not_ready = desk_.readiness().refusal()) return new WatchRefusal(*not_ready);
    std::optional<core::AgentCode> participant;
    if (!request->participant().empty()) {
        participant = scheme::parse_agent_code(request->participant());
        if (!participant) {
            return new WatchRefusal(
                malformed_field("participant", "must be a bank's code on its rail"));
        }
    }
    std::optional<ResumePlace> place;
    if (!request->resume_token().empty()) {
        place = read_resume_token(request->resume_token());
        if (!place) {
            return new WatchRefusal(
                malformed_field("resume_token", "must come from an answer of WatchPayments"));
        }
    }
    auto watch = std::make_shared<PaymentWatch>(desk_, participant, place);
    PaymentWatch* reactor = watch.get();
    reactor->start(std::move(watch));
    return reactor;
}

}  // namespace lowu::service
