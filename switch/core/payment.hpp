// A payment as one rail remembers it, and the whole of its life as a table: which event leads from
// which state to which. Used by the cell; the follower and tests read it. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/scheme/return_reason.hpp"
#include "switch/core/quota.hpp"
#include "switch/core/result.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

/// Where one leg stands. The origin leg: kForwarded, kCancelling; the destination leg: kAsked;
/// both: the two final ones.
enum class PaymentState : std::uint8_t {
    kNone = 0,        ///< Not known yet.
    kForwarded = 1,   ///< Origin: payer bank's money reserved, the transfer is on the link.
    kCancelling = 2,  ///< Origin: deadline over, asked the destination to give up; still pending.
    kAsked = 3,       ///< Destination: agent's money reserved, the payee's bank is asked.
    kSettled = 4,     ///< Final: booked.
    kRejected = 5,    ///< Final: nothing moved.
};

/// What can happen to one leg.
enum class PaymentEvent : std::uint8_t {
    kOriginAccepts = 0,   ///< All checks of the origin passed.
    kOriginRefuses,       ///< A check of the origin failed.
    kOriginDeadline,      ///< Origin's timer.
    kSettledArrives,      ///< Link: settled at the destination (or already settled).
    kRefusedArrives,      ///< Link: refused (or cancelled) at the destination.
    kDestinationAccepts,  ///< All checks of the destination passed.
    kDestinationRefuses,  ///< A check of the destination failed.
    kPayeeAgentAccepts,   ///< The payee's bank promises to credit.
    kPayeeAgentRejects,   ///< The payee's bank refuses.
    kPayeeDeadline,       ///< Destination's timer: silence.
    kCancelArrives,       ///< Link: the origin asks to give up.
    kReturnBooked,        ///< A return is booked: at once, nobody is asked.
};
inline constexpr std::size_t kPaymentEvents = 12;

[[nodiscard]] std::string_view to_string(PaymentState state);
[[nodiscard]] std::string_view to_string(PaymentEvent event);

/// The state that `event` leads to from `state`; none when the event comes too late or never
/// belonged here, and so changes nothing.
[[nodiscard]] std::optional<PaymentState> next_state(PaymentState state, PaymentEvent event);

[[nodiscard]] constexpr bool is_final(PaymentState state) {
    return state == PaymentState::kSettled || state == PaymentState::kRejected;
}

/// Which end of the payment this cell is: of a domestic one, both. A return is a payment of its
/// own, back from the original's destination to its origin (of a domestic one, within the rail).
enum class Leg : std::uint8_t {
    kOrigin = 0,
    kDestination = 1,
    kDomestic = 2,
    kReturnSent = 3,      ///< On the rail of the bank that sends back.
    kReturnReceived = 4,  ///< On the rail of the bank that gets it back.
};

/// Whether a leg is the one where its payment began: its bank waits for the outcome.
[[nodiscard]] constexpr bool begins(Leg leg) {
    return leg == Leg::kOrigin || leg == Leg::kDomestic || leg == Leg::kReturnSent;
}
[[nodiscard]] constexpr bool is_return(Leg leg) {
    return leg == Leg::kReturnSent || leg == Leg::kReturnReceived;
}

/// A payment without a hold in the quota register.
inline constexpr std::uint32_t kNoHold = 0xffff'ffff;

/// One leg. Its own rail's bank is an index, the other's a code. 128 bytes, two cache lines: ten
/// million of them are a gigabyte and a quarter.
struct Payment {
    Uetr uetr;
    AmountMinor amount;
    AgentCode remote_agent;                ///< The other bank; of a domestic leg, the payee's.
    SchemeTime creation_time;              ///< Judged; origin only.
    SchemeTime acceptance_time;            ///< When the origin took it up.
    std::uint64_t payer_account_hash = 0;  ///< Judged; origin only.
    std::uint64_t payee_account_hash = 0;  ///< Judged; origin only.
    std::uint64_t carried_hash = 0;        ///< Judged by hash; origin only.
    std::uint64_t payer_hash = 0;          ///< Judged; origin only.
    std::uint64_t payee_proxy_hash = 0;    ///< Judged; origin only. 0: none.
    std::uint64_t exchange_hash = 0;       ///< Judged; origin only. 0: none.
    Sequence body_sequence;                ///< The record that carries accounts and details.
    AmountMinor returned;                  ///< Has come back of it, or is on its way back.
    std::uint32_t hold = kNoHold;  ///< Where its segment has its hold; of a return its record.
    /// Outbox entries that nobody has acknowledged, and returns that wait, which refer to it: while
    /// there are any it is not forgotten.
    std::uint16_t pins = 0;
    ParticipantIndex local_agent;  ///< The bank on this rail; of a domestic leg, the payer's.
    Service service{};
    Currency currency = Currency::kCny;
    Purpose purpose{};  ///< Judged; origin only.
    Leg leg{};
    PaymentState state{};
    ResultCode result{};    ///< Why, when kRejected.
    bool asked = false;     ///< Destination: the payee's bank has been asked.
    bool credited = false;  ///< Destination: the payee's bank has reported the credit.
};
static_assert(sizeof(Payment) <= 128, "two cache lines a payment");

// Which part a bank has in a payment, by the leg of one rail. A UETR may be used again when its
// payment is forgotten: then a bank's message is about the payment in which it has the part.

/// The bank is the leg's own, and its message began the payment.
[[nodiscard]] inline bool is_begun_by(const Payment& leg, ParticipantIndex bank) {
    return begins(leg.leg) && leg.local_agent == bank;
}
/// The bank, which is of the leg's rail, was asked to credit the payment.
[[nodiscard]] inline bool is_asked_of(const Payment& leg, ParticipantIndex bank, AgentCode code) {
    if (!leg.asked) return false;
    return leg.leg == Leg::kDomestic ? leg.remote_agent == code : leg.local_agent == bank;
}
/// And it was paid: what it reports or sends back is such a payment, whatever else had its UETR.
[[nodiscard]] inline bool is_settled_to(const Payment& leg, ParticipantIndex bank, AgentCode code) {
    return leg.state == PaymentState::kSettled && is_asked_of(leg, bank, code);
}
/// The bank, which is of the other rail, was paid.
[[nodiscard]] inline bool is_sent_to(const Payment& leg, AgentCode code) {
    return leg.state == PaymentState::kSettled && leg.leg == Leg::kOrigin &&
           leg.remote_agent == code;
}

/// What a return is of. The original may be forgotten before it: by its UETR it is named for good.
struct ReturnRecord {
    PaymentIndex original;
    Uetr original_uetr;
    scheme::ReturnReason reason{};
};

/// All that is remembered of one leg: what the side table keeps, what the archive gives back.
/// Payment::hold says nothing here.
struct WholeLeg {
    Payment payment;
    std::optional<QuotaHold> hold;
    std::optional<ReturnRecord> record;  ///< Of a return.
};

}  // namespace lowu::core
