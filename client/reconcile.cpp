// Holds the books against one another. See reconcile.hpp.
#include "client/reconcile.hpp"

#include <algorithm>
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

bool is_northbound(const v1::Payment& payment) {
    return payment.direction() == v1::DIRECTION_NORTHBOUND;
}

v1::Rail origin_of(const v1::Payment& payment) {
    return is_northbound(payment) ? v1::RAIL_FPS : v1::RAIL_IBPS;
}

v1::Rail destination_of(const v1::Payment& payment) {
    return is_northbound(payment) ? v1::RAIL_IBPS : v1::RAIL_FPS;
}

// Reserved at the origin: taken up, and neither settled nor refused there.
bool holds_at_origin(const v1::Payment& payment) {
    return payment.origin_state() == "FORWARDED" || payment.origin_state() == "CANCELLING";
}

bool holds_at_destination(const v1::Payment& payment) {
    return payment.destination_state() == "ASKED";
}

bool is_in_transit(const v1::Payment& payment) {
    return payment.destination_state() == "SETTLED" && holds_at_origin(payment);
}

std::string rail_book(v1::Rail rail) {
    return word(rail) + " at the switch";
}

std::string name_of(const v1::Position& position) {
    return word(position.kind()) + " " + position.owner() + " " + word(position.currency());
}

std::string uetrs_text(const std::vector<const v1::Payment*>& payments) {
    std::string text;
    for (std::size_t i = 0; i < payments.size() && i < kUetrsNamed; ++i) {
        text += (i == 0 ? "" : ", ") + payments[i]->uetr();
    }
    if (payments.size() > kUetrsNamed) {
        text += " and " + std::to_string(payments.size() - kUetrsNamed) + " more";
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
            check_reserved(rail);
            check_agent(rail);
        }
        check_claims();
        check_counts();
        for (const v1::BankBooks& bank : books_.banks) {
            check_bank(bank);
        }
        name_unread_banks();
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

    [[nodiscard]] std::int64_t expected_reserve(const v1::Position& position) const {
        if (position.currency() != v1::CURRENCY_CNY) return 0;  // only CNY crosses
        std::int64_t sum_minor = 0;
        for (const v1::Payment& payment : books_.pending) {
            const bool payer = position.kind() == v1::ACCOUNT_KIND_SETTLEMENT &&
                               origin_of(payment) == position.rail() &&
                               payment.payer_agent() == position.owner() &&
                               holds_at_origin(payment);
            const bool agent = position.kind() == v1::ACCOUNT_KIND_LINK_AGENT &&
                               destination_of(payment) == position.rail() &&
                               holds_at_destination(payment);
            if (payer || agent) sum_minor += payment.amount_minor();
        }
        return sum_minor;
    }

    void check_reserved(v1::Rail rail) {
        std::int64_t reserved_minor = 0;
        std::int64_t expected_minor = 0;
        for (const v1::Position& position : books_.positions.positions()) {
            if (position.rail() != rail) continue;
            const std::int64_t expected = expected_reserve(position);
            if (position.reserved_minor() != expected) {
                add(rail_book(rail), name_of(position) + ": reserved = its pending payments",
                    word(position.currency()), position.reserved_minor(), expected);
            }
            reserved_minor += position.reserved_minor();
            expected_minor += expected;
        }
        add(rail_book(rail), "reserved = pending payments", "CNY", reserved_minor, expected_minor);
    }

    [[nodiscard]] std::int64_t payments_net(v1::Rail rail, v1::AccountKind kind) const {
        std::int64_t net_minor = 0;
        for (const v1::Position& position : books_.positions.positions()) {
            if (position.rail() != rail || position.kind() != kind) continue;
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

    // What the participants received, the agent paid, and the other side's agent owes it.
    void check_agent(v1::Rail rail) {
        const std::int64_t agent = payments_net(rail, v1::ACCOUNT_KIND_LINK_AGENT);
        add(rail_book(rail), "link agent's payments = - participants' payments", "CNY", agent,
            -payments_net(rail, v1::ACCOUNT_KIND_SETTLEMENT));
        add(rail_book(rail), "link agent's payments = claim on the other agent", "CNY", agent,
            claim(rail));
    }

    // A payment is claimed from the destination when it is settled there, and from the origin when
    // that follows; in between it is in transit.
    void check_claims() {
        std::int64_t in_transit_minor = 0;
        std::vector<const v1::Payment*> in_transit;
        for (const v1::Payment& payment : books_.pending) {
            if (!is_in_transit(payment)) continue;
            in_transit_minor += payment.amount_minor();
            in_transit.push_back(&payment);
        }
        add("both rails", "claims cancel but for payments in transit", "CNY",
            claim(v1::RAIL_FPS) + claim(v1::RAIL_IBPS), -in_transit_minor, uetrs_text(in_transit));
    }

    void check_counts() {
        add("both rails", "pending payments counted = listed", "payments", books_.status.pending(),
            static_cast<std::int64_t>(books_.pending.size()));
        std::vector<const v1::Payment*> waiting;
        for (const v1::Payment& payment : books_.not_credited) {
            waiting.push_back(&payment);
        }
        add("both rails", "settled payments are credited: none left over", "payments",
            books_.status.settled_not_credited(), 0, uetrs_text(waiting));
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
        check_bank_against_rail(bank, book);
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
        std::int64_t pending_minor = 0;
        std::int64_t asked = 0;
        for (const v1::Payment& payment : books_.pending) {
            if (payment.payer_agent() == bank.bank()) {
                ++pending;
                pending_minor += payment.amount_minor();
            }
            asked += payment.payee_agent() == bank.bank() && holds_at_destination(payment) ? 1 : 0;
        }
        const Sums transit = sums_of(bank, "in transit", v1::CURRENCY_CNY);
        add(book, "money in transit = its payments pending at the switch", "CNY",
            transit.credits_minor - transit.debits_minor, pending_minor);
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
