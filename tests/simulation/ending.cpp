// How a run ended; see ending.hpp.
#include "tests/simulation/ending.hpp"

#include <algorithm>
#include <iterator>

#include "common/base/assert.hpp"
#include "common/scheme/proxy.hpp"
#include "switch/follower/follower.hpp"
#include "tests/simulation/scheme.hpp"
#include "tests/support/invariants.hpp"

namespace lowu::simulation {
namespace {

using core::PaymentState;

constexpr std::array kRails{Rail::kFps, Rail::kIbps};

BankActor* find(const std::vector<BankActor*>& banks, const std::string& code) {
    for (BankActor* one : banks) {
        if (one->bank().code() == code) return one;
    }
    return nullptr;
}

/// What both banks must have read alike: agents, money, what for, names and text. Accounts where
/// the payer knew them.
std::string content_of(v1::Remittance remittance) {
    remittance.clear_bank();
    remittance.clear_outgoing();
    remittance.clear_status();
    remittance.clear_reason();
    remittance.clear_credited();
    remittance.clear_clearing_reference();
    remittance.clear_duration_us();
    remittance.clear_account_amount_minor();
    remittance.clear_account_currency();
    remittance.clear_proxy_suspicious();
    remittance.clear_returned_minor();
    if (remittance.has_payee_proxy()) remittance.clear_payee_account();
    // A return repeats its original the other way round, as each bank knows it.
    if (!remittance.original_uetr().empty()) {
        remittance.clear_payer_account();
        remittance.clear_payee_account();
        remittance.clear_creation_time_ms();
    }
    return remittance.SerializeAsString();
}

/// One leg, remembered or forgotten; none when it never was.
std::optional<core::Payment> leg_of(SwitchProcess& live, Rail rail, const scheme::Uetr& uetr) {
    const core::Cell& cell = live.engine().cell(rail);
    if (const auto index = cell.find_payment(uetr)) return cell.payment(*index);
    const auto archived = live.archive().find(uetr);
    LOWU_ASSERT(archived.ok(), "what the archive holds can be read");
    const auto& leg = archived->legs[static_cast<std::size_t>(rail)];
    return leg ? std::optional(leg->payment()) : std::nullopt;
}

/// Both ends of a payment, which of a domestic one are on the same rail.
void look_at_legs(PaymentFacts& facts, Rail rail, SwitchProcess& live) {
    const auto origin = leg_of(live, rail, facts.uetr);
    if (!origin) return;
    facts.origin = origin->state;
    const bool within = origin->leg == core::Leg::kDomestic ||
                        (facts.is_return && origin->service == core::Service::kDomestic);
    const auto crossed = within ? std::nullopt : leg_of(live, scheme::other(rail), facts.uetr);
    if (crossed) {
        facts.destination = crossed->state;
        facts.reported = crossed->credited;
    } else if (within && (origin->asked || facts.is_return)) {
        facts.destination = origin->state;
        facts.reported = origin->credited;
    }
    // Nobody reports a return: it is the payer's bank's own money that comes back.
    if (facts.is_return) facts.reported = facts.destination == PaymentState::kSettled;
}

PaymentFacts facts_of(const scheme::Uetr& uetr, const BankActor& payer_bank, SwitchProcess& live,
                      const std::vector<BankActor*>& banks) {
    const std::string text = scheme::format_uetr(uetr);
    const auto sent = payer_bank.bank().remittance(text);
    LOWU_ASSERT(sent.has_value(), "a bank remembers what it sent");
    PaymentFacts facts;
    facts.uetr = uetr;
    facts.is_return = !sent->original_uetr().empty();
    facts.payer_bank_says = sent->status();
    look_at_legs(facts, payer_bank.bank().rail(), live);
    if (BankActor* payee_bank = find(banks, sent->payee_agent())) {
        const auto received = payee_bank->bank().remittance(text);
        facts.payee_bank_credited = received && received->credited();
        facts.same_content = !received || content_of(*sent) == content_of(*received);
    }
    return facts;
}

MoneyFacts money_of(const bank::Books& books, money::Currency currency) {
    using bank::LedgerAccount;
    const auto net = [&](LedgerAccount account) {
        const bank::LedgerSums sums = books.sums(account, currency);
        return sums.debits.value - sums.credits.value;
    };
    MoneyFacts facts;
    facts.in_transit_minor = -net(LedgerAccount::kInTransit);
    facts.unapplied_minor = -net(LedgerAccount::kUnapplied);
    facts.customers_minor = books.customer_balances(currency).value;
    facts.opening_minor = net(LedgerAccount::kOpeningMoney);
    facts.exchange_minor = net(LedgerAccount::kExchange);
    facts.settlement_minor = net(LedgerAccount::kSettlement);
    return facts;
}

std::vector<std::string> proxies_lost(const BankActor& actor, const core::Cell& cell,
                                      core::ParticipantIndex bank) {
    std::vector<std::string> lost;
    for (const auto& [value, known] : actor.proxies()) {
        if (!known.certain) continue;
        const auto* held =
            cell.directory().find(scheme::proxy_hash(scheme::ProxyKind::kMobile, value), bank);
        const std::uint64_t reference = held == nullptr ? 0 : held->reference.value;
        if (reference != known.reference) lost.push_back(value);
    }
    return lost;
}

BankFacts facts_of(BankActor& actor, engine::Engine& engine, const support::RailView& rail) {
    v1::BankBooks view;
    actor.bank().describe(view);
    BankFacts facts;
    facts.code = actor.bank().code();
    facts.pending = view.outgoing_pending();
    facts.promised = view.incoming_promised();
    facts.credited = view.incoming_credited();
    facts.at_rest = actor.bank().session().open() && actor.bank().session().send_at() == kNever;
    facts.anomalies = actor.bank().anomalies();
    const core::Cell& cell = engine.cell(actor.bank().rail());
    const auto index = cell.find_participant(*scheme::parse_agent_code(facts.code));
    LOWU_ASSERT(index.has_value(), "every bank of the plan is a participant");
    const core::Participant& participant = cell.participant(*index);
    facts.outbox_left = participant.outbox.size();
    facts.proxies_lost = proxies_lost(actor, cell, *index);
    const auto position = [&](core::AccountIndex account) {
        const support::AccountView& one = rail.accounts.at(account.value);
        return one.account.balance.value - one.opening.value;
    };
    facts.money = {money_of(actor.bank().books(), money::Currency::kCny),
                   money_of(actor.bank().books(), money::Currency::kHkd)};
    facts.money[0].position_minor = position(participant.cny);
    if (participant.hkd) facts.money[1].position_minor = position(*participant.hkd);
    return facts;
}

/// The first account whose entries are not its balance.
std::string wrong_totals(const follower::Follower& follower) {
    for (const Rail rail : kRails) {
        const core::Ledger& ledger = follower.cell(rail).ledger();
        for (std::uint32_t i = 0; i < ledger.size(); ++i) {
            const auto totals = follower.observer(rail).totals(core::AccountIndex{i});
            const std::int64_t sum = totals.credits.value - totals.debits.value;
            if (sum == ledger.account(core::AccountIndex{i}).balance.value) continue;
            return std::string(scheme::to_string(rail)) + " account " + std::to_string(i);
        }
    }
    return {};
}

/// Everything from the first batch, into a fresh follower; and each batch in the archive as it was
/// sealed.
void replay(const Judge& judge, const follower::Archive& archive, Ending& ending) {
    follower::Follower fresh(100);
    for (const SealedCopy& batch : judge.batches()) {
        log::BatchView view;
        view.first_sequence = batch.first.value;
        view.count = batch.count;
        view.payload = batch.payload;
        const auto taken = fresh.take(view);
        LOWU_ASSERT(taken.ok(), "what was sealed can be followed");
        if (!ending.archive_differs.empty()) continue;
        const auto archived = archive.read_batch(batch.first);
        const bool same = archived.ok() && archived->payload == batch.payload &&
                          archived->view.first_sequence == batch.first.value &&
                          archived->view.count == batch.count;
        if (!same) ending.archive_differs = std::to_string(batch.first.value);
    }
    ending.replayed = digests_of(fresh.cell(Rail::kFps), fresh.cell(Rail::kIbps));
}

/// What the running follower tells, of what it was given with a snapshot too.
void ask_follower(const follower::Follower& follower, Ending& ending) {
    ending.follower = digests_of(follower.cell(Rail::kFps), follower.cell(Rail::kIbps));
    ending.follower_totals = wrong_totals(follower);
    std::optional<core::Sequence> before;
    do {
        auto page = follower.list({}, 1'000, before);
        LOWU_ASSERT(page.ok(), "the archive can be read");
        std::move(page->payments.begin(), page->payments.end(), std::back_inserter(ending.listed));
        before = page->before;
    } while (before);
    for (const support::RailView* rail : {&ending.scheme.fps, &ending.scheme.ibps}) {
        for (const support::LegView& leg : rail->legs)
            ending.payments_begun += core::begins(leg.leg) ? 1U : 0U;
    }
}

void judge_payment(const PaymentFacts& payment, std::vector<std::string>& wrong) {
    const auto say = [&](const std::string& what) {
        wrong.push_back(scheme::format_uetr(payment.uetr) + ": " + what);
    };
    const bool settled = payment.origin == PaymentState::kSettled;
    if (!core::is_final(payment.origin)) {
        return say("not final at the origin: " + std::string(core::to_string(payment.origin)));
    }
    const bool at_destination = payment.destination != PaymentState::kNone;
    if ((settled || at_destination) && payment.destination != payment.origin) {
        say("the rails differ: " + std::string(core::to_string(payment.destination)) +
            " at the destination");
    }
    const auto expected = settled ? v1::PAYMENT_STATUS_ACSC : v1::PAYMENT_STATUS_RJCT;
    if (payment.payer_bank_says != expected) {
        say("the payer's bank holds it for " + v1::PaymentStatus_Name(payment.payer_bank_says));
    }
    if (payment.payee_bank_credited && !settled) say("credited and not settled");
    if (settled && !payment.payee_bank_credited) say("settled and not credited");
    if (settled && !payment.reported) say("credited and not reported");
    if (!payment.same_content) say("the banks have read different instructions");
}

void judge_bank(const BankFacts& bank, std::vector<std::string>& wrong) {
    const auto expect = [&](const char* what, std::int64_t found, std::int64_t expected) {
        if (found == expected) return;
        wrong.push_back("bank " + bank.code + ": " + what + " " + std::to_string(found) +
                        " instead of " + std::to_string(expected));
    };
    expect("payments pending", bank.pending, 0);
    expect("promises open", bank.promised, 0);
    for (const MoneyFacts& money : bank.money) {
        expect("money in transit", money.in_transit_minor, 0);
        expect("money that is nobody's", money.unapplied_minor, 0);
        expect("settlement by its own entries", money.settlement_minor, money.position_minor);
        expect("customers' money", money.customers_minor,
               money.opening_minor + money.settlement_minor + money.exchange_minor);
    }
    expect("messages not acknowledged", static_cast<std::int64_t>(bank.outbox_left), 0);
    expect("session at rest", bank.at_rest ? 1 : 0, 1);
    for (const std::string& proxy : bank.proxies_lost)
        wrong.push_back("bank " + bank.code + ": the directory does not hold " + proxy);
    bank::Anomalies expected;
    // A bank that logs on less than ten seconds after it has logged off is told so.
    expected.message_rejected = bank.anomalies.message_rejected;
    if (bank.anomalies != expected) {
        wrong.push_back("bank " + bank.code + " counted anomalies");
    }
}

void judge_scheme(const support::SchemeView& scheme, std::vector<std::string>& wrong) {
    for (const support::Violation& violation : support::check_all(scheme)) {
        wrong.push_back(std::string(violation.invariant) + ": " + violation.what);
    }
    for (const support::RailView* rail : {&scheme.fps, &scheme.ibps}) {
        const std::string name(scheme::to_string(rail->rail));
        for (const support::AccountView& one : rail->accounts) {
            if (one.account.reserved.value == 0) continue;
            wrong.push_back(name + ": a reservation is left");
        }
        if (rail->link_in_flight != 0) wrong.push_back(name + ": a payment waits for the link");
        if (rail->pending != 0) wrong.push_back(name + ": a payment is pending");
        if (rail->quota_reserved != core::QuotaAmounts{}) {
            wrong.push_back(name + ": a part of somebody's quota is left reserved");
        }
    }
}

}  // namespace

Ending gather(Judge& judge, SwitchProcess& live, const Desk& desk, std::vector<BankActor*> banks) {
    Ending ending;
    engine::Engine& engine = live.engine();
    ending.scheme = judge.view();
    for (BankActor* actor : banks) {
        for (const scheme::Uetr& uetr : actor->sent())
            ending.payments.push_back(facts_of(uetr, *actor, live, banks));
        ending.banks.push_back(
            facts_of(*actor, engine,
                     actor->bank().rail() == Rail::kFps ? ending.scheme.fps : ending.scheme.ibps));
    }
    ending.link_messages_left = engine.cell(Rail::kFps).link_outbox().size() +
                                engine.cell(Rail::kIbps).link_outbox().size();
    ending.calls_left = desk.waiting();
    ending.live = digests_of(engine.cell(Rail::kFps), engine.cell(Rail::kIbps));
    ask_follower(live.follower(), ending);
    replay(judge, live.archive(), ending);
    if (const auto recovered = live.recover_aside(); recovered.ok()) {
        ending.recovered = *recovered;
    } else {
        judge.complain("the disk cannot be recovered: " + recovered.error().what);
    }
    return ending;
}

std::vector<std::string> judge_ending(const Ending& ending) {
    std::vector<std::string> wrong;
    judge_scheme(ending.scheme, wrong);
    std::int64_t settled = 0;
    for (const PaymentFacts& payment : ending.payments) {
        judge_payment(payment, wrong);
        const bool counts = payment.origin == PaymentState::kSettled && !payment.is_return;
        settled += counts ? 1 : 0;
    }
    std::int64_t credited = 0;
    std::array<std::int64_t, 2> gained_minor{};
    for (const BankFacts& bank : ending.banks) {
        judge_bank(bank, wrong);
        credited += bank.credited;
        for (std::size_t i = 0; i < gained_minor.size(); ++i)
            gained_minor[i] += bank.money[i].settlement_minor;
    }
    if (credited != settled) wrong.push_back("credits are not as many as settled payments");
    for (const std::int64_t gained : gained_minor) {
        if (gained != 0) wrong.push_back("banks together have gained or lost money");
    }
    if (ending.calls_left != 0) wrong.push_back("a call has no answer");
    if (ending.link_messages_left != 0) wrong.push_back("the link holds messages");
    if (ending.follower != ending.live) wrong.push_back("the follower's cells differ");
    if (ending.replayed != ending.live) wrong.push_back("replay gives other cells");
    if (ending.recovered != ending.live) wrong.push_back("recovery gives other cells");
    if (ending.listed.size() != ending.payments_begun) {
        wrong.push_back("the follower lists " + std::to_string(ending.listed.size()) + " of " +
                        std::to_string(ending.payments_begun) + " payments");
    }
    if (!ending.archive_differs.empty()) {
        wrong.push_back("the archive has not the batch at sequence " + ending.archive_differs);
    }
    if (!ending.follower_totals.empty()) {
        wrong.push_back("entries do not sum to the balance: " + ending.follower_totals);
    }
    return wrong;
}

}  // namespace lowu::simulation
