// One bank's stream to the switch. See switch_session.hpp.
#include "bank_sim/client/switch_session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "bank_sim/model/limits.hpp"
#include "common/base/assert.hpp"
#include "common/base/crash_step.hpp"
#include "common/rpc/status.hpp"

namespace lowu::bank {
namespace {

// Between two attempts: doubles from the first to the last. A switch that restarts is back within a
// second, and is not flooded.
constexpr std::int64_t kRetryFirstMs = 50;
constexpr std::int64_t kRetryLastMs = 1'000;

// A stream whose read has failed ends by itself when the switch or the connection has ended it. It
// does not when the frame could not be read here: the switch then knows nothing of it.
constexpr auto kEndPatience = std::chrono::seconds(1);

// Each bank has a connection of its own, as real banks do: identity comes with the connection, and
// one bank's flow control must not hold up another's. One connection for all would save this
// process about a tenth of its CPU at saturation and nothing at 20,000 payments a second.
std::shared_ptr<grpc::Channel> open_channel(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, static_cast<int>(kRetryFirstMs));
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, static_cast<int>(kRetryLastMs));
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, static_cast<int>(kRetryLastMs));
    arguments.SetMaxReceiveMessageSize(static_cast<int>(kMaxReceivedFrameBytes));
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

// The reactor: every reaction goes to the inbox, in gRPC's order.
class SwitchSession::Call final
    : public grpc::ClientBidiReactor<v1::ParticipantFrame, v1::SwitchFrame> {
public:
    explicit Call(SwitchSession& owner) : owner_(owner) {
        owner_.stub_->async()->Session(&context_, this);
        AddHold();  // writes start on the loop, outside of reactions
        StartRead(&received);
        StartCall();
    }

    void OnReadDone(bool ok) override {
        owner_.inbox_.post({&owner_, SessionEvent::What::kRead, ok});
    }
    void OnWriteDone(bool ok) override {
        owner_.inbox_.post({&owner_, SessionEvent::What::kWritten, ok});
    }
    void OnDone(const grpc::Status& final_status) override {
        status = final_status;
        owner_.inbox_.post({&owner_, SessionEvent::What::kDone, true});
    }

    void cancel() { context_.TryCancel(); }

    v1::SwitchFrame received;  // used again for every read
    grpc::Status status;       // once done

private:
    SwitchSession& owner_;
    grpc::ClientContext context_;
};

SwitchSession::SwitchSession(boost::asio::io_context& loop, SessionInbox& inbox, Bank& bank,
                             const std::string& address, std::function<void()> connecting)
    : inbox_(inbox),
      bank_(bank),
      stub_(v1::ParticipantService::NewStub(open_channel(address))),
      connecting_(std::move(connecting)),
      retry_(loop),
      end_timer_(loop) {}

SwitchSession::~SwitchSession() {
    LOWU_ASSERT(call_ == nullptr, "a session is stopped before it is destroyed");
}

void SwitchSession::start() {
    if (!offline_) {
        connect();
    }
}

void SwitchSession::set_offline(bool offline) {
    if (std::exchange(offline_, offline) == offline || stopping_) {
        return;
    }
    spdlog::info("bank {}: {} on purpose", bank_.code(), offline ? "offline" : "online again");
    retry_.cancel();
    if (offline) {
        cancel();
    } else if (call_ == nullptr) {
        failures_ = 0;
        connect();
    }
}

void SwitchSession::greet_anew() {
    spdlog::info("bank {}: greets anew to learn scheme time and token version", bank_.code());
    cancel();
}

void SwitchSession::connect() {
    ended_ = false;
    was_open_ = false;
    bank_.session().connect();
    call_ = std::make_unique<Call>(*this);
    connecting_();
}

void SwitchSession::pump(ElapsedTime now) {
    if (!can_write()) {
        return;
    }
    if (const v1::ParticipantFrame* frame = bank_.session().next_frame(now)) {
        writing_ = true;
        reports_ = std::any_of(
            frame->messages().begin(), frame->messages().end(),
            [](const v1::ParticipantMessage& message) { return message.has_credit_report(); });
        call_->StartWrite(frame);
    }
}

void SwitchSession::take(SessionEvent event, ElapsedTime now) {
    switch (event.what) {
        case SessionEvent::What::kRead:
            on_read(event.ok, now);
            return;
        case SessionEvent::What::kWritten:
            on_write(event.ok);
            return;
        case SessionEvent::What::kDone:
            on_done();
            return;
        case SessionEvent::What::kLog:
            break;
    }
    LOWU_UNREACHABLE("what the log has is no event of a session");
}

void SwitchSession::on_read(bool ok, ElapsedTime now) {
    if (ended_) {
        return;
    }
    if (!ok) {
        end_call();
        return;
    }
    Result<void> taken = bank_.receive(call_->received, now);
    if (!taken) {
        spdlog::error("bank {}: session ended: {}", bank_.code(), taken.error().what);
        call_->cancel();
        end_call();
        return;
    }
    if (!was_open_) {
        was_open_ = true;
        failures_ = 0;
        spdlog::info("bank {}: session open", bank_.code());
        if (!bank_.knows_persons(now)) {
            spdlog::error(
                "bank {}: persons cannot pay across the boundary: token_keys lack the version of "
                "the key that is in force, or the one before",
                bank_.code());
        }
    }
    call_->StartRead(&call_->received);
}

void SwitchSession::on_write(bool ok) {
    writing_ = false;
    bank_.session().frame_sent();
    if (ended_ || !ok) {
        return;  // a failed write is followed by a failed read
    }
    if (reports_) {
        crash_step(CrashStep::kReportSent);
    }
    if (stopping_) {
        call_->StartWritesDone();
    }
}

// The stream is over: nothing is started on it any more, so that OnDone may come.
void SwitchSession::end_call() {
    ended_ = true;
    call_->RemoveHold();
    end_timer_.expires_after(kEndPatience);
    end_timer_.async_wait([this](const boost::system::error_code& error) {
        // The timer may have fired before on_done could cancel it.
        if (!error && call_ != nullptr && ended_) {
            spdlog::warn(
                "bank {}: no more frames can be read and the switch has not ended the "
                "session: cancelled",
                bank_.code());
            call_->cancel();
        }
    });
}

void SwitchSession::on_done() {
    end_timer_.cancel();
    const grpc::Status status = call_->status;
    bank_.session().disconnect();
    call_.reset();
    if (!stopping_ && !offline_) {
        // The first of a row of failures is news, the rest are not.
        const auto level = failures_ == 0 ? spdlog::level::warn : spdlog::level::debug;
        spdlog::log(level, "bank {}: no session: code {} {}", bank_.code(),
                    static_cast<int>(status.error_code()), status.error_message());
        reconnect_later();
    }
}

void SwitchSession::reconnect_later() {
    const std::int64_t delay_ms =
        std::min(kRetryLastMs, kRetryFirstMs << std::min<std::uint32_t>(failures_, 10));
    ++failures_;
    retry_.expires_after(std::chrono::milliseconds(delay_ms));
    retry_.async_wait([this](const boost::system::error_code& error) {
        // The timer may have fired before it could be cancelled.
        if (!error && !stopping_ && !offline_ && call_ == nullptr) {
            connect();
        }
    });
}

void SwitchSession::stop() {
    stopping_ = true;
    retry_.cancel();
    if (call_ != nullptr && !ended_ && !writing_) {
        call_->StartWritesDone();
    }
}

void SwitchSession::cancel() {
    if (call_ != nullptr) {
        call_->cancel();
    }
}

}  // namespace lowu::bank
