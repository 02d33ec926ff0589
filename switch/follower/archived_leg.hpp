// One leg of a payment as the archive keeps it when its cell forgets it: everything the cell knew,
// so that it can be remembered again, and what the follower tells beyond that. Made by the observer
// on the follower's thread, read from the archive on any thread. Plain values.
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "switch/core/command.hpp"

namespace lowu::follower {

/// When things happened to one leg: what the follower keeps beside the cell's own memory of it, 24
/// bytes. Sequence numbers are told as distances from the payment's instruction, so that a timeline
/// can be read back from the archive: kNoMark when it has not happened or is too far away.
struct LegTimes {
    static constexpr std::uint32_t kNoMark = std::numeric_limits<std::uint32_t>::max();

    /// While the leg is not final: when it was taken up, elapsed. Then: how long it took.
    std::int64_t us = 0;
    std::uint32_t taken_up = kNoMark;
    std::uint32_t ended = kNoMark;
    std::uint32_t credited = kNoMark;
    std::uint32_t returned = kNoMark;  ///< The last return of it.

    friend bool operator==(const LegTimes&, const LegTimes&) = default;

    /// The list of fields that a snapshot has of it; see core/state_io.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.us);
        sink(self.taken_up);
        sink(self.ended);
        sink(self.credited);
        sink(self.returned);
    }
};
static_assert(sizeof(LegTimes) == 24);

struct ArchivedLeg {
    core::Rail rail{};
    core::PaymentIndex index;
    core::WholeLeg leg;
    LegTimes times;
    core::Sequence forgotten;  ///< The command that made the cell forget it.

    [[nodiscard]] const core::Payment& payment() const { return leg.payment; }
};

/// What the archive knows of a payment.
struct ArchivedPayment {
    std::array<std::optional<ArchivedLeg>, 2> legs;  ///< By rail.
    /// Whatever was forgotten up to here would have been found.
    core::Sequence as_of;

    [[nodiscard]] bool empty() const { return !legs[0] && !legs[1]; }
};

/// What makes the cell remember the leg again.
[[nodiscard]] inline core::Recollect recollect_command(const ArchivedLeg& archived) {
    return {archived.index, archived.leg};
}

/// Appends the leg without rail and forgotten, which its row tells.
void pack_leg(const ArchivedLeg& leg, std::string& out);
/// None when the bytes are no leg.
[[nodiscard]] std::optional<ArchivedLeg> unpack_leg(std::string_view bytes);
/// The UETR of a packed leg, without reading the rest; zero when there are too few bytes.
[[nodiscard]] core::Uetr uetr_of_packed(std::string_view bytes);

}  // namespace lowu::follower
