// Proxies and quotes on a running switch, by plain gRPC calls and scripted banks' sessions.
#include <future>

#include "tests/integration/services_fixture.hpp"

namespace lowu::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Directory = v1::DirectoryService::Stub;

constexpr const char* kMobile = "+852-91234567";
constexpr const char* kMainlandMobile = "+86-13800138000";

class DirectoryTest : public Services {
protected:
    static v1::Proxy proxy(const std::string& value) {
        v1::Proxy proxy;
        proxy.set_value(value);
        proxy.set_kind(value.find('@') != std::string::npos ? v1::PROXY_KIND_EMAIL
                       : value[0] == '+'                    ? v1::PROXY_KIND_MOBILE
                                                            : v1::PROXY_KIND_FPS_ID);
        return proxy;
    }
    static v1::ProxyRegistration registration(const std::string& bank, const std::string& value) {
        v1::ProxyRegistration registration;
        *registration.mutable_proxy() = proxy(value);
        registration.set_participant(bank);
        registration.set_cross_boundary(true);
        registration.set_display_name_en("C*** T** M**");
        registration.set_display_name_zh("陈**");
        registration.set_holder(v1::PARTY_KIND_PERSON);
        return registration;
    }
    Called<v1::RegisterProxyResponse> put(const v1::ProxyRegistration& registration) {
        v1::RegisterProxyRequest request;
        *request.mutable_registration() = registration;
        return call(*directory_, &Directory::RegisterProxy, request);
    }
    Called<v1::RemoveProxyResponse> take_out(const std::string& bank, const std::string& value) {
        v1::RemoveProxyRequest request;
        request.set_participant(bank);
        *request.mutable_proxy() = proxy(value);
        return call(*directory_, &Directory::RemoveProxy, request);
    }
    Called<v1::ResolveProxyResponse> resolve(const std::string& asking, const std::string& value,
                                             const std::string& payee_agent = "",
                                             const std::string& person_token = "",
                                             bool domestic = false) {
        v1::ResolveProxyRequest request;
        request.set_participant(asking);
        *request.mutable_proxy() = proxy(value);
        request.set_payee_agent(payee_agent);
        request.set_person_token(person_token);
        request.set_domestic(domestic);
        return call(*directory_, &Directory::ResolveProxy, request);
    }
    Called<v1::ListProxiesResponse> list(const std::string& bank = "", int page_size = 0,
                                         const std::string& token = "") {
        v1::ListProxiesRequest request;
        request.set_participant(bank);
        request.set_page_size(page_size);
        request.set_page_token(token);
        return call(*directory_, &Directory::ListProxies, request);
    }
    static std::vector<std::string> banks_of(const v1::ListProxiesResponse& page) {
        std::vector<std::string> banks;
        for (const v1::ProxyRegistration& one : page.registrations())
            banks.push_back(one.participant());
        return banks;
    }
    Called<v1::SetProxyWarningResponse> warn(const std::string& value, bool suspicious) {
        v1::SetProxyWarningRequest request;
        request.set_rail(v1::RAIL_FPS);
        *request.mutable_proxy() = proxy(value);
        request.set_suspicious(suspicious);
        return call(*operations_, &v1::OperationsService::Stub::SetProxyWarning, request);
    }
};

TEST_F(DirectoryTest, TheDefaultReceiverIsFoundWithoutABanksName) {
    const auto first = put(registration(kHk, kMobile));
    ASSERT_TRUE(first.ok()) << first.said();
    EXPECT_TRUE(first.response.registration().default_receiver()) << "the first has it anyway";
    const auto second = put(registration(kOtherHk, kMobile));
    EXPECT_FALSE(second.response.registration().default_receiver());
    EXPECT_GT(second.response.registration().reference(),
              first.response.registration().reference());
    const auto found = resolve(mainland_, kMobile);
    ASSERT_TRUE(found.ok()) << found.said();
    EXPECT_EQ(found.response.payee_agent(), kHk);
    EXPECT_EQ(found.response.payee_proxy().reference(), first.response.registration().reference());
    EXPECT_EQ(found.response.payee_proxy().proxy().value(), kMobile);
    EXPECT_EQ(found.response.display_name_en(), "C*** T** M**");
    EXPECT_EQ(found.response.display_name_zh(), "陈**");
    EXPECT_EQ(found.response.holder(), v1::PARTY_KIND_PERSON);
    EXPECT_FALSE(found.response.suspicious());
    EXPECT_EQ(resolve(mainland_, kMobile, kOtherHk).response.payee_agent(), kOtherHk);
    v1::ProxyRegistration asks = registration(kOtherHk, kMobile);
    asks.set_default_receiver(true);
    EXPECT_TRUE(put(asks).response.registration().default_receiver());
    EXPECT_EQ(resolve(mainland_, kMobile).response.payee_agent(), kOtherHk) << "the newest";
    EXPECT_EQ(resolve(kOtherHk, kMobile, "", "", true).response.payee_agent(), kOtherHk)
        << "on one's own rail";
}

TEST_F(DirectoryTest, OnTheMainlandThePayersNameTheBank) {
    ASSERT_TRUE(put(registration(mainland_, kMainlandMobile)).ok());
    EXPECT_EQ(resolve(kHk, kMainlandMobile, mainland_).response.payee_agent(), mainland_);
    EXPECT_THAT(resolve(kHk, kMainlandMobile).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD payee_agent: is required"));
    EXPECT_THAT(resolve(kHk, kMainlandMobile, other_mainland_).said(),
                StartsWith("NOT_FOUND PROXY_KNOWN proxy: "));
    v1::ProxyRegistration asks = registration(mainland_, kMainlandMobile);
    asks.set_default_receiver(true);
    EXPECT_THAT(put(asks).said(),
                StartsWith("FAILED_PRECONDITION PROXY_OF_RAIL registration.default_receiver: "));
    EXPECT_THAT(put(registration(mainland_, "wang@example.com")).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD registration.proxy.value: must be a "
                           "mobile number"));
}

TEST_F(DirectoryTest, WhoCannotBePaidIsNotFound) {
    EXPECT_THAT(resolve(mainland_, kMobile).said(), StartsWith("NOT_FOUND PROXY_KNOWN proxy: "));
    v1::ProxyRegistration domestic = registration(kHk, kMobile);
    domestic.set_cross_boundary(false);
    ASSERT_TRUE(put(domestic).ok());
    EXPECT_THAT(resolve(mainland_, kMobile).said(), StartsWith("NOT_FOUND PROXY_ENABLED proxy: "));
    EXPECT_TRUE(resolve(kOtherHk, kMobile, "", "", true).ok()) << "within the rail it can";
    EXPECT_THAT(resolve(mainland_, kMobile, "LW6").said(),
                StartsWith("NOT_FOUND PAYEE_AGENT_KNOWN payee_agent: "));
    ASSERT_TRUE(put(registration(kHk, kMobile)).ok());
    EXPECT_TRUE(resolve(mainland_, kMobile).ok());
    ASSERT_TRUE(take_out(kHk, kMobile).ok());
    EXPECT_THAT(resolve(mainland_, kMobile).said(), StartsWith("NOT_FOUND PROXY_KNOWN proxy: "));
    EXPECT_THAT(take_out(kHk, kMobile).said(), StartsWith("NOT_FOUND PROXY_REGISTERED proxy: "));
}

TEST_F(DirectoryTest, ARefusalNamesFieldAndRule) {
    EXPECT_THAT(put(registration("LW6", kMobile)).said(),
                StartsWith("NOT_FOUND PARTICIPANT_KNOWN registration.participant: "));
    EXPECT_THAT(put(registration("no", kMobile)).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD registration.participant: "));
    EXPECT_THAT(put(registration(kHk, "+852-12")).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD registration.proxy.value: "));
    v1::ProxyRegistration nameless = registration(kHk, kMobile);
    nameless.clear_display_name_en();
    EXPECT_THAT(put(nameless).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD registration.display_name_en: "));
    v1::ProxyRegistration nobody = registration(kHk, kMobile);
    nobody.clear_holder();
    EXPECT_THAT(put(nobody).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD registration.holder: "));
    EXPECT_THAT(resolve(mainland_, kMobile, "", "short").said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD person_token: "));
    EXPECT_THAT(resolve(invented_code(3), kMobile).said(),
                StartsWith("NOT_FOUND PARTICIPANT_KNOWN participant: "));
    EXPECT_EQ(list().response.held_total(), 0) << "nothing was registered";
}

TEST_F(DirectoryTest, RegistrationsAreListedInOrderAndOutliveTheSwitch) {
    for (const char* value : {kMobile, "tai.man@example.com", "1234567"})
        ASSERT_TRUE(put(registration(kHk, value)).ok());
    ASSERT_TRUE(put(registration(kOtherHk, kMobile)).ok());
    ASSERT_TRUE(put(registration(mainland_, kMainlandMobile)).ok());
    ASSERT_TRUE(put(registration(kHk, kMobile)).ok());  // Again: it is the newest now.
    EXPECT_THAT(banks_of(list().response), ElementsAre(kHk, kHk, kOtherHk, mainland_, kHk));
    const auto first = list(kHk, 2).response;
    EXPECT_THAT(banks_of(first), ElementsAre(kHk, kHk));
    const auto second = list(kHk, 2, first.next_page_token()).response;
    ASSERT_EQ(second.registrations_size(), 1);
    EXPECT_EQ(second.registrations(0).proxy().value(), kMobile);
    EXPECT_TRUE(second.next_page_token().empty());
    EXPECT_EQ(second.held_total(), 5);
    EXPECT_THAT(list(kHk, 1'001).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD page_size: "));
    EXPECT_THAT(list(kHk, 1, "x").said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD page_token: "));
    const std::string before = list().response.SerializeAsString();
    restart();
    EXPECT_EQ(list().response.SerializeAsString(), before);
}

TEST_F(DirectoryTest, SuspiciousProxiesAreWarnedOf) {
    ASSERT_TRUE(put(registration(kHk, kMobile)).ok());
    ASSERT_TRUE(warn(kMobile, true).ok());
    EXPECT_TRUE(resolve(mainland_, kMobile).response.suspicious());
    ASSERT_TRUE(warn("+852-9123-4567", false).ok()) << "the same number, typed otherwise";
    EXPECT_FALSE(resolve(mainland_, kMobile).response.suspicious());
}

TEST_F(DirectoryTest, LookUpsAreLimitedByPersonAndByBank) {
    ASSERT_TRUE(put(registration(kHk, kMobile)).ok());
    ASSERT_TRUE(set({parameter("lookups_per_person_per_minute", v1::RAIL_IBPS, 2)}).ok());
    EXPECT_TRUE(resolve(mainland_, kMobile, "", person('a')).ok());
    EXPECT_TRUE(resolve(other_mainland_, kMobile, "", person('a')).ok());
    EXPECT_THAT(resolve(mainland_, kMobile, "", person('a')).said(),
                StartsWith("RESOURCE_EXHAUSTED LOOKUPS_PER_PERSON person_token: "));
    EXPECT_TRUE(resolve(mainland_, kMobile, "", person('b')).ok());
    ASSERT_TRUE(set({parameter("lookups_per_bank_per_second", v1::RAIL_IBPS, 1)}).ok());
    std::string said = "OK";
    for (int i = 0; i < 1'000 && said == "OK"; ++i)  // Two fall into one second soon enough.
        said = resolve(mainland_, kMobile).said();
    EXPECT_THAT(said, StartsWith("RESOURCE_EXHAUSTED LOOKUPS_PER_BANK participant: "));
}

TEST_F(DirectoryTest, APaymentByProxyCarriesWhatTheLookUpGave) {
    ScriptedBank payer = bank(mainland_);
    ScriptedBank payee = bank(kHk);
    payer.connect();
    payee.connect();
    ASSERT_TRUE(put(registration(kHk, kMobile)).ok());
    const auto found = resolve(mainland_, kMobile);
    v1::CreditTransfer transfer = payer.transfer(kHk, person('a'));
    transfer.clear_payee_account();
    *transfer.mutable_payee_proxy() = found.response.payee_proxy();
    payer.pay(transfer);
    const v1::CreditTransfer asked = payee.take_request(transfer.uetr()).transfer();
    EXPECT_EQ(asked.payee_proxy().proxy().value(), kMobile);
    EXPECT_EQ(asked.payee_account(), "");
    // The registration changes: what was looked up before is not paid.
    ASSERT_TRUE(put(registration(kHk, kMobile)).ok());
    v1::CreditTransfer late = payer.transfer(kHk, person('a'));
    late.clear_payee_account();
    *late.mutable_payee_proxy() = found.response.payee_proxy();
    payer.pay(late);
    EXPECT_EQ(payer.take_outcome(late.uetr()), "BE23");
}

// Quotes.

class QuoteTest : public Services {
protected:
    v1::RequestQuoteRequest order() const {
        v1::RequestQuoteRequest request;
        request.set_participant(mainland_);
        request.set_payee_agent(kHk);
        request.set_payee_account("hospital");
        request.set_hkd_minor(100'000);
        return request;
    }
    Called<v1::RequestQuoteResponse> ask(const v1::RequestQuoteRequest& request) {
        return call(*exchange_, &v1::ExchangeService::Stub::RequestQuote, request);
    }
    /// Asks while the test goes on.
    std::future<Called<v1::RequestQuoteResponse>> ask_meanwhile() {
        return std::async(std::launch::async, [this] { return ask(order()); });
    }
};

TEST_F(QuoteTest, TheQuestionReachesThePayeesBankAndItsAnswerTheAsker) {
    ScriptedBank hospital_bank = bank(kHk);
    hospital_bank.connect();
    auto asked = ask_meanwhile();
    const v1::QuoteRequest question = hospital_bank.take_question();
    EXPECT_EQ(question.payer_agent(), mainland_);
    EXPECT_EQ(question.payee_account(), "hospital");
    EXPECT_EQ(question.hkd_minor(), 100'000);
    EXPECT_EQ(question.deadline_ms(), 5'000);
    v1::QuoteAnswer answer;
    answer.set_query_id(question.query_id());
    answer.mutable_exchange()->set_quote_id("7f1c5a52-6a43-4a30-9b8e-0d0f5b2f7c11");
    answer.mutable_exchange()->set_hkd_minor(100'000);
    answer.mutable_exchange()->set_rate_e8(92'500'000);
    answer.set_cny_minor(92'500);
    answer.set_expires_ms(start_ms_ + 60'000);
    hospital_bank.answer_question(answer);
    const auto quoted = asked.get();
    ASSERT_TRUE(quoted.ok()) << quoted.said();
    EXPECT_EQ(quoted.response.quote().SerializeAsString(), answer.SerializeAsString());
}

TEST_F(QuoteTest, ARefusalOfThePayeesBankIsAnAnswer) {
    ScriptedBank hospital_bank = bank(kHk);
    hospital_bank.connect();
    auto asked = ask_meanwhile();
    v1::QuoteAnswer answer;
    answer.set_query_id(hospital_bank.take_question().query_id());
    answer.set_reason_code("AC03");
    hospital_bank.answer_question(answer);
    const auto refused = asked.get();
    ASSERT_TRUE(refused.ok()) << refused.said();
    EXPECT_EQ(refused.response.quote().reason_code(), "AC03");
    EXPECT_FALSE(refused.response.quote().has_exchange());
}

TEST_F(QuoteTest, WhoCannotBeAskedIsNamed) {
    EXPECT_THAT(ask(order()).said(), StartsWith("UNAVAILABLE PAYEE_AGENT_ONLINE "));
    v1::RequestQuoteRequest request = order();
    request.set_payee_agent("LW6");
    EXPECT_THAT(ask(request).said(), StartsWith("NOT_FOUND PAYEE_AGENT_KNOWN payee_agent: "));
    request = order();
    request.set_participant(invented_code(3));
    EXPECT_THAT(ask(request).said(), StartsWith("NOT_FOUND PARTICIPANT_KNOWN participant: "));
    request = order();
    request.set_participant(kOtherHk);
    EXPECT_THAT(ask(request).said(), StartsWith("INVALID_ARGUMENT MALFORMED_FIELD participant: "));
    request = order();
    request.mutable_payee_proxy()->set_kind(v1::PROXY_KIND_MOBILE);
    request.mutable_payee_proxy()->set_value(kMobile);
    EXPECT_THAT(ask(request).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD payee_account: "));
    request = order();
    request.set_hkd_minor(0);
    EXPECT_THAT(ask(request).said(), StartsWith("INVALID_ARGUMENT MALFORMED_FIELD hkd_minor: "));
}

TEST_F(QuoteTest, SilenceAndTheEndOfTheSessionEndTheQuestion) {
    ScriptedBank hospital_bank = bank(kHk);
    hospital_bank.connect();
    auto asked = ask_meanwhile();
    static_cast<void>(hospital_bank.take_question());
    hospital_bank.disconnect();
    EXPECT_THAT(asked.get().said(), StartsWith("UNAVAILABLE PAYEE_AGENT_ONLINE "));
    hospital_bank.connect();
    ASSERT_TRUE(set({parameter("lookup_deadline_ms", v1::RAIL_FPS, 20)}).ok());
    EXPECT_THAT(ask(order()).said(), StartsWith("DEADLINE_EXCEEDED PAYEE_AGENT_ANSWERS_IN_TIME "));
}

TEST_F(QuoteTest, AStopOfTheSwitchEndsTheQuestion) {
    ScriptedBank hospital_bank = bank(kHk);
    hospital_bank.connect();
    ASSERT_TRUE(set({parameter("lookup_deadline_ms", v1::RAIL_FPS, 60'000)}).ok());
    auto asked = ask_meanwhile();
    static_cast<void>(hospital_bank.take_question());
    running_.switch_process().signal(SIGTERM);
    hospital_bank.wait_for_end();
    EXPECT_THAT(asked.get().said(), StartsWith("UNAVAILABLE "));
    EXPECT_EQ(running_.switch_process().wait(kPatience), 0) << "it stops in order";
}

TEST_F(QuoteTest, RateSheetsAreShown) {
    ScriptedBank hospital_bank = bank(kHk);
    hospital_bank.connect();
    v1::ParticipantMessage message;
    message.mutable_fx_rate_sheet()->set_bid_e8(91'000'000);
    message.mutable_fx_rate_sheet()->set_ask_e8(92'500'000);
    message.mutable_fx_rate_sheet()->set_valid_until_ms(start_ms_ + 60'000);
    hospital_bank.send(message);
    hospital_bank.wait_acknowledged();
    const auto sheets =
        call(*exchange_, &v1::ExchangeService::Stub::ListRateSheets, v1::ListRateSheetsRequest());
    ASSERT_EQ(sheets.response.sheets_size(), 1);
    EXPECT_EQ(sheets.response.sheets(0).participant(), kHk);
    EXPECT_EQ(sheets.response.sheets(0).sheet().ask_e8(), 92'500'000);
    EXPECT_GE(sheets.response.sheets(0).booking_time_ms(), start_ms_);
}

}  // namespace
}  // namespace lowu::test
