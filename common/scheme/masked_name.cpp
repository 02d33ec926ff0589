// Masking and comparing of names, one Unicode character after the other. See masked_name.hpp.
#include "common/scheme/masked_name.hpp"

#include <cstddef>
#include <cstdint>

#include "common/scheme/names.hpp"
#include "common/scheme/utf8.hpp"

namespace lowu::scheme {

namespace {

constexpr std::string_view kMask = "***";

// The base letters of one run of Unicode, a character each. ' ' separates words; '*' stands for two
// letters (two_letters below).
struct FoldedRun {
    std::uint32_t first = 0;
    std::string_view letters;
};

constexpr FoldedRun kFoldedRuns[] = {
    // Latin-1 Supplement: À to ß, à to ÿ.
    {0x00C0, "aaaaaa*ceeeeiiiidnooooo ouuuuy**"},
    {0x00E0, "aaaaaa*ceeeeiiiidnooooo ouuuuy*y"},
    // Latin Extended-A: Ā to ď, Đ to į, İ to Ň, ň to ş, Š to ſ.
    {0x0100, "aaaaaaccccccccdd"},
    {0x0110, "ddeeeeeeeeeegggggggghhhhiiiiiiii"},
    {0x0130, "ii**jjkkkllllllllllnnnnn"},
    {0x0148, "nnnnoooooo**rrrrrrssssss"},
    {0x0160, "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs"},
    // Pinyin: Ǎ to ǜ, then Ǹ and ǹ.
    {0x01CD, "aaiioouuuuuuuuuu"},
    {0x01F8, "nn"},
};

// The letters behind '*' in the table.
std::string_view two_letters(std::uint32_t code_point) {
    switch (code_point) {
        case 0x00C6:  // Æ
        case 0x00E6:
            return "ae";
        case 0x00DE:  // Þ
        case 0x00FE:
            return "th";
        case 0x00DF:  // ß
            return "ss";
        case 0x0132:  // Ĳ
        case 0x0133:
            return "ij";
        case 0x0152:  // Œ
        case 0x0153:
            return "oe";
    }
    return "";
}

// Accents that follow their letter as characters of their own.
bool is_combining(std::uint32_t code_point) {
    return code_point >= 0x0300 && code_point <= 0x036F;
}

// Blocks of punctuation and symbols. What is in no block counts as a letter.
bool is_separator(std::uint32_t code_point) {
    struct Range {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
    };
    constexpr Range kRanges[] = {
        {0x0080, 0x00BF},    // signs of Latin-1; its letters begin behind them
        {0x02B0, 0x02FF},    // modifier letters: apostrophes of transliteration
        {0x2000, 0x2BFF},    // general punctuation to miscellaneous symbols
        {0x3000, 0x3004},    // ideographic blank, comma, full stop
        {0x3008, 0x3020},    // brackets
        {0x30FB, 0x30FB},    // the middle dot of foreign names
        {0xFE30, 0xFE4F},    // vertical forms
        {0xFEFF, 0xFEFF},    // byte order mark
        {0xFF5F, 0xFF65},    // fullwidth brackets, halfwidth punctuation
        {0x1F000, 0x1FAFF},  // pictures
    };
    for (const Range& range : kRanges) {
        if (code_point >= range.first && code_point <= range.last) {
            return true;
        }
    }
    return false;
}

// What a character is to the comparison of names.
struct Folded {
    enum class Kind : std::uint8_t { kSeparator, kNothing, kLetters };
    Kind kind = Kind::kSeparator;
    std::string_view letters;  // in a static table, or `lone`
    char lone = '\0';
};

Folded fold_ascii(std::uint32_t code_point) {
    const char character = static_cast<char>(code_point);
    if (character >= 'A' && character <= 'Z') {
        return Folded{Folded::Kind::kLetters, {}, static_cast<char>(character - 'A' + 'a')};
    }
    const bool lower = character >= 'a' && character <= 'z';
    const bool digit = character >= '0' && character <= '9';
    if (lower || digit) {
        return Folded{Folded::Kind::kLetters, {}, character};
    }
    return Folded{};
}

// `bytes` are those of the character as written: letters of other scripts stay as they are.
Folded fold(std::uint32_t code_point, std::string_view bytes) {
    const std::uint32_t narrowed = narrow(code_point);
    if (narrowed < 0x80) {
        return fold_ascii(narrowed);
    }
    if (is_combining(code_point)) {
        return Folded{Folded::Kind::kNothing, {}, '\0'};
    }
    for (const FoldedRun& run : kFoldedRuns) {
        if (code_point < run.first || code_point >= run.first + run.letters.size()) {
            continue;
        }
        const char letter = run.letters[code_point - run.first];
        if (letter == ' ') {
            return Folded{};
        }
        const std::string_view two = letter == '*' ? two_letters(code_point) : std::string_view();
        return Folded{Folded::Kind::kLetters, two, two.empty() ? letter : '\0'};
    }
    if (is_separator(code_point)) {
        return Folded{};
    }
    return Folded{Folded::Kind::kLetters, bytes, '\0'};
}

// The words of a name as they are compared, one blank between them; what is ill-formed ends it.
std::string folded_words(std::string_view name) {
    std::string words;
    words.reserve(name.size());
    bool new_word = false;
    while (true) {
        const Utf8Character character = read_utf8(name);
        if (character.length == 0) {
            return words;
        }
        const Folded folded = fold(character.code_point, name.substr(0, character.length));
        name.remove_prefix(character.length);
        switch (folded.kind) {
            case Folded::Kind::kSeparator:
                new_word = !words.empty();
                break;
            case Folded::Kind::kNothing:
                break;
            case Folded::Kind::kLetters:
                if (new_word) {
                    words += ' ';
                    new_word = false;
                }
                if (folded.letters.empty()) {
                    words += folded.lone;
                } else {
                    words += folded.letters;
                }
                break;
        }
    }
}

// Takes the next word off the front: what stands before the next blank or comma. Empty at the end.
std::string_view take_word(std::string_view& name) {
    std::size_t start = 0;
    std::size_t end = 0;
    while (true) {
        const Utf8Character character = read_utf8(name.substr(end));
        const std::uint32_t code_point = narrow(character.code_point);
        const bool separates = is_blank(code_point) || code_point == ',';
        if (character.length == 0 || (separates && end > start)) {
            break;
        }
        end += character.length;
        start = separates ? end : start;
    }
    const std::string_view word = name.substr(start, end - start);
    name.remove_prefix(end);
    return word;
}

// The first letter or digit of a word with the accents that follow it; empty when it has none.
std::string_view first_letter(std::string_view word) {
    std::size_t start = 0;
    std::size_t end = 0;
    while (true) {
        const std::string_view rest = word.substr(end);
        const Utf8Character character = read_utf8(rest);
        const bool inside = end > start;
        if (character.length == 0 || (inside && !is_combining(character.code_point))) {
            return word.substr(start, end - start);
        }
        const auto kind = fold(character.code_point, rest.substr(0, character.length)).kind;
        end += character.length;
        start = inside || kind == Folded::Kind::kLetters ? start : end;
    }
}

}  // namespace

std::string mask_name_latin(std::string_view name) {
    std::string masked(take_word(name));
    std::size_t length = scan_utf8(masked).code_points;
    for (std::string_view word = take_word(name); !word.empty(); word = take_word(name)) {
        const std::string_view letter = first_letter(word);
        if (letter.empty()) {
            continue;
        }
        length += 1 + scan_utf8(letter).code_points + kMask.size();
        if (length > kNameLengthMax) {
            break;
        }
        masked += ' ';
        masked += letter;
        masked += kMask;
    }
    return masked;
}

std::string mask_name_chinese(std::string_view name) {
    const Utf8Character first = read_utf8(name);
    if (first.length == name.size()) {
        return name.empty() ? "" : "*";
    }
    std::string masked(name.substr(0, first.length));
    masked.append(scan_utf8(name.substr(first.length)).code_points, '*');
    return masked;
}

bool names_match(std::string_view typed, std::string_view name_en, std::string_view name_zh) {
    if (typed.empty()) {
        return false;
    }
    if (typed == name_zh || typed == name_en) {
        return true;
    }
    const std::string words = folded_words(typed);
    return !words.empty() && words == folded_words(name_en);
}

}  // namespace lowu::scheme
