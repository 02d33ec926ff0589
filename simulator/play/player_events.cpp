// What happens at its moment beside payments: banks come and go, rates, money from outside, faults,
// operators; see player.hpp.
#include <algorithm>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"
#include "simulator/play/genesis.hpp"
#include "simulator/play/player.hpp"
#include "switch/session/convert.hpp"

namespace lowu::simulator {
namespace {

using money::Currency;
using scheme::Rail;

/// Registrations of one change, and the pause behind it.
constexpr std::uint32_t kRegisterAtOnce = 1'000;
constexpr Duration kRegisterPause = 20_ms;
constexpr std::uint32_t kAll = 1'000;  // permille
/// Another kill may come before there is another snapshot.
constexpr Duration kKeepLogFor = Duration::from_minutes(10);

}  // namespace

void Player::change(const std::string& what, std::vector<engine::ChangeCommand> commands) {
    changes_[++last_change_] = what;
    host_.change(engine::ChangeId{last_change_}, std::move(commands));
}

// Banks.

void Player::join(std::size_t bank) {
    hall_.bank(bank).there = true;
    hall_.connect(bank);
    if (bank < scenario_.banks.size()) {
        timeline_.after(Duration{}, What::kRegister, 0, static_cast<std::uint16_t>(bank));
    }
}

void Player::register_proxies(std::size_t bank, std::uint32_t from) {
    const auto number = static_cast<std::uint16_t>(bank);
    if (host_.batch_full()) return timeline_.after(kRegisterPause, What::kRegister, from, number);
    std::vector<engine::ChangeCommand> commands;
    std::uint32_t customer = from;
    for (; customer < hall_.customers().count(bank) && commands.size() < kRegisterAtOnce;
         ++customer) {
        if (hall_.customers().has_proxy(bank, customer)) {
            commands.push_back(hall_.registration(bank, customer));
        }
    }
    if (commands.empty()) return;
    change("proxies of bank " + scenario_.banks[bank].code, std::move(commands));
    timeline_.after(kRegisterPause, What::kRegister, customer, number);
}

/// From its day on nothing new concerns it; what is pending ends first.
void Player::leave(std::size_t bank) {
    const LightBank& one = hall_.bank(bank);
    change("bank " + scenario_.banks[bank].code + " leaves",
           {{one.rail, core::ForceAvailability{one.participant, false, {}}, {}}});
}

void Player::leave_for_good(std::size_t bank) {
    hall_.bank(bank).there = false;
    hall_.disconnect(bank);
}

// Rates and money.

void Player::publish_rates(std::uint32_t days) {
    const Day day = scenario_.first_day + days;
    if (day >= scenario_.end_day()) return;
    const SchemeTime next =
        scheme::start_of_day(day + 1) + Duration::from_ms(scenario_.exchange.published_at_ms);
    timeline_.at(elapsed(next), What::kRates, days + 1);
    hall_.set_rates_day(day);
    if (!exchange_.is_published(day)) return;
    const DayRates rates = exchange_.rates(day);
    const core::SetReferenceRate command{
        {static_cast<std::int32_t>(day), rates.cny_per_hkd, rates.cny_per_usd}};
    change("the rates of " + scheme::format_date(day),
           {{Rail::kFps, command, {}}, {Rail::kIbps, command, {}}});
}

void Player::fund(std::uint32_t entry) {
    const Funding& funding = scenario_.funding[entry];
    const Day today = scheme::day_number(tally_.moment(timeline_.now()));
    const SchemeTime next = scheme::start_of_day(today + 1) + Duration::from_ms(funding.at_ms);
    if (next < scenario_.end()) timeline_.at(elapsed(next), What::kFunding, entry);
    if (funding.link_agent) return fund_agent(funding);
    for (std::size_t bank = 0; bank < scenario_.banks.size(); ++bank) {
        const bool meant =
            funding.banks.empty() ||
            std::find(funding.banks.begin(), funding.banks.end(), bank) != funding.banks.end();
        const LightBank& one = hall_.bank(bank);
        if (meant && one.rail == funding.rail && one.there && one.greeted) {
            fund_bank(funding, bank);
        }
    }
}

/// The settlement institution pays it in, within the rail.
void Player::fund_bank(const Funding& funding, std::size_t bank) {
    const core::Cell& cell = host_.cell(funding.rail);
    const core::Participant& participant = cell.participant(hall_.bank(bank).participant);
    const core::AccountIndex account =
        funding.currency == Currency::kHkd ? *participant.hkd : participant.cny;
    const std::int64_t left = cell.ledger().account(account).available().value;
    if (left >= funding.below_minor) return;
    pay_in(hall_.settlement(funding.rail), bank, funding.currency, funding.up_to_minor - left);
}

/// What one rail's link agent lacks, the other's has too much: a payment of the settlement
/// institution to itself over the link brings it back.
void Player::fund_agent(const Funding& funding) {
    const core::Ledger& ledger = host_.cell(funding.rail).ledger();
    for (std::uint32_t i = 0; i < ledger.size(); ++i) {
        const core::Account& account = ledger.account(core::AccountIndex{i});
        if (account.kind != core::AccountKind::kLinkAgent) continue;
        const std::int64_t left = account.available().value;
        if (left >= funding.below_minor) return;
        return pay_in(hall_.settlement(funding.rail), hall_.settlement(scheme::other(funding.rail)),
                      Currency::kCny, funding.up_to_minor - left);
    }
}

void Player::pay_in(std::size_t from, std::size_t to, Currency currency, std::int64_t minor) {
    Order order;
    order.at = tally_.moment(timeline_.now());
    order.flow = kFundingFlow;
    order.amount_minor = minor;
    order.currency = currency;
    order.payer_bank = static_cast<std::uint16_t>(from);
    order.payee_bank = static_cast<std::uint16_t>(to);
    hall_.order(order);
}

// Faults.

void Player::begin_fault(std::uint32_t index) {
    const Fault& fault = scenario_.faults[index];
    const std::size_t bank = fault.bank.value_or(0);
    switch (fault.kind) {
        case FaultKind::kBankSilent:
            hall_.bank(bank).silent_permille = fault.permille == 0 ? kAll : fault.permille;
            return;
        case FaultKind::kBankSlow:
            return hall_.set_latency(bank, &fault.latency);
        case FaultKind::kBankDisconnected:
            hall_.bank(bank).disconnected = true;
            return hall_.disconnect(bank);
        case FaultKind::kBankKilled:
            return hall_.kill(bank);
        case FaultKind::kStatusStorm:
            return storm(index);
        case FaultKind::kLinkDown:
            if (links_down_++ == 0 && host_.running()) set_link(false);
            return;
        case FaultKind::kSwitchKilled:
            return kill_switch();
    }
    LOWU_UNREACHABLE("every fault is played");
}

void Player::end_fault(std::uint32_t index) {
    const Fault& fault = scenario_.faults[index];
    const std::size_t bank = fault.bank.value_or(0);
    switch (fault.kind) {
        case FaultKind::kBankSilent:
            hall_.bank(bank).silent_permille = 0;
            return;
        case FaultKind::kBankSlow:
            return hall_.set_latency(bank, nullptr);
        case FaultKind::kBankDisconnected:
            hall_.bank(bank).disconnected = false;
            return hall_.connect(bank);
        case FaultKind::kBankKilled:
            hall_.bank(bank).killed = false;
            return hall_.connect(bank);
        case FaultKind::kStatusStorm:
            return;
        case FaultKind::kLinkDown:
            if (--links_down_ == 0 && host_.running()) set_link(true);
            return;
        case FaultKind::kSwitchKilled:
            return restart_switch();
    }
    LOWU_UNREACHABLE("every fault ends");
}

/// Both rails live in one process, whose engine has no link that could break: both are told that it
/// is down, and take up nothing that would cross.
void Player::set_link(bool up) {
    change(up ? "the link is up" : "the link is down",
           {{Rail::kFps, core::LinkState{up}, {}}, {Rail::kIbps, core::LinkState{up}, {}}});
}

void Player::storm(std::uint32_t index) {
    const Fault& fault = scenario_.faults[index];
    if (timeline_.now() >= elapsed(fault.until)) return;
    hall_.enquire(*fault.bank);
    timeline_.after(Duration::from_us(1'000'000 / fault.enquiries_a_second), What::kStorm, index);
}

void Player::kill_switch() {
    if (!host_.running()) return;
    host_.kill();
    changes_.clear();
    hall_.switch_died();
}

void Player::restart_switch() {
    if (host_.running()) return;
    host_.restart();
    timeline_.after(kKeepLogFor, What::kDropLog);
    if (links_down_ > 0) set_link(false);
    correct_time();
}

/// Scheme time has stood still while the switch was away: the operator sets it forward as soon as
/// no payment is pending.
void Player::correct_time() {
    if (!host_.running()) return;
    const SchemeTime now = tally_.moment(timeline_.now());
    if (host_.scheme_now() >= now) return;
    host_.advance_scheme_time(engine::ChangeId{++last_change_}, now);
    if (host_.scheme_now() < now) timeline_.after(1_s, What::kCorrectTime);
}

// Operators.

void Player::act(std::uint32_t index) {
    const Action& action = scenario_.actions[index];
    if (action.kind == ActionKind::kSetParameter) {
        Rail rail{};
        core::ParameterSetting setting;
        const auto find = [&](Rail on, core::AgentCode code) {
            return participant_of(scenario_, on, code);
        };
        if (const auto fault = session::read_parameter(action.parameter, find, rail, setting)) {
            return complain(action.title + ": " + std::string(fault->field) + " " +
                            std::string(fault->rule));
        }
        return change(action.title, {{rail, core::SetParameters{{setting}, action.effective}, {}}});
    }
    const LightBank& bank = hall_.bank(*action.bank);
    if (action.kind == ActionKind::kDeclareDefault) {
        return change(action.title, {{bank.rail, core::DeclareDefault{bank.participant}, {}}});
    }
    const bool on = action.kind == ActionKind::kLetOn;
    change(action.title, {{bank.rail, core::ForceAvailability{bank.participant, on, {}}, {}}});
}

}  // namespace lowu::simulator
