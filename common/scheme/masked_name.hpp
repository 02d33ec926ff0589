// Masked names, as payers see them before they confirm, and the comparison of a typed name with an
// account's. Exists so that all banks mask and compare alike. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace lowu::scheme {

// Latin letters: the first word stays, of each further one the first letter with "***" behind it
// ("CHAN T*** M***"). Blanks and commas separate words; a word without letter or digit is left out,
// and so is what would make more than 140 characters. The text is valid UTF-8.
[[nodiscard]] std::string mask_name_latin(std::string_view name);

// Chinese: the first character stays, of the others each becomes "*" ("陳**"); a name of one
// character becomes "*".
[[nodiscard]] std::string mask_name_chinese(std::string_view name);

// Whether the name that the payer typed is the account's: equal to its Chinese name to the
// character; or equal to its English (or Pinyin) name without regard to case, to the accents of
// European languages and of Pinyin (U+00C0 to U+017F, the vowels with tone marks behind them, and
// combining accents: "Lǐ Míng" is "LI MING", "ß" is "ss"), to fullwidth forms, and to anything but
// letters and digits between words. Words keep their order and their borders; letters of other
// scripts count as they are written. An empty name matches nothing.
[[nodiscard]] bool names_match(std::string_view typed, std::string_view name_en,
                               std::string_view name_zh);

}  // namespace lowu::scheme
