// A few payments over a small switch, in every stage, and what else a cell remembers: so that what
// is made of its state has something of everything. Used by the target of snapshots; one thread.
#pragma once

#include "tests/fuzz/small_switch.hpp"

namespace lowu::fuzz {

void some_traffic(SmallSwitch& live);

}  // namespace lowu::fuzz
