// Enquiries: what a bank asks its rail by itself and for others, and what the answers do.
#include <string>

#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

class Enquiry : public BankModel {
protected:
    // A payment that the rail has taken and says nothing of.
    void pend() {
        rail_.silent = true;
        greet_both();
        ASSERT_NE(send(order()), nullptr);
        settle_down();
    }

    void pass(Duration time) {
        now_ = now_ + time;
        settle_down();
    }

    std::vector<EnquiryAnswer> answers() {
        std::vector<EnquiryAnswer> all;
        while (!hk_.enquiry_answers().empty())
            all.push_back(hk_.enquiry_answers().take());
        return all;
    }
};

TEST_F(Enquiry, APendingPaymentIsAskedAboutAndAgainAfterTwiceTheTime) {
    hk_.set_enquire_after(30_s);
    const ElapsedTime sent_at = now_;
    pend();
    EXPECT_EQ(hk_.next_at(), sent_at + 30_s);
    pass(29_s);
    EXPECT_EQ(rail_.enquiries, 0);
    pass(1_s);
    EXPECT_EQ(rail_.enquiries, 1);
    pass(59_s);
    EXPECT_EQ(rail_.enquiries, 1);
    pass(1_s);
    EXPECT_EQ(rail_.enquiries, 2);
    pass(119_s);
    EXPECT_EQ(rail_.enquiries, 2);
    pass(1_s);
    EXPECT_EQ(rail_.enquiries, 3);
    EXPECT_EQ(hk_.remittance(kUetr)->status(), v1::PAYMENT_STATUS_ACSP) << "pending says nothing";
}

TEST_F(Enquiry, AFinalAnswerIsAsGoodAsTheReportAndCountsOnce) {
    hk_.set_enquire_after(30_s);
    pend();
    rail_.enquiry_status = v1::PAYMENT_STATUS_RJCT;
    pass(31_s);
    EXPECT_EQ(hk_.remittance(kUetr)->status(), v1::PAYMENT_STATUS_RJCT);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
    ASSERT_EQ(hk_.finals().size(), 1U) << "whoever waits is told";
    v1::SwitchMessage late;
    late.mutable_status_report()->set_uetr(kUetr);
    late.mutable_status_report()->set_side(v1::SIDE_PAYER);
    late.mutable_status_report()->set_status(v1::PAYMENT_STATUS_RJCT);
    rail_.side(hk_).waiting.push_back(late);
    pass(300_s);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
    EXPECT_EQ(hk_.finals().size(), 1U);
    EXPECT_EQ(rail_.enquiries, 1) << "nothing is left to ask";
    EXPECT_EQ(hk_.anomalies(), Anomalies{});
    expect_balanced(hk_);
}

TEST_F(Enquiry, WhatIsFinalInTimeIsNotAskedAbout) {
    hk_.set_enquire_after(30_s);
    greet_both();
    ASSERT_NE(send(order()), nullptr);
    settle_down();
    EXPECT_EQ(hk_.next_at(), kNever);
    pass(60_s);
    EXPECT_EQ(rail_.enquiries, 0);
}

TEST_F(Enquiry, OneAmongManyIsFound) {
    hk_.set_enquire_after(30_s);
    pend();
    rail_.silent = false;
    v1::SendRemittanceRequest request = order();
    request.clear_uetr();
    for (int payment = 0; payment < 5; ++payment) {
        ASSERT_NE(send(request), nullptr);
        settle_down();
    }
    pass(30_s);
    EXPECT_EQ(rail_.enquiries, 1);
}

TEST_F(Enquiry, WithoutRoomItWaits) {
    hk_.set_enquire_after(30_s);
    pend();
    hk_.session().disconnect();
    v1::SetBankAvailabilityRequest away;
    for (std::size_t count = 0; count <= kMaxOutboxOwn - kOwnRoomForEnquiry; ++count)
        ASSERT_FALSE(hk_.set_availability(away));
    EXPECT_EQ(hk_.next_at(), kNever);
}

TEST_F(Enquiry, ACustomersQuestionIsAnsweredAndARefusalIsTold) {
    pend();
    const auto asked = hk_.enquire(kUetr, v1::SIDE_PAYER);
    ASSERT_TRUE(std::holds_alternative<std::uint64_t>(asked));
    settle_down();
    auto told = answers();
    ASSERT_EQ(told.size(), 1U);
    ASSERT_TRUE(told[0].report.has_value());
    EXPECT_EQ(told[0].report->uetr(), kUetr);

    rail_.rejects_enquiries = true;
    const auto again = hk_.enquire(kOtherUetr, v1::SIDE_PAYEE);
    settle_down();
    told = answers();
    ASSERT_EQ(told.size(), 1U);
    ASSERT_TRUE(told[0].reject.has_value());
    EXPECT_EQ(told[0].position, std::get<std::uint64_t>(again));
    EXPECT_EQ(hk_.remittance(kUetr)->status(), v1::PAYMENT_STATUS_ACSP);
}

TEST_F(Enquiry, ToThePayeesBankAnAnswerIsNoOutcome) {
    greet_both();
    v1::SwitchMessage message;
    v1::CreditTransfer& transfer = *message.mutable_request()->mutable_transfer();
    transfer.set_uetr(kUetr);
    transfer.set_service(v1::SERVICE_P2P_REMITTANCE);
    transfer.set_payee_account("6222000000000001");
    transfer.set_amount_minor(5'000);
    transfer.set_currency(v1::CURRENCY_CNY);
    transfer.mutable_carried()->set_payer_name("Chan Siu Ming");
    transfer.mutable_carried()->set_payee_name("陳小明");
    rail_.side(mainland_).waiting.push_back(message);
    settle_down();
    ASSERT_EQ(mainland_.remittance(kUetr)->status(), v1::PAYMENT_STATUS_ACSP);
    rail_.enquiry_status = v1::PAYMENT_STATUS_ACSC;
    ASSERT_TRUE(std::holds_alternative<std::uint64_t>(mainland_.enquire(kUetr, v1::SIDE_PAYEE)));
    settle_down();
    EXPECT_EQ(mainland_.enquiry_answers().size(), 1U);
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 50'000) << "the outcome comes by itself";
}

TEST_F(Enquiry, RefusalsNameTheField) {
    const auto field = [this](const std::string& uetr, v1::Side side) {
        const auto asked = hk_.enquire(uetr, side);
        return std::holds_alternative<CallError>(asked) ? std::get<CallError>(asked).field : "";
    };
    EXPECT_EQ(field("no", v1::SIDE_PAYER), "uetr");
    EXPECT_EQ(field(kUetr, v1::SIDE_UNSPECIFIED), "side");
}

}  // namespace
}  // namespace lowu::bank
