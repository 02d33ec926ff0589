// A bank's own double-entry ledger. See books.hpp.
#include "bank_sim/model/books.hpp"

#include <utility>

#include "common/base/assert.hpp"
#include "common/base/hash.hpp"

namespace lowu::bank {
namespace {

std::size_t index_of(LedgerAccount account, money::Currency currency) {
    LOWU_ASSERT(currency != money::Currency::kUnspecified, "ledger accounts have a currency");
    return static_cast<std::size_t>(account) * 2 + (currency == money::Currency::kHkd ? 1 : 0);
}

// Reserved turnover keeps every sum inside 64 bits, so an overflow is a hole in our own reasoning.
void raise(money::AmountMinor& sum, money::AmountMinor amount) {
    const auto total = money::checked_add(sum, amount);
    LOWU_ASSERT(total.has_value(), "entries are booked within the reserved turnover");
    sum = *total;
}

}  // namespace

std::string_view to_string(LedgerAccount account) {
    switch (account) {
        case LedgerAccount::kCustomers:
            return "customers";
        case LedgerAccount::kInTransit:
            return "in transit";
        case LedgerAccount::kSettlement:
            return "settlement";
        case LedgerAccount::kOpeningMoney:
            return "opening money";
        case LedgerAccount::kExchange:
            return "exchange";
        case LedgerAccount::kUnapplied:
            return "unapplied";
    }
    LOWU_UNREACHABLE("every ledger account has a name");
}

std::string_view to_string(EntryKind kind) {
    switch (kind) {
        case EntryKind::kOpening:
            return "opening balance";
        case EntryKind::kRemittanceSent:
            return "remittance sent";
        case EntryKind::kRemittanceSettled:
            return "remittance settled";
        case EntryKind::kRemittanceReturned:
            return "remittance refused, money back";
        case EntryKind::kRemittanceReceived:
            return "remittance received";
        case EntryKind::kExchangeTaken:
            return "remittance sent, exchanged";
        case EntryKind::kExchangeSent:
            return "exchanged for the rail";
        case EntryKind::kExchangeReversed:
            return "remittance refused, exchange reversed";
        case EntryKind::kExchangeReturned:
            return "remittance refused, exchanged money back";
        case EntryKind::kExchangeReceived:
            return "received for exchange";
        case EntryKind::kExchangePaid:
            return "remittance received, exchanged";
        case EntryKind::kUnappliedReceived:
            return "remittance received for no account";
        case EntryKind::kReturnSent:
            return "payment sent back";
        case EntryKind::kReturnReceived:
            return "payment come back";
        case EntryKind::kUnappliedSent:
            return "payment for no account sent back";
        case EntryKind::kUnappliedKept:
            return "return refused, money kept for no account";
        case EntryKind::kReturnUnapplied:
            return "payment come back for no account";
        case EntryKind::kUnappliedSettled:
            return "remittance settled after its refusal";
    }
    LOWU_UNREACHABLE("every kind of entry has a text");
}

EntrySides sides_of(EntryKind kind) {
    switch (kind) {
        case EntryKind::kOpening:
            return {LedgerAccount::kOpeningMoney, LedgerAccount::kCustomers};
        case EntryKind::kRemittanceSent:
            return {LedgerAccount::kCustomers, LedgerAccount::kInTransit};
        case EntryKind::kRemittanceSettled:
            return {LedgerAccount::kInTransit, LedgerAccount::kSettlement};
        case EntryKind::kRemittanceReturned:
            return {LedgerAccount::kInTransit, LedgerAccount::kCustomers};
        case EntryKind::kRemittanceReceived:
            return {LedgerAccount::kSettlement, LedgerAccount::kCustomers};
        case EntryKind::kExchangeTaken:
            return {LedgerAccount::kCustomers, LedgerAccount::kExchange};
        case EntryKind::kExchangeSent:
            return {LedgerAccount::kExchange, LedgerAccount::kInTransit};
        case EntryKind::kExchangeReversed:
            return {LedgerAccount::kInTransit, LedgerAccount::kExchange};
        case EntryKind::kExchangeReturned:
        case EntryKind::kExchangePaid:
            return {LedgerAccount::kExchange, LedgerAccount::kCustomers};
        case EntryKind::kExchangeReceived:
            return {LedgerAccount::kSettlement, LedgerAccount::kExchange};
        case EntryKind::kUnappliedReceived:
        case EntryKind::kReturnUnapplied:
            return {LedgerAccount::kSettlement, LedgerAccount::kUnapplied};
        case EntryKind::kUnappliedSettled:
            return {LedgerAccount::kUnapplied, LedgerAccount::kSettlement};
        case EntryKind::kReturnSent:
            return {LedgerAccount::kCustomers, LedgerAccount::kInTransit};
        case EntryKind::kReturnReceived:
            return {LedgerAccount::kSettlement, LedgerAccount::kCustomers};
        case EntryKind::kUnappliedSent:
            return {LedgerAccount::kUnapplied, LedgerAccount::kInTransit};
        case EntryKind::kUnappliedKept:
            return {LedgerAccount::kInTransit, LedgerAccount::kUnapplied};
    }
    LOWU_UNREACHABLE("every kind of entry has two sides");
}

std::size_t Books::TextHash::operator()(std::string_view text) const {
    return hash64(text);
}

Books::Books() : recent_(kMaxStatementEntries) {}

std::optional<CustomerId> Books::find(std::string_view account) const {
    const auto found = by_account_.find(account);
    if (found == by_account_.end()) {
        return std::nullopt;
    }
    return found->second;
}

CustomerId Books::open(Customer customer, money::AmountMinor opening_balance, SchemeTime time) {
    LOWU_ASSERT(!full(), "the caller checks for room");
    const CustomerId id{static_cast<std::uint32_t>(customers_.size())};
    customer.balance = money::kZeroAmount;
    customer.last_entry = 0;
    const bool is_new = by_account_.emplace(customer.account, id).second;
    LOWU_ASSERT(is_new, "an account is opened once");
    customers_.push_back(std::move(customer));
    if (opening_balance > money::kZeroAmount) {
        const money::Currency currency = customers_.back().currency;
        book(EntryKind::kOpening, id, {opening_balance, currency}, scheme::Uetr{}, time);
    }
    return id;
}

bool Books::has_turnover(money::AmountMinor amount, std::int64_t entries) const {
    LOWU_ASSERT(amount.value >= 0 && entries > 0, "turnover only grows");
    return amount.value <= (kMaxTurnoverMinor - turnover_minor_) / entries;
}

bool Books::reserve_turnover(money::AmountMinor amount, std::int64_t entries) {
    if (!has_turnover(amount, entries)) {
        return false;
    }
    turnover_minor_ += amount.value * entries;
    return true;
}

void Books::book(EntryKind kind, CustomerId customer, Money money, const scheme::Uetr& uetr,
                 SchemeTime time) {
    LOWU_ASSERT(money.amount > money::kZeroAmount, "an entry moves money");
    const EntrySides sides = sides_of(kind);
    raise(sums_of(sides.debit, money.currency).debits, money.amount);
    raise(sums_of(sides.credit, money.currency).credits, money.amount);
    ++last_number_;
    Entry entry{last_number_, 0, time, uetr, money.amount, customer, money.currency, kind};
    const bool debits_customer = sides.debit == LedgerAccount::kCustomers;
    if (debits_customer || sides.credit == LedgerAccount::kCustomers) {
        Customer& owner = customers_[customer.value];
        LOWU_ASSERT(owner.currency == money.currency, "an account holds its own currency");
        raise(owner.balance,
              debits_customer ? money::AmountMinor{-money.amount.value} : money.amount);
        LOWU_ASSERT(owner.balance >= money::kZeroAmount, "a customer pays what is there");
        entry.previous_of_customer = std::exchange(owner.last_entry, last_number_);
    }
    if (recent_.full()) {
        recent_.pop();
    }
    const bool kept = recent_.push(entry);
    LOWU_ASSERT(kept, "room was made for the entry");
}

LedgerSums Books::sums(LedgerAccount account, money::Currency currency) const {
    return sums_[index_of(account, currency)];
}

LedgerSums& Books::sums_of(LedgerAccount account, money::Currency currency) {
    return sums_[index_of(account, currency)];
}

money::AmountMinor Books::customer_balances(money::Currency currency) const {
    money::AmountMinor sum;
    for (const Customer& customer : customers_) {
        if (customer.currency == currency) {
            raise(sum, customer.balance);
        }
    }
    return sum;
}

void Books::add_to(Digest& digest) const {
    digest.add(customers_.size());
    for (const Customer& customer : customers_) {
        digest.add_text(customer.account);
        digest.add_text(customer.name_en);
        digest.add_text(customer.name_zh);
        digest.add(customer.holder);
        digest.add(customer.document);
        digest.add_text(customer.document_number);
        digest.add(customer.currency);
        digest.add(customer.balance);
        digest.add(customer.last_entry);
    }
    for (const LedgerSums& sums : sums_) {
        digest.add(sums.debits);
        digest.add(sums.credits);
    }
    digest.add(last_number_);
    digest.add(turnover_minor_);
    for (std::size_t index = 0; index < recent_.size(); ++index) {
        const Entry& entry = recent_[index];
        digest.add(entry.number);
        digest.add(entry.previous_of_customer);
        digest.add(entry.time);
        digest.add(entry.uetr.high);
        digest.add(entry.uetr.low);
        digest.add(entry.amount);
        digest.add(entry.customer);
        digest.add(entry.currency);
        digest.add(entry.kind);
    }
}

std::vector<Entry> Books::statement(CustomerId customer, std::size_t count) const {
    std::vector<Entry> entries;
    const std::uint64_t oldest = last_number_ - recent_.size() + 1;
    std::uint64_t number = customers_[customer.value].last_entry;
    while (entries.size() < count && number >= oldest && number != 0) {
        entries.push_back(recent_[static_cast<std::size_t>(number - oldest)]);
        number = entries.back().previous_of_customer;
    }
    return entries;
}

}  // namespace lowu::bank
