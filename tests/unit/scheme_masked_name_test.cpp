// Tests of common/scheme/masked_name: what payers see of a name, and which typed names are the
// account's.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/base/prng.hpp"
#include "common/scheme/masked_name.hpp"
#include "common/scheme/names.hpp"
#include "common/scheme/utf8.hpp"

namespace lowu::scheme {
namespace {

struct MaskCase {
    std::string name;
    std::string masked;
};

TEST(MaskNameLatin, KeepsTheFirstWordAndFirstLetters) {
    const std::vector<MaskCase> cases = {
        {"CHAN TAI MAN", "CHAN T*** M***"},
        {"Chan Tai-man", "Chan T***"},
        {"Li Xiaoming", "Li X***"},
        {"WONG", "WONG"},
        {"X Y", "X Y***"},
        {"José Ñúñez Álvarez", "José Ñ*** Á***"},
        {"Lü Ǒu", "Lü Ǒ***"},
        {"Lu e\xCC\x81milie", "Lu e\xCC\x81***"},  // the accent stays with its letter
        {"  CHAN   TAI \u3000 MAN ", "CHAN T*** M***"},
        {"CHAN,TAI MAN", "CHAN T*** M***"},  // a comma hides no name
        {"CHAN， TAI MAN", "CHAN T*** M***"},
        {"O'Neill-Wong, Dr.", "O'Neill-Wong D***"},
        {"CHAN (Peter) TAI", "CHAN P*** T***"},
        {"SMITH & SONS", "SMITH S***"},  // no letter, no word
        {"Agent 007", "Agent 0***"},
        {"CHAN 大文", "CHAN 大***"},
        {"CHAN ß", "CHAN ß***"},
        {"CHAN Ａlan", "CHAN Ａ***"},
        {"CHAN \xF0\x9F\x98\x80\xF0\x9F\x98\x80", "CHAN"},
        {"", ""},
        {" ,", ""},
    };
    for (const MaskCase& row : cases) {
        EXPECT_EQ(mask_name_latin(row.name), row.masked) << row.name;
    }
}

TEST(MaskNameLatin, StaysAName) {
    std::string many = "A";
    for (int words = 1; words < 70; ++words) {
        many += " b";
    }
    ASSERT_EQ(many.size(), 139U);
    // 140 characters are the limit; 1 + 27 * 5 of them are used.
    const std::string masked = mask_name_latin(many);
    EXPECT_EQ(masked.size(), 136U);
    EXPECT_EQ(check_name(masked, Field::kPayeeName), std::nullopt);
    EXPECT_EQ(mask_name_latin("Abcde" + many.substr(1)).size(), 140U) << "filled to the last";
    EXPECT_EQ(mask_name_latin("Abcdef" + many.substr(1)).size(), 136U);

    const std::string accented = "é" + std::string(130, 'x') + " ñandú ñandú";
    EXPECT_EQ(mask_name_latin(accented), "é" + std::string(130, 'x') + " ñ***") << "in characters";
    EXPECT_EQ(mask_name_latin(std::string(140, 'x')), std::string(140, 'x'));
}

TEST(MaskNameChinese, KeepsTheFirstCharacter) {
    const std::vector<MaskCase> cases = {
        {"陳大文", "陳**"},
        {"李明", "李*"},
        {"歐陽大文", "歐***"},
        {"陳", "*"},
        {"\xF0\xA0\xAE\xB7野家", "\xF0\xA0\xAE\xB7**"},  // beyond the basic plane
        {"\xF0\xA0\xAE\xB7", "*"},
        {"买买提·艾力", "买*****"},
        {"", ""},
    };
    for (const MaskCase& row : cases) {
        EXPECT_EQ(mask_name_chinese(row.name), row.masked) << row.name;
    }
    std::string longest;
    for (int count = 0; count < 140; ++count) {
        longest += "陳";
    }
    EXPECT_EQ(mask_name_chinese(longest), "陳" + std::string(139, '*'));
}

struct MatchCase {
    std::string typed;
    std::string name_en;
    std::string name_zh;
    bool match;
};

TEST(NamesMatch, ComparesAsPeopleWrite) {
    const std::vector<MatchCase> cases = {
        {"CHAN TAI MAN", "CHAN TAI MAN", "陳大文", true},
        {"Chan Tai Man", "CHAN TAI MAN", "陳大文", true},
        {"chan tai-man", "CHAN Tai Man", "", true},
        {"  Chan,  Tai Man. ", "CHAN TAI MAN", "", true},
        {"Chan\u3000Tai\u00A0Man", "CHAN TAI MAN", "", true},
        {"Ｃｈａｎ　Ｔａｉ　Ｍａｎ", "CHAN TAI MAN", "", true},  // fullwidth
        {"O’Neill", "O'NEILL", "", true},
        {"陳大文", "CHAN TAI MAN", "陳大文", true},
        // Words keep their order and their borders.
        {"Tai Man Chan", "CHAN TAI MAN", "", false},
        {"Chan Taiman", "CHAN TAI MAN", "", false},
        {"ChanTaiMan", "CHAN TAI MAN", "", false},
        {"Chan Tai", "CHAN TAI MAN", "", false},
        {"Chan Tai Man Peter", "CHAN TAI MAN", "", false},
        {"CHAN TAI MEN", "CHAN TAI MAN", "", false},
        {"Chan 1", "Chan 2", "", false},
        {"Chan 大文", "CHAN", "", false},  // letters of other scripts count
        {"Chan 大文", "chan 大文", "", true},
        // Chinese to the character.
        {"陳大 文", "CHAN TAI MAN", "陳大文", false},
        {"陈大文", "CHAN TAI MAN", "陳大文", false},
        {"陳大", "CHAN TAI MAN", "陳大文", false},
        {"陳大文 ", "CHAN TAI MAN", "陳大文", false},
        // Masked names are no names.
        {"CHAN T*** M***", "CHAN TAI MAN", "陳大文", false},
        {"陳**", "CHAN TAI MAN", "陳大文", false},
        // Emptiness matches nothing.
        {"", "", "", false},
        {"", "CHAN TAI MAN", "", false},
        {"CHAN", "", "", false},
        {"-", "", "", false},
        {"-", ".", "", false},
        {"\u0301", "\u0301\u0301", "", false},
        // Ill-formed bytes end a name.
        {"CHAN\xFF TAI MAN", "CHAN TAI MAN", "", false},
    };
    for (const MatchCase& row : cases) {
        EXPECT_EQ(names_match(row.typed, row.name_en, row.name_zh), row.match)
            << row.typed << " | " << row.name_en << " | " << row.name_zh;
    }
}

TEST(NamesMatch, AccentsDoNotCount) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"José Núñez", "JOSE NUNEZ"},
        {"Jose\xCC\x81 Nu\xCC\x81n\xCC\x83"
         "ez",
         "JOSÉ NÚÑEZ"},  // accents of their own
        {"Lǐ Míng", "LI MING"},
        {"Lǚ Bù", "LU BU"},
        {"Ōuyáng Nà", "OUYANG NA"},
        {"Zhào Yǔ Wěi", "Zhao Yu Wei"},
        {"Sòng Ài", "SONG AI"},
        {"Wáng Ěr", "WANG ER"},
        {"Ǹg", "NG"},
        {"Straße", "STRASSE"},
        {"Ærøskøbing", "aeroskobing"},
        {"Œuvre", "OEUVRE"},
        {"Þór", "THOR"},
        {"Łukasz Żółć", "LUKASZ ZOLC"},
        {"Đặng", "Dặng"},
        {"Ĳsbrand", "IJSBRAND"},
        {"ÀÁÂÃÄÅàáâãäå", "AAAAAAAAAAAA"},
        {"ÈÉÊËèéêë", "eeeeeeee"},
        {"ÌÍÎÏìíîï", "iiiiiiii"},
        {"ÒÓÔÕÖØòóôõöø", "oooooooooooo"},
        {"ÙÚÛÜùúûü", "uuuuuuuu"},
        {"ÇçÐðÑñÝýÿ", "ccddnnyyy"},
        {"ĀāĂăĄą", "aaaaaa"},
        {"ĆćĈĉĊċČč", "cccccccc"},
        {"ĎďĐđ", "dddd"},
        {"ĒēĔĕĖėĘęĚě", "eeeeeeeeee"},
        {"ĜĝĞğĠġĢģ", "gggggggg"},
        {"ĤĥĦħ", "hhhh"},
        {"ĨĩĪīĬĭĮįİı", "iiiiiiiiii"},
        {"ĲĳĴĵ", "ijijjj"},
        {"Ķķĸ", "kkk"},
        {"ĹĺĻļĽľĿŀŁł", "llllllllll"},
        {"ŃńŅņŇňŉŊŋ", "nnnnnnnnn"},
        {"ŌōŎŏŐő", "oooooo"},
        {"ŔŕŖŗŘř", "rrrrrr"},
        {"ŚśŜŝŞşŠšſ", "sssssssss"},
        {"ŢţŤťŦŧ", "tttttt"},
        {"ŨũŪūŬŭŮůŰűŲų", "uuuuuuuuuuuu"},
        {"ŴŵŶŷŸ", "wwyyy"},
        {"ŹźŻżŽž", "zzzzzz"},
        {"ǍǎǏǐǑǒǓǔ", "aaiioouu"},
        {"ǕǖǗǘǙǚǛǜ", "uuuuuuuu"},
        {"Ǹǹ", "nn"},
        {"a×b÷c", "A B C"},  // signs among the letters
    };
    for (const auto& [accented, plain] : cases) {
        EXPECT_TRUE(names_match(accented, plain, "")) << accented;
        EXPECT_TRUE(names_match(plain, accented, "")) << accented;
        EXPECT_FALSE(names_match(accented, plain + "x", "")) << accented;
    }
}

// Whatever stands between letters, in whatever case they are written.
TEST(NamesMatch, SurvivesAnyWritingOfTheSameWords) {
    Prng prng(1);
    const std::vector<std::string> separators = {" ", "-", ", ", ".", "  ", "'", "·", "\u3000"};
    for (int round = 0; round < 5'000; ++round) {
        std::string name;
        std::string typed;
        for (std::uint64_t words = 1 + prng.below(4); words > 0; --words) {
            for (std::uint64_t letters = 1 + prng.below(8); letters > 0; --letters) {
                const char lower = static_cast<char>('a' + prng.below(26));
                name += static_cast<char>(lower - 'a' + 'A');
                typed += prng.below(2) == 0 ? lower : name.back();
            }
            name += ' ';
            typed += separators[static_cast<std::size_t>(prng.below(separators.size()))];
        }
        ASSERT_TRUE(names_match(typed, name, "陳大文")) << typed;
        ASSERT_FALSE(names_match(typed + "x", name, "陳大文")) << typed;
    }
}

// A mask is valid text of at most the length of a name, and no longer than its letters need.
TEST(Masks, OfAnyNameAreNames) {
    Prng prng(2);
    const std::vector<std::string> pieces = {"a",  "B", " ",      ",",  "é",
                                             "陳", "-", "\u0301", "　", "\xF0\xA0\xAE\xB7"};
    for (int round = 0; round < 20'000; ++round) {
        std::string name;
        for (std::uint64_t length = prng.below(141); length > 0; --length) {
            name += pieces[static_cast<std::size_t>(prng.below(pieces.size()))];
        }
        for (const std::string& masked : {mask_name_latin(name), mask_name_chinese(name)}) {
            const Utf8Scan scan = scan_utf8(masked);
            ASSERT_TRUE(scan.valid) << name;
            ASSERT_LE(scan.code_points, kNameLengthMax) << name;
        }
    }
}

}  // namespace
}  // namespace lowu::scheme
