// Proxy: a mobile number, an e-mail address or an FPS identifier that stands for an account. Exists
// so that banks and directory write and compare proxies alike. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/hash.hpp"
#include "common/scheme/rail.hpp"

namespace lowu::scheme {

// Values are those of lowu.v1.ProxyKind.
enum class ProxyKind : std::uint8_t {
    kMobile = 1,  // "+852-91234567"; either rail
    kEmail = 2,   // fps only
    kFpsId = 3,   // 7 or 9 digits; fps only
};

inline constexpr std::size_t kProxyLengthMax = 254;

// "mobile", "email", "fps_id".
[[nodiscard]] std::string_view to_string(ProxyKind kind);
[[nodiscard]] std::optional<ProxyKind> parse_proxy_kind(std::string_view text);
[[nodiscard]] std::optional<ProxyKind> proxy_kind_from_number(std::int64_t number);

// ISO 20022 ExternalProxyAccountType1Code: "MBNO", "EMAL", "SHID".
[[nodiscard]] std::string_view iso_proxy_type(ProxyKind kind);

// The rule that a proxy breaks in the directory of a rail, or nullopt. Mobile: the FPS schema's
// \+[0-9]{1,3}-[0-9()+\-]{1,30}, with at least 5 digits behind the country code. E-mail: one '@'
// with something printable in ASCII on both sides, a dot behind it, at most 254 characters. FPS ID:
// 7 or 9 digits. The Mainland has mobile numbers only.
[[nodiscard]] std::optional<std::string_view> check_proxy(Rail rail, ProxyKind kind,
                                                          std::string_view value);

// One spelling for all that mean the same: e-mail in lower case; of a mobile number the digits
// behind the country code without "()+-". The value has passed check_proxy.
[[nodiscard]] std::string canonical_proxy(ProxyKind kind, std::string_view value);

// By which the cells know a proxy: of kind and canonical value. The value has passed check_proxy.
[[nodiscard]] Hash128 proxy_hash(ProxyKind kind, std::string_view value);

// What kind of proxy a text looks like, as people type them: '@' is e-mail, a leading '+' a mobile
// number, 7 or 9 digits an FPS ID; nullopt otherwise.
[[nodiscard]] std::optional<ProxyKind> guess_proxy_kind(std::string_view value);

}  // namespace lowu::scheme
