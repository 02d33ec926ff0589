// What the report is told; see tally.hpp.
#include "simulator/play/tally.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::simulator {
namespace {

using money::Currency;
using scheme::Direction;
using scheme::Rail;
using scheme::ResultCode;

constexpr std::size_t kNoAccount = ~std::size_t{0};

report::Way way_of(const Corridor& corridor) {
    if (corridor.domestic()) return report::Way::kDomestic;
    return corridor.direction() == Direction::kNorthbound ? report::Way::kNorthbound
                                                          : report::Way::kSouthbound;
}

std::size_t slot(Rail rail) {
    return static_cast<std::size_t>(rail);
}

// Of Setup::quotas.
std::size_t quota_of(Direction direction, bool of_year) {
    return static_cast<std::size_t>(direction) * 2 + (of_year ? 1 : 0);
}

}  // namespace

Tally::Tally(const Scenario& scenario, const std::string& name, SchemeTime epoch)
    : scenario_(scenario), epoch_(epoch), collector_(setup(name)) {
    add_events();
}

report::Setup Tally::setup(const std::string& name) {
    report::Setup setup;
    setup.head = {scenario_.title,          name, scenario_.notes, scenario_.seed, "", "",
                  scenario_.volume_permille};
    setup.from = scenario_.start;
    setup.until = scenario_.end();
    setup.period = report::default_period(setup.from, setup.until);
    for (const Flow& flow : scenario_.flows)
        setup.corridors.push_back({to_string(flow.corridor), way_of(flow.corridor)});
    for (const Bank& bank : scenario_.banks) {
        report::BankInfo info{bank.code,
                              bank.name_en,
                              bank.rail,
                              std::max(scenario_.start, scheme::start_of_day(bank.joins)),
                              {}};
        if (bank.leaves != kNoDay) info.leaves = scheme::start_of_day(bank.leaves);
        setup.banks.push_back(info);
        const bool fps = bank.rail == Rail::kFps;
        auto& numbers = account_of_.emplace_back();
        numbers = {setup.accounts.size(), fps ? setup.accounts.size() + 1 : kNoAccount};
        setup.accounts.push_back({bank.code, bank.rail, Currency::kCny, false,
                                  fps ? bank.opening_cny_minor : bank.net_debit_cap_minor});
        if (!fps) continue;
        setup.accounts.push_back(
            {bank.code, bank.rail, Currency::kHkd, false, bank.opening_hkd_minor});
    }
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        const LinkAgent& agent = scenario_.link_agents[slot(rail)];
        agent_account_[slot(rail)] = setup.accounts.size();
        setup.accounts.push_back({agent.bank, rail, Currency::kCny, true, agent.money_minor});
    }
    setup.quotas = {{"northbound, a day", report::Way::kNorthbound, false},
                    {"northbound, a year", report::Way::kNorthbound, true},
                    {"southbound, a day", report::Way::kSouthbound, false},
                    {"southbound, a year", report::Way::kSouthbound, true}};
    return setup;
}

void Tally::add_events() {
    for (const Fault& fault : scenario_.faults) {
        const bool of_switch = fault.kind == FaultKind::kSwitchKilled;
        event({fault.from, fault.until,
               of_switch ? report::EventKind::kSwitch : report::EventKind::kFault, fault.title});
    }
    for (const Action& action : scenario_.actions)
        event({action.at, std::nullopt, report::EventKind::kAction, action.title});
    for (const Season& season : scenario_.seasons) {
        const SchemeTime from = scheme::start_of_day(season.from);
        if (from >= scenario_.end() || season.until < scenario_.first_day) continue;
        event({std::max(from, scenario_.start), scheme::start_of_day(season.until + 1),
               report::EventKind::kSeason, season.title});
    }
}

// Payments.

void Tally::ordered(ElapsedTime at, const LivePayment& payment) {
    if (payment.funding()) return;
    ++counts_.ordered;
    collector_.ordered(moment(at), payment.order.flow, payment.order.payer_bank);
}

void Tally::finished(ElapsedTime at, const LivePayment& payment, ResultCode result,
                     std::int64_t cny_minor) {
    const bool settled = result == ResultCode::kAccepted;
    if (payment.funding()) {
        ++(settled ? counts_.funded : counts_.funding_refused);
        return;
    }
    ++(settled ? counts_.settled : counts_.refused);
    collector_.finished(
        moment(at), {payment.order.flow, payment.order.payer_bank, payment.order.payee_bank, result,
                     cny_minor, at.value - payment.sent_at.value});
}

void Tally::returned(ElapsedTime at, const LivePayment& payment, std::int64_t cny_minor) {
    ++counts_.returned;
    collector_.returned(moment(at), payment.order.flow, payment.order.payee_bank, cny_minor);
}

void Tally::limits_used(ElapsedTime at, const core::Cell& cell, core::PaymentIndex index) {
    using core::ParameterId;
    const core::QuotaHold* hold = cell.hold_of(index);
    if (hold == nullptr) return;
    const core::Payment& payment = cell.payment(index);
    const core::RuleBook& rules = cell.rules();
    const Direction direction = scheme::direction_from(cell.rail());
    const core::Corridor corridor = core::corridor_of(direction, payment.service);
    const auto use_of = [&](ParameterId across) -> const core::QuotaUse& {
        const bool all = rules.value(across, corridor) != 0;
        return cell.quota().use(all ? hold->over_all : hold->at_institution);
    };
    const core::QuotaUse& day = use_of(ParameterId::kDayAcrossInstitutions);
    if (day.day == hold->date.day) {
        collector_.quota_used(
            moment(at), quota_of(direction, false), day.used.day.value + day.reserved.day.value,
            rules.limit(ParameterId::kPersonDayLimit, corridor, payment.local_agent).value);
    }
    const core::QuotaUse& year = use_of(ParameterId::kYearAcrossInstitutions);
    if (year.year == hold->date.year) {
        collector_.quota_used(moment(at), quota_of(direction, true),
                              year.used.year.value + year.reserved.year.value,
                              rules.value(ParameterId::kPersonYearLimit, corridor));
    }
}

void Tally::know_accounts(const std::array<const core::Cell*, 2>& cells) {
    for (const Bank& bank : scenario_.banks) {
        const core::Cell& cell = *cells[slot(bank.rail)];
        const auto index = cell.find_participant(*scheme::parse_agent_code(bank.code));
        LOWU_ASSERT(index.has_value(), "genesis admits every bank");
        const core::Participant& participant = cell.participant(*index);
        cell_account_of_.push_back({participant.cny, participant.hkd.value_or(participant.cny)});
    }
    for (std::size_t rail = 0; rail < cells.size(); ++rail) {
        for (std::uint32_t i = 0; i < cells[rail]->ledger().size(); ++i) {
            const core::AccountIndex account{i};
            if (cells[rail]->ledger().account(account).kind == core::AccountKind::kLinkAgent) {
                cell_agent_account_[rail] = account;
            }
        }
    }
    accounts_known_ = true;
}

void Tally::money(ElapsedTime at, const std::array<const core::Cell*, 2>& cells, std::size_t bank) {
    if (!accounts_known_) know_accounts(cells);
    const SchemeTime when = moment(at);
    for (std::size_t rail = 0; rail < cells.size(); ++rail) {
        collector_.available(
            when, agent_account_[rail],
            cells[rail]->ledger().account(cell_agent_account_[rail]).available().value);
    }
    if (bank >= account_of_.size()) return;
    const core::Ledger& ledger = cells[slot(scenario_.banks[bank].rail)]->ledger();
    for (std::size_t currency = 0; currency < 2; ++currency) {
        if (account_of_[bank][currency] == kNoAccount) continue;
        collector_.available(when, account_of_[bank][currency],
                             ledger.account(cell_account_of_[bank][currency]).available().value);
    }
}

// Obligations.

void Tally::owes(ElapsedTime at, LivePayment& payment) {
    if (payment.owed || payment.reported) return;
    payment.owed = true;
    owed_.push_back({at, payment.uetr});
    collector_.obligations(moment(at), ++obligations_, overdue_);
}

void Tally::paid(ElapsedTime at, LivePayment& payment) {
    if (!payment.owed) return;
    payment.owed = false;
    if (payment.overdue) --overdue_;
    payment.overdue = false;
    collector_.obligations(moment(at), --obligations_, overdue_);
}

void Tally::look_at_obligations(ElapsedTime at, LivePayments& payments, Duration credit_deadline) {
    while (!owed_.empty()) {
        LivePayment* payment = payments.find(owed_.front().uetr);
        const bool open = payment != nullptr && payment->owed;
        if (open && owed_.front().since + credit_deadline > at) break;
        if (open) {
            payment->overdue = true;
            collector_.obligations(moment(at), obligations_, ++overdue_);
        }
        owed_.pop_front();
    }
}

}  // namespace lowu::simulator
