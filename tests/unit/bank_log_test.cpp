// What waits until it is durable, and a bank process that dies at every step of its payments' way:
// nothing is said too early, nothing is credited twice, nothing is lost.
#include <memory>
#include <string>
#include <vector>

#include "bank_sim/journal/bank_set.hpp"
#include "bank_sim/journal/journal.hpp"
#include "bank_sim/journal/log_writer.hpp"
#include "common/log/memory_file.hpp"
#include "common/log/segment_log.hpp"
#include "lowu/banklog/v1/banklog.pb.h"
#include "tests/support/fake_log.hpp"
#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

std::vector<Bank::Options> cast() {
    return {{scheme::Rail::kFps, "012", "Bank A", "甲銀行", 0, 0, token_keys()},
            {scheme::Rail::kIbps, "102100099996", "Bank B", "乙银行", 0, 0, token_keys()}};
}

// One process: what main() and Host do around the banks, step by step.
class BankProcess {
public:
    explicit BankProcess(log::BatchLog& log) : log_(log), writer_(log) {
        const auto replayed = replay_log(log, banks_, [](auto, auto) { return true; });
        EXPECT_TRUE(replayed.ok()) << (replayed.ok() ? "" : replayed.error().what);
        journal_ = std::make_unique<Journal>(log.head().next_sequence);
        EXPECT_TRUE(banks_.start(1, 77, &journal_->sink()).ok());
        for (Bank* bank : banks_.banks()) {
            const bool hk = bank->rail() == scheme::Rail::kFps;
            const auto opened =
                bank->open_or_find(account_request(hk ? "012-875-10001" : "6222000000000001",
                                                   v1::CURRENCY_CNY, 100'000),
                                   banks_.last());
            EXPECT_TRUE(std::holds_alternative<CustomerId>(opened));
        }
        EXPECT_TRUE(writer_.acquire().ok());
        EXPECT_TRUE(writer_.append_all(journal_->builder()).ok());
        journal_->hold_back(banks_.banks());
    }

    Bank& hk() { return *banks_.find("012"); }
    Bank& mainland() { return *banks_.find("102100099996"); }
    BankSet& banks() { return banks_; }
    Journal& journal() { return *journal_; }

    void seal() { journal_->seal(batch_); }
    log::AppendOutcome append() { return writer_.append(batch_); }
    void flush() {
        while (journal_->has_batch()) {
            seal();
            ASSERT_EQ(append(), log::AppendOutcome::kOk);
            journal_->durable();
        }
    }

private:
    log::BatchLog& log_;
    BankSet banks_{cast()};
    LogWriter writer_;
    std::unique_ptr<Journal> journal_;
    SealedBatch batch_;
};

v1::SendRemittanceRequest order(bool northbound, const std::string& uetr) {
    v1::SendRemittanceRequest request;
    request.set_bank(northbound ? "012" : "102100099996");
    request.set_payer_account(northbound ? "012-875-10001" : "6222000000000001");
    request.set_payee_agent(northbound ? "102100099996" : "012");
    request.set_payee_account(northbound ? "6222000000000001" : "012-875-10001");
    request.set_payee_name("Chan Siu Ming");
    request.set_amount_minor(northbound ? 1'000 : 300);
    request.set_currency(v1::CURRENCY_CNY);
    request.set_uetr(uetr);
    return request;
}

class HeldBack : public ::testing::Test {
protected:
    void SetUp() override {
        for (Bank* bank : process_.banks().banks()) {
            rail_.add(*bank);
            rail_.greet(*bank, now_);
        }
        process_.flush();
        talk();
        process_.flush();
    }

    void talk() {
        for (int round = 0; round < 30; ++round) {
            now_ = now_ + kFrameGap;
            rail_.exchange(now_);
        }
    }

    test::FakeLog log_;
    BankProcess process_{log_};
    SmallRail rail_;
    ElapsedTime now_{1'000'000};
};

TEST_F(HeldBack, APaymentIsSentWhenItsDebitIsDurable) {
    ASSERT_FALSE(std::holds_alternative<CallError>(process_.hk().send(order(true, kUetr), now_)));
    bool answered = false;
    process_.journal().when_durable([&answered] { answered = true; });
    talk();
    EXPECT_EQ(rail_.transfers, 0);
    process_.seal();
    EXPECT_EQ(process_.append(), log::AppendOutcome::kOk);
    talk();
    EXPECT_EQ(rail_.transfers, 0) << "written, and nobody has been told";
    EXPECT_FALSE(answered);
    process_.journal().durable();
    EXPECT_TRUE(answered);
    talk();
    EXPECT_EQ(rail_.transfers, 1);
}

TEST_F(HeldBack, WhatIsGatheredWhileABatchIsUnderWayWaitsForItsOwn) {
    ASSERT_FALSE(std::holds_alternative<CallError>(process_.hk().send(order(true, kUetr), now_)));
    process_.seal();
    EXPECT_EQ(process_.append(), log::AppendOutcome::kOk);
    std::string said;
    process_.journal().when_durable([&said] { said += "first "; });
    ASSERT_FALSE(
        std::holds_alternative<CallError>(process_.hk().send(order(true, kOtherUetr), now_)));
    process_.journal().when_durable([&said] { said += "second "; });
    process_.journal().durable();
    EXPECT_EQ(said, "first ");
    talk();
    EXPECT_EQ(rail_.transfers, 1);
    process_.flush();
    EXPECT_EQ(said, "first second ");
    EXPECT_TRUE(process_.journal().quiet());
    process_.journal().when_durable([&said] { said += "at once"; });
    EXPECT_EQ(said, "first second at once");
}

TEST_F(HeldBack, AnAnswerAnAcknowledgementAndAReportWaitForTheirCause) {
    ASSERT_FALSE(std::holds_alternative<CallError>(process_.hk().send(order(true, kUetr), now_)));
    process_.flush();
    talk();  // the request is with the payee's bank
    EXPECT_EQ(process_.mainland().deeds().promises, 1U);
    EXPECT_TRUE(rail_.side(process_.hk()).waiting.empty()) << "no answer has come";
    const std::uint64_t acknowledged = process_.mainland().session().taken(0).acknowledged;
    process_.flush();
    talk();  // accepted; settled is with both banks
    EXPECT_EQ(process_.mainland().credited(), 1);
    EXPECT_EQ(rail_.reports, 0);
    process_.flush();
    talk();
    EXPECT_EQ(rail_.reports, 1);
    EXPECT_GT(process_.mainland().session().taken(0).acknowledged, acknowledged);
}

TEST_F(HeldBack, AHelloSpeaksOfWhatIsDurableOnly) {
    ASSERT_FALSE(std::holds_alternative<CallError>(process_.hk().send(order(true, kUetr), now_)));
    process_.flush();
    talk();
    process_.mainland().session().disconnect();
    rail_.greet(process_.mainland(), now_);
    EXPECT_EQ(rail_.last_hello().last_received(), 0U) << "the request is not durable here";
    process_.flush();
    talk();
    EXPECT_EQ(process_.mainland().deeds().promises, 1U) << "told again, promised once";
    process_.flush();
    process_.mainland().session().disconnect();
    rail_.greet(process_.mainland(), now_);
    EXPECT_EQ(rail_.last_hello().last_received(), 2U) << "the request, and settled";
}

TEST_F(HeldBack, AnUnknownOutcomeReleasesNothing) {
    ASSERT_FALSE(std::holds_alternative<CallError>(process_.hk().send(order(true, kUetr), now_)));
    bool answered = false;
    process_.journal().when_durable([&answered] { answered = true; });
    log_.script({log::AppendOutcome::kUnknown, true});
    process_.seal();
    EXPECT_EQ(process_.append(), log::AppendOutcome::kUnknown);
    talk();
    EXPECT_FALSE(answered);
    EXPECT_EQ(rail_.transfers, 0);
}

TEST_F(HeldBack, MoreThanABatchIsGivenOutInOrderAndReleasedAtTheEnd) {
    Bank& hk = process_.hk();
    v1::SendRemittanceRequest request = order(true, "");
    request.set_amount_minor(1);
    request.set_remittance_information(std::string(140, 'x'));
    for (int count = 0; !process_.journal().full() && count < 20'000; ++count)
        ASSERT_FALSE(std::holds_alternative<CallError>(hk.send(request, now_)));
    ASSERT_FALSE(std::holds_alternative<CallError>(hk.send(request, now_)));
    ASSERT_TRUE(process_.journal().full());
    bool answered = false;
    process_.journal().when_durable([&answered] { answered = true; });
    process_.seal();
    EXPECT_EQ(process_.append(), log::AppendOutcome::kOk);
    process_.journal().durable();
    EXPECT_FALSE(answered) << "the first of two";
    EXPECT_FALSE(process_.journal().full());
    process_.flush();
    EXPECT_TRUE(answered);
    EXPECT_GE(log_.batches().size(), 2U);
}

// --- dying

// Where in a round the process dies: what is taken up is gathered, written, durable, let out.
enum class Death { kGathered, kSealed, kStored, kDurable };

// Two customers pay each other until both payments are final, over a process that dies once.
class Life {
public:
    // `deaths`: where to die, in which round. kStored: the batch is there, its outcome unknown.
    Life(Death death, int round) : death_(death), death_round_(round) { begin(); }

    // The number of rounds it took.
    int run() {
        int round = 1;
        for (; round < 60 && !over(); ++round) {
            for (Side& side : sides_)
                ask(side);
            for (int turn = 0; turn < 3; ++turn) {
                now_ = now_ + kFrameGap;
                rail_.exchange(now_);
            }
            if (round == death_round_ && die()) continue;
            process_->flush();
        }
        return round;
    }

    void judge() {
        for (const Side& side : sides_)
            EXPECT_EQ(side.status, v1::PAYMENT_STATUS_ACSC) << side.uetr;
        EXPECT_EQ(balance(process_->hk(), "012-875-10001"), 100'000 - 1'000 + 300);
        EXPECT_EQ(balance(process_->mainland(), "6222000000000001"), 100'000 + 1'000 - 300);
        EXPECT_EQ(process_->hk().credited(), 1);
        EXPECT_EQ(process_->mainland().credited(), 1);
        EXPECT_EQ(rail_.transfers, 2) << "no instruction twice: numbers tell";
        EXPECT_EQ(rail_.reports, 2);
        for (Bank* bank : process_->banks().banks()) {
            EXPECT_EQ(bank->deeds().debits, 1U);
            EXPECT_EQ(bank->deeds().promises, 1U);
            EXPECT_EQ(bank->anomalies(), Anomalies{});
        }
    }

    [[nodiscard]] bool died() const { return died_; }

private:
    struct Side {
        bool northbound;
        std::string uetr;
        bool answered = false;
        v1::PaymentStatus status = v1::PAYMENT_STATUS_UNSPECIFIED;
    };

    static std::int64_t balance(const Bank& bank, const std::string& account) {
        return bank.books().customer(*bank.books().find(account)).balance.value;
    }

    void begin() {
        process_ = std::make_unique<BankProcess>(log_);
        for (Bank* bank : process_->banks().banks()) {
            rail_.add(*bank);
            rail_.greet(*bank, now_);
        }
        process_->flush();
    }

    // A customer asks until he is answered, then looks.
    void ask(Side& side) {
        Bank& bank = side.northbound ? process_->hk() : process_->mainland();
        if (!side.answered) {
            const auto sent = bank.send(order(side.northbound, side.uetr), now_);
            ASSERT_FALSE(std::holds_alternative<CallError>(sent));
            process_->journal().when_durable([&side] { side.answered = true; });
            return;
        }
        const auto remittance = bank.remittance(side.uetr);
        ASSERT_TRUE(remittance.has_value()) << "an answered payment is known";
        const auto status = remittance->status();
        process_->journal().when_durable([&side, status] { side.status = status; });
    }

    bool over() const {
        return rail_.reports == 2 && sides_[0].status == v1::PAYMENT_STATUS_ACSC &&
               sides_[1].status == v1::PAYMENT_STATUS_ACSC;
    }

    // False when nothing was gathered: there is nothing to die between but what was said.
    bool die() {
        if (!process_->journal().has_batch() && death_ != Death::kGathered) return false;
        died_ = true;
        if (death_ != Death::kGathered) process_->seal();
        if (death_ == Death::kStored) {
            log_.script({log::AppendOutcome::kUnknown, true});
            EXPECT_EQ(process_->append(), log::AppendOutcome::kUnknown);
        } else if (death_ == Death::kDurable) {
            EXPECT_EQ(process_->append(), log::AppendOutcome::kOk);
            process_->journal().durable();
        }
        process_.reset();
        log_.restart();
        begin();
        return true;
    }

    const Death death_;
    const int death_round_;
    bool died_ = false;
    test::FakeLog log_;
    std::unique_ptr<BankProcess> process_;
    SmallRail rail_;
    ElapsedTime now_{1'000'000};
    Side sides_[2] = {{true, kUetr}, {false, kOtherUetr}};
};

TEST(BankProcessDies, AtEveryStepNothingIsLostAndNothingDoubled) {
    Life quiet(Death::kGathered, 0);
    const int rounds = quiet.run();
    quiet.judge();
    int deaths = 0;
    for (const Death death : {Death::kGathered, Death::kSealed, Death::kStored, Death::kDurable}) {
        for (int round = 1; round < rounds; ++round) {
            SCOPED_TRACE("death " + std::to_string(static_cast<int>(death)) + ", round " +
                         std::to_string(round));
            Life life(death, round);
            life.run();
            life.judge();
            deaths += life.died() ? 1 : 0;
        }
    }
    EXPECT_GE(deaths, 13) << "debits, promises and credits, each four ways, and reports";
}

// The longest bytes that gRPC gives a bank, behind a batch that is not quite full: every kind of
// record that holds what came from outside.
TEST(BankBatch, TheLargestRecordStillGoesIntoABatchThatIsNearlyFull) {
    const std::string call(kMaxCallBytes, 'c');
    const std::string answer(kMaxSwitchAnswerBytes, 'a');
    banklog::v1::Record offer;
    offer.set_elapsed_us(INT64_MAX);
    offer.mutable_take_offer()->set_order(call);
    offer.mutable_take_offer()->set_answer(answer);
    banklog::v1::Record resolved;
    resolved.mutable_resolved()->set_proxy(call);
    resolved.mutable_resolved()->set_found(answer);
    banklog::v1::Record frame;
    frame.mutable_received()->set_frame(std::string(kMaxReceivedFrameBytes, 'f'));
    for (const auto& largest : {offer, resolved, frame}) {
        BatchBuilder builder(1);
        banklog::v1::Record before;
        before.set_quote(std::string(kFullBatchBytes - 100, 'b'));
        builder.take(before);
        ASSERT_FALSE(builder.full());
        builder.take(largest);
        SealedBatch batch;
        ASSERT_TRUE(builder.seal(batch)) << "one batch";
        EXPECT_EQ(batch.count, 2U);
        log::MemoryDirectory disk;
        auto log = log::SegmentLog::open(disk, log_options());
        ASSERT_TRUE(log.ok()) << log.error().what;
        LogWriter writer(**log);
        ASSERT_TRUE(writer.acquire().ok());
        ASSERT_TRUE(writer.has_room(batch));
        EXPECT_EQ(writer.append(batch), log::AppendOutcome::kOk);
    }
}

// --- on a disk

TEST(BankLogOnDisk, PowerIsLostAndWhatWasSaidIsThere) {
    Prng prng(5);
    log::MemoryDirectory disk;
    log::LogOptions options = log_options();
    options.segment_bytes = log::segment_min_bytes(kMaxBatchBytes);
    Hash128 before{};
    for (int life = 0; life < 5; ++life) {
        auto log = log::SegmentLog::open(disk, options);
        ASSERT_TRUE(log.ok()) << log.error().what;
        BankProcess process(**log);
        SmallRail rail;
        for (Bank* bank : process.banks().banks()) {
            rail.side(*bank).received = 0;
            rail.add(*bank);
        }
        if (life > 0) {
            EXPECT_TRUE(process.hk().remittance(kUetr).has_value());
            EXPECT_NE(process.banks().digest(), before) << "started anew";
        } else {
            rail.greet(process.hk(), ElapsedTime{5});
            ASSERT_FALSE(std::holds_alternative<CallError>(
                process.hk().send(order(true, kUetr), ElapsedTime{6})));
        }
        process.flush();
        before = process.banks().digest();
        // Taken up, and never durable.
        static_cast<void>(process.hk().open_account(
            account_request("lost-" + std::to_string(life), v1::CURRENCY_CNY, 1), ElapsedTime{7}));
        EXPECT_NE(process.banks().digest(), before);
        disk.crash(prng);
    }
    auto log = log::SegmentLog::open(disk, options);
    ASSERT_TRUE(log.ok());
    BankProcess process(**log);
    EXPECT_FALSE(process.hk().books().find("lost-0").has_value());
    EXPECT_EQ(process.hk().books().customers().size(), 1U);
}

}  // namespace
}  // namespace lowu::bank
