// The arithmetic of exchange, on money's own conversions. See exchange.hpp.
#include "common/scheme/exchange.hpp"

namespace lowu::scheme {

using money::AmountMinor;
using money::Rate;
using money::Rounding;

std::optional<AmountMinor> cny_of_hkd(AmountMinor hkd, Rate rate) {
    const auto cny = money::convert(hkd, rate, kExchangeRounding);
    if (!cny || *cny <= money::kZeroAmount) {
        return std::nullopt;
    }
    return cny;
}

std::optional<AmountMinor> hkd_for_cny(AmountMinor cny, Rate rate) {
    static_assert(kExchangeRounding == Rounding::kHalfUp, "the half below is that of half up");
    if (cny <= money::kZeroAmount || cny > money::kMaxAmountMinor || rate <= Rate{0} ||
        rate > money::kRateMax) {
        return std::nullopt;
    }
    // HKD whose product with the rate reaches cny - 1/2 round up to cny or more. The least of them
    // is (cny - 1/2) / rate rounded up, here with both sides of the fraction doubled.
    const auto hkd =
        money::convert_back(AmountMinor{2 * cny.value - 1}, Rate{2 * rate.value}, Rounding::kUp);
    if (!hkd || cny_of_hkd(*hkd, rate) != cny) {
        return std::nullopt;
    }
    return hkd;
}

std::optional<AmountMinor> hkd_of_cny(AmountMinor cny, Rate rate) {
    return money::convert_back(cny, rate, Rounding::kDown);
}

std::optional<AmountMinor> quota_amount(AmountMinor cny, Rate reference) {
    return money::convert_back(cny, reference, Rounding::kUp);
}

}  // namespace lowu::scheme
