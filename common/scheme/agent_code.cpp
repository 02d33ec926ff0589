// Packing and check digits of agent codes. See agent_code.hpp.
#include "common/scheme/agent_code.hpp"

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"

namespace lowu::scheme {

namespace {

constexpr std::uint64_t kBase = 37;
constexpr std::string_view kCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static_assert(kCharacters.size() + 1 == kBase);

// 37^exponent.
constexpr std::uint64_t power_of_base(std::size_t exponent) {
    std::uint64_t power = 1;
    for (std::size_t count = 0; count < exponent; ++count) {
        power *= kBase;
    }
    return power;
}

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

// 1 to 36, or 0 when the character is not of the alphabet.
std::uint64_t weight_of(char character) {
    if (is_digit(character)) {
        return static_cast<std::uint64_t>(character - '0') + 1;
    }
    if (character >= 'A' && character <= 'Z') {
        return static_cast<std::uint64_t>(character - 'A') + 11;
    }
    return 0;
}

// The number of characters that are packed in the value, whatever they are.
std::size_t packed_length(AgentCode code) {
    std::size_t length = 0;
    for (std::uint64_t rest = code.value; rest != 0; rest /= kBase) {
        ++length;
    }
    return length;
}

}  // namespace

std::optional<AgentCode> parse_agent_code(std::string_view text) {
    if (text.empty() || text.size() > kAgentCodeLengthMax) {
        return std::nullopt;
    }
    std::uint64_t packed = 0;
    for (const char character : text) {
        const std::uint64_t weight = weight_of(character);
        if (weight == 0) {
            return std::nullopt;
        }
        packed = packed * kBase + weight;
    }
    return AgentCode{packed};
}

std::string format_agent_code(AgentCode code) {
    LOWU_ASSERT(code == kNoAgent || is_agent_code(code), "not the packing of a code");
    std::array<char, kAgentCodeLengthMax> reversed{};
    std::size_t length = 0;
    for (std::uint64_t rest = code.value; rest != 0; rest /= kBase) {
        reversed[length++] = kCharacters[static_cast<std::size_t>(rest % kBase) - 1];
    }
    std::string text(reversed.data(), length);
    std::reverse(text.begin(), text.end());
    return text;
}

bool is_agent_code(AgentCode code) {
    // Twelve characters are at most 37^12 - 1.
    if (code == kNoAgent || code.value >= power_of_base(kAgentCodeLengthMax)) {
        return false;
    }
    for (std::uint64_t rest = code.value; rest != 0; rest /= kBase) {
        if (rest % kBase == 0) {
            return false;
        }
    }
    return true;
}

char ibps_check_digit(std::string_view first_eleven_digits) {
    LOWU_ASSERT(first_eleven_digits.size() + 1 == kIbpsCodeLength, "eleven digits are checked");
    int product = 10;
    for (const char character : first_eleven_digits) {
        LOWU_ASSERT(is_digit(character), "only digits have a check digit");
        const int sum = (product + (character - '0')) % 10;
        product = 2 * (sum == 0 ? 10 : sum) % 11;
    }
    return static_cast<char>('0' + (11 - product) % 10);
}

std::optional<std::string_view> check_agent_code(Rail rail, std::string_view text) {
    switch (rail) {
        case Rail::kFps:
            if (text.size() != kFpsCodeLength || !parse_agent_code(text)) {
                return "must be 3 characters of A-Z and 0-9 (FPS clearing code)";
            }
            return std::nullopt;
        case Rail::kIbps:
            if (text.size() != kIbpsCodeLength ||
                !std::all_of(text.begin(), text.end(), is_digit)) {
                return "must be 12 digits (IBPS bank code)";
            }
            if (ibps_check_digit(text.substr(0, kIbpsCodeLength - 1)) != text.back()) {
                return "must end with its check digit (ISO 7064 MOD 11,10)";
            }
            return std::nullopt;
    }
    LOWU_UNREACHABLE("every rail has a rule for codes");
}

std::optional<Rail> rail_of_code(std::string_view text) {
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        if (!check_agent_code(rail, text)) {
            return rail;
        }
    }
    return std::nullopt;
}

std::optional<Rail> rail_of(AgentCode code) {
    const std::size_t length = packed_length(code);
    if (length == kFpsCodeLength) {
        return Rail::kFps;
    }
    if (length == kIbpsCodeLength) {
        return Rail::kIbps;
    }
    return std::nullopt;
}

}  // namespace lowu::scheme
