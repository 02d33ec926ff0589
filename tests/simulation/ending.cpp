// How a run ended; see ending.hpp.
#include "tests/simulation/ending.hpp"

#include "common/base/assert.hpp"
#include "switch/follower/follower.hpp"
#include "switch/journal/replay.hpp"
#include "tests/simulation/scheme.hpp"
#include "tests/support/counting_bodies.hpp"
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

/// What both banks must have read alike: accounts, agents, money, names and text.
std::string content_of(v1::Remittance remittance) {
    remittance.clear_bank();
    remittance.clear_outgoing();
    remittance.clear_status();
    remittance.clear_reason();
    remittance.clear_credited();
    remittance.clear_clearing_reference();
    remittance.clear_duration_us();
    return remittance.SerializeAsString();
}

PaymentFacts facts_of(const scheme::Uetr& uetr, const BankActor& payer_bank, engine::Engine& engine,
                      const std::vector<BankActor*>& banks) {
    PaymentFacts facts;
    facts.uetr = uetr;
    const core::Cell& here = engine.cell(payer_bank.bank().rail());
    const core::Cell& there = engine.cell(scheme::other(payer_bank.bank().rail()));
    if (const auto index = here.find_payment(uetr)) facts.origin = here.payment(*index).state;
    if (const auto index = there.find_payment(uetr)) {
        facts.destination = there.payment(*index).state;
        facts.reported = there.payment(*index).credited;
    }
    const std::string text = scheme::format_uetr(uetr);
    const auto sent = payer_bank.bank().remittance(text);
    LOWU_ASSERT(sent.has_value(), "a bank remembers what it sent");
    facts.payer_bank_says = sent->status();
    if (BankActor* payee_bank = find(banks, sent->payee_agent())) {
        const auto received = payee_bank->bank().remittance(text);
        facts.payee_bank_credited = received && received->credited();
        facts.same_content = !received || content_of(*sent) == content_of(*received);
    }
    return facts;
}

BankFacts facts_of(BankActor& actor, engine::Engine& engine, const support::RailView& rail) {
    using bank::LedgerAccount;
    const bank::Books& books = actor.bank().books();
    const auto net = [&](LedgerAccount account) {
        const bank::LedgerSums sums = books.sums(account, money::Currency::kCny);
        return sums.debits.value - sums.credits.value;
    };
    v1::BankBooks view;
    actor.bank().describe(view);
    BankFacts facts;
    facts.code = actor.bank().code();
    facts.pending = view.outgoing_pending();
    facts.promised = view.incoming_promised();
    facts.credited = view.incoming_credited();
    facts.in_transit_minor = -net(LedgerAccount::kInTransit);
    facts.customers_minor = books.customer_balances(money::Currency::kCny).value;
    facts.opening_minor = net(LedgerAccount::kOpeningMoney);
    facts.settlement_minor = net(LedgerAccount::kSettlement);
    facts.at_rest = actor.bank().session().open() && actor.bank().session().send_at() == kNever;
    facts.anomalies = actor.bank().anomalies();
    const core::Cell& cell = engine.cell(actor.bank().rail());
    const auto index = cell.find_participant(*scheme::parse_agent_code(facts.code));
    LOWU_ASSERT(index.has_value(), "every bank of the plan is a participant");
    const core::Participant& participant = cell.participant(*index);
    facts.outbox_left = participant.outbox.size();
    const support::AccountView& account = rail.accounts.at(participant.cny.value);
    facts.position_minor = account.account.balance.value - account.opening.value;
    return facts;
}

/// Replays the log into a follower.
void follow(log::BatchLog& log, Ending& ending) {
    follower::Follower follower(100);
    auto reader = log.read(1);
    LOWU_ASSERT(reader.ok(), "the log that was written can be read");
    while (true) {
        const auto batch = (*reader)->read_next(log.head().next_sequence - 1);
        LOWU_ASSERT(batch.ok(), "what is durable can be read");
        if (!*batch) break;
        const auto taken = follower.take(**batch);
        LOWU_ASSERT(taken.ok(), "what is durable can be followed");
    }
    ending.follower = digests_of(follower.cell(Rail::kFps), follower.cell(Rail::kIbps));
    for (const Rail rail : kRails) {
        const core::Ledger& ledger = follower.cell(rail).ledger();
        for (std::uint32_t i = 0; i < ledger.size(); ++i) {
            const auto totals = follower.observer(rail).totals(core::AccountIndex{i});
            const std::int64_t sum = totals.credits.value - totals.debits.value;
            if (sum == ledger.account(core::AccountIndex{i}).balance.value) continue;
            ending.follower_totals =
                std::string(scheme::to_string(rail)) + " account " + std::to_string(i);
        }
    }
}

class NoOutlet final : public engine::Outlet {
public:
    [[nodiscard]] bool ready(engine::SessionId /*session*/) override { return false; }
    void send(engine::SessionId /*session*/, const engine::OutboundFrame& /*frame*/) override {}
    void close(engine::SessionId /*session*/, engine::CloseReason /*reason*/,
               const std::string& /*text*/) override {}
};

/// Replays the log into a fresh engine.
void replay(log::BatchLog& log, Ending& ending) {
    ManualClock clock;
    NoOutlet outlet;
    support::CountingBodies bodies(log);
    engine::Engine fresh(clock, outlet, bodies);
    const auto done =
        journal::for_each_record(log, [&](journal::Entry& entry) { fresh.replay(entry); });
    LOWU_ASSERT(done.ok(), "the log that was written can be replayed");
    ending.replayed = digests_of(fresh.cell(Rail::kFps), fresh.cell(Rail::kIbps));
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
    expect("money in transit", bank.in_transit_minor, 0);
    expect("settlement by its own entries", bank.settlement_minor, bank.position_minor);
    expect("customers' money", bank.customers_minor, bank.opening_minor + bank.settlement_minor);
    expect("messages not acknowledged", static_cast<std::int64_t>(bank.outbox_left), 0);
    expect("session at rest", bank.at_rest ? 1 : 0, 1);
    if (bank.anomalies != bank::Anomalies{}) {
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
    }
}

}  // namespace

Ending gather(Judge& judge, engine::Engine& engine, log::BatchLog& log,
              std::vector<BankActor*> banks) {
    Ending ending;
    ending.scheme = judge.view();
    for (BankActor* actor : banks) {
        for (const scheme::Uetr& uetr : actor->sent())
            ending.payments.push_back(facts_of(uetr, *actor, engine, banks));
        ending.banks.push_back(
            facts_of(*actor, engine,
                     actor->bank().rail() == Rail::kFps ? ending.scheme.fps : ending.scheme.ibps));
    }
    ending.link_messages_left = engine.cell(Rail::kFps).link_outbox().size() +
                                engine.cell(Rail::kIbps).link_outbox().size();
    ending.live = digests_of(engine.cell(Rail::kFps), engine.cell(Rail::kIbps));
    follow(log, ending);
    replay(log, ending);
    return ending;
}

std::vector<std::string> judge_ending(const Ending& ending) {
    std::vector<std::string> wrong;
    judge_scheme(ending.scheme, wrong);
    std::int64_t settled = 0;
    for (const PaymentFacts& payment : ending.payments) {
        judge_payment(payment, wrong);
        settled += payment.origin == PaymentState::kSettled ? 1 : 0;
    }
    std::int64_t credited = 0;
    std::int64_t gained_minor = 0;
    for (const BankFacts& bank : ending.banks) {
        judge_bank(bank, wrong);
        credited += bank.credited;
        gained_minor += bank.customers_minor - bank.opening_minor;
    }
    if (credited != settled) wrong.push_back("credits are not as many as settled payments");
    if (gained_minor != 0) wrong.push_back("customers together have gained or lost money");
    if (ending.link_messages_left != 0) wrong.push_back("the link holds messages");
    if (ending.follower != ending.live) wrong.push_back("the follower's cells differ");
    if (ending.replayed != ending.live) wrong.push_back("replay gives other cells");
    if (!ending.follower_totals.empty()) {
        wrong.push_back("entries do not sum to the balance: " + ending.follower_totals);
    }
    return wrong;
}

}  // namespace lowu::simulation
