// The banks' books: every step of a payment as entries that add up; see bank_hall.hpp.
#include "common/base/assert.hpp"
#include "common/scheme/exchange.hpp"
#include "simulator/play/bank_hall.hpp"

namespace lowu::simulator {
namespace {

using money::Currency;
using scheme::Rail;
using scheme::ResultCode;

/// A payer in Hong Kong gives HKD for what crosses in CNY.
bool exchanges_at_payer(const LivePayment& payment, const Corridor& corridor) {
    return !payment.in_hkd() && corridor.payer_rail == Rail::kFps && !corridor.domestic() &&
           payment.order.hkd_account;
}

}  // namespace

std::int64_t& BankHall::payer_balance(LivePayment& payment, Currency currency) {
    const Order& order = payment.order;
    Book& book = book_of(banks_[order.payer_bank].books, currency);
    if (payment.funding()) return book.own;
    return book.balances[customers_.number(order.payer_bank, corridor_of(payment).payer_is_person(),
                                           order.payer)];
}

std::int64_t& BankHall::payee_balance(LivePayment& payment, Currency currency) {
    const Order& order = payment.order;
    Book& book = book_of(banks_[order.payee_bank].books, currency);
    if (payment.funding()) return book.own;
    return book.balances[customers_.number(order.payee_bank, corridor_of(payment).payee_is_person(),
                                           order.payee)];
}

/// False, and nothing is booked, when the payer has not so much.
bool BankHall::debit(LivePayment& payment) {
    const bool exchanges = exchanges_at_payer(payment, corridor_of(payment));
    const Currency held = exchanges || payment.in_hkd() ? Currency::kHkd : Currency::kCny;
    const Currency moved = payment.in_hkd() ? Currency::kHkd : Currency::kCny;
    const std::int64_t given = exchanges ? payment.hkd_minor : payment.moved_minor();
    std::int64_t& balance = payer_balance(payment, held);
    if (!payment.funding() && balance < given) return false;
    BankBooks& books = banks_[payment.order.payer_bank].books;
    balance -= given;
    if (exchanges) {
        book_of(books, held).own += given;
        book_of(books, moved).own -= payment.moved_minor();
    }
    book_of(books, moved).in_transit += payment.moved_minor();
    return true;
}

void BankHall::undo_at_payer(LivePayment& payment) {
    const bool exchanges = exchanges_at_payer(payment, corridor_of(payment));
    const Currency moved = payment.in_hkd() ? Currency::kHkd : Currency::kCny;
    BankBooks& books = banks_[payment.order.payer_bank].books;
    book_of(books, moved).in_transit -= payment.moved_minor();
    if (!exchanges) {
        payer_balance(payment, moved) += payment.moved_minor();
        return;
    }
    book_of(books, moved).own += payment.moved_minor();
    book_of(books, Currency::kHkd).own -= payment.hkd_minor;
    payer_balance(payment, Currency::kHkd) += payment.hkd_minor;
}

void BankHall::settle_at_payer(LivePayment& payment) {
    const Currency moved = payment.in_hkd() ? Currency::kHkd : Currency::kCny;
    Book& book = book_of(banks_[payment.order.payer_bank].books, moved);
    book.in_transit -= payment.moved_minor();
    book.settled -= payment.moved_minor();
}

void BankHall::final_at_payer(LivePayment& payment, ResultCode result) {
    if (payment.final_at_payer) return;
    payment.final_at_payer = true;
    payment.settled = result == ResultCode::kAccepted;
    if (payment.settled) {
        settle_at_payer(payment);
    } else {
        undo_at_payer(payment);
    }
    tally_.finished(timeline_.now(), payment, result, in_cny(payment));
    payments_.remove_if_over(payment);
}

/// What it counts in the report: HKD that stay in Hong Kong at the reference rate.
std::int64_t BankHall::in_cny(const LivePayment& payment) const {
    if (!payment.in_hkd()) return payment.cny_minor;
    const auto cny = scheme::cny_of_hkd(money::AmountMinor{payment.hkd_minor},
                                        exchange_.rates(rates_day_).cny_per_hkd);
    return cny ? cny->value : 0;
}

void BankHall::credit(LivePayment& payment) {
    if (payment.credited) return;
    payment.credited = true;
    payment.promised = false;
    const Currency moved = payment.in_hkd() ? Currency::kHkd : Currency::kCny;
    BankBooks& books = banks_[payment.order.payee_bank].books;
    book_of(books, moved).settled += payment.moved_minor();
    if (payment.credit_hkd_minor > 0) {
        book_of(books, moved).own += payment.moved_minor();
        book_of(books, Currency::kHkd).own -= payment.credit_hkd_minor;
        payee_balance(payment, Currency::kHkd) += payment.credit_hkd_minor;
    } else {
        payee_balance(payment, moved) += payment.moved_minor();
    }
    if (!returns_ || payment.order.return_after_s == 0) return;
    payment.returning = true;
    timeline_.after(Duration::from_seconds(payment.order.return_after_s), What::kReturn,
                    LivePayments::place_of(payment.uetr));
}

// Returns.

void BankHall::send_back(std::uint32_t place) {
    LivePayment& payment = payments_[place];
    LOWU_ASSERT(payment.used && payment.returning, "a payment with a return to come is not over");
    const std::size_t index = payment.order.payee_bank;
    const bool in_hkd = payment.credit_hkd_minor > 0 || payment.in_hkd();
    const Currency held = in_hkd ? Currency::kHkd : Currency::kCny;
    const std::int64_t got =
        payment.credit_hkd_minor > 0 ? payment.credit_hkd_minor : payment.moved_minor();
    std::int64_t& balance = payee_balance(payment, held);
    const bool can = returns_ && banks_[index].there && !banks_[index].killed;
    if (!can || balance < got) return end_return(payment);
    const Currency moved = payment.in_hkd() ? Currency::kHkd : Currency::kCny;
    BankBooks& books = banks_[index].books;
    balance -= got;
    if (payment.credit_hkd_minor > 0) {
        book_of(books, held).own += got;
        book_of(books, moved).own -= payment.moved_minor();
    }
    book_of(books, moved).in_transit += payment.moved_minor();
    payment.return_uetr = payments_.fresh_uetr(place);
    say(index, {payment.return_uetr, Speech::kReturn, {}});
    pump(index);
}

/// At the bank that sends back.
void BankHall::return_final(LivePayment& payment, bool settled) {
    if (payment.sent_back) return;
    const Currency moved = payment.in_hkd() ? Currency::kHkd : Currency::kCny;
    BankBooks& books = banks_[payment.order.payee_bank].books;
    book_of(books, moved).in_transit -= payment.moved_minor();
    if (settled) {
        book_of(books, moved).settled -= payment.moved_minor();
        payment.sent_back = true;
        tally_.returned(timeline_.now(), payment, in_cny(payment));
        if (payment.come_back) end_return(payment);
        return;
    }
    ++tally_.counts().returns_refused;
    if (payment.credit_hkd_minor > 0) {
        book_of(books, moved).own += payment.moved_minor();
        book_of(books, Currency::kHkd).own -= payment.credit_hkd_minor;
        payee_balance(payment, Currency::kHkd) += payment.credit_hkd_minor;
    } else {
        payee_balance(payment, moved) += payment.moved_minor();
    }
    end_return(payment);
}

/// At the payer's bank.
void BankHall::take_return(LivePayment& payment) {
    if (payment.come_back) return;
    payment.come_back = true;
    const Currency moved = payment.in_hkd() ? Currency::kHkd : Currency::kCny;
    BankBooks& books = banks_[payment.order.payer_bank].books;
    book_of(books, moved).settled += payment.moved_minor();
    if (exchanges_at_payer(payment, corridor_of(payment))) {
        book_of(books, moved).own += payment.moved_minor();
        book_of(books, Currency::kHkd).own -= payment.hkd_minor;
        payer_balance(payment, Currency::kHkd) += payment.hkd_minor;
    } else {
        payer_balance(payment, moved) += payment.moved_minor();
    }
    if (payment.sent_back) end_return(payment);
}

void BankHall::end_return(LivePayment& payment) {
    payment.returning = false;
    payments_.remove_if_over(payment);
}

}  // namespace lowu::simulator
