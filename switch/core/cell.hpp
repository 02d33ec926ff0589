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
// cell_changes.cpp, questions where a payment stands in cell_enquiry.cpp, banks that are too slow
// or in default in cell_standing.cpp, what is forgotten and comes back in cell_memory.cpp, digest,
// save and load in cell_state.cpp.
#pragma once

#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "common/base/hash.hpp"
#include "common/base/result.hpp"
#include "switch/core/command.hpp"
#include "switch/core/decisions.hpp"
#include "switch/core/enquiries.hpp"
#include "switch/core/full_outboxes.hpp"
#include "switch/core/ledger.hpp"
#include "switch/core/limits.hpp"
#include "switch/core/outbox.hpp"
#include "switch/core/parameters.hpp"
#include "switch/core/payment.hpp"
#include "switch/core/payment_table.hpp"
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
    /// Of the last command, if it asked for a change: whether it was made, and if not, which of its
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

/// A bank's newest rates.
struct RateSheet {
    Rate bid;
    Rate ask;
    SchemeTime valid_until;
    SchemeTime booked;

    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        auto& [bid, ask, valid_until, booked] = self;
        each(sink, bid, ask, valid_until, booked);
    }
};

struct Participant {
    AgentCode code;
    Participation participation;
    AccountIndex cny;
    std::optional<AccountIndex> hkd;
    bool online = false;
    bool logged_off = false;         ///< By itself: a planned absence.
    bool forced_off = false;         ///< By the operator.
    bool degraded = false;           ///< Too slow with its messages, and not caught up yet.
    bool in_default = false;         ///< For good; said by the operator.
    bool events_missed = false;      ///< Announcements had no room; it will be told.
    SchemeTime expected_back;        ///< While off; 0 when unknown.
    ElapsedTime availability_since;  ///< When it last logged itself off or on; 0: never.
    std::optional<RateSheet> rates;
    std::uint64_t incarnation = 0;
    MessageNumber last_number = 0;    ///< Highest message number taken from it.
    std::uint32_t replies_owed = 0;   ///< Its pending payments: each will need a reply slot.
    std::uint32_t outcomes_owed = 0;  ///< Open requests to it: each will need a request slot.
    Outbox outbox;

    /// New payments to it are refused, and nothing that it says about its absence changes that
    /// while it is in default.
    [[nodiscard]] bool off() const { return logged_off || forced_off || in_default; }
    /// In new payments, on either side.
    [[nodiscard]] bool takes_part(Corridor corridor) const {
        return participation.live(corridor) && !in_default;
    }
    /// Slots for requests and their outcomes that are taken, or kept for what is still to come.
    [[nodiscard]] std::uint32_t request_slots() const { return outbox.requests() + outcomes_owed; }
    /// A request takes two, for itself and for its one outcome.
    [[nodiscard]] bool has_room_for_request() const { return request_slots() + 2 <= kRequestSlots; }

    /// The canonical list of fields; see fields.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        auto& [code, participation, cny, hkd, online, logged_off, forced_off, degraded, in_default,
               events_missed, expected_back, availability_since, rates, incarnation, last_number,
               replies_owed, outcomes_owed, outbox] = self;
        each(sink, code, participation, cny, hkd, online, logged_off, forced_off, degraded,
             in_default, events_missed, expected_back, availability_since, rates, incarnation,
             last_number, replies_owed, outcomes_owed, outbox);
    }
};

class StateReader;
class StateWriter;

class Cell {
public:
    /// `witness` may be null and must outlive the cell.
    explicit Cell(Witness* witness = nullptr);

    /// Fires the timers that are due at the stamp, under a tick a bounded number, under what no
    /// bank says none; then applies. Cannot fail: what a bank may get wrong is an outcome, what the
    /// engine may get wrong is an assertion.
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
    [[nodiscard]] const ProxyDirectory& directory() const { return directory_; }
    [[nodiscard]] const SystemEvents& events() const { return events_; }
    [[nodiscard]] const Enquiries& enquiries() const { return enquiries_; }
    [[nodiscard]] const FullOutboxes& full_outboxes() const { return full_outboxes_; }
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

    // Payments remembered.

    /// Payments so far, forgotten ones too: the index that the next one gets.
    [[nodiscard]] std::uint32_t payments_so_far() const { return payments_.so_far(); }
    [[nodiscard]] std::uint32_t remembered() const { return payments_.remembered(); }
    [[nodiscard]] std::uint32_t forgotten() const { return payments_.forgotten(); }
    /// Before it only what was kept or recollected is remembered.
    [[nodiscard]] PaymentIndex first_remembered() const { return payments_.first_remembered(); }
    /// Nothing was ever forgotten that was created later.
    [[nodiscard]] SchemeTime forgotten_created() const { return forgotten_created_; }
    /// Where it is, if it is remembered.
    [[nodiscard]] std::optional<PaymentIndex> find_payment(const Uetr& uetr) const {
        return payments_.find(uetr);
    }
    /// The newest of that UETR in which a bank of this rail has the part: it began the payment.
    [[nodiscard]] std::optional<PaymentIndex> begun_by(ParticipantIndex bank,
                                                       const Uetr& uetr) const;
    /// It was asked to credit the payment.
    [[nodiscard]] std::optional<PaymentIndex> asked_of(ParticipantIndex bank,
                                                       const Uetr& uetr) const;
    /// And it was paid.
    [[nodiscard]] std::optional<PaymentIndex> settled_to(ParticipantIndex bank,
                                                         const Uetr& uetr) const;
    /// And a bank of the other rail, which was paid from here.
    [[nodiscard]] std::optional<PaymentIndex> sent_to(AgentCode bank, const Uetr& uetr) const;
    /// It is remembered.
    [[nodiscard]] const Payment& payment(PaymentIndex index) const { return payments_.at(index); }
    /// All of them: null for what is forgotten, holds, returns, in order.
    [[nodiscard]] const PaymentTable& payments() const { return payments_; }
    /// Of a remembered payment; null when it has none.
    [[nodiscard]] const QuotaHold* hold_of(PaymentIndex index) const {
        return payments_.hold_of(index);
    }
    /// Of a remembered payment that is a return.
    [[nodiscard]] const ReturnRecord& return_of(PaymentIndex index) const {
        return payments_.return_of(index);
    }
    /// How much of a settled payment has come back, or is on its way back.
    [[nodiscard]] AmountMinor returned(PaymentIndex original) const {
        return payment(original).returned;
    }
    /// Through where the cell may forget now, as the last stamp stands: end of the oldest segment,
    /// or first_remembered() when there is nothing to drop. Cheap.
    [[nodiscard]] PaymentIndex forgettable_through() const;
    /// How many more may be recollected before the next Forget.
    [[nodiscard]] std::uint32_t room_to_recollect() const {
        return payments_.recollected_max() - payments_.recollected();
    }
    /// So little room is left that a Forget is due even when no segment may go.
    [[nodiscard]] bool short_of_recollections() const {
        return payments_.recollected() > payments_.recollected_max() / 2;
    }
    /// Of the newest payment before an end of a segment.
    [[nodiscard]] Sequence newest_sequence_before(PaymentIndex through) const {
        return payments_.newest_before(through).sequence;
    }

    // State.

    /// Everything that later commands may depend on, in a fixed order of fields.
    [[nodiscard]] Hash128 digest() const;
    /// Changes with every decision: two cells that decide alike have it alike. Cheap.
    [[nodiscard]] std::uint64_t decisions() const { return decisions_.value(); }
    /// The stamp of the last command.
    [[nodiscard]] const Stamp& last_stamp() const { return last_stamp_; }
    /// Writes what digest covers. The writer says whether that went well.
    void save(StateWriter& writer) const;
    /// Reads what save wrote into a cell that is not open yet. Error kCorrupt says what cannot be;
    /// the cell is good for nothing then.
    [[nodiscard]] Result<void> load(StateReader& reader);

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

    // cell_memory.cpp
    void on(const Stamp& stamp, const Forget& command);
    void on(const Stamp& stamp, const Recollect& command);
    [[nodiscard]] bool must_stay(const Payment& payment) const;
    [[nodiscard]] bool is_owed(const Payment& payment) const;
    [[nodiscard]] bool is_ahead(const Payment& payment) const;
    [[nodiscard]] bool stays_if_room(const Payment& payment) const;
    [[nodiscard]] Duration memory() const;
    void forgetting(PaymentIndex index, const Payment& payment);

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

    // cell_enquiry.cpp
    void on(const Stamp& stamp, const StatusRequest& command);
    [[nodiscard]] std::optional<PaymentIndex> enquired(const StatusRequest& request) const;
    [[nodiscard]] ResultCode check_enquiry(const Stamp& stamp, const StatusRequest& request,
                                           std::optional<PaymentIndex> index);

    // cell_standing.cpp
    void on(const Stamp& stamp, const DeclareDefault& command);
    void tell_standing(const Stamp& stamp, SystemEventKind kind, ParticipantIndex participant);
    void on_standing(const Stamp& stamp, const LinkMessage& message);
    void watch_room(const Stamp& stamp, ParticipantIndex participant);
    [[nodiscard]] ElapsedTime degrades_at(const FullOutboxes::Full& full) const;
    void degrade_due(const Stamp& stamp);
    void restore_if_caught_up(const Stamp& stamp, ParticipantIndex participant);

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
    void end_quota(PaymentIndex index, QuotaMove move);
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

    // cell_domestic.cpp
    void begin_domestic(const Stamp& stamp, const CreditTransfer& transfer, PaymentIndex index);
    void settle_domestic(const Stamp& stamp, PaymentIndex index);
    void reject_domestic(const Stamp& stamp, PaymentIndex index, PaymentEvent event,
                         ResultCode result);

    // cell_return.cpp
    [[nodiscard]] ResultCode check_return(const PaymentReturn& command,
                                          std::optional<PaymentIndex> original) const;
    [[nodiscard]] AmountMinor left_of(PaymentIndex original) const;
    PaymentIndex remember_return(const Stamp& stamp, const Payment& payment,
                                 const ReturnRecord& record);
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
    Payment& at(PaymentIndex index) { return payments_.at(index); }
    void take_number(ParticipantIndex participant, MessageNumber number);
    [[nodiscard]] bool table_full() const { return payments_.full(); }
    PaymentIndex remember(const Stamp& stamp, const Payment& payment);
    void remembered_now(PaymentIndex index);
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
    void decide_on_money(AccountIndex account, AmountMinor moved);
    void decide_on_quota(QuotaMove move, const QuotaHold& hold);
    void decide_on_standing(ParticipantIndex participant);
    void fire_due(const Stamp& stamp, std::uint32_t most);
    struct DueTimer {
        TimerQueue::Timer timer;
        TimerKind kind;
    };
    [[nodiscard]] std::optional<DueTimer> first_timer();
    void set_timer(TimerQueue& queue, TimerKind kind, ElapsedTime deadline, PaymentIndex index);
    [[nodiscard]] Direction outward() const { return scheme::direction_from(rail_); }
    [[nodiscard]] Direction inward() const { return scheme::direction_from(scheme::other(rail_)); }

    // cell_state.cpp
    /// The canonical list of fields; see fields.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self);
    template <class Sink>
    void timers(Sink& sink, const TimerQueue& queue, PaymentState wanted) const;
    void load_timers(StateReader& reader, TimerQueue& queue, PaymentState wanted);
    void open_tables(StateReader& reader);
    void rebuild(StateReader& reader);
    void check_participants(StateReader& reader);
    [[nodiscard]] std::vector<PaymentIndex> check_payments(StateReader& reader) const;
    void pin_payments(StateReader& reader, const std::vector<PaymentIndex>& originals);

    bool open_ = false;
    Rail rail_{};
    RuleBook rules_;
    ReferenceRates reference_rates_;
    QuotaRegister quota_;
    ProxyDirectory directory_;
    SystemEvents events_;
    Enquiries enquiries_;
    FullOutboxes full_outboxes_;
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
    PaymentTable payments_;
    SchemeTime forgotten_created_;  ///< Newest creation time of what was ever forgotten.
    TimerQueue payee_timers_;
    TimerQueue origin_timers_;
    Stamp last_stamp_;
    Decisions decisions_;

    Witness* witness_;
    Effects* effects_ = nullptr;  ///< Set while apply runs.
};

}  // namespace lowu::core
