// Holds the books against one another. See reconcile.hpp.
#include "client/reconcile.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

#include "client/console.hpp"
#include "client/scheme_text.hpp"

namespace lowu::client {

namespace {

constexpr v1::Rail kRails[] = {v1::RAIL_FPS, v1::RAIL_IBPS};
constexpr v1::Currency kCurrencies[] = {v1::CURRENCY_CNY, v1::CURRENCY_HKD};
constexpr int kUetrsNamed = 5;

// Within one rail: both banks' settlement accounts, no link agent and no claim.
bool is_domestic(const v1::Payment& payment) {
    return payment.direction() == v1::DIRECTION_DOMESTIC;
}

v1::Rail destination_of(const v1::Payment& payment) {
    if (is_domestic(payment)) return payment.origin_rail();
    return payment.origin_rail() == v1::RAIL_FPS ? v1::RAIL_IBPS : v1::RAIL_FPS;
}

// The payer's bank is asked for money: taken up, and neither settled nor refused at the origin.
bool holds_at_origin(const v1::Payment& payment) {
    const std::string& state = payment.origin_state();
    return !state.empty() && state != "SETTLED" && state != "REJECTED";
}

// The payee's bank is asked. A domestic payment has one state for both ends.
bool holds_at_destination(const v1::Payment& payment) {
    return payment.destination_state() == "ASKED" ||
           (is_domestic(payment) && payment.origin_state() == "ASKED");
}

bool is_in_transit(const v1::Payment& payment) {
    return !is_domestic(payment) && payment.destination_state() == "SETTLED" &&
           holds_at_origin(payment);
}

std::string rail_book(v1::Rail rail) {
    return word(rail) + " at the switch";
}

std::string name_of(const v1::Position& position) {
    return word(position.kind()) + " " + position.owner() + " " + word(position.currency());
}

std::string uetrs_text(const std::vector<std::string>& uetrs) {
    std::string text;
    for (std::size_t i = 0; i < uetrs.size() && i < kUetrsNamed; ++i) {
        text += (i == 0 ? "" : ", ") + uetrs[i];
    }
    if (uetrs.size() > kUetrsNamed) {
        text += " and " + std::to_string(uetrs.size() - kUetrsNamed) + " more";
    }
    return text;
}

// Sums of one ledger account of a bank.
struct Sums {
    std::int64_t debits_minor = 0;
    std::int64_t credits_minor = 0;
};

Sums sums_of(const v1::BankBooks& bank, const std::string& name, v1::Currency currency) {
    Sums sums;
    for (const v1::LedgerBalance& account : bank.accounts()) {
        if (account.currency() != currency || (!name.empty() && account.name() != name)) continue;
        sums.debits_minor += account.debits_minor();
        sums.credits_minor += account.credits_minor();
    }
    return sums;
}

class Reconciler {
public:
    explicit Reconciler(const Books& books) : books_(books) {}

    Reconciliation run() {
        for (const v1::Rail rail : kRails) {
            check_sums(rail);
            check_accounts(rail);
            for (const v1::Currency currency : kCurrencies) {
                check_reserved(rail, currency);
            }
            check_agent(rail);
        }
        check_claims();
        check_counts();
        for (const v1::BankBooks& bank : books_.banks) {
            check_bank(bank);
        }
        name_unread_banks();
        name_absent_banks();
        return std::move(result_);
    }

private:
    void add(std::string book, std::string rule, std::string unit, std::int64_t figure,
             std::int64_t expected, std::string note = "") {
        result_.checks.push_back(
            {std::move(book), std::move(rule), std::move(unit), figure, expected, std::move(note)});
    }

    void check_sums(v1::Rail rail) {
        for (const v1::Currency currency : kCurrencies) {
            std::int64_t sum_minor = 0;
            bool used = false;
            for (const v1::Position& position : books_.positions.positions()) {
                if (position.rail() != rail || position.currency() != currency) continue;
                sum_minor += position.balance_minor();
                used = true;
            }
            if (used)
                add(rail_book(rail), "all balances sum to zero", word(currency), sum_minor, 0);
        }
    }

    // One row while all accounts agree; each account that does not gets its own.
    void check_accounts(v1::Rail rail) {
        std::int64_t accounts = 0;
        std::int64_t agreeing = 0;
        for (const v1::Position& position : books_.positions.positions()) {
            if (position.rail() != rail) continue;
            ++accounts;
            const std::int64_t from_entries = position.credits_minor() - position.debits_minor();
            if (position.balance_minor() == from_entries) {
                ++agreeing;
                continue;
            }
            add(rail_book(rail), name_of(position) + ": balance = credits - debits of its entries",
                word(position.currency()), position.balance_minor(), from_entries);
        }
        add(rail_book(rail), "balances = credits - debits of their entries", "accounts", agreeing,
            accounts);
    }

    // What the account's owner has reserved: the payer's bank in the payment's currency, and of
    // what crosses the link the agent of the destination.
    [[nodiscard]] std::int64_t expected_reserve(const v1::Position& position) const {
        std::int64_t sum_minor = 0;
        for (const v1::Payment& payment : books_.pending) {
            if (payment.currency() != position.currency()) continue;
            const bool payer = position.kind() == v1::ACCOUNT_KIND_SETTLEMENT &&
                               payment.origin_rail() == position.rail() &&
                               payment.payer_agent() == position.owner() &&
                               holds_at_origin(payment);
            const bool agent =
                position.kind() == v1::ACCOUNT_KIND_LINK_AGENT && !is_domestic(payment) &&
                destination_of(payment) == position.rail() && holds_at_destination(payment);
            if (payer || agent) sum_minor += payment.amount_minor();
        }
        return sum_minor;
    }

    void check_reserved(v1::Rail rail, v1::Currency currency) {
        std::int64_t reserved_minor = 0;
        std::int64_t expected_minor = 0;
        bool used = false;
        for (const v1::Position& position : books_.positions.positions()) {
            if (position.rail() != rail || position.currency() != currency) continue;
            used = true;
            const std::int64_t expected = expected_reserve(position);
            if (position.reserved_minor() != expected) {
                add(rail_book(rail), name_of(position) + ": reserved = its pending payments",
                    word(currency), position.reserved_minor(), expected);
            }
            reserved_minor += position.reserved_minor();
            expected_minor += expected;
        }
        if (!used) return;
        add(rail_book(rail), "reserved = pending payments", word(currency), reserved_minor,
            expected_minor);
    }

    [[nodiscard]] std::int64_t payments_net(v1::Rail rail, v1::AccountKind kind,
                                            v1::Currency currency) const {
        std::int64_t net_minor = 0;
        for (const v1::Position& position : books_.positions.positions()) {
            if (position.rail() != rail || position.kind() != kind) continue;
            if (position.currency() != currency) continue;
            net_minor += position.payment_credits_minor() - position.payment_debits_minor();
        }
        return net_minor;
    }

    [[nodiscard]] std::int64_t claim(v1::Rail rail) const {
        std::int64_t claim_minor = 0;
        for (const v1::Position& position : books_.positions.positions()) {
            if (position.rail() != rail || position.kind() != v1::ACCOUNT_KIND_LINK_CLAIM) continue;
            claim_minor += position.balance_minor();
        }
        return claim_minor;
    }

    // What the participants received, the agent paid, and the other side's agent owes it. Domestic
    // payments go from participant to participant, so they cancel in the participants' sum; in HKD
    // there is nothing else.
    void check_agent(v1::Rail rail) {
        const v1::Currency cny = v1::CURRENCY_CNY;
        const std::int64_t agent = payments_net(rail, v1::ACCOUNT_KIND_LINK_AGENT, cny);
        add(rail_book(rail), "link agent's payments = - participants' payments", "CNY", agent,
            -payments_net(rail, v1::ACCOUNT_KIND_SETTLEMENT, cny));
        add(rail_book(rail), "link agent's payments = claim on the other agent", "CNY", agent,
            claim(rail));
        const auto& positions = books_.positions.positions();
        const bool has_hkd = std::any_of(positions.begin(), positions.end(), [&](const auto& each) {
            return each.rail() == rail && each.currency() == v1::CURRENCY_HKD;
        });
        if (!has_hkd) return;
        add(rail_book(rail), "no HKD crosses: participants' payments cancel", "HKD",
            payments_net(rail, v1::ACCOUNT_KIND_SETTLEMENT, v1::CURRENCY_HKD), 0);
    }

    // A payment is claimed from the destination when it is settled there, and from the origin when
    // that follows; in between it is in transit.
    void check_claims() {
        std::int64_t in_transit_minor = 0;
        std::vector<std::string> in_transit;
        for (const v1::Payment& payment : books_.pending) {
            if (!is_in_transit(payment)) continue;
            in_transit_minor += payment.amount_minor();
            in_transit.push_back(payment.uetr());
        }
        add("both rails", "claims cancel but for payments in transit", "CNY",
            claim(v1::RAIL_FPS) + claim(v1::RAIL_IBPS), -in_transit_minor, uetrs_text(in_transit));
    }

    void check_counts() {
        add("both rails", "pending payments counted = listed", "payments", books_.status.pending(),
            static_cast<std::int64_t>(books_.pending.size()));
        std::vector<std::string> waiting;
        for (const v1::Obligation& obligation : books_.obligations.obligations()) {
            if (!obligation.in_default()) waiting.push_back(obligation.uetr());
        }
        add("both rails", "settled payments are credited: none left over but with banks in default",
            "payments", books_.status.settled_not_credited(), books_.obligations_in_default,
            uetrs_text(waiting));
        if (books_.obligations_in_default == 0) return;
        result_.notes.push_back(std::to_string(books_.obligations_in_default) +
                                " settled with banks in default and not credited: lowu "
                                "obligations names them");
    }

    void check_bank(const v1::BankBooks& bank) {
        const std::string book = bank_text(bank.bank());
        for (const v1::Currency currency : kCurrencies) {
            const Sums all = sums_of(bank, "", currency);
            const std::int64_t held = currency == v1::CURRENCY_CNY
                                          ? bank.customer_balances_cny_minor()
                                          : bank.customer_balances_hkd_minor();
            const Sums customers = sums_of(bank, "customers", currency);
            const bool used = all.debits_minor != 0 || all.credits_minor != 0 || held != 0;
            if (!used) continue;
            add(book, "debits = credits over all its ledger accounts", word(currency),
                all.debits_minor, all.credits_minor);
            add(book, "customers' balances = customers ledger account", word(currency), held,
                customers.credits_minor - customers.debits_minor);
        }
        check_exchange(bank, book);
        name_unapplied(bank, book);
        check_transit(bank, book);
        check_bank_against_rail(bank, book);
    }

    // A conversion takes one currency and gives the other, so what gave CNY took HKD, and the other
    // way. What it was worth, the rates say and not the ledger; a few fen may round to nothing.
    void check_exchange(const v1::BankBooks& bank, const std::string& book) {
        constexpr std::int64_t kMayRoundToNothingMinor = 100;
        const Sums cny = sums_of(bank, "exchange", v1::CURRENCY_CNY);
        const Sums hkd = sums_of(bank, "exchange", v1::CURRENCY_HKD);
        const auto is_one_sided = [](std::int64_t given_minor, std::int64_t taken_minor) {
            return (given_minor == 0) != (taken_minor == 0) &&
                   given_minor + taken_minor >= kMayRoundToNothingMinor;
        };
        const bool used = cny.debits_minor != 0 || cny.credits_minor != 0 ||
                          hkd.debits_minor != 0 || hkd.credits_minor != 0;
        if (!used) return;
        const std::int64_t one_sided = (is_one_sided(cny.debits_minor, hkd.credits_minor) ? 1 : 0) +
                                       (is_one_sided(hkd.debits_minor, cny.credits_minor) ? 1 : 0);
        add(book, "exchange: what gave one currency took the other", "one-sided ways", one_sided,
            0);
    }

    // Booked like everything else, and nobody's: see the accounts of a bank (bank_sim/model).
    void name_unapplied(const v1::BankBooks& bank, const std::string& book) {
        for (const v1::Currency currency : kCurrencies) {
            const Sums unapplied = sums_of(bank, "unapplied", currency);
            const std::int64_t held_minor = unapplied.credits_minor - unapplied.debits_minor;
            if (held_minor == 0) continue;
            const std::string amount = amount_text(currency, std::abs(held_minor));
            result_.notes.push_back(
                held_minor > 0
                    ? book + " holds " + amount +
                          " for nobody's account (unapplied): promised or settled wrongly, and "
                          "lowu return sends it back; or a return of a payment that it has "
                          "forgotten"
                    : book + " lacks " + amount +
                          ": the rail has settled payments that it had refused before");
        }
    }

    // Debited from customers and not yet settled, in the currency that the rail was asked for.
    void check_transit(const v1::BankBooks& bank, const std::string& book) {
        for (const v1::Currency currency : kCurrencies) {
            std::int64_t pending_minor = 0;
            for (const v1::Payment& payment : books_.pending) {
                const bool its = payment.payer_agent() == bank.bank() &&
                                 payment.currency() == currency && holds_at_origin(payment);
                if (its) pending_minor += payment.amount_minor();
            }
            const Sums transit = sums_of(bank, "in transit", currency);
            const bool used = transit.debits_minor != 0 || transit.credits_minor != 0;
            if (!used && pending_minor == 0 && currency != v1::CURRENCY_CNY) continue;
            add(book, "money in transit = its payments pending at the switch", word(currency),
                transit.credits_minor - transit.debits_minor, pending_minor);
        }
    }

    void check_bank_against_rail(const v1::BankBooks& bank, const std::string& book) {
        bool participates = false;
        for (const v1::Position& position : books_.positions.positions()) {
            if (position.kind() != v1::ACCOUNT_KIND_SETTLEMENT || position.owner() != bank.bank()) {
                continue;
            }
            participates = true;
            const Sums own = sums_of(bank, "settlement", position.currency());
            add(book, "own settlement account = position from payments at the switch",
                word(position.currency()), own.debits_minor - own.credits_minor,
                position.payment_credits_minor() - position.payment_debits_minor());
        }
        add(book, "has a position at the switch", "participants", participates ? 1 : 0, 1);
        std::int64_t pending = 0;
        std::int64_t asked = 0;
        for (const v1::Payment& payment : books_.pending) {
            pending += payment.payer_agent() == bank.bank() ? 1 : 0;
            asked += payment.payee_agent() == bank.bank() && holds_at_destination(payment) ? 1 : 0;
        }
        add(book, "outgoing pending = pending at the switch", "payments", bank.outgoing_pending(),
            pending);
        add(book, "incoming promised = asked by the switch", "payments", bank.incoming_promised(),
            asked);
    }

    void name_unread_banks() {
        std::set<std::string> read;
        for (const v1::BankBooks& bank : books_.banks) {
            read.insert(bank.bank());
        }
        std::string missing;
        for (const v1::Participant& participant : books_.participants.participants()) {
            if (read.contains(participant.code())) continue;
            missing += (missing.empty() ? "" : ", ") + bank_text(participant.code());
        }
        if (!missing.empty()) {
            result_.notes.push_back("not checked, no simulated bank keeps their books here: " +
                                    missing);
        }
    }

    // The rail goes on without it: what was decided meanwhile waits in its outbox.
    void name_absent_banks() {
        for (const v1::Participant& bank : books_.participants.participants()) {
            if (bank.online()) continue;
            result_.notes.push_back(bank_text(bank.code()) +
                                    " has no session: its book lacks what the switch has decided "
                                    "since, until it is back");
        }
    }

    const Books& books_;
    Reconciliation result_;
};

}  // namespace

bool Reconciliation::agrees() const {
    return std::all_of(checks.begin(), checks.end(),
                       [](const Check& check) { return check.agrees(); });
}

std::vector<Check> Reconciliation::differences() const {
    std::vector<Check> found;
    std::copy_if(checks.begin(), checks.end(), std::back_inserter(found),
                 [](const Check& check) { return !check.agrees(); });
    return found;
}

Reconciliation reconcile(const Books& books) {
    return Reconciler(books).run();
}

}  // namespace lowu::client
