// Returns: sent by this bank as the one that was paid, and come back to it as the one that paid.
// Part of PayerSide.
#include <algorithm>
#include <utility>

#include "bank_sim/model/payer_side.hpp"
#include "bank_sim/model/reasons.hpp"
#include "bank_sim/model/wire_currency.hpp"

namespace lowu::bank {
namespace {

// Out of the account, and on or back; with an exchange each is two.
constexpr std::int64_t kEntriesOfAReturn = 2;
constexpr std::int64_t kEntriesOfAnExchangedReturn = 4;

CallError full(std::string reason, std::string rule) {
    return {CallError::Kind::kFull, std::move(reason), "", std::move(rule)};
}

void write_return(const ReturnOrder& order, const scheme::Uetr& uetr, v1::PaymentReturn& message) {
    message.set_uetr(scheme::format_uetr(uetr));
    message.set_original_uetr(scheme::format_uetr(order.of.original));
    message.set_amount_minor(order.money.amount.value);
    message.set_reason_code(std::string(to_string(order.of.reason)));
}

}  // namespace

Outcome<const OutgoingRemittance*> PayerSide::send_back(ReturnOrder order, const scheme::Uetr& uetr,
                                                        Moment now) {
    if (!parts_.outbox.has_own_room()) {
        return full("OUTBOX_FULL", "the switch has not taken up the payments sent before");
    }
    if (!remittances_.has_room()) {
        return full("TOO_MANY_PENDING", "too many payments of this bank are pending");
    }
    OutgoingRemittance remittance;
    remittance.uetr = uetr;
    remittance.position = parts_.outbox.end_position();
    remittance.payer = order.payer.value_or(CustomerId{});
    remittance.unapplied = !order.payer.has_value();
    remittance.money = order.money;
    remittance.debited = order.debited;
    remittance.started_at = now.elapsed;
    remittance.return_of = std::make_unique<ReturnOf>(order.of);
    order.view.set_uetr(scheme::format_uetr(uetr));
    order.view.set_creation_time_ms(now.scheme.value);
    order.view.SerializeToString(&remittance.transfer);
    if (order.payer) {
        const Customer& payer = parts_.books.customer(*order.payer);
        remittance.exchanged = payer.currency != order.money.currency;
        if (payer.balance < order.debited) {
            return &add_refused(std::move(remittance),
                                reason_of(options_.rail, scheme::ResultCode::kPayerFunds), now);
        }
    }
    if (!parts_.books.reserve_turnover(
            std::max(order.money.amount, order.debited),
            remittance.exchanged ? kEntriesOfAnExchangedReturn : kEntriesOfAReturn)) {
        return full("BOOKS_FULL", "this bank's books can take no such amount any more");
    }
    remittance.sent = true;
    debit(remittance, now.scheme);
    write_return(order, uetr, parts_.outbox.add_return());
    ++pending_;
    return &remittances_.add(std::move(remittance));
}

std::optional<ComeBack> PayerSide::take_returned(const v1::PaymentReturned& returned) {
    const auto original = scheme::parse_uetr(returned.original_uetr());
    OutgoingRemittance* remittance = original ? remittances_.find(*original) : nullptr;
    const money::AmountMinor amount{returned.amount_minor()};
    if (remittance == nullptr || remittance->state != OutgoingRemittance::State::kSettled ||
        remittance->unapplied || amount <= money::kZeroAmount ||
        read_currency(returned.currency()) != remittance->money.currency ||
        amount.value > remittance->money.amount.value - remittance->returned.amount.value) {
        return std::nullopt;
    }
    const money::AmountMinor part =
        account_part(remittance->money.amount, remittance->debited, remittance->returned, amount);
    remittance->returned.amount.value += amount.value;
    remittance->returned.account.value += part.value;
    ComeBack come_back;
    come_back.payer = remittance->payer;
    come_back.money = {amount, remittance->money.currency};
    come_back.credit = {part, parts_.books.customer(remittance->payer).currency};
    static_cast<void>(come_back.view.ParseFromString(remittance->transfer));
    return come_back;
}

}  // namespace lowu::bank
