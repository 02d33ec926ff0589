// The index of a cell's payments by UETR: open addressing, made for tables that only ever turn
// over. Sized once for the most payments there can be, so that nothing is ever hashed anew and no
// command waits for it. A slot is eight bytes: the tag, 32 bits of the UETR's hash that also say
// where the entry would like to be, and the payment's number; the UETR itself is read in the
// payment. Used by PaymentTable; one thread.
//
// Where an entry stands is nobody's business: neither digest nor any outcome depends on it. A seed
// that differs from process to process would therefore do no harm, but is not needed either: UETRs
// come from admitted banks under contract, and one that went to the length of making them collide
// would slow down a look-up, change no outcome, and leave the proof in the log.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

#include "switch/core/types.hpp"

namespace lowu::core {

class UetrIndex {
public:
    /// Slots for `entries_max`, three for two. The memory is touched as it fills.
    void open(std::uint32_t entries_max);

    /// 32 bits of the hash, by which an entry is found and moved.
    [[nodiscard]] static std::uint32_t tag_of(const Uetr& uetr) {
        return static_cast<std::uint32_t>(std::hash<Uetr>{}(uetr) >> 32U);
    }

    /// The entry of that tag that `is_it` recognises by its payment's number.
    template <class IsIt>
    [[nodiscard]] std::optional<PaymentIndex> find(std::uint32_t tag, IsIt&& is_it) const {
        if (size_ == 0) return std::nullopt;  // Perhaps not opened yet.
        for (std::uint64_t place = home_of(tag); slots_[place].occupied(); place = after(place)) {
            if (slots_[place].tag == tag && is_it(slots_[place].payment())) {
                return slots_[place].payment();
            }
        }
        return std::nullopt;
    }
    /// The caller has looked that it is not there, and that there is room.
    void insert(std::uint32_t tag, PaymentIndex payment);
    /// It is there. Those behind it move up, so that no gap and no mark stays.
    void erase(std::uint32_t tag, PaymentIndex payment);
    /// Brings the memory near where the tag's entry is, or will be.
    void prefetch(std::uint32_t tag) const { __builtin_prefetch(&slots_[home_of(tag)], 1); }

    [[nodiscard]] std::uint32_t size() const { return size_; }
    [[nodiscard]] std::uint64_t capacity() const { return capacity_; }

private:
    struct Slot {
        std::uint32_t tag;
        std::uint32_t number_plus_one;  ///< 0: empty, as fresh memory is.

        [[nodiscard]] bool occupied() const { return number_plus_one != 0; }
        [[nodiscard]] PaymentIndex payment() const { return PaymentIndex{number_plus_one - 1}; }
    };
    struct Free {
        void operator()(Slot* slots) const { std::free(slots); }
    };

    /// Tags stand in their own order round the table, so neighbours share their upper bits.
    [[nodiscard]] std::uint64_t home_of(std::uint32_t tag) const {
        return (tag * capacity_) >> 32U;
    }
    [[nodiscard]] std::uint64_t after(std::uint64_t place) const {
        return place + 1 == capacity_ ? 0 : place + 1;
    }
    /// How far one has to go on from `from` to come to `to`.
    [[nodiscard]] std::uint64_t distance(std::uint64_t from, std::uint64_t to) const {
        return to >= from ? to - from : to + capacity_ - from;
    }

    std::unique_ptr<Slot[], Free> slots_;
    std::uint64_t capacity_ = 0;  ///< Below 2^32.
    std::uint32_t size_ = 0;
    std::uint32_t size_max_ = 0;
};

}  // namespace lowu::core
