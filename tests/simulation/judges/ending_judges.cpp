// The judges of how a run ended; see judges.hpp. Those who watch it while it goes on are in
// running_judges.cpp.
#include "tests/simulation/judges/judges.hpp"

namespace lowu::judges {
namespace {

using core::PaymentState;

constexpr std::array kCurrencies{"CNY", "HKD"};

/// Complains of each figure that is another one than it should be.
class Figures {
public:
    Figures(std::string_view judge, std::string of, Complaints& complaints)
        : judge_(judge), of_(std::move(of)), complaints_(complaints) {}

    void expect(const std::string& what, std::int64_t found, std::int64_t expected) {
        if (found == expected) return;
        complaints_.say(judge_, of_ + ": " + what + " " + std::to_string(found) + " instead of " +
                                    std::to_string(expected));
    }

private:
    std::string_view judge_;
    std::string of_;
    Complaints& complaints_;
};

}  // namespace

void ReservationsEnd::on_ending(const Ending& ending, Complaints& complaints) {
    for (const support::RailView* rail : {&ending.scheme.fps, &ending.scheme.ibps}) {
        Figures of_rail(name(), std::string(scheme::to_string(rail->rail)), complaints);
        for (const support::AccountView& one : rail->accounts)
            of_rail.expect("left reserved", one.account.reserved.value, 0);
        of_rail.expect("payments pending", rail->pending, 0);
        of_rail.expect("payments waiting for the link", rail->link_in_flight, 0);
        of_rail.expect("quota reserved of a day", rail->quota_reserved.day.value, 0);
        of_rail.expect("quota reserved of a year", rail->quota_reserved.year.value, 0);
    }
}

void CreditFollowsSettled::on_ending(const Ending& ending, Complaints& complaints) {
    std::int64_t settled_payments = 0;
    std::int64_t credited = 0;
    for (const PaymentFacts& payment : ending.payments) {
        const auto complain = [&](const char* what) {
            complaints.say(name(), scheme::format_uetr(payment.uetr) + ": " + what);
        };
        const bool settled = payment.origin == PaymentState::kSettled;
        settled_payments += settled && !payment.is_return ? 1 : 0;
        if (payment.payee_bank_credited && !settled) complain("credited and not settled");
        if (settled && !payment.payee_bank_credited) complain("settled and not credited");
        if (settled && !payment.reported) complain("credited and not reported");
    }
    for (const BankFacts& bank : ending.banks)
        credited += bank.credited;
    Figures(name(), "all banks", complaints).expect("credits", credited, settled_payments);
}

void ReplayIsTheSame::on_ending(const Ending& ending, Complaints& complaints) {
    if (ending.follower != ending.live) complaints.say(name(), "the follower's cells differ");
    if (ending.replayed != ending.live) {
        complaints.say(name(), "replay from the first batch gives other cells");
    }
    if (!ending.not_recovered.empty()) {
        complaints.say(name(), "the disk cannot be recovered: " + ending.not_recovered);
    } else if (ending.recovered != ending.live) {
        complaints.say(name(), "recovery gives other cells");
    }
}

void OutboxesDrain::on_ending(const Ending& ending, Complaints& complaints) {
    for (const BankFacts& bank : ending.banks) {
        Figures of_bank(name(), "bank " + bank.code, complaints);
        of_bank.expect("messages not acknowledged", static_cast<std::int64_t>(bank.outbox_left), 0);
        of_bank.expect("session at rest", bank.at_rest ? 1 : 0, 1);
        of_bank.expect("payments pending", bank.pending, 0);
        of_bank.expect("promises open", bank.promised, 0);
    }
    Figures of_all(name(), "the switch", complaints);
    of_all.expect("messages on the link", static_cast<std::int64_t>(ending.link_messages_left), 0);
    of_all.expect("calls without an answer", static_cast<std::int64_t>(ending.calls_left), 0);
}

namespace {

void judge_payment(std::string_view name, const PaymentFacts& payment, Complaints& complaints) {
    const auto complain = [&](const std::string& what) {
        complaints.say(name, scheme::format_uetr(payment.uetr) + ": " + what);
    };
    const bool settled = payment.origin == PaymentState::kSettled;
    if (!core::is_final(payment.origin)) {
        return complain("not final at the origin: " + std::string(core::to_string(payment.origin)));
    }
    const bool at_destination = payment.destination != PaymentState::kNone;
    if ((settled || at_destination) && payment.destination != payment.origin) {
        complain("the rails differ: " + std::string(core::to_string(payment.destination)) +
                 " at the destination");
    }
    const auto expected = settled ? v1::PAYMENT_STATUS_ACSC : v1::PAYMENT_STATUS_RJCT;
    if (payment.payer_bank_says != expected) {
        complain("the payer's bank holds it for " +
                 v1::PaymentStatus_Name(payment.payer_bank_says));
    }
    if (!payment.same_content) complain("the banks have read different instructions");
}

}  // namespace

void PartiesAgree::on_ending(const Ending& ending, Complaints& complaints) {
    for (const PaymentFacts& payment : ending.payments)
        judge_payment(name(), payment, complaints);
    for (const BankFacts& bank : ending.banks) {
        for (const std::string& proxy : bank.proxies_lost)
            complaints.say(name(), "bank " + bank.code + ": the directory does not hold " + proxy);
        bank::Anomalies expected;
        // A bank that logs on less than ten seconds after it has logged off is told so.
        expected.message_rejected = bank.anomalies.message_rejected;
        if (bank.anomalies != expected) {
            complaints.say(name(), "bank " + bank.code + " counted anomalies");
        }
    }
}

void BanksBooksFit::on_ending(const Ending& ending, Complaints& complaints) {
    std::array<std::int64_t, kCurrencies.size()> gained_minor{};
    for (const BankFacts& bank : ending.banks) {
        for (std::size_t i = 0; i < bank.money.size(); ++i) {
            const MoneyFacts& money = bank.money[i];
            Figures of_bank(name(), "bank " + bank.code + " in " + kCurrencies[i], complaints);
            of_bank.expect("money in transit", money.in_transit_minor, 0);
            of_bank.expect("money that is nobody's", money.unapplied_minor, 0);
            of_bank.expect("settlement by its own entries", money.settlement_minor,
                           money.position_minor);
            of_bank.expect("customers' money", money.customers_minor,
                           money.opening_minor + money.settlement_minor + money.exchange_minor);
            gained_minor[i] += money.settlement_minor;
        }
    }
    for (std::size_t i = 0; i < gained_minor.size(); ++i) {
        Figures(name(), std::string("all banks in ") + kCurrencies[i], complaints)
            .expect("gained", gained_minor[i], 0);
    }
}

void FollowerHasAll::on_ending(const Ending& ending, Complaints& complaints) {
    if (ending.payments_listed != ending.payments_begun) {
        complaints.say(name(), "it lists " + std::to_string(ending.payments_listed) + " of " +
                                   std::to_string(ending.payments_begun) + " payments");
    }
    if (!ending.archive_differs.empty()) {
        complaints.say(name(),
                       "the archive has not the batch at sequence " + ending.archive_differs);
    }
    if (!ending.follower_totals.empty()) {
        complaints.say(name(), "entries do not sum to the balance: " + ending.follower_totals);
    }
}

std::vector<std::unique_ptr<Judge>> all_judges(support::ReferenceCheck& check) {
    std::vector<std::unique_ptr<Judge>> all;
    for (const support::Invariant* invariant : support::all_invariants())
        all.push_back(std::make_unique<InvariantHolds>(*invariant));
    all.push_back(std::make_unique<FinalIsFinal>());
    all.push_back(std::make_unique<ReservationsEnd>());
    all.push_back(std::make_unique<SessionsKeepOrder>());
    all.push_back(std::make_unique<NothingIsSaidTooEarly>());
    all.push_back(std::make_unique<CreditFollowsSettled>());
    all.push_back(std::make_unique<ReferencePredicts>(check));
    all.push_back(std::make_unique<ReplayIsTheSame>());
    all.push_back(std::make_unique<NothingReleasedIsLost>());
    all.push_back(std::make_unique<OutboxesDrain>());
    all.push_back(std::make_unique<PartiesAgree>());
    all.push_back(std::make_unique<BanksBooksFit>());
    all.push_back(std::make_unique<FollowerHasAll>());
    return all;
}

}  // namespace lowu::judges
