// The history that golden logs hold: a small scheme, two banks on each rail, in which every command
// that a young log can hold is recorded at least once. Through the real engine, on a clock that
// stands still, so that it is the same in every run. Used by golden_test.cpp only.
#pragma once

#include <algorithm>
#include <string>

#include "common/scheme/proxy.hpp"
#include "tests/unit/engine_fixture.hpp"

namespace lowu::engine {

class GoldenHistory : public EngineTest {
public:
    void TestBody() override {}

    /// Plays it; what was recorded is in log() then.
    void play() {
        connect_all();
        rules();
        northbound();
        southbound();
        refusals();
        silent_bank();
        returns();
        proxies();
        absence();
        restarts();
        next_day();
        default_of_a_bank();
    }
    [[nodiscard]] log::BatchLog& log() { return *log_; }

private:
    static constexpr core::ParticipantIndex kFirst{0};
    static constexpr core::ParticipantIndex kSecond{1};

    void connect_all() {
        hk_ = connect(kFpsBank);
        other_hk_ = connect(kOtherFpsBank);
        mainland_ = connect(kIbpsBank);
        other_mainland_ = connect(kOtherIbpsBank);
    }

    void rules() {
        pass(Duration::from_seconds(1));
        change_durably(
            {setting(Rail::kFps, core::ParameterId::kPersonDayLimit, kNorthboundP2p, 900'000),
             setting(Rail::kFps, core::ParameterId::kPersonDayLimit, kNorthboundP2p, 800'000,
                     scheme::kDefaultSchemeStart + Duration::from_hours(24))});
        const SchemeTime tomorrow = scheme::kDefaultSchemeStart + Duration::from_hours(24);
        change_durably({{Rail::kFps, core::SetReferenceRate{reference_rate(tomorrow)}, {}},
                        {Rail::kIbps, core::SetReferenceRate{reference_rate(tomorrow)}, {}}});
        core::SetPriorUse prior;
        prior.person = person(5, Rail::kIbps).tokens;
        prior.year = 2025;
        prior.amount = core::AmountMinor{1'000'000};
        change_durably({{Rail::kIbps, prior, {}}});
        core::FxRateSheet sheet;
        sheet.bid = core::Rate{91'520'000};
        sheet.ask = core::Rate{91'980'000};
        sheet.valid_until = scheme::kDefaultSchemeStart + Duration::from_hours(1);
        say_durably(hk_, {{sheet, {}}});
    }

    void northbound() {
        for (std::uint64_t number = 1; number <= 4; ++number) {
            pass(Duration::from_ms(250));
            pay(hk_, mainland_, number);
        }
        say_durably(hk_, {domestic(5, kOtherFpsBank, 1'234)});
        say_durably(other_hk_, {answer(5)});
        say_durably(other_hk_, {report(5)});
    }

    void southbound() {
        say_durably(mainland_, {transfer(10, kFpsBank, 5'000), transfer(11, kOtherFpsBank, 70)});
        say_durably(hk_, {answer(10)});
        say_durably(other_hk_, {answer(11)});
        say_durably(hk_, {report(10)});
        core::StatusRequest asked;
        asked.uetr = uetr(10);
        asked.side = core::Side::kPayer;
        pass(Duration::from_minutes(5));
        say_durably(mainland_, {{asked, {}}});
        say_durably(other_hk_, {report(11)});
    }

    void refusals() {
        say_durably(hk_, {transfer(20, kIbpsBank, 9'999'999), reject("must be positive")});
        say_durably(hk_, {transfer(1, kIbpsBank)});
        say_durably(hk_, {transfer(21, kOtherIbpsBank)});
        say_durably(other_mainland_, {answer(21, core::ResultCode::kPayeeAccountUnknown)});
    }

    /// Its deadline passes: the payee's bank says nothing, then something too late.
    void silent_bank() {
        say_durably(hk_, {transfer(30, kIbpsBank, 400)});
        pass(Duration::from_minutes(2));
        while (!engine().on_time()) {
            process_->sync();
        }
        process_->sync();
        say_durably(mainland_, {answer(30)});
    }

    void returns() {
        say_durably(mainland_, {send_back(40, 2, 40)});
        say_durably(hk_, {send_back(41, 10, 5'000), send_back(42, 10, 1)});
        say_durably(mainland_, {report(41)});
    }

    ChangeCommand registration(const std::string& mobile) {
        core::RegisterProxy command;
        command.registration.proxy = scheme::proxy_hash(scheme::ProxyKind::kMobile, mobile);
        command.registration.participant = kFirst;
        command.registration.holder = core::PartyKind::kPerson;
        command.registration.cross_boundary = true;
        journal::Body body;
        body.payee_proxy = mobile;
        body.proxy_kind = static_cast<std::uint8_t>(scheme::ProxyKind::kMobile);
        body.name_en = "CHAN T*** M***";
        return {Rail::kFps, command, body};
    }

    void proxies() {
        const std::string mobile = "+852-91234567";
        const ChangeCommand made = registration(mobile);
        change_durably({made});
        change_durably({registration("+852-91234568")});
        core::SetProxyWarning warning;
        warning.proxy = std::get<core::RegisterProxy>(made.command).registration.proxy;
        warning.suspicious = true;
        journal::Body warned = made.body;
        warned.name_en.clear();
        change_durably({{Rail::kFps, warning, warned}});
        core::RemoveProxy removed;
        removed.proxy = warning.proxy;
        removed.registrant = kFirst;
        change_durably({{Rail::kFps, removed, {}}});
    }

    void absence() {
        core::AvailabilityRequest off;
        core::AvailabilityRequest on;
        on.available = true;
        say_durably(other_mainland_, {{off, {}}});
        say_durably(hk_, {transfer(50, kOtherIbpsBank)});
        pass(Duration::from_seconds(30));
        say_durably(other_mainland_, {{on, {}}});
        change_durably({{Rail::kFps, core::ForceAvailability{kSecond, false, SchemeTime{}}, {}}});
        say_durably(mainland_, {transfer(51, kOtherFpsBank)});
        change_durably({{Rail::kFps, core::ForceAvailability{kSecond, true, SchemeTime{}}, {}}});
    }

    /// A bank that leaves, a switch that dies with a payment on its way.
    void restarts() {
        engine().on_closed(other_mainland_.session);
        process_->sync();
        say_durably(hk_, {transfer(60, kIbpsBank, 333)});
        const BankEnd before = mainland_;
        restart();
        again(hk_, kFpsBank);
        again(mainland_, kIbpsBank);
        say_durably(mainland_, {answer(60)});
        say_durably(mainland_, {report(60)});
        EXPECT_GT(mainland_.next, before.next);
        acknowledge(hk_);
        acknowledge(mainland_);
    }
    void again(BankEnd& end, const std::string& bank) {
        end.session = greet({code(bank), 1, end.received, end.next});
        say(end, {});
        process_->sync();
    }

    void next_day() {
        pass(Duration::from_minutes(5));
        while (!engine().on_time()) {
            process_->sync();
        }
        process_->sync();
        engine().advance_scheme_time(ChangeId{++last_request_},
                                     scheme::kDefaultSchemeStart + Duration::from_hours(24));
        process_->sync();
        Input order = transfer(70, kIbpsBank, 700'000);
        order.body.creation_time = scheme::kDefaultSchemeStart + Duration::from_hours(24);
        std::get<core::CreditTransfer>(order.command).creation_time = order.body.creation_time;
        say_durably(hk_, {order});
        say_durably(mainland_, {answer(70)});
    }

    /// It owes the credit of the last payment.
    void default_of_a_bank() {
        change_durably({{Rail::kIbps, core::DeclareDefault{kFirst}, {}}});
        pass(Duration::from_seconds(1));
        say_durably(hk_, {transfer(80, kIbpsBank)});
    }

    BankEnd hk_;
    BankEnd other_hk_;
    BankEnd mainland_;
    BankEnd other_mainland_;
};

}  // namespace lowu::engine
