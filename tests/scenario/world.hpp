// World: two cells, the link between them, scripted banks and the clock of one scenario. Exists so
// that steps (player.cpp) say what happens and this file says how time, link and messages move. One
// thread, virtual time.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/hash.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/core/cell.hpp"
#include "tests/scenario/instructions.hpp"
#include "tests/scenario/link_harness.hpp"
#include "tests/scenario/scribe.hpp"
#include "tests/support/invariants.hpp"

namespace lowu::scenario {

/// What a scenario says before `start`. One element a rail, fps first.
struct Genesis {
    core::Parameters parameters;
    SchemeTime start = scheme::kDefaultSchemeStart;
    /// Unset: that of the first day, HKD 0.92 and USD 7.20.
    std::optional<std::vector<core::ReferenceRate>> rates;
    bool limits_off = false;  ///< No limits for persons, open around the clock.
    std::array<std::uint32_t, 2> payments_max{1'000, 1'000};
    std::array<std::uint32_t, 2> quota_records_max{1'000, 1'000};
    std::array<std::uint32_t, 2> proxies_max{1'000, 1'000};
    std::array<std::vector<core::AdmitParticipant>, 2> participants;
    std::array<std::optional<core::OpenLink>, 2> links;
};

/// A message that a bank has read.
struct Told {
    std::string about;  ///< The payment's name.
    std::string text;
    core::OutboxKind kind{};
};

/// A scripted bank: it reads at once while its session is up, and says only what the script says.
struct Bank {
    scheme::AgentCode code;
    scheme::Rail rail{};
    core::ParticipantIndex participant;
    bool online = false;
    core::MessageNumber read = 0;  ///< Highest number it has read.
    std::vector<Told> told;
    std::size_t announcements = 0;  ///< That it has read.
    std::size_t crowd = 0;          ///< Requests of a crowd that it has read.
};

class World {
public:
    World(const Genesis& genesis, LinkMode mode, std::uint64_t seed, Transcript& transcript,
          Instructions& instructions);

    [[nodiscard]] Bank* find_bank(scheme::AgentCode code);
    [[nodiscard]] std::vector<Bank>& banks() { return banks_; }
    [[nodiscard]] const core::Cell& cell(scheme::Rail rail) const { return *side(rail).cell; }
    [[nodiscard]] const Scribe& scribe(scheme::Rail rail) const { return *side(rail).scribe; }
    [[nodiscard]] ElapsedTime now() const { return now_; }
    [[nodiscard]] SchemeTime scheme_now() const { return scheme_now_; }
    /// Whether the last command that asked for a change was refused.
    [[nodiscard]] bool refused() const { return effects_.outcome != core::ResultCode::kAccepted; }
    [[nodiscard]] const core::Effects& effects() const { return effects_; }

    /// Records the command with the times of now, applies it, and lets banks and link take what it
    /// put out.
    void apply(scheme::Rail rail, const core::Command& command);
    /// The number that the bank's next message has.
    [[nodiscard]] core::MessageNumber next_number(const Bank& bank) const;
    void set_online(Bank& bank, bool online);

    /// Lets everything happen that is due by then: timers, deliveries.
    void run_until(ElapsedTime time);
    /// Lets time pass until no message is on its way over the link.
    void run_until_quiet();
    /// Time passes, and the switch does not run meanwhile: no tick, no delivery.
    void stall(Duration duration) { pass(now_ + duration); }
    /// The scheme's clock is set forward, or stands still from now on while elapsed time goes on.
    void set_scheme_forward(Duration duration) { scheme_now_ = scheme_now_ + duration; }
    /// An operator sets it forward, and all banks are told.
    void advance(SchemeTime time);
    void let_scheme_stand(bool stands) { scheme_stands_ = stands; }

    /// Both cells learn it; while down nothing arrives.
    void set_link_up(bool up);
    /// Nothing arrives, and no cell is told.
    void hold_link(bool held);

    /// The process of these rails dies and comes back: cells are built again from their logs, the
    /// sessions of their banks with them. False when replay gives another state.
    [[nodiscard]] bool restart(const std::vector<scheme::Rail>& rails);
    /// Whether replaying all commands into fresh cells gives the same digests.
    [[nodiscard]] bool replays() const;

    [[nodiscard]] support::SchemeView view() const;

private:
    struct Record {
        core::Stamp stamp;
        core::Command command;
    };
    struct Side {
        std::unique_ptr<Scribe> scribe;
        std::unique_ptr<core::Cell> cell;
        std::vector<Record> log;
        std::vector<money::AmountMinor> openings;
        core::MessageNumber sent = 0;     ///< Highest link number that the harness has seen.
        core::EventNumber announced = 0;  ///< Newest announcement in the transcript.
    };
    struct Timer {
        ElapsedTime deadline;
        scheme::Rail rail{};
    };

    Side& side(scheme::Rail rail) { return sides_[static_cast<std::size_t>(rail)]; }
    [[nodiscard]] const Side& side(scheme::Rail rail) const {
        return sides_[static_cast<std::size_t>(rail)];
    }
    void open(const Genesis& genesis, scheme::Rail rail);
    void pass(ElapsedTime time);
    void set_rules(const Genesis& genesis, scheme::Rail rail);
    void write_news(scheme::Rail rail);
    void read_outboxes(scheme::Rail rail);
    void take_link_messages(scheme::Rail rail);
    void send_again(scheme::Rail rail);
    void deliver_next();
    [[nodiscard]] std::optional<Timer> next_timer();
    [[nodiscard]] std::unique_ptr<core::Cell> replay(const Side& side,
                                                     core::Witness* witness) const;

    Transcript& transcript_;
    Instructions& instructions_;
    LinkHarness link_;
    std::array<Side, 2> sides_;
    std::vector<Bank> banks_;
    std::uint64_t sequence_ = 0;
    ElapsedTime now_{0};
    SchemeTime scheme_now_;
    bool scheme_stands_ = false;
    bool link_up_ = false;
    bool link_held_ = false;
    core::Effects effects_;
};

inline constexpr std::array<scheme::Rail, 2> kRails = {scheme::Rail::kFps, scheme::Rail::kIbps};

}  // namespace lowu::scenario
