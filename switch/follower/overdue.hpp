// Which obligations have become overdue since it was looked the last time: each is found once. Made
// for the warnings of the switch's log; the follower's runner looks now and then, on the follower's
// thread.
#pragma once

#include <array>
#include <vector>

#include "switch/follower/follower.hpp"

namespace lowu::follower {

class OverdueWatch {
public:
    /// The first `most`, by rail and age; the rest is only counted.
    struct Found {
        std::vector<ObligationView> first;
        std::int64_t more = 0;
    };
    /// Those of banks in default are passed over: that they are not credited is known.
    [[nodiscard]] Found look(const Follower& follower, std::size_t most);

private:
    /// What was settled up to here has been found, by rail.
    std::array<ElapsedTime, 2> told_through_{ElapsedTime{INT64_MIN}, ElapsedTime{INT64_MIN}};
};

/// "999900000017 has not credited 123.45 CNY of payment 5f0c...: settled 90 s ago, ..."
[[nodiscard]] std::string overdue_text(const Follower& follower, const ObligationView& overdue);

}  // namespace lowu::follower
