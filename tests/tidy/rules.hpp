// The rules of the tidy test: each is one small function from text to violations, so that
// self_test.cpp can show on planted text that it catches what it is for. Called by tidy_test.cpp
// and self_test.cpp, one thread.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/tree.hpp"

namespace lowu::tidy {

// One broken rule at one place; `instead` says what to write and why.
struct Violation {
    std::string path;
    size_t line = 0;  // from 1; 0: the whole file
    std::string rule;
    std::string instead;
};
using Violations = std::vector<Violation>;

// levels.cpp: a .hpp or .cpp includes only from the folders below it, and libraries only where they
// belong.
[[nodiscard]] Violations check_levels(const File& file);
[[nodiscard]] Violations check_libraries(const File& file);

// tokens.cpp: tokens that have a better replacement here.
[[nodiscard]] Violations check_tokens(const File& file);

// lengths.cpp: lines of 100 columns, functions of 70 lines, files of 600 lines at most (500 is the
// aim).
[[nodiscard]] Violations check_line_lengths(const File& file);
[[nodiscard]] Violations check_function_lengths(const File& file);
[[nodiscard]] Violations check_file_length(const File& file);

// documents.cpp: a file says what it is; a library has a README; a README names only what exists.
[[nodiscard]] Violations check_first_lines(const File& file);
[[nodiscard]] Violations check_library_readmes(const Tree& tree);
[[nodiscard]] Violations check_named_paths(const Tree& tree, const File& document);

// protos.cpp: comments, zero values, packages and imports of the .proto files.
[[nodiscard]] Violations check_proto_comments(const File& file);
[[nodiscard]] Violations check_proto_zero_values(const File& file);
[[nodiscard]] Violations check_proto_package(const File& file);
[[nodiscard]] Violations check_proto_imports(const File& file);

// format.cpp: the first line of each file that clang-format 14 would change; `tool` is its path.
[[nodiscard]] Violations check_format(const std::string& tool, const std::string& root,
                                      const std::vector<std::string>& paths);

}  // namespace lowu::tidy
