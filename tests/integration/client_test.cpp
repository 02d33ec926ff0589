// The client's own logic without a process: reconciliation names what is wrong, tables keep their
// columns, timelines read well.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "benchmarks/load/patience.hpp"
#include "client/bank_account.hpp"
#include "client/console.hpp"
#include "client/reconcile.hpp"
#include "client/reconcile_read.hpp"
#include "client/session_refusal.hpp"
#include "client/timeline.hpp"

namespace lowu::client {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHk = "012";
constexpr const char* kOtherHk = "015";
constexpr const char* kMainland = "102100099996";

v1::Position* add_position(Books& books, v1::Rail rail, const std::string& owner,
                           v1::AccountKind kind, std::int64_t opening_minor,
                           std::int64_t paid_minor, std::int64_t received_minor,
                           v1::Currency currency = v1::CURRENCY_CNY) {
    v1::Position* position = books.positions.add_positions();
    position->set_rail(rail);
    position->set_owner(owner);
    position->set_kind(kind);
    position->set_currency(currency);
    const std::int64_t funds = kind == v1::ACCOUNT_KIND_CONTRA ? -opening_minor : opening_minor;
    position->set_debits_minor(paid_minor + (funds < 0 ? -funds : 0));
    position->set_credits_minor(received_minor + (funds > 0 ? funds : 0));
    position->set_balance_minor(position->credits_minor() - position->debits_minor());
    position->set_payment_debits_minor(paid_minor);
    position->set_payment_credits_minor(received_minor);
    return position;
}

void add_ledger(v1::BankBooks& bank, const std::string& name, std::int64_t debits_minor,
                std::int64_t credits_minor, v1::Currency currency = v1::CURRENCY_CNY) {
    v1::LedgerBalance* account = bank.add_accounts();
    account->set_name(name);
    account->set_currency(currency);
    account->set_debits_minor(debits_minor);
    account->set_credits_minor(credits_minor);
}

/// One northbound payment of 100.00, settled and credited; customers began with 500.00.
Books sound_books() {
    Books books;
    add_position(books, v1::RAIL_FPS, kHk, v1::ACCOUNT_KIND_SETTLEMENT, 100'000, 10'000, 0);
    add_position(books, v1::RAIL_FPS, kHk, v1::ACCOUNT_KIND_LINK_AGENT, 0, 0, 10'000);
    add_position(books, v1::RAIL_FPS, "fps", v1::ACCOUNT_KIND_CONTRA, 100'000, 0, 0);
    add_position(books, v1::RAIL_FPS, "fps", v1::ACCOUNT_KIND_LINK_CLAIM, 0, 0, 10'000);
    add_position(books, v1::RAIL_FPS, "fps", v1::ACCOUNT_KIND_LINK_CLAIM_CONTRA, 0, 10'000, 0);
    add_position(books, v1::RAIL_IBPS, kMainland, v1::ACCOUNT_KIND_SETTLEMENT, 0, 0, 10'000);
    add_position(books, v1::RAIL_IBPS, kMainland, v1::ACCOUNT_KIND_LINK_AGENT, 0, 10'000, 0);
    add_position(books, v1::RAIL_IBPS, "ibps", v1::ACCOUNT_KIND_LINK_CLAIM, 0, 10'000, 0);
    add_position(books, v1::RAIL_IBPS, "ibps", v1::ACCOUNT_KIND_LINK_CLAIM_CONTRA, 0, 0, 10'000);
    books.status.set_payments(1);
    for (const char* code : {kHk, kMainland}) {
        v1::Participant* bank = books.participants.add_participants();
        bank->set_code(code);
        bank->set_online(true);
    }
    v1::BankBooks payer;
    payer.set_bank(kHk);
    add_ledger(payer, "opening money", 50'000, 0);
    add_ledger(payer, "customers", 10'000, 50'000);
    add_ledger(payer, "in transit", 10'000, 10'000);
    add_ledger(payer, "settlement", 0, 10'000);
    payer.set_customer_balances_cny_minor(40'000);
    v1::BankBooks payee;
    payee.set_bank(kMainland);
    add_ledger(payee, "opening money", 50'000, 0);
    add_ledger(payee, "customers", 0, 60'000);
    add_ledger(payee, "settlement", 10'000, 0);
    payee.set_customer_balances_cny_minor(60'000);
    books.banks = {payer, payee};
    return books;
}

/// A pending northbound payment of the bank in Hong Kong.
v1::Payment pending_payment(std::int64_t amount_minor) {
    v1::Payment payment;
    payment.set_uetr("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    payment.set_direction(v1::DIRECTION_NORTHBOUND);
    payment.set_origin_rail(v1::RAIL_FPS);
    payment.set_payer_agent(kHk);
    payment.set_payee_agent(kMainland);
    payment.set_currency(v1::CURRENCY_CNY);
    payment.set_amount_minor(amount_minor);
    payment.set_origin_state("FORWARDED");
    return payment;
}

/// Beside sound_books: HKD 300.00 paid from 012 to 015 within Hong Kong, settled and credited.
Books books_with_domestic_hkd() {
    Books books = sound_books();
    const v1::Currency hkd = v1::CURRENCY_HKD;
    add_position(books, v1::RAIL_FPS, kHk, v1::ACCOUNT_KIND_SETTLEMENT, 50'000, 30'000, 0, hkd);
    add_position(books, v1::RAIL_FPS, kOtherHk, v1::ACCOUNT_KIND_SETTLEMENT, 50'000, 0, 30'000,
                 hkd);
    add_position(books, v1::RAIL_FPS, "fps", v1::ACCOUNT_KIND_CONTRA, 100'000, 0, 0, hkd);
    books.participants.add_participants()->set_code(kOtherHk);
    v1::BankBooks& payer = books.banks[0];
    add_ledger(payer, "opening money", 80'000, 0, hkd);
    add_ledger(payer, "customers", 30'000, 80'000, hkd);
    add_ledger(payer, "in transit", 30'000, 30'000, hkd);
    add_ledger(payer, "settlement", 0, 30'000, hkd);
    payer.set_customer_balances_hkd_minor(50'000);
    v1::BankBooks payee;
    payee.set_bank(kOtherHk);
    add_ledger(payee, "customers", 0, 30'000, hkd);
    add_ledger(payee, "settlement", 30'000, 0, hkd);
    payee.set_customer_balances_hkd_minor(30'000);
    books.banks.push_back(payee);
    return books;
}

std::string differences_text(const Books& books) {
    std::string text;
    for (const Check& check : reconcile(books).differences()) {
        text += check.book + ": " + check.rule + " " + std::to_string(check.figure) + " " +
                std::to_string(check.expected) + " " + check.note + "\n";
    }
    return text;
}

TEST(Reconcile, SoundBooksAgree) {
    const Reconciliation result = reconcile(sound_books());
    EXPECT_TRUE(result.agrees()) << differences_text(sound_books());
    EXPECT_GT(result.checks.size(), 15U);
    EXPECT_TRUE(result.notes.empty());
    EXPECT_THAT(reconciliation_text(result, true, true), HasSubstr("The books agree"));
}

TEST(Reconcile, NamesTheAccountWhoseBalanceIsNotItsEntries) {
    Books books = sound_books();
    v1::Position& position = *books.positions.mutable_positions(0);
    position.set_balance_minor(position.balance_minor() + 1);
    const std::string text = differences_text(books);
    EXPECT_THAT(text, HasSubstr("fps at the switch: settlement 012 CNY: balance"));
    EXPECT_THAT(text, HasSubstr("all balances sum to zero 1 0"));
    const Reconciliation result = reconcile(books);
    EXPECT_THAT(reconciliation_text(result, true, true), HasSubstr("DIFFERS"));
    EXPECT_FALSE(reconciliation_json(result, true, false)["agrees"].get<bool>());
}

TEST(Reconcile, NamesTheBankWhoseOwnSettlementAccountDiffers) {
    Books books = sound_books();
    books.banks[1].mutable_accounts(2)->set_debits_minor(9'000);
    const std::string text = differences_text(books);
    EXPECT_THAT(text, HasSubstr(std::string(kMainland) +
                                " Industrial and Commercial Bank of China: own settlement account "
                                "= position from payments at the switch 9000 10000"));
    EXPECT_THAT(text, HasSubstr("debits = credits over all its ledger accounts"));
}

TEST(Reconcile, NamesTheBankWhoseCustomersHoldOtherThanTheLedgerSays) {
    Books books = sound_books();
    books.banks[0].set_customer_balances_cny_minor(39'999);
    EXPECT_THAT(differences_text(books), HasSubstr("customers' balances = customers ledger account "
                                                   "39999 40000"));
}

TEST(Reconcile, ReservedMoneyMustBelongToPendingPayments) {
    Books books = sound_books();
    books.positions.mutable_positions(0)->set_reserved_minor(700);
    EXPECT_THAT(differences_text(books), HasSubstr("settlement 012 CNY: reserved"));

    books.pending.push_back(pending_payment(700));
    books.status.set_pending(1);
    // The payer's bank knows of it, too.
    books.banks[0].set_outgoing_pending(1);
    books.banks[0].mutable_accounts(1)->set_debits_minor(10'700);
    books.banks[0].mutable_accounts(2)->set_credits_minor(10'700);
    books.banks[0].set_customer_balances_cny_minor(39'300);
    EXPECT_EQ(differences_text(books), "");
}

TEST(Reconcile, PaymentsInTransitExplainTheClaims) {
    Books books = sound_books();
    // Settled at the destination, not yet at the origin: undo the origin's postings.
    for (const int index : {1, 3, 4}) {
        books.positions.mutable_positions(index)->Clear();
    }
    books.positions.mutable_positions(1)->set_rail(v1::RAIL_FPS);
    v1::Position& payer = *books.positions.mutable_positions(0);
    payer.set_debits_minor(0);
    payer.set_payment_debits_minor(0);
    payer.set_balance_minor(100'000);
    payer.set_reserved_minor(10'000);
    EXPECT_THAT(differences_text(books), HasSubstr("claims cancel but for payments in transit"));

    v1::Payment& transit = books.pending.emplace_back(pending_payment(10'000));
    transit.set_destination_state("SETTLED");
    books.status.set_pending(1);
    books.banks[0].set_outgoing_pending(1);
    books.banks[0].mutable_accounts(2)->set_debits_minor(0);
    books.banks[0].mutable_accounts(3)->set_credits_minor(0);
    EXPECT_EQ(differences_text(books), "");
    EXPECT_THAT(reconciliation_text(reconcile(books), false, true), HasSubstr(transit.uetr()));
}

TEST(Reconcile, NamesTheBankWithoutASession) {
    Books books = sound_books();
    books.participants.mutable_participants(1)->set_online(false);
    const Reconciliation result = reconcile(books);
    EXPECT_TRUE(result.agrees()) << "nothing waits for it";
    ASSERT_EQ(result.notes.size(), 1U);
    EXPECT_THAT(result.notes[0], HasSubstr(std::string(kMainland) +
                                           " Industrial and Commercial Bank of China has no "
                                           "session"));
}

TEST(Reconcile, DomesticPaymentsGoFromBankToBank) {
    EXPECT_EQ(differences_text(books_with_domestic_hkd()), "");
    // Money that left one bank and reached none.
    Books books = books_with_domestic_hkd();
    v1::Position& payee = *books.positions.mutable_positions(10);
    ASSERT_EQ(payee.owner(), kOtherHk);
    payee.set_payment_credits_minor(29'999);
    const std::string text = differences_text(books);
    EXPECT_THAT(text, HasSubstr("no HKD crosses: participants' payments cancel -1 0"));
    EXPECT_THAT(text, HasSubstr("own settlement account = position from payments at the switch "
                                "30000 29999"));
}

TEST(Reconcile, PendingDomesticPaymentHoldsThePayersBankOnly) {
    Books books = books_with_domestic_hkd();
    v1::Payment& pending = books.pending.emplace_back(pending_payment(700));
    pending.set_direction(v1::DIRECTION_DOMESTIC);
    pending.set_payee_agent(kOtherHk);
    pending.set_currency(v1::CURRENCY_HKD);
    pending.set_origin_state("ASKED");
    pending.set_destination_state("ASKED");
    books.status.set_pending(1);
    v1::BankBooks& payer = books.banks[0];
    payer.set_outgoing_pending(1);
    books.banks[2].set_incoming_promised(1);
    payer.mutable_accounts(5)->set_debits_minor(30'700);
    payer.mutable_accounts(6)->set_credits_minor(30'700);
    payer.set_customer_balances_hkd_minor(49'300);
    EXPECT_THAT(differences_text(books),
                HasSubstr("fps at the switch: settlement 012 HKD: reserved"));
    books.positions.mutable_positions(9)->set_reserved_minor(700);
    EXPECT_EQ(differences_text(books), "");
    // In CNY it would be the other account's.
    pending.set_currency(v1::CURRENCY_CNY);
    const std::string text = differences_text(books);
    EXPECT_THAT(text, HasSubstr("settlement 012 CNY: reserved"));
    EXPECT_THAT(text, HasSubstr("settlement 012 HKD: reserved"));
    EXPECT_THAT(text, HasSubstr("money in transit = its payments pending at the switch 0 700"));
}

TEST(Reconcile, ConversionsHaveBothSides) {
    Books books = sound_books();
    v1::BankBooks& payer = books.banks[0];
    // The 100.00 CNY came out of an HKD account at 0.9152: HKD 109.27.
    const v1::Currency hkd = v1::CURRENCY_HKD;
    payer.mutable_accounts(0)->set_debits_minor(40'000);
    payer.mutable_accounts(1)->set_debits_minor(0);
    payer.mutable_accounts(1)->set_credits_minor(40'000);
    add_ledger(payer, "exchange", 10'000, 0);
    add_ledger(payer, "opening money", 50'000, 0, hkd);
    add_ledger(payer, "customers", 10'927, 50'000, hkd);
    add_ledger(payer, "exchange", 0, 10'927, hkd);
    payer.set_customer_balances_hkd_minor(39'073);
    EXPECT_EQ(differences_text(books), "");
    // HKD taken from a customer, and no CNY given for it.
    payer.mutable_accounts(4)->set_debits_minor(0);
    const std::string text = differences_text(books);
    EXPECT_THAT(text, HasSubstr("exchange: what gave one currency took the other 1 0"));
    EXPECT_THAT(text, HasSubstr("debits = credits over all its ledger accounts"));
}

TEST(Reconcile, NamesMoneyThatIsNobodys) {
    Books books = sound_books();
    v1::BankBooks& payee = books.banks[1];
    payee.mutable_accounts(1)->set_credits_minor(50'000);
    payee.set_customer_balances_cny_minor(50'000);
    add_ledger(payee, "unapplied", 0, 10'000);
    EXPECT_EQ(differences_text(books), "");
    const Reconciliation result = reconcile(books);
    ASSERT_EQ(result.notes.size(), 1U);
    EXPECT_THAT(result.notes[0], HasSubstr("holds CNY 100.00 for nobody's account (unapplied)"));
}

TEST(Reconcile, NamesMoneyThatIsLacking) {
    Books books = sound_books();
    add_ledger(books.banks[1], "unapplied", 10'000, 0);
    const Reconciliation result = reconcile(books);
    ASSERT_EQ(result.notes.size(), 1U);
    EXPECT_THAT(result.notes[0], HasSubstr("lacks CNY 100.00"));
}

TEST(Reconcile, NamesSettledPaymentsThatNobodyCredited) {
    Books books = sound_books();
    books.status.set_settled_not_credited(1);
    books.obligations.add_obligations()->set_uetr("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    EXPECT_THAT(differences_text(books),
                HasSubstr("none left over but with banks in default 1 0 7c9e6679"));
}

TEST(Reconcile, WhatBanksInDefaultOweIsSaidAndNoDifference) {
    Books books = sound_books();
    books.status.set_settled_not_credited(2);
    books.obligations.set_total(2);
    for (const bool in_default : {true, false}) {
        v1::Obligation* obligation = books.obligations.add_obligations();
        obligation->set_uetr(in_default ? "of-a-bank-in-default" : "of-another-bank");
        obligation->set_in_default(in_default);
    }
    books.obligations_in_default = 1;
    const std::string text = differences_text(books);
    EXPECT_THAT(text, HasSubstr("none left over but with banks in default 2 1 of-another-bank"));
    EXPECT_EQ(text.find("of-a-bank-in-default"), std::string::npos);
    books.status.set_settled_not_credited(1);
    const Reconciliation result = reconcile(books);
    EXPECT_TRUE(result.agrees()) << differences_text(books);
    ASSERT_EQ(result.notes.size(), 1U);
    EXPECT_THAT(result.notes[0], HasSubstr("1 settled with banks in default and not credited"));
}

TEST(Reconcile, SaysWhichBanksItCouldNotRead) {
    Books books = sound_books();
    books.banks.pop_back();
    const Reconciliation result = reconcile(books);
    EXPECT_TRUE(result.agrees());
    ASSERT_EQ(result.notes.size(), 1U);
    EXPECT_THAT(result.notes[0], HasSubstr(kMainland));
}

TEST(Console, WideCharactersKeepColumnsStraight) {
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("陳大文"), 6U);
    EXPECT_EQ(display_width("café"), 4U);
    EXPECT_EQ(display_width("cafe\u0301"), 4U);
    Table table({{"name"}, {"amount", true}});
    table.add({"陳大文", "1.00"});
    table.add({"CHAN", "12.00"});
    EXPECT_EQ(table.text(), "name    amount\n陳大文    1.00\nCHAN     12.00\n");
}

TEST(Console, FiguresAreExact) {
    EXPECT_EQ(amount_text(v1::CURRENCY_CNY, -5), "CNY -0.05");
    EXPECT_EQ(duration_text(3'042), "3.042 ms");
    EXPECT_EQ(time_text(1'750'554'000'123), "2025-06-22 09:00:00.123");
    EXPECT_EQ(word(v1::RAIL_IBPS), "ibps");
    EXPECT_EQ(bank_text("XYZ"), "XYZ");
}

TEST(BankAccount, SplitsAtTheFirstSlashAndNamesTheField) {
    const auto parsed = parse_bank_account("--to", "012/a/b");
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->bank, "012");
    EXPECT_EQ(parsed->account, "a/b");
    EXPECT_EQ(parsed->rail, scheme::Rail::kFps);
    EXPECT_THAT(parse_bank_account("--to", "102100099995/a").error().what, HasSubstr("--to: bank"));
    EXPECT_EQ(parse_bank_account("--to", "012").error().kind, Error::Kind::kInvalid);
}

v1::TimelineEvent* add_event(v1::GetPaymentResponse& response, v1::TimelineKind kind,
                             std::int64_t elapsed_us, const std::string& text) {
    v1::TimelineEvent* event = response.add_timeline();
    event->set_sequence(7);
    event->set_scheme_time_ms(1'750'554'000'000);
    event->set_elapsed_us(elapsed_us);
    event->set_rail(v1::RAIL_FPS);
    event->set_kind(kind);
    event->set_text(text);
    return event;
}

TEST(Timeline, ShowsTimesChecksAndBalances) {
    v1::GetPaymentResponse response;
    add_event(response, v1::TIMELINE_KIND_RECEIVED, 1'000, "credit transfer from 012");
    add_event(response, v1::TIMELINE_KIND_CHECK, 1'000, "first: holds");
    add_event(response, v1::TIMELINE_KIND_CHECK, 1'000, "second: holds");
    v1::TimelineEvent* entry = add_event(response, v1::TIMELINE_KIND_LEDGER, 4'500, "reserved");
    entry->set_sequence(9);
    entry->set_account("012 CNY");
    entry->set_available_before_minor(100'000);
    entry->set_available_after_minor(90'000);
    const std::string text = timeline_text(response, 0);
    EXPECT_THAT(text, HasSubstr("holds: first, second"));
    EXPECT_THAT(text, HasSubstr("reserved 012 CNY: available 1000.00 -> 900.00"));
    EXPECT_THAT(text, HasSubstr("+3.500 ms"));
    EXPECT_THAT(text, HasSubstr("09:00:00.000"));

    v1::GetPaymentResponse dropped;
    dropped.set_timeline_dropped(true);
    EXPECT_THAT(timeline_text(dropped, 0), HasSubstr("dropped from memory"));
}

TEST(Timeline, SaysWhatAPaymentIsAndWhatItCounts) {
    v1::Payment payment = pending_payment(91'520);
    payment.set_service(v1::SERVICE_P2P_REMITTANCE);
    payment.set_purpose(v1::PURPOSE_PERSONAL);
    payment.set_quota_day_minor(100'000);
    payment.set_quota_year_minor(100'000);
    const std::string northbound = payment_text(payment);
    EXPECT_THAT(northbound, HasSubstr("northbound p2p, personal  CNY 915.20"));
    EXPECT_THAT(northbound,
                HasSubstr("counts HKD 1000.00 of the payer's day and HKD 1000.00 of the "
                          "payer's year"));
    payment.set_direction(v1::DIRECTION_SOUTHBOUND);
    payment.set_quota_day_minor(0);
    EXPECT_THAT(payment_text(payment), HasSubstr("counts USD 1000.00 of the payer's year"));
    payment.set_direction(v1::DIRECTION_DOMESTIC);
    payment.set_currency(v1::CURRENCY_HKD);
    payment.set_quota_year_minor(0);
    const std::string domestic = payment_text(payment);
    EXPECT_THAT(domestic, HasSubstr("domestic on fps, personal  HKD 915.20"));
    EXPECT_EQ(domestic.find("counts"), std::string::npos);
}

// The benchmark's last questions, to a follower that is behind.
TEST(SessionRefusal, IsWhatTheFirstGreetingOfABankIsAnswered) {
    const auto refused = session_refusals(
        "[2026-11-26 23:08:06.400] [bank_sim] [info] replayed 165 records in 1 ms\n"
        "[2026-11-26 23:08:06.405] [bank_sim] [warning] bank 012: no session: code 14 Connection "
        "refused\n"
        "[2026-11-26 23:08:06.409] [bank_sim] [warning] bank 012: no session: code 9 the switch "
        "can send again only from number 17\n"
        "[2026-11-26 23:08:06.409] [bank_sim] [info] bank 024: session open\n"
        "[2026-11-26 23:08:06.410] [bank_sim] [error] bank 015: session ended: the switch holds "
        "our messages up to number 3, but we keep 5 to 9\n"
        "[2026-11-26 23:08:06.411] [bank_sim] [warning] bank 015: no session: code 1 Cancelled\n"
        "[2026-11-26 23:08:06.412] [bank_sim] [warning] bank 024: no session: code 9 the next "
        "message must have number 4\n"
        "[2026-11-26 23:08:06.413] [bank_sim] [warning] bank 004: no session: code 9 is still");
    ASSERT_EQ(refused.size(), 2U) << "024 had a session, and the last line is not whole";
    EXPECT_EQ(refused[0].bank, "012");
    EXPECT_EQ(refused[0].why, "the switch can send again only from number 17");
    EXPECT_EQ(refused[1].bank, "015");
    EXPECT_EQ(refused[1].why, "the switch holds our messages up to number 3, but we keep 5 to 9");
    const std::string text = refusal_text(refused, "A/hk", "A/switch");
    EXPECT_THAT(text, HasSubstr("012 Bank of China (Hong Kong) gets no session: the switch can"));
    EXPECT_THAT(text, HasSubstr("in A/hk and the switch's in A/switch are of different moments"));
}

TEST(AskPatiently, AsksAgainWhatWasNotAnsweredInTime) {
    using std::chrono::milliseconds;
    std::vector<Result<int>> answers = {Error{Error::Kind::kUnknown, "did not answer in time"},
                                        Error{Error::Kind::kUnavailable, "is behind"}, 7};
    std::size_t asked = 0;
    const auto ask = [&] { return answers[asked++]; };
    const auto go_on = [](milliseconds) { return std::optional<Error>(); };
    EXPECT_EQ(bench::ask_patiently(milliseconds(60'000), ask, go_on).value(), 7);
    EXPECT_EQ(asked, 3U);
    asked = 0;
    EXPECT_FALSE(bench::ask_patiently(milliseconds(0), ask, go_on).ok()) << "out of patience";
    EXPECT_EQ(asked, 1U);
    answers[0] = Error{Error::Kind::kInvalid, "is wrong"};
    asked = 0;
    EXPECT_EQ(bench::ask_patiently(milliseconds(60'000), ask, go_on).error().what, "is wrong");
    answers[0] = Error{Error::Kind::kUnknown, "did not answer in time"};
    asked = 0;
    const auto died = [](milliseconds) { return std::optional(Error{Error::Kind::kIo, "died"}); };
    EXPECT_EQ(bench::ask_patiently(milliseconds(60'000), ask, died).error().what, "died");
}

}  // namespace
}  // namespace lowu::client
