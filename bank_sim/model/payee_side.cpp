// The bank as creditor agent. See payee_side.hpp; its judgement is in payee_checks.cpp.
#include "bank_sim/model/payee_side.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "bank_sim/model/digest_parts.hpp"
#include "bank_sim/model/reasons.hpp"
#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

using scheme::ResultCode;

// An exchanged credit is two entries, in two currencies; what a wrong promise needs is less.
constexpr std::int64_t kEntriesOfACredit = 2;

}  // namespace

PayeeSide::PayeeSide(scheme::Rail rail, Parts parts) : rail_(rail), parts_(parts) {}

bool PayeeSide::take_request(const v1::CreditTransferRequest& request, Arrival now) {
    const v1::CreditTransfer& transfer = request.transfer();
    const auto uetr = scheme::parse_uetr(transfer.uetr());
    if (!uetr) {
        return false;
    }
    if (const IncomingRemittance* before = remittances_.find(*uetr)) {
        if (before->transfer != transfer.SerializeAsString()) {
            // Another payment under a UETR that is used up: what is booked under it would hide it.
            answer(*uetr, ResultCode::kPayeeAgentUnspecified);
        } else if (!before->silent) {
            const bool refused = before->state == IncomingRemittance::State::kRefused;
            answer(*uetr, refused ? scheme::payee_agent_result(before->reason->code())
                                        .value_or(ResultCode::kPayeeAgentUnspecified)
                                  : ResultCode::kAccepted);
        }
        return true;
    }
    if (!remittances_.has_room()) {
        answer(*uetr, ResultCode::kPayeeAgentUnspecified);
        return true;
    }
    Judgement judgement = judge(transfer, now.scheme);
    const money::AmountMinor amount{transfer.amount_minor()};
    const AnswerPlan plan = parts_.behavior.plan_answer(judgement.accepted(), amount, now.deadline);
    behave(plan, transfer, judgement);
    if (judgement.accepted() && !parts_.books.reserve_turnover(
                                    std::max(amount, judgement.credit.amount), kEntriesOfACredit)) {
        judgement.refusal = ResultCode::kPayeeAgentUnspecified;
        judgement.text = "The bank's books can take no such amount any more.";
    }
    if (judgement.accepted() && judgement.quoted) {
        parts_.exchange.spend(*scheme::parse_uetr(transfer.exchange().quote_id()));
    }
    record(transfer, *uetr, judgement, plan.silent);
    if (!plan.silent) {
        deliver(*uetr, judgement.refusal, plan, now.elapsed);
    }
    return true;
}

// What the bank says on purpose instead of what it thinks.
void PayeeSide::behave(const AnswerPlan& plan, const v1::CreditTransfer& transfer,
                       Judgement& judgement) const {
    const money::AmountMinor amount{transfer.amount_minor()};
    switch (plan.content) {
        case AnswerPlan::Content::kRight:
            return;
        case AnswerPlan::Content::kRefuse:
            judgement.refusal = plan.refusal;
            judgement.text = "Refused by a rule of this bank.";
            return;
        case AnswerPlan::Content::kOpposite:
            break;
    }
    if (judgement.accepted()) {
        judgement.refusal = ResultCode::kPayeeAgentUnspecified;
        judgement.text = "Refused on purpose, against the bank's own judgement.";
        return;
    }
    if (money::check_amount(amount)) {
        return;  // what is no amount cannot be promised
    }
    // Whoever's account it is gets the money if it can take it as it comes.
    const money::Currency comes =
        transfer.currency() == v1::CURRENCY_HKD ? money::Currency::kHkd : money::Currency::kCny;
    if (judgement.payee && parts_.books.customer(*judgement.payee).currency != comes) {
        judgement.payee.reset();
    }
    judgement.refusal = ResultCode::kAccepted;
    judgement.quoted = false;
    judgement.credit = {amount, comes};
}

void PayeeSide::record(const v1::CreditTransfer& transfer, const scheme::Uetr& uetr,
                       const Judgement& judgement, bool silent) {
    IncomingRemittance remittance;
    remittance.uetr = uetr;
    remittance.payee = judgement.payee;
    remittance.silent = silent;
    remittance.money = {
        money::AmountMinor{transfer.amount_minor()},
        transfer.currency() == v1::CURRENCY_HKD ? money::Currency::kHkd : money::Currency::kCny};
    transfer.SerializeToString(&remittance.transfer);
    // Who says nothing waits for the outcome, whatever it thinks: the rail counts it as asked.
    const bool waits = silent && !money::check_amount(remittance.money.amount);
    if (judgement.accepted() || waits) {
        if (!judgement.accepted()) {
            remittance.payee.reset();
        }
        remittance.credit = judgement.credit;
        remittance.state = IncomingRemittance::State::kPromised;
        ++promised_;
        ++promises_;
    } else {
        remittance.reason =
            std::make_unique<v1::StatusReason>(reason_of(rail_, judgement.refusal, judgement.text));
    }
    remittances_.add(std::move(remittance));
}

void PayeeSide::deliver(const scheme::Uetr& uetr, ResultCode refusal, const AnswerPlan& plan,
                        ElapsedTime now) {
    const ElapsedTime due = now + plan.delay;
    say(uetr, refusal, due, now);
    if (plan.second == AnswerPlan::Second::kNone || !parts_.outbox.has_spare_answer_room()) {
        return;
    }
    const bool contradicts = plan.second == AnswerPlan::Second::kOpposite;
    say(uetr, contradicts ? ResultCode::kPayeeAgentUnspecified : refusal, due, now);
}

void PayeeSide::say(const scheme::Uetr& uetr, ResultCode refusal, ElapsedTime due,
                    ElapsedTime now) {
    if (due <= now || delayed_.full()) {
        answer(uetr, refusal);
        return;
    }
    parts_.outbox.hold_answer();
    delayed_.add(due, uetr, refusal);
}

void PayeeSide::on_time(ElapsedTime now) {
    while (delayed_.next_at() <= now) {
        const DelayedAnswer due = delayed_.take();
        parts_.outbox.release_answer();
        answer(due.uetr, due.refusal);
    }
}

void PayeeSide::answer(const scheme::Uetr& uetr, ResultCode refusal) {
    v1::CreditTransferAnswer& answer = parts_.outbox.add_answer();
    std::array<char, scheme::kUetrLength> text{};
    scheme::write_uetr(uetr, text.data());
    answer.mutable_uetr()->assign(text.data(), text.size());
    const bool accepted = refusal == ResultCode::kAccepted;
    answer.set_answer(accepted ? v1::ANSWER_ACCEPTED : v1::ANSWER_REJECTED);
    answer.mutable_reason_code()->assign(accepted ? std::string_view() : row_of(refusal).iso_code);
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
            if (settled) {
                apply_settled_unpromised(*remittance, report, now);
            }
            return !settled;
        case IncomingRemittance::State::kCredited:
        case IncomingRemittance::State::kUnapplied:
            return settled;  // told again: one credit
        case IncomingRemittance::State::kPromised:
            break;
    }
    if (settled) {
        apply_settled(*remittance, report, now);
    } else if (report.status() == v1::PAYMENT_STATUS_RJCT) {
        remittance->state = IncomingRemittance::State::kVoid;
        remittance->clearing_reference = report.clearing_reference();
        remittance->reason = std::make_unique<v1::StatusReason>(report.reason());
        --promised_;
    }
    return true;
}

void PayeeSide::apply_settled(IncomingRemittance& remittance, const v1::StatusReport& report,
                              SchemeTime now) {
    remittance.clearing_reference = report.clearing_reference();
    --promised_;
    if (!remittance.payee) {
        keep_unapplied(remittance, now);
        return;
    }
    if (remittance.credit.currency == remittance.money.currency) {
        parts_.books.book(EntryKind::kRemittanceReceived, *remittance.payee, remittance.money,
                          remittance.uetr, now);
    } else {
        parts_.books.book(EntryKind::kExchangeReceived, *remittance.payee, remittance.money,
                          remittance.uetr, now);
        parts_.books.book(EntryKind::kExchangePaid, *remittance.payee, remittance.credit,
                          remittance.uetr, now);
    }
    remittance.state = IncomingRemittance::State::kCredited;
    ++credited_;
    parts_.outbox.add_report().set_uetr(report.uetr());
}

// Nobody has the money, so nothing is reported as credited.
void PayeeSide::keep_unapplied(IncomingRemittance& remittance, SchemeTime now) {
    parts_.books.book(EntryKind::kUnappliedReceived, CustomerId{}, remittance.money,
                      remittance.uetr, now);
    remittance.state = IncomingRemittance::State::kUnapplied;
}

// The rail has settled what this bank had refused, or what the rail itself had dropped.
void PayeeSide::apply_settled_unpromised(IncomingRemittance& remittance,
                                         const v1::StatusReport& report, SchemeTime now) {
    if (money::check_amount(remittance.money.amount) ||
        !parts_.books.reserve_turnover(remittance.money.amount, 1)) {
        return;
    }
    remittance.clearing_reference = report.clearing_reference();
    remittance.payee.reset();
    remittance.reason.reset();
    keep_unapplied(remittance, now);
}

void PayeeSide::add_to(Digest& digest) const {
    digest.add(remittances_.first_index());
    for (std::uint64_t index = remittances_.first_index(); index < remittances_.end_index();
         ++index) {
        const IncomingRemittance& remittance = remittances_.at_index(index);
        add_part(digest, remittance.uetr);
        digest.add(remittance.state);
        digest.add(remittance.silent);
        digest.add(remittance.payee.has_value());
        digest.add(remittance.payee.value_or(CustomerId{}));
        add_part(digest, remittance.money);
        add_part(digest, remittance.credit);
        digest.add_text(remittance.transfer);
        digest.add_text(remittance.clearing_reference);
        add_part(digest, remittance.reason);
        add_part(digest, remittance.return_of);
        add_part(digest, remittance.returned);
    }
    delayed_.add_to(digest);
    digest.add(promised_);
    digest.add(credited_);
    digest.add(promises_);
}

void PayeeSide::send_back(const scheme::Uetr& original, const Returned& part) {
    IncomingRemittance* remittance = remittances_.find(original);
    LOWU_ASSERT(remittance != nullptr, "a payment that goes back is known");
    remittance->returned.amount.value += part.amount.value;
    remittance->returned.account.value += part.account.value;
}

// The oldest records make room for new ones: then nobody asks any more what is left.
void PayeeSide::keep(const scheme::Uetr& original, const Returned& part) {
    if (IncomingRemittance* remittance = remittances_.find(original)) {
        remittance->returned.amount.value -= part.amount.value;
        remittance->returned.account.value -= part.account.value;
    }
}

// Room for the entries was reserved with the payment, or just now.
void PayeeSide::take_return(const scheme::Uetr& uetr, const ReturnOf& of, const ComeBack& come_back,
                            const v1::PaymentReturned& returned, SchemeTime now) {
    book_return(uetr, come_back, now);
    if (!remittances_.has_room()) {
        return;  // booked, and forgotten at once
    }
    IncomingRemittance remittance;
    remittance.uetr = uetr;
    remittance.state = come_back.payer ? IncomingRemittance::State::kCredited
                                       : IncomingRemittance::State::kUnapplied;
    remittance.payee = come_back.payer;
    remittance.money = come_back.money;
    remittance.credit = come_back.credit;
    come_back.view.SerializeToString(&remittance.transfer);
    remittance.clearing_reference = returned.clearing_reference();
    remittance.return_of = std::make_unique<ReturnOf>(of);
    remittances_.add(std::move(remittance));
}

void PayeeSide::book_return(const scheme::Uetr& uetr, const ComeBack& come_back, SchemeTime now) {
    Books& books = parts_.books;
    if (!come_back.payer) {
        books.book(EntryKind::kReturnUnapplied, CustomerId{}, come_back.money, uetr, now);
        return;
    }
    const CustomerId payer = *come_back.payer;
    if (come_back.credit.currency == come_back.money.currency) {
        books.book(EntryKind::kReturnReceived, payer, come_back.money, uetr, now);
        return;
    }
    books.book(EntryKind::kExchangeReceived, payer, come_back.money, uetr, now);
    if (come_back.credit.amount > money::kZeroAmount) {
        books.book(EntryKind::kExchangePaid, payer, come_back.credit, uetr, now);
    }
}

}  // namespace lowu::bank
