// Payments against entries, and both against what was said before. See judge.hpp.
#include "tests/kill/judge.hpp"

#include <algorithm>
#include <string_view>

#include "common/base/assert.hpp"
#include "common/base/hash.hpp"

namespace lowu::killing {

namespace {

constexpr std::string_view kSent = "remittance sent";
constexpr std::string_view kMoneyBack = "remittance refused, money back";
constexpr std::string_view kReceived = "remittance received";

bool is_final(int status) {
    return status == v1::PAYMENT_STATUS_ACSC || status == v1::PAYMENT_STATUS_RJCT;
}

std::string text_of(int status) {
    return status == 0 ? "unknown" : v1::PaymentStatus_Name(static_cast<v1::PaymentStatus>(status));
}

void find(std::vector<Finding>& findings, Finding::Kind kind, std::string what) {
    findings.push_back({kind, std::move(what)});
}

void find_if(std::vector<Finding>& findings, std::int64_t count, const std::string& what) {
    if (count == 0) return;
    find(findings, Finding::Kind::kStuck, std::to_string(count) + " " + what);
}

}  // namespace

std::string_view name_of(Finding::Kind kind) {
    switch (kind) {
        case Finding::Kind::kLost:
            return "lost";
        case Finding::Kind::kDoubled:
            return "doubled";
        case Finding::Kind::kStuck:
            return "stuck";
        case Finding::Kind::kContradicted:
            return "contradicted";
    }
    LOWU_UNREACHABLE("every kind of finding has a name");
}

bool Judge::knows(const std::string& uetr) const {
    const auto key = scheme::parse_uetr(uetr);
    if (!key) return false;
    const auto found = lives_.find(*key);
    return found != lives_.end() && is_final(found->second.status);
}

// Touched by this judgement.
Judge::Life* Judge::life_of(const std::string& uetr, Findings& findings) {
    const auto key = scheme::parse_uetr(uetr);
    if (!key) {
        find(findings, Finding::Kind::kContradicted, "'" + uetr + "' is no UETR");
        return nullptr;
    }
    touched_.push_back(*key);
    return &lives_[*key];
}

std::vector<Finding> Judge::judge(const Evidence& evidence) {
    Findings findings;
    touched_.clear();
    for (const v1::Payment& payment : evidence.payments) {
        take(payment, findings);
    }
    for (const BankEntry& entry : evidence.entries) {
        take(entry, findings);
    }
    std::sort(touched_.begin(), touched_.end());
    touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
    for (const scheme::Uetr& uetr : touched_) {
        judge_life(uetr, lives_.at(uetr), findings);
    }
    for (const v1::Remittance& remittance : evidence.remittances) {
        compare(remittance, findings);
    }
    find_if(findings, evidence.pending, "payments pending at the switch");
    find_if(findings, evidence.not_credited, "payments settled and not reported credited");
    find_if(findings, evidence.outgoing_pending, "payments pending at the payers' banks");
    find_if(findings, evidence.incoming_promised, "promises of the payees' banks still open");
    return findings;
}

void Judge::take(const v1::Payment& payment, Findings& findings) {
    Life* const told = life_of(payment.uetr(), findings);
    if (told == nullptr) return;
    Life& life = *told;
    const auto status = static_cast<std::uint8_t>(payment.status());
    if (is_final(life.status)) {
        if (status != life.status) {
            find(findings, Finding::Kind::kContradicted,
                 payment.uetr() + " was " + text_of(life.status) + " and is " + text_of(status));
        }
        return;
    }
    life.status = status;
    life.amount_minor = payment.amount_minor();
    ++payments_;
    const bool settled = status == v1::PAYMENT_STATUS_ACSC;
    if (settled) ++settled_;
    if (status == v1::PAYMENT_STATUS_RJCT) ++refused_by_reason_[payment.reason().code()];
    const std::string& there = payment.destination_state();
    const bool same = settled ? payment.origin_state() == "SETTLED" && there == "SETTLED"
                              : there != "SETTLED" && payment.origin_state() != "SETTLED";
    if (is_final(status) && !same) {
        find(findings, Finding::Kind::kContradicted,
             payment.uetr() + " is " + text_of(status) + ", " + payment.origin_state() +
                 " at its origin and " + (there.empty() ? "nothing" : there) +
                 " at its destination");
    }
    if (settled && !payment.credited()) {
        find(findings, Finding::Kind::kStuck, payment.uetr() + " is settled and not credited");
    }
}

void Judge::take(const BankEntry& told, Findings& findings) {
    const v1::Entry& entry = told.entry;
    if (entry.uetr().empty()) return;
    const std::uint64_t hash =
        hash64(entry.uetr() + "/" + entry.text() + "/" + std::to_string(entry.amount_minor()));
    const std::uint32_t mark = static_cast<std::uint32_t>(hash) | 1U;
    std::vector<std::uint32_t>& marks = entries_[told.bank];
    if (marks.size() <= entry.number()) marks.resize(entry.number() + 1);
    std::uint32_t& known = marks[entry.number()];
    if (known != 0) {
        if (known == mark) return;
        find(findings, Finding::Kind::kLost,
             "entry " + std::to_string(entry.number()) + " of bank " + told.bank +
                 " is not what it was: now " + entry.text() + ", " + entry.uetr());
        return;
    }
    known = mark;
    Life* const of_payment = life_of(entry.uetr(), findings);
    if (of_payment == nullptr) return;
    Life& life = *of_payment;
    if (entry.text() == kSent) {
        ++life.sent;
        life.sent_minor += entry.amount_minor();
    } else if (entry.text() == kMoneyBack) {
        ++life.back;
        life.back_minor += entry.amount_minor();
    } else if (entry.text() == kReceived) {
        ++life.received;
        life.received_minor += entry.amount_minor();
    } else {
        find(findings, Finding::Kind::kContradicted,
             "entry " + std::to_string(entry.number()) + " of bank " + told.bank +
                 " is none that this traffic makes: " + entry.text());
    }
}

void Judge::judge_life(const scheme::Uetr& uetr, const Life& life, Findings& findings) {
    const auto say = [&](Finding::Kind kind, const std::string& what) {
        find(findings, kind,
             scheme::format_uetr(uetr) + ": " + what + " (" + text_of(life.status) +
                 " at the switch; sent " + std::to_string(life.sent) + ", back " +
                 std::to_string(life.back) + ", received " + std::to_string(life.received) + ")");
    };
    if (life.sent > 1 || life.back > 1 || life.received > 1) {
        return say(Finding::Kind::kDoubled, "booked more than once");
    }
    if (life.back == 1 && life.received == 1) {
        return say(Finding::Kind::kDoubled, "given back and credited");
    }
    if (life.sent == 0) {
        return say(Finding::Kind::kLost, "the payer's bank has no debit of it");
    }
    if (life.received == 1 && life.status != v1::PAYMENT_STATUS_ACSC) {
        return say(Finding::Kind::kDoubled, "credited and not settled");
    }
    if (life.back == 1 && life.status == v1::PAYMENT_STATUS_ACSC) {
        return say(Finding::Kind::kDoubled, "settled and given back");
    }
    if (life.status == v1::PAYMENT_STATUS_ACSC && life.received == 0) {
        return say(Finding::Kind::kLost, "settled and credited to nobody");
    }
    if (life.status == v1::PAYMENT_STATUS_RJCT && life.back == 0) {
        return say(Finding::Kind::kLost, "refused and not given back");
    }
    if (life.status == 0 && life.back == 0) {
        return say(Finding::Kind::kLost, "debited, and the switch does not know it");
    }
    if (life.status != 0 && !is_final(life.status)) {
        return say(Finding::Kind::kStuck, "not final");
    }
    const bool amounts = (life.back == 0 || life.back_minor == life.sent_minor) &&
                         (life.received == 0 || life.received_minor == life.sent_minor) &&
                         (life.status == 0 || life.amount_minor == life.sent_minor);
    if (!amounts) say(Finding::Kind::kContradicted, "its amounts differ");
}

void Judge::compare(const v1::Remittance& remittance, Findings& findings) const {
    const auto key = scheme::parse_uetr(remittance.uetr());
    const auto found = key ? lives_.find(*key) : lives_.end();
    const int known = found == lives_.end() ? 0 : found->second.status;
    const bool gone_back = known == 0 && remittance.status() == v1::PAYMENT_STATUS_RJCT;
    if (static_cast<int>(remittance.status()) != known && !gone_back) {
        find(findings, Finding::Kind::kContradicted,
             remittance.uetr() + " is " + text_of(remittance.status()) + " at bank " +
                 remittance.bank() + " and " + text_of(known) + " at the switch");
    }
}

}  // namespace lowu::killing
