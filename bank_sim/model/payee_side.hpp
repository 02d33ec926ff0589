// PayeeSide: the bank as creditor agent: promises, and credits when the rail says settled, once for
// each UETR. Called by Bank, on the bank's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bank_sim/model/answer_queue.hpp"
#include "bank_sim/model/behavior.hpp"
#include "bank_sim/model/books.hpp"
#include "bank_sim/model/exchange_desk.hpp"
#include "bank_sim/model/outbox.hpp"
#include "bank_sim/model/payer_side.hpp"
#include "bank_sim/model/proxy_book.hpp"
#include "bank_sim/model/remittance_store.hpp"
#include "bank_sim/model/returns.hpp"
#include "common/base/hash.hpp"
#include "common/base/time.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/result.hpp"
#include "common/scheme/service.hpp"
#include "common/scheme/uetr.hpp"
#include "lowu/v1/participant.pb.h"
#include "lowu/v1/types.pb.h"

namespace lowu::bank {

/// A payment to this bank's customer.
struct IncomingRemittance {
    enum class State : std::uint8_t {
        kRefused,   // this bank refused it: nothing moved
        kPromised,  // this bank will credit it when it is settled
        kCredited,
        kUnapplied,  // settled, and there is no account to credit
        kVoid,       // promised, then dropped by the rail: nothing moved
    };

    scheme::Uetr uetr;
    State state = State::kRefused;
    bool silent = false;              // the bank does not answer, on purpose
    std::optional<CustomerId> payee;  // none: nobody's account can be credited
    Money money;                      // what the rail moves
    Money credit;                     // what the payee's account gets
    std::string transfer;             // lowu.v1.CreditTransfer, serialised
    std::string clearing_reference;
    std::unique_ptr<v1::StatusReason> reason;  // with kRefused and kVoid
    std::unique_ptr<ReturnOf> return_of;       // money of a payment of this bank that came back
    Returned returned;                         // what has gone back of it, or is on its way

    [[nodiscard]] bool final() const { return state != State::kPromised; }
};

class PayeeSide {
public:
    /// What belongs to the whole bank; all of it must outlive this.
    struct Parts {
        Books& books;
        Outbox& outbox;
        ExchangeDesk& exchange;
        Behavior& behavior;
        const ProxyBook& proxies;
    };

    PayeeSide(scheme::Rail rail, Parts parts);

    /// When a request came: our clock, scheme time, and how long the rail gives for the answer.
    struct Arrival {
        ElapsedTime elapsed;
        SchemeTime scheme;
        std::optional<Duration> deadline;
    };

    /// The rail asks. Puts the answer into the outbox, or among the delayed ones; a repeated
    /// request gets the first answer again. False, and no answer, when it has no UETR to answer to.
    [[nodiscard]] bool take_request(const v1::CreditTransferRequest& request, Arrival now);

    /// The rail's outcome, SIDE_PAYEE: settled means credit now. False when this bank made no such
    /// promise: settled money has no account then, and is booked as far as the payment is known.
    [[nodiscard]] bool take_report(const v1::StatusReport& report, SchemeTime now);

    /// A return goes out: so much of a payment that this bank has, credited or not.
    void send_back(const scheme::Uetr& original, const Returned& part);
    /// The rail has refused it.
    void keep(const scheme::Uetr& original, const Returned& part);
    /// Money of a payment of this bank has come back: credits its payer, if there is one.
    void take_return(const scheme::Uetr& uetr, const ReturnOf& of, const ComeBack& come_back,
                     const v1::PaymentReturned& returned, SchemeTime now);

    /// When a delayed answer is due; kNever when none waits. on_time puts all that are due into the
    /// outbox.
    [[nodiscard]] ElapsedTime next_at() const { return delayed_.next_at(); }
    void on_time(ElapsedTime now);

    [[nodiscard]] const IncomingRemittance* find(const scheme::Uetr& uetr) const {
        return remittances_.find(uetr);
    }

    [[nodiscard]] std::int64_t promised() const { return promised_; }
    [[nodiscard]] std::int64_t credited() const { return credited_; }
    /// Promises made, ever.
    [[nodiscard]] std::uint64_t promises() const { return promises_; }

    void add_to(Digest& digest) const;

private:
    struct Judgement {
        scheme::ResultCode refusal = scheme::ResultCode::kAccepted;
        std::string_view text;            // why in this case; empty: the result's own meaning
        std::optional<CustomerId> payee;  // as soon as it is known
        Money credit;                     // when accepted
        bool quoted = false;              // a quote of this bank is spent with the acceptance

        [[nodiscard]] bool accepted() const { return refusal == scheme::ResultCode::kAccepted; }
    };

    // payee_checks.cpp: what the bank thinks of a request.
    [[nodiscard]] Judgement judge(const v1::CreditTransfer& transfer, SchemeTime now) const;
    [[nodiscard]] Judgement judge_shape(const v1::CreditTransfer& transfer) const;
    void judge_payee(const v1::CreditTransfer& transfer, Judgement& judgement) const;
    void judge_holder(scheme::Service service, Judgement& judgement) const;
    void judge_name(const v1::CreditTransfer& transfer, Judgement& judgement) const;
    void judge_credit(const v1::CreditTransfer& transfer, Judgement& judgement) const;
    void judge_quote(const v1::CreditTransfer& transfer, SchemeTime now,
                     Judgement& judgement) const;

    void behave(const AnswerPlan& plan, const v1::CreditTransfer& transfer,
                Judgement& judgement) const;
    void record(const v1::CreditTransfer& transfer, const scheme::Uetr& uetr,
                const Judgement& judgement, bool silent);
    void deliver(const scheme::Uetr& uetr, scheme::ResultCode refusal, const AnswerPlan& plan,
                 ElapsedTime now);
    void say(const scheme::Uetr& uetr, scheme::ResultCode refusal, ElapsedTime due,
             ElapsedTime now);
    void answer(const scheme::Uetr& uetr, scheme::ResultCode refusal);
    void apply_settled(IncomingRemittance& remittance, const v1::StatusReport& report,
                       SchemeTime now);
    void apply_settled_unpromised(IncomingRemittance& remittance, const v1::StatusReport& report,
                                  SchemeTime now);
    void keep_unapplied(IncomingRemittance& remittance, SchemeTime now);
    void book_return(const scheme::Uetr& uetr, const ComeBack& come_back, SchemeTime now);

    scheme::Rail rail_;
    Parts parts_;
    RemittanceStore<IncomingRemittance> remittances_;
    AnswerQueue delayed_;
    std::int64_t promised_ = 0;
    std::int64_t credited_ = 0;
    std::uint64_t promises_ = 0;
};

}  // namespace lowu::bank
