// What an operator changes on a running switch, by plain gRPC calls: parameters, reference rates,
// availability, prior use and scheme time; and what a file that says something else does at the
// next start.
#include "tests/integration/services_fixture.hpp"

namespace lowu::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Operations = v1::OperationsService::Stub;

class OperationsTest : public Services {
protected:
    Called<v1::SetReferenceRateResponse> set_rate(const std::string& date, std::int64_t hkd_e8,
                                                  std::int64_t usd_e8 = 720'000'000) {
        v1::SetReferenceRateRequest request;
        request.mutable_rate()->set_date(date);
        request.mutable_rate()->set_cny_per_hkd_e8(hkd_e8);
        request.mutable_rate()->set_cny_per_usd_e8(usd_e8);
        return call(*operations_, &Operations::SetReferenceRate, request);
    }
    v1::ReferenceRate rate_in_force() {
        return call(*exchange_, &v1::ExchangeService::Stub::ListRateSheets,
                    v1::ListRateSheetsRequest())
            .response.reference_rate();
    }
    Called<v1::SetAvailabilityResponse> set_available(const std::string& code, bool available,
                                                      std::int64_t expected_back_ms = 0) {
        v1::SetAvailabilityRequest request;
        request.set_participant(code);
        request.set_available(available);
        request.set_expected_back_ms(expected_back_ms);
        return call(*operations_, &Operations::SetAvailability, request);
    }
    static v1::PersonRef mainlander(const std::string& token) {
        v1::PersonRef person;
        person.set_rail(v1::RAIL_IBPS);
        person.set_token(token);
        person.set_token_version(1);
        return person;
    }
    Called<v1::SetPriorUseResponse> set_prior_use(const std::string& token, int year,
                                                  std::int64_t usd_cents) {
        v1::SetPriorUseRequest request;
        *request.mutable_person() = mainlander(token);
        request.set_year(year);
        request.set_amount_minor(usd_cents);
        return call(*operations_, &Operations::SetPriorUse, request);
    }
    v1::GetQuotaResponse quota(const std::string& token) {
        v1::GetQuotaRequest request;
        *request.mutable_person() = mainlander(token);
        return call(*operations_, &Operations::GetQuota, request).response;
    }
};

// Parameters.

TEST_F(OperationsTest, ParametersAreShownWithWhereTheyComeFrom) {
    const auto all = parameters("");
    ASSERT_TRUE(all.ok()) << all.said();
    EXPECT_GT(all.response.parameters_size(), 50);
    const auto hours = parameters("opens_at_minute").response;
    for (const v1::ParameterState& state : hours.parameters()) {
        EXPECT_EQ(state.parameter().name(), "opens_at_minute");
        EXPECT_EQ(state.unit(), "minute of the day");
        EXPECT_FALSE(state.meaning().empty());
        EXPECT_FALSE(state.source().empty());
        EXPECT_EQ(state.lowest(), 0);
        EXPECT_EQ(state.highest(), 1'439);
        EXPECT_EQ(state.parameter().value(), state.default_value());
    }
    EXPECT_EQ(southbound_value("opens_at_minute"), 420);
    EXPECT_THAT(parameters("no_such").said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD name: "));
}

TEST_F(OperationsTest, AParameterIsGivenANewValueFromAMomentOn) {
    ScriptedBank listener = bank(mainland_);
    listener.connect();
    const std::int64_t tomorrow = start_ms_ + day_ms_;
    const auto later = set({southbound("opens_at_minute", 480)}, tomorrow);
    ASSERT_TRUE(later.ok()) << later.said();
    ASSERT_EQ(later.response.changes_size(), 1);
    EXPECT_EQ(later.response.changes(0).effective_time_ms(), tomorrow);
    EXPECT_EQ(southbound_value("opens_at_minute"), 420) << "not in force yet";
    const auto shown = parameters("opens_at_minute").response;
    ASSERT_EQ(shown.scheduled_size(), 1);
    EXPECT_EQ(shown.scheduled(0).parameter().value(), 480);
    EXPECT_EQ(shown.scheduled(0).effective_time_ms(), tomorrow);
    EXPECT_EQ(parameters("closes_at_minute").response.scheduled_size(), 0);
    const v1::SystemEvent event = listener.take_event(v1::SYSTEM_EVENT_KIND_PARAMETER);
    EXPECT_EQ(event.effective_time_ms(), tomorrow);
    EXPECT_EQ(event.parameter().name(), "opens_at_minute");
    EXPECT_EQ(event.parameter().value(), 480);
    ASSERT_TRUE(advance(tomorrow).ok());
    EXPECT_EQ(southbound_value("opens_at_minute"), 480);
    EXPECT_EQ(parameters("").response.scheduled_size(), 0);
}

TEST_F(OperationsTest, WhatIsSoAlreadyIsLeftAsItIs) {
    const auto sequence = status().durable_sequence();
    const auto same = set({southbound("opens_at_minute", 420)});
    ASSERT_TRUE(same.ok()) << same.said();
    EXPECT_EQ(same.response.changes_size(), 0);
    EXPECT_EQ(status().durable_sequence(), sequence) << "nothing is recorded";
}

TEST_F(OperationsTest, ABankMayHaveItsOwnNarrowerValue) {
    ASSERT_TRUE(set({southbound("closes_at_minute", 1'200, mainland_)}).ok());
    EXPECT_EQ(southbound_value("closes_at_minute"), 1'380);
    EXPECT_EQ(southbound_value("closes_at_minute", mainland_), 1'200);
    ASSERT_TRUE(set({southbound("closes_at_minute", -1, mainland_)}).ok());
    EXPECT_EQ(southbound_value("closes_at_minute", mainland_), -1) << "shown no more";
}

TEST_F(OperationsTest, ARefusedChangeNamesFieldAndRule) {
    EXPECT_THAT(set({}).said(), StartsWith("INVALID_ARGUMENT MALFORMED_FIELD parameters: must be"));
    EXPECT_THAT(set({southbound("opens_at_noon", 1)}).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD parameters[0].name: "));
    EXPECT_THAT(set({southbound("opens_at_minute", 480), southbound("offered", 1, "LW7")}).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD parameters[1].participant: "));
    EXPECT_THAT(set({southbound("person_year_limit", 5, mainland_)}).said(),
                StartsWith("FAILED_PRECONDITION PARAMETER_PLACE parameters[0]: "));
    EXPECT_THAT(set({parameter("purposes", v1::RAIL_FPS, 1, v1::DIRECTION_SOUTHBOUND,
                               v1::SERVICE_P2P_REMITTANCE)})
                    .said(),
                StartsWith("FAILED_PRECONDITION PARAMETER_PLACE parameters[0]: "));
    EXPECT_THAT(set({southbound("opens_at_minute", 1'440)}).said(),
                AllOf(StartsWith("FAILED_PRECONDITION PARAMETER_RANGE opens_at_minute: "),
                      HasSubstr("outside the parameter's range")));
    EXPECT_THAT(set({southbound("closes_at_minute", 420)}).said(),
                AllOf(StartsWith("FAILED_PRECONDITION PARAMETERS_TOGETHER closes_at_minute: "),
                      HasSubstr("open before they close")));
    EXPECT_THAT(set({parameter("token_version", v1::RAIL_FPS, 3)}).said(),
                StartsWith("FAILED_PRECONDITION TOKEN_VERSION_ORDER token_version: "));
    EXPECT_EQ(southbound_value("opens_at_minute"), 420) << "all or none";
}

TEST_F(OperationsTest, ARefusalOfTheOtherRailNamesItsOwnParameter) {
    const auto refused = set({southbound("offered", 1), southbound("purposes", 200),
                              parameter("lookup_deadline_ms", v1::RAIL_FPS, 700),
                              parameter("lookups_per_bank_per_second", v1::RAIL_FPS, 50)});
    EXPECT_THAT(refused.said(), StartsWith("FAILED_PRECONDITION PARAMETER_RANGE purposes: "));
    const auto fps = parameters("lookup_deadline_ms").response;
    EXPECT_EQ(fps.parameters(0).parameter().value(), 700) << "all or none, rail by rail";
}

// Reference rates.

TEST_F(OperationsTest, ReferenceRatesAreSetOnceADay) {
    ScriptedBank listener = bank(kHk);
    listener.connect();
    EXPECT_EQ(rate_in_force().date(), "2025-06-22");
    ASSERT_TRUE(set_rate("2025-06-23", 93'000'000).ok());
    const v1::SystemEvent event = listener.take_event(v1::SYSTEM_EVENT_KIND_REFERENCE_RATE);
    EXPECT_EQ(event.reference_rate().date(), "2025-06-23");
    EXPECT_EQ(event.effective_time_ms(), start_ms_ + 15 * 3'600'000) << "midnight";
    EXPECT_EQ(rate_in_force().cny_per_hkd_e8(), 92'000'000) << "today's";
    EXPECT_EQ(set_rate("2025-06-23", 94'000'000).said(), "OK") << "its day has not begun";
    EXPECT_EQ(set_rate("2025-06-22", 92'000'000).said(), "OK") << "it is so already";
    EXPECT_THAT(set_rate("2025-06-22", 92'000'001).said(),
                StartsWith("FAILED_PRECONDITION REFERENCE_RATE_NEW rate.date: "));
    EXPECT_THAT(set_rate("2025-06-21", 92'000'000).said(),
                StartsWith("FAILED_PRECONDITION REFERENCE_RATE_DATE rate.date: "));
    EXPECT_THAT(set_rate("2025-06-31", 92'000'000).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD rate.date: "));
    EXPECT_THAT(set_rate("2025-06-24", 0).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD rate.cny_per_hkd_e8: "));
    ASSERT_TRUE(advance(start_ms_ + day_ms_).ok());
    EXPECT_EQ(rate_in_force().cny_per_hkd_e8(), 94'000'000);
}

// Absence.

TEST_F(OperationsTest, ABankIsForcedOffAndLetOnAgain) {
    ScriptedBank payer = bank(mainland_);
    ScriptedBank payee = bank(kHk);
    payer.connect();
    payee.connect();
    const std::int64_t back = start_ms_ + 3'600'000;
    ASSERT_TRUE(set_available(kHk, false, back).ok());
    const v1::SystemEvent off = payer.take_event(v1::SYSTEM_EVENT_KIND_LOGGED_OFF);
    EXPECT_EQ(off.participant(), kHk);
    EXPECT_TRUE(off.forced());
    EXPECT_EQ(off.expected_back_ms(), back);
    EXPECT_TRUE(participant(kHk).online());
    EXPECT_TRUE(participant(kHk).logged_off());
    EXPECT_TRUE(participant(kHk).forced_off());
    const v1::CreditTransfer to_it = payer.transfer(kHk, person('a'));
    payer.pay(to_it);
    EXPECT_EQ(payer.take_outcome(to_it.uetr()), "AB08");
    const v1::CreditTransfer from_it = payee.transfer(mainland_, person('b'));
    payee.pay(from_it);
    EXPECT_EQ(payee.take_outcome(from_it.uetr()), "AB07");
    ASSERT_TRUE(set_available(kHk, true).ok());
    EXPECT_EQ(payer.take_event(v1::SYSTEM_EVENT_KIND_LOGGED_ON).participant(), kHk);
    const v1::CreditTransfer again = payer.transfer(kHk, person('a'));
    payer.pay(again);
    EXPECT_EQ(payee.take_request(again.uetr()).transfer().uetr(), again.uetr());
    EXPECT_THAT(set_available("LW6", false).said(),
                StartsWith("NOT_FOUND PARTICIPANT_KNOWN participant: "));
}

TEST_F(OperationsTest, ABankLogsItselfOff) {
    ScriptedBank payer = bank(mainland_);
    ScriptedBank payee = bank(kHk);
    payer.connect();
    payee.connect();
    v1::ParticipantMessage message;
    message.mutable_availability()->set_available(false);
    payee.send(message);
    EXPECT_FALSE(payer.take_event(v1::SYSTEM_EVENT_KIND_LOGGED_OFF).forced());
    EXPECT_TRUE(participant(kHk).logged_off());
    EXPECT_FALSE(participant(kHk).forced_off());
    const v1::CreditTransfer transfer = payer.transfer(kHk, person('a'));
    payer.pay(transfer);
    EXPECT_EQ(payer.take_outcome(transfer.uetr()), "AB08");
}

// Quotas.

TEST_F(OperationsTest, PriorUseCountsAgainstTheYear) {
    ScriptedBank payer = bank(mainland_);
    ScriptedBank payee = bank(kHk);
    payer.connect();
    payee.connect();
    ASSERT_TRUE(set_prior_use(person('a'), 2025, 4'999'900).ok());
    ASSERT_TRUE(set_prior_use(person('a'), 2026, 5).ok());
    EXPECT_THAT(set_prior_use(person('a'), 2024, 5).said(),
                StartsWith("FAILED_PRECONDITION PRIOR_USE_YEAR year: "));
    EXPECT_THAT(set_prior_use("short", 2025, 5).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD person.token: "));
    EXPECT_THAT(set_prior_use(person('a'), 2025, -1).said(),
                StartsWith("INVALID_ARGUMENT MALFORMED_FIELD amount_minor: "));
    ASSERT_EQ(quota(person('a')).uses_size(), 1) << "over all institutions";
    EXPECT_EQ(quota(person('a')).uses(0).year_prior_minor(), 4'999'900);
    EXPECT_EQ(quota(person('a')).uses(0).year_limit_minor(), 5'000'000);
    EXPECT_EQ(quota(person('a')).uses(0).year_unit(), "USD");

    v1::CreditTransfer last_dollar = payer.transfer(kHk, person('a'));
    last_dollar.set_amount_minor(720);
    payer.pay(last_dollar);
    static_cast<void>(payee.take_request(last_dollar.uetr()));
    EXPECT_EQ(quota(person('a')).uses(0).year_reserved_minor(), 100);
    v1::CreditTransfer one_fen_more = payer.transfer(kHk, person('a'));
    one_fen_more.set_amount_minor(1);
    payer.pay(one_fen_more);
    EXPECT_EQ(payer.take_outcome(one_fen_more.uetr()), "AM02");
    payee.accept(last_dollar.uetr());
    EXPECT_EQ(payer.take_outcome(last_dollar.uetr()), "ACSC");
    const v1::GetQuotaResponse used = quota(person('a'));
    ASSERT_EQ(used.uses_size(), 2) << "and at its bank";
    EXPECT_EQ(used.uses(0).year_used_minor(), 100);
    EXPECT_EQ(used.uses(0).year_reserved_minor(), 0);
    EXPECT_EQ(used.uses(1).participant(), mainland_);
    EXPECT_EQ(used.uses(1).day(), "2025-06-22");
    EXPECT_EQ(used.uses(1).day_unit(), "CNY");
    EXPECT_EQ(used.uses(1).day_used_minor(), 720);
    EXPECT_EQ(used.uses(1).day_limit_minor(), 5'000'000);
    restart();
    EXPECT_EQ(quota(person('a')).SerializeAsString(), used.SerializeAsString());
}

// Scheme time.

TEST_F(OperationsTest, SchemeTimeIsSetForwardAtAQuietMoment) {
    ScriptedBank payer = bank(mainland_);
    ScriptedBank payee = bank(kHk);
    payer.connect();
    payee.connect();
    const v1::CreditTransfer transfer = payer.transfer(kHk, person('a'));
    payer.pay(transfer);
    static_cast<void>(payee.take_request(transfer.uetr()));
    const std::int64_t tomorrow = start_ms_ + day_ms_;
    EXPECT_THAT(advance(tomorrow).said(), StartsWith("FAILED_PRECONDITION TIME_QUIET "));
    payee.accept(transfer.uetr());
    EXPECT_EQ(payer.take_outcome(transfer.uetr()), "ACSC");
    EXPECT_THAT(advance(start_ms_ - 1).said(),
                StartsWith("FAILED_PRECONDITION TIME_RANGE scheme_time_ms: "));
    EXPECT_THAT(advance(start_ms_ + 401 * day_ms_).said(),
                StartsWith("FAILED_PRECONDITION TIME_RANGE scheme_time_ms: "));
    const auto advanced = advance(tomorrow);
    ASSERT_TRUE(advanced.ok()) << advanced.said();
    EXPECT_EQ(advanced.response.scheme_time_ms(), tomorrow);
    EXPECT_EQ(payer.take_event(v1::SYSTEM_EVENT_KIND_TIME_ADVANCED).effective_time_ms(), tomorrow);
    EXPECT_EQ(payee.take_event(v1::SYSTEM_EVENT_KIND_TIME_ADVANCED).effective_time_ms(), tomorrow);
    EXPECT_GE(status().scheme_time_ms(), tomorrow);
    restart();
    payer.connect();
    EXPECT_GE(payer.greeting().scheme_time_ms(), tomorrow);
    EXPECT_LT(payer.greeting().scheme_time_ms(), tomorrow + day_ms_);
}

// A file that says something else than the log.

class ChangedFile : public OperationsTest {
protected:
    const std::string opens_at_eight_ =
        "parameters { name: \"opens_at_minute\" rail: RAIL_IBPS direction: DIRECTION_SOUTHBOUND\n"
        "  service: SERVICE_P2P_REMITTANCE value: 480 }\n";
};

TEST_F(ChangedFile, IsRefusedWithTheDifference) {
    running_.kill_switch();
    write_config(opens_at_eight_);
    const Finished refused = running_.start_switch_in_vain();
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.output + refused.errors,
                AllOf(HasSubstr("opens_at_minute of ibps, southbound p2p_remittance: the "
                                "configuration says 480, the log holds 420"),
                      HasSubstr("--parameters file"), HasSubstr("--parameters log")));
}

TEST_F(ChangedFile, GoesOnWithTheLogsValuesWhenToldSo) {
    write_config(opens_at_eight_);
    restart({"--parameters", "log"});
    EXPECT_EQ(southbound_value("opens_at_minute"), 420);
    running_.kill_switch();
    EXPECT_EQ(running_.start_switch_in_vain().exit_code, 2) << "nothing has been recorded";
}

TEST_F(ChangedFile, IsRecordedWhenToldSo) {
    write_config(opens_at_eight_);
    restart({"--parameters", "file"});
    EXPECT_EQ(southbound_value("opens_at_minute"), 480);
    restart();
    EXPECT_EQ(southbound_value("opens_at_minute"), 480) << "file and log agree now";
}

TEST_F(ChangedFile, AChangeByCallIsADifferenceToTheFile) {
    ASSERT_TRUE(set({southbound("opens_at_minute", 450)}).ok());
    running_.kill_switch();
    const Finished refused = running_.start_switch_in_vain();
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.output + refused.errors,
                HasSubstr("the configuration says 420, the log holds 450"));
}

TEST_F(ChangedFile, CannotChangeWhoTakesPart) {
    running_.kill_switch();
    write_config("participants { rail: RAIL_FPS code: \"LW6\" opening_cny_minor: 5 }\n");
    for (const char* choice : {"refuse", "file", "log"}) {
        const Finished refused = running_.start_switch_in_vain({"--parameters", choice});
        EXPECT_EQ(refused.exit_code, 2) << choice;
        EXPECT_THAT(refused.output + refused.errors, HasSubstr("LW6")) << choice;
    }
}

}  // namespace
}  // namespace lowu::test
