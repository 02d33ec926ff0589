// Customers' calls that wait. See waits.hpp.
#include "bank_sim/client/waits.hpp"

#include <utility>

#include "common/base/assert.hpp"

namespace lowu::bank {

void Waits::add(const Bank& bank, const scheme::Uetr& uetr, ElapsedTime deadline, Done done) {
    LOWU_ASSERT(!full(), "the caller checks for room");
    const auto wait = by_deadline_.emplace(deadline, Wait{&bank, uetr, std::move(done)});
    by_uetr_.emplace(uetr, wait);
}

void Waits::finish(const Bank& bank, const scheme::Uetr& uetr) {
    while (!by_uetr_.empty()) {
        auto [first, last] = by_uetr_.equal_range(uetr);
        while (first != last && first->second->second.bank != &bank) {
            ++first;
        }
        if (first == last) {
            return;
        }
        end(first);
    }
}

void Waits::expire(ElapsedTime now) {
    while (!by_deadline_.empty() && by_deadline_.begin()->first <= now) {
        const auto wait = by_deadline_.begin();
        auto [first, last] = by_uetr_.equal_range(wait->second.uetr);
        while (first != last && first->second != wait) {
            ++first;
        }
        LOWU_ASSERT(first != last, "a wait is known by its payment too");
        end(first);
    }
}

ElapsedTime Waits::next_at() const {
    return by_deadline_.empty() ? kNever : by_deadline_.begin()->first;
}

void Waits::end(ByUetr::iterator wait) {
    const Done done = std::move(wait->second->second.done);
    by_deadline_.erase(wait->second);
    by_uetr_.erase(wait);
    done();
}

}  // namespace lowu::bank
