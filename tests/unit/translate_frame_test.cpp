// What a bank says beside instructions: hello, answers, reports, rate sheets, planned absence,
// quotes; and what holds of frames.
#include <functional>
#include <string>
#include <vector>

#include "common/money/amount.hpp"
#include "common/money/rate.hpp"
#include "common/scheme/return_reason.hpp"
#include "tests/unit/translate_fixture.hpp"

namespace lowu::session {
namespace {

using core::ResultCode;
using testing::HasSubstr;

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
    for (const int value : {0, 3, 77}) {
        answer.set_answer(static_cast<v1::Answer>(value));
        EXPECT_EQ(fault_of(take_one(answer)), Field::kAnswer) << value;
    }
    answer.set_answer(v1::ANSWER_REJECTED);
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

TEST_F(TakeTest, AReturnNamesItsOriginal) {
    using Return = v1::PaymentReturn;
    Return sound;
    sound.set_uetr(kUetr);
    sound.set_original_uetr(kQuote);
    sound.set_amount_minor(12'344);
    sound.set_reason_code("MD06");
    const auto taken = std::get<core::PaymentReturn>(take_one(sound).command);
    EXPECT_EQ(scheme::format_uetr(taken.uetr), kUetr);
    EXPECT_EQ(scheme::format_uetr(taken.original), kQuote);
    EXPECT_EQ(taken.amount, core::AmountMinor{12'344});
    EXPECT_EQ(taken.reason, scheme::ReturnReason::kMd06);
    const auto fault = [&](auto change) {
        Return changed = sound;
        change(changed);
        const engine::Input& input = take_one(changed);
        const auto* rejected = std::get_if<core::RejectMessage>(&input.command);
        if (rejected != nullptr && rejected->field != Field::kUetr) {
            EXPECT_EQ(scheme::format_uetr(rejected->uetr), kUetr) << "the return's own";
        }
        return fault_of(input);
    };
    const std::int64_t most = money::kMaxAmountMinor.value;
    EXPECT_EQ(fault([](Return& one) { one.set_uetr("x"); }), Field::kUetr);
    EXPECT_EQ(fault([](Return& one) { one.set_original_uetr(""); }), Field::kOriginalUetr);
    EXPECT_EQ(fault([](Return& one) { one.set_amount_minor(0); }), Field::kAmount);
    EXPECT_EQ(fault([&](Return& one) { one.set_amount_minor(most + 1); }), Field::kAmount);
    EXPECT_EQ(fault([&](Return& one) { one.set_amount_minor(most); }), Field::kNone)
        << "how much is left of it, the cell says";
    EXPECT_EQ(fault([](Return& one) { one.set_reason_code("AC03"); }), Field::kReasonCode);
    EXPECT_EQ(fault([](Return& one) { one.clear_reason_code(); }), Field::kReasonCode);
    for (const scheme::ReturnReason reason : scheme::kReturnReasons) {
        sound.set_reason_code(std::string(scheme::to_string(reason)));
        EXPECT_EQ(std::get<core::PaymentReturn>(take_one(sound).command).reason, reason);
    }
    sound.set_original_uetr("x");
    sound.set_amount_minor(0);
    sound.set_reason_code("x");
    EXPECT_EQ(fault([](Return&) {}), Field::kOriginalUetr) << "the first field at fault";
    sound.set_original_uetr(kQuote);
    EXPECT_EQ(fault([](Return&) {}), Field::kAmount);
}

v1::FxRateSheet sound_sheet() {
    v1::FxRateSheet sheet;
    sheet.set_bid_e8(91'520'000);
    sheet.set_ask_e8(91'980'000);
    sheet.set_valid_until_ms(1'750'554'000'123);
    return sheet;
}

TEST_F(TakeTest, ARateSheetOfABankInHongKong) {
    const auto& taken = std::get<core::FxRateSheet>(take_one(sound_sheet()).command);
    EXPECT_EQ(taken.bid, core::Rate{91'520'000});
    EXPECT_EQ(taken.ask, core::Rate{91'980'000});
    EXPECT_EQ(taken.valid_until, SchemeTime{1'750'554'000'123});
    const auto fault = [&](std::int64_t bid, std::int64_t ask, std::int64_t until = 1) {
        v1::FxRateSheet sheet;
        sheet.set_bid_e8(bid);
        sheet.set_ask_e8(ask);
        sheet.set_valid_until_ms(until);
        const Field field = fault_of(take_one(sheet));
        EXPECT_TRUE(field == Field::kNone || field == Field::kFxRateSheet);
        return field != Field::kNone;
    };
    const std::int64_t most = money::kRateMax.value;
    EXPECT_FALSE(fault(1, 1));
    EXPECT_FALSE(fault(most, most));
    EXPECT_TRUE(fault(0, 1));
    EXPECT_TRUE(fault(-1, 1));
    EXPECT_TRUE(fault(2, 1)) << "the bank never pays more than it takes";
    EXPECT_TRUE(fault(1, most + 1));
    EXPECT_TRUE(fault(1, 1, 0));
    EXPECT_TRUE(fault(1, 1, -1));
    ASSERT_FALSE(take(hello_frame(kIbpsBank)));
    EXPECT_EQ(fault_of(take_one(sound_sheet())), Field::kFxRateSheet);
    EXPECT_THAT(rule_of(taken_.inputs[0]), HasSubstr("bank in Hong Kong"));
}

TEST_F(TakeTest, APlannedAbsence) {
    v1::AvailabilityRequest request;
    request.set_expected_back_ms(1'750'554'000'123);
    const auto& off = std::get<core::AvailabilityRequest>(take_one(request).command);
    EXPECT_FALSE(off.available);
    EXPECT_EQ(off.expected_back, SchemeTime{1'750'554'000'123});
    request.set_available(true);
    request.set_expected_back_ms(0);
    EXPECT_TRUE(std::get<core::AvailabilityRequest>(take_one(request).command).available);
    request.set_expected_back_ms(-1);
    EXPECT_EQ(fault_of(take_one(request)), Field::kAvailability);
    EXPECT_THAT(rule_of(taken_.inputs[0]), HasSubstr("expected_back_ms"));
}

// Quotes.

v1::QuoteAnswer sound_quote() {
    v1::QuoteAnswer answer;
    answer.set_query_id(5);
    answer.mutable_exchange()->set_quote_id(kQuote);
    answer.mutable_exchange()->set_hkd_minor(100'000);
    answer.mutable_exchange()->set_rate_e8(91'980'000);
    answer.set_expires_ms(1'750'554'000'123);
    answer.set_cny_minor(91'980);
    return answer;
}

TEST_F(TakeTest, QuotesAreTakenUpBesideMessages) {
    v1::ParticipantFrame frame;
    *frame.add_messages()->mutable_credit_transfer() = sound_transfer();
    *frame.add_quote_answers() = sound_quote();
    frame.add_quote_answers()->set_query_id(6);
    frame.mutable_quote_answers(1)->set_reason_code("AC03");
    ASSERT_FALSE(take(frame));
    EXPECT_EQ(taken_.inputs.size(), 1U);
    ASSERT_EQ(taken_.quote_answers.size(), 2U);
    const engine::QuoteAnswer& quoted = taken_.quote_answers[0];
    EXPECT_EQ(quoted.query_id, 5U);
    EXPECT_TRUE(quoted.quoted);
    EXPECT_EQ(quoted.quote_id, kQuote);
    EXPECT_EQ(quoted.hkd, core::AmountMinor{100'000});
    EXPECT_EQ(quoted.rate, core::Rate{91'980'000});
    EXPECT_EQ(quoted.cny, core::AmountMinor{91'980});
    EXPECT_EQ(quoted.expires, SchemeTime{1'750'554'000'123});
    EXPECT_EQ(quoted.reason_code, "");
    const engine::QuoteAnswer& refused = taken_.quote_answers[1];
    EXPECT_EQ(refused.query_id, 6U);
    EXPECT_FALSE(refused.quoted);
    EXPECT_EQ(refused.reason_code, "AC03");
    ASSERT_FALSE(take(v1::ParticipantFrame{}));
    EXPECT_TRUE(taken_.quote_answers.empty()) << "nothing stays from the frame before";
}

TEST_F(TakeTest, AMalformedQuoteAnswerEndsTheSession) {
    const auto ends = [&](auto change) {
        v1::ParticipantFrame frame;
        *frame.add_quote_answers() = sound_quote();
        change(*frame.mutable_quote_answers(0));
        const auto fault = take(frame);
        EXPECT_EQ(fault.value_or(FieldFault{Field::kQuoteAnswers, ""}).field, Field::kQuoteAnswers);
        return fault.has_value();
    };
    using Answer = v1::QuoteAnswer;
    EXPECT_FALSE(ends([](Answer&) {}));
    EXPECT_TRUE(ends([](Answer& one) { one.set_reason_code("AC03"); })) << "both";
    EXPECT_TRUE(ends([](Answer& one) { one.clear_exchange(); })) << "neither";
    const auto ends_with_reason = [&](const char* code) {
        return ends([&](Answer& one) {
            one.clear_exchange();
            one.set_reason_code(code);
        });
    };
    EXPECT_FALSE(ends_with_reason("Z"));
    EXPECT_FALSE(ends_with_reason("AZ09"));
    EXPECT_TRUE(ends_with_reason("AC031"));
    EXPECT_TRUE(ends_with_reason("ac03"));
    EXPECT_TRUE(ends_with_reason("A-3"));
    EXPECT_TRUE(ends([](Answer& one) { one.mutable_exchange()->set_quote_id("x"); }));
    EXPECT_TRUE(ends([](Answer& one) { one.mutable_exchange()->set_hkd_minor(0); }));
    EXPECT_TRUE(ends([](Answer& one) { one.mutable_exchange()->set_rate_e8(0); }));
    EXPECT_TRUE(ends([](Answer& one) { one.set_cny_minor(0); }));
    EXPECT_TRUE(ends([](Answer& one) { one.set_cny_minor(money::kMaxAmountMinor.value + 1); }));
    EXPECT_TRUE(ends([](Answer& one) { one.set_expires_ms(0); }));
}

TEST_F(TakeTest, AFrameHasAtMostSoManyQuoteAnswers) {
    v1::ParticipantFrame frame;
    for (std::size_t i = 0; i < core::kMaxQuoteRequests; ++i)
        *frame.add_quote_answers() = sound_quote();
    EXPECT_FALSE(take(frame));
    *frame.add_quote_answers() = sound_quote();
    const auto fault = take(frame);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->field, Field::kQuoteAnswers);
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
    taken_.begun = true;  // As the engine leaves it.
    taken_.taken = 1;
    taken_.wants_room = true;
    ASSERT_FALSE(take(v1::ParticipantFrame{}));
    EXPECT_TRUE(taken_.inputs.empty()) << "an empty frame is a heartbeat";
    EXPECT_FALSE(taken_.begun || taken_.wants_room);
    EXPECT_EQ(taken_.taken, 0U) << "or the next frame's messages would be passed over";
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
    transfer.mutable_payer()->set_document(v1::DOCUMENT_TYPE_MAINLAND_ID);
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

}  // namespace
}  // namespace lowu::session
