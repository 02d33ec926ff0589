// A follower that reads the log of an engine next to it: for the follower's tests. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "switch/follower/follower.hpp"
#include "tests/unit/engine_fixture.hpp"

namespace lowu::follower {

using core::PaymentState;
using core::Rail;
using core::ResultCode;
using engine::answer;
using engine::BankEnd;
using engine::code;
using engine::kFpsBank;
using engine::kIbpsBank;
using engine::kOtherFpsBank;
using engine::kOtherIbpsBank;
using engine::report;
using engine::transfer;
using engine::uetr;

class FollowerTest : public engine::EngineTest {
protected:
    FollowerTest() { follower_ = std::make_unique<Follower>(1'000); }

    /// Takes up what has become durable since the last time.
    void follow() {
        if (!reader_) reader_ = std::move(log_->read(1)).value();
        while (true) {
            const auto batch = reader_->read_next(engine().durable().value);
            ASSERT_TRUE(batch.ok());
            if (!*batch) return;
            ASSERT_TRUE(follower_->take(**batch).ok());
        }
    }
    std::vector<std::string> timeline(std::uint64_t number) {
        std::vector<std::string> lines;
        const auto told = follower_->timeline(uetr(number));
        EXPECT_TRUE(told.ok());
        if (!*told) return lines;
        for (const TimelineEvent& event : (*told)->events) {
            lines.push_back(std::string(scheme::to_string(event.rail)) + " " + text_of(event));
        }
        return lines;
    }
    /// The payments' numbers on one page.
    std::vector<std::uint64_t> numbers(const Result<PaymentPage>& page) {
        std::vector<std::uint64_t> found;
        for (const PaymentView& one : page->payments) {
            for (std::uint64_t number = 1; number <= 100; ++number) {
                if (one.uetr == uetr(number)) found.push_back(number);
            }
        }
        return found;
    }
    PaymentView found(std::uint64_t number) {
        const auto view = follower_->find(uetr(number));
        EXPECT_TRUE(view.ok() && view->has_value());
        return view.ok() ? view->value_or(PaymentView{}) : PaymentView{};
    }

    std::unique_ptr<Follower> follower_;
    std::unique_ptr<log::BatchReader> reader_;
};

}  // namespace lowu::follower
