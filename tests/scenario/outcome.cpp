// Words for the end of a scenario; see outcome.hpp.
#include "tests/scenario/outcome.hpp"

#include <algorithm>
#include <map>

#include "common/scheme/calendar.hpp"

namespace lowu::scenario {
namespace {

using core::AccountKind;
using money::Currency;
using money::format_amount;

/// The payment that this rail remembers as that leg of it, or null.
const core::Payment* leg_of(const World& world, const Instruction& payment, core::Leg leg) {
    const bool destination = !core::begins(leg);
    const core::Cell& cell =
        world.cell(destination ? scheme::other(payment.origin) : payment.origin);
    const auto index = cell.find_payment(payment.transfer.uetr);
    if (!index || cell.payment(*index).leg != leg) return nullptr;
    const core::Payment& found = cell.payment(*index);
    const scheme::AgentCode payer_agent =
        destination ? found.remote_agent : cell.participant(found.local_agent).code;
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
    if (bank.crowd > 0) lines.push_back(who + std::to_string(bank.crowd) + " requests of a crowd");
    if (bank.announcements > 0) {
        lines.push_back(who + std::to_string(bank.announcements) +
                        (bank.announcements == 1 ? " announcement" : " announcements"));
    }
    return lines;
}

/// "day 2025-06-22 HKD 10.00 used, 5.00 reserved; year 2025 …".
std::string describe_use(scheme::Rail rail, const core::QuotaUse& use) {
    const bool fps = rail == scheme::Rail::kFps;
    const auto part = [](const char* currency, money::AmountMinor used,
                         money::AmountMinor reserved) {
        std::string text = std::string(currency) + " " + format_amount(used) + " used";
        if (reserved.value != 0) text += ", " + format_amount(reserved) + " reserved";
        return text;
    };
    return "day " + scheme::format_date(use.day) + " " +
           part(fps ? "HKD" : "CNY", use.used.day, use.reserved.day) + "; year " +
           std::to_string(use.year) + " " +
           part(fps ? "HKD" : "USD", use.used.year, use.reserved.year);
}

/// Every person who pays from this rail, in order of appearance.
std::vector<std::string> payers_of(const Instructions& instructions, scheme::Rail rail) {
    std::vector<std::string> names;
    for (const Instruction& one : instructions.all()) {
        const bool known = std::find(names.begin(), names.end(), one.payer) != names.end();
        if (one.origin == rail && !one.payer.empty() && !known) names.push_back(one.payer);
    }
    return names;
}

}  // namespace

std::string describe_payment(const World& world, const Instruction& payment) {
    const core::CreditTransfer& transfer = payment.transfer;
    const std::string of = payment.original.empty() ? "" : " of " + payment.original;
    const std::string what = payment.name + " " + describe(transfer.amount, transfer.currency) +
                             of + " " + scheme::format_agent_code(payment.payer_agent) + " -> " +
                             scheme::format_agent_code(transfer.payee_agent) + ": " +
                             std::string(scheme::to_string(payment.origin)) + " ";
    const bool back = !payment.original.empty();
    const auto begun = back ? core::Leg::kReturnSent : core::Leg::kOrigin;
    if (transfer.service == core::Service::kDomestic) {
        return what + describe_leg(leg_of(world, payment, back ? begun : core::Leg::kDomestic));
    }
    return what + describe_leg(leg_of(world, payment, begun)) + ", " +
           std::string(scheme::to_string(scheme::other(payment.origin))) + " " +
           describe_leg(
               leg_of(world, payment, back ? core::Leg::kReturnReceived : core::Leg::kDestination));
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

std::vector<std::string> describe_quota(const World& world, scheme::Rail rail,
                                        const std::string& person) {
    const core::Cell& cell = world.cell(rail);
    const std::uint32_t version = cell.rules().token_version();
    const core::PersonTokens tokens = tokens_of(person, version, version > 1);
    std::string front(scheme::to_string(rail));
    front.resize(6, ' ');
    front += person + "'s quota";
    std::vector<std::string> lines;
    const auto look = [&](core::ParticipantIndex institution, const std::string& where) {
        const core::QuotaUse* use = cell.quota().find(tokens, institution);
        if (use == nullptr) return;
        lines.push_back(front + " " + where + ": " + describe_use(rail, *use));
    };
    for (std::uint16_t i = 0; i < cell.participants(); ++i) {
        const core::ParticipantIndex institution{i};
        look(institution, "at " + scheme::format_agent_code(cell.participant(institution).code));
    }
    if (lines.size() > 1) look(core::kNoParticipant, "over all");
    const std::int32_t year = scheme::to_utc8(world.scheme_now()).year;
    if (const auto prior = cell.quota().prior(tokens, year); prior.value != 0) {
        lines.push_back(front + " of " + std::to_string(year) + " through other channels: " +
                        (rail == scheme::Rail::kFps ? "HKD " : "USD ") + format_amount(prior));
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
    for (const scheme::Rail rail : kRails) {
        for (const std::string& person : payers_of(instructions, rail)) {
            for (std::string& line : describe_quota(world, rail, person))
                lines.push_back(std::move(line));
        }
    }
    for (std::string& line : describe_books(world))
        lines.push_back(std::move(line));
    return lines;
}

}  // namespace lowu::scenario
