// The log's thread of a bank process: what it gives back, and a disk that is full for a while.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

#include "bank_sim/client/log_thread.hpp"
#include "bank_sim/journal/journal.hpp"
#include "lowu/banklog/v1/banklog.pb.h"
#include "tests/support/fake_log.hpp"

namespace lowu::bank {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

// A FakeLog that the test's thread may fill up while the log's thread uses it.
class SharedLog final : public log::BatchLog {
public:
    void set_full(bool full) {
        const std::lock_guard lock(mutex_);
        log_.set_full(full);
    }
    void script(test::FakeLog::Answer answer) {
        const std::lock_guard lock(mutex_);
        log_.script(answer);
    }
    [[nodiscard]] std::size_t stored() {
        const std::lock_guard lock(mutex_);
        return log_.batches().size();
    }

    Result<std::uint64_t> acquire() override {
        const std::lock_guard lock(mutex_);
        return log_.acquire();
    }
    [[nodiscard]] log::LogId id() const override { return log_.id(); }
    [[nodiscard]] log::LogHead head() const override { return log_.head(); }
    [[nodiscard]] log::AppendOutcome append(std::uint64_t epoch, std::uint64_t first_sequence,
                                            std::uint32_t count, const Hash128& previous_hash,
                                            log::BatchBuffer& batch) override {
        const std::lock_guard lock(mutex_);
        return log_.append(epoch, first_sequence, count, previous_hash, batch);
    }
    [[nodiscard]] const std::optional<Error>& failure() const override { return log_.failure(); }
    Result<void> ensure_space(std::uint64_t payload_bytes) override {
        const std::lock_guard lock(mutex_);
        return log_.ensure_space(payload_bytes);
    }
    [[nodiscard]] bool low_on_space() const override {
        const std::lock_guard lock(mutex_);
        return log_.low_on_space();
    }
    Result<std::unique_ptr<log::BatchReader>> read(std::uint64_t from_sequence) override {
        return log_.read(from_sequence);
    }
    [[nodiscard]] std::uint64_t first_sequence() const override { return 1; }
    Result<void> remove_before(std::uint64_t /*sequence*/) override { return {}; }

private:
    mutable std::mutex mutex_;
    test::FakeLog log_;
};

class LogOnItsThread : public ::testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(writer_.acquire().ok());
        thread_.start();
    }

    void submit() {
        banklog::v1::Record record;
        record.mutable_due();
        journal_.sink().take(record);
        SealedBatch batch;
        journal_.seal(batch);
        thread_.submit(batch);
    }

    // Waits for wake-ups until it holds.
    [[nodiscard]] bool until(const std::function<bool()>& holds) {
        std::unique_lock lock(mutex_);
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        while (!holds()) {
            if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) return holds();
        }
        return true;
    }

    [[nodiscard]] std::optional<log::AppendOutcome> outcome() {
        std::optional<log::AppendOutcome> taken;
        SealedBatch batch;
        static_cast<void>(until([&] { return (taken = thread_.take_back(batch)).has_value(); }));
        return taken;
    }

    SharedLog log_;
    LogWriter writer_{log_};
    Journal journal_{1};
    std::mutex mutex_;
    std::condition_variable changed_;
    LogThread thread_{writer_, log_, [this] {
                          const std::lock_guard lock(mutex_);
                          changed_.notify_all();
                      }};
};

TEST_F(LogOnItsThread, GivesBackWhatIsDurable) {
    for (std::size_t count = 1; count <= 3; ++count) {
        submit();
        EXPECT_TRUE(thread_.busy());
        EXPECT_EQ(outcome(), log::AppendOutcome::kOk);
        EXPECT_FALSE(thread_.busy());
        EXPECT_EQ(log_.stored(), count);
        journal_.durable();
    }
}

TEST_F(LogOnItsThread, SaysWhatItDoesNotKnow) {
    log_.script({log::AppendOutcome::kUnknown, false});
    submit();
    EXPECT_EQ(outcome(), log::AppendOutcome::kUnknown);
    EXPECT_THAT(thread_.failure(), ::testing::HasSubstr("unknown outcome"));
}

TEST_F(LogOnItsThread, AFullDiskIsToldAndWaitedFor) {
    log_.set_full(true);
    submit();
    EXPECT_EQ(outcome(), log::AppendOutcome::kOk) << "there was room for this one";
    journal_.durable();
    ASSERT_TRUE(until([this] { return thread_.low_on_space(); }));
    submit();
    ASSERT_TRUE(until([this] { return thread_.stuck(); }));
    EXPECT_EQ(log_.stored(), 1U);
    log_.set_full(false);
    EXPECT_EQ(outcome(), log::AppendOutcome::kOk);
    EXPECT_EQ(log_.stored(), 2U);
    ASSERT_TRUE(until([this] { return !thread_.low_on_space() && !thread_.stuck(); }));
}

TEST_F(LogOnItsThread, WhatWaitsForRoomIsGivenUpAtTheEnd) {
    log_.set_full(true);
    submit();
    ASSERT_EQ(outcome(), log::AppendOutcome::kOk);
    journal_.durable();
    ASSERT_TRUE(until([this] { return thread_.low_on_space(); }));
    submit();
    ASSERT_TRUE(until([this] { return thread_.stuck(); }));
    thread_.stop();
    EXPECT_EQ(log_.stored(), 1U);
    EXPECT_TRUE(thread_.busy());
}

}  // namespace
}  // namespace lowu::bank
