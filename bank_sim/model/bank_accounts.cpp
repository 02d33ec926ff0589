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
    return books_.open(customer_of(account, options_.rail, options_.code), opening_balance,
                       scheme_time(now));
}

Outcome<const OutgoingRemittance*> Bank::send(const v1::SendRemittanceRequest& request,
                                              ElapsedTime now,
                                              std::optional<ElapsedTime> scheduled_at) {
    if (!session_.scheme_time(now)) {
        return not_ready();
    }
    return payer_side_.send(request, fresh_uetr(), moment(now), scheduled_at);
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
        v1::Account account;
        account.set_account(traffic_account(index));
        account.set_name_en(traffic_customer(index));
        account.set_currency(v1::CURRENCY_CNY);
        const bool reserved = books_.reserve_turnover(kTrafficOpeningBalance, 1);
        LOWU_ASSERT(reserved, "traffic's accounts are opened into new books");
        traffic_accounts_.push_back(books_.open(customer_of(account, options_.rail, options_.code),
                                                kTrafficOpeningBalance, SchemeTime{}));
    }
}

std::string traffic_account(std::uint32_t index) {
    return "T" + four_digits(index + 1);
}

std::string traffic_customer(std::uint32_t index) {
    return "Traffic customer " + four_digits(index + 1);
}

}  // namespace lowu::bank
