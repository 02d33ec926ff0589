// Calls in words. See peer.hpp.
#include "client/peer.hpp"

#include <string_view>
#include <utility>

#include "common/rpc/status.hpp"
#include "grpc/health/v1/health.grpc.pb.h"

namespace lowu::client {

namespace {

Error::Kind kind_of(grpc::StatusCode code) {
    if (code == grpc::StatusCode::INVALID_ARGUMENT) return Error::Kind::kInvalid;
    if (code == grpc::StatusCode::OUT_OF_RANGE) return Error::Kind::kInvalid;
    if (code == grpc::StatusCode::ALREADY_EXISTS) return Error::Kind::kInvalid;
    if (code == grpc::StatusCode::FAILED_PRECONDITION) return Error::Kind::kInvalid;
    if (code == grpc::StatusCode::NOT_FOUND) return Error::Kind::kNotFound;
    if (code == grpc::StatusCode::UNAVAILABLE) return Error::Kind::kUnavailable;
    if (code == grpc::StatusCode::RESOURCE_EXHAUSTED) return Error::Kind::kExhausted;
    return Error::Kind::kUnknown;
}

constexpr std::string_view kQuoteRefused = "QUOTE_REFUSED";

std::string in_brackets(std::string_view reason) {
    return " [" + std::string(reason) + "]";
}

// Where to look for what would be right; empty when the refusal itself says it.
std::string hint_for(const v1::ErrorDetail& detail) {
    const std::string& reason = detail.reason();
    // The rule ends with the reason's code.
    if (reason == kQuoteRefused) {
        return "'lowu explain " + detail.rule().substr(detail.rule().rfind(' ') + 1) + "' says why";
    }
    if (reason == "NO_SUCH_BANK" || reason == "PARTICIPANT_KNOWN") return "'lowu banks' lists them";
    if (reason == "NO_SUCH_ACCOUNT") return "'lowu accounts BANK' lists them";
    if (reason == "UNKNOWN_PAYMENT") return "'lowu list' shows the newest";
    if (reason == "UNKNOWN_ACCOUNT") return "'lowu positions' lists them";
    if (reason == "PARAMETER_RANGE") return "'lowu parameters show NAME' says what is allowed";
    return {};
}

}  // namespace

Error error_of(const grpc::Status& status, const std::string& who, const std::string& address) {
    const v1::ErrorDetail detail = rpc::detail_of(status);
    const Error::Kind kind = kind_of(status.error_code());
    if (kind == Error::Kind::kUnavailable && detail.reason().empty()) {
        return {kind, who + " at " + address +
                          " cannot be reached: is it running (lowu up), and is the address right "
                          "(the command's --help says how to give another)? (" +
                          status.error_message() + ")"};
    }
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED && detail.reason().empty()) {
        return {kind, who + " at " + address + " did not answer in time"};
    }
    if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED && detail.reason().empty()) {
        return {Error::Kind::kUnavailable,
                "what listens at " + address + " is not " + who +
                    ", or an older version of it: is the address right?"};
    }
    // A rule that is a sentence of its own needs no subject; else the message names the field.
    const bool is_sentence =
        !detail.rule().empty() && detail.rule()[0] >= 'A' && detail.rule()[0] <= 'Z';
    std::string what =
        who + " refuses the call: " + (is_sentence ? detail.rule() : status.error_message());
    if (!detail.reason().empty()) what += in_brackets(detail.reason());
    if (const auto hint = hint_for(detail); !hint.empty()) what += "; " + hint;
    return {kind, what};
}

bool is_refusal(const Error& error) {
    return error.what.find(in_brackets(kQuoteRefused)) != std::string::npos;
}

Peer::Peer(std::string name, std::string where)
    : who(std::move(name)),
      address(std::move(where)),
      channel(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())) {}

bool is_serving(const Peer& peer, std::chrono::milliseconds timeout) {
    using grpc::health::v1::HealthCheckResponse;
    const auto stub = grpc::health::v1::Health::NewStub(peer.channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    HealthCheckResponse response;
    const grpc::Status status = stub->Check(&context, {}, &response);
    return status.ok() && response.status() == HealthCheckResponse::SERVING;
}

}  // namespace lowu::client
