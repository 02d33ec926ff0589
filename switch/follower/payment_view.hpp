// A payment as queries tell it, over both rails, and which payments a list is of. Made of the legs
// that cells remember and of those that the archive has. Plain values and pure functions, any
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "switch/core/cell.hpp"
#include "switch/follower/archived_leg.hpp"

namespace lowu::follower {

/// One payment over both rails.
struct PaymentView {
    core::Uetr uetr;
    core::Rail origin{};
    core::Corridor corridor;  ///< Direction and service.
    core::Purpose purpose{};
    core::AgentCode payer_agent;
    core::AgentCode payee_agent;
    core::AmountMinor amount;
    core::Currency currency{};
    std::optional<core::Uetr> original;  ///< Of a return: the payment that it sends back.
    scheme::ReturnReason return_reason{};
    core::AmountMinor returned;  ///< How much of this payment has come back.
    core::QuotaAmounts quota;    ///< What it took of the payer's; zero when it is under none.
    core::PaymentState origin_state{};
    core::PaymentState destination_state{};  ///< kNone when it never got there; of a domestic
                                             ///< payment the same as origin_state.
    core::ResultCode result{};               ///< With kRejected at the origin.
    SchemeTime acceptance_time;
    core::Sequence sequence;  ///< Of the instruction.
    bool credited = false;
    bool archived = false;         ///< Where it began the cell has forgotten it.
    std::int64_t duration_us = 0;  ///< 0 while pending.
};

/// Which payments to list. Unset fields do not filter.
struct PaymentFilter {
    std::optional<core::AgentCode> participant;  ///< That pays or is paid.
    std::optional<core::Direction> direction;
    bool domestic = false;  ///< Domestic ones only.
    enum class Status : std::uint8_t { kAny, kPending, kSettled, kRejected };
    Status status = Status::kAny;
    std::optional<core::Service> service;
    std::string reason;                       ///< ISO code of a rejection.
    std::optional<SchemeTime> accepted_from;  ///< At or after.
    std::optional<SchemeTime> accepted_before;
};

struct PaymentPage {
    std::vector<PaymentView> payments;  ///< Newest first.
    /// Where the next page goes on: instructions before this one; none on the last page.
    std::optional<core::Sequence> before;
};

/// One leg, wherever it is remembered; what it points to lives there.
struct LegRef {
    const core::Cell* cell = nullptr;  ///< Of its rail.
    const core::Payment* payment = nullptr;
    const core::QuotaHold* hold = nullptr;       ///< Or none.
    const core::ReturnRecord* record = nullptr;  ///< Of a return.
    const LegTimes* times = nullptr;
    bool archived = false;
};

/// `begins` is where the payment began; `other` may be null: it never got there.
[[nodiscard]] PaymentView view_of(const LegRef& begins, const LegRef* other);

/// Whether a payment that began with this leg is one of the list's, whatever the times say.
[[nodiscard]] bool matches(const PaymentFilter& filter, const LegRef& begins);

}  // namespace lowu::follower
