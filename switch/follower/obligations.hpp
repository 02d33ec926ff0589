// Obligations: payments that were settled to their payee's bank, which has not reported the credit.
// They outlive the cell's memory of the payment. Fed by the observer of the rail where they were
// settled, read by queries; one thread, the follower's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "switch/core/payment.hpp"

namespace lowu::follower {

/// So many are listed on one rail; more are only counted.
inline constexpr std::size_t kMaxObligations = std::size_t{1} << 20U;

struct Obligation {
    core::PaymentIndex payment;
    ElapsedTime settled;
    core::Uetr uetr;
    core::AmountMinor amount;
    core::AgentCode payee_agent;
    core::Currency currency{};

    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.payment);
        sink(self.settled);
        sink(self.uetr);
        sink(self.amount);
        sink(self.payee_agent);
        sink(self.currency);
    }
};

class Obligations {
public:
    /// Settled later than all before it.
    void add(const Obligation& obligation);
    /// Credited or wholly sent back. The payment was an obligation until now.
    void remove(core::PaymentIndex payment);

    [[nodiscard]] std::int64_t total() const {
        return static_cast<std::int64_t>(open_.size()) + unlisted_;
    }
    /// Calls take(obligation), oldest first, until it answers false.
    template <class Take>
    void for_each(const Take& take) const {
        for (std::size_t i = first_; i < order_.size(); ++i) {
            if (is_open(order_[i]) && !take(order_[i])) return;
        }
    }

    /// The same of those that were settled after a moment; costs nothing for those before.
    template <class Take>
    void for_each_after(ElapsedTime settled, const Take& take) const {
        const auto later = [](ElapsedTime moment, const Obligation& one) {
            return moment < one.settled;
        };
        for (auto one = std::upper_bound(order_.begin() + static_cast<std::ptrdiff_t>(first_),
                                         order_.end(), settled, later);
             one != order_.end(); ++one) {
            if (is_open(*one) && !take(*one)) return;
        }
    }

    /// The list of fields that a snapshot has of it; see core/state_io.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self);

private:
    [[nodiscard]] bool is_open(const Obligation& obligation) const {
        const auto found = open_.find(obligation.payment);
        return found != open_.end();
    }
    void compact();

    /// In the order of settlement, those that are over among them, until compact() drops them.
    std::vector<Obligation> order_;
    std::size_t first_ = 0;  ///< Those before are over.
    /// Look-up only.
    boost::unordered_flat_set<core::PaymentIndex, std::hash<core::PaymentIndex>> open_;
    std::int64_t unlisted_ = 0;
};

inline void Obligations::add(const Obligation& obligation) {
    if (open_.size() >= kMaxObligations) {
        ++unlisted_;
        return;
    }
    order_.push_back(obligation);
    open_.insert(obligation.payment);
}

inline void Obligations::remove(core::PaymentIndex payment) {
    if (open_.erase(payment) == 0) {
        if (unlisted_ > 0) --unlisted_;
        return;
    }
    while (first_ < order_.size() && !is_open(order_[first_]))
        ++first_;
    compact();
}

/// Costs no more than what was added since the last time.
inline void Obligations::compact() {
    constexpr std::size_t kWorthIt = 1'024;
    if (order_.size() < kWorthIt + 2 * open_.size()) return;
    std::erase_if(order_, [this](const Obligation& one) { return !is_open(one); });
    first_ = 0;
}

template <class Sink, class Self>
void Obligations::fields(Sink& sink, Self& self) {
    sink(self.unlisted_);
    if constexpr (Sink::kLoads) {
        sink.list(self.order_, kMaxObligations, "obligations");
        for (const Obligation& one : self.order_)
            self.open_.insert(one.payment);
    } else {
        std::vector<Obligation> open;
        self.for_each([&](const Obligation& one) {
            open.push_back(one);
            return true;
        });
        sink.list(open, kMaxObligations, "obligations");
    }
}

}  // namespace lowu::follower
