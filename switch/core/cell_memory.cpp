// What a cell forgets and remembers again. Payments are forgotten a segment at a time, when all of
// its payments are older than the memory; what is still needed stays in the side table. A payment
// that comes back from the archive stands there too, until the next look. The rules never know that
// there is an archive: to them a payment is remembered or not. See cell.hpp.
#include <algorithm>

#include "common/base/assert.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {
namespace {

/// Of the side table, what one command looks at.
constexpr std::uint32_t kSweepOfForget = 65'536;
constexpr std::uint32_t kSweepOfRecollect = 64;
/// A command that needs a recollected payment comes within so many commands: a frame's messages,
/// each with both legs of two payments before it.
constexpr std::uint64_t kRecollectedFor = kMaxBatchRecords;
/// When nothing could be forgotten, it is tried again after.
constexpr Duration kForgetAgain = Duration::from_minutes(1);

}  // namespace

/// Without it a later command would fail: its outcome is to come, or something waits that refers to
/// it (an outbox entry; a return that would give the amount back).
bool Cell::must_stay(const Payment& payment) const {
    return !is_final(payment.state) || payment.pins > 0;
}

/// The payee's bank has the money and has not said that the payee has: remembered while there is
/// room, so that nobody has to look for it. Of a bank in default nobody expects to hear.
bool Cell::is_owed(const Payment& payment) const {
    return payment.asked && payment.state == PaymentState::kSettled && !payment.credited &&
           payment.returned < payment.amount && !participant(payee_agent_of(payment)).in_default;
}

/// For how long payments are remembered: short when the table is nearly full, but never less than
/// they can be spoken of by the other rail or their bank.
Duration Cell::memory() const {
    const std::uint64_t nearly_full = std::uint64_t{parameters().payments_max} * 7 / 8;
    if (remembered() <= nearly_full) return rules_.payment_memory();
    return parameters().spoken_of() + parameters().link_allowance * 2;
}

PaymentIndex Cell::forgettable_through() const {
    const auto end = payments_.end_of_oldest();
    const bool never = !end || last_stamp_.scheme < forget_again_;
    // While the link is down the other rail may not have heard how payments ended.
    if (never || (has_link() && !link_up_)) return first_remembered();
    const SchemeTime newest = payments_.newest_before(*end).scheme;
    return last_stamp_.scheme - newest > memory() ? *end : first_remembered();
}

void Cell::forgetting(PaymentIndex index, const Payment& payment) {
    decisions_.add(index.value, payment.uetr.low);
    // A time in the far future, refused, must not make every later payment look old.
    const SchemeTime believed =
        std::min(payment.creation_time, payment.acceptance_time + parameters().creation_skew);
    forgotten_created_ = std::max(forgotten_created_, believed);
    if (witness_ != nullptr) witness_->on_forget(payment, index);
}

void Cell::on(const Stamp& stamp, const Forget& command) {
    const auto end = payments_.end_of_oldest();
    LOWU_ASSERT(end && *end == command.through, "the oldest segment is forgotten, once it is full");
    const auto gone = [this](PaymentIndex index, const Payment& payment) {
        forgetting(index, payment);
    };
    payments_.sweep(
        kSweepOfForget,
        [this](PaymentIndex, const Payment& payment) {
            return must_stay(payment) || is_owed(payment);
        },
        gone);
    std::uint32_t musts = 0;
    for (PaymentIndex index = first_remembered(); index < *end; ++index.value)
        musts += must_stay(payment(index)) ? 1U : 0U;
    if (payments_.kept() + musts > payments_.kept_max()) {
        effects_->outcome = ResultCode::kPaymentTableFull;
        forget_again_ = stamp.scheme + kForgetAgain;
        return;
    }
    const std::uint32_t for_owed = payments_.kept_max() / 2;
    payments_.drop_oldest(
        [&](PaymentIndex, const Payment& payment) {
            if (must_stay(payment)) {
                --musts;
                return true;
            }
            return is_owed(payment) && payments_.kept() + musts < for_owed;
        },
        gone);
}

void Cell::on(const Stamp& stamp, const Recollect& command) {
    const Payment& payment = command.leg.payment;
    LOWU_ASSERT(is_final(payment.state), "only what has ended was ever forgotten");
    LOWU_ASSERT(command.index.value < payments_so_far(), "what is recollected has been here");
    if (find_payment(payment.uetr) || payments_.get(command.index) != nullptr) return;
    // Many that come at once must not keep out the next ones.
    if (payments_.kept() > payments_.kept_max() / 2) {
        payments_.sweep(
            kSweepOfRecollect,
            [&](PaymentIndex index, const Payment& kept) {
                const std::uint64_t recollected = payments_.recollected_at(index).value;
                return must_stay(kept) || recollected == 0 ||
                       recollected + kRecollectedFor > stamp.sequence.value;
            },
            [this](PaymentIndex index, const Payment& kept) { forgetting(index, kept); });
    }
    if (!payments_.recollect(command.index, command.leg, stamp.sequence)) {
        effects_->outcome = ResultCode::kPaymentTableFull;
        return;
    }
    decisions_.add(command.index.value, payment.uetr.low);
}

}  // namespace lowu::core
