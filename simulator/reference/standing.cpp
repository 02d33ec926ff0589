// Banks that are away, banks that cannot keep up with their messages, banks in default: who they
// are, and what all banks of both rails are told of them. See rules.hpp.
#include <algorithm>

#include "simulator/reference/limits.hpp"
#include "simulator/reference/parameters.hpp"
#include "simulator/reference/rules.hpp"

namespace lowu::reference {
namespace {

/// To the banks of this rail, and over the link when it has space, to those of the other.
void tell_all(Step& step, const Announcement& event, LinkKind kind) {
    announce(step, event);
    if (step.rail.link_agent.empty() || !link_has_space(step.rail)) return;
    LinkMessage message;
    message.kind = kind;
    message.payer_agent = event.bank;
    message.acceptance_time = event.expected_back;
    if (event.forced) message.result = ResultCode::kPayeeAgentLoggedOff;
    send_over_link(step, message);
}

void tell_availability(Step& step, const BankCode& code, const Bank& bank) {
    Announcement event;
    event.kind = bank.off() ? AnnouncementKind::kLoggedOff : AnnouncementKind::kLoggedOn;
    event.forced = bank.forced_off;
    event.bank = code;
    event.effective = step.now.scheme;
    if (bank.off()) event.expected_back = bank.expected_back;
    tell_all(step, event, bank.off() ? LinkKind::kLoggedOff : LinkKind::kLoggedOn);
}

void tell_standing(Step& step, const BankCode& code, AnnouncementKind kind, LinkKind link_kind) {
    Announcement event;
    event.kind = kind;
    event.bank = code;
    event.effective = step.now.scheme;
    tell_all(step, event, link_kind);
}

bool too_soon(const Step& step, const Bank& bank) {
    if (!bank.availability_since) return false;
    return step.now.elapsed <
           *bank.availability_since + Duration::from_seconds(kAvailabilityIntervalSeconds);
}

}  // namespace

void take_availability(Step& step, const AvailabilityRequest& request) {
    if (!take_number(step, request.bank, request.number)) return;
    Bank& bank = bank_at(step.rail, request.bank);
    if (bank.logged_off == !request.available) return;  // It is so already.
    if (too_soon(step, bank)) {
        return reject_message(step, request.bank, request.number, {}, Field::kAvailability,
                              ResultCode::kAvailabilityTooSoon);
    }
    bank.availability_since = std::max(step.now.elapsed, ElapsedTime{1});
    const bool was_off = bank.off();
    bank.logged_off = !request.available;
    // The operator's word on when a forced absence ends stands.
    if (!bank.forced_off) {
        bank.expected_back = request.available ? SchemeTime{} : request.expected_back;
    }
    if (bank.off() != was_off) tell_availability(step, request.bank, bank);
}

void force_availability(Step& step, const ForceAvailability& command) {
    Bank* bank = find_bank(step.rail, command.bank);
    if (bank == nullptr) {
        step.answer.outcome = ResultCode::kUnknownParticipant;
        return;
    }
    if (bank->forced_off == !command.available) return;  // It is so already.
    const bool was_off = bank->off();
    bank->forced_off = !command.available;
    if (!command.available) bank->expected_back = command.expected_back;
    if (bank->off() != was_off) tell_availability(step, command.bank, *bank);
}

void declare_default(Step& step, const DeclareDefault& command) {
    Bank* bank = find_bank(step.rail, command.bank);
    if (bank == nullptr) {
        step.answer.outcome = ResultCode::kUnknownParticipant;
        return;
    }
    if (bank->in_default) return;  // It is so already.
    bank->in_default = true;
    tell_standing(step, command.bank, AnnouncementKind::kDefault, LinkKind::kDefault);
}

/// The other rail's banks: whoever is off, slow or in default is judged there; here it is told.
void news_of_bank_arrives(Step& step, const LinkMessage& message) {
    Announcement event;
    event.bank = message.payer_agent;
    event.effective = step.now.scheme;
    const bool availability =
        message.kind == LinkKind::kLoggedOff || message.kind == LinkKind::kLoggedOn;
    if (availability) {
        event.forced = message.result == ResultCode::kPayeeAgentLoggedOff;
        event.expected_back = message.acceptance_time;
    }
    if (message.kind == LinkKind::kLoggedOff) event.kind = AnnouncementKind::kLoggedOff;
    if (message.kind == LinkKind::kLoggedOn) event.kind = AnnouncementKind::kLoggedOn;
    if (message.kind == LinkKind::kDegraded) event.kind = AnnouncementKind::kDegraded;
    if (message.kind == LinkKind::kRestored) event.kind = AnnouncementKind::kRestored;
    if (message.kind == LinkKind::kDefault) event.kind = AnnouncementKind::kDefault;
    announce(step, event);
}

// Banks that leave no room for another request.

/// Before the command, like a timer: who has been full for too long is degraded, the longest first,
/// a few at a time.
void find_slow_banks(Step& step) {
    const Duration too_long = duration_of(step.rail, Parameter::kOutboxFullMs);
    for (std::uint32_t found = 0; found < kDegradedPerCommand; ++found) {
        const auto later = [](const auto& left, const auto& right) {
            if (!left.second.full_since) return false;
            if (!right.second.full_since) return true;
            if (*left.second.full_since != *right.second.full_since) {
                return *left.second.full_since < *right.second.full_since;
            }
            return left.second.admitted < right.second.admitted;
        };
        const auto first = std::min_element(step.rail.banks.begin(), step.rail.banks.end(), later);
        if (first == step.rail.banks.end() || !first->second.full_since) return;
        if (*first->second.full_since + too_long > step.now.elapsed) return;
        first->second.full_since.reset();
        first->second.degraded = true;
        tell_standing(step, first->first, AnnouncementKind::kDegraded, LinkKind::kDegraded);
    }
}

/// When at most half of its request slots are taken.
void restore_if_caught_up(Step& step, const BankCode& code, Bank& bank) {
    if (!bank.degraded || bank.request_slots() > kRequestSlots / 2) return;
    bank.degraded = false;
    tell_standing(step, code, AnnouncementKind::kRestored, LinkKind::kRestored);
}

}  // namespace lowu::reference
