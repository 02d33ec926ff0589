// Finding and loading scenarios. See load.hpp.
#include "simulator/scenario/load.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <utility>

#include "simulator/scenario/read_scenario.hpp"

namespace lowu::simulator {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExtension = ".txtpb";
constexpr const char* kMark = "# proto-message: lowu.config.v1.SimulationScenario";

bool is_scenario(const fs::path& file) {
    if (file.extension() != kExtension) return false;
    std::ifstream stream(file);
    std::string line;
    while (std::getline(stream, line) && line.starts_with('#')) {
        if (line == kMark) return true;
    }
    return false;
}

void apply(config::v1::SimulationScenario& file, const Overrides& overrides) {
    if (overrides.seed) file.set_seed(*overrides.seed);
    if (overrides.days) file.set_days(std::min(file.days(), *overrides.days));
    if (overrides.volume_permille) file.set_volume_permille(*overrides.volume_permille);
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

Result<Scenario> load_scenario(const std::string& path, const Overrides& overrides) {
    config::v1::SimulationScenario file;
    std::variant<Scenario, rpc::ConfigFault> read;
    const auto loaded = rpc::load_text_config(path, file, [&]() -> std::optional<rpc::ConfigFault> {
        apply(file, overrides);
        read = read_scenario(file);
        const auto* fault = std::get_if<rpc::ConfigFault>(&read);
        return fault == nullptr ? std::nullopt : std::optional(*fault);
    });
    if (!loaded) return loaded.error();
    return std::get<Scenario>(std::move(read));
}

std::variant<Scenario, rpc::ConfigFault> read_scenario(const config::v1::SimulationScenario& file) {
    // Each part stands on those before it, so what is behind a fault is not looked at.
    constexpr std::array kParts{read_head,    read_sides,    read_banks, read_seasons,
                                read_traffic, read_mistakes, read_money, read_network,
                                read_faults,  read_actions};
    Scenario scenario;
    FirstFault first;
    for (const auto read_part : kParts) {
        read_part(file, scenario, first);
        if (!first.none()) return *first.take();
    }
    return scenario;
}

}  // namespace lowu::simulator
