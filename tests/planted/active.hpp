// Which planted bug is active: what the variant sources of tests/planted ask. Chosen before any run
// begins, read by every thread. Never part of an installed program.
#pragma once

namespace lowu::planted {

/// 0: none.
inline int chosen = 0;

[[nodiscard]] inline bool active(int bug) {
    return chosen == bug;
}

}  // namespace lowu::planted
