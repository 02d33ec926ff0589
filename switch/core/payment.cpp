// The table of a payment's life; see payment.hpp.
#include "switch/core/payment.hpp"

#include <array>

#include "common/base/assert.hpp"

namespace lowu::core {
namespace {

using enum PaymentState;
using enum PaymentEvent;

struct Transition {
    PaymentState from;
    PaymentEvent event;
    PaymentState to;
};

constexpr std::array kTransitions{
    // Origin leg.
    Transition{kNone, kOriginAccepts, kForwarded},
    Transition{kNone, kOriginRefuses, kRejected},
    Transition{kForwarded, kSettledArrives, kSettled},
    Transition{kForwarded, kRefusedArrives, kRejected},
    Transition{kForwarded, kOriginDeadline, kCancelling},
    Transition{kCancelling, kSettledArrives, kSettled},
    Transition{kCancelling, kRefusedArrives, kRejected},
    // Destination leg.
    Transition{kNone, kDestinationAccepts, kAsked},
    Transition{kNone, kDestinationRefuses, kRejected},
    Transition{kNone, kCancelArrives,
               kRejected},  // Remembered: a transfer that comes after is refused.
    Transition{kAsked, kPayeeAgentAccepts, kSettled},  // The point of no return.
    Transition{kAsked, kPayeeAgentRejects, kRejected},
    Transition{kAsked, kPayeeDeadline, kRejected},
    Transition{kAsked, kCancelArrives, kRejected},
    // Returns: what sends back waits like an origin leg, what gets back is booked or refused at
    // once.
    Transition{kNone, kReturnBooked, kSettled},
};

constexpr std::size_t kStates = 6;

constexpr auto kNext = [] {
    std::array<std::array<PaymentState, kPaymentEvents>, kStates> next{};
    for (auto& row : next)
        row.fill(kNone);
    for (const Transition& transition : kTransitions) {
        next[static_cast<std::size_t>(transition.from)]
            [static_cast<std::size_t>(transition.event)] = transition.to;
    }
    return next;
}();

constexpr bool final_states_stay() {
    for (const Transition& transition : kTransitions) {
        if (is_final(transition.from)) return false;
    }
    return true;
}
static_assert(final_states_stay(), "a final state is final");

}  // namespace

std::optional<PaymentState> next_state(PaymentState state, PaymentEvent event) {
    const PaymentState to = kNext[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
    if (to == kNone) return std::nullopt;
    return to;
}

std::string_view to_string(PaymentState state) {
    switch (state) {
        case kNone:
            return "NONE";
        case kForwarded:
            return "FORWARDED";
        case kCancelling:
            return "CANCELLING";
        case kAsked:
            return "ASKED";
        case kSettled:
            return "SETTLED";
        case kRejected:
            return "REJECTED";
    }
    LOWU_UNREACHABLE("every state has a name");
}

std::string_view to_string(PaymentEvent event) {
    switch (event) {
        case kOriginAccepts:
            return "origin accepts";
        case kOriginRefuses:
            return "origin refuses";
        case kOriginDeadline:
            return "origin deadline";
        case kSettledArrives:
            return "settled at the destination";
        case kRefusedArrives:
            return "refused at the destination";
        case kDestinationAccepts:
            return "destination accepts";
        case kDestinationRefuses:
            return "destination refuses";
        case kPayeeAgentAccepts:
            return "payee's bank accepts";
        case kPayeeAgentRejects:
            return "payee's bank rejects";
        case kPayeeDeadline:
            return "payee's bank silent until the deadline";
        case kCancelArrives:
            return "origin asks to cancel";
        case kReturnBooked:
            return "return booked";
    }
    LOWU_UNREACHABLE("every event has a name");
}

}  // namespace lowu::core
