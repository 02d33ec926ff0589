// The table of planted bugs; see bugs.hpp.
#include "tests/planted/bugs.hpp"

#include <array>

namespace lowu::planted {
namespace {

constexpr std::string_view kDestination = "switch/core/cell_destination.cpp";
constexpr std::string_view kOrigin = "switch/core/cell_origin.cpp";
constexpr std::string_view kReturn = "switch/core/cell_return.cpp";
constexpr std::string_view kSessions = "switch/engine/engine_sessions.cpp";

constexpr Bug kBugs[] = {
    // Money.
    {1, "a reservation is not released when the payee's bank is silent", kDestination,
     R"(release(payment, *agent_account_);)",
     R"(if (event != PaymentEvent::kPayeeDeadline) release(payment, *agent_account_);)",
     "reservations end in time", 20},
    {2, "an HKD reservation is released on the CNY account", "switch/core/cell_domestic.cpp",
     R"(release(payment, account_of(payment.local_agent, payment.currency));)",
     R"(release(payment, participant(payment.local_agent).cny);)", "reservations match payments",
     20},
    {3, "a fee of one minor unit is booked on one side only", "switch/core/ledger.cpp",
     R"(credit.balance.value += entry.amount.value;)",
     R"(credit.balance.value +=
        entry.amount.value - (entry.amount.value > 100'000 && debit.owner != scheme::kNoAgent);)",
     "money is conserved", 20},
    {4, "the claim of a return is booked the wrong way round", kReturn,
     R"(post(&payment, {claim_contra_, claim_, payment.amount});)",
     R"(post(&payment, {claim_, claim_contra_, payment.amount});)", "claims cancel", 20},
    {5, "a return is taken from the bank that should get it", kReturn,
     R"(post(&payment, {*agent_account_, participant(payment.local_agent).cny, payment.amount});)",
     R"(post(&payment, {participant(payment.local_agent).cny, *agent_account_, payment.amount});)",
     "positions follow payments", 20},
    {6, "what is reserved counts as free", "switch/core/ledger.cpp",
     R"(return account(index).available() >= amount;)",
     R"(return account(index).available().value + account(index).reserved.value >= amount.value;)",
     "nobody is beyond its limit", 40},

    // Payments.
    {7, "a repeated instruction is not looked for in the archive",
     "switch/engine/engine_memory.cpp",
     R"(if (transfer->creation_time > forgotten) return std::nullopt;)", R"(return std::nullopt;)",
     "a UETR is unique", 20},
    {8, "a snapshot does not say that something was forgotten", "switch/engine/engine.cpp",
     R"(if (cell(rail).forgotten() > 0) last_forget_ = recovered_;)", R"({})", "a UETR is unique",
     60},
    {9, "an accepting answer counts although the payment has ended", kDestination,
     R"(at(*index).state != PaymentState::kAsked)",
     R"(at(*index).state != PaymentState::kAsked && answer.result != ResultCode::kAccepted)",
     "final is final", 20},
    {10, "the room for an outcome is not given back after silence", kDestination,
     R"(at(payment.local_agent).outcomes_owed -= 1;)",
     R"(at(payment.local_agent).outcomes_owed -= event == PaymentEvent::kPayeeDeadline ? 0 : 1;)",
     "room matches pending", 20},
    {11, "a bank that was silent is not told that the request is void",
     "switch/core/cell_domestic.cpp", R"(put_out_for(stamp, OutboxKind::kVoid, index);)",
     R"(if (event != PaymentEvent::kPayeeDeadline) put_out_for(stamp, OutboxKind::kVoid, index);)",
     "one outcome a request", 20},
    {12, "a payer's bank that is away is not told that its payment is settled", kOrigin,
     R"(put_out_for(stamp, OutboxKind::kSettled, *index);)",
     R"(if (participant(payment.local_agent).online)
        put_out_for(stamp, OutboxKind::kSettled, *index);)",
     "the payer is told the truth", 40},
    {13, "an enquiry is always answered as to the payer's bank", "switch/core/cell_enquiry.cpp",
     R"(entry.standing = standing_of(request.side, state);)",
     R"(entry.standing = standing_of(Side::kPayer, state);)", "enquiries are answered truly", 20},
    {14, "the reason of a refusal is lost on its way back", kOrigin,
     R"(payment.result = message.result;)",
     R"(payment.result = ResultCode::kPayeeAgentUnspecified;)", "legs agree", 20},
    {15, "a domestic return is told to the bank that sent it", kReturn,
     R"(put_out(stamp, original.local_agent, entry);)",
     R"(put_out(stamp, payment.local_agent, entry);)", "returns follow payments", 20},
    {16, "the payee's time begins when the message is queued", kDestination,
     R"(stamp.elapsed + parameters().payee_deadline)",
     R"(stamp.elapsed + parameters().queue_allowance + parameters().payee_deadline)",
     "reservations end in time", 20},
    {17, "payments that a message refers to are forgotten", "switch/core/cell_memory.cpp",
     R"(return !is_final(payment.state) || payment.pins > 0;)",
     R"(return !is_final(payment.state);)", "the program's own assertions hold", 40},

    // Quotas.
    {18, "a refused payment keeps its part of the quota", kOrigin,
     R"(end_quota(*index, QuotaMove::kReleased);)", R"(end_quota(*index, QuotaMove::kCommitted);)",
     "quotas follow payments", 20},
    {19, "what was taken yesterday is used up today", "switch/core/quota.cpp",
     R"(if (committed && same_day) add(use.used.day, hold.amounts.day);)",
     R"(if (committed) add(use.used.day, hold.amounts.day);)", "quotas follow payments", 60},
    {20, "the southbound day is counted in USD", kOrigin,
     R"(return QuotaAmounts{rail_ == Rail::kFps ? *counted : transfer.amount, *counted};)",
     R"(return QuotaAmounts{*counted, *counted};)", "the reference predicts all", 20},

    // Numbers, log, recovery.
    {21, "a session that is taken up again goes on behind the newest message", kSessions,
     R"(rpc::NumberSender(received + 1))",
     R"(rpc::NumberSender(std::max(received + 1, durable_end(participant.outbox))))",
     "sessions keep order", 20},
    {22, "a recovered log is not written once more", "common/log/recovery.cpp",
     R"(scan.last_record_bytes > 0)", R"(false)", "everything comes to rest", 60},
    {23, "messages leave before their batch is synced", kSessions,
     R"(outbox.entry(middle).sequence <= durable_)", R"(true)", "durable before said", 20},
    {24, "a small batch is acknowledged without a sync", "common/log/segment_log.cpp",
     R"(current_->datasync())", R"(header.count < 6 ? Result<void>() : current_->datasync())",
     "nothing released is lost", 60},
    {25, "a torn record is taken for a whole one", "common/log/scan.cpp",
     R"(!sealed(rest.first(static_cast<std::size_t>(record_bytes)), header))", R"(false)",
     "everything comes to rest", 40},
    {26, "an amount is logged in whole units", "switch/journal/encode.cpp",
     R"(to.set_year(command.year);
        to.set_amount_minor(command.amount.value);)",
     R"(to.set_year(command.year);
        to.set_amount_minor(command.amount.value / 100);)",
     "replay is the same", 20},
    {27, "messages are acknowledged when they are taken up, not when that is durable",
     "switch/engine/engine.cpp", R"(one.durable_number = one.sealed_number;)",
     R"(one.durable_number = cell(key.rail).participant(key.participant).last_number;)",
     "durable before said", 40},
    // Banks, and what they are told.
    {28, "a bank credits when it promises", "bank_sim/model/payee_side.cpp", R"(++promises_;)",
     R"(++promises_;
        if (remittance.payee && judgement.accepted()) {
            v1::StatusReport early;
            early.set_uetr(transfer.uetr());
            apply_settled(remittance, early, SchemeTime{});
        })",
     "credit follows settled", 20},
    {29, "a bank does not book its settled returns", "bank_sim/model/payer_side.cpp",
     R"(parts_.books.book(EntryKind::kRemittanceSettled, remittance.payer, remittance.money,
                      remittance.uetr, now.scheme);)",
     R"(if (!remittance.return_of)
        parts_.books.book(EntryKind::kRemittanceSettled, remittance.payer, remittance.money,
                          remittance.uetr, now.scheme);)",
     "banks' books fit", 20},
    {30, "a bank with nothing to say acknowledges nothing", "bank_sim/model/session_end.cpp",
     R"(safe_received() == acknowledged_sent_ && credit_to_grant() == credit_sent_)", R"(true)",
     "outboxes drain", 20},
    {31, "a bank goes on behind what it has sent, not behind what has come",
     "bank_sim/model/session_end.cpp", R"(sender_ = rpc::NumberSender(reply.last_received() + 1);)",
     R"(sender_ = rpc::NumberSender(
        std::max(reply.last_received() + 1, number_of(sent_position_)));)",
     "nobody sees what may not be", 40},
    {32, "a request says when it was accepted for when it was made", "switch/session/give.cpp",
     R"(body.creation_time.value)", R"(payment.acceptance_time.value)", "parties agree", 20},
    {33, "the follower does not count what comes back", "switch/follower/observer.cpp",
     R"(credit.credits.value += entry.amount.value;)",
     R"(if (payment == nullptr || !core::is_return(payment->leg))
        credit.credits.value += entry.amount.value;)",
     "the follower has all", 20},

    // How the programs' loops are modelled.
    {34, "what is forgotten while the archive is asked is not asked for again",
     "simulator/world/switch_process.cpp",
     R"(!wanted.empty() && parked.asked_at != process_->engine.last_forget())", R"(false)",
     "the reference predicts all", 396, 396},
};

}  // namespace

std::span<const Bug> all_bugs() {
    return kBugs;
}

}  // namespace lowu::planted
