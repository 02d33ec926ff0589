// Every result that a payment can meet is shown by a scenario: a refusal that nobody can read about
// is one that nobody has thought through.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "switch/core/result.hpp"
#include "tests/scenario/script.hpp"

namespace lowu::scenario {
namespace {

using core::RaisedBy;
using core::ResultCode;

/// Those that take hundreds of thousands of payments: tests/unit/core_precedence_test.cpp fills the
/// tables and meets them.
const std::map<ResultCode, std::string> kShownElsewhere = {
    {ResultCode::kLinkCongested, "262,144 payments wait for the other rail"},
    {ResultCode::kPayerAgentCongested, "8,192 payments of one bank are pending"},
};

std::filesystem::path folder() {
    return std::filesystem::path(LOWU_SOURCE_DIR) / "tests" / "scenario" / "scenarios";
}

/// Every word that some transcript holds, without the punctuation at its end.
std::set<std::string> words_of_transcripts() {
    std::set<std::string> words;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
        std::ifstream file(entry.path());
        std::ostringstream text;
        text << file.rdbuf();
        for (const Block& block : parse_script(text.str())) {
            for (const std::string& line : block.expected) {
                std::istringstream rest(line);
                std::string word;
                while (rest >> word) {
                    while (word.ends_with(',') || word.ends_with(':'))
                        word.pop_back();
                    words.insert(word);
                }
            }
        }
    }
    return words;
}

bool meets_payments(const core::ResultRow& row) {
    if (row.result == ResultCode::kAccepted) return false;
    return row.raised_by == RaisedBy::kOrigin || row.raised_by == RaisedBy::kDestination ||
           row.raised_by == RaisedBy::kPayeeAgent;
}

TEST(Scenarios, ShowEveryResult) {
    const std::set<std::string> words = words_of_transcripts();
    for (const core::ResultRow& row : core::result_table()) {
        if (!meets_payments(row)) continue;
        const bool shown = words.contains(std::string(row.name));
        const auto elsewhere = kShownElsewhere.find(row.result);
        if (elsewhere == kShownElsewhere.end()) {
            EXPECT_TRUE(shown) << "no scenario shows " << row.name << " (" << row.iso_code << ")";
        } else {
            EXPECT_FALSE(shown) << row.name << " need not be excused: " << elsewhere->second;
        }
    }
}

}  // namespace
}  // namespace lowu::scenario
