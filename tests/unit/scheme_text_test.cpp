// Tests of the texts of common/scheme: strict UTF-8, names, remittance information, carried
// details.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/scheme/carried.hpp"
#include "common/scheme/field_fault.hpp"
#include "common/scheme/names.hpp"
#include "common/scheme/utf8.hpp"

namespace lowu::scheme {
namespace {

std::string repeated(std::string_view piece, int times) {
    std::string text;
    for (int count = 0; count < times; ++count) {
        text += piece;
    }
    return text;
}

TEST(Utf8, CountsCharactersNotBytes) {
    const std::vector<std::pair<std::string, std::size_t>> cases = {
        {"", 0},
        {"abc", 3},
        {"é", 1},
        {"陳大文", 3},
        {"😀", 1},
        {"\xF4\x8F\xBF\xBF", 1},
        {"\xED\x9F\xBF", 1},
        {"\xEE\x80\x80", 1},
        {"e\xCC\x81", 2},
    };
    for (const auto& [text, count] : cases) {
        const Utf8Scan scan = scan_utf8(text);
        EXPECT_TRUE(scan.valid) << text;
        EXPECT_EQ(scan.code_points, count) << text;
    }
}

TEST(Utf8, RefusesIllFormedBytes) {
    const std::vector<std::string> cases = {
        "\x80",              // a continuation alone
        "a\xC3",             // cut off
        "\xE9\x99",          // cut off
        "\xF0\x9F\x98",      // cut off
        "\xC0\x80",          // overlong zero
        "\xC1\xBF",          // overlong
        "\xE0\x9F\xBF",      // overlong
        "\xF0\x8F\xBF\xBF",  // overlong
        "\xED\xA0\x80",      // surrogate
        "\xED\xBF\xBF",      // surrogate
        "\xF4\x90\x80\x80",  // above U+10FFFF
        "\xF8\x88\x80\x80\x80",
        "\xFF",
        "\xFE",
        "\xC3\xC3",      // lead behind lead
        "\xE9\x99\x41",  // a letter inside
    };
    for (const std::string& text : cases) {
        EXPECT_FALSE(scan_utf8(text).valid) << testing::PrintToString(text);
    }
}

// Writes a code point by the definition, to compare the reader with.
std::string encoded(std::uint32_t code_point) {
    const auto continuation = [code_point](int shift) {
        return static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
    };
    if (code_point < 0x80) {
        return {static_cast<char>(code_point)};
    }
    if (code_point < 0x800) {
        return {static_cast<char>(0xC0 | (code_point >> 6)), continuation(0)};
    }
    if (code_point < 0x10000) {
        return {static_cast<char>(0xE0 | (code_point >> 12)), continuation(6), continuation(0)};
    }
    return {static_cast<char>(0xF0 | (code_point >> 18)), continuation(12), continuation(6),
            continuation(0)};
}

TEST(Utf8, EveryCodePointIsReadByTheDefinition) {
    for (std::uint32_t code_point = 0; code_point < 0x110000; ++code_point) {
        const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
        const Utf8Scan scan = scan_utf8(encoded(code_point));
        ASSERT_EQ(scan.valid, !surrogate) << code_point;
        ASSERT_EQ(scan.code_points, surrogate ? 0U : 1U) << code_point;
        ASSERT_EQ(scan.has_control, code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0));
    }
}

TEST(Utf8, ReadsOneCharacterAtATime) {
    for (const std::uint32_t code_point :
         {0U, 0x41U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0x9673U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
        const std::string text = encoded(code_point) + "x";
        const Utf8Character character = read_utf8(text);
        EXPECT_EQ(character.code_point, code_point);
        EXPECT_EQ(character.length, text.size() - 1);
    }
    for (const std::string_view none : {"", "\x80", "\xE9\x99", "\xED\xA0\x80"}) {
        EXPECT_EQ(read_utf8(none).length, 0U);
    }
}

TEST(Utf8, NarrowsFullwidthFormsOnly) {
    EXPECT_EQ(narrow(0xFF01), U'!');
    EXPECT_EQ(narrow(0xFF21), U'A');
    EXPECT_EQ(narrow(0xFF5E), U'~');
    for (const std::uint32_t code_point : {0x20U, 0x41U, 0xFF00U, 0xFF5FU, 0x9673U}) {
        EXPECT_EQ(narrow(code_point), code_point);
    }
}

TEST(Utf8, KnowsBlanks) {
    for (const std::uint32_t blank : {0x20U, 0xA0U, 0x1680U, 0x2000U, 0x200AU, 0x3000U}) {
        EXPECT_TRUE(is_blank(blank)) << blank;
    }
    for (const std::uint32_t other : {0x09U, 0x41U, 0x1FFFU, 0x200BU, 0x3001U}) {
        EXPECT_FALSE(is_blank(other)) << other;
    }
}

TEST(Name, TakesOneToOneHundredAndFortyCharacters) {
    for (const std::string& good :
         {std::string("A"), std::string("陳大文"), std::string("José Núñez"),
          std::string("O'Neill-Wong, Dr."), repeated("陳", 140), repeated("😀", 140),
          std::string(140, 'x')}) {
        EXPECT_EQ(check_name(good, Field::kPayerName), std::nullopt) << good;
    }
    const std::vector<std::pair<std::string, std::string>> bad = {
        {"", "must not be empty"},
        {" ", "must not be blank"},
        {"\u3000\u00A0", "must not be blank"},
        {std::string(141, 'x'), "at most 140 characters"},
        {repeated("陳", 141), "at most 140 characters"},
        {std::string(100'000, 'x'), "at most 140 characters"},
        {"a\tb", "control characters"},
        {"a\x7F", "control characters"},
        {"a\u0085", "control characters"},
        {std::string("a\0b", 3), "control characters"},
        {"a\xFF", "valid UTF-8"},
    };
    for (const auto& [text, rule] : bad) {
        const auto fault = check_name(text, Field::kPayeeName);
        ASSERT_TRUE(fault.has_value()) << rule;
        EXPECT_EQ(fault->field, Field::kPayeeName);
        EXPECT_THAT(std::string(fault->rule), testing::HasSubstr(rule));
    }
}

TEST(RemittanceInformation, MayBeEmpty) {
    EXPECT_EQ(check_remittance_information(""), std::nullopt);
    EXPECT_EQ(check_remittance_information(" "), std::nullopt);
    EXPECT_EQ(check_remittance_information(repeated("學", 140)), std::nullopt);
    for (const std::string& bad : {repeated("學", 141), std::string("a\nb"), std::string("\xC3")}) {
        const auto fault = check_remittance_information(bad);
        ASSERT_TRUE(fault.has_value());
        EXPECT_EQ(fault->field, Field::kRemittanceInformation);
    }
}

TEST(Carried, NamesTheFirstFaultInOrder) {
    EXPECT_EQ(check_carried({"陳大文", "王小明", "學費"}), std::nullopt);
    EXPECT_EQ(check_carried({"陳大文", "王小明", ""}), std::nullopt);
    EXPECT_EQ(check_carried({"", "", "\n"})->field, Field::kPayerName);
    EXPECT_EQ(check_carried({"陳大文", "", "\n"})->field, Field::kPayeeName);
    EXPECT_EQ(check_carried({"陳大文", "王小明", "\n"})->field, Field::kRemittanceInformation);
}

}  // namespace
}  // namespace lowu::scheme
