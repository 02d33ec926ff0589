// PayeeSide: the bank as creditor agent: promises, and credits when the rail says settled, once for
// each UETR. Called by Bank, on the bank's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bank_sim/model/books.hpp"
#include "bank_sim/model/outbox.hpp"
#include "bank_sim/model/remittance_store.hpp"
#include "common/base/time.hpp"
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
        kVoid,  // promised, then dropped by the rail: nothing moved
    };

    scheme::Uetr uetr;
    State state = State::kRefused;
    CustomerId payee;  // meaningless with kRefused
    money::AmountMinor amount;
    std::string transfer;  // lowu.v1.CreditTransfer, serialised
    std::string clearing_reference;
    std::unique_ptr<v1::StatusReason> reason;  // with kRefused and kVoid

    [[nodiscard]] bool final() const { return state != State::kPromised; }
};

class PayeeSide {
public:
    /// books and outbox must outlive it.
    PayeeSide(Books& books, Outbox& outbox);

    /// The rail asks. Puts the answer into the outbox; a repeated request gets the first answer
    /// again. False, and no answer, when it has no UETR to answer to.
    [[nodiscard]] bool take_request(const v1::CreditTransferRequest& request);

    /// The rail's outcome, SIDE_PAYEE: settled means credit now. False when this bank made no such
    /// promise, so that settled money has no account.
    [[nodiscard]] bool take_report(const v1::StatusReport& report, SchemeTime now);

    [[nodiscard]] const IncomingRemittance* find(const scheme::Uetr& uetr) const {
        return remittances_.find(uetr);
    }

    [[nodiscard]] std::int64_t promised() const { return promised_; }
    [[nodiscard]] std::int64_t credited() const { return credited_; }

private:
    struct Judgement {
        std::string_view refusal;  // ISO 20022 reason code; empty: accepted
        std::string_view text;
        CustomerId payee;
    };

    [[nodiscard]] Judgement judge(const v1::CreditTransfer& transfer) const;
    void record(const v1::CreditTransfer& transfer, const scheme::Uetr& uetr, Judgement judgement);
    void answer(const v1::CreditTransfer& transfer, std::string_view refusal);
    void credit(IncomingRemittance& remittance, const v1::StatusReport& report, SchemeTime now);

    Books& books_;
    Outbox& outbox_;
    RemittanceStore<IncomingRemittance> remittances_;
    std::int64_t promised_ = 0;
    std::int64_t credited_ = 0;
};

}  // namespace lowu::bank
