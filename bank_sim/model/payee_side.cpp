// The bank as creditor agent. See payee_side.hpp.
#include "bank_sim/model/payee_side.hpp"

#include <utility>

#include "common/scheme/carried.hpp"

namespace lowu::bank {

PayeeSide::PayeeSide(Books& books, Outbox& outbox) : books_(books), outbox_(outbox) {}

bool PayeeSide::take_request(const v1::CreditTransferRequest& request) {
    const v1::CreditTransfer& transfer = request.transfer();
    const auto uetr = scheme::parse_uetr(transfer.uetr());
    if (!uetr) {
        return false;
    }
    if (const IncomingRemittance* before = remittances_.find(*uetr)) {
        const bool refused = before->state == IncomingRemittance::State::kRefused;
        answer(transfer, refused ? std::string_view(before->reason->code()) : std::string_view());
        return true;
    }
    if (!remittances_.has_room()) {
        answer(transfer, "MS03");
        return true;
    }
    Judgement judgement = judge(transfer);
    const money::AmountMinor amount{transfer.amount_minor()};
    if (judgement.refusal.empty() && !books_.reserve_turnover(amount, 1)) {
        judgement = {"MS03", "The bank's books can take no such amount any more.", CustomerId{}};
    }
    record(transfer, *uetr, judgement);
    answer(transfer, judgement.refusal);
    return true;
}

PayeeSide::Judgement PayeeSide::judge(const v1::CreditTransfer& transfer) const {
    const v1::CarriedDetails& carried = transfer.carried();
    if (scheme::check_carried(
            {carried.payer_name(), carried.payee_name(), carried.remittance_information()}) ||
        money::check_amount(money::AmountMinor{transfer.amount_minor()})) {
        return {"MS03", "The message does not hold what a credit transfer must hold.",
                CustomerId{}};
    }
    const auto payee = books_.find(transfer.payee_account());
    if (!payee) {
        return {"AC03", "The bank has no such account.", CustomerId{}};
    }
    if (books_.customer(*payee).currency != money::Currency::kCny ||
        transfer.currency() != v1::CURRENCY_CNY) {
        return {"AC11", "The payee's account is not in CNY.", CustomerId{}};
    }
    return {"", "", *payee};
}

void PayeeSide::record(const v1::CreditTransfer& transfer, const scheme::Uetr& uetr,
                       Judgement judgement) {
    IncomingRemittance remittance;
    remittance.uetr = uetr;
    remittance.payee = judgement.payee;
    remittance.amount = money::AmountMinor{transfer.amount_minor()};
    transfer.SerializeToString(&remittance.transfer);
    if (judgement.refusal.empty()) {
        remittance.state = IncomingRemittance::State::kPromised;
        ++promised_;
    } else {
        remittance.reason = std::make_unique<v1::StatusReason>();
        remittance.reason->set_code(std::string(judgement.refusal));
        remittance.reason->set_text(std::string(judgement.text));
    }
    remittances_.add(std::move(remittance));
}

void PayeeSide::answer(const v1::CreditTransfer& transfer, std::string_view refusal) {
    v1::CreditTransferAnswer& answer = outbox_.add_answer();
    answer.set_uetr(transfer.uetr());
    answer.set_answer(refusal.empty() ? v1::ANSWER_ACCEPTED : v1::ANSWER_REJECTED);
    answer.mutable_reason_code()->assign(refusal);
}

bool PayeeSide::take_report(const v1::StatusReport& report, SchemeTime now) {
    const auto uetr = scheme::parse_uetr(report.uetr());
    IncomingRemittance* remittance = uetr ? remittances_.find(*uetr) : nullptr;
    const bool settled = report.status() == v1::PAYMENT_STATUS_ACSC;
    if (remittance == nullptr) {
        return false;
    }
    switch (remittance->state) {
        case IncomingRemittance::State::kRefused:
        case IncomingRemittance::State::kVoid:
            return !settled;
        case IncomingRemittance::State::kCredited:
            return settled;  // told again: one credit
        case IncomingRemittance::State::kPromised:
            break;
    }
    if (settled) {
        credit(*remittance, report, now);
    } else if (report.status() == v1::PAYMENT_STATUS_RJCT) {
        remittance->state = IncomingRemittance::State::kVoid;
        remittance->clearing_reference = report.clearing_reference();
        remittance->reason = std::make_unique<v1::StatusReason>(report.reason());
        --promised_;
    }
    return true;
}

void PayeeSide::credit(IncomingRemittance& remittance, const v1::StatusReport& report,
                       SchemeTime now) {
    books_.book(EntryKind::kRemittanceReceived, remittance.payee, remittance.amount,
                remittance.uetr, now);
    remittance.state = IncomingRemittance::State::kCredited;
    remittance.clearing_reference = report.clearing_reference();
    --promised_;
    ++credited_;
    outbox_.add_report().set_uetr(report.uetr());
}

}  // namespace lowu::bank
