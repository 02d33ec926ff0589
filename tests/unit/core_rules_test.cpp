// The scheme's rules as data: the table of parameters is complete and holds its own defaults; the
// rule book knows places, ranges, banks' own values, a schedule, and what must fit together.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "common/scheme/calendar.hpp"
#include "tests/unit/core_bench.hpp"

namespace lowu::core {
namespace {

using enum ParameterId;

constexpr SchemeTime kNow = kStart;
constexpr SchemeTime kTomorrow{kStart.value + scheme::kDayMs};
constexpr SchemeTime kLater{kStart.value + 2 * scheme::kDayMs};
constexpr std::uint16_t kBanks = 2;
constexpr ParticipantIndex kFirst{0};
constexpr ParticipantIndex kSecond{1};
constexpr Corridor kNorthboundFee = corridor_of(Direction::kNorthbound, Service::kFeeCollection);
constexpr Corridor kSouthboundFee = corridor_of(Direction::kSouthbound, Service::kFeeCollection);

/// A rule book with two banks, and what an operator does with it.
class Rules {
public:
    explicit Rules(Rail rail) {
        book_.open(rail, {});
        for (std::uint16_t i = 0; i < kBanks; ++i)
            book_.admit();
    }
    /// As the cell does: checked, then all made.
    ResultCode change(const std::vector<ParameterSetting>& settings, SchemeTime effective = kNow) {
        const ResultCode result = book_.check(settings, effective, kBanks, &broken_);
        if (result != ResultCode::kAccepted) return result;
        for (const ParameterSetting& setting : settings)
            book_.set(setting, effective, kNow);
        return result;
    }
    ResultCode change(ParameterId id, Corridor corridor, std::int64_t value,
                      SchemeTime effective = kNow) {
        return change({{{id, corridor, kNoParticipant}, value}}, effective);
    }
    ResultCode own(ParameterId id, Corridor corridor, ParticipantIndex bank, std::int64_t value) {
        return change({{{id, corridor, bank}, value}});
    }
    void advance(SchemeTime now) { book_.advance(now); }
    [[nodiscard]] std::size_t broken() const { return broken_; }
    [[nodiscard]] const RuleBook& book() const { return book_; }

private:
    RuleBook book_;
    std::size_t broken_ = 0;
};

std::vector<Corridor> corridors() {
    std::vector<Corridor> all;
    for (std::uint8_t i = 0; i < kCorridors; ++i)
        all.push_back(Corridor{i});
    return all;
}

// The table.

TEST(ParameterTable, NamesAndNumbersDiffer) {
    std::set<std::string_view> names;
    std::set<ParameterId> ids;
    for (const ParameterRow& row : parameter_table()) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_TRUE(ids.insert(row.id).second) << row.name;
        EXPECT_EQ(find_parameter(row.name), &row);
        EXPECT_EQ(find_parameter(static_cast<std::uint32_t>(row.id)), &row);
        EXPECT_LT(row.lowest, row.highest) << row.name;
        EXPECT_EQ(row.meaning.back(), '.') << row.name;
    }
    EXPECT_EQ(find_parameter("colour"), nullptr);
    EXPECT_EQ(find_parameter(0), nullptr);
    EXPECT_EQ(find_parameter(255), nullptr);
}

TEST(ParameterTable, EveryPlaceHasADefaultInRangeAUnitAndASource) {
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        const Rules rules(rail);
        for (const ParameterRow& row : parameter_table()) {
            for (const Corridor corridor : corridors()) {
                if (!has_place(rail, row.id, corridor)) continue;
                SCOPED_TRACE(std::string(scheme::to_string(rail)) + " " + std::string(row.name) +
                             " " + std::to_string(corridor.index));
                const std::int64_t value = default_value(rail, row.id, corridor);
                EXPECT_GE(value, row.lowest);
                EXPECT_LE(value, row.highest);
                EXPECT_EQ(rules.book().value({row.id, corridor, kNoParticipant}), value);
                EXPECT_FALSE(unit_of(row.id, corridor).empty());
                EXPECT_FALSE(source_of(rail, row.id, corridor).empty());
            }
        }
    }
}

TEST(ParameterTable, PlacesFollowTheRailsRole) {
    EXPECT_TRUE(has_place(Rail::kFps, kPayeeDeadline, {}));
    EXPECT_FALSE(has_place(Rail::kFps, kPayeeDeadline, kSouthboundP2p)) << "of the rail, once";
    EXPECT_TRUE(has_place(Rail::kFps, kOffered, kNorthboundP2p));
    EXPECT_TRUE(has_place(Rail::kFps, kOffered, kSouthboundP2p)) << "as destination";
    EXPECT_TRUE(has_place(Rail::kFps, kPersonDayLimit, kNorthboundP2p));
    EXPECT_FALSE(has_place(Rail::kFps, kPersonDayLimit, kSouthboundP2p)) << "the origin's";
    EXPECT_TRUE(has_place(Rail::kIbps, kPersonDayLimit, kSouthboundP2p));
    EXPECT_TRUE(has_place(Rail::kIbps, kAmountMaximum, kDomesticCorridor));
    EXPECT_FALSE(has_place(Rail::kIbps, kOffered, Corridor{kCorridors}));
    EXPECT_FALSE(has_place(Rail::kIbps, static_cast<ParameterId>(99), {}));
}

TEST(ParameterTable, HoldsThePublishedRules) {
    const Rules fps(Rail::kFps);
    const Rules ibps(Rail::kIbps);
    EXPECT_EQ(fps.book().value(kPersonDayLimit, kNorthboundP2p), 1'000'000) << "HKD 10,000";
    EXPECT_EQ(fps.book().value(kPersonYearLimit, kNorthboundP2p), 20'000'000) << "HKD 200,000";
    EXPECT_EQ(fps.book().value(kDayAcrossInstitutions, kNorthboundP2p), 0);
    EXPECT_EQ(fps.book().value(kYearAcrossInstitutions, kNorthboundP2p), 0);
    EXPECT_EQ(ibps.book().value(kPersonYearLimit, kSouthboundP2p), 5'000'000) << "USD 50,000";
    EXPECT_EQ(ibps.book().value(kYearAcrossInstitutions, kSouthboundP2p), 1);
    EXPECT_EQ(ibps.book().value(kBankPaymentLimit, kSouthboundP2p), 1'000'000) << "RMB 10,000";
    EXPECT_EQ(ibps.book().value(kPersonDayLimit, kSouthboundP2p), 5'000'000) << "RMB 50,000";
    EXPECT_EQ(ibps.book().value(kOpensAt, kSouthboundP2p), 7 * 60);
    EXPECT_EQ(ibps.book().value(kClosesAt, kSouthboundP2p), 23 * 60);
    EXPECT_EQ(fps.book().value(kOpensAt, kSouthboundP2p), 0) << "the origin's hours count";
    for (const Corridor corridor : corridors()) {
        EXPECT_EQ(fps.book().value(kClosesAt, corridor), 24 * 60);
        const bool fees_or_remittances = corridor == kSouthboundP2p || corridor == kSouthboundFee;
        EXPECT_EQ(ibps.book().value(kClosesAt, corridor), fees_or_remittances ? 23 * 60 : 24 * 60);
    }
}

// Ranges and places.

TEST(RuleBook, TakesTheEndsOfEveryRangeAndNothingBeyond) {
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        for (const ParameterRow& row : parameter_table()) {
            for (const Corridor corridor : corridors()) {
                if (!has_place(rail, row.id, corridor)) continue;
                SCOPED_TRACE(std::string(row.name) + " " + std::to_string(corridor.index));
                Rules rules(rail);
                EXPECT_EQ(rules.change(row.id, corridor, row.lowest - 1),
                          ResultCode::kParameterRange);
                EXPECT_EQ(rules.change(row.id, corridor, row.highest + 1),
                          ResultCode::kParameterRange);
                // An end is in range; it may still not fit the other parameters.
                EXPECT_NE(rules.change(row.id, corridor, row.lowest), ResultCode::kParameterRange);
                EXPECT_NE(rules.change(row.id, corridor, row.highest), ResultCode::kParameterRange);
            }
        }
    }
}

TEST(RuleBook, RefusesPlacesThatItDoesNotHave) {
    Rules rules(Rail::kFps);
    EXPECT_EQ(rules.change(kPersonDayLimit, kSouthboundP2p, 5), ResultCode::kParameterPlace);
    EXPECT_EQ(rules.change(kPayeeDeadline, kSouthboundP2p, 5), ResultCode::kParameterPlace);
    EXPECT_EQ(rules.change(static_cast<ParameterId>(99), {}, 5), ResultCode::kParameterUnknown);
    EXPECT_EQ(rules.own(kOffered, kNorthboundP2p, kFirst, 0), ResultCode::kParameterPlace)
        << "no bank's own";
    EXPECT_EQ(rules.own(kPersonYearLimit, kNorthboundP2p, kFirst, 5), ResultCode::kParameterPlace);
    EXPECT_EQ(rules.own(kOpensAt, kNorthboundP2p, ParticipantIndex{kBanks}, 5),
              ResultCode::kUnknownParticipant);
    EXPECT_EQ(rules.change(kAmountMaximum, kNorthboundP2p, kNoOwnValue),
              ResultCode::kParameterRange)
        << "the scheme has no own value to give up";
}

TEST(RuleBook, SaysWhichSettingIsAtFault) {
    Rules rules(Rail::kFps);
    const ParameterSetting good{{kAmountMaximum, kNorthboundP2p, kNoParticipant}, 5};
    const ParameterSetting bad{{kAmountMaximum, kNorthboundP2p, kNoParticipant}, -5};
    EXPECT_EQ(rules.change({good, good, bad, bad}), ResultCode::kParameterRange);
    EXPECT_EQ(rules.broken(), 2U);
    EXPECT_EQ(rules.book().value(kAmountMaximum, kNorthboundP2p), 0) << "all or none";
}

TEST(RuleBook, EverySettingMovesItsOwnPlaceOnly) {
    // Each place is set to a value that no other has; then all are read.
    Rules rules(Rail::kIbps);
    std::vector<ParameterSetting> made;
    std::int64_t value = 2'000;
    for (const ParameterRow& row : parameter_table()) {
        const bool free = row.id == kAmountMaximum || row.id == kBankPaymentLimit ||
                          row.id == kPersonDayLimit || row.id == kPersonYearLimit;
        if (!free) continue;
        for (const Corridor corridor : corridors()) {
            if (!has_place(Rail::kIbps, row.id, corridor)) continue;
            made.push_back({{row.id, corridor, kNoParticipant}, value++});
            for (std::uint16_t bank = 0; row.banks_own && bank < kBanks; ++bank)
                made.push_back({{row.id, corridor, ParticipantIndex{bank}}, value++});
        }
    }
    for (const ParameterSetting& setting : made)
        ASSERT_EQ(rules.change({setting}), ResultCode::kAccepted);
    for (const ParameterSetting& setting : made)
        EXPECT_EQ(rules.book().value(setting.key), setting.value);
}

// Hours.

SchemeTime at(int hour, int minute, int millisecond = 0) {
    return SchemeTime{scheme::start_of_day(scheme::day_number(kNow)).value +
                      (hour * 60LL + minute) * 60'000 + millisecond};
}

TEST(RuleBook, HoursIncludeTheirFirstMillisecondAndNotTheirLast) {
    const Rules rules(Rail::kIbps);
    const auto open = [&](SchemeTime time) {
        return rules.book().within_hours(kSouthboundP2p, kFirst, time);
    };
    EXPECT_FALSE(open(at(7, 0, -1)));
    EXPECT_TRUE(open(at(7, 0)));
    EXPECT_TRUE(open(at(23, 0, -1)));
    EXPECT_FALSE(open(at(23, 0)));
    EXPECT_TRUE(rules.book().within_hours(kNorthboundP2p, kFirst, at(0, 0)));
    EXPECT_TRUE(rules.book().within_hours(kNorthboundP2p, kFirst, at(24, 0, -1)));
}

TEST(RuleBook, ABanksOwnHoursOnlyNarrow) {
    Rules rules(Rail::kIbps);
    ASSERT_EQ(rules.own(kOpensAt, kSouthboundP2p, kFirst, 9 * 60), ResultCode::kAccepted);
    ASSERT_EQ(rules.own(kClosesAt, kSouthboundP2p, kFirst, 24 * 60), ResultCode::kAccepted);
    const auto open = [&](ParticipantIndex bank, SchemeTime time) {
        return rules.book().within_hours(kSouthboundP2p, bank, time);
    };
    EXPECT_FALSE(open(kFirst, at(9, 0, -1)));
    EXPECT_TRUE(open(kFirst, at(9, 0)));
    EXPECT_FALSE(open(kFirst, at(23, 0))) << "wider than the scheme's is not wider";
    EXPECT_TRUE(open(kSecond, at(8, 0))) << "another bank";
    EXPECT_TRUE(rules.book().within_hours(kSouthboundFee, kFirst, at(8, 0))) << "another service";
    EXPECT_TRUE(open(kNoParticipant, at(8, 0))) << "the scheme's";
    ASSERT_EQ(rules.own(kOpensAt, kSouthboundP2p, kFirst, kNoOwnValue), ResultCode::kAccepted);
    EXPECT_TRUE(open(kFirst, at(8, 0)));
}

TEST(RuleBook, OpensBeforeItCloses) {
    Rules rules(Rail::kIbps);
    EXPECT_EQ(rules.change(kOpensAt, kSouthboundP2p, 23 * 60), ResultCode::kParametersTogether);
    EXPECT_EQ(rules.change(kOpensAt, kSouthboundP2p, 23 * 60 - 1), ResultCode::kAccepted);
    ASSERT_EQ(rules.own(kOpensAt, kSouthboundFee, kFirst, 600), ResultCode::kAccepted);
    EXPECT_EQ(rules.own(kClosesAt, kSouthboundFee, kFirst, 600), ResultCode::kParametersTogether);
    EXPECT_EQ(rules.own(kClosesAt, kSouthboundFee, kFirst, 601), ResultCode::kAccepted);
    EXPECT_EQ(rules.own(kClosesAt, kSouthboundFee, kSecond, 600), ResultCode::kAccepted);
}

// Limits.

TEST(RuleBook, OwnLimitsReplaceWhatIsTheBanksToSetAndNarrowTheRest) {
    Rules ibps(Rail::kIbps);
    const auto southbound = [&](ParameterId id, ParticipantIndex bank) {
        return ibps.book().limit(id, kSouthboundP2p, bank).value;
    };
    ASSERT_EQ(ibps.own(kBankPaymentLimit, kSouthboundP2p, kFirst, 7'000'000),
              ResultCode::kAccepted);
    ASSERT_EQ(ibps.own(kPersonDayLimit, kSouthboundP2p, kFirst, 0), ResultCode::kAccepted);
    EXPECT_EQ(southbound(kBankPaymentLimit, kFirst), 7'000'000) << "wider";
    EXPECT_EQ(southbound(kBankPaymentLimit, kSecond), 1'000'000);
    EXPECT_EQ(southbound(kPersonDayLimit, kFirst), 0) << "none at all";
    EXPECT_EQ(southbound(kPersonDayLimit, kSecond), 5'000'000);

    Rules fps(Rail::kFps);
    const auto day = [&](std::int64_t scheme_limit, std::int64_t own) {
        EXPECT_EQ(fps.change(kPersonDayLimit, kNorthboundP2p, scheme_limit), ResultCode::kAccepted);
        EXPECT_EQ(fps.own(kPersonDayLimit, kNorthboundP2p, kFirst, own), ResultCode::kAccepted);
        return fps.book().limit(kPersonDayLimit, kNorthboundP2p, kFirst).value;
    };
    EXPECT_EQ(day(1'000, 400), 400);
    EXPECT_EQ(day(1'000, 4'000), 1'000) << "a bank cannot widen the scheme's";
    EXPECT_EQ(day(1'000, 0), 1'000) << "nor lift it";
    EXPECT_EQ(day(1'000, kNoOwnValue), 1'000);
    EXPECT_EQ(day(0, 400), 400) << "where the scheme has none, the bank may";
    EXPECT_EQ(day(0, kNoOwnValue), 0);
    ASSERT_EQ(fps.own(kBankPaymentLimit, kNorthboundFee, kFirst, 50), ResultCode::kAccepted);
    EXPECT_EQ(fps.book().limit(kBankPaymentLimit, kNorthboundFee, kFirst).value, 50);
    EXPECT_EQ(fps.book().limit(kBankPaymentLimit, kNorthboundP2p, kFirst).value, 0);
}

// The schedule.

TEST(RuleBook, PutsIntoForceWhatIsDueInItsOrder) {
    Rules rules(Rail::kFps);
    const auto value = [&] { return rules.book().value(kAmountMaximum, kNorthboundP2p); };
    ASSERT_EQ(rules.change(kAmountMaximum, kNorthboundP2p, 3, kLater), ResultCode::kAccepted);
    ASSERT_EQ(rules.change(kAmountMaximum, kNorthboundP2p, 2, kTomorrow), ResultCode::kAccepted);
    ASSERT_EQ(rules.change(kAmountMaximum, kNorthboundP2p, 1), ResultCode::kAccepted);
    EXPECT_EQ(rules.book().schedule().size(), 2U);
    EXPECT_EQ(value(), 1);
    rules.advance(kTomorrow - 1_ms);
    EXPECT_EQ(value(), 1);
    rules.advance(kTomorrow);
    EXPECT_EQ(value(), 2);
    rules.advance(kLater + 5_ms);
    EXPECT_EQ(value(), 3);
    EXPECT_TRUE(rules.book().schedule().empty());
}

TEST(RuleBook, TheLastWordOnAMomentStands) {
    Rules rules(Rail::kFps);
    const ParameterKey key{kAmountMaximum, kNorthboundP2p, kNoParticipant};
    ASSERT_EQ(rules.change({{key, 5}}, kTomorrow), ResultCode::kAccepted);
    ASSERT_EQ(rules.change({{key, 6}, {key, 7}}, kTomorrow), ResultCode::kAccepted);
    EXPECT_EQ(rules.book().schedule().size(), 1U);
    rules.advance(kLater);
    EXPECT_EQ(rules.book().value(key), 7);
}

TEST(RuleBook, HasABoundedSchedule) {
    Rules rules(Rail::kFps);
    for (std::size_t i = 0; i < kMaxScheduledSettings; ++i) {
        const SchemeTime when{kTomorrow.value + static_cast<std::int64_t>(i)};
        ASSERT_EQ(rules.change(kAmountMaximum, kNorthboundP2p, 5, when), ResultCode::kAccepted);
    }
    EXPECT_EQ(rules.change(kAmountMaximum, kNorthboundP2p, 6, kLater), ResultCode::kScheduleFull);
    rules.advance(kTomorrow);
    EXPECT_EQ(rules.change(kAmountMaximum, kNorthboundP2p, 6, kLater), ResultCode::kAccepted);
}

TEST(RuleBook, MustFitTogetherAtEveryMoment) {
    Rules rules(Rail::kFps);
    const auto together = ResultCode::kParametersTogether;
    // 10 s for the payee's bank, 1 s in queues, twice 2 s on the link: 15 s, and the origin 20 s.
    EXPECT_EQ(rules.change(kPayeeDeadline, {}, 15'000), together);
    EXPECT_EQ(rules.change(kPayeeDeadline, {}, 14'999), ResultCode::kAccepted);
    EXPECT_EQ(rules.change(kOriginDeadline, {}, 60'000, kTomorrow), ResultCode::kAccepted);
    EXPECT_EQ(rules.change(kPayeeDeadline, {}, 30'000, kTomorrow - 1_ms), together);
    EXPECT_EQ(rules.change(kPayeeDeadline, {}, 30'000, kTomorrow), ResultCode::kAccepted);
    EXPECT_EQ(rules.change(kOriginDeadline, {}, 35'000, kLater), together);
    EXPECT_EQ(rules.change(kOriginDeadline, {}, 35'001, kLater), ResultCode::kAccepted);
    // What is scheduled bounds what is made before it.
    EXPECT_EQ(rules.change(kLinkAllowance, {}, 2'001), together);
    rules.advance(kLater);
    EXPECT_EQ(rules.book().parameters().payee_deadline, Duration::from_ms(30'000));
    EXPECT_EQ(rules.book().parameters().origin_deadline, Duration::from_ms(35'001));
    EXPECT_EQ(rules.book().parameters().broken_rule(), nullptr);
}

TEST(RuleBook, SettingsOfOneChangeAreJudgedTogether) {
    Rules rules(Rail::kFps);
    const ParameterSetting payee{{kPayeeDeadline, {}, kNoParticipant}, 30'000};
    const ParameterSetting origin{{kOriginDeadline, {}, kNoParticipant}, 40'000};
    EXPECT_EQ(rules.change({payee}), ResultCode::kParametersTogether);
    EXPECT_EQ(rules.change({payee, origin}), ResultCode::kAccepted);
}

// Token versions.

TEST(RuleBook, TokenKeysGoUpOneAtATime) {
    Rules rules(Rail::kFps);
    EXPECT_EQ(rules.change(kTokenVersion, {}, 3), ResultCode::kTokenVersionOrder);
    EXPECT_EQ(rules.change(kTokenVersion, {}, 2, kTomorrow), ResultCode::kAccepted);
    EXPECT_EQ(rules.change(kTokenVersion, {}, 3, kTomorrow), ResultCode::kTokenVersionOrder)
        << "at the same moment it would replace 2";
    EXPECT_EQ(rules.change(kTokenVersion, {}, 3, kLater), ResultCode::kAccepted);
    EXPECT_EQ(rules.change(kTokenVersion, {}, 1, kLater + 1_ms), ResultCode::kTokenVersionOrder);
    EXPECT_EQ(rules.book().token_version(), 1U);
    rules.advance(kTomorrow);
    EXPECT_EQ(rules.book().token_version(), 2U);
    rules.advance(kLater);
    EXPECT_EQ(rules.book().token_version(), 3U);
}

TEST(RuleBook, AnOldTokenIsTakenForWhatWasMadeBeforeTheChange) {
    Rules rules(Rail::kFps);
    ASSERT_EQ(rules.change(kTokenVersion, {}, 2, kTomorrow), ResultCode::kAccepted);
    const auto fits = [&](std::uint32_t version, SchemeTime created) {
        return rules.book().token_version_fits(version, created);
    };
    EXPECT_TRUE(fits(1, kTomorrow)) << "in force still";
    EXPECT_FALSE(fits(2, kTomorrow)) << "not yet";
    EXPECT_FALSE(fits(0, kNow));
    rules.advance(kLater);
    EXPECT_TRUE(fits(2, kLater));
    EXPECT_TRUE(fits(2, kNow)) << "a bank that has changed early";
    EXPECT_TRUE(fits(1, kTomorrow - 1_ms));
    EXPECT_FALSE(fits(1, kTomorrow)) << "since its effective time, not since it was noticed";
    EXPECT_FALSE(fits(3, kNow));
    EXPECT_FALSE(fits(0xffff'ffff, kNow));
    ASSERT_EQ(rules.change(kTokenVersion, {}, 2), ResultCode::kAccepted) << "it is so already";
    EXPECT_TRUE(fits(1, kTomorrow - 1_ms)) << "and its beginning stays";
    EXPECT_FALSE(fits(1, kTomorrow));
}

}  // namespace
}  // namespace lowu::core
