// Timelines; see timeline.hpp.
#include "switch/follower/timeline.hpp"

#include "common/base/assert.hpp"
#include "common/money/amount.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::follower {
namespace {

using What = TimelineEvent::What;

/// Room that a timeline begins with: of a payment that crosses and settles.
constexpr std::size_t kUsualEvents = 48;

/// Rules with numbers below this can be kept as bits of one event.
constexpr std::size_t kMergedRules = 64;

std::uint64_t bit_of(core::ResultCode rule) {
    return std::uint64_t{1} << static_cast<unsigned>(rule);
}

std::string money_text(core::AmountMinor amount, core::Currency currency = core::Currency::kCny) {
    return money::format_amount(amount) + " " + std::string(money::to_string(currency));
}

std::string_view link_text(core::LinkKind kind) {
    switch (kind) {
        case core::LinkKind::kTransfer:
            return "transfer";
        case core::LinkKind::kSettled:
            return "settled";
        case core::LinkKind::kRefused:
            return "refused";
        case core::LinkKind::kCancel:
            return "cancel";
        case core::LinkKind::kCancelled:
            return "cancelled";
        case core::LinkKind::kAlreadySettled:
            return "already settled";
        case core::LinkKind::kReturn:
            return "return";
        case core::LinkKind::kLoggedOff:
            return "bank logged off";
        case core::LinkKind::kLoggedOn:
            return "bank logged on";
        case core::LinkKind::kDegraded:
            return "bank degraded";
        case core::LinkKind::kRestored:
            return "bank restored";
        case core::LinkKind::kDefault:
            return "bank in default";
    }
    LOWU_UNREACHABLE("every kind of link message has a name");
}

std::string_view outbox_text(core::OutboxKind kind) {
    switch (kind) {
        case core::OutboxKind::kPending:
            return "ACSP, still pending";
        case core::OutboxKind::kSettled:
            return "ACSC, settled";
        case core::OutboxKind::kRejected:
            return "RJCT";
        case core::OutboxKind::kMessageReject:
            return "message rejected";
        case core::OutboxKind::kRequest:
            return "will you credit this?";
        case core::OutboxKind::kCreditNow:
            return "ACSC, settled: credit the payee now";
        case core::OutboxKind::kVoid:
            return "RJCT, void: drop the promise";
        case core::OutboxKind::kEvent:
            return "announcement";
        case core::OutboxKind::kReturned:
            return "returned: money of a settled payment";
        case core::OutboxKind::kEnquiryAnswer:
            return "answer: where the payment stands";
    }
    LOWU_UNREACHABLE("every kind of outbox entry has a name");
}

std::string_view timer_text(core::TimerKind kind) {
    switch (kind) {
        case core::TimerKind::kPayeeDeadline:
            return "payee's bank must answer";
        case core::TimerKind::kOriginDeadline:
            return "origin asks to cancel";
    }
    LOWU_UNREACHABLE("every timer has a name");
}

std::string reason_text(core::ResultCode result) {
    if (result == core::ResultCode::kAccepted) return "";
    const core::ResultRow& row = core::row_of(result);
    return " (" + std::string(row.iso_code) + " " + std::string(row.name) + ")";
}

std::string answer_text(const TimelineEvent& event) {
    const bool accepts = event.result == core::ResultCode::kAccepted;
    return scheme::format_agent_code(event.agent) +
           (accepts ? " answers: accepted" : " answers: rejected") + reason_text(event.result);
}

std::string check_text(const TimelineEvent& event) {
    const core::ResultRow& row = core::row_of(event.result);
    if (event.passed) return std::string(row.name) + ": holds";
    return std::string(row.name) + ": broken, " + std::string(row.iso_code);
}

std::string state_text(const TimelineEvent& event) {
    return std::string(core::to_string(event.from)) + " -> " +
           std::string(core::to_string(event.to)) + ": " +
           std::string(core::to_string(event.event)) +
           (event.to == core::PaymentState::kRejected ? reason_text(event.result) : "");
}

/// "takes HKD 1000.00 of the payer's day 2025-06-22 and HKD 1000.00 of the year 2025".
std::string quota_text(const TimelineEvent& event) {
    const bool northbound = event.rail == core::Rail::kFps;
    const auto verb = [&]() -> std::string_view {
        switch (event.quota) {
            case core::QuotaMove::kReserved:
                return "take";
            case core::QuotaMove::kCommitted:
                return "keep";
            case core::QuotaMove::kReleased:
            case core::QuotaMove::kReturned:
                return "give back";
        }
        LOWU_UNREACHABLE("every move of the register has a word");
    };
    return std::string(verb()) + (northbound ? " HKD " : " CNY ") +
           money::format_amount(event.quota_amounts.day) + " of the payer's day " +
           scheme::format_date(event.quota_date.day) + (northbound ? " and HKD " : " and USD ") +
           money::format_amount(event.quota_amounts.year) + " of the year " +
           std::to_string(event.quota_date.year);
}

std::string timer_set_text(const TimelineEvent& event) {
    const std::int64_t wait_ms = (event.deadline - event.stamp.elapsed).whole_ms();
    return "timer set: " + std::string(timer_text(event.timer)) + " within " +
           std::to_string(wait_ms) + " ms";
}

}  // namespace

TimelineKind kind_of(const TimelineEvent& event) {
    switch (event.what) {
        case What::kInstruction:
        case What::kAnswer:
        case What::kCreditReport:
        case What::kReturn:
        case What::kLinkReceived:
            return TimelineKind::kReceived;
        case What::kCheck:
            return TimelineKind::kCheck;
        case What::kReserve:
        case What::kRelease:
        case What::kDebit:
        case What::kCredit:
            return TimelineKind::kLedger;
        case What::kState:
        case What::kCredited:
            return TimelineKind::kState;
        case What::kTimerSet:
        case What::kTimerFired:
            return TimelineKind::kTimer;
        case What::kLinkSent:
        case What::kOutbox:
            return TimelineKind::kSent;
        case What::kQuota:
            return TimelineKind::kQuota;
    }
    LOWU_UNREACHABLE("every event has a kind");
}

std::string text_of(const TimelineEvent& event) {
    const std::string agent = scheme::format_agent_code(event.agent);
    switch (event.what) {
        case What::kInstruction:
            return "instruction from " + agent + ", " + money_text(event.amount, event.currency);
        case What::kAnswer:
            return answer_text(event);
        case What::kCreditReport:
            return agent + " reports: payee credited";
        case What::kLinkReceived:
            return "from the link, message " + std::to_string(event.number) + ": " +
                   std::string(link_text(event.link)) + reason_text(event.result);
        case What::kLinkSent:
            return "to the link, message " + std::to_string(event.number) + ": " +
                   std::string(link_text(event.link)) + reason_text(event.result);
        case What::kCheck:
            return check_text(event);
        case What::kReserve:
            return "reserve " + money_text(event.amount, event.currency) + " of " +
                   account_of(event);
        case What::kRelease:
            return "release " + money_text(event.amount, event.currency) + " of " +
                   account_of(event);
        case What::kDebit:
            return "debit " + money_text(event.amount, event.currency) + " from " +
                   account_of(event);
        case What::kCredit:
            return "credit " + money_text(event.amount, event.currency) + " to " +
                   account_of(event);
        case What::kState:
            return state_text(event);
        case What::kTimerSet:
            return timer_set_text(event);
        case What::kTimerFired:
            return "timer fired: " + std::string(timer_text(event.timer));
        case What::kOutbox:
            return "to " + agent + ", message " + std::to_string(event.number) + ": " +
                   std::string(outbox_text(event.outbox)) + reason_text(event.result);
        case What::kCredited:
            return "the payee has the money";
        case What::kQuota:
            return quota_text(event);
        case What::kReturn:
            return agent + " sends back " + money_text(event.amount, event.currency) + " (" +
                   std::string(scheme::to_string(event.reason)) + ")";
    }
    LOWU_UNREACHABLE("every event has a text");
}

std::string_view rule_of(const TimelineEvent& event) {
    return event.what == What::kCheck ? core::row_of(event.result).name : std::string_view{};
}

std::string account_of(const TimelineEvent& event) {
    if (kind_of(event) != TimelineKind::kLedger) return "";
    const std::string owner = scheme::format_agent_code(event.agent);
    switch (event.account_kind) {
        case core::AccountKind::kSettlement:
            return owner;
        case core::AccountKind::kLinkAgent:
            return "link agent " + owner;
        case core::AccountKind::kContra:
            return "outside money";
        case core::AccountKind::kLinkClaim:
            return "link claim";
        case core::AccountKind::kLinkClaimContra:
            return "link claim (contra)";
    }
    LOWU_UNREACHABLE("every account has a name");
}

void Timelines::begin(const core::Uetr& uetr) {
    if (events_.contains(uetr)) return;
    if (order_.full()) events_.erase(order_.take());
    const bool kept = order_.push(uetr);
    LOWU_ASSERT(kept, "the oldest has made room");
    last_uetr_ = uetr;
    last_events_ = &events_[uetr];
    last_events_->reserve(kUsualEvents);
}

void Timelines::add(const core::Uetr& uetr, const TimelineEvent& event) {
    if (uetr != last_uetr_) {
        const auto found = events_.find(uetr);
        last_uetr_ = uetr;
        last_events_ = found == events_.end() ? nullptr : &found->second;
    }
    if (last_events_ == nullptr) return;
    if (!last_events_->empty() && merge(last_events_->back(), event)) return;
    if (last_events_->size() < core::kMaxTimelineEvents) last_events_->push_back(event);
}

/// Rules that held one after the other, in order of precedence, are one event until somebody asks:
/// a payment passes twenty of them and more.
bool Timelines::merge(TimelineEvent& last, const TimelineEvent& event) {
    const bool together =
        event.what == What::kCheck && last.what == What::kCheck && event.passed && last.passed &&
        event.rail == last.rail && event.stamp.sequence == last.stamp.sequence &&
        event.result > last.result && static_cast<std::size_t>(event.result) < kMergedRules;
    if (!together) return false;
    last.number |= bit_of(last.result) | bit_of(event.result);
    last.result = event.result;
    return true;
}

std::optional<std::vector<TimelineEvent>> Timelines::find(const core::Uetr& uetr) const {
    const auto found = events_.find(uetr);
    if (found == events_.end()) return std::nullopt;
    std::vector<TimelineEvent> events;
    for (const TimelineEvent& kept : found->second) {
        if (kept.what != What::kCheck || kept.number == 0) {
            events.push_back(kept);
            continue;
        }
        for (const core::ResultRow& row : core::result_table()) {
            if (static_cast<std::size_t>(row.result) >= kMergedRules) break;
            if ((kept.number & bit_of(row.result)) == 0) continue;
            events.push_back(kept);
            events.back().number = 0;
            events.back().result = row.result;
        }
    }
    return events;
}

}  // namespace lowu::follower
