// What a bank shows of itself in the contract's messages. Part of Bank.
#include <array>

#include "bank_sim/model/bank.hpp"
#include "bank_sim/model/wire_currency.hpp"
#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

constexpr std::array kShownAccounts = {LedgerAccount::kCustomers, LedgerAccount::kInTransit,
                                       LedgerAccount::kSettlement, LedgerAccount::kOpeningMoney,
                                       LedgerAccount::kExchange};
constexpr std::array kShownCurrencies = {money::Currency::kCny, money::Currency::kHkd};

v1::PaymentStatus to_wire(OutgoingRemittance::State state) {
    switch (state) {
        case OutgoingRemittance::State::kPending:
            return v1::PAYMENT_STATUS_ACSP;
        case OutgoingRemittance::State::kSettled:
            return v1::PAYMENT_STATUS_ACSC;
        case OutgoingRemittance::State::kRefused:
            return v1::PAYMENT_STATUS_RJCT;
    }
    LOWU_UNREACHABLE("every state is in the contract");
}

v1::PaymentStatus to_wire(IncomingRemittance::State state) {
    switch (state) {
        case IncomingRemittance::State::kPromised:
            return v1::PAYMENT_STATUS_ACSP;
        case IncomingRemittance::State::kCredited:
        case IncomingRemittance::State::kUnapplied:
            return v1::PAYMENT_STATUS_ACSC;
        case IncomingRemittance::State::kRefused:
        case IncomingRemittance::State::kVoid:
            return v1::PAYMENT_STATUS_RJCT;
    }
    LOWU_UNREACHABLE("every state is in the contract");
}

// The part that both directions have in common.
template <class Record>
v1::Remittance view_of(const Record& record, const std::string& bank) {
    v1::CreditTransfer transfer;
    const bool parsed = transfer.ParseFromString(record.transfer);
    LOWU_ASSERT(parsed, "a remittance keeps its own message");
    v1::Remittance view;
    view.set_bank(bank);
    view.set_uetr(transfer.uetr());
    view.set_payer_agent(transfer.payer_agent());
    view.set_payer_account(transfer.payer_account());
    view.set_payee_agent(transfer.payee_agent());
    view.set_payee_account(transfer.payee_account());
    view.set_amount_minor(transfer.amount_minor());
    view.set_currency(transfer.currency());
    view.set_creation_time_ms(transfer.creation_time_ms());
    *view.mutable_carried() = std::move(*transfer.mutable_carried());
    view.set_service(transfer.service());
    view.set_purpose(transfer.purpose());
    if (transfer.has_payee_proxy()) {
        *view.mutable_payee_proxy() = std::move(*transfer.mutable_payee_proxy());
    }
    if (transfer.has_exchange()) {
        *view.mutable_exchange() = std::move(*transfer.mutable_exchange());
    }
    view.set_status(to_wire(record.state));
    view.set_clearing_reference(record.clearing_reference);
    view.set_returned_minor(record.returned.amount.value);
    if (record.return_of) {
        view.set_original_uetr(scheme::format_uetr(record.return_of->original));
        view.set_return_reason_code(std::string(to_string(record.return_of->reason)));
    }
    if (record.reason) {
        *view.mutable_reason() = *record.reason;
    }
    return view;
}

void add_balance(LedgerAccount account, money::Currency currency, const LedgerSums& sums,
                 v1::BankBooks& view) {
    v1::LedgerBalance& balance = *view.add_accounts();
    balance.set_name(std::string(to_string(account)));
    balance.set_currency(write_currency(currency));
    balance.set_debits_minor(sums.debits.value);
    balance.set_credits_minor(sums.credits.value);
}

}  // namespace

void Bank::describe(v1::Bank& view) const {
    view.set_code(options_.code);
    view.set_rail(options_.rail == scheme::Rail::kFps ? v1::RAIL_FPS : v1::RAIL_IBPS);
    view.set_name_en(options_.name_en);
    view.set_name_zh(options_.name_zh);
    view.set_online(session_.open());
    view.set_accounts(static_cast<std::int64_t>(books_.customers().size()));
}

void Bank::describe(CustomerId customer, v1::Account& view) const {
    const Customer& owner = books_.customer(customer);
    view.set_bank(options_.code);
    view.set_account(owner.account);
    view.set_currency(write_currency(owner.currency));
    view.set_name_en(owner.name_en);
    view.set_name_zh(owner.name_zh);
    view.set_balance_minor(owner.balance.value);
    view.set_holder(static_cast<v1::PartyKind>(owner.holder));
    view.set_document(static_cast<v1::DocumentType>(owner.document));
    view.set_document_number(owner.document_number);
    if (owner.holder == scheme::PartyKind::kPerson) {
        if (const auto tokens = payer_side_.shown_tokens(owner)) {
            view.set_person_token(scheme::format_person_token(tokens->token));
            view.set_token_version(tokens->version);
        }
    }
    for (const OwnProxy* proxy : proxies_.of(customer)) {
        *view.add_proxies() = proxy->proxy;
    }
}

void Bank::describe(const Entry& entry, v1::Entry& view) const {
    const EntrySides sides = sides_of(entry.kind);
    view.set_number(entry.number);
    view.set_scheme_time_ms(entry.time.value);
    if (entry.uetr != scheme::Uetr{}) {
        view.set_uetr(scheme::format_uetr(entry.uetr));
    }
    view.set_debit_account(std::string(to_string(sides.debit)));
    view.set_credit_account(std::string(to_string(sides.credit)));
    view.set_amount_minor(entry.amount.value);
    view.set_text(std::string(to_string(entry.kind)));
}

void Bank::describe(v1::BankBooks& view) const {
    view.set_bank(options_.code);
    for (const LedgerAccount account : kShownAccounts) {
        for (const money::Currency currency : kShownCurrencies) {
            add_balance(account, currency, books_.sums(account, currency), view);
        }
    }
    // Money that belongs to no account is the exception: shown when there was some.
    for (const money::Currency currency : kShownCurrencies) {
        const LedgerSums sums = books_.sums(LedgerAccount::kUnapplied, currency);
        if (sums.credits > money::kZeroAmount || sums.debits > money::kZeroAmount) {
            add_balance(LedgerAccount::kUnapplied, currency, sums, view);
        }
    }
    view.set_entries(books_.entries());
    view.set_outgoing_pending(payer_side_.pending());
    view.set_incoming_promised(payee_side_.promised());
    view.set_outgoing_settled(payer_side_.settled());
    view.set_incoming_credited(payee_side_.credited());
    view.set_customer_balances_cny_minor(books_.customer_balances(money::Currency::kCny).value);
    view.set_customer_balances_hkd_minor(books_.customer_balances(money::Currency::kHkd).value);
}

void Bank::describe(v1::ListEventsResponse& view) const {
    for (std::size_t index = events_.size(); index > 0; --index) {
        *view.add_events() = events_[index - 1];
    }
}

std::optional<v1::Remittance> Bank::remittance(std::string_view uetr) const {
    const auto parsed = scheme::parse_uetr(uetr);
    if (!parsed) {
        return std::nullopt;
    }
    if (const OutgoingRemittance* outgoing = payer_side_.find(*parsed)) {
        v1::Remittance view = view_of(*outgoing, options_.code);
        view.set_outgoing(true);
        view.set_duration_us(outgoing->duration.us);
        view.set_proxy_suspicious(outgoing->suspicious);
        const bool refused = outgoing->state == OutgoingRemittance::State::kRefused;
        view.set_account_amount_minor(refused ? 0 : outgoing->debited.value);
        if (!outgoing->unapplied) {
            view.set_account_currency(write_currency(books_.customer(outgoing->payer).currency));
        }
        return view;
    }
    if (const IncomingRemittance* incoming = payee_side_.find(*parsed)) {
        v1::Remittance view = view_of(*incoming, options_.code);
        const bool credited = incoming->state == IncomingRemittance::State::kCredited;
        view.set_credited(credited);
        view.set_account_amount_minor(credited ? incoming->credit.amount.value : 0);
        if (incoming->payee) {
            view.set_account_currency(write_currency(books_.customer(*incoming->payee).currency));
        }
        return view;
    }
    return std::nullopt;
}

}  // namespace lowu::bank
