// What a cell forgets and remembers again. Payments are forgotten a segment at a time, when all of
// its payments are older than the memory; what is still needed stays in the side table, where each
// bank brings the room for what its messages may need. A payment that comes back from the archive
// stands there too, in room of its own, until the next Forget. The rules never know that there is
// an archive: to them a payment is remembered or not. See cell.hpp.
#include <algorithm>

#include "common/base/assert.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {
namespace {

/// Of the side table, what one command looks at while there is room.
constexpr std::uint32_t kSweep = 65'536;
/// An instruction dated further ahead is not kept for its day.
constexpr Duration kAheadMax = Duration::from_hours(24 * 31);
static_assert(kSweep >= kMaxRecollected / 2, "when a Forget is due for them, most of them go");

}  // namespace

/// Without it a later command would fail: its outcome is to come, or something waits that refers to
/// it (an outbox entry; a return that would give the amount back). Each of these takes up a slot of
/// some bank, so there are never more than kMaxPinnedOfBank for each bank.
bool Cell::must_stay(const Payment& payment) const {
    return !is_final(payment.state) || payment.pins > 0;
}

/// The payee's bank has the money and has not said that the payee has: remembered while there is
/// room, so that nobody has to look for it. Of a bank in default nobody expects to hear.
bool Cell::is_owed(const Payment& payment) const {
    return payment.asked && payment.state == PaymentState::kSettled && !payment.credited &&
           payment.returned < payment.amount && !participant(payee_agent_of(payment)).in_default;
}

/// Refused as created in the future, so young that it would not look old to who repeats it when its
/// time has come: remembered until that is over, while there is room. Not what is so far ahead that
/// a clock or a unit was wrong: it would stay for good.
bool Cell::is_ahead(const Payment& payment) const {
    return payment.result == ResultCode::kCreationTimeOutsideWindow &&
           payment.creation_time > payment.acceptance_time + parameters().creation_skew &&
           payment.creation_time <= payment.acceptance_time + kAheadMax &&
           payment.creation_time + parameters().creation_window >= last_stamp_.scheme;
}

bool Cell::stays_if_room(const Payment& payment) const {
    return is_owed(payment) || is_ahead(payment);
}

/// For how long payments are remembered: short when the table is nearly full, but never less than
/// they can be spoken of by the other rail or their bank.
Duration Cell::memory() const {
    const std::uint64_t nearly_full = std::uint64_t{parameters().payments_max} * 7 / 8;
    if (payments_.in_segments() <= nearly_full) return rules_.payment_memory();
    return parameters().spoken_of() + parameters().link_allowance * 2;
}

PaymentIndex Cell::forgettable_through() const {
    const auto end = payments_.end_of_oldest();
    // While the link is down the other rail may not have heard how payments ended.
    if (!end || (has_link() && !link_up_)) return first_remembered();
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

void Cell::on(const Stamp& /*stamp*/, const Forget& command) {
    const bool segment = command.through != first_remembered();
    LOWU_ASSERT(!segment || payments_.end_of_oldest() == command.through,
                "the oldest segment is forgotten, once it is full");
    const auto gone = [this](PaymentIndex index, const Payment& payment) {
        forgetting(index, payment);
    };
    // Whatever has become needless must be gone before what must stay could find no room.
    const bool room = payments_.kept() + payments_.segment_payments() <= payments_.stayed_max();
    payments_.sweep(
        room ? kSweep : payments_.kept(),
        [this](PaymentIndex, const Payment& payment) {
            return must_stay(payment) ||
                   (stays_if_room(payment) && payments_.stayed() <= payments_.owed_max());
        },
        gone);
    payments_.drop_recollected(
        kSweep, [this](PaymentIndex, const Payment& payment) { return must_stay(payment); }, gone);
    if (!segment) return;
    payments_.drop_oldest(
        [this](PaymentIndex, const Payment& payment) {
            return must_stay(payment) ||
                   (stays_if_room(payment) && payments_.stayed() < payments_.owed_max());
        },
        gone);
}

void Cell::on(const Stamp& stamp, const Recollect& command) {
    const Payment& payment = command.leg.payment;
    LOWU_ASSERT(is_final(payment.state), "only what has ended was ever forgotten");
    LOWU_ASSERT(command.index.value < payments_so_far(), "what is recollected has been here");
    if (payments_.get(command.index) != nullptr) return;
    payments_.recollect(command.index, command.leg, stamp.sequence);
    decisions_.add(command.index.value, payment.uetr.low);
}

// Which payment is meant.

std::optional<PaymentIndex> Cell::begun_by(ParticipantIndex bank, const Uetr& uetr) const {
    return payments_.find(uetr, [&](const Payment& leg) { return is_begun_by(leg, bank); });
}

std::optional<PaymentIndex> Cell::asked_of(ParticipantIndex bank, const Uetr& uetr) const {
    const AgentCode code = participant(bank).code;
    return payments_.find(uetr, [&](const Payment& leg) { return is_asked_of(leg, bank, code); });
}

std::optional<PaymentIndex> Cell::settled_to(ParticipantIndex bank, const Uetr& uetr) const {
    const AgentCode code = participant(bank).code;
    return payments_.find(uetr, [&](const Payment& leg) { return is_settled_to(leg, bank, code); });
}

std::optional<PaymentIndex> Cell::sent_to(AgentCode bank, const Uetr& uetr) const {
    return payments_.find(uetr, [&](const Payment& leg) { return is_sent_to(leg, bank); });
}

}  // namespace lowu::core
