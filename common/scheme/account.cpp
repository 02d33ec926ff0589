// The shape of account identifiers. See account.hpp.
#include "common/scheme/account.hpp"

#include <algorithm>

namespace lowu::scheme {

namespace {

bool is_account_character(char character) {
    constexpr std::string_view kPunctuation = "-+@._/";
    return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z') ||
           kPunctuation.find(character) != std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> check_account(std::string_view text) {
    if (text.empty()) {
        return "must not be empty";
    }
    if (text.size() > kAccountLengthMax) {
        return "must be at most 34 characters (Max34Text)";
    }
    if (!std::all_of(text.begin(), text.end(), is_account_character)) {
        return "must be of letters A-Z a-z, digits and - + @ . _ /";
    }
    return std::nullopt;
}

}  // namespace lowu::scheme
