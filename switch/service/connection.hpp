// One bank's stream: bytes to frames and back, no rule of any business. The gRPC reactor lives as
// long as the call, the Connection as long as the reactor or the outlet needs it.
//
// State: kOpen -> kFinishing (a status is set; a write may still be under way) -> kDone (Finish
// called, exactly once). Changed only under the lock, in end(); Start… and Finish are called after
// it is released. Threads: read and write reactions on gRPC's threads, send and close on the
// engine's.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <array>
#include <memory>
#include <mutex>
#include <optional>

#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/service/inbox.hpp"
#include "switch/service/requests.hpp"
#include "switch/session/translate.hpp"

namespace lowu::service {

class ConnectionTable;

class Connection final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
public:
    /// `context` is the call's, valid until OnDone.
    Connection(engine::SessionId id, grpc::CallbackServerContext& context, Inbox& inbox,
               ConnectionTable& table)
        : id_(id), context_(context), inbox_(inbox), table_(table) {}

    /// Begins to read. `self` keeps the connection alive until OnDone.
    void start(std::shared_ptr<Connection> self);

    // Engine's thread.

    /// The engine is through with a frame: the next may be read into its place.
    void frame_done();
    /// False once the engine has been told, or has itself decided, that the connection has ended:
    /// what still comes from it must not be taken.
    [[nodiscard]] bool is_open();
    /// Whether a frame can be sent now; if not, a kWritable event will follow.
    [[nodiscard]] bool ready();
    void send(const engine::OutboundFrame& frame);
    /// Finishes the call; while the bank does not read, that waits for the write under way.
    void close(const grpc::Status& status);
    /// Ends a closed call that is still not over, unread frame and all. False when it was over.
    bool cut();

    // gRPC's threads.
    void OnReadDone(bool ok) override;
    void OnWriteDone(bool ok) override;
    void OnCancel() override;
    void OnDone() override;

private:
    static constexpr std::size_t kFrames = 2;  ///< One with the engine, one being read.
    enum class State : std::uint8_t { kOpen, kFinishing, kDone };

    void take_frame();
    /// Sets the status once and finishes as soon as nothing is being started or written.
    void end(const grpc::Status& status);
    /// Gives back a hold on the call; finishes when it was the last and the end has been decided.
    void drop_hold();
    void post_closed();

    const engine::SessionId id_;
    grpc::CallbackServerContext& context_;
    Inbox& inbox_;
    ConnectionTable& table_;
    std::shared_ptr<Connection> self_;

    // Reading thread only (gRPC runs one read reaction at a time).
    grpc::ByteBuffer read_buffer_;
    wire::v1::ParticipantFrame parsed_;
    session::Translator translator_;
    std::array<engine::InboundFrame, kFrames> frames_;
    std::size_t next_frame_ = 0;

    // Engine's thread only.
    wire::v1::SwitchFrame built_;
    grpc::ByteBuffer write_buffer_;

    std::mutex mutex_;
    State state_ = State::kOpen;
    std::size_t frames_with_engine_ = 0;
    int holds_ = 0;  ///< A write under way, a read being started: Finish waits for them.
    bool writing_ = false;
    bool write_wanted_ = false;
    bool closed_posted_ = false;
    grpc::Status status_;
};

/// All connections by session: the engine's Outlet over gRPC. Answers to unary calls go on to those
/// who wait for them.
class ConnectionTable final : public engine::Outlet {
public:
    ConnectionTable(Inbox& inbox, Requests& requests) : inbox_(inbox), requests_(requests) {}

    /// A new connection, or null when there are too many.
    std::shared_ptr<Connection> open(grpc::CallbackServerContext& context);
    void forget(engine::SessionId id);
    /// Cuts what was closed long ago and is not over, because nobody reads there: it would hold
    /// its frame and its place for ever. To be called now and then; engine's thread.
    void cut_unread(std::int64_t now_us);

    [[nodiscard]] bool ready(engine::SessionId session) override;
    void send(engine::SessionId session, const engine::OutboundFrame& frame) override;
    void close(engine::SessionId session, engine::CloseReason reason,
               const std::string& text) override;
    /// For what is no fault of the bank's and no business of the engine's.
    void close(engine::SessionId session, const grpc::Status& status);
    void on_change(engine::ChangeId change, const engine::ChangeOutcome& outcome) override;
    void on_quote(engine::QuoteId quote, const engine::QuoteAnswer& answer) override;
    void on_no_quote(engine::QuoteId quote, core::ResultCode why) override;

private:
    [[nodiscard]] std::shared_ptr<Connection> find(engine::SessionId id);

    Inbox& inbox_;
    Requests& requests_;
    std::mutex mutex_;
    std::uint64_t last_id_ = 0;
    std::unordered_map<engine::SessionId, std::shared_ptr<Connection>> open_;

    // Engine's thread only.
    struct Closed {
        std::int64_t since_us = 0;  ///< When it was first seen closed.
        std::weak_ptr<Connection> connection;
    };
    std::vector<Closed> closed_;  ///< In order of closing; those that are over among them.
    std::int64_t look_again_at_us_ = 0;
};

}  // namespace lowu::service
