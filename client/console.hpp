// What people see: tables, colours, amounts, times and names of the contract's words. Exists so
// that all commands write alike and Chinese names keep columns straight. Called by every command,
// on the main thread; `up` also calls it on the thread of its show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lowu/v1/types.pb.h"

namespace lowu::client {

enum class Colour { kNone, kBold, kDim, kRed, kGreen, kYellow };

// Colours are used on a terminal only, and never when the environment variable NO_COLOR is set.
[[nodiscard]] bool colour_wanted();

// `text` in that colour, or as it is when colours are not wanted.
[[nodiscard]] std::string paint(std::string_view text, Colour colour);

// Columns that a terminal needs for the text: wide characters count two, combining ones none.
[[nodiscard]] std::size_t display_width(std::string_view text);

// One cell of a table. Colour is kept apart from the text, so that it takes no width.
struct Cell {
    std::string text;
    Colour colour = Colour::kNone;

    Cell(std::string value, Colour painted = Colour::kNone)
        : text(std::move(value)), colour(painted) {}
    Cell(const char* value) : text(value) {}
};

struct Column {
    std::string heading;
    bool right = false;  // right-aligned: figures
};

// Lines up rows under headings. Rows have as many cells as there are columns.
class Table {
public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    void add(std::vector<Cell> row);
    [[nodiscard]] bool empty() const { return rows_.empty(); }

    // Every line ends with a newline; `indent` blanks stand before each.
    [[nodiscard]] std::string text(std::size_t indent = 0) const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

// "1234.56": minor units of either currency.
[[nodiscard]] std::string amount_text(std::int64_t amount_minor);

// "CNY 1234.56"
[[nodiscard]] std::string amount_text(v1::Currency currency, std::int64_t amount_minor);

// Scheme time in UTC+8: "2025-06-22 09:00:00.000".
[[nodiscard]] std::string time_text(std::int64_t scheme_time_ms);

// Microseconds as milliseconds with three decimals: "3.142 ms".
[[nodiscard]] std::string duration_text(std::int64_t duration_us);

// The value's name without its enum's prefix, for example "CNY", "FPS", "ACSC", "NORTHBOUND".
[[nodiscard]] std::string word(v1::Currency currency);
[[nodiscard]] std::string word(v1::PaymentStatus status);
[[nodiscard]] std::string word(v1::Rail rail);            // lower case: "fps"
[[nodiscard]] std::string word(v1::Direction direction);  // lower case: "northbound"

// Green for ACSC, red for RJCT, yellow for ACSP.
[[nodiscard]] Colour colour_of(v1::PaymentStatus status);

// "012 Bank of China (Hong Kong)"; the code alone when it is not a launch institution's.
[[nodiscard]] std::string bank_text(std::string_view code);

}  // namespace lowu::client
