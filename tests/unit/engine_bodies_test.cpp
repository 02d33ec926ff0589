// What messages carry, kept in memory, read back from the log, or not to be read at all.
#include <gmock/gmock.h>

#include "tests/unit/engine_fixture.hpp"

namespace lowu::engine {
namespace {

using testing::ElementsAre;

class BodiesTest : public EngineTest {
protected:
    /// So many bodies later the first ones are no longer in memory.
    void push_bodies_out() {
        BankEnd other = connect(kOtherFpsBank);
        other.credit = ~std::uint64_t{0};
        constexpr std::uint32_t kFrame = 64;
        for (std::uint32_t made = 0; made <= core::kMaxCachedBodies; made += kFrame) {
            outlet_->messages.clear();
            say(other, std::vector<Input>(kFrame, reject("r")));
            process_->sync();
            other.received = participant(kOtherFpsBank).outbox.next() - 1;
        }
        outlet_->messages.clear();
        outlet_->frames.clear();
    }
};

TEST_F(BodiesTest, ABankWhoseMessageCannotBeReadBackIsToldAndNobodyElseNotices) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    engine().on_closed(payee.session);
    process_->sync();
    payee.session = greet({code(kIbpsBank), 1, 0, 1});  // Grants nothing yet.
    say_durably(payer, {transfer(1, kIbpsBank)});
    push_bodies_out();
    process_->bodies.set_broken(true);
    payee.credit = 1'000;
    say(payee, {});
    process_->sync();
    ASSERT_EQ(outlet_->closed.size(), 1U);
    EXPECT_EQ(last_close().session, payee.session);
    EXPECT_EQ(last_close().reason, CloseReason::kUnreadable);
    EXPECT_THAT(last_close().text, testing::HasSubstr("000012.sst"));
    EXPECT_FALSE(participant(kIbpsBank).online) << "as after any end of a session";
    say_durably(payer, {transfer(2, kIbpsBank)});
    EXPECT_EQ(outlet_->closed.size(), 1U);

    process_->bodies.set_broken(false);
    payee.session = greet({code(kIbpsBank), 1, 0, 1});
    say(payee, {});
    EXPECT_FALSE(outlet_->kinds(payee.session).empty()) << "nothing was lost";
}

TEST_F(BodiesTest, ComeFromTheCacheOrAreReadBackFromTheLog) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    engine().on_closed(payee.session);
    process_->sync();
    payee.session = greet({code(kIbpsBank), 1, 0, 1});  // Grants nothing yet.
    constexpr std::uint64_t kPayments = core::kMaxLoadedBodies + 20;
    for (std::uint64_t number = 1; number <= kPayments; ++number)
        say_durably(payer, {transfer(number, kIbpsBank)});
    EXPECT_TRUE(outlet_->kinds(payee.session).empty());
    push_bodies_out();
    EXPECT_EQ(process_->bodies.loads(), 0U);
    payee.credit = 1'000;
    say(payee, {});
    ASSERT_EQ(outlet_->frames.size(), 2U) << "a connection that is free takes the next at once";
    EXPECT_EQ(outlet_->frames[0].messages, core::kMaxLoadedBodies)
        << "one bank that was away holds up nobody for long";
    EXPECT_EQ(process_->bodies.loads(), kPayments);
    ASSERT_EQ(outlet_->messages.size(), kPayments);
    for (std::uint64_t i = 0; i < kPayments; ++i) {
        const Sent& request = outlet_->messages[i];
        ASSERT_EQ(request.session, payee.session);
        ASSERT_TRUE(request.body.has_value());
        EXPECT_EQ(request.body->payer_account, body(i + 1).payer_account);
        EXPECT_EQ(request.body->payee_account, body(i + 1).payee_account);
        EXPECT_EQ(request.body->carried, body(i + 1).carried);
        EXPECT_EQ(request.body->creation_time, body(i + 1).creation_time);
    }
}

/// Whose beginning goes between the question where it begins and the reading.
class DroppingLog final : public log::BatchLog {
public:
    Result<std::uint64_t> acquire() override { return std::uint64_t{1}; }
    [[nodiscard]] log::LogId id() const override { return {}; }
    [[nodiscard]] log::LogHead head() const override { return {}; }
    [[nodiscard]] log::AppendOutcome append(std::uint64_t, std::uint64_t, std::uint32_t,
                                            const Hash128&, log::BatchBuffer&) override {
        return log::AppendOutcome::kFenced;
    }
    [[nodiscard]] const std::optional<Error>& failure() const override { return failure_; }
    Result<void> ensure_space(std::uint64_t) override { return {}; }
    [[nodiscard]] bool low_on_space() const override { return false; }
    Result<std::unique_ptr<log::BatchReader>> read(std::uint64_t) override {
        return Error{read_fails_with, "the oldest is 100"};
    }
    [[nodiscard]] std::uint64_t first_sequence() const override { return 1; }
    Result<void> remove_before(std::uint64_t) override { return {}; }

    Error::Kind read_fails_with = Error::Kind::kNotFound;

private:
    std::optional<Error> failure_;
};

TEST(LogBodies, WhatTheLogHasJustDroppedIsReadInTheArchive) {
    DroppingLog log;
    int asked = 0;
    LogBodies bodies(log, [&](core::Sequence sequence) -> Result<log::BatchView> {
        ++asked;
        EXPECT_EQ(sequence, core::Sequence{7});
        return Error{Error::Kind::kUnavailable, "the archive was asked"};
    });
    EXPECT_EQ(bodies.load(core::Sequence{7}).error().what, "the archive was asked");
    log.read_fails_with = Error::Kind::kIo;
    EXPECT_EQ(bodies.load(core::Sequence{7}).error().kind, Error::Kind::kIo);
    EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace lowu::engine
