// lowu.v1.SettlementService; see settlement_service.hpp.
#include "switch/service/settlement_service.hpp"

#include <charconv>

#include "common/scheme/agent_code.hpp"
#include "switch/service/unary.hpp"
#include "switch/session/convert.hpp"

namespace lowu::service {
namespace {

std::optional<grpc::Status> read_account(const v1::AccountRef& from,
                                         follower::AccountName& account) {
    const auto rail = session::read_rail(from.rail());
    if (!rail) return malformed_field("account.rail", "must be RAIL_FPS or RAIL_IBPS");
    if (const auto rule = scheme::check_agent_code(*rail, from.owner())) {
        return malformed_field("account.owner", *rule);
    }
    if (from.kind() != v1::ACCOUNT_KIND_SETTLEMENT && from.kind() != v1::ACCOUNT_KIND_LINK_AGENT) {
        return malformed_field("account.kind",
                               "must be ACCOUNT_KIND_SETTLEMENT or ACCOUNT_KIND_LINK_AGENT");
    }
    if (from.currency() != v1::CURRENCY_CNY && from.currency() != v1::CURRENCY_HKD) {
        return malformed_field("account.currency", "must be CURRENCY_CNY or CURRENCY_HKD");
    }
    account = {*rail, *scheme::parse_agent_code(from.owner()),
               static_cast<core::AccountKind>(from.kind()),
               static_cast<core::Currency>(from.currency())};
    return std::nullopt;
}

std::optional<grpc::Status> read_period(std::int64_t from_ms, std::int64_t before_ms) {
    if (from_ms < 0) {
        return malformed_field("from_ms", "must be milliseconds since 1970-01-01 UTC");
    }
    if (before_ms != 0 && before_ms <= from_ms) {
        return malformed_field("before_ms", "must be after from_ms, or 0: until now");
    }
    return std::nullopt;
}

/// "sequence.given.balance" and back.
std::string token_of(const follower::StatementPlace& place) {
    return std::to_string(place.sequence.value) + "." + std::to_string(place.given) + "." +
           std::to_string(place.balance.value);
}

template <class Number>
bool take_number(std::string_view& text, Number& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    if (text.starts_with('.')) text.remove_prefix(1);
    return true;
}

std::optional<follower::StatementPlace> read_token(std::string_view text) {
    follower::StatementPlace place;
    const bool read = take_number(text, place.sequence.value) && take_number(text, place.given) &&
                      take_number(text, place.balance.value) && text.empty();
    if (!read || place.sequence.value == 0) return std::nullopt;
    return place;
}

grpc::Status unknown_account() {
    return rpc::make_status(grpc::StatusCode::NOT_FOUND, "UNKNOWN_ACCOUNT", "account",
                            "is of no account of the rail's book");
}

void put_page(const follower::StatementPage& page, v1::GetStatementResponse& response) {
    response.set_opening_balance_minor(page.opening.value);
    response.set_closing_balance_minor(page.closing.value);
    for (const follower::StatementEntry& from : page.entries) {
        v1::StatementEntry& entry = *response.add_entries();
        entry.set_sequence(from.sequence.value);
        entry.set_booking_time_ms(from.booking_time.value);
        if (from.uetr) entry.set_uetr(scheme::format_uetr(*from.uetr));
        entry.set_amount_minor(from.amount.value);
        entry.set_balance_minor(from.balance.value);
    }
    if (page.next) response.set_next_page_token(token_of(*page.next));
}

}  // namespace

grpc::ServerUnaryReactor* SettlementService::GetStatement(grpc::CallbackServerContext* context,
                                                          const v1::GetStatementRequest* request,
                                                          v1::GetStatementResponse* response) {
    follower::StatementQuery query;
    if (const auto fault = read_account(request->account(), query.account)) {
        return finish(context, *fault);
    }
    if (const auto fault = read_period(request->from_ms(), request->before_ms())) {
        return finish(context, *fault);
    }
    if (request->page_size() < 0 || request->page_size() > 1'000) {
        return finish(context, malformed_field("page_size", "must be 1 to 1,000, or 0 for 100"));
    }
    query.from = SchemeTime{request->from_ms()};
    query.before = SchemeTime{request->before_ms()};
    if (request->page_size() > 0) query.page_size = static_cast<std::size_t>(request->page_size());
    if (!request->page_token().empty()) {
        query.place = read_token(request->page_token());
        if (!query.place) {
            return finish(context, malformed_field("page_token", "must come from the last answer"));
        }
    }
    return ask(context, desk_,
               [query, response](const follower::Follower& follower, const SwitchStatus&) {
                   if (!follower.find_account(query.account)) return unknown_account();
                   const auto page = follower.statement(query);
                   if (!page.ok()) return unreadable(page.error());
                   put_page(*page, *response);
                   return grpc::Status::OK;
               });
}

grpc::ServerUnaryReactor* SettlementService::ListPositionHistory(
    grpc::CallbackServerContext* context, const v1::ListPositionHistoryRequest* request,
    v1::ListPositionHistoryResponse* response) {
    follower::AccountName account;
    if (const auto fault = read_account(request->account(), account)) {
        return finish(context, *fault);
    }
    if (const auto fault = read_period(request->from_ms(), request->before_ms())) {
        return finish(context, *fault);
    }
    return ask(
        context, desk_,
        [account, from = SchemeTime{request->from_ms()}, before = SchemeTime{request->before_ms()},
         response](const follower::Follower& follower, const SwitchStatus&) {
            if (!follower.find_account(account)) return unknown_account();
            const auto samples = follower.position_history(account, from, before);
            if (!samples.ok()) return unreadable(samples.error());
            for (const follower::PositionSample& one : *samples) {
                v1::PositionSample& sample = *response->add_samples();
                sample.set_slot_time_ms(follower::begin_of(one.slot).value);
                sample.set_balance_minor(one.balance.value);
                sample.set_reserved_minor(one.reserved.value);
                sample.set_lowest_available_minor(one.lowest_available.value);
            }
            return grpc::Status::OK;
        });
}

}  // namespace lowu::service
