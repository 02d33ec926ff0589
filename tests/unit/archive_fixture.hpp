// Batches, entries and legs out of nothing but a seed, and a folder for an archive: for the
// archive's tests. One thread.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/prng.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/follower/archive.hpp"
#include "tests/support/crash_copy.hpp"

namespace lowu::follower {

inline constexpr log::LogId kLog{0x1234, 0x5678};

/// A settled leg; `number` decides everything that differs.
inline ArchivedLeg leg_of(std::uint64_t number, core::Rail rail, core::Leg which,
                          core::Sequence instruction, core::Sequence forgotten) {
    ArchivedLeg leg;
    leg.rail = rail;
    leg.index = core::PaymentIndex{static_cast<std::uint32_t>(number)};
    leg.forgotten = forgotten;
    core::Payment& payment = leg.leg.payment;
    payment.uetr = scheme::uetr_from_random(mix64(number), mix64(number, 1));
    payment.amount = core::AmountMinor{static_cast<std::int64_t>(number * 7 + 1)};
    payment.remote_agent = *scheme::parse_agent_code("999100000017");
    payment.local_agent = core::ParticipantIndex{static_cast<std::uint16_t>(number % 5)};
    payment.acceptance_time =
        scheme::kDefaultSchemeStart + Duration::from_ms(static_cast<std::int64_t>(number));
    payment.body_sequence = instruction;
    payment.service = core::Service::kP2pRemittance;
    payment.leg = which;
    payment.state = core::PaymentState::kSettled;
    if (which == core::Leg::kOrigin) {
        payment.creation_time = payment.acceptance_time;
        payment.payer_account_hash = mix64(number, 2);
        payment.payee_account_hash = mix64(number, 3);
        payment.carried_hash = mix64(number, 4);
        payment.payer_hash = mix64(number, 5);
        leg.leg.hold = core::QuotaHold{core::UseIndex{1},
                                       core::UseIndex{2},
                                       {20'261, 2025},
                                       {core::AmountMinor{100}, core::AmountMinor{200}}};
    }
    leg.times = {static_cast<std::int64_t>(number * 1'000), 0, 3, LegTimes::kNoMark,
                 LegTimes::kNoMark};
    return leg;
}

/// Two legs that say the same.
inline bool same(const ArchivedLeg& left, const ArchivedLeg& right) {
    std::string one;
    std::string other;
    pack_leg(left, one);
    pack_leg(right, other);
    return one == other && left.rail == right.rail && left.forgotten == right.forgotten;
}

/// A batch of the log without the log; payload and hashes follow from its first sequence number.
struct TestBatch {
    TestBatch(std::uint64_t first, std::uint32_t count, Hash128 previous, std::size_t bytes = 100) {
        for (std::size_t i = 0; payload.size() < bytes; ++i) {
            for (std::uint64_t word = mix64(first, i / 2); word != 0; word >>= 8U)
                payload.push_back(static_cast<char>(word));
        }
        view.epoch = 1;
        view.first_sequence = first;
        view.count = count;
        view.previous_hash = previous;
        view.payload = std::as_bytes(std::span(payload));
        view.hash = hash128(view.payload, first);
    }
    std::string payload;
    log::BatchView view;
};

class ArchiveTest : public testing::Test {
protected:
    ArchiveTest() {
        std::string name = testing::TempDir() + "lowu_archive_XXXXXX";
        folder_ = ::mkdtemp(name.data());
        open(folder_ + "/archive");
    }
    ~ArchiveTest() override {
        archive_.reset();
        std::filesystem::remove_all(folder_);
    }

    static ArchiveOptions small() {
        return {std::size_t{1} << 20U, std::size_t{256} << 10U, std::size_t{1} << 20U};
    }
    void open(const std::string& directory) {
        archive_.reset();
        auto opened = Archive::open(directory, kLog, small());
        ASSERT_TRUE(opened.ok()) << opened.error().what;
        archive_ = std::move(opened).value();
    }
    /// The process dies: what stands in files goes on, what was only in memory does not.
    void crash() {
        const std::string copy = folder_ + "/crashed-" + std::to_string(++crashes_);
        support::crash_copy(archive_->directory(), copy);
        open(copy);
    }
    /// The next batch, with what `rows_` has gathered.
    Result<void> append(std::uint32_t count = 10) {
        const TestBatch batch(next_, count, previous_);
        rows_.set_times({core::Sequence{next_}, time_of(next_), time_of(next_ + count - 1)});
        auto appended = archive_->append(batch.view, rows_);
        if (appended.ok()) {
            next_ += count;
            previous_ = batch.view.hash;
        }
        return appended;
    }
    /// A hundred milliseconds a command.
    static SchemeTime time_of(std::uint64_t sequence) {
        return scheme::kDefaultSchemeStart +
               Duration::from_ms(static_cast<std::int64_t>(sequence) * 100);
    }

    std::string folder_;
    std::unique_ptr<Archive> archive_;
    ArchiveBatch rows_;
    std::uint64_t next_ = 1;
    Hash128 previous_{};
    int crashes_ = 0;
};

}  // namespace lowu::follower
