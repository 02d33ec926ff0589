// Frames of a bank as the switch gets them: through bytes between the public view (the bank's) and
// the wire view (the switch's), as on a real session. Used by the tests of switch/session.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lowu/v1/participant.pb.h"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/core/limits.hpp"
#include "switch/session/translate.hpp"

namespace lowu::session {

using engine::InboundFrame;
using scheme::Field;
using scheme::FieldFault;
using scheme::Rail;

inline constexpr const char* kUetr = "11111111-2222-4333-8444-555555555555";
inline constexpr const char* kQuote = "aaaaaaaa-bbbb-4ccc-9ddd-eeeeeeeeeeee";
inline constexpr const char* kFpsBank = "012";
inline constexpr const char* kIbpsBank = "102100099996";
inline constexpr const char* kMobile = "+86-138(0013)8000";

/// By account, in RMB, from a person.
inline v1::CreditTransfer sound_transfer() {
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
    transfer.set_purpose(v1::PURPOSE_PERSONAL);
    transfer.mutable_payer()->set_kind(v1::PARTY_KIND_PERSON);
    transfer.mutable_payer()->set_document(v1::DOCUMENT_TYPE_HKID);
    transfer.mutable_payer()->set_token("0123456789abcdef");
    transfer.mutable_payer()->set_token_version(1);
    transfer.mutable_carried()->set_payer_name("陳大文");
    transfer.mutable_carried()->set_payee_name("Zoë 张伟");
    transfer.mutable_carried()->set_remittance_information("生活費");
    return transfer;
}

/// By proxy, out of an HKD account, with a token under two keys.
inline v1::CreditTransfer rich_transfer() {
    v1::CreditTransfer transfer = sound_transfer();
    transfer.clear_payee_account();
    transfer.mutable_payer()->set_token_version(2);
    transfer.mutable_payer()->set_previous_token("fedcba9876543210");
    transfer.mutable_payee_proxy()->mutable_proxy()->set_kind(v1::PROXY_KIND_MOBILE);
    transfer.mutable_payee_proxy()->mutable_proxy()->set_value(kMobile);
    transfer.mutable_payee_proxy()->set_reference(77);
    transfer.mutable_exchange()->set_quote_id(kQuote);
    transfer.mutable_exchange()->set_hkd_minor(13'489);
    transfer.mutable_exchange()->set_rate_e8(91'520'000);
    return transfer;
}

/// The bank's bytes in the switch's view.
inline wire::v1::ParticipantFrame over_the_wire(const v1::ParticipantFrame& frame) {
    wire::v1::ParticipantFrame received;
    EXPECT_TRUE(received.ParseFromString(frame.SerializeAsString()));
    return received;
}

inline v1::ParticipantFrame hello_frame(const std::string& participant = kFpsBank) {
    v1::ParticipantFrame frame;
    frame.mutable_hello()->set_participant(participant);
    frame.mutable_hello()->set_incarnation(3);
    return frame;
}

/// A session of kFpsBank, unless hello says otherwise.
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
    const engine::Input& take_one(const v1::FxRateSheet& sheet) {
        v1::ParticipantMessage message;
        *message.mutable_fx_rate_sheet() = sheet;
        return take_one(message);
    }
    const engine::Input& take_one(const v1::AvailabilityRequest& request) {
        v1::ParticipantMessage message;
        *message.mutable_availability() = request;
        return take_one(message);
    }
    const engine::Input& take_one(const v1::PaymentReturn& sent_back) {
        v1::ParticipantMessage message;
        *message.mutable_payment_return() = sent_back;
        return take_one(message);
    }
    const engine::Input& take_one(const v1::StatusRequest& request) {
        v1::ParticipantMessage message;
        *message.mutable_status_request() = request;
        return take_one(message);
    }
    /// Of a transfer that `change` has changed.
    template <class Change>
    Field fault_after(const v1::CreditTransfer& sound, Change change) {
        v1::CreditTransfer transfer = sound;
        change(transfer);
        return fault_of(take_one(transfer));
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

}  // namespace lowu::session
