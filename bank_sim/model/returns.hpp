// Returns: settled payments that go back, in whole or in part. Exists so that both ends, the bank
// that sends back and the one whose customer has it again, count alike what is left and which part
// of an exchanged account amount goes with it. Pure; any thread.
#pragma once

#include "common/base/assert.hpp"
#include "common/base/int128.hpp"
#include "common/money/amount.hpp"
#include "common/scheme/return_reason.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::bank {

/// Of a remittance that is a return: what it sends back and why.
struct ReturnOf {
    scheme::Uetr original;
    scheme::ReturnReason reason = scheme::ReturnReason::kMd06;
};

/// What of a payment has gone or come back.
struct Returned {
    money::AmountMinor amount;   // of what the rail moved
    money::AmountMinor account;  // of what the customer's account moved
};

/// The part of `account_total` that goes with `amount`, when `total` was moved by the rail and
/// `before` has been returned: in proportion, rounded half up, and all that is left with the rest.
/// `amount` is at most what is left of `total`.
[[nodiscard]] inline money::AmountMinor account_part(money::AmountMinor total,
                                                     money::AmountMinor account_total,
                                                     const Returned& before,
                                                     money::AmountMinor amount) {
    LOWU_ASSERT(total > money::kZeroAmount && before.amount.value + amount.value <= total.value,
                "no more is returned than there was");
    const std::int64_t left = account_total.value - before.account.value;
    if (before.amount.value + amount.value == total.value) {
        return money::AmountMinor{left};
    }
    const Int128 twice = Int128{2} * account_total.value * amount.value + total.value;
    const auto part = static_cast<std::int64_t>(twice / (Int128{2} * total.value));
    return money::AmountMinor{part < left ? part : left};
}

}  // namespace lowu::bank
