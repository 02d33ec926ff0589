// The cell's own words: dense ids, stamps, participation. Used by every file of the cell and by
// those who feed it. Plain values, any thread.
#pragma once

#include <compare>
#include <cstdint>

#include "common/base/strong.hpp"
#include "common/base/time.hpp"
#include "common/money/amount.hpp"
#include "common/money/currency.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/service.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::core {

using money::AmountMinor;
using money::Currency;
using scheme::AgentCode;
using scheme::Direction;
using scheme::Rail;
using scheme::Service;
using scheme::Uetr;

/// Position in the log, over all cells of a process: 1, 2, 3, …
struct SequenceTag {
    static constexpr bool kHasNext = true;
};
using Sequence = Strong<SequenceTag, std::uint64_t>;

/// A participant of one cell, numbered from 0 in order of admission.
using ParticipantIndex = Strong<struct ParticipantIndexTag, std::uint16_t>;
/// An account of one cell's book, numbered from 0 in order of opening.
using AccountIndex = Strong<struct AccountIndexTag, std::uint32_t>;
/// A payment of one cell, numbered from 0 in order of arrival.
using PaymentIndex = Strong<struct PaymentIndexTag, std::uint32_t>;
/// Number of a message to or from a participant, or over the link: 1, 2, 3, …
using MessageNumber = std::uint64_t;

inline constexpr PaymentIndex kNoPayment{0xffff'ffff};

/// What the sequencer puts on every command. Neither time ever goes back.
struct Stamp {
    Sequence sequence;
    SchemeTime scheme;
    ElapsedTime elapsed;
};

/// Where a participant takes part: one bit per direction and service; P2P is the only service yet.
struct Participation {
    std::uint32_t bits = 0;

    [[nodiscard]] static constexpr std::uint32_t bit(Direction direction, Service service) {
        return 1U << ((static_cast<std::uint32_t>(service) - 1U) * 2U +
                      static_cast<std::uint32_t>(direction));
    }
    [[nodiscard]] constexpr bool live(Direction direction, Service service) const {
        return (bits & bit(direction, service)) != 0;
    }
    friend constexpr auto operator<=>(const Participation&, const Participation&) = default;
};

/// Every bit that Participation knows.
inline constexpr std::uint32_t kAllParticipation = 0b11;

}  // namespace lowu::core
