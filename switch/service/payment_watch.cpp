// One WatchPayments call; see payment_watch.hpp.
#include "switch/service/payment_watch.hpp"

#include <charconv>

#include "common/base/hex.hpp"
#include "common/rpc/status.hpp"
#include "switch/service/payment_text.hpp"
#include "switch/service/unary.hpp"

namespace lowu::service {
namespace {

/// Changes that one turn takes from the ring: what a watcher holds in memory.
constexpr std::size_t kChangesOfATurn = 256;

constexpr std::size_t kTokenDigits = 32 + 16 + 16;

std::optional<std::uint64_t> read_hex(std::string_view digits) {
    std::uint64_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, value, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return value;
}

grpc::Status too_old(core::Sequence oldest) {
    return rpc::make_status(grpc::StatusCode::OUT_OF_RANGE, "TOO_OLD", "resume_token",
                            "lies before sequence " + std::to_string(oldest.value) +
                                ", the oldest that is still kept: list the payments, then watch "
                                "from now on");
}

bool concerns(const follower::PaymentView& view, const std::optional<core::AgentCode>& bank) {
    return !bank || *bank == view.payer_agent || *bank == view.payee_agent;
}

}  // namespace

std::string resume_token(const SwitchStatus& status, core::Sequence sequence) {
    return to_hex(status.log) + to_hex(status.epoch) + to_hex(sequence.value);
}

std::optional<ResumePlace> read_resume_token(std::string_view token) {
    if (token.size() != kTokenDigits) return std::nullopt;
    const auto high = read_hex(token.substr(0, 16));
    const auto low = read_hex(token.substr(16, 16));
    const auto epoch = read_hex(token.substr(32, 16));
    const auto sequence = read_hex(token.substr(48, 16));
    if (!high || !low || !epoch || !sequence) return std::nullopt;
    return ResumePlace{{*high, *low}, *epoch, core::Sequence{*sequence}};
}

void PaymentWatch::start(std::shared_ptr<PaymentWatch> self) {
    self_ = self;
    ask(self);
}

void PaymentWatch::ask(const std::shared_ptr<PaymentWatch>& self) {
    const bool taken =
        desk_.ask([watch = self](const follower::Follower& follower, const SwitchStatus& status) {
            watch->take(watch, follower, status);
        });
    if (!taken) end(too_many_waiting());
}

/// Nothing is new: the follower comes back when something is.
void PaymentWatch::wait(const std::shared_ptr<PaymentWatch>& self) {
    const bool taken =
        desk_.watch([watch = self](const follower::Follower& follower, const SwitchStatus& status) {
            watch->take(watch, follower, status);
        });
    if (!taken) end(too_many_waiting());
}

void PaymentWatch::take(const std::shared_ptr<PaymentWatch>& self,
                        const follower::Follower& follower, const SwitchStatus& status) {
    {
        const std::lock_guard lock(mutex_);
        if (ended_) return;
    }
    if (const auto behind = behind_archive(status)) return end(*behind);
    found_.clear();
    next_ = 0;
    if (place_ && (place_->log != status.log || place_->epoch > status.epoch)) {
        return end(rpc::make_status(grpc::StatusCode::DATA_LOSS, "OTHER_LOG", "resume_token",
                                    "is of another log than this switch's"));
    }
    place_.reset();
    if (!after_) {  // From now on: the first answer says from where.
        after_ = follower.replayed();
        v1::WatchPaymentsResponse& here = found_.emplace_back();
        here.set_sequence(after_->value);
        here.set_resume_token(resume_token(status, *after_));
        return write_next();
    }
    const follower::Changes changes = follower.changes_after(*after_, kChangesOfATurn);
    if (changes.too_old) return end(too_old(changes.oldest));
    for (const follower::PaymentChange& change : changes.changes) {
        after_ = change.sequence;
        const auto view = follower.find_at(change);
        if (!view.ok()) return end(unreadable(view.error()));
        if (!*view || !concerns(**view, participant_)) continue;
        v1::WatchPaymentsResponse& response = found_.emplace_back();
        put_payment(**view, *response.mutable_payment());
        response.set_sequence(change.sequence.value);
        response.set_resume_token(resume_token(status, change.sequence));
    }
    if (!found_.empty()) return write_next();
    if (changes.changes.empty()) return wait(self);
    ask(self);  // None of these concerned the bank that is watched.
}

void PaymentWatch::write_next() {
    {
        const std::lock_guard lock(mutex_);
        if (ended_) return;
        writing_ = true;
    }
    StartWrite(&found_[next_++]);
}

void PaymentWatch::OnWriteDone(bool ok) {
    std::optional<grpc::Status> status;
    {
        const std::lock_guard lock(mutex_);
        writing_ = false;
        status = status_;
    }
    if (status) return Finish(*status);
    if (!ok) return end(grpc::Status(grpc::StatusCode::CANCELLED, "the watcher has gone"));
    if (next_ < found_.size()) return write_next();
    ask(self_);
}

void PaymentWatch::end(const grpc::Status& status) {
    {
        const std::lock_guard lock(mutex_);
        if (ended_) return;
        ended_ = true;
        if (writing_) {  // OnWriteDone finishes.
            status_ = status;
            return;
        }
    }
    Finish(status);
}

void PaymentWatch::OnCancel() {
    end(grpc::Status(grpc::StatusCode::CANCELLED, "the watcher has gone"));
}

void PaymentWatch::OnDone() {
    self_.reset();  // The last reference may be a question that still waits.
}

}  // namespace lowu::service
