// A running mix over everything a cell decides: each move of a payment, each movement of money with
// what it leaves, each message. Two words at a time in one multiplication, so that the live cell
// can afford it with every payment; the digest reads the whole state instead. Live cell and
// follower are compared by it after every batch. Not for look-up, nor against anybody's intent.
// Used by the cell; one thread.
#pragma once

#include <cstdint>

#include "common/base/int128.hpp"

namespace lowu::core {

class Decisions {
public:
    void add(std::uint64_t first, std::uint64_t second) {
        const Uint128 product = static_cast<Uint128>(first ^ 0x9E37'79B9'7F4A'7C15ULL) *
                                (second ^ 0xD6E8'FEB8'6659'FD93ULL ^ value_);
        // The sum keeps what was before when one factor happens to be zero.
        value_ = (value_ << 7U | value_ >> 57U) + static_cast<std::uint64_t>(product) +
                 static_cast<std::uint64_t>(product >> 64U);
    }
    [[nodiscard]] std::uint64_t value() const { return value_; }

    /// The canonical list of fields; see fields.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.value_);
    }

private:
    std::uint64_t value_ = 0;
};

}  // namespace lowu::core
