// The shape of a BIC. See bic.hpp.
#include "common/scheme/bic.hpp"

#include <algorithm>

namespace lowu::scheme {

namespace {

bool is_upper(char character) {
    return character >= 'A' && character <= 'Z';
}

bool is_upper_or_digit(char character) {
    return is_upper(character) || (character >= '0' && character <= '9');
}

}  // namespace

std::optional<std::string_view> check_bic(std::string_view text) {
    if (text.size() != 8 && text.size() != 11) {
        return "must be 8 or 11 characters (BIC, ISO 9362)";
    }
    if (!std::all_of(text.begin(), text.end(), is_upper_or_digit)) {
        return "must be of A-Z and 0-9 (BIC, ISO 9362)";
    }
    if (!is_upper(text[4]) || !is_upper(text[5])) {
        return "must have a country code of two letters in place 5 and 6 (BIC, ISO 9362)";
    }
    return std::nullopt;
}

}  // namespace lowu::scheme
