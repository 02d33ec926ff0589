// A bank that does what a test tells it, over a real session: for tests of what the switch's
// services do to banks and ask of them. Test's main thread; every wait has a deadline, and what
// goes wrong is a failure of the test.
#pragma once

#include <grpcpp/grpcpp.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lowu/v1/participant.grpc.pb.h"

namespace lowu::test {

class ScriptedBank {
public:
    ScriptedBank(const std::string& switch_address, std::string code);
    ScriptedBank(const ScriptedBank&) = delete;
    ScriptedBank& operator=(const ScriptedBank&) = delete;
    ~ScriptedBank();

    /// Says hello as a bank that remembers its earlier sessions, and is greeted.
    void connect();
    /// Leaves without a word.
    void disconnect();
    /// Reads until the switch ends the session: with what.
    grpc::Status wait_for_end();

    [[nodiscard]] const std::string& code() const { return code_; }
    [[nodiscard]] const v1::HelloReply& greeting() const { return greeting_; }
    /// By the switch's clock at the last greeting; a test sets it forward as it sets the switch's.
    [[nodiscard]] std::int64_t scheme_time_ms() const { return scheme_time_ms_; }
    void set_scheme_time(std::int64_t time_ms) { scheme_time_ms_ = time_ms; }

    /// Sends one message.
    void send(const v1::ParticipantMessage& message);
    /// Until the switch holds for good all that was sent.
    void wait_acknowledged();
    void answer_question(const v1::QuoteAnswer& answer);
    /// An instruction of a person with this token, complete but for what the test changes. 100 fen.
    [[nodiscard]] v1::CreditTransfer transfer(const std::string& payee_agent,
                                              const std::string& person_token) const;
    void pay(const v1::CreditTransfer& transfer);
    /// Many in few frames.
    void pay_all(const std::vector<v1::CreditTransfer>& transfers);
    void accept(const std::string& uetr);
    /// The payee has the money.
    void report_credited(const std::string& uetr);
    /// Sends a settled payment back, as "MD06": the return's own UETR.
    std::string send_back(const std::string& original_uetr, std::int64_t amount_minor);
    /// Asks where a payment stands, and is told; an empty report when the switch does not say.
    [[nodiscard]] v1::StatusReport enquire(const std::string& uetr, v1::Side side);

    using Test = std::function<bool(const v1::SwitchMessage&)>;
    /// The first message for which `test` is true; the others wait.
    [[nodiscard]] v1::SwitchMessage take(const std::string& what, const Test& test);
    [[nodiscard]] v1::CreditTransferRequest take_request(const std::string& uetr);
    /// Its final report to the payer's bank: "ACSC", or the reason's code.
    [[nodiscard]] std::string take_outcome(const std::string& uetr);
    [[nodiscard]] v1::SystemEvent take_event(v1::SystemEventKind kind);
    [[nodiscard]] v1::QuoteRequest take_question();
    /// It reads, and holds nothing for good; until it is told otherwise.
    void hold_back_acknowledgements();
    void acknowledge_again();
    /// One frame more.
    [[nodiscard]] bool read_frame(const std::string& what);
    /// What was read and not taken, in the order in which it came.
    [[nodiscard]] const std::deque<v1::SwitchMessage>& messages() const { return messages_; }
    /// The last of its own messages that the switch has said it holds for good.
    [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }

private:
    void take_frame(const v1::SwitchFrame& frame);
    void write(v1::ParticipantFrame frame);

    std::unique_ptr<v1::ParticipantService::Stub> stub_;
    std::string code_;
    std::unique_ptr<grpc::ClientContext> context_;
    std::unique_ptr<grpc::ClientReaderWriter<v1::ParticipantFrame, v1::SwitchFrame>> stream_;
    v1::HelloReply greeting_;
    std::int64_t scheme_time_ms_ = 0;
    std::uint64_t next_number_ = 1;
    std::uint64_t received_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::optional<std::uint64_t> held_back_at_;  // what it goes on saying
    std::deque<v1::SwitchMessage> messages_;
    std::deque<v1::QuoteRequest> questions_;
};

}  // namespace lowu::test
