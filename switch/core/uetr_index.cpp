// The index of payments by UETR; see uetr_index.hpp.
#include "switch/core/uetr_index.hpp"

#include "common/base/assert.hpp"

namespace lowu::core {

void UetrIndex::open(std::uint32_t entries_max) {
    size_ = 0;
    size_max_ = entries_max;
    // One slot more is always empty, so that every search ends.
    capacity_ = std::uint64_t{entries_max} + entries_max / 2 + 2;
    LOWU_ASSERT(capacity_ < (std::uint64_t{1} << 32U), "a tag says where home is");
    // From the system, and not written to: zero is empty.
    slots_.reset(static_cast<Slot*>(std::calloc(capacity_, sizeof(Slot))));
    LOWU_ASSERT(slots_ != nullptr, "out of memory for the index of payments");
}

void UetrIndex::insert(std::uint32_t tag, PaymentIndex payment) {
    LOWU_ASSERT(size_ < size_max_, "the caller has looked for room");
    LOWU_ASSERT(payment != kNoPayment, "a payment has a number");
    std::uint64_t place = home_of(tag);
    while (slots_[place].occupied())
        place = after(place);
    slots_[place] = {tag, payment.value + 1};
    ++size_;
}

void UetrIndex::erase(std::uint32_t tag, PaymentIndex payment) {
    std::uint64_t gap = home_of(tag);
    while (slots_[gap].number_plus_one != payment.value + 1) {
        LOWU_ASSERT(slots_[gap].occupied(), "only what is there is erased");
        gap = after(gap);
    }
    // Whatever would not be found across the gap comes into it, and leaves the next one.
    for (std::uint64_t place = after(gap); slots_[place].occupied(); place = after(place)) {
        const std::uint64_t home = home_of(slots_[place].tag);
        if (distance(home, place) < distance(gap, place)) continue;  // Home lies behind the gap.
        slots_[gap] = slots_[place];
        gap = place;
    }
    slots_[gap] = {};
    --size_;
}

}  // namespace lowu::core
