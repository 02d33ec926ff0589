// A configuration against a log that has begun already: what differs is named and refused, or kept,
// or recorded; what never changes is refused whatever is said.
#include <gmock/gmock.h>

#include "tests/support/fake_log.hpp"
#include "tests/unit/engine_fixture.hpp"

namespace lowu::engine {
namespace {

using core::ParameterId;
using core::ResultCode;
using testing::AllOf;
using testing::HasSubstr;

class GenesisTest : public EngineTest {
protected:
    /// The program starts again with this configuration.
    Result<void> start_again(const Genesis& genesis, OnDifference on_difference) {
        process_.reset();
        log_.reset();
        directory_.kill_process();
        auto opened = log::SegmentLog::open(directory_, support::SmallLog::options());
        EXPECT_TRUE(opened.ok());
        log_ = std::make_unique<support::SmallLog>(std::move(opened).value());
        outlet_ = std::make_unique<RecordingOutlet>(directory_);
        process_ = std::make_unique<Process>(*log_, clock_, *outlet_);
        return process_->start(genesis, on_difference);
    }
    /// What the program says when it does not start.
    std::string refusal(const Genesis& genesis,
                        OnDifference on_difference = OnDifference::kRefuse) {
        const auto started = start_again(genesis, on_difference);
        EXPECT_FALSE(started.ok());
        if (started.ok()) return "";
        EXPECT_EQ(started.error().kind, Error::Kind::kInvalid);
        return started.error().what;
    }
    /// The configuration with settings for one rail.
    static Genesis with(Rail rail, std::vector<core::ParameterSetting> settings) {
        Genesis genesis = small_genesis();
        genesis.emplace_back(rail, core::SetParameters{std::move(settings), SchemeTime{}});
        return genesis;
    }
    std::int64_t value(Rail rail, ParameterId id, core::Corridor corridor) {
        return engine().cell(rail).rules().value({id, corridor, core::kNoParticipant});
    }
};

TEST_F(GenesisTest, AStructureThatDiffersIsRefusedByName) {
    Genesis genesis = small_genesis();
    std::get<core::AdmitParticipant>(genesis[1].second).opening_cny = core::AmountMinor{7};
    for (const auto on_difference :
         {OnDifference::kRefuse, OnDifference::kKeepLog, OnDifference::kApplyFile}) {
        EXPECT_THAT(refusal(genesis, on_difference),
                    AllOf(HasSubstr("it says {fps X01 admit_participant {"),
                          HasSubstr("opening_cny_minor: 7"),
                          HasSubstr("the log holds {fps X01 admit_participant {"),
                          HasSubstr("opening_cny_minor: 1000000")));
    }
    genesis = small_genesis();
    std::get<core::OpenCell>(genesis[0].second).parameters.payments_max = 9'999;
    EXPECT_THAT(refusal(genesis),
                AllOf(HasSubstr("payments_max: 9999"), HasSubstr("payments_max: 16384")));
    genesis = small_genesis();
    std::erase_if(genesis, [](const auto& one) {
        return one.first == Rail::kIbps && std::holds_alternative<core::OpenLink>(one.second);
    });
    EXPECT_THAT(refusal(genesis), HasSubstr("makes 7 genesis commands, the log holds 8"));
    EXPECT_TRUE(start_again(small_genesis(), OnDifference::kRefuse).ok());
}

TEST_F(GenesisTest, ParametersThatDifferAreNamedAndRefused) {
    Genesis genesis = small_genesis();
    std::get<core::OpenCell>(genesis[0].second).parameters.payee_deadline = 9_s;
    const core::ParticipantIndex first{0};
    genesis.emplace_back(
        Rail::kIbps,
        core::SetParameters{
            {{{ParameterId::kOpensAt, kSouthboundP2p, core::kNoParticipant}, 480},
             {{ParameterId::kClosesAt, kSouthboundP2p, first}, 1'200},
             {{ParameterId::kOffered, core::kDomesticCorridor, core::kNoParticipant}, 0}},
            SchemeTime{}});
    const Sequence durable = engine().durable();
    EXPECT_THAT(
        refusal(genesis),
        AllOf(HasSubstr("the configuration differs from the log:\n  payee_deadline_ms of fps: the "
                        "configuration says 9000, the log holds 10000\n"),
              HasSubstr("\n  opens_at_minute of ibps, southbound p2p_remittance: the configuration "
                        "says 480, the log holds 420\n"),
              HasSubstr("\n  closes_at_minute of ibps, southbound p2p_remittance, bank " +
                        kIbpsBank + ": the configuration says 1200, the log holds -1\n"),
              HasSubstr("\n  offered of ibps, domestic: the configuration says 0, the log holds "
                        "1\n"),
              HasSubstr("--parameters file"), HasSubstr("--parameters log")));
    ASSERT_TRUE(start_again(small_genesis(), OnDifference::kRefuse).ok());
    EXPECT_EQ(engine().recovered(), durable) << "a start that is refused records nothing";
}

TEST_F(GenesisTest, TheLogsParametersCanBeKept) {
    const Genesis genesis =
        with(Rail::kIbps, {{{ParameterId::kOpensAt, kSouthboundP2p, core::kNoParticipant}, 480}});
    ASSERT_TRUE(start_again(genesis, OnDifference::kKeepLog).ok());
    EXPECT_EQ(value(Rail::kIbps, ParameterId::kOpensAt, kSouthboundP2p), 420);
    EXPECT_THAT(refusal(genesis), HasSubstr("says 480")) << "nothing has been recorded";
}

TEST_F(GenesisTest, TheFilesParametersCanBeRecorded) {
    BankEnd bank = connect(kIbpsBank);
    engine().on_closed(bank.session);
    process_->sync();
    Genesis genesis =
        with(Rail::kIbps, {{{ParameterId::kOpensAt, kSouthboundP2p, core::kNoParticipant}, 480}});
    std::get<core::OpenCell>(genesis[0].second).parameters.payee_deadline = 9_s;
    ASSERT_TRUE(start_again(genesis, OnDifference::kApplyFile).ok());
    EXPECT_EQ(value(Rail::kIbps, ParameterId::kOpensAt, kSouthboundP2p), 480);
    EXPECT_EQ(engine().cell(Rail::kFps).parameters().payee_deadline, 9_s);
    EXPECT_EQ(engine().cell(Rail::kIbps).parameters().payee_deadline, 10_s);
    EXPECT_EQ(digests(engine()), replayed_digests());
    // It is announced as any change is, and from now on the file is what the log says.
    bank.session = greet({code(kIbpsBank), 1, 0, 1});
    say_durably(bank, {});
    ASSERT_EQ(outlet_->events(bank.session).size(), 1U);
    EXPECT_EQ(outlet_->events(bank.session)[0].event->setting.value, 480);
    EXPECT_TRUE(start_again(genesis, OnDifference::kRefuse).ok());
    EXPECT_THAT(refusal(small_genesis()),
                AllOf(HasSubstr("the configuration says 420, the log holds 480"),
                      HasSubstr("the configuration says 10000, the log holds 9000")));
}

TEST_F(GenesisTest, WhatIsScheduledLastCountsAsAgreeing) {
    const SchemeTime tomorrow = scheme::kDefaultSchemeStart + 24_h;
    for (const std::int64_t minute : {450, 480}) {
        const auto outcome =
            change_durably({setting(Rail::kIbps, ParameterId::kOpensAt, kSouthboundP2p, minute,
                                    minute == 450 ? tomorrow : tomorrow + 24_h)});
        ASSERT_EQ(outcome.result, ResultCode::kAccepted);
    }
    const auto file = [&](std::int64_t minute) {
        return with(Rail::kIbps,
                    {{{ParameterId::kOpensAt, kSouthboundP2p, core::kNoParticipant}, minute}});
    };
    EXPECT_TRUE(start_again(file(480), OnDifference::kRefuse).ok()) << "what it will be";
    EXPECT_TRUE(start_again(file(420), OnDifference::kRefuse).ok()) << "what it is";
    EXPECT_THAT(refusal(file(450)), HasSubstr("says 450, the log holds 420")) << "in between";
    ASSERT_TRUE(start_again(file(480), OnDifference::kApplyFile).ok());
    EXPECT_EQ(engine().cell(Rail::kIbps).rules().schedule().size(), 2U) << "nothing to apply";
}

TEST_F(GenesisTest, AChangeByCommandIsADifferenceToTheFile) {
    change_durably({setting(Rail::kFps, ParameterId::kPersonDayLimit, kNorthboundP2p, 500'000)});
    EXPECT_THAT(refusal(small_genesis()),
                HasSubstr("person_day_limit of fps, northbound p2p_remittance: the configuration "
                          "says 1000000, the log holds 500000"));
    ASSERT_TRUE(start_again(small_genesis(), OnDifference::kApplyFile).ok());
    EXPECT_EQ(value(Rail::kFps, ParameterId::kPersonDayLimit, kNorthboundP2p), 1'000'000);
}

TEST_F(GenesisTest, ParametersThatDoNotFitWhatIsScheduledAreNotApplied) {
    const SchemeTime tomorrow = scheme::kDefaultSchemeStart + 24_h;
    change_durably({setting(Rail::kIbps, ParameterId::kOpensAt, kSouthboundP2p, 900, tomorrow)});
    const Genesis genesis =
        with(Rail::kIbps, {{{ParameterId::kClosesAt, kSouthboundP2p, core::kNoParticipant}, 840}});
    EXPECT_THAT(refusal(genesis, OnDifference::kApplyFile),
                AllOf(HasSubstr("cannot be applied"), HasSubstr("hours open before they close")));
}

TEST_F(GenesisTest, ReferenceRatesAreForTheFirstStartOnly) {
    Genesis genesis = small_genesis();
    for (auto& [rail, command] : genesis) {
        if (auto* set = std::get_if<core::SetReferenceRate>(&command)) set->rate.day -= 1;
    }
    EXPECT_TRUE(start_again(genesis, OnDifference::kRefuse).ok());
    EXPECT_EQ(*engine().cell(Rail::kFps).reference_rate(),
              reference_rate(scheme::kDefaultSchemeStart));
}

/// A rail of so many banks that its own values fill several commands.
TEST_F(GenesisTest, MoreDifferencesThanOneCommandHoldsAreRecordedAllTheSame) {
    constexpr std::uint16_t kBanks = 150;
    Genesis genesis = small_genesis();
    std::vector<core::ParameterSetting> own;
    for (std::uint16_t i = 0; i < kBanks; ++i) {
        const std::string digits = std::to_string(99920000000 + i);
        core::AdmitParticipant admitted;
        admitted.code = code(digits + scheme::ibps_check_digit(digits));
        admitted.participation.bits = core::kAllParticipation;
        genesis.emplace_back(Rail::kIbps, admitted);
        const core::ParticipantIndex bank{static_cast<std::uint16_t>(2 + i)};
        own.push_back({{ParameterId::kOpensAt, kSouthboundP2p, bank}, 480});
        own.push_back({{ParameterId::kClosesAt, kSouthboundP2p, bank}, 600});
    }
    ASSERT_GT(own.size(), core::kMaxSettings);
    test::FakeLog log;
    {
        RecordingOutlet outlet(directory_);
        Process first(log, clock_, outlet);
        ASSERT_TRUE(first.start(genesis).ok());
        std::vector<ChangeCommand> commands;
        for (const core::ParameterSetting& one : own)
            commands.push_back({Rail::kIbps, core::SetParameters{{one}, SchemeTime{}}, {}});
        first.engine.change(ChangeId{1}, std::move(commands));
        first.sync();
        ASSERT_EQ(outlet.answered.at(0).outcome.result, ResultCode::kAccepted);
    }
    log.restart();
    RecordingOutlet outlet(directory_);
    Process second(log, clock_, outlet);
    ASSERT_TRUE(second.start(genesis, OnDifference::kApplyFile).ok());
    for (const core::ParameterSetting& one : own) {
        EXPECT_EQ(second.engine.cell(Rail::kIbps).rules().value(one.key), core::kNoOwnValue);
    }
}

}  // namespace
}  // namespace lowu::engine
