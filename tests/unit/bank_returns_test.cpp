// Settled payments that go back: what is left, which part of an exchanged amount goes with it, and
// the books of both banks.
#include <string>

#include "bank_sim/model/returns.hpp"
#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

money::AmountMinor part(std::int64_t total, std::int64_t account, std::int64_t before,
                        std::int64_t account_before, std::int64_t amount) {
    return account_part(money::AmountMinor{total}, money::AmountMinor{account},
                        {money::AmountMinor{before}, money::AmountMinor{account_before}},
                        money::AmountMinor{amount});
}

TEST(AccountPart, IsInProportionAndTheRestTakesWhatIsLeft) {
    EXPECT_EQ(part(9'120, 10'000, 0, 0, 9'120).value, 10'000);
    EXPECT_EQ(part(9'120, 10'000, 0, 0, 4'560).value, 5'000);
    EXPECT_EQ(part(3, 2, 0, 0, 1).value, 1) << "0.67, half up";
    EXPECT_EQ(part(3, 2, 1, 1, 1).value, 1);
    EXPECT_EQ(part(3, 2, 2, 2, 1).value, 0) << "nothing is left";
    EXPECT_EQ(part(100, 100, 40, 40, 60).value, 60);
    EXPECT_EQ(part(99'999'999'999'999'999, 99'999'999'999'999'999, 0, 0, 1).value, 1);
}

class ReturnModel : public BankModel {
protected:
    void SetUp() override {
        v1::SetRatesRequest rates;
        rates.set_bid_e8(91'200'000);
        rates.set_ask_e8(91'400'000);
        ASSERT_FALSE(hk_.set_rates(rates, now_).has_value());
        greet_both();
        settle_down();
        ASSERT_NE(send(order()), nullptr);
        settle_down();
    }

    static v1::ReturnPaymentRequest back(std::int64_t amount_minor = 0) {
        v1::ReturnPaymentRequest request;
        request.set_original_uetr(kUetr);
        request.set_amount_minor(amount_minor);
        return request;
    }

    // The return as the bank that sends it sees it in the end.
    v1::Remittance send_back(Bank& bank, const v1::ReturnPaymentRequest& request) {
        const auto sent = bank.return_payment(request, now_);
        const auto* remittance = std::get_if<const OutgoingRemittance*>(&sent);
        if (remittance == nullptr) return {};
        const std::string uetr = scheme::format_uetr((*remittance)->uetr);
        settle_down();
        return *bank.remittance(uetr);
    }

    CallError error_of(Bank& bank, const v1::ReturnPaymentRequest& request) {
        const auto sent = bank.return_payment(request, now_);
        const auto* error = std::get_if<CallError>(&sent);
        return error == nullptr ? CallError{} : *error;
    }
};

TEST_F(ReturnModel, APaymentGoesBackWhole) {
    const v1::Remittance sent = send_back(mainland_, back());
    EXPECT_EQ(sent.status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_TRUE(sent.outgoing());
    EXPECT_EQ(sent.original_uetr(), kUetr);
    EXPECT_EQ(sent.return_reason_code(), "MD06");
    EXPECT_EQ(sent.payer_agent(), "102100099996");
    EXPECT_EQ(sent.payee_agent(), "012");
    EXPECT_EQ(sent.payee_account(), "012-875-10001");
    EXPECT_EQ(rail_.last_return.amount_minor(), 10'000);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 50'000);
    EXPECT_EQ(owed(hk_, LedgerAccount::kSettlement), 0);
    EXPECT_EQ(owed(mainland_, LedgerAccount::kSettlement), 0);
    EXPECT_EQ(in_transit(mainland_), 0);
    expect_balanced(hk_);
    expect_balanced(mainland_);
    EXPECT_EQ(hk_.remittance(kUetr)->returned_minor(), 10'000);
    EXPECT_EQ(mainland_.remittance(kUetr)->returned_minor(), 10'000);
    const auto received = hk_.remittance(sent.uetr());
    ASSERT_TRUE(received.has_value());
    EXPECT_FALSE(received->outgoing());
    EXPECT_TRUE(received->credited());
    EXPECT_EQ(received->original_uetr(), kUetr);
    EXPECT_EQ(received->clearing_reference(), "FRN2");
    EXPECT_EQ(error_of(mainland_, back()).reason, "NOT_SO_MUCH_LEFT");
}

TEST_F(ReturnModel, InPartsUntilNothingIsLeft) {
    v1::ReturnPaymentRequest request = back(4'000);
    request.set_reason_code("AM09");
    EXPECT_EQ(send_back(mainland_, request).return_reason_code(), "AM09");
    EXPECT_EQ(error_of(mainland_, back(6'001)).field, "amount_minor");
    EXPECT_EQ(send_back(mainland_, back(0)).amount_minor(), 6'000);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
    EXPECT_EQ(hk_.remittance(kUetr)->returned_minor(), 10'000);
}

TEST_F(ReturnModel, ARefusedReturnLeavesTheMoneyWhereItIs) {
    rail_.refuse_returns = true;
    const v1::Remittance sent = send_back(mainland_, back());
    EXPECT_EQ(sent.reason().code(), "AG09");
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 60'000);
    EXPECT_EQ(mainland_.remittance(kUetr)->returned_minor(), 0);
    expect_balanced(mainland_);
    rail_.refuse_returns = false;
    EXPECT_EQ(send_back(mainland_, back()).status(), v1::PAYMENT_STATUS_ACSC);
}

TEST_F(ReturnModel, WithoutMoneyNothingGoes) {
    v1::SendRemittanceRequest spend = order();
    spend.set_payer_account("6222000000000001");
    spend.set_payee_agent("012");
    spend.set_payee_account("012-875-10001");
    spend.set_uetr(kOtherUetr);
    spend.set_amount_minor(55'000);
    ASSERT_TRUE(std::holds_alternative<const OutgoingRemittance*>(mainland_.send(spend, now_)));
    settle_down();
    EXPECT_EQ(send_back(mainland_, back()).reason().code(), "AM04");
    EXPECT_EQ(mainland_.remittance(kUetr)->returned_minor(), 0);
    EXPECT_EQ(send_back(mainland_, back(5'000)).status(), v1::PAYMENT_STATUS_ACSC);
}

TEST_F(ReturnModel, CallsNameTheFieldThatIsWrong) {
    v1::ReturnPaymentRequest request = back();
    request.set_original_uetr("no");
    EXPECT_EQ(error_of(mainland_, request).field, "original_uetr");
    request.set_original_uetr(kOtherUetr);
    EXPECT_EQ(error_of(mainland_, request).kind, CallError::Kind::kNotFound);
    EXPECT_EQ(error_of(hk_, back()).kind, CallError::Kind::kNotFound) << "it paid this one";
    EXPECT_EQ(error_of(mainland_, back(-1)).field, "amount_minor");
    request = back();
    request.set_reason_code("AC03");
    EXPECT_EQ(error_of(mainland_, request).field, "reason_code");
    request = back();
    request.set_uetr("no");
    EXPECT_EQ(error_of(mainland_, request).field, "uetr");
}

TEST_F(ReturnModel, TheSameReturnAgainIsTheSame) {
    v1::ReturnPaymentRequest request = back(4'000);
    request.set_uetr(kOtherUetr);
    send_back(mainland_, request);
    EXPECT_EQ(send_back(mainland_, request).status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 94'000) << "once";
    request.set_amount_minor(4'001);
    EXPECT_EQ(error_of(mainland_, request).field, "amount_minor");
    request.set_amount_minor(0);
    request.set_reason_code("FR01");
    EXPECT_EQ(error_of(mainland_, request).field, "reason_code");
    request = back();
    request.set_original_uetr(kOtherUetr);
    EXPECT_EQ(error_of(hk_, request).reason, "NOT_RETURNABLE") << "a return is not sent back";
}

TEST_F(ReturnModel, WhatWasExchangedComesBackAtItsOwnRate) {
    v1::QuoteOrder wanted;
    wanted.set_payer_account("012-875-20001");
    wanted.set_amount_minor(10'000);
    wanted.set_currency(v1::CURRENCY_HKD);
    auto quoted = hk_.quote(wanted, now_);
    v1::SendRemittanceRequest request = order();
    request.set_uetr(kOtherUetr);
    request.set_payer_account("012-875-20001");
    request.set_amount_minor(0);
    request.clear_currency();
    request.set_quote_id(
        std::get<v1::QuoteOffer>(std::get<ExchangeDesk::Step>(quoted)).exchange().quote_id());
    ASSERT_NE(send(request), nullptr);
    settle_down();
    ASSERT_EQ(balance(hk_, "012-875-20001"), 90'000);
    v1::ReturnPaymentRequest half = back(4'560);
    half.set_original_uetr(kOtherUetr);
    send_back(mainland_, half);
    EXPECT_EQ(balance(hk_, "012-875-20001"), 95'000);
    half.set_amount_minor(0);
    send_back(mainland_, half);
    EXPECT_EQ(balance(hk_, "012-875-20001"), 100'000) << "to the cent";
    EXPECT_EQ(owed(hk_, LedgerAccount::kExchange), 0);
    EXPECT_EQ(owed(hk_, LedgerAccount::kExchange, money::Currency::kHkd), 0);
    expect_balanced(hk_);
}

TEST_F(ReturnModel, AnExchangedCreditIsTakenBackInHkd) {
    v1::SendRemittanceRequest request = order();
    request.set_payer_account("6222000000000001");
    request.set_payee_agent("012");
    request.set_payee_account("012-875-20001");
    request.set_uetr(kOtherUetr);
    request.set_amount_minor(9'140);
    ASSERT_TRUE(std::holds_alternative<const OutgoingRemittance*>(mainland_.send(request, now_)));
    settle_down();
    ASSERT_EQ(balance(hk_, "012-875-20001"), 110'000);
    v1::ReturnPaymentRequest part = back(914);
    part.set_original_uetr(kOtherUetr);
    const v1::Remittance sent = send_back(hk_, part);
    EXPECT_EQ(sent.amount_minor(), 914);
    EXPECT_EQ(sent.account_amount_minor(), 1'000);
    EXPECT_EQ(sent.account_currency(), v1::CURRENCY_HKD);
    EXPECT_EQ(balance(hk_, "012-875-20001"), 109'000);
    rail_.refuse_returns = true;
    part.set_amount_minor(0);
    send_back(hk_, part);
    EXPECT_EQ(balance(hk_, "012-875-20001"), 109'000) << "refused: back at the same rate";
    expect_balanced(hk_);
    expect_balanced(mainland_);
}

TEST_F(ReturnModel, MoneyForNobodyCanGoBack) {
    v1::Behavior wrong;
    wrong.set_wrong_permille(1'000);
    mainland_.set_behavior(wrong, 1);
    v1::SendRemittanceRequest request = order();
    request.set_uetr(kOtherUetr);
    request.set_payee_account("6222999999999999");
    ASSERT_NE(send(request), nullptr);
    settle_down();
    ASSERT_EQ(owed(mainland_, LedgerAccount::kUnapplied), 10'000);
    v1::ReturnPaymentRequest all = back();
    all.set_original_uetr(kOtherUetr);
    all.set_reason_code("AC04");
    rail_.refuse_returns = true;
    send_back(mainland_, all);
    EXPECT_EQ(owed(mainland_, LedgerAccount::kUnapplied), 10'000) << "kept";
    rail_.refuse_returns = false;
    EXPECT_EQ(send_back(mainland_, all).status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(owed(mainland_, LedgerAccount::kUnapplied), 0);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 90'000) << "but for the first payment";
    expect_balanced(mainland_);
}

class UnknownReturnModel : public ReturnModel {
protected:
    // Told to the payer's bank without a payment that it knows of.
    void give_back(const std::string& uetr, const std::string& original, std::int64_t amount_minor,
                   v1::Currency currency = v1::CURRENCY_CNY) {
        v1::SwitchMessage message;
        v1::PaymentReturned& returned = *message.mutable_payment_returned();
        returned.set_uetr(uetr);
        returned.set_original_uetr(original);
        returned.set_amount_minor(amount_minor);
        returned.set_currency(currency);
        returned.set_reason_code("MD06");
        rail_.side(hk_).waiting.push_back(message);
        settle_down();
    }

    // So many payments of this bank come after it that it has no memory of the first.
    void forget_first_payment() {
        v1::SendRemittanceRequest too_much = order();
        too_much.clear_uetr();
        too_much.set_amount_minor(99'999'999);
        for (std::size_t count = 0; count < kMaxRemittances; ++count) {
            ASSERT_NE(send(too_much), nullptr);
        }
        hk_.finals().clear();
        ASSERT_FALSE(hk_.remittance(kUetr).has_value());
    }

    static constexpr const char* kReturn = "33333333-3333-4333-8333-333333333333";
};

TEST_F(UnknownReturnModel, OfAForgottenPaymentIsUnappliedAndTheBooksAgreeWithTheRail) {
    forget_first_payment();
    const v1::Remittance sent = send_back(mainland_, back());
    ASSERT_EQ(sent.status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(owed(hk_, LedgerAccount::kSettlement), 0) << "what the rail has moved is booked";
    EXPECT_EQ(owed(hk_, LedgerAccount::kUnapplied), 10'000);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 90'000);
    expect_balanced(hk_);
    EXPECT_EQ(hk_.anomalies().returned_unknown, 1U);
    const auto kept = hk_.remittance(sent.uetr());
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(kept->status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_FALSE(kept->credited());
    EXPECT_EQ(kept->original_uetr(), kUetr);
    EXPECT_EQ(kept->payee_agent(), "012");
    EXPECT_EQ(kept->amount_minor(), 10'000);
    v1::BankBooks books;
    hk_.describe(books);
    EXPECT_EQ(books.accounts(books.accounts_size() - 1).name(), "unapplied");
    EXPECT_EQ(books.accounts(books.accounts_size() - 1).credits_minor(), 10'000);
}

TEST_F(UnknownReturnModel, OfMoreThanThereWasIsUnappliedOnce) {
    give_back(kReturn, kUetr, 10'001);
    give_back(kReturn, kUetr, 10'001);
    EXPECT_EQ(hk_.anomalies().returned_unknown, 1U) << "told again";
    EXPECT_EQ(owed(hk_, LedgerAccount::kUnapplied), 10'001);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 90'000);
    expect_balanced(hk_);
    give_back(kOtherUetr, kOtherUetr, 0);
    EXPECT_EQ(hk_.anomalies().returned_unknown, 2U) << "no money";
    expect_balanced(hk_);
}

TEST_F(UnknownReturnModel, IsBookedInTheCurrencyThatItNames) {
    give_back(kReturn, "44444444-4444-4444-8444-444444444444", 5, v1::CURRENCY_HKD);
    EXPECT_EQ(hk_.anomalies().returned_unknown, 1U);
    EXPECT_EQ(owed(hk_, LedgerAccount::kUnapplied, money::Currency::kHkd), 5);
    EXPECT_EQ(owed(hk_, LedgerAccount::kUnapplied), 0);
    expect_balanced(hk_);
    v1::BankBooks books;
    hk_.describe(books);
    EXPECT_EQ(books.accounts(books.accounts_size() - 1).name(), "unapplied");
    EXPECT_EQ(books.accounts(books.accounts_size() - 1).currency(), v1::CURRENCY_HKD);
}

TEST_F(UnknownReturnModel, OfAKnownPaymentInAnotherCurrencyIsUnapplied) {
    give_back(kReturn, kUetr, 5, v1::CURRENCY_HKD);
    EXPECT_EQ(owed(hk_, LedgerAccount::kUnapplied, money::Currency::kHkd), 5);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 90'000);
    expect_balanced(hk_);
}

TEST_F(UnknownReturnModel, InNoCurrencyIsCountedOnly) {
    give_back(kReturn, kOtherUetr, 5, v1::CURRENCY_UNSPECIFIED);
    EXPECT_EQ(hk_.anomalies().returned_unknown, 1U);
    EXPECT_EQ(owed(hk_, LedgerAccount::kUnapplied), 0);
    EXPECT_EQ(owed(hk_, LedgerAccount::kUnapplied, money::Currency::kHkd), 0);
}

// A final payment that the rail tells otherwise, after all.
class ContradictedModel : public ReturnModel {
protected:
    void report(Bank& bank, v1::Side side, v1::PaymentStatus status) {
        v1::SwitchMessage message;
        message.mutable_status_report()->set_uetr(kOtherUetr);
        message.mutable_status_report()->set_side(side);
        message.mutable_status_report()->set_status(status);
        rail_.side(bank).waiting.push_back(message);
        settle_down();
    }

    // The payee's bank refuses it.
    void send_refused() {
        v1::SendRemittanceRequest request = order();
        request.set_uetr(kOtherUetr);
        request.set_payee_name("Somebody Else");
        ASSERT_NE(send(request), nullptr);
        settle_down();
        ASSERT_EQ(hk_.remittance(kOtherUetr)->status(), v1::PAYMENT_STATUS_RJCT);
    }
};

TEST_F(ContradictedModel, WhatIsSettledAfterItsRefusalIsBookedOnceAndTheCustomerKeepsHisMoney) {
    send_refused();
    const std::int64_t settled = owed(hk_, LedgerAccount::kSettlement);
    report(hk_, v1::SIDE_PAYER, v1::PAYMENT_STATUS_RJCT);
    EXPECT_EQ(hk_.anomalies().contradicted, 0U) << "told again";
    report(hk_, v1::SIDE_PAYER, v1::PAYMENT_STATUS_ACSC);
    report(hk_, v1::SIDE_PAYER, v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(hk_.anomalies().contradicted, 2U);
    EXPECT_EQ(owed(hk_, LedgerAccount::kSettlement), settled + 10'000);
    EXPECT_EQ(owed(hk_, LedgerAccount::kUnapplied), -10'000);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 90'000);
    EXPECT_EQ(hk_.remittance(kOtherUetr)->status(), v1::PAYMENT_STATUS_RJCT);
    expect_balanced(hk_);
    v1::BankBooks books;
    hk_.describe(books);
    EXPECT_EQ(books.accounts(books.accounts_size() - 1).debits_minor(), 10'000);
}

TEST_F(ContradictedModel, WhatComesAfterARefusalIsUnappliedAndCanGoBack) {
    send_refused();
    report(mainland_, v1::SIDE_PAYEE, v1::PAYMENT_STATUS_ACSC);
    report(mainland_, v1::SIDE_PAYEE, v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(mainland_.anomalies().settled_without_promise, 1U) << "told again";
    EXPECT_EQ(owed(mainland_, LedgerAccount::kUnapplied), 10'000);
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 60'000) << "but for the first payment";
    expect_balanced(mainland_);
    v1::ReturnPaymentRequest all = back();
    all.set_original_uetr(kOtherUetr);
    EXPECT_EQ(send_back(mainland_, all).status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(owed(mainland_, LedgerAccount::kUnapplied), 0);
}

}  // namespace
}  // namespace lowu::bank
