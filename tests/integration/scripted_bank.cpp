// A bank on a test's strings; see scripted_bank.hpp.
#include "tests/integration/scripted_bank.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "common/scheme/agent_code.hpp"
#include "common/scheme/uetr.hpp"
#include "tests/support/process.hpp"

namespace lowu::test {
namespace {

constexpr std::uint64_t kWindow = 10'000;  // messages that the switch may always send
constexpr int kFrameMessages = 256;        // that it sends at once

std::string fresh_uetr() {
    static std::random_device random;
    const auto word = [] { return (std::uint64_t{random()} << 32U) | random(); };
    return scheme::format_uetr(scheme::uetr_from_random(word(), word()));
}

/// As banks have one: what happens to one of them happens to no other.
std::shared_ptr<grpc::Channel> channel_of_its_own(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

ScriptedBank::ScriptedBank(const std::string& switch_address, std::string code)
    : stub_(v1::ParticipantService::NewStub(channel_of_its_own(switch_address))),
      code_(std::move(code)) {}

ScriptedBank::~ScriptedBank() {
    disconnect();
}

void ScriptedBank::connect() {
    disconnect();
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_wait_for_ready(true);
    context_->set_deadline(std::chrono::system_clock::now() + kPatience);
    stream_ = stub_->Session(context_.get());
    v1::ParticipantFrame frame;
    frame.mutable_hello()->set_participant(code_);
    frame.mutable_hello()->set_incarnation(1);
    if (next_number_ > 1 || received_ > 0) {
        frame.mutable_hello()->set_last_received(received_);
        frame.mutable_hello()->set_lowest_resendable(acknowledged_ + 1);
    }
    write(frame);
    static_cast<void>(read_frame("the answer to hello"));
}

void ScriptedBank::disconnect() {
    if (!stream_) return;
    context_->TryCancel();
    static_cast<void>(stream_->Finish());
    stream_.reset();
    context_.reset();
}

grpc::Status ScriptedBank::wait_for_end() {
    v1::SwitchFrame frame;
    while (stream_ && stream_->Read(&frame))
        take_frame(frame);
    if (!stream_) return grpc::Status::OK;
    const grpc::Status status = stream_->Finish();
    stream_.reset();
    context_.reset();
    return status;
}

void ScriptedBank::write(v1::ParticipantFrame frame) {
    frame.set_acknowledged(held_back_at_.value_or(received_));
    frame.set_credit(received_ + kWindow);
    EXPECT_TRUE(stream_ && stream_->Write(frame)) << code_ << " cannot write";
}

bool ScriptedBank::read_frame(const std::string& what) {
    v1::SwitchFrame frame;
    if (!stream_ || !stream_->Read(&frame)) {
        ADD_FAILURE() << code_ << " waits for " << what << " and its session is over";
        return false;
    }
    take_frame(frame);
    if (!frame.messages().empty() && !held_back_at_) write({});
    return true;
}

void ScriptedBank::hold_back_acknowledgements() {
    held_back_at_ = received_;
}

void ScriptedBank::acknowledge_again() {
    held_back_at_.reset();
    write({});
}

void ScriptedBank::take_frame(const v1::SwitchFrame& frame) {
    if (frame.has_hello_reply()) {
        greeting_ = frame.hello_reply();
        scheme_time_ms_ = greeting_.scheme_time_ms();
        next_number_ = greeting_.last_received() + 1;
        received_ = greeting_.next_number() - 1;
    }
    acknowledged_ = std::max(acknowledged_, frame.acknowledged());
    for (const v1::SwitchMessage& message : frame.messages())
        messages_.push_back(message);
    for (const v1::QuoteRequest& question : frame.quote_requests())
        questions_.push_back(question);
    received_ += static_cast<std::uint64_t>(frame.messages_size());
}

void ScriptedBank::send(const v1::ParticipantMessage& message) {
    v1::ParticipantFrame frame;
    frame.set_first_number(next_number_++);
    *frame.add_messages() = message;
    write(frame);
}

void ScriptedBank::wait_acknowledged() {
    while (acknowledged_ + 1 < next_number_) {
        if (!read_frame("an acknowledgement")) return;
    }
}

void ScriptedBank::answer_question(const v1::QuoteAnswer& answer) {
    v1::ParticipantFrame frame;
    *frame.add_quote_answers() = answer;
    write(frame);
}

v1::CreditTransfer ScriptedBank::transfer(const std::string& payee_agent,
                                          const std::string& person_token) const {
    const bool fps = scheme::rail_of_code(code_) == scheme::Rail::kFps;
    v1::CreditTransfer transfer;
    transfer.set_uetr(fresh_uetr());
    transfer.set_service(v1::SERVICE_P2P_REMITTANCE);
    transfer.set_payer_agent(code_);
    transfer.set_payee_agent(payee_agent);
    transfer.set_payer_account("payer");
    transfer.set_payee_account("payee");
    transfer.set_amount_minor(100);
    transfer.set_currency(v1::CURRENCY_CNY);
    transfer.set_creation_time_ms(scheme_time_ms_);
    transfer.set_purpose(v1::PURPOSE_PERSONAL);
    transfer.mutable_payer()->set_kind(v1::PARTY_KIND_PERSON);
    transfer.mutable_payer()->set_document(fps ? v1::DOCUMENT_TYPE_HKID
                                               : v1::DOCUMENT_TYPE_MAINLAND_ID);
    transfer.mutable_payer()->set_token(person_token);
    transfer.mutable_payer()->set_token_version(1);
    transfer.mutable_carried()->set_payer_name("CHAN Tai Man");
    transfer.mutable_carried()->set_payee_name("王小明");
    return transfer;
}

void ScriptedBank::pay(const v1::CreditTransfer& transfer) {
    v1::ParticipantMessage message;
    *message.mutable_credit_transfer() = transfer;
    send(message);
}

void ScriptedBank::pay_all(const std::vector<v1::CreditTransfer>& transfers) {
    v1::ParticipantFrame frame;
    for (const v1::CreditTransfer& transfer : transfers) {
        if (frame.messages().empty()) frame.set_first_number(next_number_);
        *frame.add_messages()->mutable_credit_transfer() = transfer;
        ++next_number_;
        if (frame.messages_size() < kFrameMessages && &transfer != &transfers.back()) continue;
        write(frame);
        frame.Clear();
    }
}

void ScriptedBank::accept(const std::string& uetr) {
    v1::ParticipantMessage message;
    message.mutable_answer()->set_uetr(uetr);
    message.mutable_answer()->set_answer(v1::ANSWER_ACCEPTED);
    send(message);
}

void ScriptedBank::report_credited(const std::string& uetr) {
    v1::ParticipantMessage message;
    message.mutable_credit_report()->set_uetr(uetr);
    send(message);
}

std::string ScriptedBank::send_back(const std::string& original_uetr, std::int64_t amount_minor) {
    v1::ParticipantMessage message;
    v1::PaymentReturn& back = *message.mutable_payment_return();
    back.set_uetr(fresh_uetr());
    back.set_original_uetr(original_uetr);
    back.set_amount_minor(amount_minor);
    back.set_reason_code("MD06");
    send(message);
    return back.uetr();
}

v1::StatusReport ScriptedBank::enquire(const std::string& uetr, v1::Side side) {
    v1::ParticipantMessage message;
    message.mutable_status_request()->set_uetr(uetr);
    message.mutable_status_request()->set_side(side);
    send(message);
    const std::uint64_t number = next_number_ - 1;
    return take("the answer to an enquiry about " + uetr,
                [&](const v1::SwitchMessage& one) {
                    const v1::StatusReport& report = one.status_report();
                    return (report.answers_request() && report.uetr() == uetr) ||
                           one.message_reject().rejected_number() == number;
                })
        .status_report();
}

v1::SwitchMessage ScriptedBank::take(const std::string& what, const Test& test) {
    while (true) {
        const auto found = std::find_if(messages_.begin(), messages_.end(), test);
        if (found != messages_.end()) {
            v1::SwitchMessage message = std::move(*found);
            messages_.erase(found);
            return message;
        }
        if (!read_frame(what)) return {};
    }
}

v1::CreditTransferRequest ScriptedBank::take_request(const std::string& uetr) {
    return take("request " + uetr,
                [&](const v1::SwitchMessage& message) {
                    return message.request().transfer().uetr() == uetr;
                })
        .request();
}

std::string ScriptedBank::take_outcome(const std::string& uetr) {
    const auto message = take("the outcome of " + uetr, [&](const v1::SwitchMessage& one) {
        const v1::StatusReport& report = one.status_report();
        return report.uetr() == uetr && report.side() == v1::SIDE_PAYER &&
               report.status() != v1::PAYMENT_STATUS_ACSP;
    });
    const v1::StatusReport& report = message.status_report();
    return report.status() == v1::PAYMENT_STATUS_ACSC ? "ACSC" : report.reason().code();
}

v1::SystemEvent ScriptedBank::take_event(v1::SystemEventKind kind) {
    return take(v1::SystemEventKind_Name(kind),
                [&](const v1::SwitchMessage& message) {
                    return message.has_system_event() && message.system_event().kind() == kind;
                })
        .system_event();
}

v1::QuoteRequest ScriptedBank::take_question() {
    while (questions_.empty()) {
        if (!read_frame("a question for a quote")) return {};
    }
    v1::QuoteRequest question = std::move(questions_.front());
    questions_.pop_front();
    return question;
}

}  // namespace lowu::test
