// Names of rails and directions. See rail.hpp.
#include "common/scheme/rail.hpp"

#include "common/base/assert.hpp"

namespace lowu::scheme {

std::string_view to_string(Rail rail) {
    switch (rail) {
        case Rail::kFps:
            return "fps";
        case Rail::kIbps:
            return "ibps";
    }
    LOWU_UNREACHABLE("every rail has a name");
}

std::optional<Rail> parse_rail(std::string_view text) {
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        if (text == to_string(rail)) {
            return rail;
        }
    }
    return std::nullopt;
}

std::string_view to_string(Direction direction) {
    switch (direction) {
        case Direction::kNorthbound:
            return "northbound";
        case Direction::kSouthbound:
            return "southbound";
    }
    LOWU_UNREACHABLE("every direction has a name");
}

std::optional<Direction> parse_direction(std::string_view text) {
    for (const Direction direction : {Direction::kNorthbound, Direction::kSouthbound}) {
        if (text == to_string(direction)) {
            return direction;
        }
    }
    return std::nullopt;
}

}  // namespace lowu::scheme
