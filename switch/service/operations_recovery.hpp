// The part of the switch's status that tells what would be left after a crash: log, archive,
// snapshots, obligations, what halts it. Called by OperationsService on the follower's thread.
#pragma once

#include "lowu/v1/operations.pb.h"
#include "switch/service/desk.hpp"
#include "switch/service/halt.hpp"

namespace lowu::service {

void put_recovery(const follower::Follower& follower, const SwitchStatus& status, const Halt& halt,
                  v1::GetStatusResponse& response);

}  // namespace lowu::service
