// Gathers how a run ended: what every party has in its books, side by side. Exists so that judges
// need no world. Called once a run, when the engine is live and quiet; one thread.
#pragma once

#include <vector>

#include "simulator/world/bank_actor.hpp"
#include "simulator/world/switch_process.hpp"
#include "switch/follower/payment_view.hpp"
#include "tests/simulation/judges/court.hpp"

namespace lowu::simulator {

struct Gathered {
    judges::Ending ending;
    /// What the running follower lists, newest first; forgotten payments too.
    std::vector<follower::PaymentView> listed;
};

[[nodiscard]] Gathered gather(const judges::Court& court, SwitchProcess& live, const Desk& desk,
                              const std::vector<BankActor*>& banks);

}  // namespace lowu::simulator
