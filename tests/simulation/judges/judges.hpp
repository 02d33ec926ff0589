// The judges, one rule each. Those who need no memory of the run are the invariants of
// tests/support/invariants.hpp, each of which sits here as a judge of its own; those below hear
// commands, frames, recoveries or the ending. Made by the court; one thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/simulation/judges/judge.hpp"
#include "tests/support/invariants.hpp"
#include "tests/support/reference_check.hpp"

namespace lowu::judges {

/// A leg of a payment for the length of a run.
using LegKey = std::pair<Rail, scheme::Uetr>;

/// An invariant of both rails' books and messages, whenever they have changed.
class InvariantHolds final : public Judge {
public:
    explicit InvariantHolds(const support::Invariant& invariant) : invariant_(invariant) {}
    [[nodiscard]] std::string_view name() const override { return invariant_.name(); }
    void on_scheme(const support::SchemeView& scheme, Complaints& complaints) override;

private:
    const support::Invariant& invariant_;
};

/// What has ended never moves again, neither its state nor its money.
class FinalIsFinal final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "final is final"; }
    void reset() override { final_.clear(); }
    void on_command(const Applied& applied, Complaints& complaints) override;

private:
    std::set<LegKey> final_;
};

/// Reserved money is posted or released by its payment's deadline, plus one round: the batch after
/// the one in which time had passed it. A return has no deadline: it ends in the batch in which it
/// began, as the link never goes down here. Nothing is left reserved at the end.
class ReservationsEnd final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "reservations end in time"; }
    void reset() override;
    void on_command(const Applied& applied, Complaints& complaints) override;
    void on_batch(const Replayed& batch, Complaints& complaints) override;
    void on_ending(const Ending& ending, Complaints& complaints) override;

private:
    std::map<LegKey, ElapsedTime> open_;  ///< With deadlines.
    ElapsedTime round_before_{-1};        ///< When the batch before ended.
};

/// A session goes on right behind what the other end holds by its greeting; its messages come in
/// order of their numbers, without a gap; each number means one message for ever, on every
/// connection and over every crash; and the cell takes each bank's messages up once, in their
/// order.
class SessionsKeepOrder final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "sessions keep order"; }
    void reset() override { taken_.clear(); }
    void on_command(const Applied& applied, Complaints& complaints) override;
    void on_bank_frame(const simulator::BankFrame& frame, Complaints& complaints) override;
    void on_switch_frame(const simulator::SwitchFrame& frame, Complaints& complaints) override;

private:
    /// One end's numbers.
    struct Sent {
        /// What is next, by connection; 0: whatever the first is.
        std::map<std::uint64_t, std::uint64_t> next;
        std::map<std::uint64_t, std::uint64_t> messages;  ///< Hash by number, over all of them.
    };
    void follow(Sent& sent, std::uint64_t connection, std::uint64_t first, std::uint64_t count,
                const std::string& who, Complaints& complaints) const;
    void keep(Sent& sent, std::uint64_t number, std::uint64_t hash, const std::string& who,
              Complaints& complaints) const;

    std::map<std::string, Sent> from_banks_;
    std::map<std::string, Sent> to_banks_;
    std::map<std::pair<std::string, std::uint64_t>, std::string> uetr_of_;  ///< As banks sent it.
    std::map<scheme::AgentCode, core::MessageNumber> taken_;
};

/// Nothing leaves the switch before the command that caused it is durable, and no message of a bank
/// is acknowledged before it is durable itself.
class NothingIsSaidTooEarly final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "durable before said"; }
    void reset() override { taken_at_.clear(); }
    void on_command(const Applied& applied, Complaints& complaints) override;
    void on_switch_frame(const simulator::SwitchFrame& frame, Complaints& complaints) override;

private:
    /// Where the log has a bank's message, by its number.
    std::map<scheme::AgentCode, std::map<core::MessageNumber, core::Sequence>> taken_at_;
};

/// A bank credits its customer when it was told *settled*, and then it does, and says so.
class CreditFollowsSettled final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "credit follows settled"; }
    void reset() override { credit_now_.clear(); }
    void on_command(const Applied& applied, Complaints& complaints) override;
    void on_ending(const Ending& ending, Complaints& complaints) override;

private:
    std::set<std::pair<scheme::AgentCode, scheme::Uetr>> credit_now_;  ///< Said, and to whom.
};

/// The slow, obvious ledger says the same to everybody, from the commands alone.
class ReferencePredicts final : public Judge {
public:
    explicit ReferencePredicts(support::ReferenceCheck& check) : check_(check) {}
    [[nodiscard]] std::string_view name() const override { return "the reference predicts all"; }
    void reset() override { told_ = 0; }
    void on_command(const Applied& applied, Complaints& complaints) override;

private:
    support::ReferenceCheck& check_;
    std::size_t told_ = 0;
};

/// The same commands give the same cells: live, replayed, followed, recovered.
class ReplayIsTheSame final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "replay is the same"; }
    void on_batch(const Replayed& batch, Complaints& complaints) override;
    void on_ending(const Ending& ending, Complaints& complaints) override;
};

/// A recovery ends where a batch ended, in the state that was sealed, and not before what was let
/// go of.
class NothingReleasedIsLost final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "nothing released is lost"; }
    void on_recovery(const Recovery& recovery, Complaints& complaints) override;
};

/// In the end nobody owes anybody a message, an acknowledgement or an answer.
class OutboxesDrain final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "outboxes drain"; }
    void on_ending(const Ending& ending, Complaints& complaints) override;
};

/// In the end both rails, both banks and the directory say the same of everything.
class PartiesAgree final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "parties agree"; }
    void on_ending(const Ending& ending, Complaints& complaints) override;
};

/// In the end each bank's own books fit the rail's, and nobody has gained or lost money.
class BanksBooksFit final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "banks' books fit"; }
    void on_ending(const Ending& ending, Complaints& complaints) override;
};

/// In the end the follower and its archive hold everything that ever happened.
class FollowerHasAll final : public Judge {
public:
    [[nodiscard]] std::string_view name() const override { return "the follower has all"; }
    void on_ending(const Ending& ending, Complaints& complaints) override;
};

/// One of each. `check` hears the court's cells and outlives them.
[[nodiscard]] std::vector<std::unique_ptr<Judge>> all_judges(support::ReferenceCheck& check);

}  // namespace lowu::judges
