// What the client tells an operator, without a process: the switch's state, obligations, a default,
// a jump of the clock, a bank's enquiry, who is degraded or in default.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/enquiry.hpp"
#include "client/event_text.hpp"
#include "client/operator_text.hpp"
#include "client/scheme_text.hpp"

namespace lowu::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kUetr = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
constexpr std::int64_t kNineMs = 1'750'554'000'000;  // 2025-06-22 09:00 UTC+8

v1::GetStatusResponse sound_status() {
    v1::GetStatusResponse status;
    status.set_form("fps/0+ibps/0");
    status.set_durable_sequence(12'500);
    status.set_follower_sequence(12'500);
    status.set_scheme_time_ms(kNineMs);
    status.set_payments(40);
    status.set_pending(2);
    status.set_log_first_sequence(8'001);
    status.set_archived_sequence(12'000);
    status.set_remembered_legs(60);
    status.set_forgotten_legs(18);
    status.set_batches_compared(77);
    v1::Snapshot* snapshot = status.add_snapshots();
    snapshot->set_sequence(12'000);
    snapshot->set_bytes(1'300'000);
    snapshot->set_scheme_time_ms(kNineMs - 180'000);
    snapshot->set_verified(true);
    return status;
}

TEST(StatusText, SaysWhereLogFollowerArchiveAndSnapshotsAre) {
    v1::GetStatusResponse status = sound_status();
    const std::string text = status_text(status);
    EXPECT_THAT(text, HasSubstr("log, durable           8001 to 12500, begun with this start\n"));
    EXPECT_THAT(text, HasSubstr("follower               12500, up to date\n"));
    EXPECT_THAT(text, HasSubstr("archive                up to 12000, 500 to come\n"));
    EXPECT_THAT(text, HasSubstr("snapshot               at 12000, 1.2 MiB, 3 min old, verified\n"));
    EXPECT_THAT(text, HasSubstr("after 77 batches"));
    EXPECT_THAT(text, HasSubstr("payments               40, pending 2\n"));
    EXPECT_THAT(text, HasSubstr("60 legs; 18 forgotten, in the archive only"));
    EXPECT_THAT(text, HasSubstr("settled, not credited  0, 0 overdue\n"));
    EXPECT_THAT(text, Not(HasSubstr("HALTED")));

    status.set_follower_sequence(12'490);
    status.set_recovered_sequence(9'000);
    status.set_settled_not_credited(5);
    status.set_obligations_overdue(3);
    status.mutable_snapshots(0)->set_verified(false);
    const std::string behind = status_text(status);
    EXPECT_THAT(behind, HasSubstr("8001 to 12500, up to 9000 recovered at start"));
    EXPECT_THAT(behind, HasSubstr("12490, 10 behind"));
    EXPECT_THAT(behind, HasSubstr("not verified"));
    EXPECT_THAT(behind, HasSubstr("5, 3 overdue"));
}

TEST(StatusText, SaysWhyTheArchiveTakesNothing) {
    v1::GetStatusResponse status = sound_status();
    status.set_archive_trouble("the disk of /d/archive is full");
    EXPECT_THAT(status_text(status),
                HasSubstr("the follower stands still: the disk of /d/archive is full"));
}

TEST(StatusText, ANewSwitchHasNothingYet) {
    const std::string text = status_text(v1::GetStatusResponse());
    EXPECT_THAT(text, HasSubstr("log, durable           empty"));
    EXPECT_THAT(text, HasSubstr("archive                empty\n"));
    EXPECT_THAT(text, HasSubstr("snapshots              none yet"));
}

TEST(StatusText, SaysFirstWhatHaltsIt) {
    v1::GetStatusResponse status = sound_status();
    status.set_halted_by("clock");
    status.set_clock_jump_ms(-5'400'000);
    const std::string jumped = status_text(status);
    EXPECT_EQ(jumped.find("HALTED"), 0U);
    EXPECT_THAT(jumped, HasSubstr("the clock jumped by -1 h 30 min"));
    EXPECT_THAT(jumped, HasSubstr("lowu clock ignored"));
    status.set_halted_by("log space");
    EXPECT_THAT(status_text(status), HasSubstr("no space for the log"));
    status.set_halted_by("something new");
    EXPECT_THAT(status_text(status), HasSubstr("nothing new is taken: something new"));
}

TEST(OperatorText, SpansAndBytesAreReadable) {
    EXPECT_EQ(span_text(0), "0 ms");
    EXPECT_EQ(span_text(999), "999 ms");
    EXPECT_EQ(span_text(59'999), "59 s");
    EXPECT_EQ(span_text(3'599'999), "59 min");
    EXPECT_EQ(span_text(3'900'000), "1 h 05 min");
    EXPECT_EQ(span_text(187'200'000), "2 d 04 h");
    EXPECT_EQ(span_text(-2'000), "-2 s");
    EXPECT_EQ(bytes_text(1'023), "1023 bytes");
    EXPECT_EQ(bytes_text(1'024), "1.0 KiB");
    EXPECT_EQ(bytes_text(1'048'575), "1023.9 KiB");
    EXPECT_EQ(bytes_text(3'221'225'472), "3.0 GiB");
    EXPECT_EQ(bytes_text(std::int64_t{5'000} << 30), "5000.0 GiB");
}

v1::Obligation* add_obligation(v1::ListObligationsResponse& response, std::int64_t age_ms) {
    v1::Obligation* obligation = response.add_obligations();
    obligation->set_uetr(kUetr);
    obligation->set_rail(v1::RAIL_FPS);
    obligation->set_payee_agent("012");
    obligation->set_amount_minor(1'250);
    obligation->set_currency(v1::CURRENCY_CNY);
    obligation->set_age_ms(age_ms);
    return obligation;
}

TEST(Obligations, EachSaysWhetherItIsOverdueOrOfABankInDefault) {
    v1::ListObligationsResponse response;
    EXPECT_THAT(obligations_text(response), HasSubstr("There is none"));
    response.set_total(7);
    add_obligation(response, 2'000);
    const std::string waiting = obligations_text(response);
    EXPECT_THAT(waiting, HasSubstr("CNY 12.50  2 s ago  waiting"));
    EXPECT_THAT(waiting, HasSubstr("1 of 7 shown, oldest first"));
    response.mutable_obligations(0)->set_overdue(true);
    EXPECT_THAT(obligations_text(response), HasSubstr("overdue"));
    response.mutable_obligations(0)->set_in_default(true);
    EXPECT_THAT(obligations_text(response), HasSubstr("bank in default"));
}

TEST(Default, SaysWhatItDoesAndThatItCannotBeTakenBack) {
    const std::string warning = default_warning("012");
    EXPECT_THAT(warning, HasSubstr("012 Bank of China (Hong Kong)"));
    EXPECT_THAT(warning, HasSubstr("no new payment"));
    EXPECT_THAT(warning, HasSubstr("cannot be taken back"));

    v1::DeclareDefaultResponse response;
    EXPECT_THAT(default_text("012", response), HasSubstr("owes no credit to anybody"));
    response.set_open_obligations(2);
    response.set_open_hkd_minor(30'000);
    const std::string owed = default_text("012", response);
    EXPECT_THAT(owed, HasSubstr("2 payments, HKD 300.00."));
    EXPECT_THAT(owed, Not(HasSubstr("CNY")));
}

TEST(Clock, SaysWhatBecameOfTheJump) {
    EXPECT_THAT(clock_text(v1::CLOCK_VERDICT_PASSED, 7'200'000),
                HasSubstr("jumped by 2 h 00 min. The time has passed"));
    EXPECT_THAT(clock_text(v1::CLOCK_VERDICT_IGNORED, -500), HasSubstr("-500 ms. The jump is ign"));
}

EnquiryOptions enquiry_options() {
    EnquiryOptions options;
    options.bank = "012";
    options.uetr = kUetr;
    return options;
}

std::string enquiry_refusal(const EnquiryOptions& options) {
    const auto request = enquiry_of(options);
    return request ? "" : request.error().what;
}

TEST(Enquiry, NamesTheArgumentAndItsRule) {
    const auto request = enquiry_of(enquiry_options());
    ASSERT_TRUE(request.ok());
    EXPECT_EQ(request->side(), v1::SIDE_PAYER);
    EXPECT_EQ(request->wait_ms(), 5'000);
    EnquiryOptions payee = enquiry_options();
    payee.side = "payee";
    EXPECT_EQ(enquiry_of(payee)->side(), v1::SIDE_PAYEE);

    EnquiryOptions broken = enquiry_options();
    broken.side = "both";
    EXPECT_EQ(enquiry_refusal(broken), "--side must be payer or payee");
    broken = enquiry_options();
    broken.wait_ms = 60'001;
    EXPECT_EQ(enquiry_refusal(broken), "--wait-ms must be 1 to 60000");
    broken = enquiry_options();
    broken.uetr = "7c9e6679";
    EXPECT_THAT(enquiry_refusal(broken), HasSubstr("uetr must"));
    broken = enquiry_options();
    broken.bank = "0123";
    EXPECT_THAT(enquiry_refusal(broken), HasSubstr("bank must"));
}

TEST(Enquiry, TheReportIsReadForTheBanksSide) {
    v1::EnquireStatusResponse response;
    v1::StatusReport& report = *response.mutable_report();
    report.set_uetr(kUetr);
    report.set_side(v1::SIDE_PAYEE);
    report.set_status(v1::PAYMENT_STATUS_ACSP);
    EXPECT_THAT(enquiry_text("012", response), HasSubstr("still waits for the bank's answer"));
    EXPECT_EQ(exit_code_of(response), ExitCode::kPending);
    report.set_status(v1::PAYMENT_STATUS_ACSC);
    report.set_booking_time_ms(kNineMs);
    report.set_clearing_reference("FRN20250622000000001");
    const std::string settled = enquiry_text("012", response);
    EXPECT_THAT(settled, HasSubstr("owes the credit to the payee"));
    EXPECT_THAT(settled, HasSubstr("booked 2025-06-22 09:00:00.000 UTC+8"));
    EXPECT_THAT(settled, HasSubstr("FRN20250622000000001"));
    EXPECT_EQ(exit_code_of(response), ExitCode::kDone);
    report.set_side(v1::SIDE_PAYER);
    report.set_status(v1::PAYMENT_STATUS_RJCT);
    report.mutable_reason()->set_code("AM23");
    const std::string refused = enquiry_text("012", response);
    EXPECT_THAT(refused, HasSubstr("RJCT AM23"));
    EXPECT_THAT(refused, HasSubstr("nothing has moved"));
    EXPECT_EQ(exit_code_of(response), ExitCode::kRefused);
}

TEST(Enquiry, ARejectIsToldInWords) {
    v1::EnquireStatusResponse response;
    response.mutable_reject()->set_field("uetr");
    response.mutable_reject()->set_rule("was asked about too often");
    EXPECT_THAT(enquiry_text("012", response),
                HasSubstr("The rail does not tell 012 Bank of China (Hong Kong) where it stands: "
                          "uetr was asked about too often"));
    EXPECT_EQ(exit_code_of(response), ExitCode::kEnvironment);
}

TEST(SchemeText, ShowsWhoIsDegradedAndWhoIsInDefault) {
    v1::ListParticipantsResponse response;
    v1::Participant& bank = *response.add_participants();
    bank.set_code("012");
    bank.set_online(true);
    bank.set_degraded(true);
    EXPECT_THAT(participants_text(response, 0), HasSubstr("up, degraded"));
    bank.set_online(false);
    EXPECT_THAT(participants_text(response, 0), HasSubstr("down, degraded"));
    bank.set_in_default(true);
    bank.set_forced_off(true);
    const std::string text = participants_text(response, 0);
    EXPECT_THAT(text, HasSubstr("in default"));
    EXPECT_THAT(text, Not(HasSubstr("forced off")));
}

TEST(EventText, TellsOfBanksThatAreSlowAndInDefault) {
    v1::SystemEvent event;
    event.set_participant("012");
    const std::pair<v1::SystemEventKind, const char*> kKinds[] = {
        {v1::SYSTEM_EVENT_KIND_DEGRADED,
         "012 Bank of China (Hong Kong) takes its messages too "
         "slowly: payments to it are refused AB08"},
        {v1::SYSTEM_EVENT_KIND_RESTORED, "012 Bank of China (Hong Kong) has caught up"},
        {v1::SYSTEM_EVENT_KIND_DEFAULT, "012 Bank of China (Hong Kong) is in default"}};
    for (const auto& [kind, text] : kKinds) {
        event.set_kind(kind);
        EXPECT_THAT(event_text(event), HasSubstr(text));
        EXPECT_EQ(word(kind).find_first_of("0123456789"), std::string::npos);
    }
}

}  // namespace
}  // namespace lowu::client
