// SwitchSession: one bank's bidirectional stream to the switch over gRPC, with reconnects. Exists
// to move frames and nothing else: what to send and what a frame means is SessionEnd's. Called by
// Host on the loop's thread; gRPC's threads only post to the loop.
#pragma once

#include <grpcpp/grpcpp.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "bank_sim/client/session_inbox.hpp"
#include "bank_sim/model/bank.hpp"
#include "common/base/time.hpp"
#include "lowu/v1/participant.grpc.pb.h"

namespace lowu::bank {

class SwitchSession {
public:
    /// `address`: where the switch listens. What happens to the stream is posted to `inbox`, whose
    /// owner passes it to take(). `connecting` is called on the loop when there is a Hello to send.
    /// All references must outlive it.
    SwitchSession(boost::asio::io_context& loop, SessionInbox& inbox, Bank& bank,
                  const std::string& address, std::function<void()> connecting);
    SwitchSession(const SwitchSession&) = delete;
    SwitchSession& operator=(const SwitchSession&) = delete;
    ~SwitchSession();

    /// Connects, and connects again whenever the stream ends, until stop.
    void start();

    /// Offline: ends the stream and makes none until told otherwise. To be called before start, and
    /// whenever it may have changed.
    void set_offline(bool offline);

    /// Ends the stream; the next one begins with a greeting.
    void greet_anew();

    /// Something happened to the stream.
    void take(SessionEvent event, ElapsedTime now);

    /// Writes the next frame if one is due.
    void pump(ElapsedTime now);

    /// Ends the stream in order: what is being written is finished, then the switch is told that no
    /// more comes. stopped() turns true when the switch has answered.
    void stop();
    /// Ends it at once.
    void cancel();
    [[nodiscard]] bool stopped() const { return stopping_ && call_ == nullptr; }

    [[nodiscard]] Bank& bank() { return bank_; }

private:
    class Call;

    void connect();
    void on_read(bool ok, ElapsedTime now);
    void on_write(bool ok);
    void on_done();
    void end_call();
    void reconnect_later();
    [[nodiscard]] bool can_write() const { return call_ != nullptr && !ended_ && !stopping_; }

    SessionInbox& inbox_;
    Bank& bank_;
    std::unique_ptr<v1::ParticipantService::Stub> stub_;
    std::function<void()> connecting_;
    boost::asio::steady_timer retry_;
    boost::asio::steady_timer end_timer_;  // runs from a failed read to OnDone
    std::unique_ptr<Call> call_;           // nullptr between two streams
    bool ended_ = false;                   // the stream is over, OnDone is still to come
    bool writing_ = false;
    bool reports_ = false;  // the frame that is being written says credited
    bool stopping_ = false;
    bool offline_ = false;
    bool was_open_ = false;
    std::uint32_t failures_ = 0;  // in a row
};

}  // namespace lowu::bank
