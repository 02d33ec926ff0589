// The command line of `lowu enquire`, and its answer in words. Exists apart from the command so
// that tests reach it. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "client/exit_code.hpp"
#include "common/base/result.hpp"
#include "lowu/v1/bank.pb.h"

namespace lowu::client {

struct EnquiryOptions {
    std::string bank;
    std::string uetr;
    std::string side = "payer";
    std::int32_t wait_ms = 5'000;
};

// Fails with kInvalid: "--side must be ...".
[[nodiscard]] Result<v1::EnquireStatusRequest> enquiry_of(const EnquiryOptions& options);

// Where the payment stands for that bank, or why the rail does not say; some lines.
[[nodiscard]] std::string enquiry_text(const std::string& bank,
                                       const v1::EnquireStatusResponse& response);

// As the payment stands; kEnvironment when the rail does not say.
[[nodiscard]] ExitCode exit_code_of(const v1::EnquireStatusResponse& response);

}  // namespace lowu::client
