// Payments that are not over; see payments.hpp.
#include "simulator/play/payments.hpp"

#include "common/base/assert.hpp"

namespace lowu::simulator {

scheme::Uetr LivePayments::fresh_uetr(std::uint32_t place) {
    const std::uint64_t low = (prng_.next_u64() & ~std::uint64_t{0xffff'ffff}) | place;
    return scheme::uetr_from_random(prng_.next_u64(), low);
}

std::uint32_t LivePayments::add(const Order& order) {
    std::uint32_t place = static_cast<std::uint32_t>(all_.size());
    if (free_.empty()) {
        all_.emplace_back();
    } else {
        place = free_.back();
        free_.pop_back();
    }
    LivePayment& payment = all_[place];
    payment = LivePayment();
    payment.order = order;
    payment.uetr = fresh_uetr(place);
    payment.used = true;
    ++live_;
    return place;
}

LivePayment* LivePayments::find(const scheme::Uetr& uetr) {
    const std::uint32_t place = place_of(uetr);
    if (place >= all_.size()) return nullptr;
    LivePayment& payment = all_[place];
    const bool known = payment.used && (payment.uetr == uetr || payment.return_uetr == uetr);
    return known ? &payment : nullptr;
}

/// Both ends know how it ended, and nothing of it comes back any more.
void LivePayments::remove_if_over(LivePayment& payment) {
    if (!payment.final_at_payer || payment.promised || payment.returning) return;
    if (payment.settled && !payment.reported) return;
    remove(payment);
}

void LivePayments::remove(LivePayment& payment) {
    LOWU_ASSERT(payment.used, "a payment is over once");
    payment.used = false;
    free_.push_back(place_of(payment.uetr));
    --live_;
}

}  // namespace lowu::simulator
