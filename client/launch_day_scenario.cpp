// Finding and loading scenarios. See launch_day_scenario.hpp.
#include "client/launch_day_scenario.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "common/rpc/text_config.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::client {

namespace {

namespace fs = std::filesystem;

constexpr const char* kExtension = ".txtpb";
constexpr const char* kMark = "# proto-message: lowu.config.v1.DayScenario";

bool is_scenario(const fs::path& file) {
    if (file.extension() != kExtension) return false;
    std::ifstream stream(file);
    std::string line;
    while (std::getline(stream, line) && line.starts_with('#')) {
        if (line == kMark) return true;
    }
    return false;
}

// What the driver needs; everything else is judged by the banks when they start.
std::optional<rpc::ConfigFault> read_moments(DayFile& day) {
    const auto start = scheme::parse_utc8(day.scenario.start());
    if (!start) return rpc::ConfigFault{"start", "must be a moment: \"2025-06-22 09:00\""};
    day.start_ms = start->value;
    for (int index = 0; index < day.scenario.checkpoints_size(); ++index) {
        const auto moment = scheme::parse_utc8(day.scenario.checkpoints(index).at());
        if (!moment) {
            return rpc::ConfigFault{"checkpoints[" + std::to_string(index) + "].at",
                                    "must be a moment: \"2025-06-22 12:00\""};
        }
        day.checkpoints_ms.push_back(moment->value);
    }
    if (day.checkpoints_ms.empty()) {
        return rpc::ConfigFault{"checkpoints", "must hold at least one"};
    }
    if (day.scenario.slice_minutes() < 1 || 60 % day.scenario.slice_minutes() != 0) {
        return rpc::ConfigFault{"slice_minutes", "must divide 60"};
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::string> known_scenarios(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (is_scenario(entry.path())) names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

Result<DayFile> load_scenario(const std::string& folder, const std::string& name,
                              std::uint64_t seed) {
    const std::vector<std::string> known = known_scenarios(folder);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
        std::string list;
        for (const std::string& one : known) {
            list += (list.empty() ? "" : ", ") + one;
        }
        return Error{Error::Kind::kInvalid, list.empty() ? "there are no scenarios in " + folder
                                                         : "--scenario must be one of: " + list};
    }
    DayFile day;
    day.name = name;
    day.path = (fs::path(folder) / (name + kExtension)).string();
    const auto loaded =
        rpc::load_text_config(day.path, day.scenario, [&day] { return read_moments(day); });
    if (!loaded) return loaded.error();
    day.seed = seed == 0 ? day.scenario.seed() : seed;
    return day;
}

}  // namespace lowu::client
