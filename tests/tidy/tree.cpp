// Loads the tree's text and blanks comments and literals. Called by the tidy tests at their start,
// one thread.
#include "tests/tidy/tree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

namespace lowu::tidy {

namespace {

namespace fs = std::filesystem;

// Bigger files are data, not text that somebody writes.
constexpr size_t kMaxFileBytes = 4u << 20;

std::vector<std::string> split_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const size_t end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return lines;
}

// 1'000: the quote stands inside a number, so it opens nothing.
bool is_digit_separator(std::string_view text, size_t quote) {
    size_t start = quote;
    while (start > 0 && (is_word_character(text[start - 1]) || text[start - 1] == '\''))
        --start;
    return start < quote && std::isdigit(static_cast<unsigned char>(text[start])) != 0;
}

size_t after(std::string_view text, size_t from, std::string_view terminator) {
    const size_t found = text.find(terminator, from);
    return found == std::string_view::npos ? text.size() : found + terminator.size();
}

size_t after_raw_string(std::string_view text, size_t quote) {
    const size_t open = text.find('(', quote);
    if (open == std::string_view::npos) return text.size();
    const std::string terminator =
        ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
    return after(text, open, terminator);
}

size_t after_quoted(std::string_view text, size_t quote) {
    for (size_t i = quote + 1; i < text.size() && text[i] != '\n'; ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == text[quote]) {
            return i + 1;
        }
    }
    return std::min(text.find('\n', quote), text.size());
}

// Where the comment or literal that starts at `i` ends; `i` itself when none starts there.
size_t after_blank(std::string_view text, size_t i) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("//")) return std::min(text.find('\n', i), text.size());
    if (rest.starts_with("/*")) return after(text, i + 2, "*/");
    const bool inside_word = i > 0 && is_word_character(text[i - 1]);
    if (rest.starts_with("R\"") && !inside_word) return after_raw_string(text, i + 1);
    if (rest.starts_with('"')) return after_quoted(text, i);
    if (rest.starts_with('\'') && !is_digit_separator(text, i)) return after_quoted(text, i);
    return i;
}

std::string blank_comments_and_literals(std::string_view text) {
    std::string code(text);
    size_t i = 0;
    while (i < text.size()) {
        const size_t end = after_blank(text, i);
        std::replace_if(
            code.begin() + static_cast<std::ptrdiff_t>(i),
            code.begin() + static_cast<std::ptrdiff_t>(end), [](char c) { return c != '\n'; }, ' ');
        i = std::max(end, i + 1);
    }
    return code;
}

std::vector<std::string> paths_from_git(const fs::path& root) {
    const ProgramOutput listed =
        run_program({"git", "-C", root.string(), "-c", "core.quotePath=off", "ls-files", "--cached",
                     "--others", "--exclude-standard", "--full-name"});
    if (listed.exit_code != 0) return {};
    return split_lines(listed.text);
}

std::vector<std::string> paths_from_folders(const fs::path& root) {
    constexpr std::array<std::string_view, 6> kNotOurs = {
        ".git", "build", ".cache", "node_modules", "lowu-data", "__pycache__"};
    std::vector<std::string> paths;
    for (auto entry = fs::recursive_directory_iterator(root);
         entry != fs::recursive_directory_iterator(); ++entry) {
        const std::string name = entry->path().filename().string();
        if (std::find(kNotOurs.begin(), kNotOurs.end(), name) != kNotOurs.end()) {
            entry.disable_recursion_pending();
        } else if (entry->is_regular_file()) {
            paths.push_back(fs::relative(entry->path(), root).generic_string());
        }
    }
    return paths;
}

std::optional<std::string> read_text(const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error || size > kMaxFileBytes) return std::nullopt;
    std::ifstream stream(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (text.find('\0') != std::string::npos) return std::nullopt;
    return text;
}

}  // namespace

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string_view trim(std::string_view text) {
    const size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> found;
    for (text = trim(text); !text.empty(); text = trim(text)) {
        const size_t end = std::min(text.find_first_of(" \t"), text.size());
        found.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return found;
}

bool is_cpp(const File& file) {
    return file.path.ends_with(".hpp") || file.path.ends_with(".cpp");
}

bool is_under(std::string_view path, std::string_view folder) {
    if (path == folder) return true;
    return path.starts_with(folder) && path[folder.size()] == '/';
}

bool is_under_any(std::string_view path, std::string_view folders) {
    const auto list = words(folders);
    return std::any_of(list.begin(), list.end(),
                       [path](std::string_view folder) { return is_under(path, folder); });
}

const File* Tree::find(std::string_view path) const {
    const auto found = std::find_if(files.begin(), files.end(),
                                    [path](const File& file) { return file.path == path; });
    return found == files.end() ? nullptr : &*found;
}

bool Tree::has(std::string_view path) const {
    return std::any_of(files.begin(), files.end(),
                       [path](const File& file) { return is_under(file.path, path); });
}

File make_file(std::string path, std::string_view text) {
    File file{std::move(path), split_lines(text), {}};
    if (is_cpp(file)) file.code = split_lines(blank_comments_and_literals(text));
    return file;
}

Tree load_tree(const fs::path& root) {
    std::vector<std::string> paths = paths_from_git(root);
    if (paths.empty()) paths = paths_from_folders(root);
    std::sort(paths.begin(), paths.end());
    Tree tree;
    for (const std::string& path : paths) {
        if (const auto text = read_text(root / path)) tree.files.push_back(make_file(path, *text));
    }
    return tree;
}

}  // namespace lowu::tidy
