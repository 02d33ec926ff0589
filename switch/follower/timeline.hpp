// Timelines: what happened to a payment, in the order of the log, kept for the newest payments in
// bounded memory. Fed by the follower's own cells through their witnesses; asked by its queries.
// One thread, the follower's.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/bounded_queue.hpp"
#include "switch/core/cell.hpp"

namespace lowu::follower {

/// Numbers are those of lowu.v1.TimelineKind.
enum class TimelineKind : std::uint8_t {
    kReceived = 1,
    kCheck = 2,
    kLedger = 3,
    kState = 4,
    kTimer = 5,
    kSent = 6,
    kQuota = 7,
};

/// One thing that happened. Text is made when somebody asks.
struct TimelineEvent {
    enum class What : std::uint8_t {
        kInstruction,   ///< From the payer's bank.
        kAnswer,        ///< From the payee's bank.
        kCreditReport,  ///< From the payee's bank.
        kLinkReceived,
        kLinkSent,
        kCheck,
        kReserve,
        kRelease,
        kDebit,
        kCredit,
        kState,
        kTimerSet,
        kTimerFired,
        kOutbox,
        kCredited,
        kQuota,
        kReturn,  ///< From the payee's bank.
    };
    core::Stamp stamp;
    core::Rail rail{};
    What what{};
    bool passed = false;               ///< kCheck.
    core::ResultCode result{};         ///< kCheck, kAnswer, kLink…, kOutbox, kState.
    core::PaymentState from{}, to{};   ///< kState.
    core::PaymentEvent event{};        ///< kState.
    core::LinkKind link{};             ///< kLink….
    core::OutboxKind outbox{};         ///< kOutbox.
    core::TimerKind timer{};           ///< kTimer….
    core::AgentCode agent;             ///< The bank concerned, or the owner of the account.
    core::AccountKind account_kind{};  ///< kReserve, kRelease, kDebit, kCredit.
    core::AmountMinor before, after;   ///< Available, ditto.
    core::AmountMinor amount;          ///< Ditto.
    core::Currency currency = core::Currency::kCny;  ///< Of the amount.
    scheme::ReturnReason reason{};                   ///< kReturn.
    core::QuotaMove quota{};                         ///< kQuota.
    core::QuotaAmounts quota_amounts;                ///< Ditto.
    core::QuotaDate quota_date;                      ///< Ditto.
    /// Of the message; of a kCheck that passed, while it is kept: all rules that held with it, a
    /// bit each.
    core::MessageNumber number = 0;
    ElapsedTime deadline;  ///< kTimerSet.
};

[[nodiscard]] TimelineKind kind_of(const TimelineEvent& event);
/// One line for people.
[[nodiscard]] std::string text_of(const TimelineEvent& event);
/// The rule a check stands for; empty otherwise.
[[nodiscard]] std::string_view rule_of(const TimelineEvent& event);
/// The account that moved; empty otherwise.
[[nodiscard]] std::string account_of(const TimelineEvent& event);

/// The newest `payments_max` payments' timelines.
class Timelines {
public:
    explicit Timelines(std::size_t payments_max) : order_(payments_max) {}

    /// Begins a timeline; the oldest goes when there are too many. Twice is the same as once: both
    /// legs begin it.
    void begin(const core::Uetr& uetr);
    /// Adds to a timeline that has begun, is still kept and has room; else does nothing.
    void add(const core::Uetr& uetr, const TimelineEvent& event);
    /// None when it is not kept.
    [[nodiscard]] std::optional<std::vector<TimelineEvent>> find(const core::Uetr& uetr) const;

private:
    using Events = std::vector<TimelineEvent>;
    [[nodiscard]] static bool merge(TimelineEvent& last, const TimelineEvent& event);
    std::unordered_map<core::Uetr, Events> events_;  ///< Look-up only.
    core::Uetr last_uetr_;           ///< One command brings many events of one payment,
    Events* last_events_ = nullptr;  ///< so the last look-up is kept.
    BoundedRing<core::Uetr> order_;
};

}  // namespace lowu::follower
