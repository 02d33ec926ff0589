// The bank as debtor agent. See payer_side.hpp; the checks of an order are in payer_checks.cpp.
#include "bank_sim/model/payer_side.hpp"

#include <array>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

// A payment is two entries: out of the account, and on or back.
constexpr std::int64_t kEntriesOfAPayment = 2;

void set_uetr(const scheme::Uetr& uetr, std::string& text) {
    std::array<char, scheme::kUetrLength> characters{};
    scheme::write_uetr(uetr, characters.data());
    text.assign(characters.data(), characters.size());
}

}  // namespace

PayerSide::PayerSide(scheme::Rail rail, std::string code, Books& books, Outbox& outbox)
    : rail_(rail), code_(std::move(code)), books_(books), outbox_(outbox) {}

PayerSide::Start PayerSide::start(const Instruction& instruction, const scheme::Uetr& uetr,
                                  Moment now) {
    if (!outbox_.has_transfer_room()) {
        return Start::kOutboxFull;
    }
    if (!remittances_.has_room()) {
        return Start::kMemoryFull;
    }
    if (books_.customer(instruction.payer).balance < instruction.amount) {
        return Start::kNoMoney;
    }
    if (!books_.reserve_turnover(instruction.amount, kEntriesOfAPayment)) {
        return Start::kBooksFull;
    }
    books_.book(EntryKind::kRemittanceSent, instruction.payer, instruction.amount, uetr,
                now.scheme);
    OutgoingRemittance remittance;
    remittance.uetr = uetr;
    remittance.position = outbox_.end_position();
    remittance.sent = true;
    remittance.payer = instruction.payer;
    remittance.amount = instruction.amount;
    remittance.started_at = now.elapsed;
    remittance.scheduled_at = instruction.scheduled_at;
    v1::CreditTransfer& transfer = outbox_.add_transfer();
    write_transfer(instruction, uetr, now, transfer);
    transfer.SerializeToString(&remittance.transfer);
    remittances_.add(std::move(remittance));
    ++pending_;
    return Start::kSent;
}

void PayerSide::write_transfer(const Instruction& instruction, const scheme::Uetr& uetr, Moment now,
                               v1::CreditTransfer& transfer) const {
    const Customer& payer = books_.customer(instruction.payer);
    set_uetr(uetr, *transfer.mutable_uetr());
    transfer.set_service(v1::SERVICE_P2P_REMITTANCE);
    transfer.set_payer_agent(code_);
    transfer.mutable_payee_agent()->assign(instruction.payee_agent);
    transfer.set_payer_account(payer.account);
    transfer.mutable_payee_account()->assign(instruction.payee_account);
    transfer.set_amount_minor(instruction.amount.value);
    transfer.set_currency(v1::CURRENCY_CNY);
    transfer.set_creation_time_ms(now.scheme.value);
    v1::CarriedDetails& carried = *transfer.mutable_carried();
    carried.mutable_payer_name()->assign(payer_name(payer));
    carried.mutable_payee_name()->assign(instruction.payee_name);
    carried.mutable_remittance_information()->assign(instruction.remittance_information);
}

// As each side of the border writes its customers' names.
std::string_view PayerSide::payer_name(const Customer& customer) const {
    return rail_ == scheme::Rail::kIbps && !customer.name_zh.empty() ? customer.name_zh
                                                                     : customer.name_en;
}

const OutgoingRemittance& PayerSide::refuse_for_money(const Instruction& instruction,
                                                      const scheme::Uetr& uetr, Moment now) {
    OutgoingRemittance remittance;
    remittance.uetr = uetr;
    remittance.position = outbox_.end_position();
    remittance.payer = instruction.payer;
    remittance.amount = instruction.amount;
    remittance.started_at = now.elapsed;
    remittance.state = OutgoingRemittance::State::kRefused;
    remittance.reason = std::make_unique<v1::StatusReason>();
    remittance.reason->set_code("AM04");
    remittance.reason->set_text("The payer's account does not hold this amount.");
    v1::CreditTransfer transfer;
    write_transfer(instruction, uetr, now, transfer);
    transfer.SerializeToString(&remittance.transfer);
    OutgoingRemittance& added = remittances_.add(std::move(remittance));
    finish(added, now.elapsed);
    return added;
}

bool PayerSide::take_report(const v1::StatusReport& report, Moment now) {
    const auto uetr = scheme::parse_uetr(report.uetr());
    OutgoingRemittance* remittance = uetr ? remittances_.find(*uetr) : nullptr;
    if (remittance == nullptr || !remittance->sent) {
        return false;
    }
    if (remittance->final()) {
        return true;  // told again: the first stands
    }
    if (report.status() == v1::PAYMENT_STATUS_ACSC) {
        remittance->clearing_reference = report.clearing_reference();
        settle(*remittance, now);
    } else if (report.status() == v1::PAYMENT_STATUS_RJCT) {
        remittance->clearing_reference = report.clearing_reference();
        give_back(*remittance, report.reason(), now);
    }
    return true;  // ACSP: still pending
}

bool PayerSide::take_reject(const v1::MessageReject& reject, std::uint64_t position, Moment now) {
    // Positions grow with the order of records; a record without a message stands just before.
    OutgoingRemittance* remittance =
        remittances_.find_ordered(position * 2 + 1, [](const OutgoingRemittance& record) {
            return record.position * 2 + (record.sent ? 1 : 0);
        });
    if (remittance == nullptr) {
        return false;
    }
    if (remittance->final()) {
        return true;
    }
    v1::StatusReason reason;
    reason.set_code("NARR");  // ISO 20022 ExternalStatusReason1Code: the reason is in the text
    reason.set_text("The rail could not take up the message: " + reject.field() + " " +
                    reject.rule());
    reason.set_field(reject.field());
    give_back(*remittance, std::move(reason), now);
    return true;
}

void PayerSide::settle(OutgoingRemittance& remittance, Moment now) {
    books_.book(EntryKind::kRemittanceSettled, remittance.payer, remittance.amount, remittance.uetr,
                now.scheme);
    remittance.state = OutgoingRemittance::State::kSettled;
    --pending_;
    ++settled_;
    finish(remittance, now.elapsed);
}

void PayerSide::give_back(OutgoingRemittance& remittance, v1::StatusReason reason, Moment now) {
    books_.book(EntryKind::kRemittanceReturned, remittance.payer, remittance.amount,
                remittance.uetr, now.scheme);
    remittance.state = OutgoingRemittance::State::kRefused;
    remittance.reason = std::make_unique<v1::StatusReason>(std::move(reason));
    --pending_;
    finish(remittance, now.elapsed);
}

void PayerSide::finish(OutgoingRemittance& remittance, ElapsedTime now) {
    remittance.duration = now - remittance.started_at;
    const bool settled = remittance.state == OutgoingRemittance::State::kSettled;
    finals_.push_back(FinalNotice{remittance.uetr, settled,
                                  settled ? std::string() : remittance.reason->code(),
                                  remittance.scheduled_at, now});
}

}  // namespace lowu::bank
