// Reads and writes scenario files; see script.hpp.
#include "tests/scenario/script.hpp"

#include <sstream>

namespace lowu::scenario {
namespace {

constexpr const char* kSeparator = "----";

bool is_step(const std::string& line) {
    return !line.empty() && line.front() != '#';
}

}  // namespace

std::vector<Block> parse_script(const std::string& text) {
    std::vector<Block> blocks;
    Block block;
    bool expecting = false;
    std::istringstream lines(text);
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        if (expecting) {
            if (!line.empty()) {
                block.expected.push_back(line);
                continue;
            }
            blocks.push_back(std::move(block));
            block = {};
            expecting = false;
        } else if (line == kSeparator) {
            expecting = true;
        } else {
            if (line.empty() && block.head.empty()) continue;
            block.head.push_back(line);
            if (is_step(line)) block.steps.push_back({number, line});
        }
    }
    if (!block.head.empty()) blocks.push_back(std::move(block));
    return blocks;
}

std::string write_script(const std::vector<Block>& blocks,
                         const std::vector<std::vector<std::string>>& outputs) {
    std::string text;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (i > 0) text += "\n";
        for (const std::string& line : blocks[i].head)
            text += line + "\n";
        text += std::string(kSeparator) + "\n";
        for (const std::string& line : outputs[i])
            text += line + "\n";
    }
    return text;
}

}  // namespace lowu::scenario
