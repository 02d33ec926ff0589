// Words for the end of a scenario; see outcome.hpp.
#include "tests/scenario/outcome.hpp"

#include <map>

namespace lowu::scenario {
namespace {

using core::AccountKind;
using money::Currency;
using money::format_amount;

/// The payment that this rail remembers as that leg of it, or null.
const core::Payment* leg_of(const World& world, const Instruction& payment, core::Leg leg) {
    const bool origin = leg == core::Leg::kOrigin;
    const core::Cell& cell = world.cell(origin ? payment.origin : scheme::other(payment.origin));
    const auto index = cell.find_payment(payment.transfer.uetr);
    if (!index || cell.payment(*index).leg != leg) return nullptr;
    const core::Payment& found = cell.payment(*index);
    const scheme::AgentCode payer_agent =
        origin ? cell.participant(found.local_agent).code : found.remote_agent;
    const bool tombstone = payer_agent == scheme::kNoAgent;  // Cancelled before it was seen.
    return payer_agent == payment.payer_agent || tombstone ? &found : nullptr;
}

std::string describe_leg(const core::Payment* leg) {
    if (leg == nullptr) return "unknown";
    std::string text(core::to_string(leg->state));
    if (leg->state == core::PaymentState::kRejected) text += " " + describe(leg->result);
    if (leg->credited) text += " and credited";
    return text;
}

std::string account_line(const World& world, scheme::Rail rail, const core::Account& account) {
    std::string line(scheme::to_string(rail));
    line.resize(6, ' ');
    line += world.scribe(rail).name_of(account) + " " +
            std::string(money::to_string(account.currency)) + " " + format_amount(account.balance);
    if (account.debit_limit.value > 0) line += ", cap " + format_amount(account.debit_limit);
    if (account.reserved.value > 0) line += ", " + format_amount(account.reserved) + " reserved";
    return line;
}

bool is_shown(const core::Account& account) {
    const bool unused_hkd = account.currency == Currency::kHkd && account.balance.value == 0;
    const bool other_side =
        account.kind == AccountKind::kContra || account.kind == AccountKind::kLinkClaimContra;
    return !unused_hkd && !other_side;
}

/// "P1: ACSP, ACSC" for each payment, in the payments' order, what is about none at the end.
std::vector<std::string> told_lines(const Bank& bank, const Instructions& instructions) {
    std::map<std::string, std::string> texts;
    for (const Told& told : bank.told) {
        std::string& text = texts[told.about];
        text += (text.empty() ? "" : ",") + told.text.substr(told.about.size());
    }
    std::vector<std::string> lines;
    const std::string who = scheme::format_agent_code(bank.code) + " <- ";
    for (const Instruction& one : instructions.all()) {
        const auto found = texts.find(one.name);
        if (found == texts.end()) continue;
        lines.push_back(who + found->first + ":" + found->second);
        texts.erase(found);
    }
    for (const auto& [about, text] : texts)
        lines.push_back(who + about + ":" + text);
    return lines;
}

}  // namespace

std::string describe_payment(const World& world, const Instruction& payment) {
    const core::CreditTransfer& transfer = payment.transfer;
    return payment.name + " " + format_amount(transfer.amount) + " " +
           scheme::format_agent_code(payment.payer_agent) + " -> " +
           scheme::format_agent_code(transfer.payee_agent) + ": " +
           std::string(scheme::to_string(payment.origin)) + " " +
           describe_leg(leg_of(world, payment, core::Leg::kOrigin)) + ", " +
           std::string(scheme::to_string(scheme::other(payment.origin))) + " " +
           describe_leg(leg_of(world, payment, core::Leg::kDestination));
}

std::vector<std::string> describe_books(const World& world) {
    std::vector<std::string> lines;
    for (const scheme::Rail rail : kRails) {
        const core::Ledger& ledger = world.cell(rail).ledger();
        for (std::uint32_t i = 0; i < ledger.size(); ++i) {
            const core::Account& account = ledger.account(core::AccountIndex{i});
            if (is_shown(account)) lines.push_back(account_line(world, rail, account));
        }
        std::string sum(scheme::to_string(rail));
        sum.resize(6, ' ');
        lines.push_back(sum + "all accounts CNY " + format_amount(ledger.sum(Currency::kCny)) +
                        ", HKD " + format_amount(ledger.sum(Currency::kHkd)));
    }
    return lines;
}

std::vector<std::string> describe_outcome(World& world, const Instructions& instructions) {
    std::vector<std::string> lines;
    for (const Instruction& one : instructions.all())
        lines.push_back(describe_payment(world, one));
    for (const Bank& bank : world.banks()) {
        for (std::string& line : told_lines(bank, instructions))
            lines.push_back(std::move(line));
    }
    for (std::string& line : describe_books(world))
        lines.push_back(std::move(line));
    return lines;
}

}  // namespace lowu::scenario
