// A bank made again from its log: after every step of a random history the replayed bank is the
// live one, and a step that wrote nothing has changed nothing. What the configuration must hold.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bank_sim/journal/bank_set.hpp"
#include "common/base/prng.hpp"
#include "lowu/banklog/v1/banklog.pb.h"
#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

class Recorded final : public InputSink {
public:
    void take(const banklog::v1::Record& record) override {
        records.push_back(record.SerializeAsString());
        ++of_kind[record.input_case()];
    }
    std::vector<std::string> records;
    std::map<int, int> of_kind;
};

std::vector<Bank::Options> cast(std::uint32_t keys = 2) {
    return {{scheme::Rail::kFps, "012", "Bank A", "甲銀行", 0, 0, token_keys(keys)},
            {scheme::Rail::kFps, "015", "Bank C", "丙銀行", 0, 0, token_keys(keys)},
            {scheme::Rail::kIbps, "102100099996", "Bank B", "乙银行", 0, 0, token_keys(keys)}};
}

Result<void> replay(BankSet& banks, const std::string& bytes) {
    banklog::v1::Record record;
    EXPECT_TRUE(record.ParseFromString(bytes));
    return banks.replay(record);
}

v1::Proxy mobile(int number) {
    v1::Proxy proxy;
    proxy.set_kind(v1::PROXY_KIND_MOBILE);
    proxy.set_value("+86-1380000000" + std::to_string(number));
    return proxy;
}

// Three banks of one process, customers who order whatever comes to their mind, and a rail.
class History {
public:
    explicit History(std::uint64_t seed) : prng_(seed) {
        EXPECT_TRUE(live_->start(1'000, prng_.next_u64(), &log_).ok());
        for (Bank* bank : live_->banks()) {
            const bool hk = bank->rail() == scheme::Rail::kFps;
            open(*bank, hk ? "012-875-10001" : "6222000000000001", v1::CURRENCY_CNY);
            if (hk) open(*bank, "012-875-20001", v1::CURRENCY_HKD);
            EXPECT_FALSE(bank->open_traffic_accounts(3));
            bank->set_enquire_after(2_s);
        }
        check("the beginning");
        join();
    }

    void step() {
        const auto& [name, act] = acts_[prng_.below(acts_.size())];
        act();
        check(name);
        now_ = now_ + Duration::from_us(prng_.between(0, 200'000));
        for (Bank* bank : live_->banks()) {
            if (bank->next_at() > now_) continue;
            bank->on_time(now_);
            check("time");
        }
        if (prng_.chance(2, 3)) talk();
    }

    // The process dies, and what it has written makes it again.
    void restart() {
        auto again = std::make_unique<BankSet>(cast());
        for (const std::string& bytes : log_.records)
            ASSERT_TRUE(replay(*again, bytes).ok());
        EXPECT_EQ(again->digest(), live_->digest());
        live_ = std::move(again);
        ASSERT_TRUE(live_->start(1, prng_.next_u64(), &log_).ok());
        check("a restart");
        join();
    }

    void settle() {
        rail_.silent = false;
        for (int round = 0; round < 400; ++round) {
            now_ = now_ + 10_ms;
            talk();
            for (Bank* bank : live_->banks())
                if (bank->next_at() <= now_) bank->on_time(now_);
        }
        check("the end");
    }

    [[nodiscard]] const Recorded& log() const { return log_; }
    [[nodiscard]] BankSet& live() { return *live_; }

private:
    Bank& hk() { return *live_->find("012"); }
    Bank& mainland() { return *live_->find("102100099996"); }
    Bank& any() { return *live_->banks()[prng_.below(3)]; }

    void open(Bank& bank, const std::string& account, v1::Currency currency) {
        const auto opened = bank.open_account(account_request(account, currency, 10'000'000), now_);
        EXPECT_TRUE(std::holds_alternative<CustomerId>(opened));
    }

    void join() {
        for (Bank* bank : live_->banks()) {
            rail_.add(*bank);
            rail_.greet(*bank, now_);
        }
        check("greetings");
        talk();
    }

    void talk() {
        rail_.exchange(now_);
        for (Bank* bank : live_->banks()) {
            bank->finals().clear();
            bank->enquiry_answers().clear();
            static_cast<void>(bank->take_greet_anew());
        }
        check("frames");
    }

    // Takes up what was written since, one record after the other.
    void check(const std::string& what) {
        const bool wrote = replayed_ < log_.records.size();
        for (; replayed_ < log_.records.size(); ++replayed_) {
            const auto taken = replay(shadow_, log_.records[replayed_]);
            ASSERT_TRUE(taken.ok()) << what << ": " << taken.error().what;
        }
        const Hash128 digest = live_->digest();
        ASSERT_EQ(digest, shadow_.digest()) << what << ", record " << replayed_;
        ASSERT_TRUE(wrote || digest == last_) << what << " has changed something unwritten";
        last_ = digest;
    }

    v1::SendRemittanceRequest order_of(Bank& bank) {
        const bool from_hk = bank.rail() == scheme::Rail::kFps;
        v1::SendRemittanceRequest request;
        request.set_bank(bank.code());
        request.set_payer_account(from_hk ? "012-875-10001" : "6222000000000001");
        request.set_payee_agent(from_hk ? "102100099996" : "012");
        request.set_payee_account(from_hk ? "6222000000000001" : "012-875-10001");
        request.set_payee_name(prng_.chance(1, 5) ? "Somebody Else" : "Chan Siu Ming");
        request.set_amount_minor(prng_.between(1, prng_.chance(1, 20) ? 99'000'000 : 5'000));
        request.set_currency(v1::CURRENCY_CNY);
        if (prng_.chance(1, 4)) request.set_payee_account("nobody");
        return request;
    }

    void pay() {
        Bank& bank = any();
        v1::SendRemittanceRequest request = order_of(bank);
        if (prng_.chance(1, 6)) request.set_uetr(kUetr);  // known, or the same with other content
        if (prng_.chance(1, 8)) request.set_payer_account("nobody");
        if (prng_.chance(1, 8)) {
            request.set_payer_account("012-875-20001");
            request.set_payee_agent("015");
            request.set_payee_account("012-875-20001");
            request.set_currency(v1::CURRENCY_HKD);
        }
        const auto sent = bank.send(request, now_);
        if (const auto* remittance = std::get_if<const OutgoingRemittance*>(&sent))
            known_.push_back(scheme::format_uetr((*remittance)->uetr));
    }

    void pay_by_proxy() {
        v1::SendRemittanceRequest request = order_of(hk());
        request.clear_payee_account();
        *request.mutable_payee_proxy() = mobile(static_cast<int>(prng_.below(3)));
        const auto lookup = hk().lookup_for(request, now_);
        const auto* asked = std::get_if<std::optional<v1::ResolveProxyRequest>>(&lookup);
        if (asked == nullptr || !*asked) return;
        if (prng_.chance(1, 4)) {
            static_cast<void>(hk().refuse_unresolved(request, now_, "nobody answers to it"));
            return;
        }
        v1::ResolveProxyResponse found;
        *found.mutable_payee_proxy()->mutable_proxy() = request.payee_proxy();
        found.mutable_payee_proxy()->set_reference(prng_.below(4) + 1);
        found.set_payee_agent("102100099996");
        found.set_display_name_en("C*** S** M***");
        hk().resolved(**asked, found);
        request.set_proxy_reference(found.payee_proxy().reference());
        static_cast<void>(hk().send(request, now_));
    }

    void pay_from_hkd() {
        v1::QuoteOrder order;
        order.set_payer_account(prng_.chance(1, 5) ? "012-875-10001" : "012-875-20001");
        order.set_amount_minor(prng_.between(0, 3'000));
        order.set_currency(prng_.chance(1, 2) ? v1::CURRENCY_HKD : v1::CURRENCY_CNY);
        const auto quoted = hk().quote(order, now_);
        const auto* step = std::get_if<ExchangeDesk::Step>(&quoted);
        if (step == nullptr) return;
        v1::SendRemittanceRequest request = order_of(hk());
        request.set_payer_account("012-875-20001");
        request.clear_amount_minor();
        request.set_currency(v1::CURRENCY_UNSPECIFIED);
        request.set_quote_id(std::get<v1::QuoteOffer>(*step).exchange().quote_id());
        static_cast<void>(hk().send(request, now_));
        if (prng_.chance(1, 3)) static_cast<void>(hk().send(request, now_));
    }

    // A bill in HKD: the question goes to the other bank as a frame's quote request.
    void pay_bill() {
        v1::QuoteOrder order;
        order.set_payer_account("6222000000000001");
        order.set_payee_agent("012");
        order.set_payee_account(prng_.chance(1, 4) ? "nobody" : "012-875-20001");
        order.set_amount_minor(prng_.between(1, 3'000));
        order.set_currency(v1::CURRENCY_HKD);
        const auto quoted = mainland().quote(order, now_);
        if (!std::holds_alternative<ExchangeDesk::Step>(quoted) || !hk().session().open()) return;
        v1::SwitchFrame frame;
        v1::QuoteRequest& asked = *frame.add_quote_requests();
        asked.set_query_id(7);
        asked.set_payee_account(order.payee_account());
        asked.set_hkd_minor(order.amount_minor());
        frame.set_acknowledged(rail_.side(hk()).received);
        frame.set_credit(rail_.side(hk()).received + 1'000);
        rail_.quote_answers.clear();
        ASSERT_TRUE(hk().receive(frame, now_).ok());
        check("a quote request");
        talk();
        if (rail_.quote_answers.empty()) return;
        const auto taken = mainland().take_offer(order, rail_.quote_answers.front(), now_);
        const auto* offer = std::get_if<v1::QuoteOffer>(&taken);
        if (offer == nullptr) return;
        v1::SendRemittanceRequest request = order_of(mainland());
        request.set_payee_account("012-875-20001");
        request.clear_amount_minor();
        request.set_currency(v1::CURRENCY_UNSPECIFIED);
        request.set_quote_id(offer->exchange().quote_id());
        static_cast<void>(mainland().send(request, now_));
    }

    void send_back() {
        if (known_.empty()) return;
        v1::ReturnPaymentRequest request;
        request.set_original_uetr(known_[prng_.below(known_.size())]);
        if (prng_.chance(1, 2)) request.set_amount_minor(prng_.between(1, 3'000));
        if (prng_.chance(1, 6)) request.set_reason_code("FOCR");
        static_cast<void>(any().return_payment(request, now_));
        rail_.refuse_returns = prng_.chance(1, 3);
    }

    void misbehave() {
        v1::Behavior behavior;
        if (prng_.chance(2, 3)) {
            behavior.set_late_permille(100);
            behavior.set_duplicate_permille(200);
            behavior.set_contradict_permille(200);
            behavior.set_wrong_permille(200);
            behavior.set_refuse_permille(100);
            behavior.set_wrong_amount_permille(200);
            behavior.set_bad_message_permille(100);
            behavior.set_silent_permille(100);
            behavior.set_clock_skew_ms(prng_.between(-5, 5));
            behavior.mutable_latency()->set_p50_us(20'000);
            behavior.mutable_latency()->set_p99_us(300'000);
        }
        any().set_behavior(behavior, prng_.chance(1, 2) ? 0 : prng_.next_u64());
    }

    void change_rates() {
        v1::SetRatesRequest rates;
        rates.set_bid_e8(prng_.between(-1, 92'000'000));
        rates.set_ask_e8(92'000'000);
        rates.set_quote_validity_ms(prng_.between(0, 2'000));
        static_cast<void>(any().set_rates(rates, now_));
    }

    void change_proxy() {
        v1::RegisterAccountProxyRequest request;
        request.set_bank("102100099996");
        request.set_account(prng_.chance(1, 5) ? "nobody" : "6222000000000001");
        *request.mutable_proxy() = mobile(static_cast<int>(prng_.below(3)));
        if (prng_.chance(1, 4)) {
            if (mainland().want_proxy(request)) ADD_FAILURE() << "a proxy like others";
            return;
        }
        if (prng_.chance(1, 3)) {
            v1::RemoveAccountProxyRequest removal;
            *removal.mutable_proxy() = request.proxy();
            if (!std::holds_alternative<CallError>(mainland().remove_proxy(removal)))
                mainland().removed(request.proxy());
            return;
        }
        auto asked = mainland().register_proxy(request);
        if (std::holds_alternative<CallError>(asked)) return;
        v1::ProxyRegistration held = std::get<v1::RegisterProxyRequest>(asked).registration();
        held.set_reference(prng_.below(4) + 1);
        mainland().registered(request, held);
    }

    void announce() {
        v1::SwitchMessage message;
        v1::SystemEvent& event = *message.mutable_system_event();
        const std::int64_t scheme_now = any().session().known_scheme_time(now_).value;
        event.set_effective_time_ms(scheme_now + prng_.between(0, 5'000));
        event.set_kind(prng_.chance(1, 2)   ? v1::SYSTEM_EVENT_KIND_TIME_ADVANCED
                       : prng_.chance(1, 2) ? v1::SYSTEM_EVENT_KIND_TOKEN_KEY
                                            : v1::SYSTEM_EVENT_KIND_MISSED);
        event.mutable_parameter()->set_value(2);
        rail_.side(any()).waiting.push_back(message);
    }

    void reconnect() {
        Bank& bank = any();
        bank.session().disconnect();
        check("a lost connection");
        rail_.greet(bank, now_);
    }

    void open_another() {
        const std::string number = "more-" + std::to_string(prng_.below(4));
        static_cast<void>(any().open_account(account_request(number, v1::CURRENCY_CNY, 100), now_));
    }

    void leave_or_ask() {
        v1::SetBankAvailabilityRequest away;
        away.set_expected_back_ms(prng_.between(-1, 5));
        static_cast<void>(any().set_availability(away));
        static_cast<void>(
            any().enquire(kUetr, prng_.chance(1, 2) ? v1::SIDE_PAYER : v1::SIDE_UNSPECIFIED));
        rail_.silent = prng_.chance(1, 4);
        rail_.enquiry_status =
            prng_.chance(1, 2) ? v1::PAYMENT_STATUS_ACSP : v1::PAYMENT_STATUS_RJCT;
    }

    void order_traffic() {
        Bank& bank = any();
        const bool from_hk = bank.rail() == scheme::Rail::kFps;
        for (int count = 0; count < 3; ++count) {
            static_cast<void>(bank.send_traffic(
                {bank.traffic_accounts()[prng_.below(3)], from_hk ? "102100099996" : "012",
                 static_cast<std::uint32_t>(prng_.below(4)),
                 money::AmountMinor{prng_.between(1, 1'000)}, now_},
                now_));
        }
    }

    Prng prng_;
    Recorded log_;
    std::size_t replayed_ = 0;
    Hash128 last_;
    std::unique_ptr<BankSet> live_ = std::make_unique<BankSet>(cast());
    BankSet shadow_{cast()};
    SmallRail rail_;
    ElapsedTime now_{1'000'000};
    std::vector<std::string> known_{kUetr};
    const std::vector<std::pair<const char*, std::function<void()>>> acts_ = {
        {"a payment", [this] { pay(); }},
        {"a payment", [this] { pay(); }},
        {"a payment by proxy", [this] { pay_by_proxy(); }},
        {"a payment out of HKD", [this] { pay_from_hkd(); }},
        {"a bill", [this] { pay_bill(); }},
        {"a return", [this] { send_back(); }},
        {"behaviour", [this] { misbehave(); }},
        {"rates", [this] { change_rates(); }},
        {"a proxy", [this] { change_proxy(); }},
        {"an announcement", [this] { announce(); }},
        {"a reconnect", [this] { reconnect(); }},
        {"an account", [this] { open_another(); }},
        {"absence", [this] { leave_or_ask(); }},
        {"traffic", [this] { order_traffic(); }},
    };
};

class RandomHistory : public ::testing::TestWithParam<int> {};

TEST_P(RandomHistory, EveryPrefixReplaysToTheSameBanks) {
    History history(static_cast<std::uint64_t>(GetParam()));
    for (int step = 1; step <= 400 && !::testing::Test::HasFatalFailure(); ++step) {
        history.step();
        if (step % 97 == 0) history.restart();
    }
    ASSERT_FALSE(::testing::Test::HasFailure());
    history.settle();
}

TEST(LongHistory, HasInputsOfEveryKind) {
    History history(99);
    for (int step = 0; step < 1'500 && !::testing::Test::HasFatalFailure(); ++step)
        history.step();
    for (const int kind : {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 22}) {
        EXPECT_GT(history.log().of_kind.count(kind), 0U) << "field " << kind << " of Record";
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomHistory, ::testing::Range(1, 9));

// --- the configuration against the log

class SetOfBanks : public ::testing::Test {
protected:
    void begin(std::vector<Bank::Options> options = cast()) {
        BankSet banks(std::move(options));
        ASSERT_TRUE(banks.start(1'000, 7, &log_).ok());
    }

    // What replaying and starting says.
    std::string again(std::vector<Bank::Options> options) {
        BankSet banks(std::move(options));
        for (const std::string& bytes : log_.records) {
            if (auto taken = replay(banks, bytes); !taken.ok()) {
                EXPECT_EQ(taken.error().kind, Error::Kind::kInvalid);
                return taken.error().what;
            }
        }
        incarnation_before_ = banks.incarnation();
        Recorded more;
        auto started = banks.start(1, 8, &more);
        incarnation_ = banks.incarnation();
        return started.ok() ? "" : started.error().what;
    }

    Recorded log_;
    std::uint64_t incarnation_before_ = 0;
    std::uint64_t incarnation_ = 0;
};

TEST_F(SetOfBanks, TheIncarnationGrowsWhateverTheClockSays) {
    begin();
    EXPECT_EQ(again(cast()), "");
    EXPECT_EQ(incarnation_before_, 1'000U);
    EXPECT_EQ(incarnation_, 1'001U);
}

TEST_F(SetOfBanks, ABankThatTheFileLacksIsNamed) {
    begin();
    auto other = cast();
    other.back().code = "103100000026";
    EXPECT_THAT(again(other), ::testing::HasSubstr("lacks bank 102100099996 of RAIL_IBPS"));
}

TEST_F(SetOfBanks, ABankThatTheLogLacksIsNamed) {
    auto fewer = cast();
    fewer.pop_back();
    begin(fewer);
    EXPECT_THAT(again(cast()), ::testing::HasSubstr("has bank 102100099996 of RAIL_IBPS"));
}

TEST_F(SetOfBanks, KeysMustBeTheLogsAndMayBeMore) {
    begin(cast(1));
    EXPECT_EQ(again(cast(2)), "");
    log_.records.clear();
    begin(cast(2));
    EXPECT_THAT(again(cast(1)), ::testing::HasSubstr("lacks token_keys of RAIL_FPS, version 2"));
    auto other = cast(2);
    TokenKeys keys;
    scheme::TokenKey key{};
    key.front() = 9;
    ASSERT_TRUE(keys.add(1, key));
    ASSERT_TRUE(keys.add(2, key));
    other[2].token_keys = keys;
    EXPECT_THAT(again(other),
                ::testing::HasSubstr("another key in token_keys of RAIL_IBPS, version 1"));
}

TEST_F(SetOfBanks, ARecordThatCannotBeIsNamed) {
    begin();
    BankSet banks(cast());
    for (const std::string& bytes : log_.records)
        ASSERT_TRUE(replay(banks, bytes).ok());
    banklog::v1::Record record;
    record.set_bank(9);
    record.mutable_due();
    EXPECT_EQ(banks.replay(record).error().kind, Error::Kind::kCorrupt);
    record.set_bank(0);
    record.mutable_received()->set_acknowledged(5);
    EXPECT_THAT(banks.replay(record).error().what, ::testing::HasSubstr("bank 012: "));
    record.set_set_rates("\xFF");
    EXPECT_EQ(banks.replay(record).error().kind, Error::Kind::kCorrupt);
    record.clear_input();
    EXPECT_EQ(banks.replay(record).error().kind, Error::Kind::kCorrupt);
    record.mutable_traffic_order()->set_amount_minor(0);
    EXPECT_THAT(banks.replay(record).error().what, ::testing::HasSubstr("of no amount"));
    record.set_open_traffic_accounts(kMaxTrafficAccounts + 1);
    EXPECT_THAT(banks.replay(record).error().what, ::testing::HasSubstr("accounts for traffic"));
}

TEST_F(SetOfBanks, AnAccountIsFoundAgainOrTheDifferenceNamed) {
    BankSet banks(cast());
    ASSERT_TRUE(banks.start(1, 1, nullptr).ok());
    Bank& bank = *banks.find("012");
    auto request = account_request("A-1", v1::CURRENCY_CNY, 500);
    const auto first = bank.open_or_find(request, {});
    request.set_opening_balance_minor(900);
    const auto second = bank.open_or_find(request, {});
    ASSERT_TRUE(std::holds_alternative<CustomerId>(second));
    EXPECT_EQ(std::get<CustomerId>(first), std::get<CustomerId>(second));
    EXPECT_EQ(bank.books().customer(std::get<CustomerId>(second)).balance.value, 500);
    request.mutable_account()->set_name_zh("王");
    const auto third = bank.open_or_find(request, {});
    ASSERT_TRUE(std::holds_alternative<CallError>(third));
    EXPECT_EQ(std::get<CallError>(third).field, "account.name_zh");
}

}  // namespace
}  // namespace lowu::bank
