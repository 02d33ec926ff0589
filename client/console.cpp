// What people see. See console.hpp.
#include "client/console.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "common/base/assert.hpp"
#include "common/base/time.hpp"
#include "common/money/amount.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/institutions.hpp"

namespace lowu::client {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Unicode's East Asian Wide and Fullwidth, in the blocks that names and texts use.
constexpr std::array<Range, 11> kWide = {{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0x33FF},
                                          {0x3400, 0x4DBF},
                                          {0x4E00, 0x9FFF},
                                          {0xA000, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE4F},
                                          {0xFF00, 0xFF60},
                                          {0x20000, 0x3FFFD}}};

constexpr std::array<Range, 3> kNoWidth = {{{0x0300, 0x036F}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}}};

template <std::size_t kSize>
bool is_in(const std::array<Range, kSize>& ranges, char32_t character) {
    return std::any_of(ranges.begin(), ranges.end(), [character](const Range& range) {
        return character >= range.first && character <= range.last;
    });
}

std::string_view escape_of(Colour colour) {
    switch (colour) {
        case Colour::kNone:
            return "";
        case Colour::kBold:
            return "\033[1m";
        case Colour::kDim:
            return "\033[2m";
        case Colour::kRed:
            return "\033[31m";
        case Colour::kGreen:
            return "\033[32m";
        case Colour::kYellow:
            return "\033[33m";
    }
    LOWU_UNREACHABLE("every colour has its escape");
}

// The name of a protobuf enum's value behind "PREFIX_"; the number when it has no name.
std::string without_prefix(const std::string& name, std::string_view prefix, int number) {
    if (!name.starts_with(prefix)) return std::to_string(number);
    return name.substr(prefix.size());
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char character) {
        return static_cast<char>(std::tolower(character));
    });
    return text;
}

}  // namespace

bool colour_wanted() {
    static const bool wanted = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    return wanted;
}

std::string paint(std::string_view text, Colour colour) {
    if (colour == Colour::kNone || !colour_wanted()) return std::string(text);
    return std::string(escape_of(colour)) + std::string(text) + "\033[0m";
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        char32_t character = length == 1 ? lead : lead & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
            character = character << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        }
        if (!is_in(kNoWidth, character)) width += is_in(kWide, character) ? 2U : 1U;
        i += length;
    }
    return width;
}

void Table::add(std::vector<Cell> row) {
    LOWU_ASSERT(row.size() == columns_.size(), "a row fills its columns");
    rows_.push_back(std::move(row));
}

std::string Table::text(std::size_t indent) const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = display_width(columns_[i].heading);
        for (const auto& row : rows_) {
            width = std::max(width, display_width(row[i].text));
        }
        widths.push_back(width);
    }
    std::string lines;
    const auto add_line = [&](const std::vector<Cell>& row) {
        std::string line(indent, ' ');
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - display_width(row[i].text), ' ');
            if (columns_[i].right) line += padding;
            line += paint(row[i].text, row[i].colour);
            // Nothing follows the last column, so that no line ends in blanks.
            if (i + 1 == row.size()) break;
            if (!columns_[i].right) line += padding;
            line += "  ";
        }
        while (line.ends_with(' ')) {
            line.pop_back();
        }
        lines += line + '\n';
    };
    std::vector<Cell> headings;
    for (const Column& column : columns_) {
        headings.emplace_back(column.heading, Colour::kBold);
    }
    add_line(headings);
    for (const auto& row : rows_) {
        add_line(row);
    }
    return lines;
}

std::string amount_text(std::int64_t amount_minor) {
    return money::format_amount(money::AmountMinor{amount_minor});
}

std::string amount_text(v1::Currency currency, std::int64_t amount_minor) {
    return word(currency) + " " + amount_text(amount_minor);
}

std::string time_text(std::int64_t scheme_time_ms) {
    return scheme::format_utc8(SchemeTime{scheme_time_ms});
}

std::string duration_text(std::int64_t duration_us) {
    const std::string fraction = std::to_string(1'000 + duration_us % 1'000).substr(1);
    return std::to_string(duration_us / 1'000) + "." + fraction + " ms";
}

std::string word(v1::Currency currency) {
    return without_prefix(v1::Currency_Name(currency), "CURRENCY_", currency);
}

std::string word(v1::PaymentStatus status) {
    return without_prefix(v1::PaymentStatus_Name(status), "PAYMENT_STATUS_", status);
}

std::string word(v1::Rail rail) {
    return lower(without_prefix(v1::Rail_Name(rail), "RAIL_", rail));
}

std::string word(v1::Direction direction) {
    return lower(without_prefix(v1::Direction_Name(direction), "DIRECTION_", direction));
}

Colour colour_of(v1::PaymentStatus status) {
    if (status == v1::PAYMENT_STATUS_ACSC) return Colour::kGreen;
    if (status == v1::PAYMENT_STATUS_RJCT) return Colour::kRed;
    return Colour::kYellow;
}

std::string bank_text(std::string_view code) {
    const auto agent = scheme::parse_agent_code(code);
    const scheme::Institution* institution = agent ? scheme::find_institution(*agent) : nullptr;
    if (institution == nullptr) return std::string(code);
    return std::string(code) + " " + std::string(institution->name_en);
}

}  // namespace lowu::client
