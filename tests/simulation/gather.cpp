// Gathers how a run ended; see gather.hpp.
#include "tests/simulation/gather.hpp"

#include "common/base/assert.hpp"
#include "common/scheme/proxy.hpp"
#include "simulator/world/scheme.hpp"
#include "switch/follower/follower.hpp"

namespace lowu::simulator {
namespace {

using core::PaymentState;
using judges::BankFacts;
using judges::Ending;
using judges::MoneyFacts;
using judges::PaymentFacts;

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
void replay(const judges::Court& court, const follower::Archive& archive, Ending& ending) {
    follower::Follower fresh(100);
    for (const judges::SealedCopy& batch : court.batches()) {
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
std::vector<follower::PaymentView> ask_follower(const follower::Follower& follower,
                                                Ending& ending) {
    ending.follower = digests_of(follower.cell(Rail::kFps), follower.cell(Rail::kIbps));
    ending.follower_totals = wrong_totals(follower);
    std::vector<follower::PaymentView> listed;
    std::optional<core::Sequence> before;
    do {
        auto page = follower.list({}, 1'000, before);
        LOWU_ASSERT(page.ok(), "the archive can be read");
        std::move(page->payments.begin(), page->payments.end(), std::back_inserter(listed));
        before = page->before;
    } while (before);
    for (const support::RailView* rail : {&ending.scheme.fps, &ending.scheme.ibps}) {
        for (const support::LegView& leg : rail->legs)
            ending.payments_begun += core::begins(leg.leg) ? 1U : 0U;
    }
    ending.payments_listed = listed.size();
    return listed;
}

}  // namespace

Gathered gather(const judges::Court& court, SwitchProcess& live, const Desk& desk,
                const std::vector<BankActor*>& banks) {
    Gathered gathered;
    Ending& ending = gathered.ending;
    engine::Engine& engine = live.engine();
    ending.scheme = court.view();
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
    gathered.listed = ask_follower(live.follower(), ending);
    replay(court, live.archive(), ending);
    if (const auto recovered = live.recover_aside(); recovered.ok()) {
        ending.recovered = *recovered;
    } else {
        ending.not_recovered = recovered.error().what;
    }
    return gathered;
}

}  // namespace lowu::simulator
