// What a customer's order becomes: service, purpose, rail, proxy; and what the bank refuses itself.
#include <string>

#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

class OrderModel : public BankModel {
protected:
    OrderModel() {
        rail_.add(neighbour_);
        open(neighbour_, "015-1", v1::CURRENCY_CNY, 0);
        open(neighbour_, "015-2", v1::CURRENCY_HKD, 0);
    }

    void SetUp() override {
        greet_both();
        rail_.greet(neighbour_, now_);
    }

    // As sent to the rail.
    v1::CreditTransfer sent(v1::SendRemittanceRequest request) {
        request.clear_uetr();
        EXPECT_NE(send(request), nullptr) << refusal(request).field << refusal(request).rule;
        settle_down();
        return rail_.last_transfer;
    }

    static v1::SendRemittanceRequest domestic_order() {
        v1::SendRemittanceRequest request = order();
        request.set_payee_agent("015");
        request.set_payee_account("015-1");
        return request;
    }

    static v1::SendRemittanceRequest proxy_order() {
        v1::SendRemittanceRequest request = order();
        request.clear_payee_account();
        request.clear_payee_name();
        request.mutable_payee_proxy()->set_kind(v1::PROXY_KIND_MOBILE);
        request.mutable_payee_proxy()->set_value("+86-13900000001");
        return request;
    }

    static v1::ResolveProxyResponse found(std::uint64_t reference, bool suspicious = false) {
        v1::ResolveProxyResponse response;
        response.mutable_payee_proxy()->set_reference(reference);
        response.set_payee_agent("102100099996");
        response.set_display_name_en("Chan S*** M***");
        response.set_display_name_zh("陳**");
        response.set_holder(v1::PARTY_KIND_PERSON);
        response.set_suspicious(suspicious);
        return response;
    }

    v1::ResolveProxyRequest lookup(const v1::SendRemittanceRequest& request) {
        const auto asked = hk_.lookup_for(request, now_);
        const auto* question = std::get_if<std::optional<v1::ResolveProxyRequest>>(&asked);
        return question == nullptr ? v1::ResolveProxyRequest{} : question->value();
    }

    Bank neighbour_{{scheme::Rail::kFps, "015", "Bank C", "丙銀行", 1, 14, token_keys()}};
};

TEST_F(OrderModel, ServiceAndPurposeAreFilledInFromPayerAndPayee) {
    v1::CreditTransfer transfer = sent(order());
    EXPECT_EQ(transfer.service(), v1::SERVICE_P2P_REMITTANCE);
    EXPECT_EQ(transfer.purpose(), v1::PURPOSE_PERSONAL);
    v1::SendRemittanceRequest fee = order();
    fee.set_service(v1::SERVICE_FEE_COLLECTION);
    EXPECT_EQ(sent(fee).purpose(), v1::PURPOSE_TUITION);
    fee.set_purpose(v1::PURPOSE_MEDICAL);
    EXPECT_EQ(sent(fee).purpose(), v1::PURPOSE_MEDICAL);
    transfer = sent(domestic_order());
    EXPECT_EQ(transfer.service(), v1::SERVICE_DOMESTIC);
    EXPECT_EQ(transfer.payer().kind(), v1::PARTY_KIND_PERSON);
    EXPECT_EQ(transfer.payer().token(), "") << "nobody asks for a document within one rail";
}

TEST_F(OrderModel, ADomesticPaymentSettlesInItsOwnCurrency) {
    v1::SendRemittanceRequest request = domestic_order();
    request.set_payer_account("012-875-20001");
    request.set_payee_account("015-2");
    request.set_currency(v1::CURRENCY_HKD);
    EXPECT_EQ(sent(request).currency(), v1::CURRENCY_HKD);
    EXPECT_EQ(balance(neighbour_, "015-2"), 10'000);
    EXPECT_EQ(balance(hk_, "012-875-20001"), 90'000);
    EXPECT_EQ(owed(hk_, LedgerAccount::kSettlement, money::Currency::kHkd), 10'000);
    EXPECT_EQ(owed(neighbour_, LedgerAccount::kSettlement, money::Currency::kHkd), -10'000);
    EXPECT_EQ(owed(hk_, LedgerAccount::kSettlement), 0);
    expect_balanced(hk_);
    expect_balanced(neighbour_);
    const auto view =
        hk_.remittance(scheme::format_uetr(scheme::parse_uetr(rail_.last_transfer.uetr()).value()));
    EXPECT_EQ(view->account_amount_minor(), 10'000);
    EXPECT_EQ(view->account_currency(), v1::CURRENCY_HKD);
}

TEST_F(OrderModel, TheCurrencyMustBeOneThatTheWayAllows) {
    const auto refused_with = [this](v1::SendRemittanceRequest request) {
        request.clear_uetr();
        return refusal(request).field;
    };
    v1::SendRemittanceRequest request = domestic_order();
    request.set_currency(v1::CURRENCY_HKD);
    EXPECT_EQ(refused_with(request), "payer_account") << "a CNY account";
    request.set_currency(v1::CURRENCY_CNY);
    request.set_payer_account("012-875-20001");
    EXPECT_EQ(refused_with(request), "payer_account") << "an HKD account";
    request = domestic_order();
    request.set_quote_id(kOtherUetr);
    EXPECT_EQ(refused_with(request), "quote_id");
    request = order();
    request.set_currency(v1::CURRENCY_HKD);
    EXPECT_EQ(refused_with(request), "currency");
    request.set_payer_account("6222000000000001");
    request.set_payee_agent("103100000026");
    const auto mainland = mainland_.send(request, now_);
    EXPECT_EQ(std::get<CallError>(mainland).field, "currency") << "no HKD on the Mainland's rail";
}

TEST_F(OrderModel, AnOrderByProxyIsLookedUpFirst) {
    const v1::ResolveProxyRequest question = lookup(proxy_order());
    EXPECT_EQ(question.participant(), "012");
    EXPECT_EQ(question.proxy().value(), "+86-13900000001");
    EXPECT_EQ(question.payee_agent(), "102100099996");
    EXPECT_FALSE(question.domestic());
    EXPECT_EQ(question.person_token().size(), scheme::kPersonTokenBytes);
    EXPECT_EQ(refusal(proxy_order()).reason, "PROXY_NOT_RESOLVED");

    hk_.resolved(question, found(77));
    v1::SendRemittanceRequest request = proxy_order();
    request.set_proxy_reference(77);
    EXPECT_EQ(std::get<0>(hk_.lookup_for(request, now_)), std::nullopt) << "nothing to ask";
    const v1::CreditTransfer transfer = sent(request);
    EXPECT_EQ(transfer.payee_account(), "");
    EXPECT_EQ(transfer.payee_proxy().proxy().value(), "+86-13900000001");
    EXPECT_EQ(transfer.payee_proxy().reference(), 77U);
    EXPECT_EQ(transfer.carried().payee_name(), "Chan S*** M***") << "the masked name";
    EXPECT_FALSE(hk_.remittance(transfer.uetr())->proxy_suspicious());
}

TEST_F(OrderModel, AWarningGoesWithThePayment) {
    const v1::ResolveProxyRequest question = lookup(proxy_order());
    hk_.resolved(question, found(78, true));
    v1::SendRemittanceRequest request = proxy_order();
    request.set_proxy_reference(78);
    request.set_payee_name("Chan Siu Ming");
    const v1::CreditTransfer transfer = sent(request);
    EXPECT_EQ(transfer.carried().payee_name(), "Chan Siu Ming") << "the customer's own word";
    EXPECT_TRUE(hk_.remittance(transfer.uetr())->proxy_suspicious());
}

TEST_F(OrderModel, AResolutionThatTheBankHasNotMadeNeedsBankAndName) {
    v1::SendRemittanceRequest request = proxy_order();
    request.set_proxy_reference(5);
    EXPECT_EQ(refusal(request).field, "payee_name");
    request.set_payee_name("Chan Siu Ming");
    EXPECT_EQ(sent(request).payee_proxy().reference(), 5U);
}

TEST_F(OrderModel, AProxyOfThisBanksOwnCustomerNeedsNoRail) {
    v1::SendRemittanceRequest request = proxy_order();
    request.clear_payee_agent();
    request.mutable_payee_proxy()->set_value("+852-91230001");
    v1::ResolveProxyResponse own = found(80);
    own.set_payee_agent(hk_.code());
    hk_.resolved(lookup(request), own);
    request.set_proxy_reference(80);
    EXPECT_EQ(refusal(request).field, "payee_proxy");
}

TEST_F(OrderModel, AProxyNeedsABankOnTheMainlandAndNoneOnFps) {
    v1::SendRemittanceRequest request = proxy_order();
    request.set_service(v1::SERVICE_P2P_REMITTANCE);
    request.clear_payee_agent();
    EXPECT_EQ(std::get<CallError>(hk_.lookup_for(request, now_)).field, "payee_agent");
    request.clear_service();
    request.mutable_payee_proxy()->set_value("+852-91230001");
    EXPECT_TRUE(lookup(request).domestic()) << "without a bank's name it is on the own rail";
    request.set_payer_account("6222000000000001");
    const auto asked = mainland_.lookup_for(request, now_);
    EXPECT_FALSE(std::get<0>(asked)->domestic()) << "only fps has default receivers";
}

TEST_F(OrderModel, AProxyIsCheckedByTheRulesOfItsRail) {
    v1::SendRemittanceRequest request = proxy_order();
    request.mutable_payee_proxy()->set_kind(v1::PROXY_KIND_EMAIL);
    request.mutable_payee_proxy()->set_value("a@example.com");
    EXPECT_EQ(std::get<CallError>(hk_.lookup_for(request, now_)).field, "payee_proxy.value")
        << "the Mainland has mobile numbers only";
    request.mutable_payee_proxy()->set_kind(v1::PROXY_KIND_UNSPECIFIED);
    EXPECT_EQ(std::get<CallError>(hk_.lookup_for(request, now_)).field, "payee_proxy.kind");
    request = proxy_order();
    request.set_payee_account("6222000000000001");
    request.set_proxy_reference(1);
    EXPECT_EQ(refusal(request).field, "payee_account") << "one or the other";
}

TEST_F(OrderModel, NobodyBehindAProxyIsARefusalByTheBankItself) {
    const auto refused = hk_.refuse_unresolved(proxy_order(), now_);
    const auto* remittance = std::get<const OutgoingRemittance*>(refused);
    EXPECT_EQ(remittance->reason->code(), "BE23");
    EXPECT_FALSE(remittance->reason->native_code().empty());
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
    settle_down();
    EXPECT_EQ(rail_.transfers, 0);
    EXPECT_EQ(std::get<0>(hk_.lookup_for(proxy_order(), now_)), std::nullopt)
        << "told again: nobody is looked up";
    EXPECT_EQ(send(proxy_order())->reason->code(), "BE23");
    v1::SendRemittanceRequest other = proxy_order();
    other.mutable_payee_proxy()->set_value("+86-13900000002");
    EXPECT_EQ(std::get<CallError>(hk_.lookup_for(other, now_)).field, "payee_proxy");
}

TEST_F(OrderModel, ARepeatedOrderMayLeaveOutWhatTheBankFilledIn) {
    hk_.resolved(lookup(proxy_order()), found(79));
    v1::SendRemittanceRequest request = proxy_order();
    request.set_proxy_reference(79);
    const OutgoingRemittance* first = send(request);
    ASSERT_NE(first, nullptr);
    const scheme::Uetr uetr = first->uetr;
    request.clear_proxy_reference();
    request.clear_payee_agent();
    EXPECT_EQ(send(request)->uetr, uetr);
    request.set_service(v1::SERVICE_FEE_COLLECTION);
    EXPECT_EQ(refusal(request).field, "service");
    request.set_service(v1::SERVICE_P2P_REMITTANCE);
    request.set_purpose(v1::PURPOSE_OTHER);
    EXPECT_EQ(refusal(request).field, "purpose");
    request.clear_purpose();
    request.set_proxy_reference(80);
    EXPECT_EQ(refusal(request).field, "proxy_reference");
    settle_down();
    EXPECT_EQ(rail_.transfers, 1);
}

TEST_F(OrderModel, LookUpsForACustomersEyesNameTheirField) {
    v1::ResolvePayeeRequest request;
    request.set_payer_account("012-875-10001");
    request.set_payee_agent("102100099996");
    request.mutable_proxy()->set_kind(v1::PROXY_KIND_MOBILE);
    request.mutable_proxy()->set_value("nobody");
    EXPECT_EQ(std::get<CallError>(hk_.lookup_for(request, now_)).field, "proxy.value");
    request.mutable_proxy()->set_value("+86-13900000001");
    EXPECT_EQ(std::get<v1::ResolveProxyRequest>(hk_.lookup_for(request, now_)).payee_agent(),
              "102100099996");
    request.set_payer_account("none");
    EXPECT_EQ(std::get<CallError>(hk_.lookup_for(request, now_)).kind, CallError::Kind::kNotFound);
}

}  // namespace
}  // namespace lowu::bank
