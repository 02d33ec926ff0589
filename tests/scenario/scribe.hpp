// The transcript: what happened, one line a fact, in words that a payments person reads. A Scribe
// watches one cell and writes into the transcript that both share. Exists so that a scenario
// judges everything a cell does, and not only where it ended. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "switch/core/cell.hpp"
#include "tests/scenario/instructions.hpp"
#include "tests/support/scheme_view.hpp"

namespace lowu::scenario {

/// Lines of one scenario, each with the elapsed time at its front.
class Transcript {
public:
    void set_now(ElapsedTime now, SchemeTime scheme_now) {
        now_ = now;
        scheme_now_ = scheme_now;
    }
    [[nodiscard]] SchemeTime scheme_now() const { return scheme_now_; }
    /// `who` is fps, ibps, link or bank.
    void write(std::string_view who, const std::string& what);
    /// A line without time.
    void write_plain(const std::string& line) { lines_.push_back(line); }
    [[nodiscard]] std::vector<std::string> take() { return std::exchange(lines_, {}); }
    /// While muted nothing is written: of what happens thousands of times.
    void mute(bool muted) { muted_ = muted; }
    [[nodiscard]] bool muted() const { return muted_; }

private:
    ElapsedTime now_{0};
    SchemeTime scheme_now_;
    bool muted_ = false;
    std::vector<std::string> lines_;
};

class Scribe final : public core::Witness {
public:
    Scribe(scheme::Rail rail, Transcript& transcript, const Instructions& instructions)
        : rail_(rail), transcript_(transcript), instructions_(instructions) {}

    /// Whom to watch; must be set before the cell's first command after genesis.
    void watch(const core::Cell* cell) { cell_ = cell; }
    /// A muted scribe neither writes nor remembers: while a log is replayed.
    void mute(bool muted) { muted_ = muted; }
    /// Whether messages to the other side are marked as waiting.
    void mark_link_as_waiting(bool waiting) { link_waits_ = waiting; }

    [[nodiscard]] const std::vector<support::MessageView>& messages() const { return messages_; }
    [[nodiscard]] std::optional<ElapsedTime> deadline_of(const scheme::Uetr& uetr,
                                                         core::TimerKind kind) const;

    /// What a participant reads: "P1 RJCT AM23 payer_agent_liquidity".
    [[nodiscard]] std::string describe(const core::OutboxEntry& entry) const;
    /// The name of a payment that this cell remembers.
    [[nodiscard]] std::string name_of(const core::Payment& payment) const;
    [[nodiscard]] std::string name_of(const core::Account& account) const;

    void on_payment(const core::Payment& payment, core::PaymentIndex index) override;
    void on_check(const scheme::Uetr& uetr, core::ResultCode rule, bool passed) override;
    void on_state(const core::Payment& payment, core::PaymentState from,
                  core::PaymentEvent event) override;
    void on_reserve(const core::Payment& payment, core::AccountIndex account,
                    money::AmountMinor available_before) override;
    void on_release(const core::Payment& payment, core::AccountIndex account,
                    money::AmountMinor available_before) override;
    void on_entry(const core::Payment* payment, const core::Entry& entry,
                  money::AmountMinor debit_available_before,
                  money::AmountMinor credit_available_before) override;
    void on_timer_set(const core::Payment& payment, core::TimerKind kind,
                      ElapsedTime deadline) override;
    void on_timer_fired(const core::Payment& payment, core::TimerKind kind) override;
    void on_outbox(core::ParticipantIndex participant, core::MessageNumber number,
                   const core::OutboxEntry& entry) override;
    void on_link_message(core::MessageNumber number, const core::LinkMessage& message) override;
    void on_credited(const core::Payment& payment) override;
    void on_quota(const core::Payment& payment, core::QuotaMove move,
                  const core::QuotaHold& hold) override;
    void on_forget(const core::Payment& payment, core::PaymentIndex index) override;

private:
    void write(const std::string& what);
    [[nodiscard]] std::string name_of(core::AccountIndex account) const;
    /// The rail that the payer's bank of a payment of this cell is on.
    [[nodiscard]] scheme::Rail origin_of(const core::Payment& payment) const;
    [[nodiscard]] std::string totals(const core::Payment& payment, const Instruction& instruction,
                                     const core::QuotaHold& hold) const;

    scheme::Rail rail_;
    Transcript& transcript_;
    const Instructions& instructions_;
    const core::Cell* cell_ = nullptr;
    bool muted_ = false;
    bool link_waits_ = false;
    std::vector<support::MessageView> messages_;
    std::map<std::pair<scheme::Uetr, core::TimerKind>, ElapsedTime> deadlines_;
};

/// "1000.00", "HKD 1000.00": CNY is what is meant unless it is said.
[[nodiscard]] std::string describe(core::AmountMinor amount, core::Currency currency);

/// "AM23 payer_agent_liquidity": the ISO code where there is one, and the rule.
[[nodiscard]] std::string describe(core::ResultCode result);

}  // namespace lowu::scenario
