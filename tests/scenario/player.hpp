// Player: performs the steps of a scenario, one line each; README.md lists them. Called by
// scenario_test.cpp. One thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "tests/scenario/words.hpp"
#include "tests/scenario/world.hpp"

namespace lowu::scenario {

class Player {
public:
    Player(LinkMode mode, std::uint64_t seed) : mode_(mode), seed_(seed) {}

    /// A new block begins: what the one before has caused arrives first.
    void begin_block() { last_verb_.clear(); }
    /// Performs one line; an error says what is wrong with the line, not with the cells.
    [[nodiscard]] Result<void> perform(const std::string& line);
    /// What happened since the last call.
    [[nodiscard]] std::vector<std::string> take_output() { return transcript_.take(); }

    /// Null before `start`.
    [[nodiscard]] World* world() { return world_ ? &*world_ : nullptr; }
    [[nodiscard]] const Instructions& instructions() const { return instructions_; }
    /// Whether a restart at any moment left the cells as they were.
    [[nodiscard]] bool restarts_agree() const { return restarts_agree_; }

private:
    using Action = Result<void> (Player::*)(Words&);
    struct Verb {
        std::string_view name;
        bool before_start = false;
        Action action = nullptr;
    };
    [[nodiscard]] static const Verb* find_verb(std::string_view name);

    // player_genesis.cpp
    Result<void> parameters(Words& words);
    Result<void> table(Words& words);
    Result<void> participant(Words& words);
    Result<void> agents(Words& words);
    Result<void> start(Words& words);

    // player.cpp
    Result<void> online(Words& words);
    Result<void> offline(Words& words);
    Result<void> pay(Words& words);
    Result<void> again(Words& words);
    Result<void> answer(Words& words);
    Result<void> credited(Words& words);
    Result<void> malformed(Words& words);
    Result<void> acknowledge(Words& words);
    Result<void> wait(Words& words);
    Result<void> wait_until(Words& words);
    Result<void> stall(Words& words);
    Result<void> scheme_clock(Words& words);
    Result<void> link(Words& words);
    Result<void> restart(Words& words);
    Result<void> show(Words& words);
    Result<void> books(Words& words);
    Result<void> outcome(Words& words);

    // Take words, and fail them when they name nothing.
    Bank* take_bank(Words& words);
    Bank* take_online_bank(Words& words);
    const Instruction* take_payment(Words& words);
    /// `by BANK` if it is there, else the payee's bank of the payment, which must have been asked.
    Bank* take_answerer(Words& words, const Instruction* payment);
    void take_judged_fields(Words& words, core::CreditTransfer& transfer);
    void send_transfer(Bank& bank, const Instruction& instruction);

    LinkMode mode_;
    std::uint64_t seed_;
    Genesis genesis_;
    Transcript transcript_;
    Instructions instructions_;
    std::optional<World> world_;
    std::string last_verb_;
    bool restarts_agree_ = true;
};

}  // namespace lowu::scenario
