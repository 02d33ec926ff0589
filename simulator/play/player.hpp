// Player: the days of a scenario: customers' orders, what is published, paid in, goes wrong and is
// done by operators, each at its moment; and at the end the judgement that everything is final and
// all books are closed. Called by play(); one owner, one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulator/play/bank_hall.hpp"
#include "simulator/play/play.hpp"

namespace lowu::simulator {

class Player final : private Hall {
public:
    Player(const Scenario& scenario, const PlayOptions& options);

    [[nodiscard]] Result<Played> run();

private:
    // player.cpp
    void plan();
    void plan_banks();
    void plan_faults();
    void play_on();
    void happen(const Happening& happening);
    [[nodiscard]] ElapsedTime elapsed(SchemeTime moment) const {
        return ElapsedTime{} + (moment - epoch_);
    }
    void tell_progress(std::int64_t orders);

    // player_events.cpp
    void join(std::size_t bank);
    void leave(std::size_t bank);
    void leave_for_good(std::size_t bank);
    void register_proxies(std::size_t bank, std::uint32_t from);
    void publish_rates(std::uint32_t day);
    void fund(std::uint32_t entry);
    void fund_bank(const Funding& funding, std::size_t bank);
    void fund_agent(const Funding& funding);
    void pay_in(std::size_t from, std::size_t to, money::Currency currency, std::int64_t minor);
    void begin_fault(std::uint32_t index);
    void end_fault(std::uint32_t index);
    void set_link(bool up);
    void storm(std::uint32_t index);
    void kill_switch();
    void restart_switch();
    void correct_time();
    void act(std::uint32_t index);
    void change(const std::string& what, std::vector<engine::ChangeCommand> commands);
    /// Comes back in a second while the switch is down; false then.
    [[nodiscard]] bool serving(const Happening& happening);

    // closing.cpp
    void look_through_books();
    void check_rail(scheme::Rail rail);
    void check_bank(std::size_t bank);
    void close_books();
    void close_rail(scheme::Rail rail);
    void close_bank(std::size_t bank);
    [[nodiscard]] Played conclude();

    // Hall
    void deliver(std::uint32_t session, const engine::OutboundFrame& frame) override {
        hall_.deliver(session, frame);
    }
    void ended(std::uint32_t session, engine::CloseReason reason,
               const std::string& text) override {
        hall_.ended(session, reason, text);
    }
    void quoted(engine::QuoteId quote, const engine::QuoteAnswer* answer,
                core::ResultCode why) override {
        hall_.quoted(quote, answer, why);
    }
    void changed(engine::ChangeId change, const engine::ChangeOutcome& outcome) override;
    void durable() override { hall_.durable(); }
    Result<journal::Body> body_again(core::Sequence sequence) override;
    void complain(std::string what) override;

    const Scenario& scenario_;
    const PlayOptions& options_;
    const SchemeTime epoch_;  ///< Scheme time at elapsed time zero.
    Timeline timeline_;
    ExchangePath exchange_;
    LivePayments payments_;
    Tally tally_;
    SwitchHost host_;
    BankHall hall_;
    Traffic traffic_;
    std::map<std::uint64_t, std::string> changes_;  ///< Asked for, in words.
    std::uint64_t last_change_ = 0;
    int links_down_ = 0;
    std::int64_t checks_ = 0;
    std::uint64_t complaints_ = 0;
    std::vector<std::string> wrong_;
};

}  // namespace lowu::simulator
