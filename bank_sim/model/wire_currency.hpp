// Currencies as the contract has them. Called by the model; pure, any thread.
#pragma once

#include <optional>

#include "common/base/assert.hpp"
#include "common/money/currency.hpp"
#include "lowu/v1/types.pb.h"

namespace lowu::bank {

[[nodiscard]] inline v1::Currency write_currency(money::Currency currency) {
    switch (currency) {
        case money::Currency::kUnspecified:
            return v1::CURRENCY_UNSPECIFIED;
        case money::Currency::kCny:
            return v1::CURRENCY_CNY;
        case money::Currency::kHkd:
            return v1::CURRENCY_HKD;
    }
    LOWU_UNREACHABLE("every currency is in the contract");
}

// Of a peer's message: nullopt for none and for one that this program does not know.
[[nodiscard]] inline std::optional<money::Currency> read_currency(v1::Currency currency) {
    if (currency == v1::CURRENCY_CNY) return money::Currency::kCny;
    if (currency == v1::CURRENCY_HKD) return money::Currency::kHkd;
    return std::nullopt;
}

}  // namespace lowu::bank
