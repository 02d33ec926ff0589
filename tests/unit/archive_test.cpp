// The archive over a real directory: what was appended is read back as a simple model has it,
// across crashes; batches come once whatever is repeated; what is not ours or damaged is refused.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include "tests/unit/archive_fixture.hpp"

#if defined(__SANITIZE_THREAD__)
// RocksDB is not instrumented: what orders its threads is not seen, and what it compares and copies
// for them looks like a race. What happens outside of it is judged as ever.
extern "C" const char* __tsan_default_suppressions() {
    return "race:librocksdb.so\n";
}
#endif

namespace lowu::follower {
namespace {

using core::AccountIndex;
using core::AmountMinor;
using core::Leg;
using core::Rail;
using core::Sequence;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Numbers of the payments listed, most of them at once.
std::vector<std::uint32_t> list(const Archive& archive, Rail rail, Sequence before,
                                std::size_t most = 100'000) {
    std::vector<std::uint32_t> numbers;
    if (most == 0) return numbers;
    const auto listed = archive.list_before(rail, before, [&](const ArchivedLeg& leg) {
        numbers.push_back(leg.index.value);
        return numbers.size() < most;
    });
    EXPECT_TRUE(listed.ok());
    return numbers;
}

constexpr Sequence kEnd{~std::uint64_t{0}};

TEST_F(ArchiveTest, BatchesAreReadBackByAnySequenceNumberOfTheirs) {
    std::vector<TestBatch> batches;
    Hash128 previous{};
    std::uint64_t first = 1;
    for (std::uint32_t count = 1; count < 40; ++count) {
        batches.emplace_back(first, count, previous, 50 * count);
        ASSERT_TRUE(archive_->append(batches.back().view, rows_).ok());
        previous = batches.back().view.hash;
        first += count;
    }
    EXPECT_EQ(archive_->position().value, first - 1);
    for (const TestBatch& batch : batches) {
        for (const std::uint64_t sequence :
             {batch.view.first_sequence, batch.view.last_sequence()}) {
            const auto found = archive_->read_batch(Sequence{sequence});
            ASSERT_TRUE(found.ok()) << found.error().what;
            EXPECT_TRUE(std::ranges::equal(found->view.payload, batch.view.payload));
            EXPECT_EQ(found->view.first_sequence, batch.view.first_sequence);
            EXPECT_EQ(found->view.count, batch.view.count);
            EXPECT_EQ(found->view.epoch, batch.view.epoch);
            EXPECT_EQ(found->view.previous_hash, batch.view.previous_hash);
            EXPECT_EQ(found->view.hash, batch.view.hash);
        }
    }
    const auto missing = archive_->read_batch(Sequence{first});
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().kind, Error::Kind::kNotFound);
    EXPECT_EQ(archive_->read_batch(Sequence{0}).error().kind, Error::Kind::kNotFound);
}

TEST_F(ArchiveTest, ABatchThatComesAgainChangesNothing) {
    rows_.add_forgotten(leg_of(1, Rail::kFps, Leg::kOrigin, Sequence{3}, Sequence{5}));
    ASSERT_TRUE(append().ok());
    ASSERT_TRUE(append().ok());
    next_ = 1;
    rows_.add_forgotten(leg_of(2, Rail::kFps, Leg::kOrigin, Sequence{4}, Sequence{5}));
    ASSERT_TRUE(append().ok());
    EXPECT_EQ(archive_->position(), Sequence{20});
    EXPECT_THAT(list(*archive_, Rail::kFps, kEnd), ElementsAre(1));
    EXPECT_TRUE(rows_.leg_rows().empty()) << "it is not written with the next one";
}

TEST_F(ArchiveTest, AGapAndAnotherChainAreRefused) {
    ASSERT_TRUE(append().ok());
    next_ = 12;
    const auto gap = append();
    ASSERT_FALSE(gap.ok());
    EXPECT_EQ(gap.error().kind, Error::Kind::kInvalid);
    EXPECT_THAT(gap.error().what, HasSubstr("ends at sequence 10; what comes begins at 12"));
    next_ = 11;
    previous_.low ^= 1U;
    const auto other = append();
    ASSERT_FALSE(other.ok());
    EXPECT_THAT(other.error().what, HasSubstr("does not follow"));
    // A new owner writes a record of its own in between.
    TestBatch later(11, 5, previous_);
    later.view.epoch = 2;
    EXPECT_TRUE(archive_->append(later.view, rows_).ok());
}

TEST_F(ArchiveTest, ACrashLosesWhatWasNotFlushedAndNothingElse) {
    rows_.add_forgotten(leg_of(1, Rail::kFps, Leg::kOrigin, Sequence{3}, Sequence{5}));
    ASSERT_TRUE(append().ok());
    const Hash128 flushed = previous_;
    ASSERT_TRUE(archive_->flush().ok());
    EXPECT_EQ(archive_->durable_position(), Sequence{10});
    const auto forget_second = [&] {
        rows_.add_forgotten(leg_of(2, Rail::kFps, Leg::kOrigin, Sequence{4}, Sequence{15}));
        rows_.add_sample(Rail::kFps, AccountIndex{1}, {7, {}, {}, {}, {}, {}});
    };
    forget_second();
    ASSERT_TRUE(append().ok());
    EXPECT_EQ(archive_->position(), Sequence{20});
    EXPECT_EQ(archive_->durable_position(), Sequence{10});
    crash();
    EXPECT_EQ(archive_->position(), Sequence{10});
    EXPECT_THAT(list(*archive_, Rail::kFps, kEnd), ElementsAre(1));
    const core::Uetr second = leg_of(2, Rail::kFps, Leg::kOrigin, {}, {}).payment().uetr;
    EXPECT_TRUE(archive_->find(second)->empty());
    // The follower replays and appends it again.
    next_ = 11;
    previous_ = flushed;
    forget_second();
    ASSERT_TRUE(append().ok());
    ASSERT_TRUE(archive_->flush().ok());
    crash();
    EXPECT_EQ(archive_->position(), Sequence{20});
    EXPECT_THAT(list(*archive_, Rail::kFps, kEnd), ElementsAre(2, 1));
    EXPECT_FALSE(archive_->find(second)->empty());
}

TEST_F(ArchiveTest, WhatMemoryHadNoRoomForIsWholeAfterACrash) {
    // Far more than the buffers hold, never flushed by us.
    for (std::uint64_t i = 0; i < 400; ++i) {
        const TestBatch batch(next_, 10, previous_, 20'000);
        rows_.add_forgotten(
            leg_of(i, Rail::kFps, Leg::kOrigin, Sequence{next_}, Sequence{next_ + 5}));
        ASSERT_TRUE(archive_->append(batch.view, rows_).ok());
        next_ += 10;
        previous_ = batch.view.hash;
    }
    crash();
    const std::uint64_t kept = archive_->position().value;
    ASSERT_GT(kept, 0U);
    ASSERT_LT(kept, 4'000U);
    EXPECT_EQ(kept % 10, 0U);
    EXPECT_EQ(list(*archive_, Rail::kFps, kEnd).size(), kept / 10) << "all tables end together";
    for (std::uint64_t sequence = 1; sequence <= kept; sequence += 10)
        EXPECT_TRUE(archive_->read_batch(Sequence{sequence}).ok());
    EXPECT_FALSE(archive_->read_batch(Sequence{kept + 1}).ok());
}

/// Forgets at random, holds every answer against maps.
class ArchiveModelTest : public ArchiveTest {
protected:
    struct Known {
        std::array<std::optional<ArchivedLeg>, 2> legs;
    };
    void forget(const ArchivedLeg& leg) {
        rows_.add_forgotten(leg);
        Known& known = known_[leg.payment().uetr];
        known.legs[static_cast<std::size_t>(leg.rail)] = leg;
        if (core::begins(leg.payment().leg)) {
            listed_[static_cast<std::size_t>(leg.rail)][leg.payment().body_sequence] = leg;
        }
    }
    void check() {
        for (const auto& [uetr, known] : known_) {
            const auto found = archive_->find(uetr);
            ASSERT_TRUE(found.ok()) << found.error().what;
            EXPECT_EQ(found->as_of, archive_->position());
            for (std::size_t rail = 0; rail < 2; ++rail) {
                ASSERT_EQ(found->legs[rail].has_value(), known.legs[rail].has_value());
                if (!known.legs[rail]) continue;
                EXPECT_TRUE(same(*found->legs[rail], *known.legs[rail]));
            }
        }
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            for (const std::uint64_t before :
                 {~std::uint64_t{0}, std::uint64_t{1'500}, std::uint64_t{513}, std::uint64_t{512},
                  std::uint64_t{7}, std::uint64_t{1}, std::uint64_t{0}})
                check_list(rail, Sequence{before});
        }
    }
    void check_list(Rail rail, Sequence before) {
        const auto& all = listed_[static_cast<std::size_t>(rail)];
        auto expected = std::make_reverse_iterator(all.lower_bound(before));
        const auto listed = archive_->list_before(rail, before, [&](const ArchivedLeg& leg) {
            EXPECT_TRUE(expected != all.rend() && same(leg, expected->second))
                << "before " << before.value;
            if (expected == all.rend()) return false;
            ++expected;
            return true;
        });
        EXPECT_TRUE(listed.ok());
        EXPECT_TRUE(expected == all.rend());
    }

    std::map<core::Uetr, Known> known_;
    std::array<std::map<Sequence, ArchivedLeg>, 2> listed_;
};

TEST_F(ArchiveModelTest, FindAndListAreTheModels) {
    Prng prng(11);
    std::vector<ArchivedLeg> forgotten;
    std::uint64_t number = 0;
    for (int batch = 0; batch < 60; ++batch) {
        const Sequence command{next_ + 9};
        for (std::uint64_t i = prng.below(30); i > 0; --i) {
            ++number;
            // Instructions of long ago and of just now, most in order; each number is one of its
            // own.
            const Sequence instruction{1 + number * 2 % (next_ + 8)};
            const Rail rail = number % 3 == 0 ? Rail::kFps : Rail::kIbps;
            if (listed_[static_cast<std::size_t>(rail)].contains(instruction)) continue;
            ArchivedLeg leg = leg_of(number, rail, Leg::kOrigin, instruction, command);
            forget(leg);
            forgotten.push_back(leg);
            if (prng.below(2) == 0) continue;
            forget(leg_of(number, scheme::other(rail), Leg::kDestination, instruction, command));
        }
        // Some were remembered again meanwhile and changed.
        if (!forgotten.empty() && prng.below(2) == 0) {
            ArchivedLeg again = forgotten[prng.below(forgotten.size())];
            again.leg.payment.returned.value += 1;
            again.forgotten = command;
            forget(again);
        }
        ASSERT_TRUE(append().ok());
        if (batch % 20 == 19) {
            ASSERT_TRUE(archive_->flush().ok());
            check();
        }
    }
    crash();
    check();
    EXPECT_TRUE(archive_->find(scheme::uetr_from_random(1, 2))->empty());
}

TEST_F(ArchiveTest, MomentsAreFound) {
    EXPECT_EQ(*archive_->first_at(time_of(1)), Sequence{1}) << "an empty archive";
    Prng prng(3);
    std::vector<BatchTimes> batches;
    for (int i = 0; i < 100; ++i) {
        const auto count = static_cast<std::uint32_t>(1 + prng.below(7));
        batches.push_back({Sequence{next_}, time_of(next_), time_of(next_ + count - 1)});
        ASSERT_TRUE(append(count).ok());
    }
    for (std::int64_t at = 0; at < 50'000; at += 77) {
        const SchemeTime time = time_of(0) + Duration::from_ms(at);
        Sequence expected{next_};
        for (const BatchTimes& one : batches) {
            if (one.last_time < time) continue;
            expected = one.first;
            break;
        }
        EXPECT_EQ(*archive_->first_at(time), expected) << at;
    }
    EXPECT_EQ(archive_->times_of(batches[5].first)->last_time, batches[5].last_time);
    EXPECT_EQ(archive_->times_of(Sequence{next_}).error().kind, Error::Kind::kNotFound);
}

TEST_F(ArchiveTest, EntryRowsAndSamplesComeInOrder) {
    for (std::uint32_t slot = 0; slot < 10; ++slot) {
        ArchivedEntry entry;
        entry.sequence = Sequence{next_};
        entry.amount = AmountMinor{5};
        entry.credit = AccountIndex{2};
        entry.credit_balance = AmountMinor{5 * (slot + 1)};
        rows_.add_entry(entry);
        rows_.add_sample(Rail::kFps, AccountIndex{2}, {slot, AmountMinor{slot}, {}, {}, {}, {}});
        rows_.add_sample(Rail::kIbps, AccountIndex{1}, {slot, AmountMinor{100}, {}, {}, {}, {}});
        rows_.add_sample(Rail::kFps, AccountIndex{258}, {slot, AmountMinor{200}, {}, {}, {}, {}});
        ASSERT_TRUE(append().ok());
    }
    std::vector<std::int64_t> openings;
    const auto rows = archive_->entry_rows(Sequence{25}, Sequence{51}, [&](EntryRowReader& row) {
        openings.push_back(row.opening(Rail::kFps, AccountIndex{2})->value);
        return true;
    });
    ASSERT_TRUE(rows.ok());
    EXPECT_THAT(openings, ElementsAre(10, 15, 20, 25)) << "batches of 21 to 51";
    std::vector<std::int64_t> balances;
    const auto samples =
        archive_->samples(Rail::kFps, AccountIndex{2}, 6, [&](const PositionSample& sample) {
            EXPECT_EQ(sample.slot, sample.balance.value);
            balances.push_back(sample.balance.value);
            return balances.size() < 3;
        });
    ASSERT_TRUE(samples.ok());
    EXPECT_THAT(balances, ElementsAre(6, 7, 8));
}

TEST_F(ArchiveTest, AnotherLogsArchiveIsRefused) {
    const std::string directory = archive_->directory();
    ASSERT_TRUE(append().ok());
    const auto busy = Archive::open(directory, kLog);
    ASSERT_FALSE(busy.ok());
    EXPECT_EQ(busy.error().kind, Error::Kind::kBusy) << busy.error().what;
    archive_.reset();
    const auto other = Archive::open(directory, {1, 2});
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.error().kind, Error::Kind::kInvalid);
    EXPECT_THAT(other.error().what,
                HasSubstr(directory + ": the archive of the log 00000000000012340000000000005678; "
                                      "the log here is 00000000000000010000000000000002"));
    open(directory);
    EXPECT_EQ(archive_->position(), Sequence{10});
}

TEST_F(ArchiveTest, ADirectoryThatCannotBeMadeIsNamed) {
    std::ofstream(folder_ + "/file") << "in the way";
    const auto opened = Archive::open(folder_ + "/file/archive", kLog);
    ASSERT_FALSE(opened.ok());
    EXPECT_THAT(opened.error().what, HasSubstr(folder_ + "/file/archive: the archive: open: "));
}

TEST_F(ArchiveTest, ADiskWithoutRoomIsRefusedBeforeAnythingIsMade) {
    ArchiveOptions options = small();
    options.room_bytes = ~std::uint64_t{0};
    const std::string directory = folder_ + "/no/room";
    const auto opened = Archive::open(directory, kLog, options);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind, Error::Kind::kExhausted);
    EXPECT_THAT(opened.error().what,
                AllOf(HasSubstr(directory + ": the archive: its disk has "),
                      HasSubstr("make room there and start again; nothing is lost")));
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/no"));
}

TEST_F(ArchiveTest, ALookTellsWhereItEndsBesideItsOwnerAndAfterIt) {
    const std::string directory = archive_->directory();
    const auto none = Archive::look(folder_ + "/nowhere");
    ASSERT_TRUE(none.ok());
    EXPECT_FALSE(none->has_value());
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/nowhere"));
    ASSERT_TRUE(append().ok());
    ASSERT_TRUE(archive_->flush().ok());
    const Hash128 flushed = previous_;
    ASSERT_TRUE(append().ok());
    const auto expect_end = [&](std::uint64_t sequence, const Hash128& hash) {
        const auto end = Archive::look(directory);
        ASSERT_TRUE(end.ok()) << end.error().what;
        ASSERT_TRUE(end->has_value());
        EXPECT_EQ((*end)->log, kLog);
        EXPECT_EQ((*end)->sequence, Sequence{sequence});
        EXPECT_EQ((*end)->chain_hash, hash);
    };
    expect_end(10, flushed);
    ASSERT_TRUE(append().ok()) << "its owner has not been disturbed";
    ASSERT_TRUE(archive_->flush().ok());
    archive_.reset();
    expect_end(30, previous_);
    open(directory);
    std::ofstream(directory + "/CURRENT") << "damaged";
    const auto damaged = Archive::look(directory);
    ASSERT_FALSE(damaged.ok());
    EXPECT_THAT(damaged.error().what, HasSubstr(directory + ": the archive: look: "));
}

TEST_F(ArchiveTest, DamageIsNamed) {
    for (int i = 0; i < 50; ++i)
        ASSERT_TRUE(append().ok());
    const std::string directory = archive_->directory();
    ASSERT_TRUE(archive_->flush().ok());
    archive_.reset();
    std::size_t damaged = 0;
    for (const auto& file : std::filesystem::directory_iterator(directory)) {
        if (file.path().extension() != ".sst") continue;
        std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekp(30);
        bytes.write("damaged", 7);
        ++damaged;
    }
    ASSERT_GT(damaged, 0U);
    auto opened = Archive::open(directory, kLog, small());
    Result<void> result;
    if (opened.ok()) {
        if (auto batch = (*opened)->read_batch(Sequence{1}); !batch.ok()) result = batch.error();
    } else {
        result = opened.error();
    }
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind, Error::Kind::kCorrupt) << result.error().what;
    EXPECT_THAT(result.error().what, HasSubstr(directory));
}

TEST_F(ArchiveTest, InMemoryItOutlivesItsObjectAsFarAsItWasFlushed) {
    ArchiveMemory memory;
    ArchiveOptions options = small();
    options.memory = &memory;
    const auto reopen = [&] {
        archive_.reset();
        auto opened = Archive::open("/nowhere", kLog, options);
        ASSERT_TRUE(opened.ok()) << opened.error().what;
        archive_ = std::move(opened).value();
    };
    reopen();
    ASSERT_TRUE(append().ok());
    ASSERT_TRUE(archive_->flush().ok());
    const Sequence flushed = archive_->position();
    ASSERT_TRUE(append().ok());
    ASSERT_GT(archive_->position(), flushed);
    reopen();
    EXPECT_EQ(archive_->position(), flushed);
    EXPECT_TRUE(archive_->read_batch(flushed).ok());
    EXPECT_FALSE(archive_->read_batch(flushed.next()).ok());
    EXPECT_FALSE(std::filesystem::exists("/nowhere"));
    archive_.reset();  // Before its disk.
}

class FullArchiveTest : public ArchiveTest {
protected:
    FullArchiveTest() {
        ArchiveOptions options = small();
        options.memory = &memory_;
        auto opened = Archive::open("/nowhere", kLog, options);
        EXPECT_TRUE(opened.ok());
        archive_ = std::move(opened).value();
    }
    ~FullArchiveTest() override { archive_.reset(); }  // Before its disk.

    ArchiveMemory memory_;
};

TEST_F(FullArchiveTest, ABatchWaitsUntilThereIsRoom) {
    ASSERT_TRUE(append().ok());
    const Sequence before = archive_->position();
    memory_.set_full(true);
    const auto flushed = archive_->flush();
    ASSERT_FALSE(flushed.ok());
    EXPECT_EQ(flushed.error().kind, Error::Kind::kExhausted) << flushed.error().what;
    rows_.add_forgotten(leg_of(1, Rail::kFps, Leg::kOrigin, Sequence{3}, Sequence{15}));
    const std::uint64_t first = next_;
    const auto written = append();
    ASSERT_FALSE(written.ok());
    EXPECT_THAT(written.error().what, HasSubstr("/nowhere: the archive: write: "));
    EXPECT_TRUE(archive_->batch_waits());
    EXPECT_EQ(archive_->position(), before);
    EXPECT_TRUE(archive_->read_batch(before).ok()) << "it may be read all the same";
    EXPECT_FALSE(archive_->retry().ok());
    EXPECT_FALSE(archive_->flush().ok());

    memory_.set_full(false);
    auto retried = archive_->retry();
    while (!retried.ok() && retried.error().what.find("Busy") != std::string::npos)
        retried = archive_->retry();  // RocksDB is at it by itself.
    ASSERT_TRUE(retried.ok()) << retried.error().what;
    EXPECT_FALSE(archive_->batch_waits());
    EXPECT_EQ(archive_->position().value, first + 9);
    EXPECT_THAT(list(*archive_, Rail::kFps, kEnd), ElementsAre(1)) << "with all its rows";
    ASSERT_TRUE(archive_->flush().ok());
    EXPECT_EQ(archive_->durable_position(), archive_->position());
}

TEST_F(ArchiveTest, OthersReadWhileItIsWritten) {
    constexpr std::uint64_t kBatches = 300;
    std::atomic<bool> done{false};
    std::uint64_t reads = 0;
    std::thread reader([&] {
        while (!done.load() || reads == 0) {
            const std::uint64_t position = archive_->position().value;
            if (position == 0) continue;
            // What is there is whole: the batch, and who was forgotten in it.
            EXPECT_TRUE(archive_->read_batch(Sequence{position}).ok());
            const auto leg = leg_of(position / 10, Rail::kFps, Leg::kOrigin, {}, {});
            const auto found = archive_->find(leg.payment().uetr);
            EXPECT_TRUE(found.ok() && !found->empty());
            EXPECT_GE(found->as_of.value, position);
            ++reads;
        }
    });
    for (std::uint64_t i = 1; i <= kBatches; ++i) {
        rows_.add_forgotten(
            leg_of(i, Rail::kFps, Leg::kOrigin, Sequence{next_}, Sequence{next_ + 5}));
        EXPECT_TRUE(append().ok());
    }
    done.store(true);
    reader.join();
    EXPECT_GT(reads, 0U);
}

}  // namespace
}  // namespace lowu::follower
