// The desk: where queries are handed to the follower's thread. Implemented by the follower's runner
// in switch/app.
#pragma once

#include <functional>

#include "switch/follower/follower.hpp"

namespace lowu::service {

/// What the switch as a whole knows beside the follower.
struct SwitchStatus {
    core::Sequence durable;
    core::Sequence recovered;
};

class Desk {
public:
    Desk() = default;
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    virtual ~Desk() = default;

    using Question = std::function<void(const follower::Follower&, const SwitchStatus&)>;

    /// Runs `question` on the follower's thread once it has replayed all that is durable now.
    /// False, and nothing runs, when too many wait or the switch is stopping. Any thread.
    [[nodiscard]] virtual bool ask(Question question) = 0;
};

}  // namespace lowu::service
