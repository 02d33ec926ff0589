// Tests of common/scheme: identifiers, check digits, calendar, launch institutions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "common/base/prng.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/bic.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/field_fault.hpp"
#include "common/scheme/institutions.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::scheme {
namespace {

// ISO 20022 UUIDv4Identifier, spelled out slowly: judges the table-driven reader.
bool obeys_uetr_pattern(std::string_view text) {
    constexpr std::string_view kPattern = "xxxxxxxx-xxxx-4xxx-Vxxx-xxxxxxxxxxxx";
    constexpr std::string_view kHex = "0123456789abcdef";
    constexpr std::string_view kVariant = "89ab";
    if (text.size() != kPattern.size()) {
        return false;
    }
    for (std::size_t position = 0; position < text.size(); ++position) {
        const char rule = kPattern[position];
        const char character = text[position];
        const bool good = rule == 'x'   ? kHex.find(character) != std::string_view::npos
                          : rule == 'V' ? kVariant.find(character) != std::string_view::npos
                                        : character == rule;
        if (!good) {
            return false;
        }
    }
    return true;
}

TEST(UetrText, ReadsIntoItsSixteenBytes) {
    const auto uetr = parse_uetr("8a562c67-ca16-48ba-b074-65581be6f001");
    ASSERT_TRUE(uetr.has_value());
    EXPECT_EQ(uetr->high, 0x8a562c67ca1648baULL);
    EXPECT_EQ(uetr->low, 0xb07465581be6f001ULL);
    EXPECT_EQ(format_uetr(*uetr), "8a562c67-ca16-48ba-b074-65581be6f001");
}

TEST(UetrText, RefusesEverythingElse) {
    const std::vector<std::string> cases = {
        "",
        "8a562c67-ca16-48ba-b074-65581be6f00",    // one short
        "8a562c67-ca16-48ba-b074-65581be6f0011",  // one long
        "8A562C67-CA16-48BA-B074-65581BE6F001",   // upper case
        "8a562c67-ca16-18ba-b074-65581be6f001",   // version 1
        "8a562c67-ca16-48ba-c074-65581be6f001",   // variant c
        "8a562c67-ca16-48ba-7074-65581be6f001",   // variant 7
        "8a562c67ca1648bab07465581be6f001",       // no dashes
        "8a562c67-ca16-48ba-b07465581be6f001-",   // a dash in the wrong place
        "{8a562c67-ca16-48ba-b074-65581be6f00}",  // braces
        "8a562c67-ca16-48ba-b074-65581be6f00g",   // not hexadecimal
        "8a562c67-ca16-48ba-b074-65581be6f0\xC3\xA9",
        "00000000-0000-0000-0000-000000000000",  // the nil UUID has no version
        std::string(36, '-'),
    };
    for (const std::string& text : cases) {
        EXPECT_EQ(parse_uetr(text), std::nullopt) << text;
    }
}

TEST(UetrText, EveryRandomOneReadsBack) {
    Prng prng(1);
    std::set<Uetr> seen;
    for (int round = 0; round < 20'000; ++round) {
        const Uetr uetr = uetr_from_random(prng.next_u64(), prng.next_u64());
        const std::string text = format_uetr(uetr);
        ASSERT_TRUE(obeys_uetr_pattern(text)) << text;
        ASSERT_EQ(parse_uetr(text), uetr) << text;
        seen.insert(uetr);
    }
    EXPECT_EQ(seen.size(), 20'000U);
}

TEST(UetrText, IsTextWithThePatternAndNothingElse) {
    Prng prng(2);
    for (int round = 0; round < 200'000; ++round) {
        std::string text = format_uetr(uetr_from_random(prng.next_u64(), prng.next_u64()));
        const auto position = static_cast<std::size_t>(prng.below(text.size()));
        text[position] = static_cast<char>(prng.below(256));
        ASSERT_EQ(parse_uetr(text).has_value(), obeys_uetr_pattern(text)) << text;
    }
}

TEST(UetrHash, SpreadsUetrsThatDifferInOneByte) {
    std::set<std::size_t> buckets;
    for (std::uint64_t number = 0; number < 4'096; ++number) {
        buckets.insert(std::hash<Uetr>{}(uetr_from_random(5, number)) % 65'536);
    }
    EXPECT_GT(buckets.size(), 3'800U);  // 3,970 expected of a random function
}

TEST(RailNames, ReadBack) {
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        EXPECT_EQ(parse_rail(to_string(rail)), rail);
        EXPECT_EQ(other(other(rail)), rail);
        EXPECT_EQ(origin_of(direction_from(rail)), rail);
        EXPECT_EQ(destination_of(direction_from(rail)), other(rail));
    }
    for (const Direction direction : {Direction::kNorthbound, Direction::kSouthbound}) {
        EXPECT_EQ(parse_direction(to_string(direction)), direction);
        EXPECT_EQ(direction_from(origin_of(direction)), direction);
    }
    EXPECT_EQ(origin_of(Direction::kNorthbound), Rail::kFps);
    EXPECT_EQ(parse_rail("FPS"), std::nullopt);
    EXPECT_EQ(parse_direction(""), std::nullopt);
}

TEST(AgentCodeText, PacksAndReadsBack) {
    for (const std::string_view text :
         {"0", "Z", "004", "012", "ICL", "000", "000000000000", "ZZZZZZZZZZZZ", "102100099996"}) {
        const auto code = parse_agent_code(text);
        ASSERT_TRUE(code.has_value()) << text;
        EXPECT_NE(*code, kNoAgent);
        EXPECT_TRUE(is_agent_code(*code));
        EXPECT_EQ(format_agent_code(*code), text);
    }
    EXPECT_EQ(format_agent_code(kNoAgent), "");
    EXPECT_NE(parse_agent_code("0"), parse_agent_code("00")) << "leading zeros count";
}

TEST(AgentCodeText, RefusesOtherCharactersAndLengths) {
    for (const std::string_view text : {"", "abc", "A-1", "0 1", "1234567890123", "\xC3\xA9"}) {
        EXPECT_EQ(parse_agent_code(text), std::nullopt) << text;
    }
}

TEST(AgentCodeValue, OnlyPackingsOfTextAreCodes) {
    EXPECT_FALSE(is_agent_code(kNoAgent));
    EXPECT_FALSE(is_agent_code(AgentCode{37}));  // a blank behind a character
    EXPECT_FALSE(is_agent_code(AgentCode{~std::uint64_t{0}}));
    Prng prng(3);
    int codes = 0;
    for (int round = 0; round < 20'000; ++round) {
        const AgentCode code{prng.next_u64() >> prng.below(64)};
        if (is_agent_code(code)) {
            ++codes;
            ASSERT_EQ(parse_agent_code(format_agent_code(code)), code);
        }
    }
    EXPECT_GT(codes, 5'000);
}

TEST(AgentCodeDeathTest, FormattingAnotherIntegerAborts) {
    EXPECT_DEATH(static_cast<void>(format_agent_code(AgentCode{37})), "not the packing");
}

// Thirteen bank codes found in public sources.
constexpr std::array<std::string_view, 13> kPublicIbpsCodes = {
    "102100099996", "102653005001", "102653005077", "104100000004", "105100000017",
    "304100040000", "305100000013", "307584007998", "313513008886", "313684093748",
    "313821001016", "402602000018", "402821000015"};

TEST(IbpsCode, PublicOnesPass) {
    for (const std::string_view code : kPublicIbpsCodes) {
        EXPECT_EQ(check_agent_code(Rail::kIbps, code), std::nullopt) << code;
        EXPECT_EQ(ibps_check_digit(code.substr(0, 11)), code.back()) << code;
        EXPECT_EQ(rail_of_code(code), Rail::kIbps);
    }
}

TEST(IbpsCode, AnyOneWrongDigitIsFound) {
    for (const std::string_view code : kPublicIbpsCodes) {
        for (std::size_t position = 0; position < code.size(); ++position) {
            for (char digit = '0'; digit <= '9'; ++digit) {
                std::string changed(code);
                changed[position] = digit;
                EXPECT_EQ(check_agent_code(Rail::kIbps, changed).has_value(), changed != code)
                    << changed;
            }
        }
    }
}

TEST(AgentCodeRule, SaysWhatIsBroken) {
    struct Row {
        Rail rail;
        std::string_view text;
        std::string_view rule;
    };
    const std::vector<Row> rows = {
        {Rail::kFps, "04", "3 characters"},          {Rail::kFps, "0044", "3 characters"},
        {Rail::kFps, "abc", "3 characters"},         {Rail::kFps, "", "3 characters"},
        {Rail::kIbps, "10210009999", "12 digits"},   {Rail::kIbps, "10210009999A", "12 digits"},
        {Rail::kIbps, "1021000999960", "12 digits"}, {Rail::kIbps, "102100099995", "check digit"},
        {Rail::kIbps, "004", "12 digits"},
    };
    for (const Row& row : rows) {
        const auto rule = check_agent_code(row.rail, row.text);
        ASSERT_TRUE(rule.has_value()) << row.text;
        EXPECT_THAT(std::string(*rule), testing::HasSubstr(std::string(row.rule))) << row.text;
    }
    EXPECT_EQ(check_agent_code(Rail::kFps, "ICL"), std::nullopt);
    EXPECT_EQ(rail_of_code("012"), Rail::kFps);
    EXPECT_EQ(rail_of_code("102100099995"), std::nullopt);
}

TEST(AgentCodeRail, FollowsFromItsLength) {
    EXPECT_EQ(rail_of(*parse_agent_code("000")), Rail::kFps);
    EXPECT_EQ(rail_of(*parse_agent_code("ZZZ")), Rail::kFps);
    EXPECT_EQ(rail_of(*parse_agent_code("102100099996")), Rail::kIbps);
    EXPECT_EQ(rail_of(*parse_agent_code("0000")), std::nullopt);
    EXPECT_EQ(rail_of(kNoAgent), std::nullopt);
}

TEST(Bic, HasEightOrElevenCharacters) {
    for (const std::string_view good : {"HSBCHKHH", "HSBCHKHHHKH", "GDBKCN22", "A1B2HK00XXX"}) {
        EXPECT_EQ(check_bic(good), std::nullopt) << good;
    }
    for (const std::string_view bad : {"", "HSBCHKH", "HSBCHKHHH", "HSBCHKHHHKHX", "hsbchkhh",
                                       "HSBC1KHH", "HSBCH1HH", "HSBCHKH-"}) {
        EXPECT_NE(check_bic(bad), std::nullopt) << bad;
    }
}

TEST(Account, HasOneToThirtyFourPlainCharacters) {
    for (const std::string& good :
         {std::string("1"), std::string("6222-0001.23/4_5"), std::string("+852-91234567"),
          std::string("someone@bank"), std::string(34, 'a')}) {
        EXPECT_EQ(check_account(good), std::nullopt) << good;
    }
    EXPECT_EQ(check_account(""), "must not be empty");
    EXPECT_EQ(check_account(std::string(35, '1')), "must be at most 34 characters (Max34Text)");
    for (const std::string& bad : {std::string("1 2"), std::string("a,b"), std::string("賬戶"),
                                   std::string("a\n"), std::string("a\0b", 3)}) {
        EXPECT_THAT(std::string(check_account(bad).value_or("")), testing::HasSubstr("must be of"));
    }
}

struct CalendarCase {
    std::int64_t time_ms;
    CalendarTime parts;
    std::string text;
    std::int64_t day;
};

TEST(Calendar, KnowsItsMoments) {
    const std::vector<CalendarCase> cases = {
        {0, {1970, 1, 1, 8, 0, 0, 0}, "1970-01-01 08:00:00.000", 0},
        {-kUtc8OffsetMs, {1970, 1, 1, 0, 0, 0, 0}, "1970-01-01 00:00:00.000", 0},
        {1'750'554'000'000, {2025, 6, 22, 9, 0, 0, 0}, "2025-06-22 09:00:00.000", 20'261},
        {1'709'135'999'999, {2024, 2, 28, 23, 59, 59, 999}, "2024-02-28 23:59:59.999", 19'781},
        {1'709'136'000'000, {2024, 2, 29, 0, 0, 0, 0}, "2024-02-29 00:00:00.000", 19'782},
        {951'753'600'000, {2000, 2, 29, 0, 0, 0, 0}, "2000-02-29 00:00:00.000", 11'016},
        {4'107'513'600'000, {2100, 3, 1, 0, 0, 0, 0}, "2100-03-01 00:00:00.000", 47'541},
    };
    for (const CalendarCase& row : cases) {
        const SchemeTime time{row.time_ms};
        EXPECT_EQ(to_utc8(time), row.parts) << row.text;
        EXPECT_EQ(format_utc8(time), row.text);
        EXPECT_EQ(day_number(time), row.day) << row.text;
        EXPECT_EQ(from_utc8(row.parts), time) << row.text;
        EXPECT_EQ(parse_utc8(row.text), time) << row.text;
    }
    EXPECT_EQ(format_utc8(kDefaultSchemeStart), "2025-06-22 09:00:00.000");
}

// The hours of southbound payments turn on these milliseconds.
TEST(Calendar, CountsMillisecondsOfTheDay) {
    EXPECT_EQ(time_of_day_ms(*parse_utc8("2025-06-22 00:00")), 0);
    EXPECT_EQ(time_of_day_ms(*parse_utc8("2025-06-22 06:59:59.999")), 7 * 3'600'000 - 1);
    EXPECT_EQ(time_of_day_ms(*parse_utc8("2025-06-22 23:59:59.999")), kDayMs - 1);
    EXPECT_EQ(start_of_day(day_number(kDefaultSchemeStart)), *parse_utc8("2025-06-22 00:00"));
}

TEST(Calendar, ReadsOptionalSecondsAndMilliseconds) {
    EXPECT_EQ(parse_utc8("2025-06-22 09:00"), kDefaultSchemeStart);
    EXPECT_EQ(parse_utc8("2025-06-22 09:00:00"), kDefaultSchemeStart);
    EXPECT_EQ(parse_utc8("2025-06-22 09:00:00.001"), kDefaultSchemeStart + 1_ms);
    for (const std::string_view bad : {"",
                                       "2025-06-22",
                                       "2025-06-22 09",
                                       "2025-06-22 9:00",
                                       "2025-06-22T09:00",
                                       "2025-06-22 09:00:",
                                       "2025-06-22 09:00:00.",
                                       "2025-06-22 09:00:00.1",
                                       "2025-06-22 09:00:00.0000",
                                       "2025-06-22 09:00 ",
                                       " 2025-06-22 09:00",
                                       "25-06-22 09:00",
                                       "2025-02-29 09:00",
                                       "2025-13-01 09:00",
                                       "2025-00-01 09:00",
                                       "2025-04-31 09:00",
                                       "2025-06-00 09:00",
                                       "2025-06-22 24:00",
                                       "2025-06-22 09:60",
                                       "2025-06-22 09:00:60",
                                       "1969-12-31 09:00",
                                       "2100-02-29 00:00",
                                       "+025-06-22 09:00"}) {
        EXPECT_EQ(parse_utc8(bad), std::nullopt) << bad;
    }
}

TEST(Calendar, DatesAreDaysWithoutATime) {
    EXPECT_EQ(format_date(0), "1970-01-01");
    EXPECT_EQ(format_date(20'261), "2025-06-22");
    EXPECT_EQ(format_date(11'016), "2000-02-29");
    EXPECT_EQ(parse_date("1970-01-01"), 0);
    EXPECT_EQ(parse_date("2025-06-22"), 20'261);
    EXPECT_EQ(parse_date("2024-02-29"), 19'782);
    EXPECT_EQ(parse_date("9999-12-31"), 2'932'896);
    EXPECT_EQ(format_date(2'932'896), "9999-12-31");
    for (std::int64_t day = 0; day < 150'000; day += 7)
        ASSERT_EQ(parse_date(format_date(day)), day);
    for (const std::string_view bad :
         {"", "2025-06", "2025-06-2", "2025-06-222", "25-06-22", "2025-6-22", "2025/06/22",
          "2025-06-22 ", " 2025-06-22", "2025-06-22 09:00", "2025-02-29", "2100-02-29",
          "2025-00-01", "2025-13-01", "2025-06-00", "2025-06-31", "1969-12-31", "+025-06-22"}) {
        EXPECT_EQ(parse_date(bad), std::nullopt) << bad;
    }
}

TEST(Calendar, EveryDayFollowsTheOneBefore) {
    CalendarTime before = to_utc8(start_of_day(-1));
    for (std::int64_t day = 0; day < 150'000; ++day) {  // beyond 400 years: a whole cycle
        const CalendarTime now = to_utc8(start_of_day(day));
        ASSERT_EQ(day_number(start_of_day(day)), day);
        ASSERT_EQ(from_utc8(now), start_of_day(day));
        const bool next_day = now.year == before.year && now.month == before.month;
        const bool next_month = now.year == before.year && now.month == before.month + 1;
        const bool next_year = now.year == before.year + 1 && now.month == 1 && before.month == 12;
        ASSERT_TRUE(next_day ? now.day == before.day + 1
                             : now.day == 1 && before.day >= 28 && (next_month || next_year));
        before = now;
    }
}

TEST(Calendar, EveryMomentReadsBack) {
    Prng prng(4);
    const std::int64_t last_ms = parse_utc8("9999-12-31 23:59:59.999")->value;
    for (int round = 0; round < 20'000; ++round) {
        const SchemeTime time{prng.between(-kUtc8OffsetMs, last_ms)};
        ASSERT_EQ(parse_utc8(format_utc8(time)), time);
        ASSERT_EQ(start_of_day(day_number(time)) + Duration::from_ms(time_of_day_ms(time)), time);
    }
}

TEST(Calendar, SurvivesTheEndsOfTheRange) {
    for (const std::int64_t time_ms :
         {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
        const SchemeTime time{time_ms};
        EXPECT_GE(time_of_day_ms(time), 0);
        EXPECT_LT(time_of_day_ms(time), kDayMs);
        EXPECT_FALSE(format_utc8(time).empty());
    }
}

TEST(FieldNames, AreDistinctAndInTheContractsStyle) {
    std::set<std::string_view> names;
    for (int number = 0; number <= kFieldLast; ++number) {
        const std::string_view name = to_string(static_cast<Field>(number));
        names.insert(name);
        for (const char character : name) {
            EXPECT_TRUE(character == '_' || (character >= 'a' && character <= 'z')) << name;
        }
    }
    EXPECT_EQ(names.size(), kFieldLast + 1U);
    EXPECT_EQ(to_string(Field::kNone), "");
    EXPECT_EQ(to_string(Field::kUetr), "uetr");
    EXPECT_EQ(to_string(Field::kRemittanceInformation), "remittance_information");
    EXPECT_EQ(to_string(Field::kRail), "rail");
    EXPECT_EQ(to_string(Field::kPurpose), "purpose");
    EXPECT_EQ(to_string(Field::kPayer), "payer");
    EXPECT_EQ(to_string(Field::kPayeeProxy), "payee_proxy");
    EXPECT_EQ(to_string(Field::kExchange), "exchange");
    EXPECT_EQ(to_string(Field::kFxRateSheet), "fx_rate_sheet");
    EXPECT_EQ(to_string(Field::kAvailability), "availability");
    EXPECT_EQ(to_string(Field::kQuoteAnswers), "quote_answers");
    EXPECT_EQ(to_string(Field::kParameters), "parameters");
}

TEST(FieldNamesDeathTest, AnotherNumberAborts) {
    EXPECT_DEATH(static_cast<void>(to_string(static_cast<Field>(kFieldLast + 1))), "has a name");
}

TEST(Institutions, AreSixAndSixAndVerified) {
    const Result<void> verified = verify_institutions();
    EXPECT_TRUE(verified.ok()) << verified.error().what;
    int of_fps = 0;
    for (const Institution& institution : launch_institutions()) {
        of_fps += institution.rail == Rail::kFps ? 1 : 0;
        const auto code = parse_agent_code(institution.code);
        ASSERT_TRUE(code.has_value());
        EXPECT_EQ(rail_of(*code), institution.rail) << institution.code;
        EXPECT_EQ(find_institution(*code), &institution);
    }
    EXPECT_EQ(of_fps, 6);
    EXPECT_EQ(launch_institutions().size(), 12U);
    EXPECT_EQ(find_institution(kNoAgent), nullptr);
    EXPECT_EQ(find_institution(*parse_agent_code("999")), nullptr);
    EXPECT_EQ(find_institution(*parse_agent_code("004"))->bic, "HSBCHKHHHKH");
}

TEST(Institutions, TheFirstBrokenOneIsNamed) {
    const Institution good = {Rail::kFps, "901",    "AAAAHK00", "Bank A",
                              "甲銀行",   "source", "source"};
    const Institution second = {Rail::kFps, "902",    "BBBBHK00", "Bank B",
                                "乙銀行",   "source", "source"};
    const auto error_with = [&](auto change) {
        std::array<Institution, 2> pair = {good, second};
        change(pair[1]);
        const Result<void> verified = verify_institutions(pair);
        return verified.ok() ? std::string() : verified.error().what;
    };
    EXPECT_EQ(error_with([](Institution&) {}), "");
    EXPECT_THAT(error_with([](Institution& one) { one.code = "90"; }),
                testing::AllOf(testing::HasSubstr("Bank B"), testing::HasSubstr("code must be 3")));
    EXPECT_THAT(error_with([](Institution& one) { one.code = "901"; }),
                testing::HasSubstr("code must not be listed twice"));
    EXPECT_THAT(error_with([](Institution& one) { one.bic = "AAAAHK00"; }),
                testing::HasSubstr("BIC must not be listed twice"));
    EXPECT_THAT(error_with([](Institution& one) { one.bic = "BBBB"; }),
                testing::HasSubstr("BIC must be 8 or 11"));
    EXPECT_THAT(error_with([](Institution& one) { one.name_zh = ""; }),
                testing::HasSubstr("Chinese name must not be empty"));
    EXPECT_THAT(error_with([](Institution& one) { one.code_source = ""; }),
                testing::HasSubstr("source must be stated"));
    EXPECT_THAT(error_with([](Institution& one) {
                    one.rail = Rail::kIbps;
                    one.code = "102100099995";
                }),
                testing::HasSubstr("check digit"));
}

}  // namespace
}  // namespace lowu::scheme
