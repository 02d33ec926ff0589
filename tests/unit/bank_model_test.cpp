// The pure bank in its roles: accounts, debtor agent, creditor agent.
#include <string>
#include <vector>

#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

// --- accounts

TEST_F(BankModel, OpeningNamesTheFieldThatIsWrong) {
    const auto field_of = [this](const v1::OpenAccountRequest& request) {
        const auto opened = hk_.open_account(request, now_);
        const auto* error = std::get_if<CallError>(&opened);
        return error == nullptr ? std::string("none") : error->field;
    };
    auto request = account_request("has space", v1::CURRENCY_CNY, 0);
    EXPECT_EQ(field_of(request), "account.account");
    request = account_request("012-9", v1::CURRENCY_UNSPECIFIED, 0);
    EXPECT_EQ(field_of(request), "account.currency");
    request = account_request("012-9", static_cast<v1::Currency>(77), 0);
    EXPECT_EQ(field_of(request), "account.currency");
    request = account_request("012-9", v1::CURRENCY_CNY, -1);
    EXPECT_EQ(field_of(request), "opening_balance_minor");
    request = account_request("012-9", v1::CURRENCY_CNY, 100'000'000'000'000'000);
    EXPECT_EQ(field_of(request), "opening_balance_minor");
    request = account_request("012-9", v1::CURRENCY_CNY, 0);
    request.mutable_account()->clear_name_en();
    EXPECT_EQ(field_of(request), "account.name_en");
    request = account_request("012-875-10001", v1::CURRENCY_CNY, 0);
    EXPECT_EQ(field_of(request), "account.account");
    EXPECT_EQ(hk_.books().customers().size(), 2U);
}

// --- payer side

TEST_F(BankModel, NothingGoesBeforeTheFirstSession) {
    EXPECT_EQ(refusal(order()).kind, CallError::Kind::kNotReady);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
}

TEST_F(BankModel, OrdersNameTheFieldThatIsWrong) {
    greet_both();
    const auto field_with = [this](auto change) {
        v1::SendRemittanceRequest request = order();
        change(request);
        return refusal(request).field;
    };
    EXPECT_EQ(field_with([](auto& r) { r.set_uetr("11111111-1111-1111-8111-111111111111"); }),
              "uetr");
    EXPECT_EQ(field_with([](auto& r) { r.set_payer_account(""); }), "payer_account");
    EXPECT_EQ(field_with([](auto& r) { r.set_payer_account("unknown"); }), "payer_account");
    EXPECT_EQ(field_with([](auto& r) { r.set_payer_account("012-875-20001"); }), "payer_account");
    EXPECT_EQ(field_with([](auto& r) { r.set_payee_agent("12"); }), "payee_agent");
    EXPECT_EQ(field_with([](auto& r) { r.set_service(static_cast<v1::Service>(9)); }), "service");
    EXPECT_EQ(field_with([](auto& r) { r.set_purpose(static_cast<v1::Purpose>(99)); }), "purpose");
    EXPECT_EQ(field_with([](auto& r) { r.set_service(v1::SERVICE_DOMESTIC); }), "payee_agent")
        << "a code of the other rail";
    EXPECT_EQ(field_with([](auto& r) { r.set_quote_id("no"); }), "quote_id");
    EXPECT_EQ(field_with([](auto& r) { r.set_payee_agent("102100099997"); }), "payee_agent");
    EXPECT_EQ(field_with([](auto& r) { r.set_payee_account(std::string(35, '1')); }),
              "payee_account");
    EXPECT_EQ(field_with([](auto& r) { r.set_amount_minor(0); }), "amount_minor");
    EXPECT_EQ(field_with([](auto& r) { r.set_amount_minor(-1); }), "amount_minor");
    EXPECT_EQ(field_with([](auto& r) { r.set_amount_minor(100'000'000'000'000'000); }),
              "amount_minor");
    EXPECT_EQ(field_with([](auto& r) { r.set_currency(v1::CURRENCY_HKD); }), "currency");
    EXPECT_EQ(field_with([](auto& r) { r.set_currency(static_cast<v1::Currency>(9)); }),
              "currency");
    EXPECT_EQ(field_with([](auto& r) { r.set_payee_name("  "); }), "payee_name");
    EXPECT_EQ(field_with([](auto& r) { r.set_remittance_information("a\nb"); }),
              "remittance_information");
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
    EXPECT_EQ(rail_.transfers, 0);
}

TEST_F(BankModel, APaymentMovesMoneyOnceOnBothSides) {
    greet_both();
    const OutgoingRemittance* sent = send(order());
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 90'000) << "debited before the message goes";
    EXPECT_EQ(in_transit(hk_), 10'000);
    EXPECT_EQ(rail_.transfers, 0);
    settle_down();
    EXPECT_EQ(rail_.transfers, 1);
    EXPECT_EQ(rail_.reports, 1);
    EXPECT_EQ(in_transit(hk_), 0);
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 60'000);
    expect_balanced(hk_);
    expect_balanced(mainland_);

    const auto out = hk_.remittance(kUetr);
    ASSERT_TRUE(out.has_value());
    EXPECT_EQ(out->status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_TRUE(out->outgoing());
    EXPECT_EQ(out->clearing_reference(), "FRN1");
    EXPECT_EQ(out->carried().payer_name(), "Chan Siu Ming");
    EXPECT_EQ(out->creation_time_ms(), kSchemeStartMs);
    EXPECT_GT(out->duration_us(), 0);
    const auto in = mainland_.remittance(kUetr);
    ASSERT_TRUE(in.has_value());
    EXPECT_TRUE(in->credited());
    EXPECT_EQ(in->carried().payee_name(), "陳小明");
    EXPECT_EQ(in->carried().remittance_information(), "生活費");

    ASSERT_EQ(hk_.finals().size(), 1U);
    EXPECT_TRUE(hk_.finals().front().settled);
}

TEST_F(BankModel, AMainlandBankWritesTheChineseName) {
    greet_both();
    v1::SendRemittanceRequest request = order();
    request.set_payer_account("6222000000000001");
    request.set_payee_agent("012");
    request.set_payee_account("012-875-10001");
    ASSERT_TRUE(std::holds_alternative<const OutgoingRemittance*>(mainland_.send(request, now_)));
    settle_down();
    EXPECT_EQ(hk_.remittance(kUetr)->carried().payer_name(), "陳小明");
    EXPECT_EQ(balance(hk_, "012-875-10001"), 110'000);
}

TEST_F(BankModel, WithoutMoneyTheBankRefusesAndSendsNothing) {
    greet_both();
    v1::SendRemittanceRequest request = order();
    request.set_amount_minor(100'001);
    const OutgoingRemittance* refused = send(request);
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(refused->reason->code(), "AM04");
    EXPECT_EQ(hk_.remittance(kUetr)->status(), v1::PAYMENT_STATUS_RJCT);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
    settle_down();
    EXPECT_EQ(rail_.transfers, 0);
    EXPECT_EQ(send(request)->reason->code(), "AM04") << "the same again gets the same answer";
}

TEST_F(BankModel, ARepeatedUetrIsTheSamePaymentOrIsRefused) {
    greet_both();
    ASSERT_NE(send(order()), nullptr);
    ASSERT_NE(send(order()), nullptr);
    settle_down();
    ASSERT_NE(send(order()), nullptr) << "also when it is final";
    EXPECT_EQ(rail_.transfers, 1);
    v1::SendRemittanceRequest other = order();
    other.set_amount_minor(10'001);
    EXPECT_EQ(refusal(other).kind, CallError::Kind::kExists);
    EXPECT_EQ(refusal(other).field, "amount_minor");
    other = order();
    other.set_remittance_information("else");
    EXPECT_EQ(refusal(other).field, "remittance_information");
    EXPECT_EQ(balance(hk_, "012-875-10001"), 90'000);
}

TEST_F(BankModel, OrdersWithoutUetrAreDifferentPayments) {
    greet_both();
    v1::SendRemittanceRequest request = order();
    request.clear_uetr();
    const scheme::Uetr first = send(request)->uetr;
    EXPECT_NE(first, send(request)->uetr);
    EXPECT_TRUE(scheme::is_uetr(first));
    settle_down();
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 70'000);
}

TEST_F(BankModel, ARefusalByThePayeeBankGivesTheMoneyBack) {
    greet_both();
    v1::SendRemittanceRequest request = order();
    request.set_payee_account("6222999999999999");
    ASSERT_NE(send(request), nullptr);
    request.set_uetr(kOtherUetr);
    request.set_payee_account("6222000000000002");  // HKD
    ASSERT_NE(send(request), nullptr);
    settle_down();
    EXPECT_EQ(hk_.remittance(kUetr)->reason().code(), "AC03");
    EXPECT_EQ(hk_.remittance(kOtherUetr)->reason().code(), "AC11");
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
    EXPECT_EQ(in_transit(hk_), 0);
    expect_balanced(hk_);
    v1::BankBooks books;
    hk_.describe(books);
    EXPECT_EQ(books.outgoing_pending(), 0);
    EXPECT_EQ(books.outgoing_settled(), 0);
}

TEST_F(BankModel, ARejectedMessageGivesTheMoneyBackAndNamesTheField) {
    rail_.side(hk_).received = 40;  // this participant's earlier life
    rail_.silent = true;
    greet_both();
    v1::SendRemittanceRequest unaffordable = order();
    unaffordable.set_uetr(kOtherUetr);
    unaffordable.set_amount_minor(1'000'000);
    ASSERT_NE(send(unaffordable), nullptr);
    ASSERT_NE(send(order()), nullptr);
    settle_down();
    v1::SwitchMessage message;
    message.mutable_message_reject()->set_rejected_number(41);
    message.mutable_message_reject()->set_field("payee_agent");
    message.mutable_message_reject()->set_rule("must be known");
    rail_.side(hk_).waiting.push_back(message);
    settle_down();
    const auto view = hk_.remittance(kUetr);
    EXPECT_EQ(view->status(), v1::PAYMENT_STATUS_RJCT);
    EXPECT_EQ(view->reason().field(), "payee_agent");
    EXPECT_THAT(view->reason().text(), ::testing::HasSubstr("payee_agent must be known"));
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
    EXPECT_EQ(hk_.anomalies().message_rejected, 1U);
}

TEST_F(BankModel, PendingIsNotFinal) {
    rail_.silent = true;
    greet_both();
    ASSERT_NE(send(order()), nullptr);
    settle_down();
    v1::SwitchMessage message;
    message.mutable_status_report()->set_uetr(kUetr);
    message.mutable_status_report()->set_side(v1::SIDE_PAYER);
    message.mutable_status_report()->set_status(v1::PAYMENT_STATUS_ACSP);
    rail_.side(hk_).waiting.push_back(message);
    settle_down();
    EXPECT_EQ(hk_.remittance(kUetr)->status(), v1::PAYMENT_STATUS_ACSP);
    EXPECT_EQ(in_transit(hk_), 10'000);
    EXPECT_TRUE(hk_.finals().empty());
}

// --- payee side

class PayeeModel : public BankModel {
protected:
    static v1::CreditTransferRequest ask(const std::string& account) {
        v1::CreditTransferRequest request;
        v1::CreditTransfer& transfer = *request.mutable_transfer();
        transfer.set_uetr(kUetr);
        transfer.set_payer_agent("012");
        transfer.set_payee_agent("102100099996");
        transfer.set_payer_account("012-875-10001");
        transfer.set_payee_account(account);
        transfer.set_amount_minor(700);
        transfer.set_currency(v1::CURRENCY_CNY);
        transfer.mutable_carried()->set_payer_name("José Ñandú");
        transfer.set_service(v1::SERVICE_P2P_REMITTANCE);
        transfer.mutable_carried()->set_payee_name("Chan  siu-ming");
        return request;
    }

    void give(const v1::CreditTransferRequest& request) {
        v1::SwitchMessage message;
        *message.mutable_request() = request;
        give(message);
    }

    void give_outcome(v1::PaymentStatus status) {
        v1::SwitchMessage message;
        message.mutable_status_report()->set_uetr(kUetr);
        message.mutable_status_report()->set_side(v1::SIDE_PAYEE);
        message.mutable_status_report()->set_status(status);
        give(message);
    }

    void give(const v1::SwitchMessage& message) {
        v1::SwitchFrame frame;
        frame.set_first_number(rail_.side(mainland_).next_number++);
        *frame.add_messages() = message;
        frame.set_acknowledged(rail_.side(mainland_).received);
        frame.set_credit(1'000);
        ASSERT_TRUE(mainland_.receive(frame, now_).ok());
    }

    // The bank's own words since the last call.
    std::vector<std::string> said() {
        std::vector<std::string> words;
        now_ = now_ + kFrameGap;
        const v1::ParticipantFrame* frame = mainland_.session().next_frame(now_);
        if (frame == nullptr) return words;
        for (const auto& message : frame->messages()) {
            ++rail_.side(mainland_).received;
            if (message.has_answer()) {
                words.push_back(message.answer().answer() == v1::ANSWER_ACCEPTED
                                    ? "accepted"
                                    : message.answer().reason_code());
            } else if (message.has_credit_report()) {
                words.push_back("credited");
            }
        }
        mainland_.session().frame_sent();
        return words;
    }

    void SetUp() override {
        rail_.greet(mainland_, now_);
        EXPECT_THAT(said(), ::testing::IsEmpty()) << "credit only";
    }
};

TEST_F(PayeeModel, CreditsOnSettledOnlyAndOnce) {
    give(ask("6222000000000001"));
    EXPECT_THAT(said(), ::testing::ElementsAre("accepted"));
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 50'000) << "a promise is no credit";
    give(ask("6222000000000001"));
    EXPECT_THAT(said(), ::testing::ElementsAre("accepted")) << "the first answer again";
    give_outcome(v1::PAYMENT_STATUS_ACSC);
    give_outcome(v1::PAYMENT_STATUS_ACSC);
    EXPECT_THAT(said(), ::testing::ElementsAre("credited"));
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 50'700);
    EXPECT_EQ(mainland_.anomalies(), Anomalies{});
    expect_balanced(mainland_);
}

TEST_F(PayeeModel, AVoidDropsThePromise) {
    give(ask("6222000000000001"));
    give_outcome(v1::PAYMENT_STATUS_RJCT);
    EXPECT_THAT(said(), ::testing::ElementsAre("accepted"));
    EXPECT_EQ(mainland_.remittance(kUetr)->status(), v1::PAYMENT_STATUS_RJCT);
    EXPECT_FALSE(mainland_.remittance(kUetr)->credited());
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 50'000);
}

TEST_F(PayeeModel, RefusesByItsOwnChecksAndTheFirstAnswerStands) {
    v1::CreditTransferRequest bad = ask("6222000000000001");
    bad.mutable_transfer()->mutable_carried()->set_payee_name("");
    give(bad);
    give(bad);
    EXPECT_THAT(said(), ::testing::ElementsAre("BE22", "BE22"));
    give_outcome(v1::PAYMENT_STATUS_RJCT);
    EXPECT_EQ(mainland_.anomalies(), Anomalies{}) << "the outcome of a refused request";
}

TEST_F(PayeeModel, SettledMoneyWithoutAPromiseIsNoticedAndNotCredited) {
    give_outcome(v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(mainland_.anomalies().settled_without_promise, 1U);
    EXPECT_EQ(mainland_.books().entries(), 1U);
}

TEST_F(PayeeModel, StatementsAreNewestFirstAndPerAccount) {
    give(ask("6222000000000001"));
    give_outcome(v1::PAYMENT_STATUS_ACSC);
    const CustomerId customer = *mainland_.books().find("6222000000000001");
    const std::vector<Entry> entries = mainland_.books().statement(customer, 10);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].kind, EntryKind::kRemittanceReceived);
    EXPECT_EQ(entries[1].kind, EntryKind::kOpening);
    EXPECT_EQ(mainland_.books().statement(customer, 1).size(), 1U);
}

}  // namespace
}  // namespace lowu::bank
