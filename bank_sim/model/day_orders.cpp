// Sending a day's orders. See day_orders.hpp.
#include "bank_sim/model/day_orders.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "bank_sim/model/limits.hpp"
#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

using scheme::Direction;

// One letter is missing at the end, as people lose one.
std::string mistyped(std::string name) {
    name.pop_back();
    return name;
}

void write_proxy(const DayProxy& proxy, v1::Proxy& wire) {
    wire.set_kind(static_cast<v1::ProxyKind>(proxy.kind));
    wire.set_value(proxy.value);
}

// On the Mainland a mobile number goes with its bank; so payers in Hong Kong name it, and those on
// the Mainland do with a mobile number.
bool names_agent(const DayProxy& proxy) {
    return proxy.kind == scheme::ProxyKind::kMobile;
}

// From an HKD account the rate is fixed before anything else; so that the CNY that arrive are the
// plan's, they are what is fixed.
bool take_quote(Bank& bank, v1::SendRemittanceRequest& request, ElapsedTime now) {
    v1::QuoteOrder order;
    order.set_bank(request.bank());
    order.set_payer_account(request.payer_account());
    order.set_amount_minor(request.amount_minor());
    order.set_currency(v1::CURRENCY_CNY);
    const auto quoted = bank.quote(order, now);
    const auto* step = std::get_if<ExchangeDesk::Step>(&quoted);
    const auto* offer = step == nullptr ? nullptr : std::get_if<v1::QuoteOffer>(step);
    if (offer == nullptr) {
        return false;
    }
    request.set_quote_id(offer->exchange().quote_id());
    return true;
}

bool went(const Outcome<const OutgoingRemittance*>& sent) {
    return std::holds_alternative<const OutgoingRemittance*>(sent);
}

}  // namespace

v1::SendRemittanceRequest request_of(const DayPlan& plan, const DayOrder& order) {
    v1::SendRemittanceRequest request;
    const std::string& payer_bank = plan.bank_code(order.payer);
    const std::string& payee_bank = plan.bank_code(order.payee);
    request.set_bank(payer_bank);
    request.set_payer_account(order.from_hkd ? day_hkd_account(order.payer, payer_bank)
                                             : day_cny_account(order.payer, payer_bank));
    request.set_payee_agent(payee_bank);
    request.set_amount_minor(order.cny_minor);
    request.set_currency(v1::CURRENCY_CNY);
    if (order.by_proxy) {
        const DayProxy proxy = order.mistake == DayMistake::kUnknownProxy ? day_mobile(order.payee)
                                                                          : day_proxy(order.payee);
        write_proxy(proxy, *request.mutable_payee_proxy());
        if (!names_agent(proxy)) {
            request.clear_payee_agent();
        }
        return request;
    }
    request.set_payee_account(order.to_hkd ? day_hkd_account(order.payee, payee_bank)
                                           : day_cny_account(order.payee, payee_bank));
    const std::string name = day_name(order.payee, plan.seed()).en;
    request.set_payee_name(order.mistake == DayMistake::kWrongName ? mistyped(name) : name);
    return request;
}

std::optional<CallError> DayOrders::check(const v1::DaySlice& slice, const DayPlan* plan,
                                          const std::vector<Bank*>& banks, ElapsedTime now) {
    if (plan == nullptr) {
        return CallError{CallError::Kind::kState, "NO_SCENARIO", "day",
                         "cannot be ordered: the banks were started without a scenario"};
    }
    if (slice.from_ms() < 0) {
        return malformed("day.from_ms", "must be 0 or more");
    }
    if (slice.to_ms() <= slice.from_ms()) {
        return malformed("day.to_ms", "must be later than from_ms");
    }
    if (slice.rate_per_second() < 1 || slice.rate_per_second() > kMaxDayRate) {
        return malformed("day.rate_per_second", "must be 1 to " + std::to_string(kMaxDayRate));
    }
    for (const Bank* bank : banks) {
        const auto scheme_now = bank->session().scheme_time(now);
        if (!bank->session().open() || !scheme_now) {
            return CallError{CallError::Kind::kNotReady, "NO_SESSION", "",
                             "bank " + bank->code() + " has no session with the switch"};
        }
        // The rail's announcement of the new time is still on its way.
        if (scheme_now->value < slice.from_ms()) {
            return CallError{CallError::Kind::kState, "TOO_EARLY", "day.from_ms",
                             "must have come: bank " + bank->code() + " is not there yet"};
        }
    }
    return std::nullopt;
}

DayOrders::DayOrders(const v1::DaySlice& slice, std::shared_ptr<const DayPlan> plan,
                     const std::vector<Bank*>& banks, AskDirectory ask)
    : plan_(std::move(plan)), ask_(std::move(ask)) {
    const auto bank_of = [&banks](const std::string& code) {
        const auto found = std::find_if(banks.begin(), banks.end(),
                                        [&code](const Bank* bank) { return bank->code() == code; });
        return found == banks.end() ? nullptr : *found;
    };
    for (const Direction direction : {Direction::kNorthbound, Direction::kSouthbound}) {
        for (const DayOrder& order : plan_->orders(direction)) {
            if (order.at.value < slice.from_ms() || order.at.value >= slice.to_ms()) {
                continue;
            }
            if (Bank* bank = bank_of(plan_->bank_code(order.payer))) {
                due_.push_back({&order, bank});
            }
        }
    }
    std::stable_sort(due_.begin(), due_.end(), [](const Due& one, const Due& other) {
        return one.order->at < other.order->at;
    });
}

// An order on its way through the directory.
struct DayOrders::Sending {
    Bank* bank;
    v1::SendRemittanceRequest request;
    ElapsedTime scheduled_at;
};

bool DayOrders::send_next(ElapsedTime scheduled_at, ElapsedTime now) {
    LOWU_ASSERT(next_ < due_.size(), "no more orders are asked for than there are");
    const Due& due = due_[next_++];
    v1::SendRemittanceRequest request = request_of(*plan_, *due.order);
    if (due.order->from_hkd && !take_quote(*due.bank, request, now)) {
        return false;
    }
    const auto asked = due.bank->lookup_for(request, now);
    const auto* question = std::get_if<std::optional<v1::ResolveProxyRequest>>(&asked);
    if (question == nullptr) {
        return false;
    }
    if (!question->has_value()) {
        return went(due.bank->send(request, now, scheduled_at));
    }
    look_up(**question,
            std::make_shared<Sending>(Sending{due.bank, std::move(request), scheduled_at}));
    return true;
}

void DayOrders::look_up(v1::ResolveProxyRequest question, std::shared_ptr<Sending> sending) {
    ask_(question, [this, question, sending](const DirectoryAnswer& answer, ElapsedTime now) {
        take(question, *sending, answer, now);
    });
}

void DayOrders::take(const v1::ResolveProxyRequest& question, Sending& sending,
                     const DirectoryAnswer& answer, ElapsedTime now) {
    bool gone = false;
    switch (answer.kind) {
        case DirectoryAnswer::Kind::kFound:
            sending.bank->resolved(question, answer.found);
            sending.request.set_proxy_reference(answer.found.payee_proxy().reference());
            gone = went(sending.bank->send(sending.request, now, sending.scheduled_at));
            break;
        case DirectoryAnswer::Kind::kNobody:
            gone = went(
                sending.bank->refuse_unresolved(sending.request, now, {}, sending.scheduled_at));
            break;
        case DirectoryAnswer::Kind::kFailed:
            break;
    }
    lost_ += gone ? 0 : 1;
}

}  // namespace lowu::bank
