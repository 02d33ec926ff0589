// The cell: one rail as a deterministic state machine. apply(stamp, command) -> effects, and
// nothing else changes it: no clock, thread, socket, randomness or text inside, so that every
// replay of the same commands gives the same state. Owned by the engine (live) and by the follower
// (replay); each instance belongs to one thread.
//
// Order contract of effects: whoever applies must make the command durable before an outbox entry
// that it put out leaves (OutboxEntry::sequence says which command that is).
//
// Start reading at apply() in cell.cpp, then cell_origin.cpp (steps 3 and 8 of a payment's way),
// cell_destination.cpp (steps 5 to 7), cell_domestic.cpp (both ends on one rail) and
// cell_return.cpp (the way back); rules and parameters that change while it runs are in
// cell_changes.cpp.
#pragma once

#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "common/base/hash.hpp"
#include "switch/core/command.hpp"
#include "switch/core/ledger.hpp"
#include "switch/core/limits.hpp"
#include "switch/core/outbox.hpp"
#include "switch/core/parameters.hpp"
#include "switch/core/payment.hpp"
#include "switch/core/quota.hpp"
#include "switch/core/reference_rates.hpp"
#include "switch/core/system_event.hpp"
#include "switch/core/timers.hpp"
#include "switch/core/types.hpp"
#include "switch/core/witness.hpp"

namespace lowu::core {

/// What a command put out. The caller clears it between commands, or gathers over a batch.
struct Effects {
    std::vector<ParticipantIndex> outboxes;  ///< Participants with new entries; may repeat.
    bool link = false;                       ///< New messages to the other cell.
    /// Of the last command that asked for a change: whether it was made, and if not, which of its
    /// settings is at fault; of RegisterProxy, whether it is the default receiver now.
    ResultCode outcome = ResultCode::kAccepted;
    std::uint32_t outcome_detail = 0;

    void clear() {
        outboxes.clear();
        link = false;
        outcome = ResultCode::kAccepted;
        outcome_detail = 0;
    }
};

/// What a return is of. One a return and rail, in order of arrival.
struct ReturnRecord {
    PaymentIndex original;
    scheme::ReturnReason reason{};
};

/// A bank's newest rates.
struct RateSheet {
    Rate bid;
    Rate ask;
    SchemeTime valid_until;
    SchemeTime booked;
};

struct Participant {
    AgentCode code;
    Participation participation;
    AccountIndex cny;
    std::optional<AccountIndex> hkd;
    bool online = false;
    bool logged_off = false;         ///< By itself: a planned absence.
    bool forced_off = false;         ///< By the operator.
    bool events_missed = false;      ///< Announcements had no room; it will be told.
    SchemeTime expected_back;        ///< While off; 0 when unknown.
    ElapsedTime availability_since;  ///< When it last logged itself off or on; 0: never.
    std::optional<RateSheet> rates;
    std::uint64_t incarnation = 0;
    MessageNumber last_number = 0;    ///< Highest message number taken from it.
    std::uint32_t replies_owed = 0;   ///< Its pending payments: each will need a reply slot.
    std::uint32_t outcomes_owed = 0;  ///< Open requests to it: each will need a request slot.
    Outbox outbox;

    /// New payments to it are refused.
    [[nodiscard]] bool off() const { return logged_off || forced_off; }
};

class Cell {
public:
    /// `witness` may be null and must outlive the cell.
    explicit Cell(Witness* witness = nullptr);

    /// Fires the timers that are due at the stamp, then applies. Cannot fail: what a bank may get
    /// wrong is an outcome, what the engine may get wrong is an assertion.
    void apply(const Stamp& stamp, const Command& command, Effects& effects);

    /// The highest number the participant may use: each needs a reply slot. Never falls.
    [[nodiscard]] MessageNumber credit_limit(ParticipantIndex participant) const;
    /// When the next timer is due.
    [[nodiscard]] std::optional<ElapsedTime> next_deadline();

    [[nodiscard]] bool is_open() const { return open_; }
    [[nodiscard]] Rail rail() const { return rail_; }
    [[nodiscard]] const Parameters& parameters() const { return rules_.parameters(); }
    [[nodiscard]] const RuleBook& rules() const { return rules_; }
    [[nodiscard]] const ReferenceRates& reference_rates() const { return reference_rates_; }
    /// In force at the last stamp, or null.
    [[nodiscard]] const ReferenceRate* reference_rate() const;
    [[nodiscard]] const QuotaRegister& quota() const { return quota_; }
    [[nodiscard]] const QuotaHold& hold(std::uint32_t index) const { return holds_.at(index); }
    /// Of a payment that is a return.
    [[nodiscard]] const ReturnRecord& return_of(const Payment& payment) const {
        return returns_.at(payment.hold);
    }
    /// How much of a settled payment has come back, or is on its way back.
    [[nodiscard]] AmountMinor returned(PaymentIndex original) const;
    [[nodiscard]] const ProxyDirectory& directory() const { return directory_; }
    [[nodiscard]] const SystemEvents& events() const { return events_; }
    /// Payments begun here that wait for their final state.
    [[nodiscard]] std::uint32_t pending() const { return pending_; }
    [[nodiscard]] std::uint16_t participants() const {
        return static_cast<std::uint16_t>(participants_.size());
    }
    [[nodiscard]] const Participant& participant(ParticipantIndex index) const;
    [[nodiscard]] std::optional<ParticipantIndex> find_participant(AgentCode code) const;
    [[nodiscard]] bool link_up() const { return link_up_; }
    [[nodiscard]] bool has_link() const { return agent_account_.has_value(); }
    [[nodiscard]] AgentCode link_agent() const { return agent_; }
    [[nodiscard]] const LinkOutbox& link_outbox() const { return link_outbox_; }
    /// Highest link message number taken from the other cell.
    [[nodiscard]] MessageNumber link_received() const { return link_received_; }
    [[nodiscard]] std::uint32_t link_in_flight() const { return link_in_flight_; }
    [[nodiscard]] const Ledger& ledger() const { return ledger_; }
    [[nodiscard]] std::uint32_t payments() const {
        return static_cast<std::uint32_t>(payments_.size());
    }
    [[nodiscard]] const Payment& payment(PaymentIndex index) const;
    [[nodiscard]] std::optional<PaymentIndex> find_payment(const Uetr& uetr) const;
    /// Everything that later commands may depend on, in a fixed order of fields.
    [[nodiscard]] Hash128 digest() const;

private:
    void on(const Stamp& stamp, const OpenCell& command);
    void on(const Stamp& stamp, const AdmitParticipant& command);
    void on(const Stamp& stamp, const OpenLink& command);
    void on(const Stamp& stamp, const SessionUp& command);
    void on(const Stamp& stamp, const SessionDown& command);
    void on(const Stamp& stamp, const LinkState& command);
    void on(const Stamp& stamp, const CreditTransfer& command);
    void on(const Stamp& stamp, const CreditTransferAnswer& command);
    void on(const Stamp& stamp, const CreditReport& command);
    void on(const Stamp& stamp, const RejectMessage& command);
    void on(const Stamp& stamp, const OutboxAcknowledged& command);
    void on(const Stamp& stamp, const LinkDelivery& command);
    void on(const Stamp& stamp, const LinkAcknowledged& command);
    void on(const Stamp& stamp, const Tick& command);
    void on(const Stamp& stamp, const PaymentReturn& command);

    // cell_changes.cpp
    void on(const Stamp& stamp, const FxRateSheet& command);
    void on(const Stamp& stamp, const AvailabilityRequest& command);
    void on(const Stamp& stamp, const SetParameters& command);
    void on(const Stamp& stamp, const SetReferenceRate& command);
    void on(const Stamp& stamp, const ForceAvailability& command);
    void on(const Stamp& stamp, const SetPriorUse& command);
    void on(const Stamp& stamp, const RegisterProxy& command);
    void on(const Stamp& stamp, const RemoveProxy& command);
    void on(const Stamp& stamp, const SetProxyWarning& command);
    void on(const Stamp& stamp, const AdvanceSchemeTime& command);
    void on_availability(const Stamp& stamp, const LinkMessage& message);
    [[nodiscard]] ResultCode check_reference_rate(const Stamp& stamp,
                                                  const ReferenceRate& rate) const;
    void tell_availability(const Stamp& stamp, ParticipantIndex participant);
    void announce(const Stamp& stamp, SystemEvent event);

    // cell_origin.cpp
    [[nodiscard]] ResultCode check_origin(const Stamp& stamp, const CreditTransfer& transfer,
                                          Corridor corridor) const;
    [[nodiscard]] ResultCode check_payer_agent(const Stamp& stamp, const CreditTransfer& transfer,
                                               Corridor corridor) const;
    [[nodiscard]] ResultCode check_service(const Stamp& stamp, const CreditTransfer& transfer,
                                           Corridor corridor) const;
    [[nodiscard]] ResultCode check_link(const Stamp& stamp, const CreditTransfer& transfer,
                                        Corridor corridor) const;
    [[nodiscard]] ResultCode check_amount(const Stamp& stamp, const CreditTransfer& transfer,
                                          Corridor corridor) const;
    [[nodiscard]] ResultCode check_quota(const Stamp& stamp, const CreditTransfer& transfer,
                                         Corridor corridor) const;
    [[nodiscard]] ResultCode check_liquidity(const Stamp& stamp, const CreditTransfer& transfer,
                                             Corridor corridor) const;
    [[nodiscard]] bool under_quota(const CreditTransfer& transfer, Corridor corridor) const;
    [[nodiscard]] std::optional<QuotaAmounts> quota_amounts(const Stamp& stamp,
                                                            const CreditTransfer& transfer) const;
    void answer_known(const Stamp& stamp, const CreditTransfer& transfer, PaymentIndex index);
    void say_again(OutboxEntry& entry, PaymentIndex index) const;
    void accept_at_origin(const Stamp& stamp, const CreditTransfer& transfer, PaymentIndex index);
    void refuse_at_origin(const Stamp& stamp, PaymentIndex index, ResultCode result);
    void origin_deadline(const Stamp& stamp, PaymentIndex index);
    void on_settled(const Stamp& stamp, const LinkMessage& message);
    void on_refused(const Stamp& stamp, const LinkMessage& message);
    void take_quota(const Stamp& stamp, const CreditTransfer& transfer, PaymentIndex index);
    void end_quota(const Payment& payment, QuotaMove move);
    /// What a payer's bank holds while its payment is pending.
    void begin_pending(PaymentIndex index, AccountIndex account);
    void end_pending(PaymentIndex index);

    // cell_destination.cpp
    void on_transfer(const Stamp& stamp, const LinkMessage& message);
    /// The rules of whoever is to be paid; `corridor` domestic: on the payer's own rail.
    struct PayeeSide {
        Uetr uetr;
        Corridor corridor;
        ParticipantIndex payee_agent;
        SchemeTime acceptance_time;
        PayeeProxy payee_proxy;
    };
    [[nodiscard]] ResultCode check_payee_side(const PayeeSide& side) const;
    [[nodiscard]] ResultCode check_proxy(const PayeeSide& side) const;
    [[nodiscard]] ResultCode check_destination(const LinkMessage& message,
                                               ParticipantIndex payee_agent) const;
    void ask(const Stamp& stamp, PaymentIndex index);
    void settle(const Stamp& stamp, PaymentIndex index);
    void reject_asked(const Stamp& stamp, PaymentIndex index, PaymentEvent event,
                      ResultCode result);
    void payee_deadline(const Stamp& stamp, PaymentIndex index);
    void on_cancel(const Stamp& stamp, const LinkMessage& message);
    [[nodiscard]] std::optional<PaymentIndex> request_of(ParticipantIndex participant,
                                                         const Uetr& uetr) const;

    // cell_domestic.cpp
    void begin_domestic(const Stamp& stamp, const CreditTransfer& transfer, PaymentIndex index);
    void settle_domestic(const Stamp& stamp, PaymentIndex index);
    void reject_domestic(const Stamp& stamp, PaymentIndex index, PaymentEvent event,
                         ResultCode result);

    // cell_return.cpp
    [[nodiscard]] ResultCode check_return(const PaymentReturn& command,
                                          std::optional<PaymentIndex> original) const;
    [[nodiscard]] AmountMinor left_of(PaymentIndex original) const;
    PaymentIndex remember_return(Payment payment, const ReturnRecord& record);
    void answer_known_return(const Stamp& stamp, const PaymentReturn& command, PaymentIndex index);
    void send_return(const Stamp& stamp, const PaymentReturn& command, PaymentIndex index);
    void return_domestic(const Stamp& stamp, PaymentIndex index);
    void on_return(const Stamp& stamp, const LinkMessage& message);
    [[nodiscard]] ResultCode check_return_here(const LinkMessage& message,
                                               std::optional<PaymentIndex> original) const;
    void on_return_settled(const Stamp& stamp, PaymentIndex index);
    void on_return_refused(const Stamp& stamp, PaymentIndex index);
    void give_quota_back(PaymentIndex original, AmountMinor returned_before, AmountMinor amount);

    // cell.cpp
    Participant& at(ParticipantIndex index);
    Payment& at(PaymentIndex index);
    void take_number(ParticipantIndex participant, MessageNumber number);
    [[nodiscard]] bool table_full() const { return payments_.size() >= parameters().payments_max; }
    PaymentIndex remember(const Payment& payment);
    /// Moves the payment; false, and nothing happens, when the event comes too late.
    bool move(PaymentIndex index, PaymentEvent event);
    /// Reports a rule to the witness; whether it is broken.
    [[nodiscard]] bool fails(const Uetr& uetr, ResultCode rule, bool holds) const;
    [[nodiscard]] Corridor corridor_of_transfer(const CreditTransfer& transfer) const {
        return corridor_of(outward(), transfer.service);
    }
    [[nodiscard]] ParticipantIndex payee_agent_of(const Payment& payment) const;
    [[nodiscard]] AccountIndex account_of(ParticipantIndex participant, Currency currency) const;
    void put_out(const Stamp& stamp, ParticipantIndex participant, OutboxEntry entry);
    void put_out_for(const Stamp& stamp, OutboxKind kind, PaymentIndex index);
    void reject_message(const Stamp& stamp, ParticipantIndex participant, OutboxEntry entry);
    void send_link(const Stamp& stamp, const LinkMessage& message);
    void reserve(const Payment& payment, AccountIndex account);
    void release(const Payment& payment, AccountIndex account);
    void post_reserved(const Payment& payment, AccountIndex debit, AccountIndex credit);
    void post(const Payment* payment, const Entry& entry);
    void fire_due(const Stamp& stamp, std::uint32_t most);
    struct DueTimer {
        TimerQueue::Timer timer;
        TimerKind kind;
    };
    [[nodiscard]] std::optional<DueTimer> first_timer();
    void set_timer(TimerQueue& queue, TimerKind kind, ElapsedTime deadline, PaymentIndex index);
    [[nodiscard]] Direction outward() const { return scheme::direction_from(rail_); }
    [[nodiscard]] Direction inward() const { return scheme::direction_from(scheme::other(rail_)); }

    bool open_ = false;
    Rail rail_{};
    RuleBook rules_;
    ReferenceRates reference_rates_;
    QuotaRegister quota_;
    std::vector<QuotaHold> holds_;
    std::vector<ReturnRecord> returns_;
    boost::unordered_flat_map<PaymentIndex, AmountMinor, std::hash<PaymentIndex>>
        returned_;  ///< Look-up only: sums over returns_ that are not refused.
    ProxyDirectory directory_;
    SystemEvents events_;
    Ledger ledger_;
    std::vector<Participant> participants_;
    boost::unordered_flat_map<AgentCode, ParticipantIndex, std::hash<AgentCode>>
        participant_of_code_;
    AccountIndex contra_cny_;
    AccountIndex contra_hkd_;
    AgentCode agent_;
    std::optional<AccountIndex> agent_account_;
    AccountIndex claim_;
    AccountIndex claim_contra_;
    bool link_up_ = false;
    LinkOutbox link_outbox_;
    MessageNumber link_received_ = 0;
    std::uint32_t link_in_flight_ = 0;  ///< Own payments that wait for the other side's word.
    std::uint32_t pending_ = 0;         ///< Own payments that are not final, domestic ones too.
    std::vector<Payment> payments_;
    boost::unordered_flat_map<Uetr, PaymentIndex, std::hash<Uetr>> payment_of_uetr_;
    TimerQueue payee_timers_;
    TimerQueue origin_timers_;
    Stamp last_stamp_;

    Witness* witness_;
    Effects* effects_ = nullptr;  ///< Set while apply runs.
};

}  // namespace lowu::core
