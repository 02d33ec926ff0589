// The loop over a scenario's days; see player.hpp and play.hpp.
#include "simulator/play/player.hpp"

#include <algorithm>

#include "common/scheme/calendar.hpp"
#include "simulator/play/genesis.hpp"

namespace lowu::simulator {
namespace {

/// Banks connect and register proxies before the first customer comes.
constexpr Duration kPrologue = Duration::from_minutes(10);
/// A bank's program starts so long before its first day; and ends so long after its last.
constexpr Duration kBeforeJoining = Duration::from_hours(1);
constexpr Duration kAfterLeaving = Duration::from_hours(1);
/// The state that a killed switch begins with is so much older.
constexpr Duration kSnapshotBefore = Duration::from_minutes(1);
constexpr std::int64_t kTellEvery = 16'384;
constexpr std::size_t kMostComplaints = 20;

// Each part draws for itself.
enum class Draws : std::uint64_t { kPayments = 0x7061'7900, kSwitch, kBanks };

std::uint64_t seed_of(const Scenario& scenario, Draws draws) {
    return mix64(scenario.seed, static_cast<std::uint64_t>(draws));
}

}  // namespace

Player::Player(const Scenario& scenario, const PlayOptions& options)
    : scenario_(scenario),
      options_(options),
      epoch_(scenario.start - kPrologue),
      exchange_(scenario),
      payments_(seed_of(scenario, Draws::kPayments)),
      tally_(scenario, options.name, epoch_),
      host_(timeline_, *this, scenario.network, seed_of(scenario, Draws::kSwitch)),
      hall_({scenario, exchange_, timeline_, host_, payments_, tally_, *this},
            seed_of(scenario, Draws::kBanks)),
      traffic_(scenario) {
    for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps})
        hall_.add_settlement(rail, settlement_code(scenario, rail));
}

Result<Played> play(const Scenario& scenario, const PlayOptions& options) {
    return Player(scenario, options).run();
}

Result<Played> Player::run() {
    auto genesis = genesis_of(scenario_, exchange_, epoch_);
    if (!genesis.ok()) return genesis.error();
    host_.start(std::move(genesis).value());
    hall_.find_participants();
    plan();
    play_on();
    return conclude();
}

// What is known from the beginning.

void Player::plan() {
    plan_banks();
    plan_faults();
    const SchemeTime first_midnight = scheme::start_of_day(scenario_.first_day + 1);
    timeline_.at(elapsed(first_midnight + Duration::from_ms(scenario_.exchange.published_at_ms)),
                 What::kRates, 1);
    timeline_.at(elapsed(first_midnight), What::kMidnight);
    for (std::uint32_t i = 0; i < scenario_.funding.size(); ++i) {
        SchemeTime at = scheme::start_of_day(scenario_.first_day) +
                        Duration::from_ms(scenario_.funding[i].at_ms);
        if (at < scenario_.start) at = at + Duration::from_days(1);
        timeline_.at(elapsed(at), What::kFunding, i);
    }
    for (std::uint32_t i = 0; i < scenario_.actions.size(); ++i)
        timeline_.at(elapsed(scenario_.actions[i].at), What::kAction, i);
}

void Player::plan_banks() {
    for (std::size_t bank = 0; bank < hall_.banks(); ++bank) {
        const auto number = static_cast<std::uint16_t>(bank);
        ElapsedTime joins{};
        if (bank < scenario_.banks.size()) {
            const Bank& one = scenario_.banks[bank];
            joins = elapsed(scheme::start_of_day(one.joins) - kBeforeJoining);
            if (one.joins >= scenario_.end_day()) continue;
            if (one.leaves < scenario_.end_day()) {
                const ElapsedTime leaves = elapsed(scheme::start_of_day(one.leaves));
                timeline_.at(leaves, What::kLeave, 0, number);
                timeline_.at(leaves + kAfterLeaving, What::kLeft, 0, number);
            }
        }
        timeline_.at(joins, What::kJoin, 0, number);
    }
}

void Player::plan_faults() {
    for (std::uint32_t i = 0; i < scenario_.faults.size(); ++i) {
        const Fault& fault = scenario_.faults[i];
        timeline_.at(elapsed(fault.from), What::kFaultBegins, i);
        timeline_.at(elapsed(fault.until), What::kFaultEnds, i);
        if (fault.kind == FaultKind::kSwitchKilled) {
            timeline_.at(elapsed(fault.from - kSnapshotBefore), What::kSnapshot);
        }
    }
}

// The loop.

void Player::play_on() {
    std::int64_t orders = 0;
    const ElapsedTime end = elapsed(scenario_.end());
    auto order = traffic_.next();
    while (order || !timeline_.empty()) {
        if (timeline_.now() >= end) hall_.end_returns();
        const bool orders_first =
            order && (timeline_.empty() || elapsed(order->at) <= timeline_.next_at());
        if (!orders_first) {
            happen(timeline_.take());
            continue;
        }
        timeline_.go_to(elapsed(order->at));
        hall_.order(*order);
        if (++orders % kTellEvery == 0) tell_progress(orders);
        order = traffic_.next();
        if (order) hall_.expect(*order);
    }
    tell_progress(orders);
}

void Player::tell_progress(std::int64_t orders) {
    if (options_.progress) {
        options_.progress({tally_.moment(timeline_.now()), orders, traffic_.total()});
    }
}

void Player::happen(const Happening& happening) {
    switch (happening.what) {
        case What::kFrameToSwitch:
            return hall_.frame_to_switch(happening.number);
        case What::kFrameToBank:
            return hall_.frame_to_bank(happening.number);
        case What::kSynced:
            return host_.synced(happening.number);
        case What::kAnswer:
            return hall_.answer(happening.number);
        case What::kTimer:
            return host_.timer(happening.number);
        case What::kGone:
            return host_.closed(happening.number);
        case What::kAcknowledge:
            return hall_.acknowledge(happening.bank);
        case What::kReport:
            return hall_.report(happening.bank);
        case What::kConnect:
            return hall_.connect(happening.bank);
        case What::kReturn:
            return hall_.send_back(happening.number);
        case What::kRegister:
            if (serving(happening)) register_proxies(happening.bank, happening.number);
            return;
        case What::kJoin:
            return join(happening.bank);
        case What::kLeave:
            if (serving(happening)) leave(happening.bank);
            return;
        case What::kLeft:
            return leave_for_good(happening.bank);
        case What::kFaultBegins:
            return begin_fault(happening.number);
        case What::kFaultEnds:
            return end_fault(happening.number);
        case What::kStorm:
            return storm(happening.number);
        case What::kSnapshot:
            if (serving(happening)) host_.snapshot();
            return;
        case What::kDropLog:
            return host_.drop_log();
        case What::kCorrectTime:
            return correct_time();
        case What::kAction:
            if (serving(happening)) act(happening.number);
            return;
        case What::kRates:
            if (serving(happening)) publish_rates(happening.number);
            return;
        case What::kFunding:
            if (serving(happening)) fund(happening.number);
            return;
        case What::kMidnight:
            return look_through_books();
    }
    LOWU_UNREACHABLE("every happening is handled");
}

bool Player::serving(const Happening& happening) {
    if (host_.running()) return true;
    timeline_.after(1_s, happening.what, happening.number, happening.bank);
    return false;
}

// What the switch says.

void Player::changed(engine::ChangeId change, const engine::ChangeOutcome& outcome) {
    const auto asked = changes_.find(change.value);
    if (asked == changes_.end()) return;
    const std::string what = std::move(asked->second);
    changes_.erase(asked);
    if (outcome.result == core::ResultCode::kAccepted) return;
    complain("the switch refuses: " + what + ": " +
             std::string(core::row_of(outcome.result).meaning));
}

Result<journal::Body> Player::body_again(core::Sequence sequence) {
    std::optional<journal::Body> found;
    payments_.for_each([&](const LivePayment& payment) {
        const LightBank& bank = hall_.bank(payment.order.payer_bank);
        const core::Cell& cell = host_.cell(bank.rail);
        const auto index = cell.begun_by(bank.participant, payment.uetr);
        if (index && cell.payment(*index).body_sequence == sequence) {
            found = hall_.body_of(payment);
        }
    });
    if (found) return *std::move(found);
    return Error{Error::Kind::kNotFound, "the order behind a message is over"};
}

void Player::complain(std::string what) {
    ++complaints_;
    if (wrong_.size() < kMostComplaints) {
        wrong_.push_back(scheme::format_utc8(tally_.moment(timeline_.now())) + ": " +
                         std::move(what));
    }
}

}  // namespace lowu::simulator
