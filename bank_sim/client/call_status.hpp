// What a customer's refused call looks like in gRPC. Exists so that every part of BankService says
// the same in the same words. Any thread.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>

#include "bank_sim/model/call_error.hpp"

namespace lowu::bank {

[[nodiscard]] grpc::Status status_of(const CallError& error);
[[nodiscard]] grpc::Status no_such_bank(const char* field);
[[nodiscard]] grpc::Status shutting_down();
/// The banks take up what their log holds.
[[nodiscard]] grpc::Status starting();
/// The disk has no room for the log, or is too far behind.
[[nodiscard]] grpc::Status log_full();
[[nodiscard]] grpc::Status log_behind();
[[nodiscard]] grpc::Status out_of_range(const char* field, std::int32_t last);

/// A refusal by the switch, for the customer: as it is when the switch has said why, else that it
/// could not be asked.
[[nodiscard]] grpc::Status passed_on(const grpc::Status& status);

}  // namespace lowu::bank
