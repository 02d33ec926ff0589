// The bank as debtor agent. See payer_side.hpp; what an order says is in payer_checks.cpp, what is
// pending for too long in payer_enquiries.cpp.
#include "bank_sim/model/payer_side.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "bank_sim/model/digest_parts.hpp"
#include "bank_sim/model/reasons.hpp"
#include "bank_sim/model/wire_currency.hpp"
#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

// A payment is three entries: out of the account, on or back, and into the account again by
// returns. With an exchange the first and the last are two each, and so is the one in between when
// it goes back.
constexpr std::int64_t kEntriesOfAPayment = 3;
constexpr std::int64_t kEntriesOfAnExchange = 6;

// What no rail can take up, on purpose.
constexpr const char* kBrokenUetr = "not-a-uetr";

void set_uetr(const scheme::Uetr& uetr, std::string& text) {
    std::array<char, scheme::kUetrLength> characters{};
    scheme::write_uetr(uetr, characters.data());
    text.assign(characters.data(), characters.size());
}

void set_token(const scheme::PersonToken& token, std::string& bytes) {
    const auto written = scheme::person_token_bytes(token);
    bytes.assign(written.data(), written.size());
}

}  // namespace

PayerSide::PayerSide(Options options, Parts parts)
    : options_(std::move(options)), parts_(parts), persons_(std::move(options_.token_keys)) {}

PayerSide::Start PayerSide::start(const Instruction& instruction, const scheme::Uetr& uetr,
                                  Moment now) {
    if (!parts_.outbox.has_own_room()) {
        return Start::kOutboxFull;
    }
    if (!remittances_.has_room()) {
        return Start::kMemoryFull;
    }
    OutgoingRemittance remittance;
    remittance.exchanged = is_exchanged(instruction);
    remittance.money = {instruction.amount, instruction.currency};
    remittance.debited = remittance.exchanged ? instruction.exchange->hkd : instruction.amount;
    const Customer& payer = parts_.books.customer(instruction.payer);
    if (payer.balance < remittance.debited) {
        return Start::kNoMoney;
    }
    const bool needs_tokens = payer.holder == scheme::PartyKind::kPerson &&
                              instruction.service != scheme::Service::kDomestic;
    const PersonTokens* tokens = needs_tokens ? tokens_of(instruction.payer, now) : nullptr;
    if (needs_tokens && tokens == nullptr) {
        return Start::kNoTokenKey;
    }
    const bool may_be_more = remittance.debited < payer.balance &&
                             remittance.money.amount < money::kMaxAmountMinor &&
                             parts_.behavior.may_instruct_wrong_amount();
    const money::AmountMinor most{std::max(remittance.money.amount, remittance.debited).value +
                                  (may_be_more ? 1 : 0)};
    // The last check: from here on the payment goes, and nothing before has changed anything.
    if (!parts_.books.reserve_turnover(
            most, remittance.exchanged ? kEntriesOfAnExchange : kEntriesOfAPayment)) {
        return Start::kBooksFull;
    }
    if (may_be_more && parts_.behavior.instructs_wrong_amount()) {
        remittance.one_fen_more = true;
        ++remittance.money.amount.value;
        remittance.debited.value += remittance.exchanged ? 0 : 1;
    }
    remittance.uetr = uetr;
    remittance.sent = true;
    remittance.suspicious = instruction.suspicious;
    remittance.payer = instruction.payer;
    remittance.started_at = now.elapsed;
    remittance.scheduled_at = instruction.scheduled_at;
    debit(remittance, now.scheme);
    if (remittance.exchanged) {
        parts_.exchange.spend(instruction.exchange->quote);
    }
    send_transfer(instruction, remittance, now.scheme, tokens);
    remittances_.add(std::move(remittance));
    ++pending_;
    return Start::kSent;
}

void PayerSide::debit(const OutgoingRemittance& remittance, SchemeTime now) {
    ++debits_;
    if (remittance.exchanged) {
        const Money debited{remittance.debited, money::Currency::kHkd};
        parts_.books.book(EntryKind::kExchangeTaken, remittance.payer, debited, remittance.uetr,
                          now);
        parts_.books.book(EntryKind::kExchangeSent, remittance.payer, remittance.money,
                          remittance.uetr, now);
        return;
    }
    const EntryKind returned =
        remittance.unapplied ? EntryKind::kUnappliedSent : EntryKind::kReturnSent;
    parts_.books.book(remittance.return_of ? returned : EntryKind::kRemittanceSent,
                      remittance.payer, remittance.money, remittance.uetr, now);
}

void PayerSide::send_transfer(const Instruction& instruction, OutgoingRemittance& remittance,
                              SchemeTime now, const PersonTokens* tokens) {
    const SchemeTime created = now + parts_.behavior.clock_skew();
    if (parts_.outbox.has_own_room(2) && parts_.behavior.sends_bad_message()) {
        v1::CreditTransfer& bad = parts_.outbox.add_transfer();
        write_transfer(instruction, remittance.uetr, created, tokens, bad);
        bad.set_uetr(kBrokenUetr);
    }
    remittance.position = parts_.outbox.end_position();
    v1::CreditTransfer& transfer = parts_.outbox.add_transfer();
    write_transfer(instruction, remittance.uetr, created, tokens, transfer);
    transfer.set_amount_minor(remittance.money.amount.value);
    transfer.SerializeToString(&remittance.transfer);
}

// The message may hold the fields of an earlier one: every field is set or cleared.
void PayerSide::write_transfer(const Instruction& instruction, const scheme::Uetr& uetr,
                               SchemeTime created, const PersonTokens* tokens,
                               v1::CreditTransfer& transfer) const {
    const Customer& payer = parts_.books.customer(instruction.payer);
    set_uetr(uetr, *transfer.mutable_uetr());
    transfer.set_service(static_cast<v1::Service>(instruction.service));
    transfer.set_payer_agent(options_.code);
    transfer.mutable_payee_agent()->assign(instruction.payee_agent);
    transfer.set_payer_account(payer.account);
    transfer.mutable_payee_account()->assign(instruction.payee_account);
    transfer.set_amount_minor(instruction.amount.value);
    transfer.set_currency(write_currency(instruction.currency));
    transfer.set_creation_time_ms(created.value);
    transfer.set_purpose(static_cast<v1::Purpose>(instruction.purpose));
    write_payer(payer, tokens, *transfer.mutable_payer());
    transfer.clear_payee_proxy();
    if (instruction.payee_proxy != nullptr) {
        *transfer.mutable_payee_proxy()->mutable_proxy() = *instruction.payee_proxy;
        transfer.mutable_payee_proxy()->set_reference(instruction.proxy_reference);
    }
    transfer.clear_exchange();
    if (instruction.exchange) {
        v1::Exchange& exchange = *transfer.mutable_exchange();
        set_uetr(instruction.exchange->quote, *exchange.mutable_quote_id());
        exchange.set_hkd_minor(instruction.exchange->hkd.value);
        exchange.set_rate_e8(instruction.exchange->rate.value);
    }
    v1::CarriedDetails& carried = *transfer.mutable_carried();
    carried.mutable_payer_name()->assign(payer_name(payer));
    carried.mutable_payee_name()->assign(instruction.payee_name);
    carried.mutable_remittance_information()->assign(instruction.remittance_information);
}

// Within one rail nobody asks for a document, so none is shown.
void PayerSide::write_payer(const Customer& payer, const PersonTokens* tokens,
                            v1::Payer& wire) const {
    wire.set_kind(static_cast<v1::PartyKind>(payer.holder));
    if (tokens == nullptr) {
        wire.clear_document();
        wire.clear_token();
        wire.clear_token_version();
        wire.clear_previous_token();
        return;
    }
    wire.set_document(static_cast<v1::DocumentType>(payer.document));
    set_token(tokens->token, *wire.mutable_token());
    wire.set_token_version(tokens->version);
    if (tokens->previous.none()) {
        wire.clear_previous_token();
    } else {
        set_token(tokens->previous, *wire.mutable_previous_token());
    }
}

// Only on the Hong Kong side is the payer's account exchanged; southbound the quote is about the
// payee's.
bool PayerSide::is_exchanged(const Instruction& instruction) const {
    return instruction.exchange.has_value() && options_.rail == scheme::Rail::kFps;
}

// As each side of the border writes its customers' names.
std::string_view PayerSide::payer_name(const Customer& customer) const {
    return options_.rail == scheme::Rail::kIbps && !customer.name_zh.empty() ? customer.name_zh
                                                                             : customer.name_en;
}

const PersonTokens* PayerSide::tokens_of(CustomerId payer, Moment now) {
    return persons_.find(payer, parts_.books.customer(payer), parts_.token_version.at(now.scheme));
}

Outcome<const OutgoingRemittance*> PayerSide::refuse(const Instruction& instruction,
                                                     const scheme::Uetr& uetr, Moment now,
                                                     v1::StatusReason reason) {
    if (!remittances_.has_room()) {
        return CallError{CallError::Kind::kFull, "TOO_MANY_PENDING", "",
                         "too many payments of this bank are pending"};
    }
    OutgoingRemittance remittance;
    remittance.uetr = uetr;
    remittance.position = parts_.outbox.end_position();
    remittance.payer = instruction.payer;
    remittance.money = {instruction.amount, instruction.currency};
    remittance.suspicious = instruction.suspicious;
    remittance.started_at = now.elapsed;
    remittance.scheduled_at = instruction.scheduled_at;
    v1::CreditTransfer transfer;
    write_transfer(instruction, uetr, now.scheme, nullptr, transfer);
    transfer.SerializeToString(&remittance.transfer);
    return &add_refused(std::move(remittance), std::move(reason), now);
}

// Refused by this bank itself, with nothing moved.
const OutgoingRemittance& PayerSide::add_refused(OutgoingRemittance remittance,
                                                 v1::StatusReason reason, Moment now) {
    remittance.state = OutgoingRemittance::State::kRefused;
    remittance.reason = std::make_unique<v1::StatusReason>(std::move(reason));
    OutgoingRemittance& added = remittances_.add(std::move(remittance));
    finish(added, now.elapsed);
    return added;
}

PayerSide::ReportTaken PayerSide::take_report(const v1::StatusReport& report, Moment now) {
    const auto uetr = scheme::parse_uetr(report.uetr());
    OutgoingRemittance* remittance = uetr ? remittances_.find(*uetr) : nullptr;
    if (remittance == nullptr) {
        return ReportTaken::kUnknownPayment;
    }
    if (remittance->final()) {
        return take_again(*remittance, report.status(), now.scheme);
    }
    if (report.status() == v1::PAYMENT_STATUS_ACSC) {
        remittance->clearing_reference = report.clearing_reference();
        settle(*remittance, now);
    } else if (report.status() == v1::PAYMENT_STATUS_RJCT) {
        remittance->clearing_reference = report.clearing_reference();
        give_back(*remittance, report.reason(), now);
    }
    return ReportTaken::kDone;  // ACSP: still pending
}

// The first final report stands for the customer. But what the rail has taken from the bank after a
// refusal is gone, so it is booked, once.
PayerSide::ReportTaken PayerSide::take_again(OutgoingRemittance& remittance,
                                             v1::PaymentStatus status, SchemeTime now) {
    const bool was_settled = remittance.state == OutgoingRemittance::State::kSettled;
    const bool is_settled = status == v1::PAYMENT_STATUS_ACSC;
    if (was_settled == is_settled || status == v1::PAYMENT_STATUS_ACSP) {
        return ReportTaken::kDone;
    }
    if (is_settled && !remittance.taken_after_refusal &&
        parts_.books.reserve_turnover(remittance.money.amount, 1)) {
        remittance.taken_after_refusal = true;
        parts_.books.book(EntryKind::kUnappliedSettled, remittance.payer, remittance.money,
                          remittance.uetr, now);
    }
    return ReportTaken::kContradiction;
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
    // The code says that the reason is in the text.
    v1::StatusReason reason = reason_of(
        options_.rail, scheme::ResultCode::kMessageNotTakenUp,
        "The rail could not take up the message: " + reject.field() + " " + reject.rule());
    reason.set_field(reject.field());
    give_back(*remittance, std::move(reason), now);
    return true;
}

void PayerSide::settle(OutgoingRemittance& remittance, Moment now) {
    parts_.books.book(EntryKind::kRemittanceSettled, remittance.payer, remittance.money,
                      remittance.uetr, now.scheme);
    remittance.state = OutgoingRemittance::State::kSettled;
    --pending_;
    ++settled_;
    finish(remittance, now.elapsed);
}

// At the rate at which it was taken: the payer has back what was debited, to the cent.
void PayerSide::give_back(OutgoingRemittance& remittance, v1::StatusReason reason, Moment now) {
    if (remittance.exchanged) {
        const Money debited{remittance.debited, money::Currency::kHkd};
        parts_.books.book(EntryKind::kExchangeReversed, remittance.payer, remittance.money,
                          remittance.uetr, now.scheme);
        parts_.books.book(EntryKind::kExchangeReturned, remittance.payer, debited, remittance.uetr,
                          now.scheme);
    } else {
        parts_.books.book(
            remittance.unapplied ? EntryKind::kUnappliedKept : EntryKind::kRemittanceReturned,
            remittance.payer, remittance.money, remittance.uetr, now.scheme);
    }
    if (remittance.return_of) {
        refused_returns_.push_back(
            {remittance.return_of->original, {remittance.money.amount, remittance.debited}});
    }
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
                                  remittance.scheduled_at, now, remittance.money});
    pass_final();
}

void PayerSide::add_to(Digest& digest) const {
    digest.add(remittances_.first_index());
    for (std::uint64_t index = remittances_.first_index(); index < remittances_.end_index();
         ++index) {
        const OutgoingRemittance& remittance = remittances_.at_index(index);
        add_part(digest, remittance.uetr);
        digest.add(remittance.position);
        digest.add(remittance.sent);
        digest.add(remittance.exchanged);
        digest.add(remittance.one_fen_more);
        digest.add(remittance.suspicious);
        digest.add(remittance.unapplied);
        digest.add(remittance.taken_after_refusal);
        digest.add(remittance.state);
        digest.add(remittance.payer);
        add_part(digest, remittance.money);
        digest.add(remittance.debited);
        digest.add(remittance.started_at);
        digest.add(remittance.duration.us);
        digest.add(remittance.scheduled_at.value_or(kNever));
        digest.add_text(remittance.transfer);
        digest.add_text(remittance.clearing_reference);
        add_part(digest, remittance.reason);
        add_part(digest, remittance.return_of);
        add_part(digest, remittance.returned);
    }
    digest.add(pending_);
    digest.add(settled_);
    digest.add(debits_);
    digest.add(enquire_after_.us);
    digest.add(not_enquired_);
    for (const auto& [due, again] : again_) {
        digest.add(due);
        add_part(digest, again.uetr);
        digest.add(again.wait.us);
    }
}

}  // namespace lowu::bank
