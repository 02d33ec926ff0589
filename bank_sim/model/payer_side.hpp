// PayerSide: the bank as debtor agent: takes its customers' money into transit, sends the payments,
// and posts or gives back when the rail says so. Called by Bank, on the bank's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bank_sim/model/books.hpp"
#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/outbox.hpp"
#include "bank_sim/model/remittance_store.hpp"
#include "common/base/time.hpp"
#include "common/money/amount.hpp"
#include "common/scheme/rail.hpp"
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
    State state = State::kPending;
    CustomerId payer;
    money::AmountMinor amount;
    ElapsedTime started_at;
    Duration duration;                        // to the final state
    std::optional<ElapsedTime> scheduled_at;  // generated traffic: when it should have started
    std::string transfer;                     // lowu.v1.CreditTransfer, serialised
    std::string clearing_reference;
    std::unique_ptr<v1::StatusReason> reason;  // with kRefused

    [[nodiscard]] bool final() const { return state != State::kPending; }
};

/// Tells whoever waits that a payment has become final.
struct FinalNotice {
    scheme::Uetr uetr;
    bool settled = false;
    std::string reason_code;                  // empty when settled
    std::optional<ElapsedTime> scheduled_at;  // see OutgoingRemittance
    ElapsedTime known_at;
};

/// A payment in words that have been checked. Views live as long as the call.
struct Instruction {
    CustomerId payer;
    std::string_view payee_agent;
    std::string_view payee_account;
    std::string_view payee_name;
    std::string_view remittance_information;
    money::AmountMinor amount;
    std::optional<ElapsedTime> scheduled_at;
};

/// Both times of a step.
struct Moment {
    ElapsedTime elapsed;
    SchemeTime scheme;
};

class PayerSide {
public:
    enum class Start : std::uint8_t {
        kSent,
        kNoMoney,     // the payer's account does not hold the amount
        kOutboxFull,  // the switch has not taken up what was sent before
        kMemoryFull,  // too many payments are pending
        kBooksFull,   // the sums of the ledger would leave their range
    };

    /// books and outbox must outlive it. `code`: the bank's own.
    PayerSide(scheme::Rail rail, std::string code, Books& books, Outbox& outbox);

    /// Checks a customer's order and starts it, or finds the same one from before, or refuses it
    /// for want of money (a remittance with RJCT). `fresh`: the UETR to use when the order has
    /// none.
    [[nodiscard]] Outcome<const OutgoingRemittance*> send(const v1::SendRemittanceRequest& request,
                                                          const scheme::Uetr& fresh, Moment now);

    /// The part behind the checks: debit, then message. The UETR must be new.
    [[nodiscard]] Start start(const Instruction& instruction, const scheme::Uetr& uetr, Moment now);

    /// From the rail, SIDE_PAYER. False when this bank knows no such payment.
    [[nodiscard]] bool take_report(const v1::StatusReport& report, Moment now);

    /// From the rail: the message at `position` could not be taken up. False when it was no payment
    /// that this bank still remembers.
    [[nodiscard]] bool take_reject(const v1::MessageReject& reject, std::uint64_t position,
                                   Moment now);

    [[nodiscard]] const OutgoingRemittance* find(const scheme::Uetr& uetr) const {
        return remittances_.find(uetr);
    }

    /// Payments that became final since the last call.
    [[nodiscard]] std::vector<FinalNotice>& finals() { return finals_; }

    [[nodiscard]] std::int64_t pending() const { return pending_; }
    [[nodiscard]] std::int64_t settled() const { return settled_; }

private:
    [[nodiscard]] std::optional<CallError> check(const v1::SendRemittanceRequest& request) const;
    [[nodiscard]] std::string_view payer_name(const Customer& customer) const;
    void write_transfer(const Instruction& instruction, const scheme::Uetr& uetr, Moment now,
                        v1::CreditTransfer& transfer) const;
    const OutgoingRemittance& refuse_for_money(const Instruction& instruction,
                                               const scheme::Uetr& uetr, Moment now);
    void settle(OutgoingRemittance& remittance, Moment now);
    void give_back(OutgoingRemittance& remittance, v1::StatusReason reason, Moment now);
    void finish(OutgoingRemittance& remittance, ElapsedTime now);

    scheme::Rail rail_;
    std::string code_;
    Books& books_;
    Outbox& outbox_;
    RemittanceStore<OutgoingRemittance> remittances_;
    std::vector<FinalNotice> finals_;
    std::int64_t pending_ = 0;
    std::int64_t settled_ = 0;
};

}  // namespace lowu::bank
