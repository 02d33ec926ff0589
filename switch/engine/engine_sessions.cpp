// Sessions: who is connected, what their numbers say, and what they are sent. See engine.hpp and
// the rules at the head of proto/lowu/v1/participant.proto.
#include "common/base/assert.hpp"
#include "switch/engine/engine.hpp"

namespace lowu::engine {
namespace {

/// What a message needs in a frame beside its body, at most: UETR, codes, reference, reason, times.
constexpr std::size_t kFixedMessageBytes = 512;

constexpr Duration kWriteStall = Duration::from_seconds(core::kWriteStallSeconds);

std::string gap_text(const char* what, MessageNumber expected) {
    return std::string(what) + " " + std::to_string(expected);
}

/// Puts participant and number into a bank's command.
void assign(core::Command& command, core::ParticipantIndex participant, MessageNumber number) {
    std::visit(
        [&](auto& one) {
            if constexpr (requires {
                              one.number;
                              one.participant;
                          }) {
                one.participant = participant;
                one.number = number;
            } else {
                LOWU_UNREACHABLE("a bank's message becomes a command with a number");
            }
        },
        command);
}

}  // namespace

bool Engine::on_frame(SessionId id, InboundFrame& frame, const std::vector<Recollection>& found) {
    if (!fire_timers()) return false;
    if (!frame.begun && !begin_frame(id, frame)) return true;
    const auto session = sessions_.find(id);
    if (session == sessions_.end()) return true;  // It has ended between two parts.
    if (!take_inputs(session->second, frame, found)) return false;
    take_quote_answers(id, frame);
    flush(id, session->second);
    return true;
}

/// What comes before the frame's messages. False when it ends the session.
bool Engine::begin_frame(SessionId id, InboundFrame& frame) {
    auto found = sessions_.find(id);
    if (frame.hello) {
        if (found != sessions_.end()) {
            end_session(id, CloseReason::kHelloRepeated, "hello comes in the first frame only");
            return false;
        }
        open_session(id, *frame.hello);
        found = sessions_.find(id);
        if (found == sessions_.end()) return false;
    } else if (found == sessions_.end()) {
        outlet_.close(id, CloseReason::kHelloMissing, "the first frame must carry hello");
        return false;
    }
    Session& session = found->second;
    session.sender.credit(frame.credit);
    if (!frame.hello && !take_acknowledgement(id, session, frame.acknowledged)) return false;
    if (!take_numbers(id, session, frame)) return false;
    frame.begun = true;
    return true;
}

void Engine::open_session(SessionId id, const Hello& hello) {
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        const auto index = cell(rail).find_participant(hello.participant);
        if (!index) continue;
        const core::Participant& participant = cell(rail).participant(*index);
        if (!hello_fits(id, hello, participant)) return;
        Channel& one = channel(rail, *index);
        if (one.session.value != 0) {
            end_session(one.session, CloseReason::kTakenOver, "a newer session has taken over");
        }
        const MessageNumber first = participant.outbox.first();
        const MessageNumber received = hello.last_received.value_or(first - 1);
        if (received >= first) record(rail, core::OutboxAcknowledged{*index, received});
        record(rail, core::SessionUp{*index, hello.incarnation});
        one.session = id;
        touch(rail, *index);
        sessions_.try_emplace(id, Session{rail,
                                          *index,
                                          rpc::NumberReceiver(participant.last_number),
                                          rpc::NumberSender(received + 1),
                                          sequencer_.last().sequence,
                                          0,
                                          0,
                                          {}});
        return;
    }
    outlet_.close(id, CloseReason::kUnknownParticipant,
                  "participant " + scheme::format_agent_code(hello.participant) +
                      " is not known to this switch");
}

bool Engine::hello_fits(SessionId id, const Hello& hello, const core::Participant& participant) {
    const auto refuse = [&](CloseReason reason, const std::string& text) {
        outlet_.close(id, reason, text);
        return false;
    };
    if (hello.incarnation < participant.incarnation) {
        return refuse(CloseReason::kOlderIncarnation,
                      gap_text("incarnation must be at least", participant.incarnation));
    }
    if (hello.last_received && *hello.last_received + 1 < participant.outbox.first()) {
        return refuse(CloseReason::kGap, gap_text("the switch can send again only from number",
                                                  participant.outbox.first()));
    }
    if (hello.last_received && *hello.last_received >= durable_end(participant.outbox)) {
        return refuse(CloseReason::kGap,
                      gap_text("last_received must be below", durable_end(participant.outbox)));
    }
    if (hello.lowest_resendable && *hello.lowest_resendable > participant.last_number + 1) {
        return refuse(CloseReason::kGap, gap_text("the switch needs messages from number",
                                                  participant.last_number + 1));
    }
    return true;
}

void Engine::send_hello_reply(SessionId id, Session& session) {
    const core::Participant& participant = cell(session.rail).participant(session.participant);
    const Channel& one = channel(session.rail, session.participant);
    OutboundFrame frame;
    frame.rail = session.rail;
    frame.participant = participant.code;
    frame.hello_reply =
        HelloReply{one.durable_number, session.sender.next(), sequencer_.last().scheme,
                   cell(session.rail).parameters(), cell(session.rail).rules().token_version()};
    frame.acknowledged = session.told_acknowledged = one.durable_number;
    frame.credit = session.told_credit = cell(session.rail).credit_limit(session.participant);
    session.receiver.grant(frame.credit);
    outlet_.send(id, frame);
}

bool Engine::take_acknowledgement(SessionId id, Session& session, MessageNumber number) {
    if (!session.sender.acknowledge(number)) {
        end_session(id, CloseReason::kBadAcknowledgement,
                    gap_text("acknowledged must be below", session.sender.next()));
        return false;
    }
    const core::Outbox& outbox = cell(session.rail).participant(session.participant).outbox;
    if (number >= outbox.first()) {
        record(session.rail, core::OutboxAcknowledged{session.participant, number});
    }
    return true;
}

bool Engine::take_numbers(SessionId id, Session& session, InboundFrame& frame) {
    const MessageNumber expected = session.receiver.last() + 1;
    const auto verdict = session.receiver.take(frame.first_number, frame.inputs.size());
    switch (verdict.intake) {
        case rpc::Intake::kTake:
            break;
        case rpc::Intake::kGap:
            end_session(id, CloseReason::kGap,
                        gap_text("the next message must have number", expected));
            return false;
        case rpc::Intake::kBeyondCredit:
            end_session(id, CloseReason::kBeyondCredit,
                        gap_text("messages may be sent up to number", session.receiver.granted()));
            return false;
    }
    frame.taken = verdict.skip;
    return true;
}

/// The frame's messages, as far as there is room for them and for what they recollect.
bool Engine::take_inputs(Session& session, InboundFrame& frame,
                         const std::vector<Recollection>& found) {
    const Asker asker{session.rail, session.participant,
                      cell(session.rail).participant(session.participant).code};
    for (; frame.taken < frame.inputs.size(); ++frame.taken) {
        Input& input = frame.inputs[frame.taken];
        if (!has_room_for_message()) return false;
        frame.wants_room = !recollect_for(asker, input, found);
        if (frame.wants_room) return false;
        assign(input.command, session.participant, frame.first_number + frame.taken);
        record(session.rail, input.command, std::move(input.body));
    }
    return true;
}

void Engine::on_writable(SessionId id) {
    const auto session = sessions_.find(id);
    if (session != sessions_.end()) flush(id, session->second);
}

void Engine::on_closed(SessionId id) {
    sequencer_.advance();
    forget_session(id);
}

void Engine::end_session(SessionId id, CloseReason reason, const std::string& text) {
    forget_session(id);
    outlet_.close(id, reason, text);
}

void Engine::forget_session(SessionId id) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return;
    const Session& session = found->second;
    channel(session.rail, session.participant).session = SessionId{0};
    record(session.rail, core::SessionDown{session.participant});
    unmark_stalled(found->second);
    sessions_.erase(found);
    while (const auto waiting = quotes_.take_of(id))
        outlet_.on_no_quote(*waiting, core::ResultCode::kPayeeAgentOffline);
}

void Engine::close_all(CloseReason reason, const std::string& text) {
    sequencer_.advance();
    while (!sessions_.empty())
        end_session(sessions_.begin()->first, reason, text);
}

// Sending.

/// Number after the last entry that is durable: what can have been sent lies below.
MessageNumber Engine::durable_end(const core::Outbox& outbox) const {
    MessageNumber low = outbox.first();
    MessageNumber high = outbox.next();
    while (low < high) {
        const MessageNumber middle = low + (high - low) / 2;
        if (outbox.entry(middle).sequence <= durable_) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void Engine::flush(SessionId id, Session& session) {
    while (send_frame(id, session)) {
    }
}

/// Sends what is durable, within the bank's credit; and what the bank should know about its own
/// numbers when that has changed enough. True when there is more for a frame of its own.
bool Engine::send_frame(SessionId id, Session& session) {
    if (session.opened_at) {
        if (*session.opened_at > durable_) return false;
        session.opened_at.reset();
        send_hello_reply(id, session);
        return true;
    }
    const core::Participant& participant = cell(session.rail).participant(session.participant);
    const std::uint64_t sendable =
        session.sender.sendable(durable_end(participant.outbox) - session.sender.next());
    const MessageNumber acknowledged = channel(session.rail, session.participant).durable_number;
    const MessageNumber credit = cell(session.rail).credit_limit(session.participant);
    const bool credit_matters =
        credit >= session.told_credit + core::kReplySlots / 4 ||
        (credit > session.told_credit &&
         session.told_credit < participant.last_number + core::kReplySlots / 4);
    if (sendable == 0 && acknowledged == session.told_acknowledged && !credit_matters &&
        session.quote_requests.empty()) {
        return false;
    }
    if (!outlet_.ready(id)) {  // on_writable comes back here.
        mark_stalled(session);
        return false;
    }
    unmark_stalled(session);
    OutboundFrame frame;
    frame.rail = session.rail;
    frame.participant = participant.code;
    frame.first_number = session.sender.next();
    const auto gathered =
        gather_messages(session.rail, participant.outbox, frame.first_number, sendable);
    if (!gathered.ok()) {
        loaded_bodies_.clear();
        end_session(id, CloseReason::kUnreadable, gathered.error().what);
        return false;
    }
    frame.messages = frame_messages_;
    frame.quote_requests = session.quote_requests;
    frame.acknowledged = session.told_acknowledged = acknowledged;
    frame.credit = session.told_credit = credit;
    session.receiver.grant(credit);
    session.sender.sent(frame_messages_.size());
    outlet_.send(id, frame);
    session.quote_requests.clear();
    loaded_bodies_.clear();
    return frame_messages_.size() < sendable;
}

// Who does not read.

void Engine::mark_stalled(Session& session) {
    if (session.stalled_since) return;
    session.stalled_since = sequencer_.last().elapsed;
    if (stalled_sessions_++ == 0) next_stall_check_ = sequencer_.last().elapsed + kWriteStall;
}

void Engine::unmark_stalled(Session& session) {
    if (!session.stalled_since) return;
    session.stalled_since.reset();
    --stalled_sessions_;
}

std::optional<ElapsedTime> Engine::next_stall_check() const {
    if (stalled_sessions_ == 0) return std::nullopt;
    return next_stall_check_;
}

/// A bank whose frame the transport has not taken for so long is cut off: its connection holds
/// memory of ours, and it will get everything from its outbox when it comes again.
void Engine::close_stalled() {
    const ElapsedTime now = sequencer_.last().elapsed;
    if (now < next_stall_check_) return;
    next_stall_check_ = now + kWriteStall;
    std::vector<SessionId> cut;
    for (const auto& [id, session] : sessions_) {
        if (!session.stalled_since) continue;
        const ElapsedTime due = *session.stalled_since + kWriteStall;
        if (due <= now) {
            cut.push_back(id);
        } else {
            next_stall_check_ = std::min(next_stall_check_, due);
        }
    }
    for (const SessionId id : cut)
        end_session(id, CloseReason::kTooSlow, "frames have not been read for 10 seconds");
}

/// As many of `most` messages as a frame holds: by count, by bytes, and by bodies that must be read
/// back from the log, so that one bank that was away holds up nobody for long. The error when the
/// first of them cannot be read back: what stands before such a message still goes.
Result<void> Engine::gather_messages(Rail rail, const core::Outbox& outbox, MessageNumber first,
                                     std::uint64_t most) {
    frame_messages_.clear();
    std::size_t bytes = 0;
    while (frame_messages_.size() < std::min<std::uint64_t>(most, core::kMaxFrameMessages)) {
        const auto built = message_of(rail, outbox.entry(first + frame_messages_.size()));
        if (!built.ok()) return frame_messages_.empty() ? built.error() : Result<void>();
        const OutboundMessage& message = *built;
        bytes += kFixedMessageBytes;
        if (message.body != nullptr) {
            bytes += message.body->payer_account.size() + message.body->payee_account.size() +
                     message.body->payee_proxy.size() + message.body->carried.size();
        }
        if (bytes > core::kMaxFrameBytes) return {};
        frame_messages_.push_back(message);
        if (loaded_bodies_.size() >= core::kMaxLoadedBodies) return {};
    }
    return {};
}

Result<OutboundMessage> Engine::message_of(Rail rail, const core::OutboxEntry& entry) {
    OutboundMessage message;
    std::optional<Sequence> has_body;
    message.entry = &entry;
    if (entry.payment != core::kNoPayment) message.payment = &cell(rail).payment(entry.payment);
    if (entry.kind == core::OutboxKind::kRequest) {
        has_body = message.payment->body_sequence;
        message.payer_agent = message.payment->leg == core::Leg::kDestination
                                  ? message.payment->remote_agent
                                  : cell(rail).participant(message.payment->local_agent).code;
    } else if (entry.kind == core::OutboxKind::kReturned) {
        const core::ReturnRecord& record = cell(rail).return_of(entry.payment);
        message.original = record.original_uetr;
        message.return_reason = record.reason;
    } else if (entry.kind == core::OutboxKind::kEvent) {
        message.event = cell(rail).events().find(entry.rejected_number);
    } else if (entry.kind == core::OutboxKind::kMessageReject &&
               entry.result == core::ResultCode::kAccepted) {
        has_body = entry.sequence;  // The broken rule in words.
    }
    if (!has_body) return message;
    const auto body = body_of(*has_body);
    if (!body.ok()) return body.error();
    message.body = *body;
    return message;
}

/// The error when log or archive cannot give it back: damage, or a disk that fails.
Result<const journal::Body*> Engine::body_of(Sequence sequence) {
    if (const journal::Body* body = body_cache_.find(sequence)) return body;
    const auto known = loaded_bodies_.find(sequence);
    if (known != loaded_bodies_.end()) return &known->second;
    auto loaded = body_source_.load(sequence);
    if (!loaded.ok()) return loaded.error();
    return &loaded_bodies_.emplace(sequence, std::move(loaded).value()).first->second;
}

}  // namespace lowu::engine
