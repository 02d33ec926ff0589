// Rules, spelling and hashes of proxies. The cells hash one for each payment by proxy, so the
// canonical spelling is written without allocating. See proxy.hpp.
#include "common/scheme/proxy.hpp"

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"

namespace lowu::scheme {

namespace {

constexpr std::array kProxyKinds{ProxyKind::kMobile, ProxyKind::kEmail, ProxyKind::kFpsId};

constexpr std::size_t kCountryDigitsMax = 3;
constexpr std::size_t kMobileNumberLengthMax = 30;  // behind the dash
constexpr std::ptrdiff_t kMobileDigitsMin = 5;      // behind the dash
constexpr std::size_t kFpsIdLengthShort = 7;
constexpr std::size_t kFpsIdLengthLong = 9;

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

bool is_mobile_character(char character) {
    return is_digit(character) || character == '(' || character == ')' || character == '+' ||
           character == '-';
}

// Printable ASCII without the blank.
bool is_visible_ascii(char character) {
    return character > ' ' && character <= '~';
}

std::optional<std::string_view> check_mobile(std::string_view value) {
    constexpr std::string_view kShapeRule =
        "must be a country code and a number: +852-91234567 (1 to 3 digits behind '+', '-', then "
        "1 to 30 of 0-9 ( ) + -)";
    const std::size_t dash = value.find('-');
    if (!value.starts_with('+') || dash == std::string_view::npos) {
        return kShapeRule;
    }
    const std::string_view country = value.substr(1, dash - 1);
    const std::string_view number = value.substr(dash + 1);
    if (country.empty() || country.size() > kCountryDigitsMax ||
        !std::all_of(country.begin(), country.end(), is_digit) || number.empty() ||
        number.size() > kMobileNumberLengthMax ||
        !std::all_of(number.begin(), number.end(), is_mobile_character)) {
        return kShapeRule;
    }
    if (std::count_if(number.begin(), number.end(), is_digit) < kMobileDigitsMin) {
        return "must have at least 5 digits behind the country code";
    }
    return std::nullopt;
}

std::optional<std::string_view> check_email(std::string_view value) {
    static_assert(kProxyLengthMax == 254, "the rule says so");
    if (value.size() > kProxyLengthMax) {
        return "must be at most 254 characters";
    }
    if (!std::all_of(value.begin(), value.end(), is_visible_ascii)) {
        return "must be of printable ASCII characters without blanks";
    }
    const std::size_t at = value.find('@');
    if (at == std::string_view::npos || at == 0 ||
        value.find('@', at + 1) != std::string_view::npos) {
        return "must have one '@' with something before it";
    }
    const std::string_view domain = value.substr(at + 1);
    const std::size_t dot = domain.find('.');
    if (dot == std::string_view::npos || dot == 0 || domain.back() == '.') {
        return "must have a domain with a dot inside behind the '@'";
    }
    return std::nullopt;
}

bool is_fps_id(std::string_view value) {
    return (value.size() == kFpsIdLengthShort || value.size() == kFpsIdLengthLong) &&
           std::all_of(value.begin(), value.end(), is_digit);
}

// Room for any value that has passed check_proxy; the canonical spelling is never longer.
struct Canonical {
    std::array<char, kProxyLengthMax> characters{};
    std::size_t length = 0;

    void add(char character) { characters[length++] = character; }
    [[nodiscard]] std::string_view text() const { return {characters.data(), length}; }
};

Canonical canonical_of(ProxyKind kind, std::string_view value) {
    LOWU_ASSERT(value.size() <= kProxyLengthMax, "the proxy has not passed check_proxy");
    Canonical canonical;
    switch (kind) {
        case ProxyKind::kMobile: {
            const std::size_t dash = value.find('-');
            LOWU_ASSERT(dash != std::string_view::npos, "the proxy has not passed check_proxy");
            for (std::size_t position = 0; position < value.size(); ++position) {
                if (position <= dash || is_digit(value[position])) {
                    canonical.add(value[position]);
                }
            }
            return canonical;
        }
        case ProxyKind::kEmail:
            for (const char character : value) {
                const bool upper = character >= 'A' && character <= 'Z';
                canonical.add(upper ? static_cast<char>(character - 'A' + 'a') : character);
            }
            return canonical;
        case ProxyKind::kFpsId:
            for (const char character : value) {
                canonical.add(character);
            }
            return canonical;
    }
    LOWU_UNREACHABLE("every kind of proxy has a spelling");
}

}  // namespace

std::string_view to_string(ProxyKind kind) {
    switch (kind) {
        case ProxyKind::kMobile:
            return "mobile";
        case ProxyKind::kEmail:
            return "email";
        case ProxyKind::kFpsId:
            return "fps_id";
    }
    LOWU_UNREACHABLE("every kind of proxy has a name");
}

std::optional<ProxyKind> parse_proxy_kind(std::string_view text) {
    for (const ProxyKind kind : kProxyKinds) {
        if (text == to_string(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

std::optional<ProxyKind> proxy_kind_from_number(std::int64_t number) {
    for (const ProxyKind kind : kProxyKinds) {
        if (number == static_cast<std::int64_t>(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

std::string_view iso_proxy_type(ProxyKind kind) {
    switch (kind) {
        case ProxyKind::kMobile:
            return "MBNO";
        case ProxyKind::kEmail:
            return "EMAL";
        case ProxyKind::kFpsId:
            return "SHID";
    }
    LOWU_UNREACHABLE("every kind of proxy has an ISO code");
}

std::optional<std::string_view> check_proxy(Rail rail, ProxyKind kind, std::string_view value) {
    if (rail == Rail::kIbps && kind != ProxyKind::kMobile) {
        return "must be a mobile number: the Mainland's directory has no other proxies";
    }
    switch (kind) {
        case ProxyKind::kMobile:
            return check_mobile(value);
        case ProxyKind::kEmail:
            return check_email(value);
        case ProxyKind::kFpsId:
            if (!is_fps_id(value)) {
                return "must be 7 or 9 digits (FPS identifier)";
            }
            return std::nullopt;
    }
    LOWU_UNREACHABLE("every kind of proxy has a rule");
}

std::string canonical_proxy(ProxyKind kind, std::string_view value) {
    return std::string(canonical_of(kind, value).text());
}

Hash128 proxy_hash(ProxyKind kind, std::string_view value) {
    return hash128(canonical_of(kind, value).text(), static_cast<std::uint64_t>(kind));
}

std::optional<ProxyKind> guess_proxy_kind(std::string_view value) {
    if (value.find('@') != std::string_view::npos) {
        return ProxyKind::kEmail;
    }
    if (value.starts_with('+')) {
        return ProxyKind::kMobile;
    }
    if (is_fps_id(value)) {
        return ProxyKind::kFpsId;
    }
    return std::nullopt;
}

}  // namespace lowu::scheme
