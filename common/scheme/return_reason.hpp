// Why a settled payment is sent back: the reasons that a payee's bank may give. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lowu::scheme {

// ISO 20022 ExternalReturnReason1Code, those that an FPS gateway offers and the ones for fraud and
// for a request of the payer. Numbers stand in the log: append, never renumber within a rules
// version.
enum class ReturnReason : std::uint8_t {
    kAc04 = 1,  // account closed
    kAm09 = 2,  // wrong amount
    kBe01 = 3,  // name and account do not belong together
    kCurr = 4,  // wrong currency
    kMd06 = 5,  // the payee asks for it
    kNarr = 6,  // see the text that people exchange
    kFocr = 7,  // after a request to cancel
    kFr01 = 8,  // fraud
};

inline constexpr std::array kReturnReasons{
    ReturnReason::kAc04, ReturnReason::kAm09, ReturnReason::kBe01, ReturnReason::kCurr,
    ReturnReason::kMd06, ReturnReason::kNarr, ReturnReason::kFocr, ReturnReason::kFr01};

// "AC04", ...
[[nodiscard]] std::string_view to_string(ReturnReason reason);
[[nodiscard]] std::optional<ReturnReason> parse_return_reason(std::string_view text);
[[nodiscard]] std::optional<ReturnReason> return_reason_from_number(std::int64_t number);

}  // namespace lowu::scheme
