// Tokens that have a better replacement here, each with the replacement and the reason. Called by
// tidy_test.cpp.
#include <algorithm>
#include <string>

#include "tests/tidy/rules.hpp"

namespace lowu::tidy {

namespace {

enum class Where {
    kCode,      // .hpp and .cpp, outside comments and literals
    kAnywhere,  // every text file, comments included
};

struct BannedToken {
    std::string_view token;  // whole words: a letter at its end must not go on in the text
    Where where;
    std::string_view folders;  // only there; empty: the whole tree
    std::string_view except;   // but not there
    std::string_view instead;
};

constexpr std::string_view kExact =
    "common/money common/scheme switch/core switch/journal switch/engine bank_sim/model";
constexpr std::string_view kBelowApp =
    "common switch/core switch/journal switch/engine switch/session switch/follower switch/service "
    "bank_sim/model bank_sim/client";
constexpr std::string_view kStepMachines = "switch/core switch/engine bank_sim/model";
constexpr std::string_view kWait =
    "wait for the event itself (a condition, a future, a line of output) with a deadline";
constexpr std::string_view kInteger =
    "money and time are integers in minor units: int64_t, a strong type";
constexpr std::string_view kOwner = "one owner and references: who frees it must be plain to see";
constexpr std::string_view kSeeded = "the seeded generator of common/base: one seed gives one run";
constexpr std::string_view kFinish = "finish it, or open an issue";
constexpr std::string_view kPortable =
    "a path from the root of the tree; other machines lack this one";

constexpr BannedToken kBanned[] = {
    {"sleep_for", Where::kCode, "tests", "", kWait},
    {"sleep_until", Where::kCode, "tests", "", kWait},
    {"usleep", Where::kCode, "tests", "", kWait},
    {"nanosleep", Where::kCode, "tests", "", kWait},
    {"time.sleep", Where::kAnywhere, "tests", "tests/tidy", kWait},
    {"using namespace", Where::kCode, "", "",
     "name what you use: readers look names up by namespace"},
    {"assert(", Where::kCode, "", "",
     "the always-on assertion of common/base/assert.hpp: checks stay in the release build"},
    {"throw", Where::kCode, kBelowApp, "",
     "a result code for a business outcome, Result for the environment, an assertion for a bug"},
    {"shared_ptr", Where::kCode, "switch/core switch/engine", "", kOwner},
    {"make_shared", Where::kCode, "switch/core switch/engine", "", kOwner},
    {"float", Where::kCode, kExact, "", kInteger},
    {"double", Where::kCode, kExact, "", kInteger},
    {"unordered_map", Where::kCode, kStepMachines, "",
     "boost::unordered_flat_map for look-up; a vector or an ordered map for what is iterated"},
    {"unordered_set", Where::kCode, kStepMachines, "",
     "boost::unordered_flat_set for look-up; a vector or an ordered set for what is iterated"},
    {"system(", Where::kCode, "", "",
     "posix_spawn: no shell in between, and the child is known by pid"},
    {"rand(", Where::kCode, "", "", kSeeded},
    {"srand(", Where::kCode, "", "", kSeeded},
    {"random_device", Where::kCode, kStepMachines, "", kSeeded},
    // The words are put together here so that this table does not find itself.
    {"TO"
     "DO",
     Where::kAnywhere, "", "", kFinish},
    {"FIX"
     "ME",
     Where::kAnywhere, "", "", kFinish},
    {"XX"
     "X",
     Where::kAnywhere, "", "", kFinish},
    {"/ro"
     "ot/",
     Where::kAnywhere, "", "", kPortable},
    {"/ho"
     "me/",
     Where::kAnywhere, "", "", kPortable},
    {"/wo"
     "rk/",
     Where::kAnywhere, "", "", kPortable},
};

// A path token must start a path: a/work/b names no folder of the machine.
bool starts_cleanly(std::string_view line, size_t position, std::string_view token) {
    if (position == 0) return true;
    const char before = line[position - 1];
    if (token[0] == '/') return !is_word_character(before) && before != '.' && before != '}';
    return !is_word_character(token[0]) || !is_word_character(before);
}

bool ends_cleanly(std::string_view line, size_t end, std::string_view token) {
    return end >= line.size() || !is_word_character(token.back()) || !is_word_character(line[end]);
}

bool contains_token(std::string_view line, std::string_view token) {
    for (size_t at = line.find(token); at != std::string_view::npos;
         at = line.find(token, at + 1)) {
        if (starts_cleanly(line, at, token) && ends_cleanly(line, at + token.size(), token))
            return true;
    }
    return false;
}

bool applies(const BannedToken& banned, const File& file) {
    if (banned.where == Where::kCode && !is_cpp(file)) return false;
    if (!banned.folders.empty() && !is_under_any(file.path, banned.folders)) return false;
    return !is_under_any(file.path, banned.except);
}

// Only a label at the start of its line is looked for; `= default;` and the like do not look so.
void check_default_labels(const File& file, Violations& violations) {
    for (size_t i = 0; i < file.code.size(); ++i) {
        if (!trim(file.code[i]).starts_with("default:")) continue;
        violations.push_back(
            {file.path, i + 1, "default in a switch",
             "list every value: the compiler then finds each switch that misses a new one"});
    }
}

}  // namespace

Violations check_tokens(const File& file) {
    Violations violations;
    for (const BannedToken& banned : kBanned) {
        if (!applies(banned, file)) continue;
        const auto& lines = banned.where == Where::kCode ? file.code : file.lines;
        for (size_t i = 0; i < lines.size(); ++i) {
            if (!contains_token(lines[i], banned.token)) continue;
            violations.push_back({file.path, i + 1, "token " + std::string(banned.token),
                                  std::string(banned.instead)});
        }
    }
    check_default_labels(file, violations);
    return violations;
}

}  // namespace lowu::tidy
