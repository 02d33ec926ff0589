// PayerSide: the bank as debtor agent: takes its customers' money into transit, sends the payments,
// and posts or gives back when the rail says so. Called by Bank, on the bank's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bank_sim/model/behavior.hpp"
#include "bank_sim/model/books.hpp"
#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/exchange_desk.hpp"
#include "bank_sim/model/outbox.hpp"
#include "bank_sim/model/person.hpp"
#include "bank_sim/model/proxy_book.hpp"
#include "bank_sim/model/remittance_store.hpp"
#include "bank_sim/model/returns.hpp"
#include "common/base/hash.hpp"
#include "common/base/time.hpp"
#include "common/money/amount.hpp"
#include "common/scheme/purpose.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/result.hpp"
#include "common/scheme/service.hpp"
#include "common/scheme/uetr.hpp"
#include "lowu/v1/bank.pb.h"
#include "lowu/v1/participant.pb.h"
#include "lowu/v1/types.pb.h"

namespace lowu::bank {

/// A payment that this bank's customer sends.
struct OutgoingRemittance {
    enum class State : std::uint8_t { kPending, kSettled, kRefused };

    scheme::Uetr uetr;
    std::uint64_t position = 0;  // of its CreditTransfer in the outbox; of the next one if not sent
    bool sent = false;           // false: this bank refused it itself
    bool exchanged = false;      // out of an HKD account, across the boundary
    bool one_fen_more = false;   // instructed so on purpose (behavior.hpp)
    bool suspicious = false;     // the payer was warned of the proxy
    bool unapplied = false;      // a return of money that was nobody's here
    bool taken_after_refusal = false;  // the rail has settled it all the same; booked
    State state = State::kPending;
    CustomerId payer;
    Money money;                 // what the rail moves
    money::AmountMinor debited;  // from the payer's account, in its own currency
    ElapsedTime started_at;
    Duration duration;                        // to the final state
    std::optional<ElapsedTime> scheduled_at;  // generated traffic: when it should have started
    std::string transfer;                     // lowu.v1.CreditTransfer, serialised
    std::string clearing_reference;
    std::unique_ptr<v1::StatusReason> reason;  // with kRefused
    std::unique_ptr<ReturnOf> return_of;       // this is a return, of a payment to this bank
    Returned returned;                         // with kSettled: what has come back of it

    [[nodiscard]] bool final() const { return state != State::kPending; }
};

/// Tells whoever waits that a payment has become final.
struct FinalNotice {
    scheme::Uetr uetr;
    bool settled = false;
    std::string reason_code;                  // empty when settled
    std::optional<ElapsedTime> scheduled_at;  // see OutgoingRemittance
    ElapsedTime known_at;
    Money money;
};

/// A payment in words that have been checked. Views and pointers live as long as the call.
struct Instruction {
    CustomerId payer;
    std::string_view payee_agent;
    std::string_view payee_account;  // empty with a proxy
    std::string_view payee_name;
    std::string_view remittance_information;
    money::AmountMinor amount;  // what the rail moves
    std::optional<ElapsedTime> scheduled_at = std::nullopt;
    scheme::Service service = scheme::Service::kP2pRemittance;
    scheme::Purpose purpose = scheme::Purpose::kPersonal;
    money::Currency currency = money::Currency::kCny;
    const v1::Proxy* payee_proxy = nullptr;
    std::uint64_t proxy_reference = 0;
    bool suspicious = false;  // what the resolution said of the proxy
    // Northbound a quote of this bank, judged already.
    std::optional<ExchangeTerms> exchange = std::nullopt;
};

/// Both times of a step.
struct Moment {
    ElapsedTime elapsed;
    SchemeTime scheme;
};

/// A return that this bank's customer, or the bank itself, sends. Checked.
struct ReturnOrder {
    ReturnOf of;
    std::optional<CustomerId> payer;  // whose account is debited; none: unapplied money goes back
    Money money;                      // what the rail moves
    money::AmountMinor debited;       // from the account, in its own currency
    v1::CreditTransfer view;          // the return as a transfer, but for the UETR, for people
};

/// Money of a payment of this bank that has come back.
struct ComeBack {
    std::optional<CustomerId> payer;  // none: nobody's account can be credited
    Money money;                      // what the rail moved
    Money credit;                     // what the account gets; may be nothing
    v1::CreditTransfer view;          // the return as a transfer, for people
};

class PayerSide {
public:
    struct Options {
        scheme::Rail rail;
        std::string code;  ///< The bank's own.
        TokenKeys token_keys;
    };

    enum class Start : std::uint8_t {
        kSent,
        kNoMoney,     // the payer's account does not hold the amount
        kOutboxFull,  // the switch has not taken up what was sent before
        kMemoryFull,  // too many payments are pending
        kBooksFull,   // the sums of the ledger would leave their range
        kNoTokenKey,  // the bank lacks the key under which the rail knows persons now
    };

    /// What belongs to the whole bank; all of it must outlive this.
    struct Parts {
        Books& books;
        Outbox& outbox;
        ExchangeDesk& exchange;
        Behavior& behavior;
        TokenVersion& token_version;
        const ResolutionBook& resolutions;
    };

    PayerSide(Options options, Parts parts);

    /// Who must be looked up in the directory before this order can be sent; nullopt when nobody
    /// must: it names an account or a resolution, or its UETR is known.
    [[nodiscard]] Outcome<std::optional<v1::ResolveProxyRequest>> lookup_for(
        const v1::SendRemittanceRequest& request, Moment now);
    [[nodiscard]] Outcome<v1::ResolveProxyRequest> lookup_for(
        const v1::ResolvePayeeRequest& request, Moment now);

    /// Checks a customer's order and starts it, or finds the same one from before, or refuses it
    /// for want of money or for its quote (a remittance with RJCT). `fresh`: the UETR to use when
    /// the order has none. `scheduled_at`: see OutgoingRemittance.
    [[nodiscard]] Outcome<const OutgoingRemittance*> send(
        const v1::SendRemittanceRequest& request, const scheme::Uetr& fresh, Moment now,
        std::optional<ElapsedTime> scheduled_at = std::nullopt);

    /// The same for an order whose proxy nobody answers to: a remittance with RJCT.
    /// `why`: the directory's words; empty: none.
    [[nodiscard]] Outcome<const OutgoingRemittance*> refuse_unresolved(
        const v1::SendRemittanceRequest& request, const scheme::Uetr& fresh, Moment now,
        std::string_view why = {}, std::optional<ElapsedTime> scheduled_at = std::nullopt);

    /// The part behind the checks: debit, then message. The UETR must be new.
    [[nodiscard]] Start start(const Instruction& instruction, const scheme::Uetr& uetr, Moment now);

    /// Sends a return, or refuses it for want of money. The UETR must be new.
    [[nodiscard]] Outcome<const OutgoingRemittance*> send_back(ReturnOrder order,
                                                               const scheme::Uetr& uetr,
                                                               Moment now);
    /// Returns that the rail has refused since they were last taken: their money is back in the
    /// account.
    struct RefusedReturn {
        scheme::Uetr original;
        Returned returned;
    };
    [[nodiscard]] std::vector<RefusedReturn> take_refused_returns() {
        return std::exchange(refused_returns_, {});
    }

    /// From the rail: money of a payment has come back. What the payer's account gets, to be booked
    /// by the caller; nullopt when this bank knows of no such payment, or so much is not left.
    [[nodiscard]] std::optional<ComeBack> take_returned(const v1::PaymentReturned& returned);

    // What is pending for too long (payer_enquiries.cpp).

    /// So long after its start a pending payment is enquired about, again after twice the time, and
    /// so on; zero: never.
    void set_enquire_after(Duration after) { enquire_after_ = after; }
    [[nodiscard]] Duration enquire_after() const { return enquire_after_; }
    /// When the next enquiry is due; kNever when none is, or there is no room for it.
    [[nodiscard]] ElapsedTime enquiry_at() const;
    void enquire(ElapsedTime now);

    /// From the rail, SIDE_PAYER.
    enum class ReportTaken : std::uint8_t {
        kDone,
        kUnknownPayment,
        kContradiction,  // a final payment is told otherwise; money that moved by it is booked
    };
    [[nodiscard]] ReportTaken take_report(const v1::StatusReport& report, Moment now);

    /// From the rail: the message at `position` could not be taken up. False when it was no payment
    /// that this bank still remembers.
    [[nodiscard]] bool take_reject(const v1::MessageReject& reject, std::uint64_t position,
                                   Moment now);

    /// Has the keys for the version that is in force then.
    [[nodiscard]] bool has_token_keys(SchemeTime at) const {
        return persons_.has_keys(parts_.token_version.at(at));
    }

    [[nodiscard]] const OutgoingRemittance* find(const scheme::Uetr& uetr) const {
        return remittances_.find(uetr);
    }

    /// Payments that became final since the last call.
    [[nodiscard]] std::vector<FinalNotice>& finals() { return finals_; }

    [[nodiscard]] std::int64_t pending() const { return pending_; }
    [[nodiscard]] std::int64_t settled() const { return settled_; }
    /// Payments and returns for which an account was debited, ever.
    [[nodiscard]] std::uint64_t debits() const { return debits_; }

    void add_to(Digest& digest) const;

    /// How the rails know a customer who is a person, by the key version last heard of; nullopt
    /// without a key.
    [[nodiscard]] std::optional<PersonTokens> shown_tokens(const Customer& person) const {
        return persons_.make(person, parts_.token_version.last());
    }

private:
    // payer_checks.cpp: what a customer's order says.
    [[nodiscard]] Outcome<const OutgoingRemittance*> find_same(
        const v1::SendRemittanceRequest& request) const;
    [[nodiscard]] Outcome<Instruction> read(const v1::SendRemittanceRequest& request) const;
    [[nodiscard]] std::optional<CallError> read_route(const v1::SendRemittanceRequest& request,
                                                      Instruction& instruction) const;
    [[nodiscard]] std::optional<CallError> read_payee(const v1::SendRemittanceRequest& request,
                                                      Instruction& instruction) const;
    [[nodiscard]] std::optional<CallError> read_money(const v1::SendRemittanceRequest& request,
                                                      Instruction& instruction) const;
    [[nodiscard]] Outcome<v1::ResolveProxyRequest> lookup(const Instruction& instruction,
                                                          const v1::Proxy& proxy,
                                                          std::string_view field, Moment now);
    [[nodiscard]] std::optional<std::string_view> take_quote(
        const v1::SendRemittanceRequest& request, SchemeTime now, Instruction& instruction) const;

    // payer_side.cpp.
    [[nodiscard]] bool is_exchanged(const Instruction& instruction) const;
    [[nodiscard]] std::string_view payer_name(const Customer& customer) const;
    [[nodiscard]] const PersonTokens* tokens_of(CustomerId payer, Moment now);
    void ask_about(const scheme::Uetr& uetr, ElapsedTime due, Duration wait);
    void pass_final();
    void debit(const OutgoingRemittance& remittance, SchemeTime now);
    void send_transfer(const Instruction& instruction, OutgoingRemittance& remittance,
                       SchemeTime now, const PersonTokens* tokens);
    void write_transfer(const Instruction& instruction, const scheme::Uetr& uetr,
                        SchemeTime created, const PersonTokens* tokens,
                        v1::CreditTransfer& transfer) const;
    void write_payer(const Customer& payer, const PersonTokens* tokens, v1::Payer& wire) const;
    [[nodiscard]] Outcome<const OutgoingRemittance*> refuse(const Instruction& instruction,
                                                            const scheme::Uetr& uetr, Moment now,
                                                            v1::StatusReason reason);
    [[nodiscard]] const OutgoingRemittance& add_refused(OutgoingRemittance remittance,
                                                        v1::StatusReason reason, Moment now);
    [[nodiscard]] ReportTaken take_again(OutgoingRemittance& remittance, v1::PaymentStatus status,
                                         SchemeTime now);
    void settle(OutgoingRemittance& remittance, Moment now);
    void give_back(OutgoingRemittance& remittance, v1::StatusReason reason, Moment now);
    void finish(OutgoingRemittance& remittance, ElapsedTime now);

    Options options_;
    Parts parts_;
    PersonBook persons_;
    RemittanceStore<OutgoingRemittance> remittances_;
    std::vector<FinalNotice> finals_;
    std::vector<RefusedReturn> refused_returns_;
    std::int64_t pending_ = 0;
    std::int64_t settled_ = 0;
    std::uint64_t debits_ = 0;

    struct Again {
        scheme::Uetr uetr;
        Duration wait;  // until this enquiry, from the one before
    };
    Duration enquire_after_;
    std::uint64_t not_enquired_ = 0;           // index of the first pending one not asked about yet
    std::multimap<ElapsedTime, Again> again_;  // by when they are due
};

}  // namespace lowu::bank
