// The link's moods; see link_harness.hpp. The bounds keep a round trip well under the allowance of
// two seconds a crossing, so that no deadline is missed by delay alone.
#include "tests/scenario/link_harness.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace lowu::scenario {
namespace {

constexpr std::int64_t kDelayMaxMs = 120;
constexpr std::int64_t kCutMaxMs = 300;

}  // namespace

Duration LinkHarness::up_to_ms(std::int64_t most_ms) {
    return Duration::from_ms(random_.between(0, most_ms));
}

void LinkHarness::add(ElapsedTime due, scheme::Rail from, bool acknowledgement,
                      core::MessageNumber number) {
    events_.insert({due, next_order_++, from, acknowledgement, number});
}

void LinkHarness::send(scheme::Rail from, core::MessageNumber number, ElapsedTime now) {
    Way& one = way(from);
    if (mode_ != LinkMode::kDelayed) return add(now, from, false, number);
    one.last_arrival = std::max(one.last_arrival, now + up_to_ms(kDelayMaxMs));
    add(one.last_arrival, from, false, number);
    if (random_.chance(1, 3)) {
        add(one.last_arrival + up_to_ms(2 * kDelayMaxMs), from, false, number);
    }
}

void LinkHarness::received(scheme::Rail from, core::MessageNumber number, ElapsedTime now) {
    way(from).received = std::max(way(from).received, number);
    if (mode_ != LinkMode::kDelayed) return add(now, from, true, number);
    // A missing acknowledgement is made good by a later one, or by none: then it is sent again.
    if (random_.chance(3, 4)) add(now + up_to_ms(4 * kDelayMaxMs), from, true, number);
}

bool LinkHarness::breaks(ElapsedTime now) {
    if (mode_ != LinkMode::kDelayed || held_ || !random_.chance(1, 8)) return false;
    lose_all(now + up_to_ms(kCutMaxMs));
    return true;
}

void LinkHarness::lose_all(ElapsedTime silent_until) {
    events_.clear();
    for (Way& one : ways_)
        one.last_arrival = silent_until;
}

std::optional<ElapsedTime> LinkHarness::next_due() const {
    if (held_ || events_.empty()) return std::nullopt;
    return events_.begin()->due;
}

std::optional<ElapsedTime> LinkHarness::next_news_due() const {
    if (held_) return std::nullopt;
    for (const Event& event : events_) {
        if (!event.acknowledgement && event.number > way(event.from).received) return event.due;
    }
    return std::nullopt;
}

LinkHarness::Event LinkHarness::take() {
    LOWU_ASSERT(!events_.empty(), "the caller has asked next_due");
    return events_.extract(events_.begin()).value();
}

}  // namespace lowu::scenario
