// One WatchPayments call: asks the follower for the next changes, writes them one by one, asks
// again. What it has not read yet stays in the follower's bounded ring: a watcher that is too slow
// finds its place gone and is told so.
//
// State as in connection.hpp: open, finishing, done; changed under the lock, Finish exactly once.
// Threads: answers come on the follower's thread, write reactions on gRPC's.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "lowu/v1/payment.pb.h"
#include "switch/service/desk.hpp"

namespace lowu::service {

/// "log, epoch and sequence" as one word, and back. The token is opaque to whoever holds it.
[[nodiscard]] std::string resume_token(const SwitchStatus& status, core::Sequence sequence);

struct ResumePlace {
    log::LogId log{};
    std::uint64_t epoch = 0;
    core::Sequence sequence;
};
[[nodiscard]] std::optional<ResumePlace> read_resume_token(std::string_view token);

class PaymentWatch final : public grpc::ServerWriteReactor<v1::WatchPaymentsResponse> {
public:
    /// What happened after `place` is told; none: from now on.
    PaymentWatch(Desk& desk, std::optional<core::AgentCode> participant,
                 std::optional<ResumePlace> place)
        : desk_(desk), participant_(participant), place_(place) {
        if (place_) after_ = place_->sequence;
    }

    /// `self` keeps it alive until OnDone.
    void start(std::shared_ptr<PaymentWatch> self);

    void OnWriteDone(bool ok) override;
    void OnCancel() override;
    void OnDone() override;

private:
    // On whatever thread: the caller's reference keeps it alive, whatever OnDone does meanwhile.
    void ask(const std::shared_ptr<PaymentWatch>& self);
    void wait(const std::shared_ptr<PaymentWatch>& self);
    void take(const std::shared_ptr<PaymentWatch>& self, const follower::Follower& follower,
              const SwitchStatus& status);
    void write_next();
    void end(const grpc::Status& status);

    Desk& desk_;
    const std::optional<core::AgentCode> participant_;
    std::shared_ptr<PaymentWatch> self_;  ///< Read and reset in gRPC's reactions only.

    // Of whoever has the turn: the follower's thread while it answers, then the writer.
    std::optional<ResumePlace> place_;  ///< Until it has been checked.
    std::optional<core::Sequence> after_;
    std::vector<v1::WatchPaymentsResponse> found_;
    std::size_t next_ = 0;

    std::mutex mutex_;
    bool writing_ = false;
    bool ended_ = false;
    std::optional<grpc::Status> status_;  ///< Set while a write is still under way.
};

}  // namespace lowu::service
