// The text of the tree as the tidy rules see it: which files there are, their lines, and their
// lines without comments and literals. Called by the rules and their tests, one thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lowu::tidy {

struct File {
    std::string path;                // from the root of the tree, parts joined by '/'
    std::vector<std::string> lines;  // as written
    std::vector<std::string>
        code;  // a .hpp or .cpp: the same lines, comments and literals as spaces
};

struct Tree {
    std::vector<File> files;  // ordered by path

    [[nodiscard]] const File* find(std::string_view path) const;
    // Whether a file has this path, or lies below this folder.
    [[nodiscard]] bool has(std::string_view path) const;
};

[[nodiscard]] File make_file(std::string path, std::string_view text);

// The text files of the tree: those git knows or would add; all but build output where git cannot
// tell.
[[nodiscard]] Tree load_tree(const std::filesystem::path& root);

[[nodiscard]] bool is_cpp(const File& file);  // .hpp or .cpp
// Whether a path is this folder or lies below it.
[[nodiscard]] bool is_under(std::string_view path, std::string_view folder);
[[nodiscard]] bool is_under_any(std::string_view path, std::string_view folders);

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);  // split at white space
[[nodiscard]] bool is_word_character(char c);                              // of a C++ identifier

struct ProgramOutput {
    int exit_code = -1;  // -1: could not be started, or ended by a signal
    std::string text;    // standard output and standard error
};
// Runs a program to its end, without a shell in between. The first argument is looked up in PATH.
[[nodiscard]] ProgramOutput run_program(const std::vector<std::string>& arguments);

}  // namespace lowu::tidy
