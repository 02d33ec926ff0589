// A rail's announcements as text. Exists apart from the command so that tests can read them. Pure;
// any thread.
#pragma once

#include <string>

#include "lowu/v1/participant.pb.h"

namespace lowu::client {

// "parameter", "reference rate", "logged off", ...
[[nodiscard]] std::string word(v1::SystemEventKind kind);

// What it says, in one line: "opens_at_minute on ibps southbound p2p is 480".
[[nodiscard]] std::string event_text(const v1::SystemEvent& event);

}  // namespace lowu::client
