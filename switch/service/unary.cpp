// Refused changes as statuses; see unary.hpp.
#include "switch/service/unary.hpp"

#include <cctype>

namespace lowu::service {

grpc::Status refusal(core::ResultCode result, std::string_view field, grpc::StatusCode code) {
    const core::ResultRow& row = core::row_of(result);
    std::string reason;
    for (const char letter : row.name)
        reason += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    return rpc::make_status(code, reason, field, row.meaning);
}

}  // namespace lowu::service
