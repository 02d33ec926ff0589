// A random life of both cells, with the reference ledger beside them: every kind of command, such
// as banks, operators, link and engine could make next. Used by reference_life_test.cpp; one
// thread.
#pragma once

#include <string>
#include <vector>

#include "common/base/prng.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/exchange.hpp"
#include "tests/support/reference_check.hpp"

namespace lowu::support {

class Life {
public:
    static constexpr std::uint16_t kBanks = 3;  ///< Of a rail.

    explicit Life(std::uint64_t seed);

    /// Some time passes, and something happens.
    void step();
    /// Everything arrives, all deadlines pass.
    void settle_down();

    [[nodiscard]] CheckedCells& cells() { return cells_; }
    /// How many commands of each kind there were, by their place in core::Command.
    [[nodiscard]] const std::vector<std::uint64_t>& kinds() const { return kinds_; }

private:
    using Rail = scheme::Rail;

    /// A message or change that names a payment, ready to be sent.
    struct Known {
        Rail rail{};
        core::CreditTransfer transfer;
    };
    /// A payment that a bank has been asked about, or a return's original.
    struct Asked {
        Rail rail{};
        core::ParticipantIndex bank;
        scheme::Uetr uetr;
        std::int64_t amount = 0;
    };

    void apply(Rail rail, const core::Command& command);
    void open(Rail rail);
    [[nodiscard]] const core::Cell& cell(Rail rail) const { return cells_.cell(rail); }
    [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return prng_.below(limit); }
    [[nodiscard]] bool one_in(std::uint64_t many) { return prng_.chance(1, many); }
    [[nodiscard]] Rail some_rail() { return one_in(2) ? Rail::kFps : Rail::kIbps; }
    [[nodiscard]] core::ParticipantIndex some_bank() {
        return core::ParticipantIndex{static_cast<std::uint16_t>(below(kBanks))};
    }
    [[nodiscard]] scheme::Uetr new_uetr() { return scheme::uetr_from_random(below(3), ++uetrs_); }
    /// Sends a bank's message with its next number, when it has credit for it.
    template <class Message>
    void say(Rail rail, core::ParticipantIndex bank, Message message);

    // Time, link, engine.
    void pass(Duration duration);
    void tick();
    bool deliver(Rail from);
    void deliver_again(Rail from);
    void acknowledge_link(Rail from);
    void acknowledge(Rail rail, core::ParticipantIndex bank);
    void forget();
    /// As the engine does before a message about a forgotten payment. False without room.
    [[nodiscard]] bool recollect(const scheme::Uetr& uetr);
    void change_session(Rail rail, core::ParticipantIndex bank);
    void traffic_of_switch();

    // Banks.
    [[nodiscard]] core::Payer some_payer(Rail rail, core::Service service);
    [[nodiscard]] core::CreditTransfer some_transfer(Rail rail, core::ParticipantIndex bank);
    void add_proxy(Rail rail, core::CreditTransfer& transfer);
    void spoil(Rail rail, core::CreditTransfer& transfer);
    void send_transfer();
    void repeat_transfer();
    void answer();
    void report();
    void send_back();
    void enquire();
    void say_something_else();

    // Operators.
    void change_something();
    void set_parameters();
    [[nodiscard]] core::ParameterSetting some_setting(Rail rail);
    void change_proxy();
    void set_prior_use();
    void set_rate();
    void advance();

    Prng prng_;
    CheckedCells cells_;
    core::Stamp now_;
    std::vector<std::uint64_t> kinds_;
    std::array<core::MessageNumber, 2> delivered_{};
    std::uint64_t uetrs_ = 0;
    std::vector<Known> sent_;
    std::vector<Asked> asked_;
    std::vector<core::PaymentReturn> returns_;
};

}  // namespace lowu::support
