// lowu.v1.ExchangeService; see exchange_service.hpp.
#include "switch/service/exchange_service.hpp"

#include "common/money/amount.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/agent_code.hpp"
#include "switch/service/unary.hpp"
#include "switch/session/convert.hpp"

namespace lowu::service {
namespace {

struct Order {
    scheme::AgentCode payee_agent;
    engine::QuoteRequest request;
};

std::optional<grpc::Status> read_order(const v1::RequestQuoteRequest& from, Order& order) {
    if (const auto rule = scheme::check_agent_code(core::Rail::kIbps, from.participant())) {
        return malformed_field("participant", *rule);
    }
    if (const auto rule = scheme::check_agent_code(core::Rail::kFps, from.payee_agent())) {
        return malformed_field("payee_agent", *rule);
    }
    if (from.has_payee_proxy() != from.payee_account().empty()) {
        return malformed_field("payee_account", "must be given, or else payee_proxy, and not both");
    }
    if (from.has_payee_proxy()) {
        session::ProxyText proxy;
        if (const auto fault = session::read_proxy(core::Rail::kFps, from.payee_proxy(), proxy)) {
            return malformed_field("payee_proxy." + std::string(fault->field), fault->rule);
        }
        order.request.proxy_kind = static_cast<std::uint8_t>(proxy.kind);
        order.request.proxy_value = proxy.value;
    } else if (const auto rule = scheme::check_account(from.payee_account())) {
        return malformed_field("payee_account", *rule);
    }
    if (const auto rule = money::check_amount(money::AmountMinor{from.hkd_minor()})) {
        return malformed_field("hkd_minor", *rule);
    }
    order.payee_agent = *scheme::parse_agent_code(from.payee_agent());
    order.request.payer_agent = *scheme::parse_agent_code(from.participant());
    order.request.payee_account = from.payee_account();
    order.request.hkd = money::AmountMinor{from.hkd_minor()};
    return std::nullopt;
}

grpc::Status no_quote(core::ResultCode why) {
    if (why == core::ResultCode::kPayeeAgentUnknown) {
        return refusal(why, "payee_agent", grpc::StatusCode::NOT_FOUND);
    }
    if (why == core::ResultCode::kPayerAgentNotLive) {
        return refusal(core::ResultCode::kUnknownParticipant, "participant",
                       grpc::StatusCode::NOT_FOUND);
    }
    if (why == core::ResultCode::kPayeeAgentSilent) {
        return refusal(why, "", grpc::StatusCode::DEADLINE_EXCEEDED);
    }
    if (why == core::ResultCode::kPayeeAgentCongested) {
        return refusal(why, "", grpc::StatusCode::RESOURCE_EXHAUSTED);
    }
    return refusal(why, "", grpc::StatusCode::UNAVAILABLE);
}

void put_answer(const engine::QuoteAnswer& from, v1::QuoteAnswer& to) {
    to.set_query_id(from.query_id);
    to.set_reason_code(from.reason_code);
    if (!from.quoted) return;
    to.mutable_exchange()->set_quote_id(from.quote_id);
    to.mutable_exchange()->set_hkd_minor(from.hkd.value);
    to.mutable_exchange()->set_rate_e8(from.rate.value);
    to.set_expires_ms(from.expires.value);
    to.set_cny_minor(from.cny.value);
}

}  // namespace

grpc::ServerUnaryReactor* ExchangeService::RequestQuote(grpc::CallbackServerContext* context,
                                                        const v1::RequestQuoteRequest* request,
                                                        v1::RequestQuoteResponse* response) {
    Order order;
    if (const auto fault = read_order(*request, order)) return finish(context, *fault);
    if (const auto not_ready = requests_.readiness().refusal()) return finish(context, *not_ready);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const bool posted = requests_.post_quote(
        [order](engine::Engine& engine, engine::QuoteId id) {
            engine.request_quote(id, order.payee_agent, order.request);
        },
        [reactor] { reactor->Finish(shutting_down()); },
        [reactor, response](const engine::QuoteAnswer* answer, core::ResultCode why) {
            if (answer != nullptr) put_answer(*answer, *response->mutable_quote());
            reactor->Finish(answer != nullptr ? grpc::Status::OK : no_quote(why));
        });
    if (!posted) reactor->Finish(too_many_waiting());
    return reactor;
}

grpc::ServerUnaryReactor* ExchangeService::ListRateSheets(
    grpc::CallbackServerContext* context, const v1::ListRateSheetsRequest* /*request*/,
    v1::ListRateSheetsResponse* response) {
    return ask(context, desk_, [response](const follower::Follower& follower, const SwitchStatus&) {
        const core::Cell& cell = follower.cell(core::Rail::kFps);
        for (std::uint16_t i = 0; i < cell.participants(); ++i) {
            const core::Participant& bank = cell.participant(core::ParticipantIndex{i});
            if (!bank.rates) continue;
            v1::PublishedRateSheet& sheet = *response->add_sheets();
            sheet.set_participant(scheme::format_agent_code(bank.code));
            sheet.mutable_sheet()->set_bid_e8(bank.rates->bid.value);
            sheet.mutable_sheet()->set_ask_e8(bank.rates->ask.value);
            sheet.mutable_sheet()->set_valid_until_ms(bank.rates->valid_until.value);
            sheet.set_booking_time_ms(bank.rates->booked.value);
        }
        if (const core::ReferenceRate* rate = cell.reference_rate()) {
            session::write_reference_rate(*rate, *response->mutable_reference_rate());
        }
        return grpc::Status::OK;
    });
}

}  // namespace lowu::service
