// A scenario's file: steps, then "----", then what is expected of them; blocks apart by an empty
// line. Exists so that script and transcript stand together and can be rewritten without touching a
// comment. Used by scenario_test.cpp; one thread.
#pragma once

#include <string>
#include <vector>

namespace lowu::scenario {

struct Step {
    std::size_t line_number = 0;  ///< From 1, for messages.
    std::string text;
};

struct Block {
    std::vector<std::string> head;  ///< Lines before "----" as they stand, comments included.
    std::vector<Step> steps;        ///< The lines of `head` that are neither empty nor comments.
    std::vector<std::string> expected;
};

/// The blocks of a file's text. Lines without "----" behind them make a block that expects nothing
/// and is marked by an empty `expected`.
[[nodiscard]] std::vector<Block> parse_script(const std::string& text);

/// The file's text again, with `outputs` (one a block) in the place of what was expected.
[[nodiscard]] std::string write_script(const std::vector<Block>& blocks,
                                       const std::vector<std::vector<std::string>>& outputs);

}  // namespace lowu::scenario
