// A bank's customers: opening accounts, and the payments they order. Part of Bank.
#include <utility>

#include "bank_sim/model/bank.hpp"
#include "common/base/assert.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/names.hpp"
#include "common/scheme/party.hpp"
#include "common/scheme/utf8.hpp"

namespace lowu::bank {
namespace {

// A billion yuan each: no run of any length makes a payer of traffic run dry by accident.
constexpr money::AmountMinor kTrafficOpeningBalance{100'000'000'000};

constexpr std::size_t kDocumentNumberLengthMax = 35;

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

std::optional<CallError> check_holder(const v1::Account& account) {
    const auto holder = scheme::party_kind_from_number(account.holder());
    if (!holder && account.holder() != v1::PARTY_KIND_UNSPECIFIED) {
        return malformed("account.holder", "must be a kind of party");
    }
    if (!scheme::document_type_from_number(account.document())) {
        return malformed("account.document", "must be a type of document");
    }
    if (holder.value_or(scheme::PartyKind::kPerson) != scheme::PartyKind::kPerson) {
        if (account.document() != v1::DOCUMENT_TYPE_UNSPECIFIED) {
            return malformed("account.document", "must be unset: only persons have one");
        }
        if (!account.document_number().empty()) {
            return malformed("account.document_number", "must be empty: only persons have one");
        }
        return std::nullopt;
    }
    const scheme::Utf8Scan scan = scheme::scan_utf8(account.document_number());
    if (!account.document_number().empty() &&
        (!scan.valid || scan.has_control || !scan.has_visible ||
         scan.code_points > kDocumentNumberLengthMax)) {
        return malformed("account.document_number",
                         "must be 1 to 35 characters without control characters");
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
    if (auto error = check_holder(account)) {
        return error;
    }
    if (request.opening_balance_minor() < 0 ||
        request.opening_balance_minor() > money::kMaxAmountMinor.value) {
        return malformed("opening_balance_minor", "must be 0 to 99,999,999,999,999,999");
    }
    return std::nullopt;
}

// The account has passed check_opening.
Customer customer_of(const v1::Account& account, scheme::Rail rail, const std::string& bank) {
    Customer customer;
    customer.account = account.account();
    customer.name_en = account.name_en();
    customer.name_zh = account.name_zh();
    customer.currency =
        account.currency() == v1::CURRENCY_HKD ? money::Currency::kHkd : money::Currency::kCny;
    customer.holder =
        scheme::party_kind_from_number(account.holder()).value_or(scheme::PartyKind::kPerson);
    if (customer.holder != scheme::PartyKind::kPerson) {
        return customer;
    }
    customer.document = account.document() == v1::DOCUMENT_TYPE_UNSPECIFIED
                            ? scheme::document_of(rail)
                            : *scheme::document_type_from_number(account.document());
    customer.document_number = account.document_number().empty()
                                   ? made_document_number(bank, account.account())
                                   : account.document_number();
    return customer;
}

// The first field in which who holds an account differs; empty when it is the same.
std::string_view differing_field(const Customer& wanted, const Customer& held) {
    if (wanted.currency != held.currency) return "currency";
    if (wanted.name_en != held.name_en) return "name_en";
    if (wanted.name_zh != held.name_zh) return "name_zh";
    if (wanted.holder != held.holder) return "holder";
    if (wanted.document != held.document) return "document";
    if (wanted.document_number != held.document_number) return "document_number";
    return {};
}

}  // namespace

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
    const CustomerId opened = books_.open(customer_of(account, options_.rail, options_.code),
                                          opening_balance, scheme_time(now));
    inputs_.open_account(now, request);
    return opened;
}

Outcome<CustomerId> Bank::open_or_find(const v1::OpenAccountRequest& request, ElapsedTime now) {
    if (auto error = check_opening(request)) {
        return *std::move(error);
    }
    const auto found = books_.find(request.account().account());
    if (!found) {
        return open_account(request, now);
    }
    const Customer wanted = customer_of(request.account(), options_.rail, options_.code);
    if (const auto field = differing_field(wanted, books_.customer(*found)); !field.empty()) {
        return CallError{CallError::Kind::kExists, "ACCOUNT_DIFFERS",
                         "account." + std::string(field),
                         "must be what account " + wanted.account + " of bank " + options_.code +
                             " was opened with"};
    }
    return *found;
}

Outcome<const OutgoingRemittance*> Bank::send(const v1::SendRemittanceRequest& request,
                                              ElapsedTime now,
                                              std::optional<ElapsedTime> scheduled_at) {
    if (!session_.scheme_time(now)) {
        return not_ready();
    }
    const auto given = scheme::parse_uetr(request.uetr());
    const bool known = given && payer_side_.find(*given) != nullptr;
    auto sent = payer_side_.send(request, next_uetr(), moment(now), scheduled_at);
    if (!known && std::holds_alternative<const OutgoingRemittance*>(sent)) {
        static_cast<void>(fresh_uetr());
        inputs_.send_remittance(now, request, scheduled_at);
    }
    return sent;
}

bool Bank::send_traffic(const TrafficOrder& order, ElapsedTime now) {
    const auto scheme_now = session_.scheme_time(now);
    if (!scheme_now || order.payer.value >= books_.customers().size() ||
        order.payee >= kMaxTrafficAccounts) {
        return false;
    }
    Instruction instruction;
    instruction.payer = order.payer;
    instruction.payee_agent = order.payee_agent;
    instruction.payee_account = traffic_account_name(order.payee);
    instruction.payee_name = traffic_name(order.payee);
    instruction.amount = order.amount;
    instruction.scheduled_at = order.scheduled_at;
    if (payer_side_.start(instruction, next_uetr(), Moment{now, *scheme_now}) !=
        PayerSide::Start::kSent) {
        return false;
    }
    static_cast<void>(fresh_uetr());
    inputs_.traffic_order(now, order);
    return true;
}

std::optional<CallError> Bank::open_traffic_accounts(std::uint32_t count) {
    LOWU_ASSERT(count <= kMaxTrafficAccounts, "the caller checks how many there may be");
    const auto first = static_cast<std::uint32_t>(traffic_accounts_.size());
    for (std::uint32_t index = first; index < count; ++index) {
        if (books_.find(traffic_account(index))) {
            return CallError{CallError::Kind::kExists, "ACCOUNT_EXISTS", "account",
                             "must not be one of traffic's: " + traffic_account(index)};
        }
    }
    if (first >= count) {
        return std::nullopt;
    }
    const std::size_t missing = count - first;
    if (books_.customers().size() + missing > kMaxAccounts ||
        !books_.reserve_turnover(kTrafficOpeningBalance, static_cast<std::int64_t>(missing))) {
        return CallError{CallError::Kind::kFull, "BOOKS_FULL", "",
                         "this bank's books can take no such accounts any more"};
    }
    for (std::uint32_t index = first; index < count; ++index) {
        v1::Account account;
        account.set_account(traffic_account(index));
        account.set_name_en(traffic_customer(index));
        account.set_currency(v1::CURRENCY_CNY);
        traffic_accounts_.push_back(books_.open(customer_of(account, options_.rail, options_.code),
                                                kTrafficOpeningBalance, SchemeTime{}));
    }
    inputs_.open_traffic_accounts(count);
    return std::nullopt;
}

const std::string& Bank::traffic_account_name(std::uint32_t index) {
    while (traffic_account_names_.size() <= index) {
        traffic_account_names_.push_back(
            traffic_account(static_cast<std::uint32_t>(traffic_account_names_.size())));
    }
    return traffic_account_names_[index];
}

const std::string& Bank::traffic_name(std::uint32_t index) {
    while (traffic_names_.size() <= index) {
        traffic_names_.push_back(
            traffic_customer(static_cast<std::uint32_t>(traffic_names_.size())));
    }
    return traffic_names_[index];
}

std::string traffic_account(std::uint32_t index) {
    return "T" + four_digits(index + 1);
}

std::string traffic_customer(std::uint32_t index) {
    return "Traffic customer " + four_digits(index + 1);
}

}  // namespace lowu::bank
