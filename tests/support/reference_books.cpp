// Compares everything that both sides know; see reference_books.hpp.
#include "tests/support/reference_books.hpp"

#include "common/scheme/calendar.hpp"
#include "simulator/reference/accounts.hpp"
#include "simulator/reference/parameters.hpp"
#include "simulator/reference/quota.hpp"
#include "simulator/reference/step.hpp"
#include "tests/support/reference_commands.hpp"

namespace lowu::support {

namespace ref = reference;

namespace {

/// Gathers differences about one rail.
struct Comparison {
    const core::Cell& cell;
    const ref::RailState& rail;
    std::vector<std::string> found;

    void differ(const std::string& what, const std::string& here, const std::string& there) {
        found.push_back(std::string(scheme::to_string(rail.rail)) + ": " + what + " is " + here +
                        " in the cell, " + there + " in the ledger");
    }
    void same(const std::string& what, std::int64_t here, std::int64_t there) {
        if (here != there) differ(what, std::to_string(here), std::to_string(there));
    }
    void same_count(const std::string& what, std::uint64_t here, std::uint64_t there) {
        if (here != there) differ(what, std::to_string(here), std::to_string(there));
    }
    void same_text(const std::string& what, const std::string& here, const std::string& there) {
        if (here != there) differ(what, "\"" + here + "\"", "\"" + there + "\"");
    }
};

// Money.

std::string name_of(const core::Account& account) {
    const bool hkd = account.currency == money::Currency::kHkd;
    switch (account.kind) {
        case core::AccountKind::kSettlement:
            return ref::account_of(bank_code(account.owner), account.currency);
        case core::AccountKind::kLinkAgent:
            return ref::kLinkAgent;
        case core::AccountKind::kContra:
            return hkd ? ref::kOutsideHkd : ref::kOutsideCny;
        case core::AccountKind::kLinkClaim:
            return ref::kLinkClaim;
        case core::AccountKind::kLinkClaimContra:
            return ref::kLinkClaimContra;
    }
    return {};
}

void compare_accounts(Comparison& comparison) {
    const core::Ledger& ledger = comparison.cell.ledger();
    comparison.same_count("the number of accounts", ledger.size(), comparison.rail.accounts.size());
    for (core::AccountIndex index; index.value < ledger.size(); ++index.value) {
        const core::Account& account = ledger.account(index);
        const std::string name = name_of(account);
        const auto known = comparison.rail.accounts.find(name);
        if (known == comparison.rail.accounts.end()) {
            comparison.differ(name, "open", "unknown");
            continue;
        }
        comparison.same(name + ", balance", account.balance.value, known->second.balance);
        comparison.same(name + ", reserved", account.reserved.value, known->second.reserved);
    }
    for (std::string& what : ref::check_book(comparison.rail))
        comparison.found.push_back("the ledger's own book: " + std::move(what));
}

// Payments.

void compare_payment(Comparison& comparison, core::PaymentIndex index, const ref::Payment& other) {
    const core::Cell& cell = comparison.cell;
    const core::Payment& payment = cell.payment(index);
    const std::string name = "payment " + scheme::format_uetr(other.uetr);
    comparison.same_text(name, scheme::format_uetr(payment.uetr), scheme::format_uetr(other.uetr));
    comparison.same(name + ", leg", static_cast<int>(payment.leg), static_cast<int>(other.leg));
    comparison.same(name + ", state", static_cast<int>(payment.state),
                    static_cast<int>(other.state));
    comparison.same(name + ", result", static_cast<int>(payment.result),
                    static_cast<int>(other.result));
    comparison.same(name + ", amount", payment.amount.value, other.amount);
    comparison.same(name + ", returned", payment.returned.value, other.returned);
    comparison.same(name + ", credited", payment.credited, other.credited);
    comparison.same(name + ", asked", payment.asked, other.asked);
    const bool sent = core::begins(payment.leg);
    // A payee's bank that is no participant has no index here.
    if (payment.local_agent != core::kNoParticipant) {
        comparison.same_text(name + ", bank here", bank_code(cell, payment.local_agent),
                             sent ? other.payer_agent : other.payee_agent);
    }
    comparison.same_text(name + ", other bank", bank_code(payment.remote_agent),
                         sent ? other.payee_agent : other.payer_agent);
    const core::QuotaHold* hold = core::is_return(payment.leg) ? nullptr : cell.hold_of(index);
    comparison.same(name + ", has a hold", hold != nullptr, other.hold.has_value());
    if (hold == nullptr || !other.hold) return;
    comparison.same(name + ", hold of the day", hold->amounts.day.value, other.hold->day_amount);
    comparison.same(name + ", hold of the year", hold->amounts.year.value, other.hold->year_amount);
    comparison.same(name + ", day of the hold", hold->date.day, other.hold->day);
}

void compare_payments(Comparison& comparison) {
    const core::Cell& cell = comparison.cell;
    const ref::RailState& rail = comparison.rail;
    comparison.same_count("the number of payments", cell.payments_so_far(), rail.payments.size());
    comparison.same_count("the first payment in memory", cell.first_remembered().value,
                          rail.forgotten_through);
    if (cell.payments_so_far() != rail.payments.size()) return;
    for (core::PaymentIndex index; index.value < rail.payments.size(); ++index.value) {
        const ref::Payment& payment = rail.payments[index.value];
        if (cell.payments().get(index) != nullptr) {
            compare_payment(comparison, index, payment);
        } else if (!is_final(payment) || index >= cell.first_remembered()) {
            comparison.differ("payment " + scheme::format_uetr(payment.uetr), "forgotten",
                              "needed");
        }
    }
    comparison.same_count("pending", cell.pending(), rail.pending);
}

// Banks.

void compare_bank(Comparison& comparison, core::ParticipantIndex index, const ref::Bank& other) {
    const core::Participant& bank = comparison.cell.participant(index);
    const std::string name = bank_code(bank.code);
    comparison.same(name + ", online", bank.online, other.online);
    comparison.same(name + ", logged off", bank.logged_off, other.logged_off);
    comparison.same(name + ", forced off", bank.forced_off, other.forced_off);
    comparison.same(name + ", degraded", bank.degraded, other.degraded);
    comparison.same(name + ", in default", bank.in_default, other.in_default);
    comparison.same(name + ", expected back", bank.expected_back.value, other.expected_back.value);
    comparison.same(name + ", events missed", bank.events_missed, other.events_missed);
    comparison.same_count(name + ", incarnation", bank.incarnation, other.incarnation);
    comparison.same_count(name + ", last number", bank.last_number, other.last_number);
    comparison.same_count(name + ", messages so far", bank.outbox.next() - 1, other.last_said);
    comparison.same_count(name + ", replies", bank.outbox.replies(), other.waiting_replies);
    comparison.same_count(name + ", requests", bank.outbox.requests(), other.waiting_requests);
    comparison.same_count(name + ", events", bank.outbox.events(), other.waiting_events);
    comparison.same_count(name + ", pending", bank.replies_owed, other.pending);
    comparison.same_count(name + ", open requests", bank.outcomes_owed, other.open_requests);
    comparison.same_count(name + ", credit", comparison.cell.credit_limit(index),
                          credit_limit(other));
    comparison.same(name + ", has rates", bank.rates.has_value(), other.rates.has_value());
    if (!bank.rates || !other.rates) return;
    comparison.same(name + ", bid", bank.rates->bid.value, other.rates->bid);
    comparison.same(name + ", ask", bank.rates->ask.value, other.rates->ask);
    comparison.same(name + ", rates until", bank.rates->valid_until.value,
                    other.rates->valid_until.value);
}

void compare_banks(Comparison& comparison) {
    const core::Cell& cell = comparison.cell;
    comparison.same_count("the number of banks", cell.participants(), comparison.rail.banks.size());
    for (core::ParticipantIndex index; index.value < cell.participants(); ++index.value) {
        const ref::Bank* other = find_bank(comparison.rail, bank_code(cell, index));
        if (other == nullptr) {
            comparison.differ(bank_code(cell, index), "a participant", "unknown");
            continue;
        }
        compare_bank(comparison, index, *other);
    }
    comparison.same("link up", cell.link_up(), comparison.rail.link_up);
    comparison.same_count("link in flight", cell.link_in_flight(), comparison.rail.link_in_flight);
    comparison.same_count("link received", cell.link_received(), comparison.rail.link_received);
    comparison.same_count("link said", cell.link_outbox().next() - 1, comparison.rail.link_said);
    comparison.same_count("link unacknowledged", cell.link_outbox().size(),
                          comparison.rail.link_unacknowledged.size());
    comparison.same_count("announcements", cell.events().last(), comparison.rail.announcements);
    comparison.same_count("enquiries", cell.enquiries().all().size(),
                          comparison.rail.enquiries.size());
}

// Quotas, rules, directory.

core::PersonTokens tokens_of(const ref::PersonTokens& tokens) {
    return {tokens.current, tokens.previous};
}

/// As the day of the last stamp stands: days that are over are kept by the ledger only.
void compare_quotas(Comparison& comparison) {
    const core::Cell& cell = comparison.cell;
    const ref::Quotas& quotas = comparison.rail.quotas;
    const core::QuotaDate today{
        static_cast<std::int32_t>(scheme::day_number(cell.last_stamp().scheme)),
        scheme::to_utc8(cell.last_stamp().scheme).year};
    comparison.same_count("persons", cell.quota().persons(), quotas.persons.size());
    comparison.same_count("quota records", cell.quota().uses(), quotas.records.size());
    for (const auto& [person, bank] : quotas.records) {
        const ref::PersonTokens& tokens = quotas.persons[person];
        core::ParticipantIndex institution = core::kNoParticipant;
        if (const auto code = scheme::parse_agent_code(bank)) {
            institution = cell.find_participant(*code).value_or(core::kNoParticipant);
        }
        const auto here = cell.quota().counted(tokens_of(tokens), institution, today);
        const auto there = counted(quotas, tokens, bank, today.day, today.year);
        const std::string name = "quota of person " + scheme::format_person_token(tokens.current) +
                                 " at \"" + bank + "\"";
        comparison.same(name + ", day", here.day.value, there.day);
        comparison.same(name + ", year", here.year.value, there.year);
    }
    core::QuotaAmounts reserved;
    for (const auto& [key, use] : quotas.by_day) {
        if (std::get<1>(key).empty()) reserved.day.value += use.reserved;
    }
    for (const auto& [key, use] : quotas.by_year) {
        if (std::get<1>(key).empty()) reserved.year.value += use.reserved;
    }
    const core::QuotaAmounts total = cell.quota().reserved_total();
    comparison.same("quota reserved in all days", total.day.value, reserved.day.value);
    comparison.same("quota reserved in all years", total.year.value, reserved.year.value);
}

void compare_value(Comparison& comparison, const core::ParameterRow& row, core::Corridor corridor) {
    const auto parameter = static_cast<ref::Parameter>(row.id);
    const core::RuleBook& rules = comparison.cell.rules();
    const ref::Corridor place = reference_corridor(corridor);
    const std::string name =
        std::string(row.name) + " in corridor " + std::to_string(corridor.index);
    comparison.same(name, rules.value(row.id, corridor),
                    value_of(comparison.rail, parameter, place));
    if (!row.banks_own) return;
    for (core::ParticipantIndex index; index.value < comparison.cell.participants();
         ++index.value) {
        const ref::BankCode bank = bank_code(comparison.cell, index);
        comparison.same(name + " of " + bank, rules.own_value(row.id, corridor, index),
                        own_value(comparison.rail, parameter, place, bank));
    }
}

void compare_rules(Comparison& comparison) {
    const core::RuleBook& rules = comparison.cell.rules();
    for (const core::ParameterRow& row : core::parameter_table()) {
        if (row.scope == core::ParameterScope::kRail) {
            comparison.same(std::string(row.name), rules.rail_value(row.id),
                            value_of(comparison.rail, static_cast<ref::Parameter>(row.id)));
            continue;
        }
        for (std::uint8_t i = 0; i < core::kCorridors; ++i)
            compare_value(comparison, row, core::Corridor{i});
    }
    const ref::Parameters& others = comparison.rail.parameters;
    comparison.same_count("changes to come", rules.schedule().size(), others.to_come.size());
    comparison.same("token version since", rules.token_version_since().value,
                    others.token_version_since.value);
    const auto& rates = comparison.cell.reference_rates().all();
    comparison.same_count("reference rates", rates.size(), comparison.rail.reference_rates.size());
    for (const core::ReferenceRate& rate : rates) {
        const auto known = comparison.rail.reference_rates.find(rate.day);
        const bool same = known != comparison.rail.reference_rates.end() &&
                          known->second.cny_per_hkd == rate.cny_per_hkd.value &&
                          known->second.cny_per_usd == rate.cny_per_usd.value;
        if (!same) comparison.differ("the rate of day " + std::to_string(rate.day), "set", "other");
    }
}

void compare_directory(Comparison& comparison) {
    const core::ProxyDirectory& directory = comparison.cell.directory();
    const ref::ProxyDirectory& other = comparison.rail.directory;
    comparison.same_count("proxies", directory.size(), other.count);
    comparison.same_count("suspicious proxies", directory.suspicious_count(),
                          other.suspicious.size());
    for (const auto& [proxy, registrations] : other.registrations) {
        for (const ref::ProxyRegistration& one : registrations) {
            const auto code = scheme::parse_agent_code(one.bank);
            const auto bank = code ? comparison.cell.find_participant(*code) : std::nullopt;
            const auto* known = bank ? directory.find(proxy, *bank) : nullptr;
            if (known == nullptr) {
                comparison.differ("a proxy of " + one.bank, "unknown", "registered");
                continue;
            }
            const std::string name = "proxy " + std::to_string(one.reference);
            comparison.same_count(name + ", reference", known->reference.value, one.reference);
            comparison.same(name + ", default", known->default_receiver, one.default_receiver);
            comparison.same(name + ", across", known->cross_boundary, one.cross_boundary);
        }
    }
}

}  // namespace

std::vector<std::string> books_that_differ(const core::Cell& cell, const ref::RailState& rail) {
    Comparison comparison{cell, rail, {}};
    compare_accounts(comparison);
    compare_payments(comparison);
    compare_banks(comparison);
    compare_quotas(comparison);
    compare_rules(comparison);
    compare_directory(comparison);
    return std::move(comparison.found);
}

}  // namespace lowu::support
