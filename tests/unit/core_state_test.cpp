// The state of a cell as a whole: what was saved and loaded goes on as if nothing had been; damaged
// bytes are refused; decisions differ where anything does.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>

#include "tests/unit/core_history.hpp"

namespace lowu::core {
namespace {

// Round trips.

class HistoryTest : public testing::TestWithParam<std::uint64_t> {
protected:
    HistoryTest() { witness_.cell = &live_; }

    void apply(Cell& cell, Effects& effects, const History::Step& step) {
        effects.clear();
        cell.apply(step.stamp, step.command, effects);
    }
    /// The next command, to the live cell and to all copies, with the same effects.
    void step() {
        const History::Step step = history_.next();
        history_.count(step.command);
        apply(live_, effects_, step);
        for (const auto& copy : copies_) {
            Effects effects;
            apply(*copy, effects, step);
            ASSERT_EQ(effects.outboxes, effects_.outboxes);
            ASSERT_EQ(effects.link, effects_.link);
            ASSERT_EQ(effects.outcome, effects_.outcome);
            ASSERT_EQ(effects.outcome_detail, effects_.outcome_detail);
            ASSERT_EQ(copy->decisions(), live_.decisions());
            ASSERT_EQ(copy->next_deadline(), live_.next_deadline());
            ASSERT_EQ(copy->forgettable_through(), live_.forgettable_through());
        }
    }
    void copy() {
        const Bytes bytes = saved(live_);
        auto fresh = std::make_unique<Cell>();
        const auto loaded = load(bytes, *fresh);
        ASSERT_TRUE(loaded.ok()) << loaded.error().what;
        EXPECT_EQ(fresh->digest(), live_.digest());
        EXPECT_EQ(saved(*fresh), bytes) << "what was loaded is saved alike";
        EXPECT_EQ(fresh->remembered(), live_.remembered());
        EXPECT_EQ(fresh->last_stamp().sequence, live_.last_stamp().sequence);
        copies_.push_back(std::move(fresh));
        if (copies_.size() > 3) copies_.erase(copies_.begin() + 1);
    }
    /// Outboxes alike to the last field: they are part of the digest, and so is all else.
    void compare() {
        for (const auto& copy : copies_)
            ASSERT_EQ(copy->digest(), live_.digest());
        live_.payments().for_each([&](PaymentIndex index, const Payment& payment) {
            for (const auto& copy : copies_)
                ASSERT_EQ(copy->payment(index).pins, payment.pins) << index.value;
        });
    }

    ArchivingWitness witness_;
    Cell live_{&witness_};
    Effects effects_;
    History history_{GetParam(), live_, witness_};
    std::vector<std::unique_ptr<Cell>> copies_;
    Prng prng_{GetParam() + 1'000};
};

TEST_P(HistoryTest, WhatWasLoadedGoesOnAlike) {
    for (int i = 0; i < 20; ++i)
        step();
    for (int i = 0; i < 6'000; ++i) {
        ASSERT_NO_FATAL_FAILURE(step()) << "command " << i;
        if (prng_.chance(1, 300)) {
            ASSERT_NO_FATAL_FAILURE(copy());
        }
        if (i % 200 == 0) {
            ASSERT_NO_FATAL_FAILURE(compare());
        }
    }
    ASSERT_NO_FATAL_FAILURE(compare());
    EXPECT_EQ(history_.kinds().size(), std::variant_size_v<Command>) << "every kind came";
    EXPECT_GT(live_.forgotten(), 500U);
    EXPECT_GT(live_.payments().kept(), 0U);
    // Replayed from the beginning it is the same, too: the test itself goes by its seed alone.
    EXPECT_GT(copies_.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HistoryTest, testing::Range(std::uint64_t{1}, std::uint64_t{7}));

// Damage.

class DamageTest : public testing::Test {
protected:
    /// A cell with something in every table, as small as that can be.
    DamageTest() {
        ArchivingWitness witness;
        Cell cell(&witness);
        witness.cell = &cell;
        History history(5, cell, witness);
        Effects effects;
        for (int i = 0; i < 600 || cell.payments().kept() == 0 || cell.rules().schedule().empty();
             ++i) {
            const History::Step step = history.next();
            cell.apply(step.stamp, step.command, effects);
            effects.clear();
        }
        bytes_ = saved(cell);
    }
    Bytes bytes_;
};

TEST_F(DamageTest, BytesThatEndTooEarlyAreRefused) {
    Cell whole;
    ASSERT_TRUE(load(bytes_, whole).ok());
    // Every place near the beginning and the end, and steps through the rest.
    for (std::size_t length = 0; length < bytes_.size();
         length += length < 3'000 || length + 500 > bytes_.size() ? 1U : 97U) {
        Cell cell;
        const auto loaded = load(std::span(bytes_).first(length), cell);
        ASSERT_FALSE(loaded.ok()) << length;
        EXPECT_EQ(loaded.error().kind, Error::Kind::kCorrupt);
        EXPECT_NE(loaded.error().what.find("state, byte "), std::string::npos);
    }
}

TEST_F(DamageTest, ChangedBytesAreRefusedOrMakeAnotherCell) {
    Cell whole;
    ASSERT_TRUE(load(bytes_, whole).ok());
    const Hash128 digest = whole.digest();
    Prng prng(1);
    std::size_t refused = 0;
    std::size_t tried = 0;
    for (std::size_t at = 0; at < bytes_.size(); at += at < 2'500 ? 1 : 1 + prng.below(60)) {
        Bytes damaged = bytes_;
        damaged[at] ^=
            std::byte{static_cast<unsigned char>(prng.chance(1, 2) ? 0xffU : 1U << prng.below(8))};
        Cell cell;
        ++tried;
        if (const auto loaded = load(damaged, cell); !loaded.ok()) {
            ++refused;
            EXPECT_EQ(loaded.error().kind, Error::Kind::kCorrupt);
            continue;
        }
        EXPECT_NE(cell.digest(), digest) << "byte " << at << " is part of the state";
        static_cast<void>(cell.next_deadline());
    }
    EXPECT_GT(refused, tried / 20);
}

TEST_F(DamageTest, WhatReadsThemFailsAndIsHeard) {
    StateReader reader([](std::span<std::byte>) -> Result<std::size_t> {
        return Error{Error::Kind::kIo, "snapshot-7: cannot be read"};
    });
    Cell cell;
    const auto loaded = cell.load(reader);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().kind, Error::Kind::kIo);
    EXPECT_EQ(loaded.error().what, "snapshot-7: cannot be read");
}

TEST_F(DamageTest, WhatCannotBeWrittenIsHeard) {
    Cell cell;
    ASSERT_TRUE(load(bytes_, cell).ok());
    int calls = 0;
    StateWriter writer([&](std::span<const std::byte>) -> Result<void> {
        return ++calls == 1 ? Error{Error::Kind::kExhausted, "no space"} : Result<void>{};
    });
    cell.save(writer);
    cell.save(writer);
    const auto finished = writer.finish();
    ASSERT_FALSE(finished.ok()) << "the first error stays";
    EXPECT_EQ(finished.error().what, "no space");
    EXPECT_EQ(calls, 1) << "nothing is written after it";
    EXPECT_FALSE(writer.ok());
}

TEST(StateIo, TextsAndListsHaveLimits) {
    Bytes bytes;
    StateWriter writer(into(bytes));
    writer.text("four");
    writer.text(std::string(100'000, 'x'));
    const std::vector<std::uint16_t> three{1, 2, 3};
    writer.list(three, 3, "numbers");
    const std::optional<std::uint64_t> some = 9;
    writer(some);
    ASSERT_TRUE(writer.finish().ok());
    EXPECT_EQ(writer.bytes(), bytes.size());
    StateReader reader(out_of(bytes));
    EXPECT_EQ(reader.text(4, "word"), "four");
    EXPECT_EQ(reader.text(100'000, "word"), std::string(100'000, 'x'));
    std::vector<std::uint16_t> read;
    reader.list(read, 3, "numbers");
    EXPECT_EQ(read, three);
    std::optional<std::uint64_t> one;
    reader(one);
    EXPECT_EQ(one, some);
    EXPECT_TRUE(reader.ok());
    EXPECT_EQ(reader.bytes(), bytes.size());
    std::uint8_t beyond = 7;
    reader(beyond);
    EXPECT_EQ(beyond, 0) << "after the end all is zero";
    EXPECT_FALSE(reader.ok());

    StateReader short_reader(out_of(bytes));
    EXPECT_EQ(short_reader.text(3, "word"), "");
    ASSERT_FALSE(short_reader.ok());
    EXPECT_NE(short_reader.status().error().what.find("word: 4 are more than there can be"),
              std::string::npos);
}

// Decisions.

using Change = std::function<void(Bench&)>;

std::uint64_t decisions_after(const Change& change) {
    Bench bench(100);
    bench.admit(code(1), 1'000, kAllParticipation);
    bench.admit(code(2), 1'000, kAllParticipation);
    bench.open_link(1'000);
    bench.set_rate();
    bench.apply(SessionUp{ParticipantIndex{0}, 1});
    bench.apply(SessionUp{ParticipantIndex{1}, 1});
    change(bench);
    return bench.cell().decisions();
}

void expect_all_differ(const std::vector<Change>& changes) {
    std::set<std::uint64_t> seen;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        EXPECT_TRUE(seen.insert(decisions_after(changes[i])).second) << "change " << i;
        EXPECT_TRUE(seen.contains(decisions_after(changes[i]))) << "change " << i << " again";
    }
}

TEST(Decisions, DifferWhereAnythingDoes) {
    const ParticipantIndex first{0};
    const ParticipantIndex second{1};
    const auto settled = [](std::uint64_t number, LinkKind kind, ResultCode result) {
        return [=](Bench& bench) {
            bench.send(ParticipantIndex{0}, salary(1, 100));
            LinkMessage message;
            message.kind = kind;
            message.uetr = uetr(number);
            message.result = result;
            bench.deliver(message);
        };
    };
    const auto come = [](AgentCode payee, std::int64_t amount, ResultCode answer) {
        return [=](Bench& bench) {
            bench.deliver(transfer_message(9, payee, amount));
            bench.apply(
                CreditTransferAnswer{*bench.cell().find_participant(payee), 1, uetr(9), answer});
        };
    };
    const std::vector<Change> changes = {
        [](Bench&) {},
        [](Bench& bench) { bench.apply(Tick{}); },
        [&](Bench& bench) { bench.apply(SessionDown{first}); },
        [&](Bench& bench) { bench.send(first, salary(1, 100)); },
        [&](Bench& bench) { bench.send(first, salary(1, 101)); },
        [&](Bench& bench) { bench.send(first, salary(2, 100)); },
        [&](Bench& bench) { bench.send(second, salary(1, 100)); },
        [&](Bench& bench) { bench.send(first, remittance(1, 100)); },
        [&](Bench& bench) { bench.send(first, domestic(1, 100, code(2))); },
        [&](Bench& bench) { bench.send(first, salary(1, 1'001)); },
        settled(1, LinkKind::kSettled, ResultCode::kAccepted),
        settled(1, LinkKind::kRefused, ResultCode::kPayeeAgentSilent),
        settled(1, LinkKind::kRefused, ResultCode::kPayeeAgentOffline),
        come(code(1), 100, ResultCode::kAccepted),
        come(code(2), 100, ResultCode::kAccepted),
        come(code(1), 99, ResultCode::kAccepted),
        come(code(1), 100, *payee_agent_result("AC03")),
        come(code(1), 100, *payee_agent_result("AC07")),
        [&](Bench& bench) {
            come(code(1), 100, ResultCode::kAccepted)(bench);
            bench.apply(CreditReport{first, 2, uetr(9)});
        },
        [&](Bench& bench) {
            bench.apply(RejectMessage{first, 1, scheme::Field::kAmount, uetr(9)});
        },
        [&](Bench& bench) {
            bench.apply(RejectMessage{first, 1, scheme::Field::kCurrency, uetr(9)});
        },
        [&](Bench& bench) {
            bench.apply(RejectMessage{first, 1, scheme::Field::kAmount, uetr(8)});
        },
    };
    expect_all_differ(changes);
}

TEST(Decisions, DifferWhereABankStandsOtherwise) {
    const ParticipantIndex first{0};
    const ParticipantIndex second{1};
    const std::vector<Change> changes = {
        [&](Bench& bench) { bench.apply(SessionDown{first}); },
        [&](Bench& bench) { bench.apply(SessionDown{second}); },
        [&](Bench& bench) {
            bench.apply(SessionUp{second, 1});
        },
        [&](Bench& bench) {
            bench.apply(SessionUp{second, 2});
        },
        [&](Bench& bench) { bench.apply(LinkState{true}); },
        [&](Bench& bench) { bench.apply(LinkState{false}); },
        [&](Bench& bench) {
            bench.apply(ForceAvailability{first, true, {}});
        },
        [&](Bench& bench) {
            bench.apply(ForceAvailability{first, false, {}});
        },
        [&](Bench& bench) {
            bench.apply(ForceAvailability{first, false, kStart});
        },
        [&](Bench& bench) {
            bench.apply(ForceAvailability{second, false, {}});
        },
        [&](Bench& bench) {
            bench.apply(AvailabilityRequest{first, 1, false, {}});
        },
        [&](Bench& bench) {
            bench.apply(AvailabilityRequest{first, 1, false, kStart});
        },
        [&](Bench& bench) {
            bench.apply(SetPriorUse{person(1).tokens, 2025, AmountMinor{1}});
        },
        [&](Bench& bench) {
            bench.apply(SetPriorUse{person(1).tokens, 2011, AmountMinor{1}});
        },
        [&](Bench& bench) { bench.set(ParameterId::kAmountMaximum, kNorthboundP2p, 1'000); },
        [&](Bench& bench) { bench.set(ParameterId::kAmountMaximum, kNorthboundP2p, 1'001); },
    };
    expect_all_differ(changes);
}

TEST(Decisions, EveryWordCounts) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t first = 0; first < 64; ++first) {
        for (std::uint64_t second = 0; second < 64; ++second) {
            Decisions decisions;
            decisions.add(first, second);
            seen.insert(decisions.value());
            Decisions later;
            later.add(std::uint64_t{1} << first, second);
            later.add(0, 0);
            seen.insert(later.value());
        }
    }
    EXPECT_EQ(seen.size(), 2U * 64U * 64U);
}

}  // namespace
}  // namespace lowu::core
