// What a command brings to a payment's timeline: the message itself, before anything follows from
// it. One place for the follower's cells as they replay and for timelines that are read back from
// the archive. Pure functions, any thread.
#pragma once

#include <optional>

#include "switch/core/cell.hpp"
#include "switch/follower/timeline.hpp"

namespace lowu::follower {

struct ReceivedEvent {
    core::Uetr uetr;
    std::optional<core::Uetr> original;  ///< Of a return: this payment has it in its timeline too.
    TimelineEvent event;
    bool begins = false;  ///< A timeline may begin with it.
};

/// None when the command is about no payment. Of a return's currency nothing is said.
[[nodiscard]] std::optional<ReceivedEvent> received_event(const core::Cell& cell,
                                                          const core::Stamp& stamp,
                                                          const core::Command& command);

}  // namespace lowu::follower
