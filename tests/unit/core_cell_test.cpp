// What only a bare cell can be shown: credit, order, repetition, digests, and announcements to
// banks that do not listen.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

#include "tests/unit/core_bench.hpp"

namespace lowu::core {
namespace {

// Room and order that only a bare cell can be shown.

TEST(Cell, CreditIsOneReplySlotForEachNumberAndNeverFalls) {
    Bench bench(10);
    const ParticipantIndex bank = bench.admit(code(1), 1'000, kAllParticipation);
    bench.open_link(0);
    bench.set_rate();
    const auto limit = [&] { return bench.cell().credit_limit(bank); };
    EXPECT_EQ(limit(), kReplySlots);
    bench.send(bank, remittance(1, 100));
    EXPECT_EQ(limit(), kReplySlots) << "the coming reply is kept room for";
    bench.send(bank, remittance(1, 100));
    EXPECT_EQ(limit(), kReplySlots) << "pending, said once, waits";
    LinkMessage settled;
    settled.kind = LinkKind::kSettled;
    settled.uetr = uetr(1);
    bench.deliver(settled);
    EXPECT_EQ(limit(), kReplySlots) << "the reply waits in its place";
    bench.apply(OutboxAcknowledged{bank, 2});
    EXPECT_EQ(limit(), kReplySlots + 2);
    bench.apply(CreditTransferAnswer{bank, 3, uetr(9), ResultCode::kAccepted});
    EXPECT_EQ(limit(), kReplySlots + 2) << "a reject is a reply too";
}

TEST(Cell, ABankWithoutCreditIsStoppedByItsSession) {
    Bench bench(10);
    const ParticipantIndex bank = bench.admit(code(1), 1'000, kAllParticipation);
    bench.open_link(0);
    for (MessageNumber i = 1; i <= kReplySlots; ++i)
        bench.apply(RejectMessage{bank, i, scheme::Field::kAmount, {}});
    EXPECT_EQ(bench.cell().credit_limit(bank), bench.cell().participant(bank).last_number);
    EXPECT_DEATH(bench.apply(RejectMessage{bank, kReplySlots + 1, scheme::Field::kAmount, {}}),
                 "beyond credit");
    bench.apply(OutboxAcknowledged{bank, 1});
    bench.apply(RejectMessage{bank, kReplySlots + 1, scheme::Field::kAmount, {}});
}

TEST(Cell, ATransferAfterItsCancelIsRefused) {
    Bench bench(10);
    const ParticipantIndex bank = bench.admit(code(1), 0, kAllParticipation);
    bench.open_link(100);
    bench.apply(SessionUp{bank, 1});
    LinkMessage cancel;
    cancel.kind = LinkKind::kCancel;
    cancel.uetr = uetr(1);
    bench.deliver(cancel);
    EXPECT_EQ(bench.last_sent().kind, LinkKind::kCancelled);
    bench.deliver(transfer_message(1, code(1), 100));
    EXPECT_EQ(bench.last_sent().kind, LinkKind::kRefused);
    EXPECT_EQ(bench.last_sent().result, ResultCode::kCancelledAtDeadline);
    EXPECT_EQ(bench.cell().participant(bank).outbox.size(), 0U) << "the bank is not asked";
}

TEST(Cell, ARepeatedLinkNumberChangesNothing) {
    Bench bench(10);
    const ParticipantIndex bank = bench.admit(code(1), 0, kAllParticipation);
    bench.open_link(100);
    bench.apply(SessionUp{bank, 1});
    const LinkMessage transfer = transfer_message(1, code(1), 60);
    bench.deliver(transfer);
    bench.apply(LinkDelivery{1, transfer});
    EXPECT_EQ(bench.cell().participant(bank).outbox.size(), 1U);
    EXPECT_EQ(bench.cell().link_outbox().size(), 0U);
    EXPECT_DEATH(bench.apply(LinkDelivery{3, transfer}), "no gaps");
}

TEST(Cell, DigestCoversParametersAndTimers) {
    const auto digest_after = [](const Parameters& parameters, std::int64_t asked_us) {
        Bench bench(parameters);
        const ParticipantIndex bank = bench.admit(code(1), 0, kAllParticipation);
        bench.open_link(100);
        bench.apply(SessionUp{bank, 1});
        bench.apply(LinkDelivery{1, transfer_message(1, code(1), 60)}, ElapsedTime{asked_us});
        bench.apply(Tick{}, ElapsedTime{9});
        return bench.cell().digest();
    };
    const Parameters usual = small_tables(10);
    Parameters other = usual;
    other.creation_skew = other.creation_skew + 1_ms;
    EXPECT_EQ(digest_after(usual, 3), digest_after(usual, 3));
    EXPECT_NE(digest_after(usual, 3), digest_after(other, 3));
    EXPECT_NE(digest_after(usual, 3), digest_after(usual, 4)) << "another deadline";
    for (std::uint32_t Parameters::*size :
         {&Parameters::payments_max, &Parameters::quota_records_max, &Parameters::proxies_max}) {
        Parameters larger = usual;
        larger.*size += 1;
        EXPECT_NE(digest_after(usual, 3), digest_after(larger, 3)) << "sizes decide outcomes";
    }
}

using Change = std::function<void(Bench&)>;

/// The digest of a cell to which this has been done, the times being the same.
Hash128 digest_after(const Change& change) {
    Bench bench(10);
    bench.admit(code(1), 1'000, kAllParticipation);
    bench.admit(code(2), 1'000, kAllParticipation);
    bench.open_link(100);
    bench.set_rate();
    change(bench);
    return bench.cell().digest();
}

Change applying(const Command& command) {
    return [=](Bench& bench) { bench.apply(command); };
}

SetParameters setting(ParameterId id, Corridor corridor, std::int64_t value,
                      std::int64_t after_ms) {
    return {{{{id, corridor, kNoParticipant}, value}}, SchemeTime{kStart.value + after_ms}};
}

/// In force at the end, since then: what was made before it is still taken.
Change rotation(std::int64_t after_ms) {
    return [=](Bench& bench) {
        bench.apply(setting(ParameterId::kTokenVersion, {}, 2, after_ms));
        bench.set_scheme(SchemeTime{kStart.value + 5});
        bench.apply(Tick{});
    };
}

TEST(Cell, DigestCoversEveryRuleThatChanges) {
    const ParticipantIndex bank{0};
    const PersonTokens someone = person(1).tokens;
    const auto sheet = [&](std::int64_t ask, SchemeTime until) {
        return applying(FxRateSheet{bank, 1, Rate{91}, Rate{ask}, until});
    };
    const auto proxy = [&](bool cross_boundary, PartyKind holder) {
        return applying(RegisterProxy{{{1, 2}, {}, bank, holder, false, cross_boundary}});
    };
    const std::vector<Change> changes = {
        applying(Tick{}),
        sheet(92, kStart),
        sheet(93, kStart),
        sheet(92, kStart + 1_ms),
        applying(SetPriorUse{someone, 2025, AmountMinor{5}}),
        applying(SetPriorUse{someone, 2025, AmountMinor{6}}),
        applying(SetPriorUse{someone, 2026, AmountMinor{5}}),
        proxy(true, PartyKind::kPerson),
        proxy(false, PartyKind::kPerson),
        proxy(true, PartyKind::kCompany),
        applying(setting(ParameterId::kAmountMaximum, kNorthboundP2p, 500, 1)),
        applying(setting(ParameterId::kAmountMaximum, kNorthboundP2p, 501, 1)),
        applying(setting(ParameterId::kAmountMaximum, kNorthboundP2p, 500, 2)),
        applying(setting(ParameterId::kOffered, kSouthboundP2p, 0, 1)),
        applying(SetProxyWarning{{1, 2}, true}),
        applying(SetProxyWarning{{1, 3}, true}),
        applying(ForceAvailability{bank, false, {}}),
        applying(ForceAvailability{bank, false, kStart + 1_ms}),
        applying(AvailabilityRequest{bank, 1, false, {}}),
        applying(DeclareDefault{bank}),
        applying(DeclareDefault{ParticipantIndex{1}}),
        applying(StatusRequest{bank, 1, uetr(9), Side::kPayer, {}}),
        [&](Bench& bench) { bench.send(bank, remittance(1, 100)); },
        [&](Bench& bench) { bench.send(bank, salary(1, 100)); },
        applying(AdvanceSchemeTime{}),
        rotation(1),
        rotation(2),
    };
    std::set<Hash128> digests;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        EXPECT_TRUE(digests.insert(digest_after(changes[i])).second) << "change " << i;
        EXPECT_TRUE(digests.contains(digest_after(changes[i]))) << "change " << i << " again";
    }
}

// Announcements.

/// What waits for the bank, by kind: an event's number, 0 for one that says that some were missed.
std::vector<EventNumber> events_for(const Bench& bench, ParticipantIndex bank) {
    std::vector<EventNumber> numbers;
    const Outbox& outbox = bench.cell().participant(bank).outbox;
    for (MessageNumber number = outbox.first(); number < outbox.next(); ++number) {
        if (outbox.entry(number).kind == OutboxKind::kEvent) {
            numbers.push_back(outbox.entry(number).rejected_number);
        }
    }
    return numbers;
}

TEST(Announcements, GoToBanksThatHaveEverBeenHere) {
    Bench bench(10);
    const ParticipantIndex here = bench.admit(code(1), 0, kAllParticipation);
    const ParticipantIndex away = bench.admit(code(2), 0, kAllParticipation);
    const ParticipantIndex never = bench.admit(code(3), 0, kAllParticipation);
    bench.apply(SessionUp{here, 1});
    bench.apply(SessionUp{away, 1});
    bench.apply(SessionDown{away});
    bench.set_rate();
    bench.apply(AdvanceSchemeTime{});
    const std::vector<EventNumber> both = {1, 2};
    EXPECT_EQ(events_for(bench, here), both);
    EXPECT_EQ(events_for(bench, away), both) << "it reads them when it is back";
    EXPECT_TRUE(events_for(bench, never).empty()) << "it begins from now";
}

TEST(Announcements, ThatHaveNoRoomAreMissedAndTheBankIsToldOnce) {
    Bench bench(10);
    const ParticipantIndex slow = bench.admit(code(1), 0, kAllParticipation);
    const ParticipantIndex quick = bench.admit(code(2), 0, kAllParticipation);
    bench.apply(SessionUp{slow, 1});
    bench.apply(SessionUp{quick, 1});
    constexpr std::uint32_t kMore = 3;
    for (std::uint32_t i = 0; i < kEventSlots + kMore; ++i) {
        bench.apply(AdvanceSchemeTime{});
        bench.apply(OutboxAcknowledged{quick, bench.cell().participant(quick).outbox.next() - 1});
    }
    EXPECT_EQ(bench.cell().events().last(), kEventSlots + kMore);
    EXPECT_EQ(bench.cell().participant(slow).outbox.events(), kEventSlots);
    EXPECT_TRUE(bench.cell().participant(slow).events_missed);
    EXPECT_FALSE(bench.cell().participant(quick).events_missed) << "one bank's delay is its own";

    // It takes one: there is room to say that some were missed, and nothing more.
    bench.apply(OutboxAcknowledged{slow, 1});
    EXPECT_FALSE(bench.cell().participant(slow).events_missed);
    EXPECT_EQ(events_for(bench, slow).back(), 0U);
    EXPECT_EQ(events_for(bench, slow).size(), kEventSlots);
    bench.apply(AdvanceSchemeTime{});
    EXPECT_TRUE(bench.cell().participant(slow).events_missed) << "again";

    // It takes all: told once more, and then it hears what is new.
    bench.apply(OutboxAcknowledged{slow, bench.cell().participant(slow).outbox.next() - 1});
    EXPECT_EQ(events_for(bench, slow), std::vector<EventNumber>{0});
    bench.apply(AdvanceSchemeTime{});
    const std::vector<EventNumber> fresh = {0, kEventSlots + kMore + 2};
    EXPECT_EQ(events_for(bench, slow), fresh);
}

TEST(Announcements, TakeNoRoomFromPayments) {
    Bench bench(10);
    const ParticipantIndex bank = bench.admit(code(1), 1'000, kAllParticipation);
    bench.open_link(100);
    bench.apply(SessionUp{bank, 1});
    const MessageNumber credit = bench.cell().credit_limit(bank);
    for (std::uint32_t i = 0; i < kEventSlots; ++i)
        bench.apply(AdvanceSchemeTime{});
    EXPECT_EQ(bench.cell().credit_limit(bank), credit);
    bench.deliver(transfer_message(1, code(1), 100));
    EXPECT_EQ(bench.last_told(bank).kind, OutboxKind::kRequest);
}

// Changes and their outcome.

TEST(Changes, OfNobodyAreRefused) {
    Bench bench(10);
    bench.admit(code(1), 0, kAllParticipation);
    const ParticipantIndex nobody{1};
    bench.apply(ForceAvailability{nobody, false, {}});
    EXPECT_EQ(bench.effects().outcome, ResultCode::kUnknownParticipant);
    bench.apply(DeclareDefault{nobody});
    EXPECT_EQ(bench.effects().outcome, ResultCode::kUnknownParticipant);
    bench.apply(RegisterProxy{{{1, 1}, {}, nobody, {}, false, true}});
    EXPECT_EQ(bench.effects().outcome, ResultCode::kUnknownParticipant);
    bench.apply(SetParameters{{{{ParameterId::kOpensAt, kNorthboundP2p, nobody}, 60}}, {}});
    EXPECT_EQ(bench.effects().outcome, ResultCode::kUnknownParticipant);
    EXPECT_EQ(bench.cell().events().last(), 0U) << "nothing is announced";
    EXPECT_EQ(bench.cell().directory().size(), 0U);
}

TEST(Changes, NameTheSettingAtFaultAndMakeNone) {
    Bench bench(10);
    bench.admit(code(1), 0, kAllParticipation);
    const ParameterKey maximum{ParameterId::kAmountMaximum, kNorthboundP2p, kNoParticipant};
    const ParameterKey offered{ParameterId::kOffered, kNorthboundP2p, kNoParticipant};
    bench.apply(SetParameters{{{maximum, 500}, {offered, 2}, {offered, 3}}, {}});
    EXPECT_EQ(bench.effects().outcome, ResultCode::kParameterRange);
    EXPECT_EQ(bench.effects().outcome_detail, 1U);
    EXPECT_EQ(bench.cell().rules().value(maximum), 0);
    bench.apply(SetParameters{{{maximum, 500}, {offered, 0}}, {}});
    EXPECT_EQ(bench.effects().outcome, ResultCode::kAccepted);
    EXPECT_EQ(bench.cell().rules().value(maximum), 500);
    EXPECT_EQ(bench.cell().events().last(), 2U);
}

TEST(Changes, ARegistrationSaysWhetherItIsTheDefault) {
    Bench bench(10);
    const ParticipantIndex first = bench.admit(code(1), 0, kAllParticipation);
    const ParticipantIndex second = bench.admit(code(2), 0, kAllParticipation);
    const auto put = [&](ParticipantIndex bank, bool wanted) {
        bench.apply(RegisterProxy{{{1, 1}, {}, bank, PartyKind::kPerson, wanted, true}});
        return bench.effects().outcome_detail == 1;
    };
    EXPECT_TRUE(put(first, false)) << "the first is";
    EXPECT_FALSE(put(second, false));
    EXPECT_TRUE(put(second, true)) << "who asks is";
    EXPECT_FALSE(put(first, false));
    const ProxyRegistration* known = bench.cell().directory().find({1, 1}, first);
    ASSERT_NE(known, nullptr);
    EXPECT_EQ(known->reference.value, bench.sequence().value) << "the change's own number";
}

TEST(Changes, TheNewestRateSheetStands) {
    Bench bench(10);
    const ParticipantIndex bank = bench.admit(code(1), 0, kAllParticipation);
    EXPECT_FALSE(bench.cell().participant(bank).rates.has_value());
    bench.apply(FxRateSheet{bank, 1, Rate{91}, Rate{92}, kStart + 5_ms});
    bench.set_scheme(kStart + 1_ms);
    bench.apply(FxRateSheet{bank, 2, Rate{93}, Rate{94}, kStart + 9_ms});
    const auto& rates = bench.cell().participant(bank).rates;
    ASSERT_TRUE(rates.has_value());
    EXPECT_EQ(rates->bid, Rate{93});
    EXPECT_EQ(rates->ask, Rate{94});
    EXPECT_EQ(rates->valid_until, kStart + 9_ms);
    EXPECT_EQ(rates->booked, kStart + 1_ms);
}

TEST(Changes, TheOtherRailIsToldOfAnAbsenceOnlyWhenThereIsALink) {
    Bench alone(10);
    const ParticipantIndex bank = alone.admit(code(1), 0, kAllParticipation);
    alone.apply(ForceAvailability{bank, false, {}});
    EXPECT_EQ(alone.cell().link_outbox().size(), 0U);
    EXPECT_EQ(alone.cell().events().last(), 1U);

    Bench linked(10);
    const ParticipantIndex other = linked.admit(code(1), 0, kAllParticipation);
    linked.open_link(0);
    linked.apply(ForceAvailability{other, false, kStart + 9_ms});
    EXPECT_EQ(linked.last_sent().kind, LinkKind::kLoggedOff);
    EXPECT_EQ(linked.last_sent().payer_agent, code(1));
    EXPECT_EQ(linked.last_sent().acceptance_time, kStart + 9_ms);
    EXPECT_EQ(linked.last_sent().result, ResultCode::kPayeeAgentLoggedOff) << "forced";
}

TEST(CellDeathTest, TheEngineMustKeepTheOrder) {
    Cell cell;
    Effects effects;
    EXPECT_DEATH(cell.apply({Sequence{1}, kStart, ElapsedTime{0}}, Tick{}, effects),
                 "opened first");
    cell.apply({Sequence{1}, kStart, ElapsedTime{5}}, OpenCell{Rail::kFps, small_tables(10), {}},
               effects);
    const auto tick = [&](std::uint64_t sequence, SchemeTime scheme, std::int64_t elapsed_us) {
        cell.apply({Sequence{sequence}, scheme, ElapsedTime{elapsed_us}}, Tick{}, effects);
    };
    EXPECT_DEATH(tick(1, kStart, 5), "sequence numbers grow");
    EXPECT_DEATH(tick(2, kStart - 1_ms, 5), "scheme time never goes back");
    EXPECT_DEATH(tick(2, kStart, 4), "elapsed time never goes back");
    tick(2, kStart, 5);
}

}  // namespace
}  // namespace lowu::core
