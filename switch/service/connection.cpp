// One bank's stream; see connection.hpp.
#include "switch/service/connection.hpp"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server_context.h>

#include "common/base/assert.hpp"
#include "common/rpc/status.hpp"
#include "switch/core/limits.hpp"

namespace lowu::service {
namespace {

/// So long a bank has to read the status of its closed call.
constexpr std::int64_t kUnreadPatienceUs = 30'000'000;
constexpr std::int64_t kLookAgainUs = 1'000'000;

grpc::Status status_of(engine::CloseReason reason, const std::string& text) {
    using Reason = engine::CloseReason;
    const auto make = [&](grpc::StatusCode code, std::string_view name, std::string_view field) {
        return rpc::make_status(code, name, field, text);
    };
    switch (reason) {
        case Reason::kHelloMissing:
            return make(grpc::StatusCode::FAILED_PRECONDITION, "HELLO_MISSING", "");
        case Reason::kHelloRepeated:
            return make(grpc::StatusCode::FAILED_PRECONDITION, "HELLO_REPEATED", "");
        case Reason::kUnknownParticipant:
            return make(grpc::StatusCode::PERMISSION_DENIED, "UNKNOWN_PARTICIPANT", "");
        case Reason::kOlderIncarnation:
            return make(grpc::StatusCode::FAILED_PRECONDITION, "OLDER_INCARNATION", "");
        case Reason::kGap:
            return make(grpc::StatusCode::FAILED_PRECONDITION, "NUMBER_GAP", "");
        case Reason::kBeyondCredit:
            return make(grpc::StatusCode::RESOURCE_EXHAUSTED, "BEYOND_CREDIT", "");
        case Reason::kBadAcknowledgement:
            return make(grpc::StatusCode::FAILED_PRECONDITION, "BAD_ACKNOWLEDGEMENT", "");
        case Reason::kTakenOver:
            return make(grpc::StatusCode::ABORTED, "TAKEN_OVER", "");
        case Reason::kTooSlow:
            return make(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_SLOW", "");
        case Reason::kUnreadable:
            return make(grpc::StatusCode::DATA_LOSS, "MESSAGE_UNREADABLE", "");
        case Reason::kShuttingDown:
            return make(grpc::StatusCode::UNAVAILABLE, "SHUTTING_DOWN", "");
    }
    LOWU_UNREACHABLE("every reason has a status");
}

InboxEvent event_of(InboxEvent::What what, engine::SessionId session) {
    InboxEvent event;
    event.what = what;
    event.session = session;
    return event;
}

grpc::Status malformed(const scheme::FieldFault& fault) {
    return rpc::make_status(grpc::StatusCode::INVALID_ARGUMENT, "MALFORMED_FIELD",
                            scheme::to_string(fault.field), fault.rule);
}

}  // namespace

void Connection::start(std::shared_ptr<Connection> self) {
    self_ = std::move(self);
    StartRead(&read_buffer_);
}

// Reading.

void Connection::OnReadDone(bool ok) {
    if (!ok) {  // The bank has ended its side, or the connection broke.
        post_closed();
        return end(grpc::Status::OK);
    }
    if (read_buffer_.Length() > core::kMaxFrameBytes) {
        post_closed();
        return end(malformed({scheme::Field::kFrame, "must be at most 1 MiB"}));
    }
    grpc::ProtoBufferReader reader(&read_buffer_);
    parsed_.Clear();
    if (!parsed_.ParseFromZeroCopyStream(&reader)) {
        post_closed();
        return end(malformed({scheme::Field::kFrame, "must be a ParticipantFrame"}));
    }
    take_frame();
}

void Connection::take_frame() {
    engine::InboundFrame& frame = frames_[next_frame_];
    if (const auto fault = translator_.take(parsed_, frame)) {
        post_closed();
        return end(malformed(*fault));
    }
    next_frame_ = (next_frame_ + 1) % kFrames;
    bool read_on = false;
    {
        const std::lock_guard lock(mutex_);
        if (state_ != State::kOpen || closed_posted_) return;
        ++frames_with_engine_;
        read_on = frames_with_engine_ < kFrames;
        if (read_on) ++holds_;
        // Under the lock: frame_done may start the next read at once, whose frame must come later.
        InboxEvent arrived;
        arrived.what = InboxEvent::What::kFrame;
        arrived.session = id_;
        arrived.connection = self_;
        arrived.frame = &frame;
        inbox_.post(std::move(arrived));
    }
    if (!read_on) return;
    StartRead(&read_buffer_);
    drop_hold();
}

void Connection::frame_done() {
    {
        const std::lock_guard lock(mutex_);
        const bool read_on = frames_with_engine_ == kFrames && state_ == State::kOpen;
        --frames_with_engine_;
        if (!read_on) return;
        ++holds_;
    }
    StartRead(&read_buffer_);
    drop_hold();
}

// Writing.

bool Connection::is_open() {
    const std::lock_guard lock(mutex_);
    return state_ == State::kOpen && !closed_posted_;
}

bool Connection::ready() {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kOpen) return false;
    write_wanted_ = writing_;
    return !writing_;
}

void Connection::send(const engine::OutboundFrame& frame) {
    {
        const std::lock_guard lock(mutex_);
        if (state_ != State::kOpen) return;
        LOWU_ASSERT(!writing_, "the engine asks ready() first");
        writing_ = true;
        ++holds_;
    }
    session::give(frame, built_);
    write_buffer_.Clear();
    bool own_buffer = false;
    const auto written = grpc::GenericSerialize<grpc::ProtoBufferWriter, wire::v1::SwitchFrame>(
        built_, &write_buffer_, &own_buffer);
    LOWU_ASSERT(written.ok(), "a frame within limits can be serialised");
    StartWrite(&write_buffer_);
}

void Connection::OnWriteDone(bool ok) {
    bool wanted = false;
    {
        const std::lock_guard lock(mutex_);
        writing_ = false;
        wanted = write_wanted_ && ok && state_ == State::kOpen;
        write_wanted_ = false;
    }
    if (wanted) inbox_.post(event_of(InboxEvent::What::kWritable, id_));
    drop_hold();
}

// Ending.

void Connection::close(const grpc::Status& status) {
    {
        const std::lock_guard lock(mutex_);
        closed_posted_ = true;  // The engine knows.
    }
    end(status);
}

bool Connection::cut() {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::kDone) return false;
        ++holds_;  // Finish waits for it, so the context stays.
    }
    context_.TryCancel();
    drop_hold();
    return true;
}

void Connection::end(const grpc::Status& status) {
    {
        const std::lock_guard lock(mutex_);
        if (state_ != State::kOpen) return;
        status_ = status;
        state_ = State::kFinishing;
        ++holds_;
    }
    drop_hold();
}

void Connection::drop_hold() {
    {
        const std::lock_guard lock(mutex_);
        --holds_;
        if (holds_ > 0 || state_ != State::kFinishing) return;
        state_ = State::kDone;
    }
    Finish(status_);
}

void Connection::OnCancel() {
    post_closed();
    end(grpc::Status(grpc::StatusCode::CANCELLED, "the bank has gone"));
}

void Connection::post_closed() {
    {
        const std::lock_guard lock(mutex_);
        if (closed_posted_) return;
        closed_posted_ = true;
    }
    inbox_.post(event_of(InboxEvent::What::kClosed, id_));
}

void Connection::OnDone() {
    post_closed();
    table_.forget(id_);
    self_.reset();  // The last reference may be an event that is still in the inbox.
}

// The table.

std::shared_ptr<Connection> ConnectionTable::open(grpc::CallbackServerContext& context) {
    const std::lock_guard lock(mutex_);
    if (open_.size() >= core::kMaxSessions) return nullptr;
    const engine::SessionId id{++last_id_};
    auto connection = std::make_shared<Connection>(id, context, inbox_, *this);
    open_.emplace(id, connection);
    return connection;
}

void ConnectionTable::forget(engine::SessionId id) {
    const std::lock_guard lock(mutex_);
    open_.erase(id);
}

std::shared_ptr<Connection> ConnectionTable::find(engine::SessionId id) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(id);
    return found == open_.end() ? nullptr : found->second;
}

bool ConnectionTable::ready(engine::SessionId session) {
    const auto connection = find(session);
    return connection && connection->ready();
}

void ConnectionTable::send(engine::SessionId session, const engine::OutboundFrame& frame) {
    if (const auto connection = find(session)) connection->send(frame);
}

void ConnectionTable::close(engine::SessionId session, engine::CloseReason reason,
                            const std::string& text) {
    close(session, status_of(reason, text));
}

void ConnectionTable::close(engine::SessionId session, const grpc::Status& status) {
    const auto connection = find(session);
    if (!connection) return;
    closed_.push_back({0, connection});
    connection->close(status);
}

void ConnectionTable::cut_unread(std::int64_t now_us) {
    if (closed_.empty() || now_us < look_again_at_us_) return;
    look_again_at_us_ = now_us + kLookAgainUs;
    std::erase_if(closed_, [now_us](Closed& one) {
        const auto connection = one.connection.lock();
        if (!connection) return true;
        if (one.since_us == 0) one.since_us = now_us;
        if (now_us < one.since_us + kUnreadPatienceUs) return false;
        connection->cut();
        return true;
    });
}

void ConnectionTable::on_change(engine::ChangeId change, const engine::ChangeOutcome& outcome) {
    requests_.finish(change, outcome);
}

void ConnectionTable::on_quote(engine::QuoteId quote, const engine::QuoteAnswer& answer) {
    requests_.finish(quote, &answer, core::ResultCode::kAccepted);
}

void ConnectionTable::on_no_quote(engine::QuoteId quote, core::ResultCode why) {
    requests_.finish(quote, nullptr, why);
}

}  // namespace lowu::service
