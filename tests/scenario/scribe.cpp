// Puts what a cell does into words; see scribe.hpp.
#include "tests/scenario/scribe.hpp"

#include "common/base/assert.hpp"

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
    }
    LOWU_UNREACHABLE("every kind of link message has a name");
}

/// Whether the sender is the payment's origin.
bool from_origin(core::LinkKind kind) {
    return kind == core::LinkKind::kTransfer || kind == core::LinkKind::kCancel;
}

}  // namespace

std::string describe(core::ResultCode result) {
    const core::ResultRow& row = core::row_of(result);
    const std::string code(row.iso_code);
    return (code.empty() ? code : code + " ") + std::string(row.name);
}

void Transcript::write(std::string_view who, const std::string& what) {
    std::string name(who);
    name.resize(6, ' ');
    lines_.push_back(format_elapsed(now_) + " " + name + what);
}

void Scribe::write(const std::string& what) {
    if (!muted_) transcript_.write(scheme::to_string(rail_), what);
}

std::string Scribe::name_of(const core::Payment& payment) const {
    const bool origin = payment.leg == core::Leg::kOrigin;
    return instructions_.name_of(origin ? rail_ : scheme::other(rail_), payment.uetr);
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
    const bool reply = core::is_reply(entry.kind);
    const std::string name =
        instructions_.name_of(reply ? rail_ : scheme::other(rail_), entry.uetr);
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
            LOWU_ASSERT(cell_ != nullptr, "the scribe knows whom it watches");
            return name + " request " + format_amount(cell_->payment(entry.payment).amount);
        case OutboxKind::kCreditNow:
            return name + " credit now";
        case OutboxKind::kVoid:
            return name + " void " + reason;
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
    write(name_of(payment) + " reserves " + format_amount(payment.amount) + " of " +
          name_of(account) + ", " + format_amount(left) + " left");
}

void Scribe::on_release(const core::Payment& payment, core::AccountIndex account,
                        money::AmountMinor available_before) {
    const money::AmountMinor left{available_before.value + payment.amount.value};
    write(name_of(payment) + " gives " + format_amount(payment.amount) + " back to " +
          name_of(account) + ", " + format_amount(left) + " left");
}

void Scribe::on_entry(const core::Payment* payment, const core::Entry& entry,
                      money::AmountMinor /*debit_available_before*/,
                      money::AmountMinor /*credit_available_before*/) {
    if (payment == nullptr) return;  // Opening money.
    write(name_of(*payment) + " books " + format_amount(entry.amount) + " from " +
          name_of(entry.debit) + " to " + name_of(entry.credit));
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
        instructions_.name_of(from_origin(message.kind) ? rail_ : to, message.uetr);
    transcript_.write("link", std::string(scheme::to_string(rail_)) + " -> " +
                                  std::string(scheme::to_string(to)) + " " + name + " " +
                                  std::string(to_string(message.kind)) +
                                  (link_waits_ ? " (waits)" : ""));
}

void Scribe::on_credited(const core::Payment& payment) {
    write(name_of(payment) + " credited to the payee");
}

}  // namespace lowu::scenario
