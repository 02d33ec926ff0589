// Rules for .proto files: the public contract is commented, and what is logged never embeds it.
// Called by tidy_test.cpp.
#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>

#include "tests/tidy/rules.hpp"

namespace lowu::tidy {

namespace {

constexpr std::string_view kRoot = "proto/";
constexpr std::string_view kForeign = "proto/grpc/";  // Not ours to name.
constexpr std::string_view kPublic = "proto/lowu/v1";
constexpr std::string_view kJournals = "proto/lowu/journal proto/lowu/banklog";

bool is_proto(const File& file) {
    return file.path.starts_with(kRoot) && file.path.ends_with(".proto");
}

std::string_view without_comment(std::string_view line) {
    return trim(line.substr(0, line.find("//")));
}

bool has_comment_text(std::string_view line) {
    const size_t slashes = line.find("//");
    return slashes != std::string_view::npos && !trim(line.substr(slashes + 2)).empty();
}

std::string_view first_word(std::string_view line) {
    const auto end = std::find_if_not(line.begin(), line.end(), is_word_character);
    return line.substr(0, static_cast<size_t>(end - line.begin()));
}

// The number a field or an enum value declares: "string uetr = 3;" and "KIND_B = 3;" give 3.
std::optional<int> declared_number(std::string_view statement) {
    constexpr std::array<std::string_view, 8> kNotDeclarations = {
        "syntax", "package", "import", "option", "reserved", "extensions", "returns", ""};
    const std::string_view word = first_word(statement);
    if (std::find(kNotDeclarations.begin(), kNotDeclarations.end(), word) !=
        kNotDeclarations.end()) {
        return std::nullopt;
    }
    const size_t equals = statement.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string number(trim(statement.substr(equals + 1)));
    if (number.empty() || std::isdigit(static_cast<unsigned char>(number[0])) == 0)
        return std::nullopt;
    return std::stoi(number);
}

bool is_declaration(std::string_view statement) {
    constexpr std::array<std::string_view, 5> kKeywords = {"message", "enum", "service", "rpc",
                                                           "oneof"};
    const std::string_view word = first_word(statement);
    return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end() ||
           declared_number(statement).has_value();
}

bool is_comment_line(std::string_view line) {
    return trim(line).starts_with("//") && has_comment_text(line);
}

// "lowu/v1/payment.proto" of an import statement; empty for any other line.
std::string_view imported_path(std::string_view line) {
    const std::string_view statement = without_comment(line);
    if (first_word(statement) != "import") return {};
    const size_t open = statement.find('"');
    const size_t close = statement.rfind('"');
    if (open == std::string_view::npos || close <= open) return {};
    return statement.substr(open + 1, close - open - 1);
}

}  // namespace

Violations check_proto_comments(const File& file) {
    if (!is_proto(file) || !is_under(file.path, kPublic)) return {};
    Violations violations;
    for (size_t i = 0; i < file.lines.size(); ++i) {
        const std::string& line = file.lines[i];
        const std::string_view statement = without_comment(line);
        if (!is_declaration(statement) || has_comment_text(line)) continue;
        if (i > 0 && is_comment_line(file.lines[i - 1])) continue;
        violations.push_back({file.path, i + 1, "no comment on: " + std::string(statement),
                              "say meaning, unit, limit and the standard's name"});
    }
    return violations;
}

Violations check_proto_zero_values(const File& file) {
    if (!is_proto(file) || file.path.starts_with(kForeign)) return {};
    Violations violations;
    for (size_t i = 0; i < file.lines.size(); ++i) {
        const std::string_view statement = without_comment(file.lines[i]);
        if (declared_number(statement) != 0 || first_word(statement).ends_with("UNSPECIFIED"))
            continue;
        violations.push_back(
            {file.path, i + 1, "zero value " + std::string(first_word(statement)),
             "call it ..._UNSPECIFIED: a field that was not set must not mean anything"});
    }
    return violations;
}

Violations check_proto_package(const File& file) {
    if (!is_proto(file)) return {};
    const size_t slash = file.path.rfind('/');
    if (slash < kRoot.size())
        return {{file.path, 0, "package", "put it into a folder of its package"}};
    std::string package = file.path.substr(kRoot.size(), slash - kRoot.size());
    std::replace(package.begin(), package.end(), '/', '.');
    const std::string wanted = "package " + package + ";";
    const bool found =
        std::any_of(file.lines.begin(), file.lines.end(),
                    [&](const std::string& line) { return without_comment(line) == wanted; });
    if (found) return {};
    return {{file.path, 0, "package", "write `" + wanted + "`: package and folder agree"}};
}

Violations check_proto_imports(const File& file) {
    if (!is_proto(file)) return {};
    Violations violations;
    for (size_t i = 0; i < file.lines.size(); ++i) {
        const std::string_view path = imported_path(file.lines[i]);
        if (path.empty()) continue;
        if (is_under(file.path, kPublic) && !is_under_any(path, "lowu/v1 google")) {
            violations.push_back(
                {file.path, i + 1, "import " + std::string(path),
                 "the public contract stands alone: a client copies proto/lowu/v1"});
        }
        if (is_under_any(file.path, kJournals) && is_under(path, "lowu/v1")) {
            violations.push_back(
                {file.path, i + 1, "import " + std::string(path),
                 "a record of its own: the contract may change, what is logged stays"});
        }
    }
    return violations;
}

}  // namespace lowu::tidy
