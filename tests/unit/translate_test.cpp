// Translation between the contract's frames and the engine's words: what is malformed, in which
// order it is found, and what every message to a bank looks like. Frames go through bytes between
// the public view (the bank's) and the wire view (the switch's), as on a real session.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "common/money/amount.hpp"
#include "common/scheme/account.hpp"
#include "lowu/v1/participant.pb.h"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/core/limits.hpp"
#include "switch/session/translate.hpp"

namespace lowu::session {
namespace {

using core::OutboxKind;
using core::ResultCode;
using engine::InboundFrame;
using scheme::Field;
using scheme::FieldFault;
using scheme::Rail;
using testing::HasSubstr;

constexpr const char* kUetr = "11111111-2222-4333-8444-555555555555";
constexpr const char* kFpsBank = "012";
constexpr const char* kIbpsBank = "102100099996";

v1::CreditTransfer sound_transfer() {
    v1::CreditTransfer transfer;
    transfer.set_uetr(kUetr);
    transfer.set_service(v1::SERVICE_P2P_REMITTANCE);
    transfer.set_payer_agent(kFpsBank);
    transfer.set_payee_agent(kIbpsBank);
    transfer.set_payer_account("012-875-10001");
    transfer.set_payee_account("6222000000000001");
    transfer.set_amount_minor(12'345);
    transfer.set_currency(v1::CURRENCY_CNY);
    transfer.set_creation_time_ms(1'750'554'000'123);
    transfer.mutable_carried()->set_payer_name("陳大文");
    transfer.mutable_carried()->set_payee_name("Zoë 张伟");
    transfer.mutable_carried()->set_remittance_information("生活費");
    return transfer;
}

/// The bank's bytes in the switch's view.
wire::v1::ParticipantFrame over_the_wire(const v1::ParticipantFrame& frame) {
    wire::v1::ParticipantFrame received;
    EXPECT_TRUE(received.ParseFromString(frame.SerializeAsString()));
    return received;
}

v1::ParticipantFrame hello_frame(const std::string& participant = kFpsBank) {
    v1::ParticipantFrame frame;
    frame.mutable_hello()->set_participant(participant);
    frame.mutable_hello()->set_incarnation(3);
    return frame;
}

class TakeTest : public testing::Test {
protected:
    void SetUp() override { EXPECT_FALSE(take(hello_frame())); }

    std::optional<FieldFault> take(const v1::ParticipantFrame& frame) {
        return translator_.take(over_the_wire(frame), taken_);
    }
    /// One message, taken up.
    const engine::Input& take_one(const v1::ParticipantMessage& message) {
        v1::ParticipantFrame frame;
        frame.set_first_number(1);
        *frame.add_messages() = message;
        EXPECT_FALSE(take(frame));
        EXPECT_EQ(taken_.inputs.size(), 1U);
        return taken_.inputs.at(0);
    }
    const engine::Input& take_one(const v1::CreditTransfer& transfer) {
        v1::ParticipantMessage message;
        *message.mutable_credit_transfer() = transfer;
        return take_one(message);
    }
    const engine::Input& take_one(const v1::CreditTransferAnswer& answer) {
        v1::ParticipantMessage message;
        *message.mutable_answer() = answer;
        return take_one(message);
    }
    /// Which field is at fault, and the rule; the field is kNone when the message was taken up.
    static Field fault_of(const engine::Input& input) {
        const auto* rejected = std::get_if<core::RejectMessage>(&input.command);
        return rejected == nullptr ? Field::kNone : rejected->field;
    }
    static std::string rule_of(const engine::Input& input) { return input.body.carried; }

    Translator translator_;
    InboundFrame taken_;
};

TEST_F(TakeTest, AnInstructionBecomesACommandAndABody) {
    const engine::Input& input = take_one(sound_transfer());
    const auto& command = std::get<core::CreditTransfer>(input.command);
    EXPECT_EQ(scheme::format_uetr(command.uetr), kUetr);
    EXPECT_EQ(command.service, core::Service::kP2pRemittance);
    EXPECT_EQ(scheme::format_agent_code(command.payee_agent), kIbpsBank);
    EXPECT_EQ(command.amount, core::AmountMinor{12'345});
    EXPECT_EQ(command.creation_time, SchemeTime{1'750'554'000'123});
    EXPECT_EQ(input.body.payer_account, "012-875-10001");
    EXPECT_EQ(input.body.payee_account, "6222000000000001");
    EXPECT_EQ(input.body.creation_time, command.creation_time);
    EXPECT_EQ(input.body.carried, sound_transfer().carried().SerializeAsString())
        << "carried as it came";
    core::CreditTransfer hashed = command;
    journal::hash_body(input.body, hashed);
    EXPECT_EQ(command.carried_hash, hashed.carried_hash);
    EXPECT_EQ(command.payer_account_hash, hashed.payer_account_hash);
    EXPECT_EQ(command.payee_account_hash, hashed.payee_account_hash);
}

struct Malformed {
    Field field;
    std::function<void(v1::CreditTransfer&)> change;
    const char* rule;
};

/// In the order in which fields are judged.
std::vector<Malformed> malformed_fields() {
    using Transfer = v1::CreditTransfer;
    const std::string long_account(scheme::kAccountLengthMax + 1, '1');
    const std::string long_name(core::kMaxCarriedBytes + 1, 'n');
    return {
        {Field::kUetr, [](Transfer& one) { one.set_uetr("no uuid"); }, "version 4 UUID"},
        {Field::kService, [](Transfer& one) { one.set_service(v1::SERVICE_UNSPECIFIED); },
         "P2P_REMITTANCE"},
        {Field::kPayerAgent, [](Transfer& one) { one.set_payer_agent("013"); },
         "session's own participant"},
        {Field::kPayeeAgent, [](Transfer& one) { one.set_payee_agent("102100099990"); },
         "check digit"},
        {Field::kPayerAccount, [](Transfer& one) { one.set_payer_account(""); },
         "must not be empty"},
        {Field::kPayeeAccount, [=](Transfer& one) { one.set_payee_account(long_account); },
         "at most 34 characters"},
        {Field::kAmount, [](Transfer& one) { one.set_amount_minor(0); }, "must be 1 to"},
        {Field::kCurrency, [](Transfer& one) { one.set_currency(v1::CURRENCY_HKD); },
         "CURRENCY_CNY"},
        {Field::kCreationTime, [](Transfer& one) { one.set_creation_time_ms(0); },
         "milliseconds since"},
        {Field::kCarried, [=](Transfer& one) { one.mutable_carried()->set_payee_name(long_name); },
         "at most 4,096 bytes"}};
}

TEST_F(TakeTest, EachMalformedFieldIsNamedWithItsRule) {
    for (const Malformed& one : malformed_fields()) {
        v1::CreditTransfer transfer = sound_transfer();
        one.change(transfer);
        const engine::Input& input = take_one(transfer);
        EXPECT_EQ(fault_of(input), one.field) << scheme::to_string(one.field);
        EXPECT_THAT(rule_of(input), HasSubstr(one.rule));
        const auto& rejected = std::get<core::RejectMessage>(input.command);
        const bool readable = one.field != Field::kUetr;
        EXPECT_EQ(scheme::is_uetr(rejected.uetr), readable) << "named when it was well formed";
        if (!readable) continue;
        EXPECT_EQ(scheme::format_uetr(rejected.uetr), kUetr);
    }
}

TEST_F(TakeTest, OfManyFaultsTheFirstFieldIsNamed) {
    v1::CreditTransfer transfer = sound_transfer();
    const auto all = malformed_fields();
    for (const Malformed& one : all)
        one.change(transfer);
    const v1::CreditTransfer sound = sound_transfer();
    const std::array<std::function<void()>, 10> repairs{
        [&] { transfer.set_uetr(sound.uetr()); },
        [&] { transfer.set_service(sound.service()); },
        [&] { transfer.set_payer_agent(sound.payer_agent()); },
        [&] { transfer.set_payee_agent(sound.payee_agent()); },
        [&] { transfer.set_payer_account(sound.payer_account()); },
        [&] { transfer.set_payee_account(sound.payee_account()); },
        [&] { transfer.set_amount_minor(sound.amount_minor()); },
        [&] { transfer.set_currency(sound.currency()); },
        [&] { transfer.set_creation_time_ms(sound.creation_time_ms()); },
        [&] { *transfer.mutable_carried() = sound.carried(); }};
    ASSERT_EQ(repairs.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(fault_of(take_one(transfer)), all[i].field) << i;
        repairs[i]();
    }
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kNone) << "nothing is left to repair";
}

TEST_F(TakeTest, ValuesAtTheirLimits) {
    const auto fault = [&](auto change) {
        v1::CreditTransfer transfer = sound_transfer();
        change(transfer);
        return fault_of(take_one(transfer));
    };
    using Transfer = v1::CreditTransfer;
    EXPECT_EQ(fault([](Transfer& one) { one.set_amount_minor(1); }), Field::kNone);
    EXPECT_EQ(fault([](Transfer& one) { one.set_amount_minor(-1); }), Field::kAmount);
    EXPECT_EQ(fault([](Transfer& one) { one.set_amount_minor(money::kMaxAmountMinor.value); }),
              Field::kNone);
    EXPECT_EQ(fault([](Transfer& one) { one.set_amount_minor(money::kMaxAmountMinor.value + 1); }),
              Field::kAmount);
    EXPECT_EQ(fault([](Transfer& one) { one.set_amount_minor(INT64_MIN); }), Field::kAmount);
    EXPECT_EQ(fault([](Transfer& one) { one.set_creation_time_ms(-1); }), Field::kCreationTime);
    EXPECT_EQ(fault([](Transfer& one) { one.set_creation_time_ms(INT64_MAX); }), Field::kNone)
        << "the window is judged by the cell";
    EXPECT_EQ(fault([](Transfer& one) { one.clear_carried(); }), Field::kNone)
        << "what is carried is the banks' business";
    EXPECT_EQ(fault([](Transfer& one) { one.set_payer_account("no spaces"); }),
              Field::kPayerAccount);
    EXPECT_EQ(fault([](Transfer& one) { one.set_payee_agent(kFpsBank); }), Field::kPayeeAgent)
        << "nothing stays on its own rail";
    EXPECT_EQ(fault([](Transfer& one) { one.set_uetr("11111111-2222-1333-8444-555555555555"); }),
              Field::kUetr)
        << "version 1";
    EXPECT_EQ(fault([](Transfer& one) { one.set_uetr("1111111A-2222-4333-8444-555555555555"); }),
              Field::kUetr)
        << "upper case";
}

TEST_F(TakeTest, UnknownEnumValuesReachValidation) {
    v1::CreditTransfer transfer = sound_transfer();
    transfer.set_service(static_cast<v1::Service>(77));
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kService);
    transfer = sound_transfer();
    transfer.set_currency(static_cast<v1::Currency>(99));
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kCurrency);
    transfer.set_currency(v1::CURRENCY_UNSPECIFIED);
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kCurrency);
    v1::CreditTransferAnswer answer;
    answer.set_uetr(kUetr);
    for (const int value : {0, 3, 77}) {
        answer.set_answer(static_cast<v1::Answer>(value));
        EXPECT_EQ(fault_of(take_one(answer)), Field::kAnswer) << value;
    }
}

TEST_F(TakeTest, CarriedBytesThatNobodyCouldReadAreRejected) {
    const auto carried_fault = [&](const std::string& bytes) {
        wire::v1::ParticipantFrame frame;
        wire::v1::CreditTransfer& transfer = *frame.add_messages()->mutable_credit_transfer();
        EXPECT_TRUE(transfer.ParseFromString(sound_transfer().SerializeAsString()));
        transfer.set_carried(bytes);
        EXPECT_FALSE(translator_.take(frame, taken_));
        return fault_of(taken_.inputs.at(0));
    };
    EXPECT_EQ(carried_fault("\xff\xff\xff"), Field::kCarried) << "no message";
    EXPECT_EQ(carried_fault(std::string("\x0a\x02\xc3\x28")), Field::kCarried) << "no UTF-8";
    EXPECT_EQ(carried_fault(std::string("\x0a\x02") + "ok"), Field::kNone);
    EXPECT_EQ(carried_fault(std::string("\xa2\x1f\x03") + "new"), Field::kNone)
        << "a field of a later version is carried too";
}

TEST_F(TakeTest, AMessageOfAnUnknownKindIsRejected) {
    EXPECT_EQ(fault_of(take_one(v1::ParticipantMessage{})), Field::kMessage);
    // Field 500 of a later version.
    v1::ParticipantMessage later;
    ASSERT_TRUE(later.ParseFromString(std::string("\xa2\x1f\x03") + "new"));
    EXPECT_EQ(fault_of(take_one(later)), Field::kMessage);
    EXPECT_THAT(rule_of(taken_.inputs[0]), HasSubstr("kind that this switch knows"));
}

TEST_F(TakeTest, AnAnswerBecomesItsResult) {
    v1::CreditTransferAnswer answer;
    answer.set_uetr(kUetr);
    answer.set_answer(v1::ANSWER_ACCEPTED);
    EXPECT_EQ(std::get<core::CreditTransferAnswer>(take_one(answer).command).result,
              ResultCode::kAccepted);
    answer.set_answer(v1::ANSWER_REJECTED);
    for (const core::ResultRow& row : core::result_table()) {
        answer.set_reason_code(std::string(row.iso_code));
        const engine::Input& input = take_one(answer);
        if (row.raised_by == core::RaisedBy::kPayeeAgent) {
            EXPECT_EQ(std::get<core::CreditTransferAnswer>(input.command).result, row.result);
        } else if (!core::payee_agent_result(row.iso_code)) {
            EXPECT_EQ(fault_of(input), Field::kReasonCode) << row.name;
        }
    }
    answer.set_reason_code("");
    EXPECT_EQ(fault_of(take_one(answer)), Field::kReasonCode) << "required with a rejection";
    answer.set_uetr("x");
    EXPECT_EQ(fault_of(take_one(answer)), Field::kUetr) << "the first field at fault";
}

TEST_F(TakeTest, ACreditReportNamesItsPayment) {
    v1::ParticipantMessage message;
    message.mutable_credit_report()->set_uetr(kUetr);
    EXPECT_EQ(scheme::format_uetr(std::get<core::CreditReport>(take_one(message).command).uetr),
              kUetr);
    message.mutable_credit_report()->set_uetr("");
    EXPECT_EQ(fault_of(take_one(message)), Field::kUetr);
}

TEST_F(TakeTest, OneMalformedMessageLeavesTheOthersAlone) {
    v1::ParticipantFrame frame;
    frame.set_first_number(8);
    frame.set_acknowledged(4);
    frame.set_credit(1'000);
    for (int i = 0; i < 3; ++i)
        *frame.add_messages()->mutable_credit_transfer() = sound_transfer();
    frame.mutable_messages(1)->mutable_credit_transfer()->set_amount_minor(0);
    ASSERT_FALSE(take(frame));
    EXPECT_EQ(taken_.first_number, 8U);
    EXPECT_EQ(taken_.acknowledged, 4U);
    EXPECT_EQ(taken_.credit, 1'000U);
    EXPECT_FALSE(taken_.hello);
    ASSERT_EQ(taken_.inputs.size(), 3U);
    EXPECT_EQ(fault_of(taken_.inputs[0]), Field::kNone);
    EXPECT_EQ(fault_of(taken_.inputs[1]), Field::kAmount);
    EXPECT_EQ(fault_of(taken_.inputs[2]), Field::kNone);
}

TEST_F(TakeTest, ATakenFrameIsUsedAgain) {
    v1::ParticipantFrame frame;
    *frame.add_messages()->mutable_credit_transfer() = sound_transfer();
    ASSERT_FALSE(take(frame));
    ASSERT_FALSE(take(v1::ParticipantFrame{}));
    EXPECT_TRUE(taken_.inputs.empty()) << "an empty frame is a heartbeat";
    EXPECT_EQ(taken_.first_number + taken_.acknowledged + taken_.credit, 0U);
}

TEST_F(TakeTest, AFrameHasAtMostSoManyMessages) {
    v1::ParticipantFrame frame;
    for (std::uint32_t i = 0; i < core::kMaxFrameMessages; ++i)
        frame.add_messages();
    EXPECT_FALSE(take(frame));
    frame.add_messages();
    const auto fault = take(frame);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->field, Field::kFrame);
}

TEST(Hello, SaysWhoAndWhere) {
    Translator translator;
    InboundFrame taken;
    v1::ParticipantFrame frame = hello_frame(kIbpsBank);
    ASSERT_FALSE(translator.take(over_the_wire(frame), taken));
    ASSERT_TRUE(taken.hello);
    EXPECT_EQ(scheme::format_agent_code(taken.hello->participant), kIbpsBank);
    EXPECT_EQ(taken.hello->incarnation, 3U);
    EXPECT_FALSE(taken.hello->last_received) << "absent is not zero";
    EXPECT_FALSE(taken.hello->lowest_resendable);
    frame.mutable_hello()->set_last_received(0);
    frame.mutable_hello()->set_lowest_resendable(7);
    ASSERT_FALSE(translator.take(over_the_wire(frame), taken));
    EXPECT_EQ(taken.hello->last_received, 0U);
    EXPECT_EQ(taken.hello->lowest_resendable, 7U);
    // Southbound: the payee's bank is now on FPS.
    v1::ParticipantFrame payment;
    v1::CreditTransfer& transfer = *payment.add_messages()->mutable_credit_transfer();
    transfer = sound_transfer();
    transfer.set_payer_agent(kIbpsBank);
    transfer.set_payee_agent(kFpsBank);
    ASSERT_FALSE(translator.take(over_the_wire(payment), taken));
    EXPECT_TRUE(std::holds_alternative<core::CreditTransfer>(taken.inputs.at(0).command));
}

TEST(Hello, AMalformedHelloEndsTheSession) {
    Translator translator;
    InboundFrame taken;
    for (const char* participant : {"", "12", "01a", "0123", "102100099990", "1021000999961"}) {
        const auto fault = translator.take(over_the_wire(hello_frame(participant)), taken);
        ASSERT_TRUE(fault) << participant;
        EXPECT_EQ(fault->field, Field::kParticipant);
        EXPECT_FALSE(taken.hello);
    }
    v1::ParticipantFrame frame = hello_frame();
    frame.mutable_hello()->set_incarnation(0);
    const auto fault = translator.take(over_the_wire(frame), taken);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->field, Field::kIncarnation);
    EXPECT_EQ(fault->rule, "must be above 0");
}

// Towards the bank.

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
        entry_.uetr = *parsed;
        entry_.scheme_time = SchemeTime{1'750'554'000'777};
    }

    /// The one message, as the bank reads it.
    v1::SwitchMessage give(OutboxKind kind, Rail rail, bool with_payment = true,
                           bool with_body = false) {
        entry_.kind = kind;
        const engine::OutboundMessage message{&entry_, with_payment ? &payment_ : nullptr,
                                              with_body ? &body_ : nullptr};
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
    core::OutboxEntry entry_;
    wire::v1::SwitchFrame built_;
};

TEST_F(GiveTest, ARequestIsTheInstructionAsItWasSent) {
    const v1::SwitchMessage message = give(OutboxKind::kRequest, Rail::kIbps, true, true);
    ASSERT_TRUE(message.has_request());
    EXPECT_EQ(message.request().transfer().SerializeAsString(),
              sound_transfer().SerializeAsString());
    EXPECT_EQ(message.request().acceptance_time_ms(), 1'750'554'000'500);
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
