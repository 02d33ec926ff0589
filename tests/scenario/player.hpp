// Player: performs the steps of a scenario, one line each; README.md lists them. Called by
// scenario_test.cpp. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "tests/scenario/words.hpp"
#include "tests/scenario/world.hpp"

namespace lowu::scenario {

/// What the directories know by this name: a mobile number, an e-mail address, an FPS ID.
[[nodiscard]] Hash128 proxy_of_name(const std::string& name);

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
    enum class Stands : std::uint8_t { kBeforeStart, kAfterStart, kAnywhere };
    struct Verb {
        std::string_view name;
        Stands stands = Stands::kAfterStart;
        Action action = nullptr;
    };
    /// What a line says of who pays.
    struct PayerWords {
        std::optional<core::PartyKind> kind;
        std::optional<std::string> person;
        std::optional<core::DocumentType> document;
        std::optional<std::uint32_t> token_version;
        bool with_previous = false;
    };
    [[nodiscard]] static const Verb* find_verb(std::string_view name);

    // player_genesis.cpp
    Result<void> parameters(Words& words);
    Result<void> table(Words& words);
    Result<void> participant(Words& words);
    Result<void> agents(Words& words);
    Result<void> limits(Words& words);
    Result<void> start(Words& words);

    // player_pay.cpp
    Result<void> pay(Words& words);
    Result<void> again(Words& words);
    Result<void> send_back(Words& words);
    Result<void> send_back_again(Words& words, const Instruction& instruction);
    void send_return(Bank& bank, const Instruction& instruction);
    void take_judged_fields(Words& words, Instruction& instruction);
    [[nodiscard]] bool take_payer_field(Words& words, const std::string& name, PayerWords& payer);
    void take_proxy(Words& words, core::CreditTransfer& transfer);
    static void take_exchange(Words& words, core::CreditTransfer& transfer);
    void set_payer(Instruction& instruction, const PayerWords& payer) const;
    void send_transfer(Bank& bank, const Instruction& instruction);
    Result<void> crowd(Words& words);

    // player_changes.cpp
    Result<void> parameter(Words& words);
    Result<void> rate(Words& words);
    Result<void> rates(Words& words);
    Result<void> log_off_or_on(Words& words);
    Result<void> force_off_or_on(Words& words);
    Result<void> declare_default(Words& words);
    Result<void> prior_use(Words& words);
    Result<void> advance(Words& words);
    Result<void> register_proxy(Words& words);
    Result<void> remove_proxy(Words& words);
    Result<void> warn(Words& words);
    Result<void> look_up(Words& words);
    /// "off" or "on", a bank, and `until "MOMENT"` with "off".
    struct Availability {
        bool available = false;
        Bank* bank = nullptr;
        SchemeTime expected_back;
    };
    Availability take_availability(Words& words);

    // player.cpp
    Result<void> online(Words& words);
    Result<void> offline(Words& words);
    Result<void> answer(Words& words);
    Result<void> credited(Words& words);
    Result<void> enquire(Words& words);
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

    LinkMode mode_;
    std::uint64_t seed_;
    Genesis genesis_;
    Transcript transcript_;
    Instructions instructions_;
    std::optional<World> world_;
    std::string last_verb_;
    std::map<std::string, core::PayeeProxy> looked_up_;  ///< By the proxy's name.
    bool restarts_agree_ = true;
};

}  // namespace lowu::scenario
