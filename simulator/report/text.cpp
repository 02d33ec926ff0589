// Numbers and names as text. See text.hpp.
#include "simulator/report/text.hpp"

#include <algorithm>
#include <array>

#include "common/scheme/calendar.hpp"

namespace lowu::report {
namespace {

// At most one decimal, and none that is 0: "12.3" of 123 tenths.
std::string tenths_text(std::int64_t tenths) {
    const std::string whole = grouped(tenths / 10);
    const std::int64_t rest = tenths < 0 ? -(tenths % 10) : tenths % 10;
    return rest == 0 ? whole : whole + "." + std::to_string(rest);
}

// The number in units, rounded half up to a tenth.
std::string in_units(std::int64_t number, std::int64_t unit) {
    return tenths_text((number * 10 + unit / 2) / unit);
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (const char character : text) {
        switch (character) {
            case '&':
                result += "&amp;";
                continue;
            case '<':
                result += "&lt;";
                continue;
            case '>':
                result += "&gt;";
                continue;
            case '"':
                result += "&quot;";
                continue;
            case '\'':
                result += "&#39;";
                continue;
        }
        const bool control = static_cast<unsigned char>(character) < 0x20 && character != '\n';
        result += control ? ' ' : character;
    }
    return result;
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char character : text) {
        if (character == '"') quoted += '"';
        quoted += character;
    }
    return quoted + "\"";
}

std::string grouped(std::int64_t number) {
    const bool negative = number < 0;
    std::string digits = std::to_string(number);
    if (negative) digits.erase(0, 1);
    for (std::size_t place = 3; place < digits.size(); place += 4) {
        digits.insert(digits.size() - place, 1, ',');
    }
    return negative ? "-" + digits : digits;
}

std::string grouped_money(std::int64_t minor) {
    const std::int64_t half = minor < 0 ? -50 : 50;
    return grouped((minor + half) / 100);
}

std::string brief(std::int64_t number) {
    struct Unit {
        std::int64_t size;
        const char* name;
    };
    constexpr std::array<Unit, 4> kUnits{
        {{1'000'000'000'000, "tn"}, {1'000'000'000, "bn"}, {1'000'000, "m"}, {1'000, "k"}}};
    if (number < 0) return "-" + brief(-number);
    for (const Unit& unit : kUnits) {
        if (number >= unit.size) return in_units(number, unit.size) + unit.name;
    }
    return std::to_string(number);
}

std::string duration_text(std::int64_t us) {
    if (us < 1'000) return std::to_string(us) + " µs";
    if (us < 1'000'000) return in_units(us, 1'000) + " ms";
    if (us < 120'000'000) return in_units(us, 1'000'000) + " s";
    if (us < 3'600'000'000) return in_units(us, 60'000'000) + " min";
    return in_units(us, 3'600'000'000) + " h";
}

std::string moment_text(SchemeTime time, Duration period) {
    return scheme::format_utc8(time).substr(0, period < Duration::from_days(1) ? 16 : 10);
}

std::string percent(std::int64_t part, std::int64_t whole) {
    if (whole == 0) return "-";
    const std::int64_t hundredths = (part * 10'000 + whole / 2) / whole;
    std::string decimals = std::to_string(hundredths % 100);
    if (decimals.size() < 2) decimals.insert(0, "0");
    while (!decimals.empty() && decimals.back() == '0')
        decimals.pop_back();
    return std::to_string(hundredths / 100) + (decimals.empty() ? "" : "." + decimals) + " %";
}

std::string corridor_label(std::string_view name) {
    std::string label(name);
    std::replace(label.begin(), label.end(), '_', ' ');
    constexpr std::array<std::array<std::string_view, 2>, 3> kAbbreviations{
        {{"p2p", "P2P"}, {" ibps", " IBPS"}, {" fps", " FPS"}}};
    for (const auto& [lower, upper] : kAbbreviations) {
        const std::size_t at = label.find(lower);
        if (at != std::string::npos) label.replace(at, lower.size(), upper);
    }
    if (!label.empty() && label[0] >= 'a' && label[0] <= 'z') {
        label[0] = static_cast<char>(label[0] - 'a' + 'A');
    }
    return label;
}

std::string account_label(const AccountInfo& account) {
    return (account.link_agent ? "link agent " : "") + account.owner + " " +
           std::string(money::to_string(account.currency));
}

}  // namespace lowu::report
