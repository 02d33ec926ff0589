// The one error shape. See status.hpp.
#include "common/rpc/status.hpp"

#include <string>

namespace lowu::rpc {

grpc::Status make_status(grpc::StatusCode code, std::string_view reason, std::string_view field,
                         std::string_view rule) {
    v1::ErrorDetail detail;
    detail.set_reason(std::string(reason));
    detail.set_field(std::string(field));
    detail.set_rule(std::string(rule));

    std::string message(field);
    if (!field.empty() && !rule.empty()) {
        message += ' ';
    }
    message += rule;
    if (message.empty()) {
        message = reason;
    }

    v1::ErrorStatus status;
    status.set_code(static_cast<int>(code));
    status.set_message(message);
    status.add_details()->PackFrom(detail);
    return {code, message, status.SerializeAsString()};
}

v1::ErrorDetail detail_of(const grpc::Status& status) {
    v1::ErrorStatus error;
    v1::ErrorDetail detail;
    if (!error.ParseFromString(status.error_details()) || error.details().empty() ||
        !error.details(0).UnpackTo(&detail)) {
        detail.Clear();
    }
    return detail;
}

}  // namespace lowu::rpc
