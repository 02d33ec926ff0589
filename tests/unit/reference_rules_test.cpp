// The reference ledger: quotas, limits, exchange, services, domestic payments, proxies, tokens.
#include "tests/unit/reference_bench.hpp"

namespace lowu::reference {
namespace {

class ReferenceRules : public ReferenceTest {
protected:
    /// An HKD payment: the bank has exchanged HKD at 0.92.
    Texts pay_hkd(std::uint64_t number, Amount hkd, const BankCode& bank = kHk) {
        CreditTransfer one = bench.transfer(number, bank, kMainland, (hkd * 92 + 50) / 100);
        one.exchange = {hkd, 92'000'000, 1};
        return bench.say(one);
    }
};

TEST_F(ReferenceRules, NorthboundHkd10000ADayAtEachBank) {
    EXPECT_EQ(pay_hkd(1, 999'999), Texts{"link transfer 1"});
    EXPECT_EQ(pay_hkd(2, 2), Texts{"001 rejected 2 person_day_limit"});
    EXPECT_EQ(pay_hkd(3, 1), Texts{"link transfer 3"}) << "HKD 10,000.00 exactly";
    EXPECT_EQ(pay_hkd(4, 1), Texts{"001 rejected 4 person_day_limit"});
    EXPECT_EQ(pay_hkd(5, 1'000'000, kOtherHk), Texts{"link transfer 5"}) << "another institution";
    bench.set(Rail::kFps, Parameter::kDayAcrossInstitutions, kNorthP2p, 1);
    EXPECT_EQ(pay_hkd(6, 1, kOtherHk), Texts{"002 rejected 6 person_day_limit"});
    bench.set(Rail::kFps, Parameter::kDayAcrossInstitutions, kNorthP2p, 0);
    bench.at("2025-06-23 00:00");
    EXPECT_EQ(pay_hkd(7, 1'000'000), Texts{"link transfer 7"}) << "the next Hong Kong day";
}

TEST_F(ReferenceRules, NorthboundHkd200000AYear) {
    bench.set(Rail::kFps, Parameter::kPersonDayLimit, kNorthP2p, 0);
    EXPECT_EQ(pay_hkd(1, 19'999'999), Texts{"link transfer 1"});
    EXPECT_EQ(pay_hkd(2, 2), Texts{"001 rejected 2 person_year_limit"});
    bench.apply(Rail::kFps, SetPriorUse{{{1, 1}, {}}, 2025, 1});
    EXPECT_EQ(pay_hkd(3, 1), Texts{"001 rejected 3 person_year_limit"}) << "prior use counts";
    bench.at("2026-01-01 00:00");
    bench.apply(Rail::kFps, SetReferenceRate{{bench.today(), 92'000'000, 720'000'000}});
    EXPECT_EQ(pay_hkd(4, 20'000'000), Texts{"link transfer 4"});
    bench.apply(Rail::kFps, SetPriorUse{{{1, 1}, {}}, 2025, 1});
    EXPECT_EQ(bench.answer.outcome, ResultCode::kPriorUseYear);
}

TEST_F(ReferenceRules, RmbCountsRoundedUpAtTheReferenceRate) {
    // CNY 9,200.01 at 0.92 are more than HKD 10,000.
    EXPECT_EQ(bench.pay(1, kHk, kMainland, 920'001), Texts{"001 rejected 1 person_day_limit"});
    EXPECT_EQ(bench.pay(2, kHk, kMainland, 920'000), Texts{"link transfer 2"});
    EXPECT_EQ(bench.payment(Rail::kFps, 2).hold->day_amount, 1'000'000);
    bench.at("2025-07-03 00:00");  // Eleven days after the rate's own.
    EXPECT_EQ(bench.pay(3, kHk, kMainland), Texts{"001 rejected 3 reference_rate_known"});
    EXPECT_EQ(pay_hkd(4, 100), Texts{"link transfer 4"}) << "HKD needs no rate";
}

TEST_F(ReferenceRules, SouthboundLimits) {
    EXPECT_EQ(bench.pay(1, kMainland, kHk, 1'000'001),
              Texts{kMainland + " rejected 1 amount_within_bank_limit"});
    for (std::uint64_t number = 2; number <= 6; ++number)
        EXPECT_EQ(bench.pay(number, kMainland, kHk, 1'000'000).size(), 1U);
    EXPECT_EQ(bench.pay(7, kMainland, kHk, 1), Texts{kMainland + " rejected 7 person_day_limit"});
    EXPECT_EQ(bench.pay(8, kOtherMainland, kHk, 1'000'000), Texts{"link transfer 8"})
        << "the day's limit is the bank's";
    // USD 50,000 a year over all banks: CNY 10,000.00 count USD 1,388.89 each time, rounded up.
    bench.apply(Rail::kIbps, SetPriorUse{{{1, 2}, {}}, 2025, 4'027'777});
    EXPECT_EQ(bench.pay(9, kOtherMainland, kHk, 1'000'000), Texts{"link transfer 9"});
    EXPECT_EQ(bench.pay(10, kOtherMainland, kHk, 1),
              Texts{kOtherMainland + " rejected 10 person_year_limit"})
        << "seven times 138,889 cents and what was used elsewhere are 5,000,000";
}

TEST_F(ReferenceRules, QuotaComesBackOnTheDayItWasTakenFrom) {
    bench.at("2025-06-22 23:59:59.999");
    pay_hkd(1, 1'000'000);
    bench.deliver_all();
    bench.at("2025-06-23 00:00");
    bench.say(CreditTransferAnswer{kMainland, 0, uetr(1), ResultCode::kPayeeAccountClosed});
    bench.deliver_all();
    EXPECT_EQ(pay_hkd(2, 1'000'000), Texts{"link transfer 2"});
    EXPECT_EQ(pay_hkd(3, 1), Texts{"001 rejected 3 person_day_limit"})
        << "what came back to yesterday helps nobody today";
    const Quotas& quotas = bench.rail(Rail::kFps).quotas;
    EXPECT_EQ(quotas.by_year.at({0, BankCode(), 2025}).reserved, 1'000'000);
}

TEST_F(ReferenceRules, ExchangeIsRoundedHalfUp) {
    CreditTransfer one = bench.transfer(1, kHk, kMainland, 46);
    one.exchange = {50, 91'000'000, 1};  // 45.5 fen
    EXPECT_EQ(bench.say(one), Texts{"link transfer 1"});
    one.uetr = uetr(2);
    one.amount = 45;
    EXPECT_EQ(bench.say(one), Texts{"001 rejected 2 exchange_arithmetic"});
}

TEST_F(ReferenceRules, OwnDayLimitNarrowsNorthboundAndReplacesSouthbound) {
    bench.set(Rail::kFps, Parameter::kPersonDayLimit, kNorthP2p, 2'000'000, kHk);
    EXPECT_EQ(pay_hkd(1, 1'000'001), Texts{"001 rejected 1 person_day_limit"});
    bench.set(Rail::kFps, Parameter::kPersonDayLimit, kNorthP2p, 50, kHk);
    EXPECT_EQ(pay_hkd(2, 51), Texts{"001 rejected 2 person_day_limit"});
    bench.set(Rail::kIbps, Parameter::kBankPaymentLimit, kSouthP2p, 2'000'000, kMainland);
    EXPECT_EQ(bench.pay(3, kMainland, kHk, 2'000'000), Texts{"link transfer 3"});
    bench.set(Rail::kIbps, Parameter::kBankPaymentLimit, kSouthP2p, kNoOwnValue, kMainland);
    EXPECT_EQ(bench.pay(4, kMainland, kHk, 1'000'001),
              Texts{kMainland + " rejected 4 amount_within_bank_limit"});
}

TEST_F(ReferenceRules, WhoMayPayWhatFor) {
    const auto with = [&](std::uint64_t number, const auto& change) {
        CreditTransfer one = bench.transfer(number, kHk, kMainland);
        change(one);
        return bench.say(one).at(0);
    };
    const auto company = scheme::PartyKind::kCompany;
    EXPECT_EQ(with(1, [&](CreditTransfer& one) { one.payer.kind = company; }),
              "001 rejected 1 payer_kind");
    EXPECT_EQ(with(2,
                   [&](CreditTransfer& one) {
                       one.service = Service::kBusinessToPerson;
                       one.purpose = Purpose::kSalary;
                       one.payer = {company, scheme::DocumentType::kNone, 0, {}};
                       one.amount = 9'000'000;
                   }),
              "link transfer 2")
        << "institutions are under no quota";
    EXPECT_EQ(with(3, [&](CreditTransfer& one) { one.purpose = Purpose::kTuition; }),
              "001 rejected 3 purpose_offered");
    EXPECT_EQ(with(4,
                   [&](CreditTransfer& one) {
                       one.service = Service::kFeeCollection;
                       one.purpose = Purpose::kTuition;
                       one.amount = 9'000'000;
                   }),
              "link transfer 4")
        << "nor are fees";
    EXPECT_EQ(
        with(5,
             [](CreditTransfer& one) { one.payer.document = scheme::DocumentType::kMainlandId; }),
        "001 rejected 5 payer_document");
    EXPECT_EQ(with(6, [](CreditTransfer& one) { one.payer.token_version = 2; }),
              "001 rejected 6 token_version");
    // Many faults, one reason: the first in order.
    EXPECT_EQ(with(7,
                   [&](CreditTransfer& one) {
                       one.payer = {company, scheme::DocumentType::kNone, 9, {}};
                       one.purpose = Purpose::kOther;
                       one.amount = 900'000'000;
                   }),
              "001 rejected 7 purpose_offered");
}

TEST_F(ReferenceRules, DomesticStaysOnItsRail) {
    CreditTransfer one = bench.transfer(1, kHk, kOtherHk, 300);
    one.currency = Currency::kHkd;
    one.payer = {scheme::PartyKind::kCompany, scheme::DocumentType::kNone, 0, {}};
    bench.apply(Rail::kFps, LinkState{false});
    EXPECT_EQ(bench.say(one), Texts{"002 request 1"});
    EXPECT_EQ(bench.reserved(Rail::kFps, "001 HKD"), 300);
    EXPECT_EQ(bench.accept(1, kOtherHk), (Texts{"002 credit 1", "001 settled 1"}));
    EXPECT_EQ(bench.balance(Rail::kFps, "002 HKD"), 100'000'300);
    EXPECT_EQ(bench.pay(2, kHk, kOtherHk), Texts{"002 request 2"});
    bench.pass(10_s);
    EXPECT_EQ(bench.apply(Rail::kFps, Tick{}),
              (Texts{"002 void 2 payee_agent_answers_in_time",
                     "001 rejected 2 payee_agent_answers_in_time"}));
    bench.apply(Rail::kFps, SessionDown{kOtherHk});
    EXPECT_EQ(bench.pay(3, kHk, kOtherHk), Texts{"001 rejected 3 payee_agent_online"});
    EXPECT_EQ(bench.pay(4, kHk, "077"), Texts{"001 rejected 4 payee_agent_known"});
    EXPECT_TRUE(bench.on_the_way[0].empty());
}

TEST_F(ReferenceRules, ProxyMustBeAsThePayerWasShown) {
    const Hash128 proxy{7, 7};
    bench.apply(Rail::kFps, RegisterProxy{proxy, kHk, scheme::PartyKind::kPerson, false, true});
    EXPECT_EQ(bench.answer.outcome_detail, 1U) << "the first is the default receiver";
    const std::uint64_t reference = bench.now.sequence;
    bench.apply(Rail::kFps,
                RegisterProxy{proxy, kOtherHk, scheme::PartyKind::kPerson, false, false});
    EXPECT_EQ(bench.answer.outcome_detail, 0U);
    const std::uint64_t other_reference = bench.now.sequence;
    const auto pay = [&](std::uint64_t number, const BankCode& bank, std::uint64_t shown) {
        CreditTransfer one = bench.transfer(number, kMainland, bank);
        one.payee_proxy = {proxy, shown};
        bench.say(one);
        return bench.deliver(Rail::kIbps).at(0);
    };
    EXPECT_EQ(pay(1, kHk, reference), "001 request 1");
    EXPECT_EQ(pay(2, kHk, reference + 1), "link refused 2 proxy_unchanged");
    EXPECT_EQ(pay(3, kOtherHk, other_reference), "link refused 3 proxy_enabled");
    bench.apply(Rail::kFps, RemoveProxy{proxy, kHk});
    EXPECT_EQ(pay(4, kHk, reference), "link refused 4 proxy_known");
    EXPECT_TRUE(bench.rail(Rail::kFps).directory.registrations.at(proxy).at(0).default_receiver)
        << "the oldest other one takes over";
    bench.apply(Rail::kFps, RemoveProxy{proxy, kHk});
    EXPECT_EQ(bench.answer.outcome, ResultCode::kProxyNotRegistered);
    bench.deliver_all();
}

TEST_F(ReferenceRules, NewTokenKeyCountsTheSamePerson) {
    pay_hkd(1, 600'000);
    CreditTransfer on_its_way = bench.transfer(2, kHk, kMainland, 92);
    bench.pass(1_s);
    EXPECT_EQ(bench.set(Rail::kFps, Parameter::kTokenVersion, kWholeRail, 2),
              (Texts{"001 event", "002 event"}));
    EXPECT_EQ(bench.answer.said.at(0).event->kind, AnnouncementKind::kTokenKey);
    EXPECT_EQ(bench.say(on_its_way), Texts{"link transfer 2"}) << "made before the change";
    EXPECT_EQ(bench.pay(3, kHk, kMainland), Texts{"001 rejected 3 token_version"});
    CreditTransfer renewed = bench.transfer(4, kHk, kMainland, 368'000);  // HKD 4,000
    renewed.payer.token_version = 2;
    renewed.payer.tokens = {{5, 5}, {1, 1}};
    EXPECT_EQ(bench.say(renewed), Texts{"001 rejected 4 person_day_limit"}) << "HKD 1 too many";
    renewed.uetr = uetr(5);
    renewed.amount = 367'908;
    EXPECT_EQ(bench.say(renewed), Texts{"link transfer 5"});
    EXPECT_EQ(bench.rail(Rail::kFps).quotas.persons.size(), 1U);
}

TEST_F(ReferenceRules, FullRegisterRefuses) {
    OpenRail small;
    small.quota_records_max = 3;
    Bench full(small);
    EXPECT_EQ(full.pay(1, kHk, kMainland), Texts{"link transfer 1"});
    EXPECT_EQ(full.pay(2, kOtherHk, kMainland), Texts{"link transfer 2"});
    CreditTransfer another = full.transfer(3, kHk, kMainland);
    another.payer.tokens.current = {9, 9};
    EXPECT_EQ(full.say(another), Texts{"001 rejected 3 quota_register_has_room"});
    full.expect_order();
}

}  // namespace
}  // namespace lowu::reference
