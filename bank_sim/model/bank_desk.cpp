// What a bank does beside payments: rates and quotes, planned absence, behaviour. Part of Bank.
#include <variant>

#include "bank_sim/model/bank.hpp"

namespace lowu::bank {

Outcome<ExchangeDesk::Step> Bank::quote(const v1::QuoteOrder& order, ElapsedTime now) {
    if (!session_.scheme_time(now)) {
        return not_ready();
    }
    auto quoted = exchange_.quote(order, next_uetr(), scheme_time(now));
    const auto* step = std::get_if<ExchangeDesk::Step>(&quoted);
    if (step != nullptr && std::holds_alternative<v1::QuoteOffer>(*step)) {
        static_cast<void>(fresh_uetr());
        inputs_.quote(now, order);
    }
    return quoted;
}

Outcome<v1::QuoteOffer> Bank::take_offer(const v1::QuoteOrder& order, const v1::QuoteAnswer& answer,
                                         ElapsedTime now) {
    auto offer = exchange_.take_offer(order, answer, scheme_time(now));
    if (std::holds_alternative<v1::QuoteOffer>(offer)) {
        inputs_.take_offer(now, order, answer);
    }
    return offer;
}

std::optional<CallError> Bank::set_rates(const v1::SetRatesRequest& request, ElapsedTime now) {
    if (!outbox_.has_own_room()) {
        return CallError{CallError::Kind::kFull, "OUTBOX_FULL", "",
                         "the switch has not taken up what was sent before"};
    }
    auto error = exchange_.set_rates(request);
    if (!error) {
        publish_rates(now);
        inputs_.set_rates(now, request);
    }
    return error;
}

std::optional<CallError> Bank::set_availability(const v1::SetBankAvailabilityRequest& request) {
    if (request.expected_back_ms() < 0) {
        return malformed("expected_back_ms", "must be 0 or more");
    }
    if (!outbox_.has_own_room()) {
        return CallError{CallError::Kind::kFull, "OUTBOX_FULL", "",
                         "the switch has not taken up what was sent before"};
    }
    v1::AvailabilityRequest& asked = outbox_.add_availability();
    asked.set_available(request.available());
    asked.set_expected_back_ms(request.available() ? 0 : request.expected_back_ms());
    inputs_.set_availability(request);
    return std::nullopt;
}

void Bank::set_behavior(const v1::Behavior& behavior, std::uint64_t seed) {
    behavior_.set(behavior, seed);
    if (behavior_.take_bad_frame()) {
        session_.break_next_frame();
    }
    inputs_.set_behavior(behavior, seed);
}

void Bank::set_up() {
    set_up_ = true;
    inputs_.set_up();
}

}  // namespace lowu::bank
