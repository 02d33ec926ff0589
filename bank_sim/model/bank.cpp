// One simulated bank. See bank.hpp; what it shows is in bank_views.cpp.
#include "bank_sim/model/bank.hpp"

#include <utility>

#include "common/base/assert.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/names.hpp"

namespace lowu::bank {
namespace {

// A billion yuan each: no run of any length makes a payer of traffic run dry by accident.
constexpr money::AmountMinor kTrafficOpeningBalance{100'000'000'000};

std::string four_digits(std::uint32_t number) {
    std::string text = std::to_string(number);
    return std::string(text.size() < 4 ? 4 - text.size() : 0, '0') + text;
}

std::optional<CallError> check_names(const v1::Account& account) {
    if (const auto fault = scheme::check_name(account.name_en(), scheme::Field::kAccountHolder)) {
        return malformed("account.name_en", fault->rule);
    }
    if (account.name_zh().empty()) {
        return std::nullopt;
    }
    if (const auto fault = scheme::check_name(account.name_zh(), scheme::Field::kAccountHolder)) {
        return malformed("account.name_zh", fault->rule);
    }
    return std::nullopt;
}

std::optional<CallError> check_opening(const v1::OpenAccountRequest& request) {
    const v1::Account& account = request.account();
    if (const auto rule = scheme::check_account(account.account())) {
        return malformed("account.account", *rule);
    }
    if (account.currency() != v1::CURRENCY_CNY && account.currency() != v1::CURRENCY_HKD) {
        return malformed("account.currency", "must be CURRENCY_CNY or CURRENCY_HKD");
    }
    if (auto error = check_names(account)) {
        return error;
    }
    if (request.opening_balance_minor() < 0 ||
        request.opening_balance_minor() > money::kMaxAmountMinor.value) {
        return malformed("opening_balance_minor", "must be 0 to 99,999,999,999,999,999");
    }
    return std::nullopt;
}

}  // namespace

Bank::Bank(Options options)
    : options_(std::move(options)),
      session_({options_.code, options_.rail, options_.incarnation}, outbox_),
      payer_side_(options_.rail, options_.code, books_, outbox_),
      payee_side_(books_, outbox_),
      prng_(options_.seed) {
    LOWU_ASSERT(!scheme::check_agent_code(options_.rail, options_.code),
                "the caller checks the bank's code");
}

Result<void> Bank::receive(const v1::SwitchFrame& frame, ElapsedTime now) {
    Result<std::size_t> seen = session_.receive(frame, now);
    if (!seen) {
        return std::move(seen).error();
    }
    const Moment moment{now, scheme_time(now)};
    for (int index = static_cast<int>(*seen); index < frame.messages_size(); ++index) {
        apply(frame.messages(index), moment);
    }
    return {};
}

void Bank::apply(const v1::SwitchMessage& message, Moment now) {
    switch (message.body_case()) {
        case v1::SwitchMessage::kRequest:
            if (!payee_side_.take_request(message.request())) {
                ++anomalies_.unanswerable_request;
            }
            return;
        case v1::SwitchMessage::kStatusReport:
            apply_report(message.status_report(), now);
            return;
        case v1::SwitchMessage::kMessageReject:
            apply_reject(message.message_reject(), now);
            return;
        case v1::SwitchMessage::BODY_NOT_SET:
            return;  // of a later version: acknowledged and ignored
    }
}

void Bank::apply_report(const v1::StatusReport& report, Moment now) {
    if (report.side() == v1::SIDE_PAYER) {
        if (!payer_side_.take_report(report, now)) {
            ++anomalies_.unknown_payment;
        }
    } else if (report.side() == v1::SIDE_PAYEE) {
        const bool known = payee_side_.take_report(report, now.scheme);
        if (!known && report.status() == v1::PAYMENT_STATUS_ACSC) {
            ++anomalies_.settled_without_promise;
        }
    } else {
        ++anomalies_.unknown_payment;
    }
}

void Bank::apply_reject(const v1::MessageReject& reject, Moment now) {
    ++anomalies_.message_rejected;
    const auto position = session_.position_of(reject.rejected_number());
    if (position) {
        // What is rejected may also be an answer or a report, which moved nothing.
        static_cast<void>(payer_side_.take_reject(reject, *position, now));
    }
}

Outcome<CustomerId> Bank::open_account(const v1::OpenAccountRequest& request, ElapsedTime now) {
    if (auto error = check_opening(request)) {
        return *std::move(error);
    }
    const v1::Account& account = request.account();
    if (books_.find(account.account())) {
        return CallError{CallError::Kind::kExists, "ACCOUNT_EXISTS", "account.account",
                         "must be new to this bank"};
    }
    const money::AmountMinor opening_balance{request.opening_balance_minor()};
    if (books_.full() || !books_.reserve_turnover(opening_balance, 1)) {
        return CallError{CallError::Kind::kFull, "BOOKS_FULL", "",
                         "this bank's books can take no such account any more"};
    }
    Customer customer;
    customer.account = account.account();
    customer.name_en = account.name_en();
    customer.name_zh = account.name_zh();
    customer.currency =
        account.currency() == v1::CURRENCY_HKD ? money::Currency::kHkd : money::Currency::kCny;
    return books_.open(std::move(customer), opening_balance, scheme_time(now));
}

Outcome<const OutgoingRemittance*> Bank::send(const v1::SendRemittanceRequest& request,
                                              ElapsedTime now) {
    const auto scheme_now = session_.scheme_time(now);
    if (!scheme_now) {
        return CallError{CallError::Kind::kNotReady, "NO_SESSION_YET", "",
                         "the bank has not reached the switch yet"};
    }
    return payer_side_.send(request, fresh_uetr(), Moment{now, *scheme_now});
}

bool Bank::send_unchecked(const Instruction& instruction, ElapsedTime now) {
    const auto scheme_now = session_.scheme_time(now);
    return scheme_now && payer_side_.start(instruction, fresh_uetr(), Moment{now, *scheme_now}) ==
                             PayerSide::Start::kSent;
}

void Bank::open_traffic_accounts(std::uint32_t count) {
    LOWU_ASSERT(traffic_accounts_.empty() && count <= kMaxTrafficAccounts,
                "traffic's accounts are opened once");
    for (std::uint32_t index = 0; index < count; ++index) {
        Customer customer;
        customer.account = traffic_account(index);
        customer.name_en = traffic_customer(index);
        customer.currency = money::Currency::kCny;
        const bool reserved = books_.reserve_turnover(kTrafficOpeningBalance, 1);
        LOWU_ASSERT(reserved, "traffic's accounts are opened into new books");
        traffic_accounts_.push_back(
            books_.open(std::move(customer), kTrafficOpeningBalance, SchemeTime{}));
    }
}

// 0 before the bank's first session, when only accounts can be opened.
SchemeTime Bank::scheme_time(ElapsedTime now) const {
    return session_.scheme_time(now).value_or(SchemeTime{});
}

scheme::Uetr Bank::fresh_uetr() {
    return scheme::uetr_from_random(prng_.next_u64(), prng_.next_u64());
}

std::string traffic_account(std::uint32_t index) {
    return "T" + four_digits(index + 1);
}

std::string traffic_customer(std::uint32_t index) {
    return "Traffic customer " + four_digits(index + 1);
}

}  // namespace lowu::bank
