// The operator of the simulation; see operator_actor.hpp.
#include "simulator/world/operator_actor.hpp"

#include "common/scheme/calendar.hpp"
#include "common/scheme/proxy.hpp"

namespace lowu::simulator {
namespace {

using core::ParameterId;

constexpr std::array kRails{Rail::kFps, Rail::kIbps};

}  // namespace

SchemeTime OperatorActor::soon() {
    if (prng_.chance(1, 2)) return SchemeTime{};
    return now() + Duration::from_us(prng_.between(0, 3'000'000));
}

/// By the operator's own clock, which runs on while the switch is down.
SchemeTime OperatorActor::now() {
    return start_ + advanced_by_ + Duration{events_.now().value};
}

/// A lost call may have been recorded all the same: making it again changes nothing then.
void OperatorActor::again_if_lost(const Desk::Build& build, int times) {
    desk_.change(build, [this, build, times](const engine::ChangeOutcome* outcome) {
        if (outcome != nullptr || times == 0) return;
        events_.after(Duration::from_us(prng_.between(10'000, 500'000)),
                      [this, build, times] { again_if_lost(build, times - 1); });
    });
}

void OperatorActor::set(const Setting& setting, SchemeTime effective) {
    again_if_lost(
        [setting, effective](engine::Engine&) -> Desk::Commands {
            return {{setting.first, core::SetParameters{{setting.second}, effective}, {}}};
        },
        1);
}

OperatorActor::Setting OperatorActor::some_setting() {
    const Rail rail = kRails[prng_.below(2)];
    const core::Corridor p2p = rail == Rail::kFps ? kNorthboundP2p : kSouthboundP2p;
    const auto of_scheme = [&](ParameterId id, core::Corridor corridor, std::int64_t value) {
        return Setting{rail, {{id, corridor, core::kNoParticipant}, value}};
    };
    const auto of_bank = [&](ParameterId id, std::int64_t value) {
        const core::ParticipantIndex bank{static_cast<std::uint16_t>(prng_.below(2))};
        return Setting{rail, {{id, p2p, bank}, value}};
    };
    switch (prng_.below(9)) {
        case 0:
            return of_scheme(ParameterId::kPersonDayLimit, p2p, prng_.between(20'000, 250'000));
        case 1:
            return of_scheme(ParameterId::kPersonYearLimit, p2p,
                             prng_.chance(1, 4) ? 0 : prng_.between(20'000, 300'000));
        case 2:
            return of_scheme(ParameterId::kOffered, p2p, prng_.chance(1, 3) ? 0 : 1);
        case 3:
            return of_bank(ParameterId::kBankPaymentLimit, prng_.between(-1, 100'000));
        case 4:
            return of_bank(ParameterId::kPersonDayLimit, prng_.between(100'000, 300'000));
        case 5:
            return of_scheme(ParameterId::kPayeeDeadline, {}, prng_.between(1'000, 2'400));
        case 6:
            return of_scheme(ParameterId::kDayAcrossInstitutions, p2p, prng_.between(0, 1));
        case 7:
            return of_bank(ParameterId::kClosesAt, prng_.chance(1, 2) ? -1 : 1'380);
    }
    // Refused: the deadlines would not fit together.
    return of_scheme(ParameterId::kOriginDeadline, {}, 1'000);
}

void OperatorActor::change_rule() {
    set(some_setting(), soon());
}

void OperatorActor::change_token_key() {
    const SchemeTime effective = soon();
    for (const Rail rail : kRails)
        set({rail, {{ParameterId::kTokenVersion, {}, core::kNoParticipant}, 2}}, effective);
}

void OperatorActor::force(std::size_t bank, bool available) {
    const Rail rail = bank_plans()[bank].rail;
    const core::ParticipantIndex index{static_cast<std::uint16_t>(bank % 2)};
    again_if_lost(
        [rail, index, available](engine::Engine&) -> Desk::Commands {
            return {{rail, core::ForceAvailability{index, available, SchemeTime{}}, {}}};
        },
        2);
}

void OperatorActor::force_off_for(Duration duration) {
    const std::size_t bank = prng_.below(bank_plans().size());
    force(bank, false);
    events_.after(duration, [this, bank] { force(bank, true); });
}

void OperatorActor::tell_prior_use() {
    const Rail rail = kRails[prng_.below(2)];
    core::SetPriorUse command;
    command.person.current = token_of(rail, static_cast<int>(prng_.below(4)), 1);
    command.year = scheme::to_utc8(start_ + advanced_by_).year;
    command.amount = core::AmountMinor{prng_.between(0, 30'000)};
    again_if_lost(
        [rail, command](engine::Engine&) -> Desk::Commands {
            return {{rail, command, {}}};
        },
        1);
}

void OperatorActor::warn() {
    const Rail rail = kRails[prng_.below(2)];
    const auto& all = proxies(rail);
    const v1::Proxy& proxy = all[prng_.below(all.size())];
    journal::Body body;
    body.payee_proxy = proxy.value();
    body.proxy_kind = static_cast<std::uint8_t>(scheme::ProxyKind::kMobile);
    const core::SetProxyWarning command{
        scheme::proxy_hash(scheme::ProxyKind::kMobile, proxy.value()), prng_.chance(2, 3)};
    again_if_lost(
        [rail, command, body](engine::Engine&) -> Desk::Commands {
            return {{rail, command, body}};
        },
        1);
}

void OperatorActor::set_rate_of_next_day() {
    const core::SetReferenceRate command{reference_rate(scheme::day_number(start_) + 1)};
    again_if_lost(
        [command](engine::Engine&) -> Desk::Commands {
            return {{Rail::kFps, command, {}}, {Rail::kIbps, command, {}}};
        },
        5);
}

void OperatorActor::advance_to_next_day(ElapsedTime give_up_at, std::function<void()> done) {
    const SchemeTime midnight = scheme::start_of_day(scheme::day_number(start_) + 1);
    // Sometimes to just before midnight, so that what comes next crosses it.
    const auto to = [this, midnight] {
        const bool before = prng_.chance(1, 2) && now() + 1_s < midnight - 4_s;
        return before ? midnight - 4_s : midnight + 9_h;
    };
    advance(to, give_up_at, std::move(done));
}

void OperatorActor::advance_by(Duration by, ElapsedTime give_up_at, std::function<void()> done) {
    advance([this, by] { return now() + by; }, give_up_at, std::move(done));
}

void OperatorActor::advance(std::function<SchemeTime()> to, ElapsedTime give_up_at,
                            std::function<void()> done) {
    if (events_.now() > give_up_at) return;
    const SchemeTime time = to();
    desk_.advance(time, [=, this](const engine::ChangeOutcome* outcome) {
        if (outcome != nullptr && outcome->result == core::ResultCode::kAccepted) {
            ++advances_;
            advanced_by_ = (time - start_) - Duration{events_.now().value};
            return done();
        }
        if (outcome != nullptr && outcome->result == core::ResultCode::kTimeRange) return;
        events_.after(Duration::from_us(prng_.between(5'000, 60'000)),
                      [=, this] { advance(to, give_up_at, done); });
    });
}

}  // namespace lowu::simulator
