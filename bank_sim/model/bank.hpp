// Bank: one simulated bank: its books, its payer and payee side, its outbox and its end of the
// session. Exists as one pure object, without transport, clock or thread, so that programs, the
// virtual-time test and the simulator drive the same bank. Frames, customers' calls and the
// directory's answers come in, frames, notices and questions go out. What comes in and changes the
// bank is written to its log, if it has one, and makes the same bank again (bank_inputs.cpp). Every
// call on the bank's one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bank_sim/model/behavior.hpp"
#include "bank_sim/model/books.hpp"
#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/exchange_desk.hpp"
#include "bank_sim/model/input_log.hpp"
#include "bank_sim/model/outbox.hpp"
#include "bank_sim/model/payee_side.hpp"
#include "bank_sim/model/payer_side.hpp"
#include "bank_sim/model/person.hpp"
#include "bank_sim/model/proxy_book.hpp"
#include "bank_sim/model/session_end.hpp"
#include "common/base/bounded_queue.hpp"
#include "common/base/prng.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/scheme/rail.hpp"
#include "lowu/v1/bank.pb.h"
#include "lowu/v1/directory.pb.h"
#include "lowu/v1/participant.pb.h"

namespace lowu::banklog::v1 {
class Received;
}

namespace lowu::bank {

/// What should not happen, counted for the log.
struct Anomalies {
    std::uint64_t settled_without_promise = 0;  // money came for no promise of ours: unapplied
    std::uint64_t unknown_payment = 0;          // a report or rejection for no payment of ours
    std::uint64_t message_rejected = 0;         // the rail could not take up a message of ours
    std::uint64_t unanswerable_request = 0;     // a request without a UETR
    std::uint64_t contradicted = 0;             // a final payment of ours was told otherwise
    std::uint64_t returned_unknown = 0;         // money came back for no payment of ours: unapplied
    std::uint64_t announcement_dropped = 0;     // more changes of the token key than are kept

    friend bool operator==(const Anomalies&, const Anomalies&) = default;
};

/// A generated customer's payment: between the accounts that every bank opens for traffic.
struct TrafficOrder {
    CustomerId payer;
    std::string_view payee_agent;
    std::uint32_t payee = 0;  // number of the payee's account, from 0
    money::AmountMinor amount;
    ElapsedTime scheduled_at;  // see OutgoingRemittance
};

/// What the rail has said to an enquiry: where the payment stands, or why it does not say.
struct EnquiryAnswer {
    std::uint64_t position = 0;  // with a reject: of the enquiry in the outbox
    std::optional<v1::StatusReport> report;
    std::optional<v1::MessageReject> reject;
};

/// How often a bank has moved money or bound itself, ever; for the steps at which tests kill it.
struct Deeds {
    std::uint64_t debits = 0;
    std::uint64_t promises = 0;
    std::uint64_t credits = 0;
};

class Bank {
public:
    struct Options {
        scheme::Rail rail;
        std::string code;  ///< By the rail's rule (common/scheme/agent_code.hpp).
        std::string name_en;
        std::string name_zh;
        std::uint64_t incarnation;  ///< Grows with each start.
        std::uint64_t seed;  ///< Of the UETRs it makes; another one at each start, as a UETR is
                             ///< used once.
        TokenKeys token_keys = {};  ///< Of the bank's side. Without them no person can pay across
                                    ///< the boundary.
    };

    explicit Bank(Options options);
    Bank(const Bank&) = delete;
    Bank& operator=(const Bank&) = delete;
    ~Bank() = default;

    // Memory beyond the process.

    /// Writes every input from now on. The sink outlives the bank; `number` is the bank's place
    /// among the banks of the log.
    void log_inputs(InputSink& sink, std::uint32_t number) { inputs_.open(sink, number); }
    /// Takes up an input that was written, before log_inputs. kCorrupt: no bank has written it so.
    [[nodiscard]] Result<void> replay(const banklog::v1::Record& record);
    /// The process has started: makes UETRs from `seed`, and greets before anybody can pay.
    void start(std::uint64_t incarnation, std::uint64_t seed);
    /// Of everything that a replay must give again.
    [[nodiscard]] Hash128 digest() const;
    [[nodiscard]] Deeds deeds() const;

    [[nodiscard]] scheme::Rail rail() const { return options_.rail; }
    [[nodiscard]] const std::string& code() const { return options_.code; }

    // The switch: the session says when to send what; received frames come here.

    [[nodiscard]] SessionEnd& session() { return session_; }
    [[nodiscard]] const SessionEnd& session() const { return session_; }

    /// Takes up a frame. The error means that the switch broke the protocol: the caller ends the
    /// call and connects anew; nothing of the frame was taken up.
    [[nodiscard]] Result<void> receive(const v1::SwitchFrame& frame, ElapsedTime now);

    /// When something of the bank's own becomes due: a delayed answer, a rate sheet; kNever when
    /// nothing will. The caller calls on_time when it has come.
    [[nodiscard]] ElapsedTime next_at() const;
    void on_time(ElapsedTime now);

    /// Has nothing left to tell the rail of its rates.
    [[nodiscard]] bool rates_published() const;

    /// True once when the bank has missed what a greeting says: scheme time, or the version of the
    /// token key. The caller ends the call and connects anew.
    [[nodiscard]] bool take_greet_anew() { return std::exchange(greet_anew_, false); }

    /// Has the keys under which the rail knows persons now.
    [[nodiscard]] bool knows_persons(ElapsedTime now) const;

    // Customers.

    [[nodiscard]] Outcome<CustomerId> open_account(const v1::OpenAccountRequest& request,
                                                   ElapsedTime now);
    /// Opens it, or finds it as it was opened at an earlier start. Refused when it is there for
    /// somebody else: the field that differs. The opening balance is not compared.
    [[nodiscard]] Outcome<CustomerId> open_or_find(const v1::OpenAccountRequest& request,
                                                   ElapsedTime now);

    /// The payment that was started, refused or found. An order by proxy names a resolution:
    /// lookup_for says what must be asked first. `scheduled_at`: of generated traffic, see
    /// OutgoingRemittance.
    [[nodiscard]] Outcome<const OutgoingRemittance*> send(
        const v1::SendRemittanceRequest& request, ElapsedTime now,
        std::optional<ElapsedTime> scheduled_at = std::nullopt);

    /// Generated traffic: an instruction that needs no check. False when it cannot go now.
    [[nodiscard]] bool send_traffic(const TrafficOrder& order, ElapsedTime now);

    /// Payments that became final since they were last cleared; the caller clears them.
    [[nodiscard]] std::vector<FinalNotice>& finals() { return payer_side_.finals(); }

    /// Opens CNY accounts "T0001", "T0002", ... of persons with plenty of money, so that traffic of
    /// other processes can name them: as many as are missing to `count`, at most
    /// kMaxTrafficAccounts. Refused when a customer has one of these accounts.
    [[nodiscard]] std::optional<CallError> open_traffic_accounts(std::uint32_t count);
    [[nodiscard]] const std::vector<CustomerId>& traffic_accounts() const {
        return traffic_accounts_;
    }

    // The directory (bank_directory.cpp): what to ask it, and what it has said.

    /// nullopt when the order can be sent as it is.
    [[nodiscard]] Outcome<std::optional<v1::ResolveProxyRequest>> lookup_for(
        const v1::SendRemittanceRequest& request, ElapsedTime now);
    [[nodiscard]] Outcome<v1::ResolveProxyRequest> lookup_for(
        const v1::ResolvePayeeRequest& request, ElapsedTime now);
    /// Remembered for the payments that follow.
    void resolved(const v1::ResolveProxyRequest& asked, const v1::ResolveProxyResponse& found) {
        take_resolution(asked.proxy(), found);
    }
    /// Nobody answers to the order's proxy: a remittance that this bank refuses itself.
    /// `why`: the directory's words; empty: none.
    [[nodiscard]] Outcome<const OutgoingRemittance*> refuse_unresolved(
        const v1::SendRemittanceRequest& request, ElapsedTime now, std::string_view why = {},
        std::optional<ElapsedTime> scheduled_at = std::nullopt);

    /// A change of a registration begins; it ends by registered, removed or change_failed.
    [[nodiscard]] Outcome<v1::RegisterProxyRequest> register_proxy(
        const v1::RegisterAccountProxyRequest& request);
    [[nodiscard]] Outcome<v1::RemoveProxyRequest> remove_proxy(
        const v1::RemoveAccountProxyRequest& request);
    void registered(const v1::RegisterAccountProxyRequest& request,
                    const v1::ProxyRegistration& held);
    void removed(const v1::Proxy& proxy);
    void change_failed(const v1::Proxy& proxy) { proxies_.end_change(proxy); }

    /// A proxy of the configuration, to be registered; again at each start until the directory
    /// holds it. Nothing when the configuration has brought it before. It has passed check_proxy.
    [[nodiscard]] std::optional<CallError> want_proxy(
        const v1::RegisterAccountProxyRequest& request);
    /// In the order in which the configuration brought them.
    [[nodiscard]] std::vector<v1::RegisterAccountProxyRequest> wanted_proxies() const;

    /// Sends a payment that this bank has been paid back (bank_returns.cpp): the return that was
    /// started, refused or found.
    [[nodiscard]] Outcome<const OutgoingRemittance*> return_payment(
        const v1::ReturnPaymentRequest& request, ElapsedTime now);

    /// Asks the rail where a payment stands. Where the question stands in the outbox.
    [[nodiscard]] Outcome<std::uint64_t> enquire(const std::string& uetr, v1::Side side);
    /// What the rail has answered since they were last cleared; the caller clears them.
    [[nodiscard]] BoundedRing<EnquiryAnswer>& enquiry_answers() { return enquiry_answers_; }
    /// See PayerSide::set_enquire_after.
    void set_enquire_after(Duration after);
    [[nodiscard]] Duration enquire_after() const { return payer_side_.enquire_after(); }

    // Exchange, absence, behaviour (bank_desk.cpp).

    [[nodiscard]] Outcome<ExchangeDesk::Step> quote(const v1::QuoteOrder& order, ElapsedTime now);
    [[nodiscard]] Outcome<v1::QuoteOffer> take_offer(const v1::QuoteOrder& order,
                                                     const v1::QuoteAnswer& answer,
                                                     ElapsedTime now);
    [[nodiscard]] std::optional<CallError> set_rates(const v1::SetRatesRequest& request,
                                                     ElapsedTime now);
    [[nodiscard]] std::optional<CallError> set_availability(
        const v1::SetBankAvailabilityRequest& request);
    /// `behavior` has passed Behavior::check.
    void set_behavior(const v1::Behavior& behavior, std::uint64_t seed);
    [[nodiscard]] const Behavior& behavior() const { return behavior_; }
    /// The configuration's rates and behaviour have been taken up: they are those of the first
    /// start only.
    void set_up();
    [[nodiscard]] bool is_set_up() const { return set_up_; }

    // Views, as the contract shows them (bank_views.cpp).

    [[nodiscard]] const Books& books() const { return books_; }
    [[nodiscard]] const Anomalies& anomalies() const { return anomalies_; }
    [[nodiscard]] std::int64_t credited() const { return payee_side_.credited(); }
    void describe(v1::Bank& view) const;
    void describe(CustomerId customer, v1::Account& view) const;
    void describe(const Entry& entry, v1::Entry& view) const;
    void describe(v1::BankBooks& view) const;
    void describe(v1::ListEventsResponse& view) const;
    [[nodiscard]] std::optional<v1::Remittance> remittance(std::string_view uetr) const;

private:
    void take_up(const v1::SwitchFrame& frame, std::size_t seen, ElapsedTime now);
    void apply(const v1::SwitchMessage& message, ElapsedTime now);
    void apply_report(const v1::StatusReport& report, Moment now);
    void apply_reject(const v1::MessageReject& reject, Moment now);
    void doubt_token_version(const v1::StatusReport& report, SchemeTime now);
    void count(PayerSide::ReportTaken taken, const v1::StatusReport& report);
    void apply_returned(const v1::PaymentReturned& returned, Moment now);
    [[nodiscard]] std::optional<ComeBack> unapplied_return(const v1::PaymentReturned& returned);
    void keep_refused_returns();
    [[nodiscard]] Outcome<const OutgoingRemittance*> send_back(
        const v1::ReturnPaymentRequest& request, const scheme::Uetr& uetr,
        const IncomingRemittance& incoming, money::AmountMinor amount, ElapsedTime now);
    void apply_event(const v1::SystemEvent& event, ElapsedTime now);
    void publish_rates(ElapsedTime now);
    [[nodiscard]] SchemeTime scheme_time(ElapsedTime now) const;
    [[nodiscard]] Moment moment(ElapsedTime now) const { return {now, scheme_time(now)}; }
    void keep_enquiry_answer(EnquiryAnswer answer);
    void take_resolution(const v1::Proxy& proxy, const v1::ResolveProxyResponse& found);
    void hold_proxy(const std::string& account, const v1::Proxy& proxy, std::uint64_t reference);
    void drop_proxy(const v1::Proxy& proxy);
    void no_longer_want(const v1::Proxy& proxy);
    [[nodiscard]] const std::string& traffic_name(std::uint32_t index);
    [[nodiscard]] const std::string& traffic_account_name(std::uint32_t index);

    // What a refused call was offered is offered to the next one: it leaves no trace.
    [[nodiscard]] scheme::Uetr next_uetr() const;
    scheme::Uetr fresh_uetr();

    // bank_inputs.cpp.
    [[nodiscard]] Result<void> replay_received(const banklog::v1::Received& input, ElapsedTime now);
    [[nodiscard]] Result<void> replay_directory(const banklog::v1::Record& record);
    [[nodiscard]] Result<void> replay_desk(const banklog::v1::Record& record);

    Options options_;
    InputLog inputs_;
    Books books_;
    Outbox outbox_;
    SessionEnd session_;
    ProxyBook proxies_;
    ResolutionBook resolutions_;
    ExchangeDesk exchange_;
    Behavior behavior_;
    TokenVersion token_version_;
    PayerSide payer_side_;
    PayeeSide payee_side_;
    Prng prng_;
    Anomalies anomalies_;
    BoundedRing<v1::SystemEvent> events_{kMaxEvents};
    std::uint64_t sheet_position_ = 0;  // in the outbox, behind the newest rate sheet
    bool greet_anew_ = false;
    bool set_up_ = false;
    std::vector<CustomerId> traffic_accounts_;
    std::vector<std::string> traffic_account_names_;  // written once, used by every payment
    std::vector<std::string> traffic_names_;
    std::set<Hash128> configured_proxies_;  // bounded by the configuration
    // Of these, what the directory does not hold yet; by order of coming.
    std::map<std::uint64_t, v1::RegisterAccountProxyRequest> wanted_proxies_;
    std::map<Hash128, std::uint64_t> wanted_order_;
    BoundedRing<EnquiryAnswer> enquiry_answers_{kMaxEnquiryAnswers};
};

/// Number and owner of the traffic account with this index, from 0: "T0001", "Traffic customer
/// 0001".
[[nodiscard]] std::string traffic_account(std::uint32_t index);
[[nodiscard]] std::string traffic_customer(std::uint32_t index);

}  // namespace lowu::bank
