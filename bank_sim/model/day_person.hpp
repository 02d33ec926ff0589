// DayPerson: an invented customer of a day. Exists so that both processes of banks know the same
// persons without asking one another: all follows from the bank, the person's number there and the
// seed. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/scheme/proxy.hpp"
#include "common/scheme/rail.hpp"

namespace lowu::bank {

/// Where a customer is.
struct DayPlace {
    scheme::Rail rail = scheme::Rail::kFps;
    std::uint32_t bank = 0;  ///< Index in the side's list of banks.
    std::uint32_t customer = 0;
};

/// A bank's code is part of its customers' account numbers. Persons' numbers are of ranges in which
/// nobody real can have one.
[[nodiscard]] std::string day_cny_account(const DayPlace& place, std::string_view bank_code);
/// Hong Kong only.
[[nodiscard]] std::string day_hkd_account(const DayPlace& place, std::string_view bank_code);
[[nodiscard]] std::string day_document_number(const DayPlace& place, std::string_view bank_code);

struct DayName {
    std::string en;
    std::string zh;
};
[[nodiscard]] DayName day_name(const DayPlace& place, std::uint64_t seed);

struct DayProxy {
    scheme::ProxyKind kind = scheme::ProxyKind::kMobile;
    std::string value;
};
/// The Mainland has mobile numbers only; in Hong Kong three of five persons have one, one an e-mail
/// address and one an FPS identifier.
[[nodiscard]] DayProxy day_proxy(const DayPlace& place);
/// A mobile number, whatever the person's proxy is.
[[nodiscard]] DayProxy day_mobile(const DayPlace& place);

}  // namespace lowu::bank
