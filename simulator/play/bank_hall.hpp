// BankHall: all banks of a played scenario. A light bank holds sessions by the same numbers as the
// real one (common/rpc/session_numbers.hpp), keeps what the switch has not acknowledged, books for
// its customers, and answers by the rules of bank_sim/model's payee side, as far as the orders of a
// scenario meet them; its words go to the engine without bytes. Exists because a year of the real
// model is hours. One owner, one thread.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/rpc/session_numbers.hpp"
#include "simulator/play/customers.hpp"
#include "simulator/play/payments.hpp"
#include "simulator/play/switch_host.hpp"
#include "simulator/play/tally.hpp"
#include "simulator/scenario/exchange_path.hpp"

namespace lowu::simulator {

/// What a bank says to the rail.
enum class Speech : std::uint8_t { kTransfer, kAnswer, kReport, kReturn, kEnquiry };

struct BankMessage {
    scheme::Uetr uetr;
    Speech speech{};
    scheme::ResultCode result{};  ///< kAnswer.
};

/// A bank's program.
struct LightBank {
    scheme::Rail rail{};
    scheme::AgentCode code;
    core::ParticipantIndex participant;
    const Latency* answer = nullptr;  ///< How long it takes over one.
    bool there = false;               ///< Has joined, and has not left.
    bool killed = false;
    bool disconnected = false;  ///< Keeps its memory, and has no session.
    std::uint32_t silent_permille = 0;

    std::uint32_t session = 0;  ///< 0: none.
    bool greeted = false;
    std::uint64_t incarnation = 1;
    rpc::NumberSender sender{1};
    rpc::NumberReceiver receiver{0};
    std::deque<BankMessage> outbox;  ///< What the switch has not acknowledged.
    std::uint64_t outbox_first = 1;  ///< Number of the first of them.
    std::uint64_t acknowledged = 0;  ///< What the switch was last told.
    bool urgent = false;             ///< What it has to say does not wait.
    bool report_due = false;         ///< Reports wait for a frame, and not for long.
    ElapsedTime unacknowledged_since;
    bool acknowledgement_due = false;  ///< It will be told.
    std::vector<engine::QuoteAnswer> quote_answers;
    ElapsedTime last_to_switch;  ///< Nothing overtakes within a session.
    ElapsedTime last_to_bank;
    BankBooks books;
    std::array<std::int64_t, 2> opened_with{};  ///< Its settlement accounts, by currency.
    std::deque<scheme::Uetr> recent;            ///< Its newest payments, for enquiries.

    [[nodiscard]] bool can_connect() const { return there && !killed && !disconnected; }
};

class BankHall final {
public:
    struct World {
        const Scenario& scenario;
        const ExchangePath& exchange;
        Timeline& timeline;
        SwitchHost& host;
        LivePayments& payments;
        Tally& tally;
        Hall& hall;
    };
    BankHall(const World& world, std::uint64_t seed);

    [[nodiscard]] LightBank& bank(std::size_t index) { return banks_[index]; }
    [[nodiscard]] std::size_t banks() const { return banks_.size(); }
    /// The settlement institution's participants stand behind the scenario's banks.
    [[nodiscard]] std::size_t settlement(scheme::Rail rail) const {
        return scenario_.banks.size() + static_cast<std::size_t>(rail);
    }
    [[nodiscard]] Customers& customers() { return customers_; }
    void add_settlement(scheme::Rail rail, const std::string& code);
    /// Every participant's number, when genesis has made them.
    void find_participants();

    // Customers (bank_orders.cpp).

    /// A customer orders; the settlement institution too, by its flow.
    void order(const Order& order);
    /// The next order: brings the memory near that it will touch.
    void expect(const Order& order);
    /// A quote has come for a bill in HKD, or none.
    void quoted(engine::QuoteId quote, const engine::QuoteAnswer* answer, scheme::ResultCode why);
    /// A settled payment is sent back.
    void send_back(std::uint32_t place);
    void enquire(std::size_t bank);
    /// Rates of this day are in force.
    void set_rates_day(Day day) { rates_day_ = day; }
    /// No payment is sent back any more.
    void end_returns() { returns_ = false; }
    [[nodiscard]] engine::ChangeCommand registration(std::size_t bank, std::uint32_t customer);

    // Sessions (bank_hall.cpp).

    void connect(std::size_t bank);
    /// The bank's end of its session is gone; the switch learns later.
    void disconnect(std::size_t bank);
    /// Its process dies: what it was pondering is forgotten.
    void kill(std::size_t bank);
    /// The switch died: every session is gone.
    void switch_died();
    void ended(std::uint32_t session, engine::CloseReason reason, const std::string& text);
    void deliver(std::uint32_t session, const engine::OutboundFrame& frame);
    void frame_to_switch(std::uint32_t place);
    void frame_to_bank(std::uint32_t place);
    void acknowledge(std::size_t bank);
    void report(std::size_t bank);
    void answer(std::uint32_t place);
    /// After each durable batch.
    void durable();

    /// BANK_SLOW: a latency instead of the side's; null: the side's again.
    void set_latency(std::size_t bank, const Latency* latency);

    [[nodiscard]] journal::Body body_of(const LivePayment& payment);

private:
    struct Said {
        scheme::Uetr uetr;
        core::OutboxKind kind{};
        scheme::ResultCode result{};
    };
    struct ToBank {
        std::uint16_t bank = 0;
        std::uint32_t session = 0;
        bool greets = false;
        std::uint64_t last_received = 0;
        std::uint64_t first_number = 0;
        std::uint64_t acknowledged = 0;
        std::uint64_t credit = 0;
        std::vector<Said> said;
        std::vector<engine::QuoteRequest> quote_requests;
    };
    struct ToSwitch {
        std::uint16_t bank = 0;
        std::uint32_t session = 0;
        bool hello = false;
        std::uint64_t first_number = 0;
        std::uint64_t count = 0;
        std::uint64_t acknowledged = 0;
        std::uint64_t credit = 0;
        std::vector<engine::QuoteAnswer> quote_answers;
    };
    struct Pondered {
        scheme::Uetr uetr;
        scheme::ResultCode result{};
        std::uint16_t bank = 0;
        std::uint64_t incarnation = 0;
    };

    [[nodiscard]] std::size_t bank_of(std::uint32_t session) const {
        return session < bank_of_session_.size() ? bank_of_session_[session] : banks_.size();
    }
    void say(std::size_t bank, const BankMessage& message);
    void pump(std::size_t bank);
    void send(std::size_t bank, bool hello, std::uint64_t count);
    void drop_acknowledged(LightBank& bank, std::uint64_t through);
    void greet(LightBank& bank, const ToBank& frame);
    void hear(std::size_t bank, const Said& said);
    void asked(std::size_t bank, const Said& said);
    void answer_quotes(std::size_t bank, const std::vector<engine::QuoteRequest>& requests);
    void owe_report(std::size_t bank);
    void owe_acknowledgement(std::size_t bank);
    void build(LightBank& bank, const ToSwitch& frame, engine::InboundFrame& inbound);
    void note_taken(std::size_t bank, const ToSwitch& frame);
    [[nodiscard]] core::Command command_of(LightBank& bank, const BankMessage& message,
                                           journal::Body& body);

    // bank_orders.cpp
    [[nodiscard]] scheme::ResultCode prepare(LivePayment& payment);
    [[nodiscard]] scheme::ResultCode find_payee(LivePayment& payment);
    [[nodiscard]] scheme::ResultCode exchange_northbound(LivePayment& payment);
    void ask_quote(LivePayment& payment);
    void instruct(LivePayment& payment);
    void refuse(LivePayment& payment, scheme::ResultCode why);
    [[nodiscard]] scheme::ResultCode judge(LivePayment& payment);
    [[nodiscard]] bool debit(LivePayment& payment);
    void end_return(LivePayment& payment);
    void settle_at_payer(LivePayment& payment);
    void undo_at_payer(LivePayment& payment);
    void credit(LivePayment& payment);
    void final_at_payer(LivePayment& payment, scheme::ResultCode result);
    void return_final(LivePayment& payment, bool settled);
    void take_return(LivePayment& payment);
    [[nodiscard]] core::CreditTransfer transfer_of(const LivePayment& payment,
                                                   const journal::Body& body);
    [[nodiscard]] std::int64_t in_cny(const LivePayment& payment) const;
    [[nodiscard]] const Corridor& corridor_of(const LivePayment& payment) const;
    [[nodiscard]] std::int64_t& payer_balance(LivePayment& payment, money::Currency currency);
    [[nodiscard]] std::int64_t& payee_balance(LivePayment& payment, money::Currency currency);
    [[nodiscard]] std::array<const core::Cell*, 2> cells() {
        return {&host_.cell(scheme::Rail::kFps), &host_.cell(scheme::Rail::kIbps)};
    }

    const Scenario& scenario_;
    const ExchangePath& exchange_;
    Timeline& timeline_;
    SwitchHost& host_;
    LivePayments& payments_;
    Tally& tally_;
    Hall& hall_;
    Prng prng_;
    Customers customers_;
    std::vector<LightBank> banks_;
    std::vector<std::uint16_t> bank_of_session_{0};  ///< Sessions are numbered from 1.
    Places<ToBank> to_bank_;
    Places<ToSwitch> to_switch_;
    Places<Pondered> pondered_;
    engine::InboundFrame inbound_;
    std::vector<scheme::Uetr> answered_;  ///< Accepted in the batch that is being built.
    std::unordered_map<std::uint64_t, scheme::Uetr> quotes_;
    std::uint64_t last_quote_ = 0;
    Day rates_day_ = 0;
    bool returns_ = true;
};

}  // namespace lowu::simulator
