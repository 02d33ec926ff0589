// The command line of `lowu list`: which payments, how many of them. Exists apart from the command
// so that tests reach it. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "client/period.hpp"
#include "common/base/result.hpp"
#include "lowu/v1/payment.pb.h"

namespace lowu::client {

// So many payments a command lists at most.
inline constexpr std::size_t kListMax = 1'000'000;

struct ListOptions {
    std::string participant;
    std::string status;
    std::string direction;
    std::string service;
    std::string reason;
    PeriodOptions period;
    std::string page_token;
    std::size_t limit = 20;
    bool all = false;
};

// All but the period, whose "today" only the switch knows. Fails with kInvalid: "--status must
// ...".
[[nodiscard]] Result<v1::ListPaymentsRequest> list_filter_of(const ListOptions& options);

// How many to show at most. Fails with kInvalid.
[[nodiscard]] Result<std::size_t> list_limit_of(std::size_t limit, bool all);

}  // namespace lowu::client
