// Banks that cannot keep up, and banks that have failed. A bank whose outbox has had no room for
// another request for too long is degraded: payments to it are refused until it has taken half of
// what waits, so that it harms only itself. A bank in default takes part in no new payment, for
// good; what is pending ends as it would, and it may still answer, report credits, send back and
// receive. Both are told to the banks of both rails. See cell.hpp.
#include "common/base/assert.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {
namespace {

LinkKind link_kind_of(SystemEventKind kind) {
    if (kind == SystemEventKind::kDegraded) return LinkKind::kDegraded;
    return kind == SystemEventKind::kRestored ? LinkKind::kRestored : LinkKind::kDefault;
}

SystemEventKind event_kind_of(LinkKind kind) {
    if (kind == LinkKind::kDegraded) return SystemEventKind::kDegraded;
    return kind == LinkKind::kRestored ? SystemEventKind::kRestored : SystemEventKind::kDefault;
}

}  // namespace

/// To the banks of this rail, and over the link, when it has room to spare, to those of the other.
void Cell::tell_standing(const Stamp& stamp, SystemEventKind kind, ParticipantIndex index) {
    SystemEvent event;
    event.kind = kind;
    event.participant = participant(index).code;
    event.effective = stamp.scheme;
    decide_on_standing(index);
    announce(stamp, event);
    if (!agent_account_ || link_outbox_.free() <= kLinkSlots / 2) return;
    LinkMessage message;
    message.kind = link_kind_of(kind);
    message.payer_agent = event.participant;
    send_link(stamp, message);
}

void Cell::on_standing(const Stamp& stamp, const LinkMessage& message) {
    SystemEvent event;
    event.kind = event_kind_of(message.kind);
    event.participant = message.payer_agent;
    event.effective = stamp.scheme;
    announce(stamp, event);
}

// Degraded.

/// After anything that takes a request slot or gives one back.
void Cell::watch_room(const Stamp& stamp, ParticipantIndex index) {
    const Participant& one = participant(index);
    if (one.has_room_for_request()) {
        full_outboxes_.remove(index);
    } else if (!one.degraded) {
        full_outboxes_.add(stamp.elapsed, index);
    }
}

ElapsedTime Cell::degrades_at(const FullOutboxes::Full& full) const {
    return full.since + Duration::from_ms(rules_.rail_value(ParameterId::kOutboxFull));
}

/// Before the stamp's command, like a timer.
void Cell::degrade_due(const Stamp& stamp) {
    for (std::uint32_t found = 0; found < kMaxDegradedPerCommand; ++found) {
        const auto full = full_outboxes_.first();
        if (!full || degrades_at(*full) > stamp.elapsed) return;
        full_outboxes_.remove(full->participant);
        at(full->participant).degraded = true;
        tell_standing(stamp, SystemEventKind::kDegraded, full->participant);
    }
}

void Cell::restore_if_caught_up(const Stamp& stamp, ParticipantIndex index) {
    Participant& one = at(index);
    if (!one.degraded || one.request_slots() > kRequestSlots / 2) return;
    one.degraded = false;
    tell_standing(stamp, SystemEventKind::kRestored, index);
}

// In default.

void Cell::on(const Stamp& stamp, const DeclareDefault& command) {
    if (command.defaulter.value >= participants()) {
        effects_->outcome = ResultCode::kUnknownParticipant;
        return;
    }
    Participant& one = at(command.defaulter);
    if (one.in_default) return;  // It is so already.
    one.in_default = true;
    tell_standing(stamp, SystemEventKind::kDefault, command.defaulter);
}

}  // namespace lowu::core
