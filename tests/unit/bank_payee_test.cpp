// The payee's bank: its checks in their order, and payments by proxy.
#include <string>
#include <vector>

#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

class PayeeChecks : public BankModel {
protected:
    PayeeChecks() {
        open_held("012-UNI", v1::CURRENCY_CNY, v1::PARTY_KIND_REGISTERED_INSTITUTION);
        open_held("012-CO", v1::CURRENCY_CNY, v1::PARTY_KIND_COMPANY);
        open_held("012-HKD-UNI", v1::CURRENCY_HKD, v1::PARTY_KIND_REGISTERED_INSTITUTION);
    }

    void SetUp() override {
        rail_.greet(hk_, now_);
        take_all();
    }

    // What the bank says beside answers: credit, a rate sheet.
    void take_all() {
        for (now_ = now_ + kFrameGap; rail_.take_from(hk_, now_); now_ = now_ + kFrameGap) {
        }
    }

    void open_held(const std::string& account, v1::Currency currency, v1::PartyKind holder) {
        auto request = account_request(account, currency, 0);
        request.mutable_account()->set_holder(holder);
        ASSERT_TRUE(std::holds_alternative<CustomerId>(hk_.open_account(request, now_)));
    }

    // A southbound payment to the bank in Hong Kong.
    v1::CreditTransfer transfer_to(const std::string& account) {
        v1::CreditTransfer transfer;
        transfer.set_uetr(scheme::format_uetr(scheme::uetr_from_random(++payments_, 7)));
        transfer.set_service(v1::SERVICE_P2P_REMITTANCE);
        transfer.set_payer_agent("102100099996");
        transfer.set_payee_agent("012");
        transfer.set_payer_account("6222000000000001");
        transfer.set_payee_account(account);
        transfer.set_amount_minor(700);
        transfer.set_currency(v1::CURRENCY_CNY);
        transfer.mutable_carried()->set_payer_name("张伟");
        transfer.mutable_carried()->set_payee_name("CHAN, Siu Ming");
        return transfer;
    }

    // The bank's answer: "" when it accepts.
    std::string answer_to(const v1::CreditTransfer& transfer) {
        v1::SwitchFrame frame;
        frame.set_first_number(rail_.side(hk_).next_number++);
        *frame.add_messages()->mutable_request()->mutable_transfer() = transfer;
        frame.set_acknowledged(rail_.side(hk_).received);
        frame.set_credit(100'000);
        EXPECT_TRUE(hk_.receive(frame, now_).ok());
        now_ = now_ + kFrameGap;
        const v1::ParticipantFrame* said = hk_.session().next_frame(now_);
        if (said == nullptr || said->messages_size() != 1) return "no answer";
        ++rail_.side(hk_).received;
        const std::string code = said->messages(0).answer().reason_code();
        hk_.session().frame_sent();
        return code;
    }

    void register_proxy(const std::string& account, const std::string& value,
                        std::uint64_t reference) {
        v1::RegisterAccountProxyRequest request;
        request.set_account(account);
        request.mutable_proxy()->set_kind(v1::PROXY_KIND_MOBILE);
        request.mutable_proxy()->set_value(value);
        const auto asked = hk_.register_proxy(request);
        ASSERT_TRUE(std::holds_alternative<v1::RegisterProxyRequest>(asked));
        v1::ProxyRegistration held = std::get<v1::RegisterProxyRequest>(asked).registration();
        held.set_reference(reference);
        hk_.registered(request, held);
    }

    v1::CreditTransfer transfer_by_proxy(const std::string& value, std::uint64_t reference) {
        v1::CreditTransfer transfer = transfer_to("");
        transfer.mutable_payee_proxy()->mutable_proxy()->set_kind(v1::PROXY_KIND_MOBILE);
        transfer.mutable_payee_proxy()->mutable_proxy()->set_value(value);
        transfer.mutable_payee_proxy()->set_reference(reference);
        transfer.mutable_carried()->set_payee_name("C*** S***");
        return transfer;
    }

    std::uint64_t payments_ = 0;
};

TEST_F(PayeeChecks, WhatFitsIsAccepted) {
    EXPECT_EQ(answer_to(transfer_to("012-875-10001")), "");
    v1::CreditTransfer fee = transfer_to("012-UNI");
    fee.set_service(v1::SERVICE_FEE_COLLECTION);
    EXPECT_EQ(answer_to(fee), "");
    v1::CreditTransfer salary = transfer_to("012-875-10001");
    salary.set_service(v1::SERVICE_BUSINESS_TO_PERSON);
    EXPECT_EQ(answer_to(salary), "");
    v1::CreditTransfer domestic = transfer_to("012-CO");
    domestic.set_service(v1::SERVICE_DOMESTIC);
    EXPECT_EQ(answer_to(domestic), "");
}

TEST_F(PayeeChecks, AUetrThatIsUsedUpIsNoOtherPayments) {
    v1::CreditTransfer transfer = transfer_to("012-UNI");
    transfer.set_service(v1::SERVICE_FEE_COLLECTION);
    const std::string first = answer_to(transfer);
    EXPECT_EQ(answer_to(transfer), first) << "told again, answered again";
    transfer.set_amount_minor(701);
    EXPECT_EQ(answer_to(transfer), "MS03");
}

TEST_F(PayeeChecks, TheKindOfPayeeGoesWithTheService) {
    EXPECT_EQ(answer_to(transfer_to("012-CO")), "AC14");
    EXPECT_EQ(answer_to(transfer_to("012-UNI")), "AC14");
    v1::CreditTransfer fee = transfer_to("012-875-10001");
    fee.set_service(v1::SERVICE_FEE_COLLECTION);
    EXPECT_EQ(answer_to(fee), "AC14") << "not registered for it";
    fee = transfer_to("012-CO");
    fee.set_service(v1::SERVICE_FEE_COLLECTION);
    EXPECT_EQ(answer_to(fee), "AC14");
    v1::CreditTransfer salary = transfer_to("012-CO");
    salary.set_service(v1::SERVICE_BUSINESS_TO_PERSON);
    EXPECT_EQ(answer_to(salary), "AC14");
}

TEST_F(PayeeChecks, TheNameMustBeTheAccounts) {
    v1::CreditTransfer transfer = transfer_to("012-875-10001");
    transfer.mutable_carried()->set_payee_name("陳小明");
    EXPECT_EQ(answer_to(transfer), "");
    transfer = transfer_to("012-875-10001");
    transfer.mutable_carried()->set_payee_name("Chan Siu Man");
    EXPECT_EQ(answer_to(transfer), "BE01");
}

TEST_F(PayeeChecks, WithoutRatesAnHkdAccountTakesNoCny) {
    EXPECT_EQ(answer_to(transfer_to("012-875-20001")), "AC11");
    v1::CreditTransfer domestic = transfer_to("012-875-10001");
    domestic.set_service(v1::SERVICE_DOMESTIC);
    domestic.set_currency(v1::CURRENCY_HKD);
    EXPECT_EQ(answer_to(domestic), "AC11");
    domestic = transfer_to("012-875-20001");
    domestic.set_service(v1::SERVICE_DOMESTIC);
    EXPECT_EQ(answer_to(domestic), "AC11") << "within a rail nothing is exchanged";
    domestic.set_uetr(kUetr);
    domestic.set_currency(v1::CURRENCY_HKD);
    EXPECT_EQ(answer_to(domestic), "");
}

TEST_F(PayeeChecks, AnUnknownQuoteIsRefused) {
    v1::SetRatesRequest rates;
    rates.set_bid_e8(91'000'000);
    rates.set_ask_e8(91'000'000);
    ASSERT_FALSE(hk_.set_rates(rates, now_).has_value());
    v1::CreditTransfer transfer = transfer_to("012-875-20001");
    transfer.mutable_exchange()->set_quote_id(kUetr);
    transfer.mutable_exchange()->set_hkd_minor(1);
    transfer.mutable_exchange()->set_rate_e8(91'000'000);
    take_all();
    EXPECT_EQ(answer_to(transfer), "AB04");
}

// Every fault at once, mended one after the other: each check in its turn.
TEST_F(PayeeChecks, TheChecksStandInOneOrder) {
    v1::SetRatesRequest rates;
    rates.set_bid_e8(91'000'000);
    rates.set_ask_e8(91'000'000);
    v1::CreditTransfer transfer = transfer_to("none");
    transfer.set_service(v1::SERVICE_FEE_COLLECTION);
    transfer.mutable_carried()->set_payee_name("\t");
    transfer.set_amount_minor(0);
    std::vector<std::string> answers;
    const auto ask = [&] {
        transfer.set_uetr(scheme::format_uetr(scheme::uetr_from_random(++payments_, 9)));
        answers.push_back(answer_to(transfer));
    };
    ask();
    transfer.mutable_carried()->set_payee_name("Somebody Else");
    ask();
    transfer.set_amount_minor(700);
    ask();
    transfer.set_payee_account("012-875-20001");
    ask();
    transfer.set_payee_account("012-HKD-UNI");
    ask();
    transfer.mutable_carried()->set_payee_name("Chan Siu Ming");
    ask();
    ASSERT_FALSE(hk_.set_rates(rates, now_).has_value());
    take_all();
    transfer.mutable_exchange()->set_quote_id(kUetr);
    ask();
    transfer.clear_exchange();
    ask();
    EXPECT_THAT(answers, ::testing::ElementsAre("BE22", "MS03", "AC03", "AC14", "BE01", "AC11",
                                                "AB04", "AM09"));
}

TEST_F(PayeeChecks, AProxyStandsForTheAccountOfItsRegistration) {
    register_proxy("012-875-10001", "+852-91230001", 5);
    EXPECT_EQ(answer_to(transfer_by_proxy("+852-91230001", 5)), "") << "no name is compared";
    EXPECT_EQ(answer_to(transfer_by_proxy("+852-9123-0001", 5)), "") << "another spelling";
    EXPECT_EQ(answer_to(transfer_by_proxy("+852-91230001", 4)), "BE23") << "another registration";
    EXPECT_EQ(answer_to(transfer_by_proxy("+852-91230002", 5)), "BE23");
    EXPECT_EQ(answer_to(transfer_by_proxy("nonsense", 5)), "BE23");
    register_proxy("012-CO", "+852-91230001", 6);
    EXPECT_EQ(answer_to(transfer_by_proxy("+852-91230001", 6)), "AC14") << "now a company's";
}

TEST_F(PayeeChecks, ARemovedProxyStandsForNobody) {
    register_proxy("012-875-10001", "+852-91230001", 5);
    v1::RemoveAccountProxyRequest request;
    request.mutable_proxy()->set_kind(v1::PROXY_KIND_MOBILE);
    request.mutable_proxy()->set_value("+852-91230001");
    ASSERT_TRUE(std::holds_alternative<v1::RemoveProxyRequest>(hk_.remove_proxy(request)));
    EXPECT_EQ(answer_to(transfer_by_proxy("+852-91230001", 5)), "") << "not confirmed yet";
    hk_.removed(request.proxy());
    EXPECT_EQ(answer_to(transfer_by_proxy("+852-91230001", 5)), "BE23");
}

TEST_F(PayeeChecks, RegistrationsShowMaskedPersonsAndPublicInstitutions) {
    v1::RegisterAccountProxyRequest request;
    request.set_account("012-875-10001");
    request.mutable_proxy()->set_kind(v1::PROXY_KIND_MOBILE);
    request.mutable_proxy()->set_value("+852-91230001");
    request.set_default_receiver(true);
    auto asked = hk_.register_proxy(request);
    const v1::ProxyRegistration person = std::get<v1::RegisterProxyRequest>(asked).registration();
    EXPECT_EQ(person.participant(), "012");
    EXPECT_EQ(person.display_name_en(), "Chan S*** M***");
    EXPECT_EQ(person.display_name_zh(), "陳**");
    EXPECT_EQ(person.holder(), v1::PARTY_KIND_PERSON);
    EXPECT_TRUE(person.default_receiver());
    EXPECT_TRUE(person.cross_boundary());
    EXPECT_EQ(std::get<CallError>(hk_.register_proxy(request)).reason, "PROXY_CHANGING")
        << "one change at a time";
    hk_.change_failed(request.proxy());
    request.set_account("012-UNI");
    request.set_no_cross_boundary(true);
    asked = hk_.register_proxy(request);
    const v1::ProxyRegistration school = std::get<v1::RegisterProxyRequest>(asked).registration();
    EXPECT_EQ(school.display_name_en(), "Chan Siu Ming");
    EXPECT_FALSE(school.cross_boundary());
}

TEST_F(PayeeChecks, RegistrationsNameTheFieldThatIsWrong) {
    v1::RegisterAccountProxyRequest request;
    request.set_account("none");
    request.mutable_proxy()->set_kind(v1::PROXY_KIND_MOBILE);
    request.mutable_proxy()->set_value("+852-91230001");
    EXPECT_EQ(std::get<CallError>(hk_.register_proxy(request)).field, "account");
    request.set_account("012-UNI");
    request.mutable_proxy()->set_value("91230001");
    EXPECT_EQ(std::get<CallError>(hk_.register_proxy(request)).field, "proxy.value");
    request.set_account("6222000000000001");
    request.mutable_proxy()->set_value("+86-13900000001");
    request.set_default_receiver(true);
    EXPECT_EQ(std::get<CallError>(mainland_.register_proxy(request)).field, "default_receiver");
}

TEST_F(PayeeChecks, AnAccountShowsItsProxies) {
    register_proxy("012-875-10001", "+852-91230001", 5);
    register_proxy("012-875-10001", "+852-91230002", 6);
    register_proxy("012-UNI", "+852-91230001", 7);
    v1::Account view;
    hk_.describe(*hk_.books().find("012-875-10001"), view);
    ASSERT_EQ(view.proxies_size(), 1);
    EXPECT_EQ(view.proxies(0).value(), "+852-91230002");
}

}  // namespace
}  // namespace lowu::bank
