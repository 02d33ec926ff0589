// What happens in a random life; see reference_life.hpp. Banks and operators are free to say what
// they like, but for what sessions and engine let through to no cell: gaps, messages beyond credit,
// malformed ones.
#include "tests/unit/reference_life.hpp"

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"

namespace lowu::support {
namespace {

using core::Command;
using core::ParticipantIndex;
using core::ResultCode;
using core::Service;

scheme::AgentCode code_of(scheme::Rail rail, std::uint16_t bank) {
    if (rail == scheme::Rail::kFps) {
        return *scheme::parse_agent_code("X0" + std::to_string(bank + 1));
    }
    const std::string code = "9991000000" + std::to_string(bank + 1);
    return *scheme::parse_agent_code(code + scheme::ibps_check_digit(code));
}

constexpr std::array kAmounts{1LL, 100LL, 46'000LL, 920'000LL, 920'001LL, 1'000'000LL, 1'000'001LL};
constexpr std::array kReasons{ResultCode::kPayeeAccountUnknown, ResultCode::kPayeeNameMismatch,
                              ResultCode::kPayeeAgentUnspecified};

}  // namespace

Life::Life(std::uint64_t seed) : prng_(seed), kinds_(std::variant_size_v<Command>) {
    now_.scheme = scheme::kDefaultSchemeStart;
    for (const Rail rail : {Rail::kFps, Rail::kIbps})
        open(rail);
}

void Life::open(Rail rail) {
    const bool fps = rail == Rail::kFps;
    core::Parameters parameters;
    parameters.payments_max = 1'024;
    parameters.quota_records_max = 24;
    parameters.proxies_max = 6;
    apply(rail, core::OpenCell{rail, parameters, now_.scheme});
    for (std::uint16_t bank = 0; bank < kBanks; ++bank) {
        core::AdmitParticipant admit;
        admit.code = code_of(rail, bank);
        admit.participation.bits = core::kAllParticipation;
        if (bank == 2)
            admit.participation.bits &=
                ~core::Participation::bit(scheme::Direction::kNorthbound, Service::kP2pRemittance);
        if (fps) admit.opening_cny = core::AmountMinor{20'000'000};
        if (fps) admit.opening_hkd = core::AmountMinor{2'000'000};
        if (!fps) admit.net_debit_cap = core::AmountMinor{20'000'000};
        apply(rail, admit);
    }
    const auto agent = *scheme::parse_agent_code(fps ? "X90" : "999900000009");
    apply(rail, fps ? core::OpenLink{agent, core::AmountMinor{30'000'000}, {}}
                    : core::OpenLink{agent, {}, core::AmountMinor{30'000'000}});
    core::SetReferenceRate rate;
    rate.rate.day = static_cast<std::int32_t>(scheme::day_number(now_.scheme));
    rate.rate.cny_per_hkd = core::Rate{92'000'000};
    rate.rate.cny_per_usd = core::Rate{720'000'000};
    apply(rail, rate);
    apply(rail, core::LinkState{true});
    for (std::uint16_t bank = 0; bank < kBanks; ++bank)
        apply(rail, core::SessionUp{ParticipantIndex{bank}, 1});
}

void Life::apply(Rail rail, const Command& command) {
    now_.sequence = now_.sequence.next();
    kinds_[command.index()] += 1;
    cells_.apply(now_, rail, command);
}

template <class Message>
void Life::say(Rail rail, ParticipantIndex bank, Message message) {
    message.participant = bank;
    message.number = cell(rail).participant(bank).last_number + 1;
    if (message.number > cell(rail).credit_limit(bank)) return;
    apply(rail, message);
}

// Time, link, engine.

void Life::pass(Duration duration) {
    now_.elapsed = now_.elapsed + duration;
    now_.scheme = now_.scheme + duration;
}

void Life::tick() {
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        if (one_in(2)) apply(rail, core::Tick{});
    }
}

bool Life::deliver(Rail from) {
    auto& delivered = delivered_[static_cast<std::size_t>(from)];
    if (!cell(from).link_up() || delivered + 1 >= cell(from).link_outbox().next()) return false;
    ++delivered;
    const core::LinkMessage message = cell(from).link_outbox().entry(delivered).message;
    apply(scheme::other(from), core::LinkDelivery{delivered, message});
    return true;
}

void Life::deliver_again(Rail from) {
    const core::LinkOutbox& outbox = cell(from).link_outbox();
    if (outbox.size() == 0 || outbox.first() > delivered_[static_cast<std::size_t>(from)]) return;
    const core::LinkMessage message = outbox.entry(outbox.first()).message;
    apply(scheme::other(from), core::LinkDelivery{outbox.first(), message});
}

void Life::acknowledge_link(Rail from) {
    const auto delivered = delivered_[static_cast<std::size_t>(from)];
    if (delivered >= cell(from).link_outbox().first())
        apply(from, core::LinkAcknowledged{delivered});
}

void Life::acknowledge(Rail rail, ParticipantIndex bank) {
    const core::Outbox& outbox = cell(rail).participant(bank).outbox;
    if (outbox.size() == 0) return;
    const auto number = outbox.first() + below(outbox.size());
    apply(rail, core::OutboxAcknowledged{bank, number});
}

/// Nothing is on the way over the link then: what was recollected for it must be there still.
void Life::forget() {
    while (deliver(Rail::kFps) || deliver(Rail::kIbps)) {
    }
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        if (!cell(rail).link_up()) return;
        const core::PaymentIndex through = cell(rail).forgettable_through();
        const bool segment = through > cell(rail).first_remembered();
        if (segment || cell(rail).short_of_recollections()) apply(rail, core::Forget{through});
    }
}

bool Life::recollect(const scheme::Uetr& uetr) {
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        std::vector<core::Recollect> wanted;
        for (const auto& [index, leg] : cells_.forgotten(rail)) {
            if (leg.payment.uetr == uetr && cell(rail).payments().get(index) == nullptr)
                wanted.push_back({index, leg});
        }
        if (wanted.size() > cell(rail).room_to_recollect()) return false;
        for (const core::Recollect& one : wanted)
            apply(rail, one);
    }
    return true;
}

void Life::change_session(Rail rail, ParticipantIndex bank) {
    const core::Participant& one = cell(rail).participant(bank);
    if (one.online) {
        if (one_in(3)) apply(rail, core::SessionDown{bank});
        return;
    }
    apply(rail, core::SessionUp{bank, one.incarnation + below(2)});
}

void Life::traffic_of_switch() {
    const Rail rail = some_rail();
    const std::uint64_t what = below(9);
    if (what == 0) return tick();
    if (what == 1) return deliver_again(rail);
    if (what == 2) return acknowledge_link(rail);
    if (what == 3) return forget();
    if (what == 4) {
        const bool up = !cell(rail).link_up() || !one_in(20);
        for (const Rail both : {Rail::kFps, Rail::kIbps})
            apply(both, core::LinkState{up});
    }
    if (what == 5) change_session(rail, some_bank());
    if (what > 5) acknowledge(rail, some_bank());
}

// Banks.

core::Payer Life::some_payer(Rail rail, Service service) {
    core::Payer payer;
    if (service == Service::kBusinessToPerson) {
        payer.kind = scheme::PartyKind::kCompany;
        return payer;
    }
    const auto version = cell(rail).rules().token_version();
    payer.document = scheme::document_of(rail);
    payer.token_version = version - (version > 1 && one_in(3) ? 1 : 0);
    const std::uint64_t person = 1 + below(one_in(10) ? 12 : 4);
    payer.tokens.current = {payer.token_version, person};
    if (payer.token_version > 1) payer.tokens.previous = {payer.token_version - 1, person};
    return payer;
}

core::CreditTransfer Life::some_transfer(Rail rail, ParticipantIndex bank) {
    constexpr std::array kServices{Service::kP2pRemittance, Service::kP2pRemittance,
                                   Service::kFeeCollection, Service::kBusinessToPerson,
                                   Service::kDomestic};
    core::CreditTransfer transfer;
    transfer.uetr = new_uetr();
    transfer.service = kServices.at(below(kServices.size()));
    const bool domestic = transfer.service == Service::kDomestic;
    const Rail to = domestic ? rail : scheme::other(rail);
    const auto payee = domestic ? (bank.value + 1 + below(kBanks - 1)) % kBanks : below(kBanks);
    transfer.payee_agent = code_of(to, static_cast<std::uint16_t>(payee));
    transfer.amount = core::AmountMinor{kAmounts.at(below(kAmounts.size()))};
    if (domestic && rail == Rail::kFps && one_in(2)) transfer.currency = core::Currency::kHkd;
    transfer.purpose = scheme::usual_purpose(transfer.service);
    transfer.creation_time = now_.scheme;
    transfer.payer = some_payer(rail, transfer.service);
    if (!domestic && one_in(3)) {
        transfer.exchange.rate = core::Rate{92'000'000};
        const auto hkd = scheme::hkd_for_cny(transfer.amount, transfer.exchange.rate);
        if (hkd) transfer.exchange.hkd = *hkd;
    }
    transfer.payer_account_hash = below(2);
    return transfer;
}

void Life::add_proxy(Rail rail, core::CreditTransfer& transfer) {
    const Rail to = transfer.service == Service::kDomestic ? rail : scheme::other(rail);
    core::PayeeProxy& payee = transfer.payee_proxy;
    payee.proxy = {1, below(4)};
    payee.reference = core::ProxyReference{1 + below(now_.sequence.value)};
    const auto bank = cell(to).find_participant(transfer.payee_agent);
    if (!bank) return;
    const auto* known = cell(to).directory().find(payee.proxy, *bank);
    if (known != nullptr && !one_in(4)) payee.reference = known->reference;
}

/// One rule or another may be broken.
void Life::spoil(Rail rail, core::CreditTransfer& transfer) {
    const std::uint64_t what = below(16);
    const auto one_more = static_cast<std::int64_t>(below(2));
    if (what == 0) transfer.creation_time.value -= 600'000 + one_more;
    if (what == 1) transfer.creation_time.value += 60'000 + one_more;
    if (what == 2) transfer.payer.kind = scheme::PartyKind::kRegisteredInstitution;
    if (what == 3) transfer.payer.document = scheme::DocumentType::kOther;
    if (what == 4) transfer.payer.token_version += 1;
    if (what == 5) transfer.purpose = scheme::kPurposes.at(below(scheme::kPurposes.size()));
    if (what == 6) transfer.amount.value = 30'000'000;
    if (what == 7) transfer.exchange.hkd.value = 77;
    if (what == 8) transfer.payee_agent = *scheme::parse_agent_code("999");
    if (what == 9 || what == 10) add_proxy(rail, transfer);
}

void Life::send_transfer() {
    const Rail rail = some_rail();
    const ParticipantIndex bank = some_bank();
    core::CreditTransfer transfer = some_transfer(rail, bank);
    spoil(rail, transfer);
    sent_.push_back({rail, transfer});
    sent_.back().transfer.participant = bank;
    say(rail, bank, transfer);
    const bool domestic = transfer.service == Service::kDomestic;
    const Rail to = domestic ? rail : scheme::other(rail);
    const auto payee = cell(to).find_participant(transfer.payee_agent);
    asked_.push_back({to, payee.value_or(some_bank()), transfer.uetr, transfer.amount.value});
}

/// The same, something else under the same UETR, or another bank's.
void Life::repeat_transfer() {
    if (sent_.empty()) return;
    Known known = sent_[sent_.size() - 1 - below(std::min<std::size_t>(sent_.size(), 400))];
    core::CreditTransfer& transfer = known.transfer;
    ParticipantIndex bank = transfer.participant;
    const std::uint64_t how = below(6);
    if (how == 0) bank = some_bank();
    if (how == 1) transfer.amount.value += 1;
    if (how == 2) transfer.payer.tokens.current.high += 1;
    if (how == 3) transfer.exchange.quote_hash += 1;
    // As new: where it is forgotten, it is another payment.
    const bool as_new = how == 4;
    if (as_new) transfer.creation_time = now_.scheme;
    if (transfer.service == Service::kDomestic &&
        cell(known.rail).participant(bank).code == transfer.payee_agent) {
        return;  // A bank pays its own customers by itself.
    }
    if (as_new ? one_in(2) : true) {
        if (!recollect(transfer.uetr)) return;
    }
    say(known.rail, bank, transfer);
}

void Life::answer() {
    if (asked_.empty()) return;
    const Asked& asked = asked_[asked_.size() - 1 - below(std::min<std::size_t>(asked_.size(), 8))];
    if (!recollect(asked.uetr)) return;
    core::CreditTransferAnswer answer;
    answer.uetr = asked.uetr;
    if (one_in(5)) answer.result = kReasons.at(below(kReasons.size()));
    say(asked.rail, one_in(20) ? some_bank() : asked.bank, answer);
}

void Life::report() {
    if (asked_.empty()) return;
    const Asked& asked =
        asked_[asked_.size() - 1 - below(std::min<std::size_t>(asked_.size(), 500))];
    if (!recollect(asked.uetr)) return;
    core::CreditReport report;
    report.uetr = asked.uetr;
    say(asked.rail, one_in(20) ? some_bank() : asked.bank, report);
}

void Life::send_back() {
    if (asked_.empty()) return;
    const Asked& asked =
        asked_[asked_.size() - 1 - below(std::min<std::size_t>(asked_.size(), 500))];
    core::PaymentReturn back;
    back.participant = asked.bank;
    back.uetr = new_uetr();
    back.original = asked.uetr;
    back.amount = core::AmountMinor{one_in(2) ? asked.amount : 1 + asked.amount / 3};
    back.reason = one_in(2) ? scheme::ReturnReason::kMd06 : scheme::ReturnReason::kFr01;
    if (!returns_.empty() && one_in(6)) {
        back = returns_[below(returns_.size())];
        if (one_in(4)) back.amount.value += 1;
        if (one_in(4)) back.original = asked.uetr;
    }
    if (!sent_.empty() && one_in(20)) back.uetr = sent_[below(sent_.size())].transfer.uetr;
    if (!recollect(back.uetr) || !recollect(back.original)) return;
    returns_.push_back(back);
    say(asked.rail, back.participant, back);
}

/// How a payment ended that the cell has forgotten, as the engine finds it in the archive.
void Life::enquire() {
    if (asked_.empty() || sent_.empty()) return;
    const bool payer = one_in(2);
    const auto& known = sent_[sent_.size() - 1 - below(std::min<std::size_t>(sent_.size(), 500))];
    const Asked& asked =
        asked_[asked_.size() - 1 - below(std::min<std::size_t>(asked_.size(), 500))];
    const Rail rail = payer ? known.rail : asked.rail;
    const ParticipantIndex bank =
        one_in(20) ? some_bank() : (payer ? known.transfer.participant : asked.bank);
    core::StatusRequest request;
    request.uetr = payer ? known.transfer.uetr : asked.uetr;
    request.side = payer ? core::Side::kPayer : core::Side::kPayee;
    const scheme::AgentCode code = cell(rail).participant(bank).code;
    for (const auto& [index, leg] : cells_.forgotten(rail)) {
        const core::Payment& payment = leg.payment;
        const bool part =
            payer ? core::is_begun_by(payment, bank) : core::is_asked_of(payment, bank, code);
        if (payment.uetr != request.uetr || !part) continue;
        if (cell(rail).payments().get(index) != nullptr) continue;
        request.archived = core::ArchivedAnswer{code, payment.state, payment.result};
    }
    say(rail, bank, request);
}

void Life::say_something_else() {
    const Rail rail = some_rail();
    const ParticipantIndex bank = some_bank();
    const std::uint64_t what = below(3);
    if (what == 0) {
        core::AvailabilityRequest request;
        request.available = !one_in(4);
        request.expected_back = now_.scheme + Duration::from_hours(1);
        return say(rail, bank, request);
    }
    if (what == 1) {
        core::FxRateSheet sheet;
        sheet.bid = core::Rate{91'000'000 + static_cast<std::int64_t>(below(1'000))};
        sheet.ask = core::Rate{93'000'000};
        sheet.valid_until = now_.scheme + Duration::from_hours(1);
        return say(rail, bank, sheet);
    }
    core::RejectMessage reject;
    reject.field = scheme::Field::kAmount;
    if (one_in(2)) reject.uetr = new_uetr();
    say(rail, bank, reject);
}

// Operators.

core::ParameterSetting Life::some_setting(Rail rail) {
    const auto rows = core::parameter_table();
    const core::ParameterRow& row = rows[below(rows.size())];
    core::ParameterSetting setting;
    setting.key.id = row.id;
    if (row.scope != core::ParameterScope::kRail || one_in(30)) {
        setting.key.corridor.index = static_cast<std::uint8_t>(below(core::kCorridors));
    }
    if (row.banks_own ? one_in(2) : one_in(30)) {
        setting.key.participant = ParticipantIndex{static_cast<std::uint16_t>(below(kBanks + 1))};
    }
    // Mostly what it is by default, so that not everything stands still after a while.
    const std::int64_t usual = core::has_place(rail, row.id, setting.key.corridor)
                                   ? core::default_value(rail, row.id, setting.key.corridor)
                                   : row.lowest;
    const std::array<std::int64_t, 4> others{usual + 1, row.highest, row.lowest, core::kNoOwnValue};
    setting.value = one_in(3) ? others.at(below(others.size())) : usual;
    if (row.id == core::ParameterId::kTokenVersion) {
        setting.value = cell(rail).rules().token_version() + static_cast<std::int64_t>(below(3));
    }
    if (row.id == core::ParameterId::kPaymentMemory) setting.value = 1'200'000;
    return setting;
}

void Life::set_parameters() {
    const Rail rail = some_rail();
    core::SetParameters command;
    for (std::uint64_t count = 1 + below(2); count > 0; --count)
        command.settings.push_back(some_setting(rail));
    if (one_in(40)) command.settings.front().key.id = core::ParameterId{99};
    const std::array<Duration, 4> later{Duration{}, 1_s, 1_min, Duration::from_hours(5)};
    command.effective = now_.scheme + later.at(below(later.size()));
    apply(rail, command);
}

void Life::change_proxy() {
    const Rail rail = some_rail();
    const Hash128 proxy{1, below(4)};
    const ParticipantIndex bank{static_cast<std::uint16_t>(below(kBanks + (one_in(9) ? 1 : 0)))};
    if (one_in(3)) return apply(rail, core::RemoveProxy{proxy, bank});
    if (one_in(6)) return apply(rail, core::SetProxyWarning{proxy, one_in(2)});
    core::RegisterProxy command;
    command.registration.proxy = proxy;
    command.registration.participant = bank;
    command.registration.holder = core::PartyKind::kPerson;
    command.registration.default_receiver = one_in(3);
    command.registration.cross_boundary = one_in(2);
    apply(rail, command);
}

void Life::set_prior_use() {
    const Rail rail = some_rail();
    core::SetPriorUse prior;
    prior.person = some_payer(rail, Service::kP2pRemittance).tokens;
    prior.year = scheme::to_utc8(now_.scheme).year + static_cast<std::int32_t>(below(4)) - 1;
    prior.amount = core::AmountMinor{static_cast<std::int64_t>(below(2'000'000))};
    apply(rail, prior);
}

void Life::set_rate() {
    core::SetReferenceRate rate;
    rate.rate.day = static_cast<std::int32_t>(scheme::day_number(now_.scheme));
    if (one_in(2)) rate.rate.day += static_cast<std::int32_t>(prng_.between(-1, 33));
    rate.rate.cny_per_hkd = core::Rate{92'000'000 + static_cast<std::int64_t>(below(3))};
    rate.rate.cny_per_usd = core::Rate{720'000'000};
    apply(some_rail(), rate);
}

/// As the engine lets an operator do: when nothing is pending.
void Life::advance() {
    if (cell(Rail::kFps).pending() + cell(Rail::kIbps).pending() > 0) return;
    now_.scheme = now_.scheme + Duration::from_hours(static_cast<std::int64_t>(below(30)));
    for (const Rail rail : {Rail::kFps, Rail::kIbps})
        apply(rail, core::AdvanceSchemeTime{});
}

void Life::change_something() {
    const Rail rail = some_rail();
    const ParticipantIndex bank{static_cast<std::uint16_t>(below(kBanks + (one_in(20) ? 1 : 0)))};
    const std::uint64_t what = below(9);
    if (what == 0) return apply(rail, core::ForceAvailability{bank, !one_in(6), now_.scheme});
    if (what == 1 && one_in(25)) return apply(rail, core::DeclareDefault{bank});
    if (what == 2) return set_prior_use();
    if (what == 3) return set_rate();
    if (what == 4) return change_proxy();
    if (what == 5) return advance();
    set_parameters();
}

void Life::step() {
    constexpr std::array<std::int64_t, 6> kPasses{0, 1, 50, 200, 500, 3'000};
    pass(Duration::from_ms(kPasses.at(below(kPasses.size()))));
    if (one_in(150)) pass(Duration::from_minutes(prng_.between(1, 40)));
    while (!one_in(4) && deliver(some_rail())) {
    }
    const std::uint64_t what = below(100);
    if (what < 30) return send_transfer();
    if (what < 36) return repeat_transfer();
    if (what < 58) return answer();
    if (what < 66) return report();
    if (what < 72) return send_back();
    if (what < 77) return enquire();
    if (what < 79) return say_something_else();
    if (what < 96) return traffic_of_switch();
    change_something();
}

void Life::settle_down() {
    for (const Rail rail : {Rail::kFps, Rail::kIbps})
        apply(rail, core::LinkState{true});
    for (int round = 0; round < 4; ++round) {
        while (deliver(Rail::kFps) || deliver(Rail::kIbps)) {
        }
        pass(Duration::from_days(2));
        for (const Rail rail : {Rail::kFps, Rail::kIbps})
            apply(rail, core::Tick{});
    }
}

}  // namespace lowu::support
