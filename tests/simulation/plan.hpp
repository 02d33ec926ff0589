// Plan: what a run is asked to play, as a list of numbered items, each order, change and fault one
// of them, with everything drawn that concerns it alone. Exists so that a failing run can be played
// again with some of its items only: what is left out moves nothing else. Made from a seed; values,
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.hpp"
#include "simulator/world/faults.hpp"
#include "simulator/world/switch_process.hpp"

namespace lowu::simulator {

/// Traffic and faults are spread over so long.
inline constexpr Duration kSafetyPhase = Duration::from_seconds(12);

enum class What : std::uint8_t {
    // Faults that come now and then, all the time.
    kLateFrames,
    kSlowWrites,
    kSlowSyncs,
    kFailedStarts,
    kLaggingFollower,
    kBadSnapshots,
    kMisbehaviour,
    // Faults of a moment.
    kDeath,
    kCut,
    kReconnect,
    kFreeze,
    kLoss,
    kStall,
    kClockStep,
    // Changes.
    kRule,
    kPriorUse,
    kWarning,
    kRates,
    kForcedOff,
    kAbsence,
    kTokenKey,
    kNextRate,
    kAdvance,
    // Traffic.
    kProxyChange,
    kOrder,
    kReturn,
    kOldBusiness,
};

/// In which order a shrinker tries to do without.
enum class Kind : std::uint8_t { kFault, kChange, kTraffic };
[[nodiscard]] Kind kind_of(What what);

struct Item {
    std::uint32_t number = 0;  ///< From 1 on.
    What what{};
    ElapsedTime at;  ///< When; of old business how long after its advance; zero: from the start.
    std::uint32_t bank = 0;     ///< Of those that concern one.
    std::uint32_t advance = 0;  ///< Of kAdvance and kOldBusiness: which one.
    Duration lasts{0};          ///< Of those that last.
    Death death{};              ///< Of kDeath.
    std::uint64_t seed = 0;     ///< Of whatever else it draws.
};

struct Plan {
    std::uint64_t seed = 1;
    int payments_a_bank = 60;
    int returns_a_bank = 4;
    int proxy_changes_a_bank = 8;
    /// Enquiries, returns and repetitions of what may be forgotten, after each time that scheme
    /// time has been set forward.
    int old_business_a_bank = 6;
    Faults faults;  ///< What goes wrong.
    // What changes.
    int rule_changes = 10;
    int forced_off = 2;
    int absences = 1;
    bool new_days = true;  ///< Scheme time is set forward, the token key changes, and what is old
                           ///< is forgotten.

    /// The numbers of the items that are played, ascending; nothing: all.
    std::optional<std::vector<std::uint32_t>> only;
    /// The run ends as soon as this judge complains; empty: it goes to its end.
    std::string stop_at;

    /// A run without faults and changes, on an ordinary morning.
    [[nodiscard]] static Plan quiet();
};

/// When the plan's run begins.
[[nodiscard]] SchemeTime start_of(const Plan& plan);

/// What an item of kClockStep comes to.
[[nodiscard]] ClockStep clock_step_of(const Item& item, const Faults& faults);

/// All items of the plan in order of their numbers, whatever `only` says.
[[nodiscard]] std::vector<Item> items_of(const Plan& plan);
/// Those that are played.
[[nodiscard]] std::vector<Item> played_items(const Plan& plan);

/// For people: when, who, what.
[[nodiscard]] std::string in_words(const Item& item);

/// "3,17,57-60" or "none", and back; nothing when it is not such a text.
[[nodiscard]] std::string format_numbers(const std::vector<std::uint32_t>& numbers);
[[nodiscard]] std::optional<std::vector<std::uint32_t>> parse_numbers(std::string_view text);

}  // namespace lowu::simulator
