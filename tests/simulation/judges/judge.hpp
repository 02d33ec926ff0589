// Judge: one rule of the scheme, watching a whole run. Exists so that a failing run says which rule
// was broken and where, and so that each rule can be shown to fail on its own. A judge hears what
// the court tells it (court.hpp) and touches nothing; whatever it remembers is its own. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/world/observer.hpp"
#include "switch/core/cell.hpp"
#include "tests/simulation/judges/ending.hpp"
#include "tests/support/scheme_view.hpp"

namespace lowu::judges {

using scheme::Rail;
using simulator::Digests;

/// What a cell did with money of a payment.
enum class Deed : std::uint8_t { kReserved, kReleased, kBooked };

struct MoneyDeed {
    Deed deed{};
    scheme::Uetr uetr;
    core::Leg leg{};
};

/// A payment's step from state to state.
struct Step {
    scheme::Uetr uetr;
    core::PaymentState from{};
    core::PaymentState to{};
};

/// What a participant is told.
struct Told {
    core::ParticipantIndex to;
    core::MessageNumber number = 0;
    core::OutboxEntry entry;
};

/// A command that the court's own cell has just applied, and all that was heard meanwhile.
struct Applied {
    const core::Cell& cell;
    const core::Stamp& stamp;
    const core::Command& command;
    const core::Effects& effects;
    std::span<const Step> steps;
    std::span<const MoneyDeed> money;
    std::span<const Told> told;
};

/// The court has replayed a batch that the live engine has just sealed.
struct Replayed {
    core::Stamp last;   ///< Of its last command.
    bool whole = true;  ///< It held as many records as it says.
    Digests live{};
    Digests replayed{};
};

/// A new process has loaded what was on the disk.
struct Recovery {
    core::Sequence recovered;
    core::Sequence released_through;  ///< By the process before.
    core::Sequence batch_end;         ///< Of the last batch sealed that can have survived.
    Digests live{};
    Digests replayed{};  ///< The court's, after that batch.
};

/// Who is told what a judge has found.
class Complaints {
public:
    Complaints() = default;
    Complaints(const Complaints&) = delete;
    Complaints& operator=(const Complaints&) = delete;
    virtual ~Complaints() = default;

    virtual void say(std::string_view judge, std::string what) = 0;
};

class Judge {
public:
    Judge() = default;
    Judge(const Judge&) = delete;
    Judge& operator=(const Judge&) = delete;
    virtual ~Judge() = default;

    /// The rule, as a sentence.
    [[nodiscard]] virtual std::string_view name() const = 0;

    /// Forgets all that it has heard of commands and batches: what the disk has kept is told anew.
    virtual void reset() {}
    virtual void on_command(const Applied& /*applied*/, Complaints& /*complaints*/) {}
    virtual void on_batch(const Replayed& /*batch*/, Complaints& /*complaints*/) {}
    virtual void on_recovery(const Recovery& /*recovery*/, Complaints& /*complaints*/) {}
    /// After batches that have decided something, and at the end.
    virtual void on_scheme(const support::SchemeView& /*scheme*/, Complaints& /*complaints*/) {}
    /// A frame goes onto a connection.
    virtual void on_bank_frame(const simulator::BankFrame& /*frame*/, Complaints& /*complaints*/) {}
    virtual void on_switch_frame(const simulator::SwitchFrame& /*frame*/,
                                 Complaints& /*complaints*/) {}
    virtual void on_ending(const Ending& /*ending*/, Complaints& /*complaints*/) {}
};

/// Whom a complaint names when it was no judge that found it.
inline constexpr std::string_view kWorld = "nobody sees what may not be";
inline constexpr std::string_view kRest = "everything comes to rest";
inline constexpr std::string_view kAssertions = "the program's own assertions hold";

}  // namespace lowu::judges
