// The level graph of the tree: who may include whom. Called by tidy_test.cpp for each .hpp and .cpp
// file.
//
// To add a folder, add its row: what it may include, apart from itself, is everything listed and
// what lies below. A row is a decision about the architecture; ARCHITECTURE.md says why the graph
// is as it is.
#include <algorithm>
#include <array>
#include <string>

#include "tests/tidy/rules.hpp"

namespace lowu::tidy {

namespace {

struct Level {
    std::string_view folder;
    std::string_view may_include;  // lowu/... is generated from proto/lowu/...
};

constexpr Level kLevels[] = {
    {"common/base", ""},
    {"common/money", "common/base"},
    {"common/scheme", "common/base common/money"},
    {"common/log", "common/base"},
    {"common/rpc", "common/base lowu/v1 lowu/wire grpc/health"},

    {"switch/core", "common/base common/money common/scheme"},
    {"switch/journal",
     "common/base common/money common/scheme common/log switch/core lowu/journal"},
    // common/rpc/session...: the numbering and credit of sessions, the part without gRPC.
    {"switch/engine",
     "common/base common/money common/scheme common/log common/rpc/session switch/core "
     "switch/journal"},
    {"switch/follower",
     "common/base common/money common/scheme common/log switch/core switch/journal"},
    {"switch/session",
     "common/base common/money common/scheme common/rpc switch/core switch/engine lowu/v1 "
     "lowu/wire"},
    {"switch/service",
     "common/base common/money common/scheme common/rpc switch/core switch/engine switch/follower "
     "switch/journal/snapshot switch/session lowu"},
    {"switch/app", "common switch lowu"},

    // The banks know the public contract and common/, nothing of the switch.
    {"bank_sim/model",
     "common/base common/money common/scheme common/rpc/session lowu/v1 lowu/config lowu/banklog"},
    {"bank_sim/journal",
     "common/base common/money common/scheme common/log bank_sim/model lowu/v1 lowu/banklog"},
    {"bank_sim/client",
     "common/base common/money common/scheme common/log common/rpc bank_sim/model bank_sim/journal "
     "lowu/v1"},
    {"bank_sim/app", "common bank_sim lowu/v1 lowu/config"},

    // Written from the rules alone: it must not share a mistake with the cells.
    {"simulator/reference", "common/base common/money common/scheme"},
    {"simulator/scenario",
     "common/base common/money common/scheme common/rpc/text_config bank_sim/model lowu/v1 "
     "lowu/config"},
    {"simulator/report", "common/base common/money common/scheme"},
    // The programs themselves on virtual time, for tests.
    {"simulator/world", "common switch bank_sim/model lowu"},
    // Cells and engine, fed by light banks.
    {"simulator/play",
     "common/base common/money common/scheme common/log common/rpc/session switch/core "
     "switch/journal switch/engine switch/session switch/app/recovery switch/app/rules_version "
     "bank_sim/model/day_person bank_sim/model/limits "
     "simulator/scenario simulator/report lowu/v1"},
    {"simulator/app", "common simulator/scenario simulator/report simulator/play"},

    {"client", "common lowu/v1 lowu/config grpc/health"},

    // Nothing but tests includes tests.
    {"benchmarks", "common switch bank_sim simulator client lowu"},
    {"tests", "common switch bank_sim simulator client benchmarks lowu"},
};

struct LibraryRule {
    std::string_view headers;  // the include's path begins with one of these
    bool only;                 // true: only in the folders; false: never in the folders
    std::string_view folders;
    std::string_view why;
};

constexpr LibraryRule kLibraries[] = {
    {"grpc grpcpp grpc++", true,
     "common/rpc switch/service switch/app bank_sim/client bank_sim/app client tests benchmarks",
     "gRPC stays at the edge: put the decision below into a step machine and call it from there"},
    {"rocksdb", true, "switch/follower benchmarks",
     "RocksDB is what the archive is made of, and nobody else's business: ask the archive"},
    {"google/protobuf", false, "switch/core common/base common/money common/scheme common/log",
     "no protobuf this far down: take plain structs, translate where the bytes come in"},
    {"thread mutex shared_mutex condition_variable future chrono ctime random iostream fstream "
     "cstdio "
     "spdlog",
     false, "switch/core switch/engine bank_sim/model",
     "step machines have no thread, clock, randomness or output: take them as arguments, act in "
     "app/"},
};

struct Include {
    std::string path;
    size_t line = 0;
    bool quoted = false;
};

std::vector<Include> includes_of(const File& file) {
    std::vector<Include> found;
    for (size_t i = 0; i < file.lines.size(); ++i) {
        std::string_view line = trim(file.lines[i]);
        if (!line.starts_with("#")) continue;
        line = trim(line.substr(1));
        if (!line.starts_with("include")) continue;
        line = trim(line.substr(std::string_view("include").size()));
        if (line.size() < 2 || (line[0] != '"' && line[0] != '<')) continue;
        const bool quoted = line[0] == '"';
        const size_t end = line.find(quoted ? '"' : '>', 1);
        if (end == std::string_view::npos) continue;
        found.push_back({std::string(line.substr(1, end - 1)), i + 1, quoted});
    }
    return found;
}

// "common/rpc/session" stands for the folder and for common/rpc/session_numbers.hpp alike.
bool begins_with_part(std::string_view path, std::string_view part) {
    if (!path.starts_with(part)) return false;
    return path.size() == part.size() ||
           std::string_view("/._").find(path[part.size()]) != std::string_view::npos;
}

bool begins_with_any(std::string_view path, std::string_view parts) {
    const auto list = words(parts);
    return std::any_of(list.begin(), list.end(),
                       [path](std::string_view part) { return begins_with_part(path, part); });
}

const Level* level_of(const File& file) {
    const Level* best = nullptr;
    for (const Level& level : kLevels) {
        if (!is_under(file.path, level.folder)) continue;
        if (best == nullptr || level.folder.size() > best->folder.size()) best = &level;
    }
    return best;
}

bool is_from_this_tree(std::string_view path) {
    constexpr std::string_view kRoots =
        "common switch bank_sim client simulator benchmarks tests lowu grpc/health";
    return is_under_any(path, kRoots);
}

}  // namespace

Violations check_levels(const File& file) {
    if (!is_cpp(file)) return {};
    const Level* level = level_of(file);
    if (level == nullptr) {
        return {{file.path, 0, "level graph", "give its folder a row in tests/tidy/levels.cpp"}};
    }
    Violations violations;
    for (const Include& include : includes_of(file)) {
        if (!is_from_this_tree(include.path)) {
            if (!include.quoted) continue;
            violations.push_back(
                {file.path, include.line, "include from the root",
                 "write the whole path from the root of the tree, <> for libraries"});
        } else if (!is_under(include.path, level->folder) &&
                   !begins_with_any(include.path, level->may_include)) {
            violations.push_back({file.path, include.line, "level graph",
                                  std::string(level->folder) + " may not include " + include.path +
                                      "; it may include: " + std::string(level->may_include)});
        }
    }
    return violations;
}

Violations check_libraries(const File& file) {
    if (!is_cpp(file)) return {};
    Violations violations;
    for (const Include& include : includes_of(file)) {
        for (const LibraryRule& rule : kLibraries) {
            // A generated service header brings gRPC with it.
            const bool matches =
                begins_with_any(include.path, rule.headers) ||
                (rule.headers.starts_with("grpc") && include.path.ends_with(".grpc.pb.h"));
            if (!matches || is_under_any(file.path, rule.folders) == rule.only) continue;
            violations.push_back(
                {file.path, include.line, "library <" + include.path + ">", std::string(rule.why)});
        }
    }
    return violations;
}

}  // namespace lowu::tidy
