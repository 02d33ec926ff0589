// What files and documents say about the tree must hold. Called by tidy_test.cpp.
#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "tests/tidy/rules.hpp"

namespace lowu::tidy {

namespace {

std::string folder_of(std::string_view path) {
    const size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string join(std::string_view folder, std::string_view name) {
    return folder.empty() ? std::string(name) : std::string(folder) + "/" + std::string(name);
}

bool any_line_contains(const File& file, std::string_view text) {
    return std::any_of(file.lines.begin(), file.lines.end(), [text](const std::string& line) {
        return line.find(text) != std::string::npos;
    });
}

bool defines_library(const File& file) {
    return file.path.ends_with("/CMakeLists.txt") &&
           std::any_of(file.lines.begin(), file.lines.end(), [](const std::string& line) {
               return trim(line).starts_with("lowu_library(");
           });
}

// The texts between backticks, fenced blocks (commands, pictures) left out.
struct Span {
    std::string_view text;
    size_t line = 0;
};

std::vector<Span> spans_of(const File& document) {
    std::vector<Span> spans;
    bool fenced = false;
    for (size_t i = 0; i < document.lines.size(); ++i) {
        std::string_view rest = document.lines[i];
        if (trim(rest).starts_with("```")) fenced = !fenced;
        if (fenced) continue;
        while (true) {
            const size_t open = rest.find('`');
            const size_t close = rest.find('`', open + 1);
            if (open == std::string_view::npos || close == std::string_view::npos) break;
            spans.push_back({rest.substr(open + 1, close - open - 1), i + 1});
            rest.remove_prefix(close + 1);
        }
    }
    return spans;
}

bool has_own_extension(std::string_view path) {
    constexpr std::array<std::string_view, 8> kOurs = {
        ".hpp", ".cpp", ".proto", ".md", ".cmake", ".awk", ".textpb", "CMakeLists.txt"};
    return std::any_of(kOurs.begin(), kOurs.end(), [path](std::string_view extension) {
        return path.ends_with(extension) && path.size() > extension.size();
    });
}

bool has_only_path_characters(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_word_character(c) || std::string_view("./-").find(c) != std::string_view::npos;
    });
}

// A path of this tree: ./name, a name with one of our extensions, or a/b where `a` stands in the
// tree.
bool claims_to_exist(const Tree& tree, const std::string& folder, std::string_view text) {
    if (text.empty() || !has_only_path_characters(text)) return false;
    if (text.starts_with("./") && text.size() > 2) return true;
    if (!std::isalnum(static_cast<unsigned char>(text[0]))) return false;
    if (has_own_extension(text)) return true;
    const size_t slash = text.find('/');
    if (slash == std::string_view::npos) return false;
    const std::string_view first = text.substr(0, slash);
    return tree.has(first) || tree.has(join(folder, first));
}

bool exists(const Tree& tree, const std::string& folder, std::string_view path) {
    if (path.starts_with("./")) path.remove_prefix(2);
    while (path.ends_with('/'))
        path.remove_suffix(1);
    // Protobuf's paths start at proto/.
    return tree.has(path) || tree.has(join(folder, path)) || tree.has(join("proto", path));
}

}  // namespace

Violations check_first_lines(const File& file) {
    if (!is_cpp(file) && !file.path.ends_with(".proto")) return {};
    Violations violations;
    if (file.lines.empty() || !file.lines[0].starts_with("//")) {
        violations.push_back(
            {file.path, 1, "first line",
             "start with a comment: what it is, why, who calls it, on which thread"});
    }
    if (file.path.ends_with(".hpp") && !any_line_contains(file, "#pragma once")) {
        violations.push_back({file.path, 1, "include guard", "write #pragma once"});
    }
    return violations;
}

Violations check_library_readmes(const Tree& tree) {
    Violations violations;
    for (const File& file : tree.files) {
        if (!defines_library(file)) continue;
        const std::string path = join(folder_of(file.path), "README.md");
        const File* readme = tree.find(path);
        if (readme == nullptr) {
            violations.push_back(
                {path, 0, "library without README",
                 "write its purpose, \"Start reading at ...\" and the thread rule"});
            continue;
        }
        if (!any_line_contains(*readme, "tart reading at")) {
            violations.push_back({path, 0, "README", "say \"Start reading at ...\""});
        }
        if (!any_line_contains(*readme, "hread")) {
            violations.push_back(
                {path, 0, "README", "say the thread rule: who may call, on which thread"});
        }
    }
    return violations;
}

Violations check_named_paths(const Tree& tree, const File& document) {
    const std::string folder = folder_of(document.path);
    const std::string name = document.path.substr(folder.empty() ? 0 : folder.size() + 1);
    if (name != "README.md" && name != "ARCHITECTURE.md" && name != "CONTRIBUTING.md") return {};
    Violations violations;
    for (const Span& span : spans_of(document)) {
        if (!claims_to_exist(tree, folder, span.text) || exists(tree, folder, span.text)) continue;
        violations.push_back({document.path, span.line, "names `" + std::string(span.text) + "`",
                              "name what exists, from the root of the tree or from this folder"});
    }
    return violations;
}

}  // namespace lowu::tidy
