// The cell's own words: dense ids, stamps, participation. Used by every file of the cell and by
// those who feed it. Plain values, any thread.
#pragma once

#include <compare>
#include <cstdint>

#include "common/base/strong.hpp"
#include "common/base/time.hpp"
#include "common/money/amount.hpp"
#include "common/money/currency.hpp"
#include "common/money/rate.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/party.hpp"
#include "common/scheme/person_token.hpp"
#include "common/scheme/purpose.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/service.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::core {

using money::AmountMinor;
using money::Currency;
using money::Rate;
using scheme::AgentCode;
using scheme::Direction;
using scheme::DocumentType;
using scheme::PartyKind;
using scheme::PersonToken;
using scheme::Purpose;
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

inline constexpr ParticipantIndex kNoParticipant{0xffff};

/// Direction and service together: what most rules are keyed by. A domestic payment has no
/// direction. The rail's role follows: it is the origin of one direction and the destination of the
/// other.
struct Corridor {
    std::uint8_t index = 0;

    [[nodiscard]] constexpr bool domestic() const { return index == 6; }
    [[nodiscard]] constexpr Service service() const {
        return static_cast<Service>(index / 2U + 1U);
    }
    /// Not of a domestic one.
    [[nodiscard]] constexpr Direction direction() const {
        return static_cast<Direction>(index % 2U);
    }
    friend constexpr auto operator<=>(const Corridor&, const Corridor&) = default;
};
inline constexpr std::size_t kCorridors = 7;
inline constexpr Corridor kDomesticCorridor{6};

[[nodiscard]] constexpr Corridor corridor_of(Direction direction, Service service) {
    if (service == Service::kDomestic) return kDomesticCorridor;
    return Corridor{static_cast<std::uint8_t>((static_cast<std::uint8_t>(service) - 1U) * 2U +
                                              static_cast<std::uint8_t>(direction))};
}

/// Where a participant takes part: one bit per corridor.
struct Participation {
    std::uint32_t bits = 0;

    [[nodiscard]] static constexpr std::uint32_t bit(Direction direction, Service service) {
        return 1U << corridor_of(direction, service).index;
    }
    [[nodiscard]] constexpr bool live(Corridor corridor) const {
        return (bits & (1U << corridor.index)) != 0;
    }
    [[nodiscard]] constexpr bool live(Direction direction, Service service) const {
        return live(corridor_of(direction, service));
    }
    friend constexpr auto operator<=>(const Participation&, const Participation&) = default;
};

/// Every bit that Participation knows.
inline constexpr std::uint32_t kAllParticipation = (1U << kCorridors) - 1U;

}  // namespace lowu::core
