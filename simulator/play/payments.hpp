// LivePayments: what the customers' banks know of payments that are not over yet. The place of a
// payment stands in its UETR, so that no message needs a look-up by hash; a place is used again
// when its payment is over, and whoever comes with an old UETR finds nothing. One owner, one
// thread.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/prng.hpp"
#include "common/base/time.hpp"
#include "common/money/rate.hpp"
#include "common/scheme/result.hpp"
#include "common/scheme/uetr.hpp"
#include "simulator/scenario/traffic.hpp"

namespace lowu::simulator {

/// The flow of money that the settlement institution pays in.
inline constexpr std::uint16_t kFundingFlow = 0xffff;

struct LivePayment {
    Order order;
    scheme::Uetr uetr;
    scheme::Uetr return_uetr;  ///< Zero: it does not come back, or not yet.
    SchemeTime created;
    ElapsedTime sent_at;  ///< By the payer's bank.
    ElapsedTime settled_at;
    std::int64_t cny_minor = 0;  ///< What crosses; of a payment in HKD on fps zero.
    std::int64_t hkd_minor = 0;  ///< What a payer in Hong Kong gives or a quote fixes; else zero.
    std::int64_t credit_hkd_minor = 0;  ///< What a payee in Hong Kong gets in HKD; else zero.
    money::Rate rate;
    scheme::Uetr quote;
    std::uint64_t proxy_reference = 0;
    bool used = false;
    bool final_at_payer = false;
    bool settled = false;   ///< As the payer's bank was told.
    bool promised = false;  ///< The payee's bank was asked and has not been told the outcome.
    bool credited = false;  ///< On the payee's account.
    bool owed = false;      ///< Counts as an obligation.
    bool overdue = false;
    bool reported = false;   ///< The switch has been told of the credit.
    bool returning = false;  ///< A return is planned or on its way.
    bool sent_back = false;  ///< The bank that sends it back knows that it is settled.
    bool come_back = false;  ///< And the payer's bank has it.

    [[nodiscard]] bool funding() const { return order.flow == kFundingFlow; }
    /// In HKD on fps.
    [[nodiscard]] bool in_hkd() const { return cny_minor == 0; }
    [[nodiscard]] std::int64_t moved_minor() const { return in_hkd() ? hkd_minor : cny_minor; }
};

class LivePayments {
public:
    explicit LivePayments(std::uint64_t seed) : prng_(seed) {}

    [[nodiscard]] std::uint32_t add(const Order& order);
    [[nodiscard]] LivePayment& operator[](std::uint32_t place) { return all_[place]; }
    /// Null when it is over. Also by the UETR of its return.
    [[nodiscard]] LivePayment* find(const scheme::Uetr& uetr);
    [[nodiscard]] static std::uint32_t place_of(const scheme::Uetr& uetr) {
        return static_cast<std::uint32_t>(uetr.low);
    }
    /// Another UETR with the payment's place.
    [[nodiscard]] scheme::Uetr fresh_uetr(std::uint32_t place);
    void remove_if_over(LivePayment& payment);
    void remove(LivePayment& payment);
    [[nodiscard]] std::size_t live() const { return live_; }
    template <class Take>
    void for_each(Take&& take) {
        for (LivePayment& payment : all_) {
            if (payment.used) take(payment);
        }
    }

private:
    Prng prng_;
    std::vector<LivePayment> all_;
    std::vector<std::uint32_t> free_;
    std::size_t live_ = 0;
};

}  // namespace lowu::simulator
