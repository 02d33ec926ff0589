// A follower with an archive in a folder of its own, over the bench: for the tests of what it tells
// of long ago. One thread.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/follower_bench.hpp"

namespace lowu::follower {

/// A view in words, for comparing; where it is told from is left out.
inline std::string words_of(const PaymentView& view) {
    std::string words = scheme::format_uetr(view.uetr) + " " +
                        std::string(scheme::to_string(view.origin)) + " " +
                        scheme::format_agent_code(view.payer_agent) + " " +
                        scheme::format_agent_code(view.payee_agent);
    for (const std::int64_t number :
         {view.amount.value, view.returned.value, view.quota.day.value, view.quota.year.value,
          view.acceptance_time.value, view.duration_us,
          static_cast<std::int64_t>(view.sequence.value),
          static_cast<std::int64_t>(view.corridor.index), static_cast<std::int64_t>(view.purpose),
          static_cast<std::int64_t>(view.currency), static_cast<std::int64_t>(view.result),
          static_cast<std::int64_t>(view.return_reason)})
        words += " " + std::to_string(number);
    words += " " + std::string(core::to_string(view.origin_state)) + " " +
             std::string(core::to_string(view.destination_state));
    if (view.original) words += " of " + scheme::format_uetr(*view.original);
    if (view.credited) words += " credited";
    return words;
}

class FollowerArchiveTest : public testing::Test {
protected:
    FollowerArchiveTest() {
        std::string name = testing::TempDir() + "lowu_follower_XXXXXX";
        folder_ = ::mkdtemp(name.data());
        open_archive(folder_ + "/archive");
        follower_ = std::make_unique<Follower>(1'000, archive_.get());
    }
    ~FollowerArchiveTest() override {
        follower_.reset();
        archive_.reset();
        std::filesystem::remove_all(folder_);
    }
    void open_archive(const std::string& directory) {
        archive_.reset();
        const ArchiveOptions small{std::size_t{1} << 20U, std::size_t{256} << 10U,
                                   std::size_t{1} << 20U};
        auto opened = Archive::open(directory, FollowerBench::kLogId, small);
        ASSERT_TRUE(opened.ok()) << opened.error().what;
        archive_ = std::move(opened).value();
    }
    void follow() { bench_.follow(*follower_); }

    /// Days with 200 payments each: northbound, southbound and domestic, settled and refused,
    /// credited, sent back; a few stay pending over the day's end.
    void some_days(int days) {
        for (int day = 0; day < days; ++day) {
            for (int i = 0; i < 40; ++i)
                some_payments();
            bench_.next_day();
        }
    }
    void some_payments() {
        using enum core::ResultCode;
        const auto next = [this] { return ++number_; };
        bench_.pass(7_s);
        bench_.pay(next());
        bench_.send_south(next(), 200);
        bench_.answer(Rail::kFps, FollowerBench::kFirst, number_);
        bench_.pass(1_s);
        bench_.report(Rail::kFps, FollowerBench::kFirst, number_);
        bench_.send(next(), 300);
        bench_.pass(2_s);
        bench_.answer(Rail::kIbps, FollowerBench::kFirst, number_,
                      number_ % 2 == 0 ? kAccepted : kPayeeAccountUnknown);
        bench_.send_domestic(next(), 400);
        bench_.answer(Rail::kFps, FollowerBench::kSecond, number_);
        bench_.report(Rail::kFps, FollowerBench::kSecond, number_);
        const std::uint64_t original = number_ - 3;
        bench_.send_back(Rail::kIbps, FollowerBench::kFirst, next(), original, 30);
    }

    PaymentView view(std::uint64_t number) {
        const auto found = follower_->find(FollowerBench::uetr(number));
        EXPECT_TRUE(found.ok() && found->has_value()) << number;
        return found.ok() ? found->value_or(PaymentView{}) : PaymentView{};
    }
    /// Of all payments so far, by number.
    std::map<std::uint64_t, PaymentView> views() {
        std::map<std::uint64_t, PaymentView> found;
        for (std::uint64_t number = 1; number <= number_; ++number)
            found[number] = view(number);
        return found;
    }
    /// What a list should be: every payment looked up, filtered and sorted here.
    std::vector<std::string> model_list(const PaymentFilter& filter) {
        std::map<Sequence, std::string, std::greater<>> listed;
        for (const auto& [number, one] : views()) {
            if (fits(filter, one)) listed[one.sequence] = words_of(one);
        }
        std::vector<std::string> lines;
        for (const auto& [sequence, words] : listed)
            lines.push_back(words);
        return lines;
    }
    static bool fits(const PaymentFilter& filter, const PaymentView& one) {
        using Status = PaymentFilter::Status;
        const bool rejected = one.origin_state == core::PaymentState::kRejected;
        const bool settled = one.origin_state == core::PaymentState::kSettled;
        if (filter.status == Status::kRejected && !rejected) return false;
        if (filter.status == Status::kSettled && !settled) return false;
        if (filter.status == Status::kPending && (settled || rejected)) return false;
        if (filter.domestic && !one.corridor.domestic()) return false;
        if (filter.direction &&
            (one.corridor.domestic() || one.corridor.direction() != *filter.direction)) {
            return false;
        }
        if (filter.service && one.corridor.service() != *filter.service) return false;
        if (!filter.reason.empty() &&
            (!rejected || core::row_of(one.result).iso_code != filter.reason)) {
            return false;
        }
        if (filter.accepted_from && one.acceptance_time < *filter.accepted_from) return false;
        if (filter.accepted_before && one.acceptance_time >= *filter.accepted_before) return false;
        return !filter.participant || one.payer_agent == *filter.participant ||
               one.payee_agent == *filter.participant;
    }
    /// All pages together.
    std::vector<std::string> list(const PaymentFilter& filter, std::size_t page_size) {
        std::vector<std::string> lines;
        std::optional<Sequence> before;
        do {
            const auto page = follower_->list(filter, page_size, before);
            EXPECT_TRUE(page.ok());
            if (!page.ok()) break;
            EXPECT_LE(page->payments.size(), page_size);
            for (const PaymentView& one : page->payments)
                lines.push_back(words_of(one));
            before = page->before;
        } while (before);
        return lines;
    }
    std::size_t count_listed(std::uint64_t number) {
        const std::string uetr = scheme::format_uetr(FollowerBench::uetr(number));
        std::size_t count = 0;
        for (const std::string& line : list({}, 1'000))
            count += line.starts_with(uetr) ? 1U : 0U;
        return count;
    }
    std::vector<std::string> timeline(std::uint64_t number) {
        std::vector<std::string> lines;
        const auto told = follower_->timeline(FollowerBench::uetr(number));
        EXPECT_TRUE(told.ok());
        if (!told.ok() || !*told) return lines;
        for (const TimelineEvent& event : (*told)->events)
            lines.push_back(std::string(scheme::to_string(event.rail)) + " " + text_of(event));
        return lines;
    }
    /// The payment's number as text.
    static std::string number_of(const core::Uetr& uetr) {
        return std::to_string(uetr.low & 0xffff'ffffU);
    }
    /// As the engine does before a command that needs a payment.
    void recollect(std::uint64_t number) {
        const auto found = archive_->find(FollowerBench::uetr(number));
        ASSERT_TRUE(found.ok());
        for (const auto& leg : found->legs) {
            if (leg) bench_.apply(leg->rail, recollect_command(*leg));
        }
    }

    std::string folder_;
    std::unique_ptr<Archive> archive_;
    FollowerBench bench_;
    std::unique_ptr<Follower> follower_;
    std::uint64_t number_ = 0;
};

}  // namespace lowu::follower
