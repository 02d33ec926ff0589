// simulation_seeds as it is, without any planted bug; see seeds_main.hpp.
#include "tests/simulation/seeds_main.hpp"

namespace lowu::simulator {

bool choose_variant(std::string_view /*option*/, std::uint64_t /*value*/) {
    return false;
}

const char* variant_usage() {
    return "";
}

std::string variant_options() {
    return {};
}

}  // namespace lowu::simulator
