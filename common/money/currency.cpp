// Names of currencies. See currency.hpp.
#include "common/money/currency.hpp"

#include "common/base/assert.hpp"

namespace lowu::money {

std::string_view to_string(Currency currency) {
    switch (currency) {
        case Currency::kUnspecified:
            return "unspecified";
        case Currency::kCny:
            return "CNY";
        case Currency::kHkd:
            return "HKD";
    }
    LOWU_UNREACHABLE("every currency has a name");
}

std::optional<Currency> parse_currency(std::string_view text) {
    if (text == "CNY") {
        return Currency::kCny;
    }
    if (text == "HKD") {
        return Currency::kHkd;
    }
    return std::nullopt;
}

}  // namespace lowu::money
