// One bank's stream to the switch. See switch_session.hpp.
#include "bank_sim/client/switch_session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "common/base/assert.hpp"
#include "common/rpc/status.hpp"

namespace lowu::bank {
namespace {

// Between two attempts: doubles from the first to the last. A switch that restarts is back within a
// second, and is not flooded.
constexpr std::int64_t kRetryFirstMs = 50;
constexpr std::int64_t kRetryLastMs = 1'000;

// Each bank has a connection of its own, as real banks do, and as the budget of the whole system is
// measured: one connection for all would also put all streams behind one flow control window.
std::shared_ptr<grpc::Channel> open_channel(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, static_cast<int>(kRetryFirstMs));
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, static_cast<int>(kRetryLastMs));
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, static_cast<int>(kRetryLastMs));
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

// The reactor: every reaction is posted to the loop, in gRPC's order.
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
        boost::asio::post(owner_.loop_, [&owner = owner_, ok] { owner.on_read(ok); });
    }
    void OnWriteDone(bool ok) override {
        boost::asio::post(owner_.loop_, [&owner = owner_, ok] { owner.on_write(ok); });
    }
    void OnDone(const grpc::Status& status) override {
        boost::asio::post(owner_.loop_, [&owner = owner_, status] { owner.on_done(status); });
    }

    void cancel() { context_.TryCancel(); }

    v1::SwitchFrame received;  // used again for every read

private:
    SwitchSession& owner_;
    grpc::ClientContext context_;
};

SwitchSession::SwitchSession(boost::asio::io_context& loop, Clock& clock, Bank& bank,
                             const std::string& address, std::function<void()> changed)
    : loop_(loop),
      clock_(clock),
      bank_(bank),
      stub_(v1::ParticipantService::NewStub(open_channel(address))),
      changed_(std::move(changed)),
      retry_(loop) {}

SwitchSession::~SwitchSession() {
    LOWU_ASSERT(call_ == nullptr, "a session is stopped before it is destroyed");
}

void SwitchSession::start() {
    connect();
}

void SwitchSession::connect() {
    ended_ = false;
    was_open_ = false;
    bank_.session().connect();
    call_ = std::make_unique<Call>(*this);
    changed_();
}

void SwitchSession::pump(ElapsedTime now) {
    if (!can_write()) {
        return;
    }
    if (const v1::ParticipantFrame* frame = bank_.session().next_frame(now)) {
        writing_ = true;
        call_->StartWrite(frame);
    }
}

void SwitchSession::on_read(bool ok) {
    if (ended_) {
        return;
    }
    if (!ok) {
        end_call();
        return;
    }
    Result<void> taken = bank_.receive(call_->received, ElapsedTime{clock_.monotonic_us()});
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
    }
    call_->StartRead(&call_->received);
    changed_();
}

void SwitchSession::on_write(bool ok) {
    writing_ = false;
    bank_.session().frame_sent();
    if (ended_ || !ok) {
        return;  // a failed write is followed by a failed read
    }
    if (stopping_) {
        call_->StartWritesDone();
        return;
    }
    changed_();
}

// The stream is over: nothing is started on it any more, so that OnDone may come.
void SwitchSession::end_call() {
    ended_ = true;
    call_->RemoveHold();
}

void SwitchSession::on_done(const grpc::Status& status) {
    bank_.session().disconnect();
    call_.reset();
    if (!stopping_) {
        // The first of a row of failures is news, the rest are not.
        const auto level = failures_ == 0 ? spdlog::level::warn : spdlog::level::debug;
        spdlog::log(level, "bank {}: no session: code {} {}", bank_.code(),
                    static_cast<int>(status.error_code()), status.error_message());
        reconnect_later();
    }
    changed_();
}

void SwitchSession::reconnect_later() {
    const std::int64_t delay_ms =
        std::min(kRetryLastMs, kRetryFirstMs << std::min<std::uint32_t>(failures_, 10));
    ++failures_;
    retry_.expires_after(std::chrono::milliseconds(delay_ms));
    retry_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !stopping_) {
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
