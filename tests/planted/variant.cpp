// simulation_seeds with planted bugs: one of them can be switched on. See seeds_main.hpp.
#include "tests/planted/active.hpp"
#include "tests/planted/bugs.hpp"
#include "tests/simulation/seeds_main.hpp"

namespace lowu::simulator {

bool choose_variant(std::string_view option, std::uint64_t value) {
    if (option != "--bug" || value == 0 || value > planted::all_bugs().size()) return false;
    planted::chosen = static_cast<int>(value);
    return true;
}

const char* variant_usage() {
    return " [--bug B]";
}

std::string variant_options() {
    return planted::chosen == 0 ? "" : " --bug " + std::to_string(planted::chosen);
}

}  // namespace lowu::simulator
