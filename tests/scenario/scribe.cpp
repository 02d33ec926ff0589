// Puts what a cell does into words; see scribe.hpp.
#include "tests/scenario/scribe.hpp"

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::scenario {
namespace {

using core::AccountKind;
using core::OutboxKind;
using core::PaymentEvent;
using money::format_amount;

std::string right_aligned(const std::string& text, std::size_t width) {
    return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
}

/// "  9.999": seconds since the scenario's start.
std::string format_elapsed(ElapsedTime time) {
    const std::int64_t ms = time.value / 1'000;
    std::string decimals = std::to_string(ms % 1'000);
    decimals.insert(0, 3 - decimals.size(), '0');
    return right_aligned(std::to_string(ms / 1'000), 3) + "." + decimals;
}

std::string_view to_string(core::LinkKind kind) {
    switch (kind) {
        case core::LinkKind::kTransfer:
            return "transfer";
        case core::LinkKind::kSettled:
            return "settled";
        case core::LinkKind::kRefused:
            return "refused";
        case core::LinkKind::kCancel:
            return "cancel";
        case core::LinkKind::kCancelled:
            return "cancelled";
        case core::LinkKind::kAlreadySettled:
            return "already settled";
        case core::LinkKind::kReturn:
            return "return";
        case core::LinkKind::kLoggedOff:
            return "is off";
        case core::LinkKind::kLoggedOn:
            return "is on";
        case core::LinkKind::kDegraded:
            return "is degraded";
        case core::LinkKind::kRestored:
            return "is restored";
        case core::LinkKind::kDefault:
            return "is in default";
    }
    LOWU_UNREACHABLE("every kind of link message has a name");
}

/// Whether it tells of a bank, and of no payment.
bool of_bank(core::LinkKind kind) {
    return kind == core::LinkKind::kLoggedOff || kind == core::LinkKind::kLoggedOn ||
           kind == core::LinkKind::kDegraded || kind == core::LinkKind::kRestored ||
           kind == core::LinkKind::kDefault;
}

/// Whether the payment, or return, begins on the sender's rail.
bool from_origin(core::LinkKind kind) {
    return kind == core::LinkKind::kTransfer || kind == core::LinkKind::kCancel ||
           kind == core::LinkKind::kReturn;
}

std::string_view status_of(core::Standing standing) {
    switch (standing) {
        case core::Standing::kPayerPending:
        case core::Standing::kPayeePending:
            return "ACSP";
        case core::Standing::kPayerSettled:
        case core::Standing::kPayeeSettled:
            return "ACSC";
        case core::Standing::kPayerRejected:
        case core::Standing::kPayeeRejected:
            return "RJCT";
        case core::Standing::kNone:
            break;
    }
    LOWU_UNREACHABLE("an answer says where the payment stands");
}

}  // namespace

std::string describe(core::ResultCode result) {
    const core::ResultRow& row = core::row_of(result);
    const std::string code(row.iso_code);
    return (code.empty() ? code : code + " ") + std::string(row.name);
}

std::string describe(core::AmountMinor amount, core::Currency currency) {
    return (currency == core::Currency::kHkd ? "HKD " : "") + format_amount(amount);
}

void Transcript::write(std::string_view who, const std::string& what) {
    if (muted_) return;
    std::string name(who);
    name.resize(6, ' ');
    lines_.push_back(format_elapsed(now_) + " " + name + what);
}

void Scribe::write(const std::string& what) {
    if (!muted_) transcript_.write(scheme::to_string(rail_), what);
}

std::string Scribe::name_of(const core::Payment& payment) const {
    return instructions_.name_of(origin_of(payment), payment.uetr);
}

scheme::Rail Scribe::origin_of(const core::Payment& payment) const {
    return core::begins(payment.leg) ? rail_ : scheme::other(rail_);
}

std::string Scribe::name_of(core::AccountIndex account) const {
    LOWU_ASSERT(cell_ != nullptr, "the scribe knows whom it watches");
    return name_of(cell_->ledger().account(account));
}

std::string Scribe::name_of(const core::Account& account) const {
    switch (account.kind) {
        case AccountKind::kSettlement:
            return scheme::format_agent_code(account.owner);
        case AccountKind::kLinkAgent:
            return "agent " + scheme::format_agent_code(account.owner);
        case AccountKind::kContra:
            return "outside";
        case AccountKind::kLinkClaim:
            return "claim";
        case AccountKind::kLinkClaimContra:
            return "claim contra";
    }
    LOWU_UNREACHABLE("every kind of account has a name");
}

std::string Scribe::describe(const core::OutboxEntry& entry) const {
    LOWU_ASSERT(cell_ != nullptr, "the scribe knows whom it watches");
    const bool known = entry.payment != core::kNoPayment;
    const std::string name =
        instructions_.name_of(known ? origin_of(cell_->payment(entry.payment)) : rail_, entry.uetr);
    const std::string field(scheme::to_string(entry.field));
    const bool malformed = entry.result == core::ResultCode::kAccepted;
    const std::string reason = scenario::describe(entry.result);
    switch (entry.kind) {
        case OutboxKind::kPending:
            return name + " ACSP";
        case OutboxKind::kSettled:
            return name + " ACSC";
        case OutboxKind::kRejected:
            return name + " RJCT " + reason + (field.empty() ? "" : ": " + field);
        case OutboxKind::kMessageReject:
            return "message " + std::to_string(entry.rejected_number) + " rejected: " + field +
                   (malformed ? " is malformed" : ", " + reason);
        case OutboxKind::kRequest:
            return name + " request " +
                   scenario::describe(cell_->payment(entry.payment).amount,
                                      cell_->payment(entry.payment).currency);
        case OutboxKind::kCreditNow:
            return name + " credit now";
        case OutboxKind::kVoid:
            return name + " void " + reason;
        case OutboxKind::kEvent:
            return "announcement";
        case OutboxKind::kReturned:
            return name + " has come back, " +
                   scenario::describe(cell_->payment(entry.payment).amount,
                                      cell_->payment(entry.payment).currency);
        case OutboxKind::kEnquiryAnswer:
            return name + " stands at " + std::string(status_of(entry.standing)) +
                   (entry.result == core::ResultCode::kAccepted ? "" : " " + reason);
    }
    LOWU_UNREACHABLE("every kind of outbox entry has words");
}

std::optional<ElapsedTime> Scribe::deadline_of(const scheme::Uetr& uetr,
                                               core::TimerKind kind) const {
    const auto found = deadlines_.find({uetr, kind});
    if (found == deadlines_.end()) return std::nullopt;
    return found->second;
}

void Scribe::on_payment(const core::Payment& /*payment*/, core::PaymentIndex /*index*/) {}

void Scribe::on_check(const scheme::Uetr& /*uetr*/, core::ResultCode /*rule*/, bool /*passed*/) {}

void Scribe::on_state(const core::Payment& payment, core::PaymentState /*from*/,
                      PaymentEvent event) {
    std::string text = name_of(payment) + " " + std::string(core::to_string(payment.state)) + ": " +
                       std::string(core::to_string(event));
    if (payment.state == core::PaymentState::kRejected) {
        text += ", " + scenario::describe(payment.result);
    }
    write(text);
}

void Scribe::on_reserve(const core::Payment& payment, core::AccountIndex account,
                        money::AmountMinor available_before) {
    const money::AmountMinor left{available_before.value - payment.amount.value};
    write(name_of(payment) + " reserves " + scenario::describe(payment.amount, payment.currency) +
          " of " + name_of(account) + ", " + format_amount(left) + " left");
}

void Scribe::on_release(const core::Payment& payment, core::AccountIndex account,
                        money::AmountMinor available_before) {
    const money::AmountMinor left{available_before.value + payment.amount.value};
    write(name_of(payment) + " gives " + scenario::describe(payment.amount, payment.currency) +
          " back to " + name_of(account) + ", " + format_amount(left) + " left");
}

void Scribe::on_entry(const core::Payment* payment, const core::Entry& entry,
                      money::AmountMinor /*debit_available_before*/,
                      money::AmountMinor /*credit_available_before*/) {
    if (payment == nullptr) return;  // Opening money.
    write(name_of(*payment) + " books " + scenario::describe(entry.amount, payment->currency) +
          " from " + name_of(entry.debit) + " to " + name_of(entry.credit));
}

void Scribe::on_timer_set(const core::Payment& payment, core::TimerKind kind,
                          ElapsedTime deadline) {
    deadlines_[{payment.uetr, kind}] = deadline;
}

void Scribe::on_timer_fired(const core::Payment& payment, core::TimerKind kind) {
    const bool payee = kind == core::TimerKind::kPayeeDeadline;
    write(name_of(payment) + (payee ? " payee deadline" : " origin deadline"));
}

void Scribe::on_outbox(core::ParticipantIndex participant, core::MessageNumber /*number*/,
                       const core::OutboxEntry& entry) {
    if (!muted_) messages_.push_back(support::message_view(*cell_, participant, entry));
}

void Scribe::on_link_message(core::MessageNumber /*number*/, const core::LinkMessage& message) {
    if (muted_) return;
    const scheme::Rail to = scheme::other(rail_);
    const std::string name =
        of_bank(message.kind)
            ? scheme::format_agent_code(message.payer_agent)
            : instructions_.name_of(from_origin(message.kind) ? rail_ : to, message.uetr);
    transcript_.write("link", std::string(scheme::to_string(rail_)) + " -> " +
                                  std::string(scheme::to_string(to)) + " " + name + " " +
                                  std::string(to_string(message.kind)) +
                                  (link_waits_ ? " (waits)" : ""));
}

void Scribe::on_credited(const core::Payment& payment) {
    write(name_of(payment) + " credited to the payee");
}

/// What counts against the limits of that day and year now, as the rules in force count.
std::string Scribe::totals(const core::Payment& payment, const Instruction& instruction,
                           const core::QuotaHold& hold) const {
    const core::Corridor corridor =
        core::corridor_of(scheme::direction_from(rail_), payment.service);
    const auto counted = [&](core::ParameterId across) {
        const bool all = cell_->rules().value(across, corridor) != 0;
        return cell_->quota().counted(instruction.transfer.payer.tokens,
                                      all ? core::kNoParticipant : payment.local_agent, hold.date);
    };
    const auto today = scheme::day_number(transcript_.scheme_now());
    const auto this_year = scheme::to_utc8(transcript_.scheme_now()).year;
    std::string text = ": day ";
    if (hold.date.day == today) {
        text += format_amount(counted(core::ParameterId::kDayAcrossInstitutions).day);
    } else {
        text += scheme::format_date(hold.date.day) + " is over";
    }
    text += ", year ";
    if (hold.date.year == this_year) {
        text += format_amount(counted(core::ParameterId::kYearAcrossInstitutions).year);
    } else {
        text += std::to_string(hold.date.year) + " is over";
    }
    return text;
}

/// No payments person would miss what the archive has.
void Scribe::on_forget(const core::Payment& /*payment*/, core::PaymentIndex /*index*/) {}

void Scribe::on_quota(const core::Payment& payment, core::QuotaMove move,
                      const core::QuotaHold& hold) {
    if (muted_) return;
    const std::string name = name_of(payment);
    const Instruction* instruction = instructions_.find(name);
    LOWU_ASSERT(instruction != nullptr, "every payment of a scenario has a name");
    const std::string amounts = rail_ == scheme::Rail::kFps
                                    ? "HKD " + format_amount(hold.amounts.day)
                                    : "CNY " + format_amount(hold.amounts.day) + " (USD " +
                                          format_amount(hold.amounts.year) + ")";
    const std::string whose = instruction->payer + "'s quota";
    switch (move) {
        case core::QuotaMove::kReserved:
            return write(name + " takes " + amounts + " of " + whose +
                         totals(payment, *instruction, hold));
        case core::QuotaMove::kCommitted:
            return write(name + " has used " + amounts + " of " + whose);
        case core::QuotaMove::kReleased:
        case core::QuotaMove::kReturned:
            return write(name + " gives " + amounts + " back to " + whose +
                         totals(payment, *instruction, hold));
    }
    LOWU_UNREACHABLE("every move has words");
}

}  // namespace lowu::scenario
