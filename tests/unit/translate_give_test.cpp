// What every message to a bank looks like, as the bank reads it.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "common/scheme/return_reason.hpp"
#include "tests/unit/translate_fixture.hpp"

namespace lowu::session {
namespace {

using core::OutboxKind;
using core::ResultCode;
using testing::HasSubstr;

class GiveTest : public testing::Test {
protected:
    GiveTest() {
        const auto parsed = scheme::parse_uetr(kUetr);
        payment_.uetr = *parsed;
        payment_.amount = core::AmountMinor{12'345};
        payment_.remote_agent = *scheme::parse_agent_code(kFpsBank);
        payment_.acceptance_time = SchemeTime{1'750'554'000'500};  // 2025-06-22 09:00 UTC+8
        entry_.payment = core::PaymentIndex{41};
        payment_.service = core::Service::kP2pRemittance;
        payment_.leg = core::Leg::kDestination;
        body_.payer_account = "012-875-10001";
        body_.payee_account = "6222000000000001";
        body_.carried = sound_transfer().carried().SerializeAsString();
        body_.creation_time = SchemeTime{1'750'554'000'123};
        body_.purpose = core::Purpose::kPersonal;
        body_.payer_kind = core::PartyKind::kPerson;
        payment_.currency = core::Currency::kCny;
        entry_.uetr = *parsed;
        entry_.scheme_time = SchemeTime{1'750'554'000'777};
    }

    /// The one message, as the bank reads it.
    v1::SwitchMessage give(OutboxKind kind, Rail rail, bool with_payment = true,
                           bool with_body = false) {
        entry_.kind = kind;
        engine::OutboundMessage message;
        message.entry = &entry_;
        if (with_payment) message.payment = &payment_;
        if (with_body) message.body = &body_;
        message.event = event_ ? &*event_ : nullptr;
        message.payer_agent = payer_agent_;
        message.original = original_;
        message.return_reason = return_reason_;
        engine::OutboundFrame frame;
        frame.rail = rail;
        frame.participant = *scheme::parse_agent_code(rail == Rail::kFps ? kFpsBank : kIbpsBank);
        frame.first_number = 9;
        frame.messages = std::span(&message, 1);
        frame.acknowledged = 5;
        frame.credit = 6;
        const v1::SwitchFrame read = read_back(frame);
        EXPECT_EQ(read.first_number(), 9U);
        EXPECT_EQ(read.acknowledged(), 5U);
        EXPECT_EQ(read.credit(), 6U);
        EXPECT_EQ(read.messages_size(), 1);
        return read.messages(0);
    }

    v1::SwitchFrame read_back(const engine::OutboundFrame& frame) {
        session::give(frame, built_);
        v1::SwitchFrame read;
        EXPECT_TRUE(read.ParseFromString(built_.SerializeAsString()));
        return read;
    }

    core::Payment payment_;
    journal::Body body_;
    std::optional<core::SystemEvent> event_;
    scheme::Uetr original_;
    scheme::ReturnReason return_reason_{};
    scheme::AgentCode payer_agent_ = *scheme::parse_agent_code(kFpsBank);
    core::OutboxEntry entry_;
    wire::v1::SwitchFrame built_;
};

/// What of an instruction the payee's bank gets.
std::string told(v1::CreditTransfer transfer) {
    const v1::PartyKind kind = transfer.payer().kind();
    transfer.mutable_payer()->Clear();
    transfer.mutable_payer()->set_kind(kind);
    return transfer.SerializeAsString();
}

TEST_F(GiveTest, ARequestIsTheInstructionWithoutThePayersIdentity) {
    const v1::SwitchMessage message = give(OutboxKind::kRequest, Rail::kIbps, true, true);
    ASSERT_TRUE(message.has_request());
    EXPECT_EQ(message.request().transfer().SerializeAsString(), told(sound_transfer()));
    EXPECT_EQ(message.request().acceptance_time_ms(), 1'750'554'000'500);
}

TEST_F(GiveTest, ARequestTellsProxyAndExchange) {
    body_.payee_account = "";
    body_.payee_proxy = kMobile;
    body_.proxy_kind = v1::PROXY_KIND_MOBILE;
    body_.proxy_reference = 77;
    body_.quote_id = kQuote;
    body_.hkd = core::AmountMinor{13'489};
    body_.rate = core::Rate{91'520'000};
    const v1::SwitchMessage message = give(OutboxKind::kRequest, Rail::kIbps, true, true);
    EXPECT_EQ(message.request().transfer().SerializeAsString(), told(rich_transfer()));
}

TEST_F(GiveTest, ADomesticRequestNamesBothBanksOfTheRail) {
    payment_.leg = core::Leg::kDomestic;
    payment_.service = core::Service::kDomestic;
    payment_.currency = core::Currency::kHkd;
    payment_.remote_agent = *scheme::parse_agent_code(kFpsBank);  // There it is the payee's.
    payer_agent_ = *scheme::parse_agent_code("004");
    body_.purpose = core::Purpose::kOther;
    body_.payer_kind = core::PartyKind::kCompany;
    const auto request = give(OutboxKind::kRequest, Rail::kFps, true, true).request();
    EXPECT_EQ(request.transfer().service(), v1::SERVICE_DOMESTIC);
    EXPECT_EQ(request.transfer().payer_agent(), "004");
    EXPECT_EQ(request.transfer().payee_agent(), kFpsBank);
    EXPECT_EQ(request.transfer().currency(), v1::CURRENCY_HKD);
    EXPECT_EQ(request.transfer().purpose(), v1::PURPOSE_OTHER);
    EXPECT_EQ(request.transfer().payer().kind(), v1::PARTY_KIND_COMPANY);
    // Payer's and payee's bank get the rail's one reference.
    for (const OutboxKind kind : {OutboxKind::kSettled, OutboxKind::kCreditNow}) {
        EXPECT_EQ(give(kind, Rail::kFps).status_report().clearing_reference(),
                  "FRN20250622PAYC0100000000042");
    }
}

TEST_F(GiveTest, ReportsToBothSides) {
    struct Expected {
        OutboxKind kind;
        v1::PaymentStatus status;
        v1::Side side;
    };
    const std::array<Expected, 5> all{
        Expected{OutboxKind::kPending, v1::PAYMENT_STATUS_ACSP, v1::SIDE_PAYER},
        Expected{OutboxKind::kSettled, v1::PAYMENT_STATUS_ACSC, v1::SIDE_PAYER},
        Expected{OutboxKind::kRejected, v1::PAYMENT_STATUS_RJCT, v1::SIDE_PAYER},
        Expected{OutboxKind::kCreditNow, v1::PAYMENT_STATUS_ACSC, v1::SIDE_PAYEE},
        Expected{OutboxKind::kVoid, v1::PAYMENT_STATUS_RJCT, v1::SIDE_PAYEE}};
    for (const Expected& expected : all) {
        const bool rejected = expected.status == v1::PAYMENT_STATUS_RJCT;
        entry_.result = rejected ? ResultCode::kPayeeAgentSilent : ResultCode::kAccepted;
        const v1::SwitchMessage message = give(expected.kind, Rail::kFps);
        ASSERT_TRUE(message.has_status_report());
        const v1::StatusReport& report = message.status_report();
        EXPECT_EQ(report.uetr(), kUetr);
        EXPECT_EQ(report.status(), expected.status);
        EXPECT_EQ(report.side(), expected.side);
        EXPECT_EQ(report.booking_time_ms(), 1'750'554'000'777);
        EXPECT_EQ(report.has_reason(), rejected);
        EXPECT_EQ(report.clearing_reference(), "FRN20250622PAYC0100000000042");
    }
}

TEST_F(GiveTest, AReasonHasTheStandardsCodeAndTheRailsOwn) {
    for (const core::ResultRow& row : core::result_table()) {
        if (row.result == ResultCode::kAccepted) continue;
        entry_.result = row.result;
        const auto fps = give(OutboxKind::kRejected, Rail::kFps).status_report().reason();
        EXPECT_EQ(fps.code(), row.iso_code);
        EXPECT_EQ(fps.native_code(), row.fps_native);
        EXPECT_EQ(fps.text(), row.meaning);
        EXPECT_EQ(fps.field(), "");
        const auto ibps = give(OutboxKind::kRejected, Rail::kIbps).status_report().reason();
        EXPECT_EQ(ibps.native_code(), row.ibps_native);
    }
}

TEST_F(GiveTest, OtherContentNamesItsFieldAndNoPayment) {
    entry_.result = ResultCode::kUetrContentDiffers;
    entry_.field = Field::kPayeeAccount;
    const v1::SwitchMessage message = give(OutboxKind::kRejected, Rail::kFps, false);
    EXPECT_EQ(message.status_report().reason().code(), "AM05");
    EXPECT_EQ(message.status_report().reason().field(), "payee_account");
    EXPECT_EQ(message.status_report().clearing_reference(), "");
}

TEST_F(GiveTest, AMalformedMessageIsRejectedByFieldAndRule) {
    entry_.rejected_number = 17;
    entry_.field = Field::kPayeeAccount;
    body_.carried = "must not be empty";
    const v1::MessageReject reject =
        give(OutboxKind::kMessageReject, Rail::kFps, false, true).message_reject();
    EXPECT_EQ(reject.rejected_number(), 17U);
    EXPECT_EQ(reject.field(), "payee_account");
    EXPECT_EQ(reject.rule(), "must not be empty");
    EXPECT_EQ(reject.uetr(), kUetr);
    entry_.uetr = scheme::Uetr{};
    EXPECT_EQ(give(OutboxKind::kMessageReject, Rail::kFps, false, true).message_reject().uetr(), "")
        << "it had none that could be read";
}

TEST_F(GiveTest, AnAnswerToNoRequestIsRejectedByItsMeaning) {
    entry_.result = ResultCode::kNoSuchRequest;
    entry_.field = Field::kUetr;
    const v1::MessageReject reject =
        give(OutboxKind::kMessageReject, Rail::kIbps, false).message_reject();
    EXPECT_EQ(reject.field(), "uetr");
    EXPECT_EQ(reject.rule(), core::row_of(ResultCode::kNoSuchRequest).meaning);
}

TEST_F(GiveTest, AnAnswerToAnEnquirySaysSoAndWhereThePaymentStood) {
    struct Expected {
        core::Standing standing;
        v1::PaymentStatus status;
        v1::Side side;
    };
    const std::array<Expected, 6> all{
        Expected{core::Standing::kPayerPending, v1::PAYMENT_STATUS_ACSP, v1::SIDE_PAYER},
        Expected{core::Standing::kPayerSettled, v1::PAYMENT_STATUS_ACSC, v1::SIDE_PAYER},
        Expected{core::Standing::kPayerRejected, v1::PAYMENT_STATUS_RJCT, v1::SIDE_PAYER},
        Expected{core::Standing::kPayeePending, v1::PAYMENT_STATUS_ACSP, v1::SIDE_PAYEE},
        Expected{core::Standing::kPayeeSettled, v1::PAYMENT_STATUS_ACSC, v1::SIDE_PAYEE},
        Expected{core::Standing::kPayeeRejected, v1::PAYMENT_STATUS_RJCT, v1::SIDE_PAYEE}};
    for (const Expected& expected : all) {
        const bool rejected = expected.status == v1::PAYMENT_STATUS_RJCT;
        entry_.result = rejected ? ResultCode::kPayeeAgentSilent : ResultCode::kAccepted;
        entry_.standing = expected.standing;
        for (const bool remembered : {true, false}) {
            const v1::SwitchMessage message =
                give(OutboxKind::kEnquiryAnswer, Rail::kFps, remembered);
            ASSERT_TRUE(message.has_status_report());
            const v1::StatusReport& report = message.status_report();
            EXPECT_TRUE(report.answers_request());
            EXPECT_EQ(report.uetr(), kUetr);
            EXPECT_EQ(report.status(), expected.status);
            EXPECT_EQ(report.side(), expected.side);
            EXPECT_EQ(report.reason().code(), rejected ? "AB05" : "");
            EXPECT_EQ(report.booking_time_ms(), 0) << "which the rail does not keep";
            EXPECT_EQ(report.clearing_reference(),
                      remembered ? "FRN20250622PAYC0100000000042" : "");
        }
    }
    EXPECT_FALSE(give(OutboxKind::kSettled, Rail::kFps).status_report().answers_request());
}

TEST_F(GiveTest, AnEnquiryThatIsRefusedIsRejectedByItsMeaning) {
    entry_.field = Field::kUetr;
    for (const ResultCode why :
         {ResultCode::kEnquiryUnknown, ResultCode::kEnquiryTooSoon, ResultCode::kEnquiryTooOften}) {
        entry_.result = why;
        const v1::MessageReject reject =
            give(OutboxKind::kMessageReject, Rail::kIbps, false).message_reject();
        EXPECT_EQ(reject.field(), "uetr");
        EXPECT_EQ(reject.uetr(), kUetr);
        EXPECT_EQ(reject.rule(), core::row_of(why).meaning);
    }
}

TEST_F(GiveTest, WhatComesBackNamesItsOriginal) {
    payment_.leg = core::Leg::kReturnReceived;
    payment_.amount = core::AmountMinor{12'000};
    payment_.currency = core::Currency::kHkd;
    original_ = *scheme::parse_uetr(kQuote);
    for (const scheme::ReturnReason reason : scheme::kReturnReasons) {
        return_reason_ = reason;
        const v1::SwitchMessage message = give(OutboxKind::kReturned, Rail::kFps);
        ASSERT_TRUE(message.has_payment_returned());
        const v1::PaymentReturned& returned = message.payment_returned();
        EXPECT_EQ(returned.uetr(), kUetr) << "the return's own";
        EXPECT_EQ(returned.original_uetr(), kQuote);
        EXPECT_EQ(returned.amount_minor(), 12'000);
        EXPECT_EQ(returned.currency(), v1::CURRENCY_HKD);
        EXPECT_EQ(returned.reason_code(), scheme::to_string(reason));
        EXPECT_EQ(returned.booking_time_ms(), 1'750'554'000'777);
        EXPECT_EQ(returned.clearing_reference(), "FRN20250622PAYC0100000000042");
    }
}

// Events.

class EventTest : public GiveTest {
protected:
    EventTest() {
        event_.emplace();
        event_->booked = SchemeTime{21};
        event_->effective = SchemeTime{22};
    }
    v1::SystemEvent told_as(core::SystemEventKind kind, Rail rail = Rail::kFps) {
        event_->kind = kind;
        const v1::SwitchMessage message = give(OutboxKind::kEvent, rail, false);
        EXPECT_TRUE(message.has_system_event());
        EXPECT_EQ(message.system_event().booking_time_ms(), 21);
        EXPECT_EQ(message.system_event().effective_time_ms(), 22);
        return message.system_event();
    }
};

TEST_F(EventTest, AParameterIsToldWithItsPlace) {
    using core::SystemEventKind;
    event_->setting = {{core::ParameterId::kPayeeDeadline, core::Corridor{}}, 12'000};
    v1::SystemEvent event = told_as(SystemEventKind::kParameter);
    EXPECT_EQ(event.kind(), v1::SYSTEM_EVENT_KIND_PARAMETER);
    EXPECT_EQ(event.parameter().name(), "payee_deadline_ms");
    EXPECT_EQ(event.parameter().rail(), v1::RAIL_FPS);
    EXPECT_EQ(event.parameter().direction(), v1::DIRECTION_UNSPECIFIED);
    EXPECT_EQ(event.parameter().service(), v1::SERVICE_UNSPECIFIED);
    EXPECT_EQ(event.parameter().participant(), "");
    EXPECT_EQ(event.parameter().value(), 12'000);
    EXPECT_EQ(event.participant(), "") << "that is for banks that are off or on";

    event_->setting = {
        {core::ParameterId::kOpensAt,
         core::corridor_of(scheme::Direction::kSouthbound, core::Service::kFeeCollection),
         core::ParticipantIndex{0}},
        core::kNoOwnValue};
    event_->participant = *scheme::parse_agent_code(kIbpsBank);
    event = told_as(SystemEventKind::kParameter, Rail::kIbps);
    EXPECT_EQ(event.parameter().name(), "opens_at_minute");
    EXPECT_EQ(event.parameter().rail(), v1::RAIL_IBPS);
    EXPECT_EQ(event.parameter().direction(), v1::DIRECTION_SOUTHBOUND);
    EXPECT_EQ(event.parameter().service(), v1::SERVICE_FEE_COLLECTION);
    EXPECT_EQ(event.parameter().participant(), kIbpsBank);
    EXPECT_EQ(event.parameter().value(), -1);
}

TEST_F(EventTest, ATokenKeyIsAParameterOfItsOwnKind) {
    event_->setting = {{core::ParameterId::kTokenVersion, core::Corridor{}}, 2};
    const v1::SystemEvent event = told_as(core::SystemEventKind::kTokenKey);
    EXPECT_EQ(event.kind(), v1::SYSTEM_EVENT_KIND_TOKEN_KEY);
    EXPECT_EQ(event.parameter().name(), "token_version");
    EXPECT_EQ(event.parameter().value(), 2);
}

TEST_F(EventTest, ReferenceRatesAreToldByDate) {
    event_->rate = {20'261, core::Rate{91'000'000}, core::Rate{717'000'000}};
    const v1::SystemEvent event = told_as(core::SystemEventKind::kReferenceRate);
    EXPECT_EQ(event.kind(), v1::SYSTEM_EVENT_KIND_REFERENCE_RATE);
    EXPECT_EQ(event.reference_rate().date(), "2025-06-22");
    EXPECT_EQ(event.reference_rate().cny_per_hkd_e8(), 91'000'000);
    EXPECT_EQ(event.reference_rate().cny_per_usd_e8(), 717'000'000);
    EXPECT_FALSE(event.has_parameter());
}

TEST_F(EventTest, WhoIsOffAndOnIsNamed) {
    event_->participant = *scheme::parse_agent_code(kIbpsBank);
    event_->forced = true;
    event_->expected_back = SchemeTime{23};
    const v1::SystemEvent off = told_as(core::SystemEventKind::kLoggedOff);
    EXPECT_EQ(off.kind(), v1::SYSTEM_EVENT_KIND_LOGGED_OFF);
    EXPECT_EQ(off.participant(), kIbpsBank) << "of either rail";
    EXPECT_TRUE(off.forced());
    EXPECT_EQ(off.expected_back_ms(), 23);
    event_->forced = false;
    event_->expected_back = SchemeTime{};
    const v1::SystemEvent on = told_as(core::SystemEventKind::kLoggedOn);
    EXPECT_EQ(on.kind(), v1::SYSTEM_EVENT_KIND_LOGGED_ON);
    EXPECT_EQ(on.participant(), kIbpsBank);
    EXPECT_FALSE(on.forced());
    EXPECT_FALSE(on.has_parameter() || on.has_reference_rate());
}

TEST_F(EventTest, WhoIsTooSlowOrInDefaultIsNamed) {
    event_->participant = *scheme::parse_agent_code(kIbpsBank);
    for (const auto& [kind, told] :
         {std::pair{core::SystemEventKind::kDegraded, v1::SYSTEM_EVENT_KIND_DEGRADED},
          std::pair{core::SystemEventKind::kRestored, v1::SYSTEM_EVENT_KIND_RESTORED},
          std::pair{core::SystemEventKind::kDefault, v1::SYSTEM_EVENT_KIND_DEFAULT}}) {
        const v1::SystemEvent event = told_as(kind);
        EXPECT_EQ(event.kind(), told);
        EXPECT_EQ(event.participant(), kIbpsBank) << "of either rail";
        EXPECT_FALSE(event.has_parameter() || event.has_reference_rate() || event.forced());
    }
}

TEST_F(EventTest, TimeIsSetForward) {
    EXPECT_EQ(told_as(core::SystemEventKind::kTimeAdvanced).kind(),
              v1::SYSTEM_EVENT_KIND_TIME_ADVANCED);
    EXPECT_EQ(told_as(core::SystemEventKind::kMissed).kind(), v1::SYSTEM_EVENT_KIND_MISSED);
}

TEST_F(EventTest, WhatIsNotKeptAnyMoreWasMissed) {
    event_.reset();
    const v1::SystemEvent event = give(OutboxKind::kEvent, Rail::kFps, false).system_event();
    EXPECT_EQ(event.kind(), v1::SYSTEM_EVENT_KIND_MISSED);
    EXPECT_EQ(event.booking_time_ms(), 1'750'554'000'777);
    EXPECT_EQ(event.effective_time_ms(), 1'750'554'000'777);
}

// Beside numbered messages.

TEST_F(GiveTest, QuoteRequestsGoBesideMessages) {
    std::vector<engine::QuoteRequest> requests(2);
    requests[0].query_id = 7;
    requests[0].payer_agent = *scheme::parse_agent_code(kIbpsBank);
    requests[0].payee_account = "012-875-10001";
    requests[0].hkd = core::AmountMinor{100'000};
    requests[0].deadline = 5'000_ms;
    requests[1].query_id = 8;
    requests[1].payer_agent = requests[0].payer_agent;
    requests[1].proxy_kind = v1::PROXY_KIND_FPS_ID;
    requests[1].proxy_value = "1234567";
    requests[1].hkd = core::AmountMinor{1};
    requests[1].deadline = 1_ms;
    engine::OutboundFrame frame;
    frame.quote_requests = requests;
    const v1::SwitchFrame read = read_back(frame);
    EXPECT_EQ(read.messages_size(), 0);
    ASSERT_EQ(read.quote_requests_size(), 2);
    const v1::QuoteRequest& by_account = read.quote_requests(0);
    EXPECT_EQ(by_account.query_id(), 7U);
    EXPECT_EQ(by_account.payer_agent(), kIbpsBank);
    EXPECT_EQ(by_account.payee_account(), "012-875-10001");
    EXPECT_FALSE(by_account.has_payee_proxy());
    EXPECT_EQ(by_account.hkd_minor(), 100'000);
    EXPECT_EQ(by_account.deadline_ms(), 5'000);
    const v1::QuoteRequest& by_proxy = read.quote_requests(1);
    EXPECT_EQ(by_proxy.payee_account(), "");
    EXPECT_EQ(by_proxy.payee_proxy().kind(), v1::PROXY_KIND_FPS_ID);
    EXPECT_EQ(by_proxy.payee_proxy().value(), "1234567");
    EXPECT_EQ(read_back(engine::OutboundFrame{}).quote_requests_size(), 0);
}

TEST_F(GiveTest, HelloReplySaysWhatABankNeedsToBegin) {
    engine::OutboundFrame frame;
    frame.rail = Rail::kIbps;
    engine::HelloReply reply;
    reply.last_received = 11;
    reply.next_number = 12;
    reply.scheme_time = SchemeTime{13};
    reply.parameters.creation_window = 14_ms;
    reply.parameters.creation_skew = 15_ms;
    reply.parameters.payee_deadline = 16_ms;
    reply.token_version = 17;
    frame.hello_reply = reply;
    frame.first_number = 99;
    const v1::SwitchFrame read = read_back(frame);
    ASSERT_TRUE(read.has_hello_reply());
    EXPECT_EQ(read.hello_reply().last_received(), 11U);
    EXPECT_EQ(read.hello_reply().next_number(), 12U);
    EXPECT_EQ(read.hello_reply().scheme_time_ms(), 13);
    EXPECT_EQ(read.hello_reply().creation_window_ms(), 14);
    EXPECT_EQ(read.hello_reply().creation_skew_ms(), 15);
    EXPECT_EQ(read.hello_reply().payee_deadline_ms(), 16);
    EXPECT_EQ(read.hello_reply().token_version(), 17U);
    EXPECT_EQ(read.hello_reply().rail(), v1::RAIL_IBPS);
    EXPECT_EQ(read.first_number(), 0U) << "there are no messages to number";
    frame.hello_reply.reset();
    EXPECT_FALSE(read_back(frame).has_hello_reply()) << "nothing stays from the frame before";
}

TEST_F(GiveTest, ClearingReferencesHaveTheRailsShape) {
    const auto reference = [&](Rail rail, std::uint32_t index) {
        return clearing_reference(rail, payment_, core::PaymentIndex{index});
    };
    EXPECT_EQ(reference(Rail::kFps, 41), "FRN20250622PAYC0100000000042");
    EXPECT_EQ(reference(Rail::kIbps, 41), "0000000500002025062200000042");
    EXPECT_EQ(reference(Rail::kIbps, core::kMaxPayments - 1), "0000000500002025062264000000")
        << "every payment that a rail can remember has digits of its own";
    payment_.acceptance_time = SchemeTime{1'750'607'999'999};  // 23:59:59.999 in UTC+8
    EXPECT_THAT(reference(Rail::kFps, 0), HasSubstr("FRN20250622"));
    payment_.acceptance_time = SchemeTime{1'750'608'000'000};
    EXPECT_THAT(reference(Rail::kFps, 0), HasSubstr("FRN20250623"));
}

}  // namespace
}  // namespace lowu::session
