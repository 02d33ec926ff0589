// The one error shape of lowu, written and read: a grpc::Status that carries lowu.v1.ErrorStatus in
// the trailing metadata grpc-status-details-bin. Exists so that no service builds a bare status.
// Called by every service and every client. Any thread.
#pragma once

#include <grpcpp/support/status.h>

#include <string_view>

#include "lowu/v1/error.pb.h"

namespace lowu::rpc {

/// `reason`: upper-case words, stable across releases ("MALFORMED_FIELD"). `field`: in proto
/// spelling, empty when no single field is at fault. `rule`: for people, without a subject when
/// there is a field ("must be more than zero"). The status message is "field rule".
[[nodiscard]] grpc::Status make_status(grpc::StatusCode code, std::string_view reason,
                                       std::string_view field, std::string_view rule);

/// What make_status put in; an empty ErrorDetail when the status carries none.
[[nodiscard]] v1::ErrorDetail detail_of(const grpc::Status& status);

}  // namespace lowu::rpc
