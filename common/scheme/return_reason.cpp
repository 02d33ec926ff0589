// Reasons of returns. See return_reason.hpp.
#include "common/scheme/return_reason.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace lowu::scheme {

std::string_view to_string(ReturnReason reason) {
    switch (reason) {
        case ReturnReason::kAc04:
            return "AC04";
        case ReturnReason::kAm09:
            return "AM09";
        case ReturnReason::kBe01:
            return "BE01";
        case ReturnReason::kCurr:
            return "CURR";
        case ReturnReason::kMd06:
            return "MD06";
        case ReturnReason::kNarr:
            return "NARR";
        case ReturnReason::kFocr:
            return "FOCR";
        case ReturnReason::kFr01:
            return "FR01";
    }
    LOWU_UNREACHABLE("every reason has a code");
}

std::optional<ReturnReason> parse_return_reason(std::string_view text) {
    const auto found = std::find_if(kReturnReasons.begin(), kReturnReasons.end(),
                                    [&](ReturnReason reason) { return to_string(reason) == text; });
    if (found == kReturnReasons.end()) return std::nullopt;
    return *found;
}

std::optional<ReturnReason> return_reason_from_number(std::int64_t number) {
    if (number < 1 || number > static_cast<std::int64_t>(kReturnReasons.size())) {
        return std::nullopt;
    }
    return static_cast<ReturnReason>(number);
}

}  // namespace lowu::scheme
