// Lengths of lines, functions and files. Called by tidy_test.cpp.
//
// Functions are found by layout, which clang-format makes regular: a statement that starts at
// column 0 or 4 (free functions; members inside a class), holds a '(' before any '=', ends in '{'
// and is no control statement, type or namespace; it ends at the next line that has '}' at the
// column where the statement started.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "tests/tidy/rules.hpp"

namespace lowu::tidy {

namespace {

constexpr size_t kMaxColumns = 100;
constexpr size_t kMaxFunctionLines = 70;
constexpr size_t kMaxFileLines = 600;

// Code points of UTF-8: every byte that does not continue one.
size_t columns_of(std::string_view line) {
    return static_cast<size_t>(std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
    }));
}

size_t indentation_of(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

bool ends_statement(std::string_view line) {
    const std::string_view text = trim(line);
    if (text.empty() || text.starts_with('#')) return true;
    if (text == "public:" || text == "private:" || text == "protected:") return true;
    return std::string_view(";{}").find(text.back()) != std::string_view::npos;
}

bool is_function_head(std::string_view head) {
    constexpr std::array<std::string_view, 15> kOthers = {
        "if",     "for",   "while",     "switch", "else",   "do",   "try",  "catch",
        "return", "class", "namespace", "struct", "extern", "enum", "union"};
    const size_t parenthesis = head.find('(');
    if (parenthesis == std::string_view::npos || head.find(" = ") < parenthesis) return false;
    const size_t word_end = static_cast<size_t>(
        std::find_if_not(head.begin(), head.end(), is_word_character) - head.begin());
    return std::find(kOthers.begin(), kOthers.end(), head.substr(0, word_end)) == kOthers.end();
}

// The first line of the function whose body opens at the end of line `open`, if one does.
std::optional<size_t> function_start(const std::vector<std::string>& code, size_t open) {
    if (!trim(code[open]).ends_with('{')) return std::nullopt;
    size_t start = open;
    while (start > 0 && !ends_statement(code[start - 1]))
        --start;
    const size_t indentation = indentation_of(code[start]);
    if (indentation != 0 && indentation != 4) return std::nullopt;
    std::string head;
    for (size_t i = start; i <= open; ++i)
        head += std::string(trim(code[i])) + " ";
    if (!is_function_head(head)) return std::nullopt;
    return start;
}

size_t function_end(const std::vector<std::string>& code, size_t open, size_t indentation) {
    for (size_t i = open + 1; i < code.size(); ++i) {
        if (indentation_of(code[i]) == indentation && trim(code[i]).starts_with('}')) return i;
    }
    return code.size() - 1;
}

}  // namespace

Violations check_line_lengths(const File& file) {
    if (!is_cpp(file) && !file.path.ends_with(".proto") && !file.path.ends_with(".py")) return {};
    Violations violations;
    for (size_t i = 0; i < file.lines.size(); ++i) {
        const size_t columns = columns_of(file.lines[i]);
        if (columns <= kMaxColumns) continue;
        violations.push_back({file.path, i + 1, "line of " + std::to_string(columns) + " columns",
                              "break it at 100: two files fit side by side"});
    }
    return violations;
}

Violations check_function_lengths(const File& file) {
    Violations violations;
    for (size_t open = 0; open < file.code.size(); ++open) {
        const auto start = function_start(file.code, open);
        if (!start) continue;
        const size_t end = function_end(file.code, open, indentation_of(file.code[*start]));
        const size_t length = end - *start + 1;
        if (length <= kMaxFunctionLines) continue;
        violations.push_back({file.path, *start + 1,
                              "function of " + std::to_string(length) + " lines",
                              "split it: a function fits a screen, 70 lines"});
    }
    return violations;
}

Violations check_file_length(const File& file) {
    if (!is_cpp(file) || file.lines.size() <= kMaxFileLines) return {};
    return {{file.path, 0, "file of " + std::to_string(file.lines.size()) + " lines",
             "split it by subject: a file is read in one sitting, about 500 lines"}};
}

}  // namespace lowu::tidy
