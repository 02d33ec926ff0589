// Which banks the switch gives no session for good, from what their process says. Exists so that a
// start that cannot come to its end is given up at once and says why: a bank whose log is of
// another moment than the switch's is refused every time it asks. Called by Sandbox. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lowu::client {

struct SessionRefusal {
    std::string bank;  // its code
    std::string why;   // "the switch can send again only from number 17"
};

// `said` is what a process of banks has written since it was started. A bank that had a session
// since then is not refused: what ended that, its next one may mend.
[[nodiscard]] std::vector<SessionRefusal> session_refusals(std::string_view said);

// Why the start is given up and what to do. `bank_log` and `switch_log` are the logs' folders.
[[nodiscard]] std::string refusal_text(const std::vector<SessionRefusal>& refusals,
                                       const std::string& bank_log, const std::string& switch_log);

}  // namespace lowu::client
