// The planted bugs: mistakes that people make, each in one place of the program, one judge each who
// must find it. Exists so that every judge is shown to fail on the program itself. Read by
// plant.cpp at build time, by the tests at run time. Constants, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lowu::planted {

struct Bug {
    int number = 0;  ///< 1, 2, 3, ...
    std::string_view name;
    std::string_view source;  ///< From the root of the tree.
    /// Stands there exactly once: an expression, or statements when it ends with ';' or '}'.
    std::string_view right;
    std::string_view wrong;        ///< In its place.
    std::string_view judge;        ///< Who must find it,
    std::uint64_t last_seed = 0;   ///< by this one,
    std::uint64_t first_seed = 1;  ///< beginning with this one, where it is rare.
};

[[nodiscard]] std::span<const Bug> all_bugs();

}  // namespace lowu::planted
