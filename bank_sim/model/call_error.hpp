// CallError: why a customer's call is refused as a call. Exists so that the pure model can say it
// without gRPC; bank_sim/client translates it into the one error shape. A business refusal (RJCT)
// is not one of these. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace lowu::bank {

struct CallError {
    enum class Kind : std::uint8_t {
        kMalformed,  // a field breaks a rule of its shape
        kNotFound,   // what the field names is not there
        kExists,     // it is there already
        kState,      // well-formed, but not possible now
        kFull,       // a stated maximum is reached
        kNotReady,   // the switch has not been reached yet
    };

    Kind kind;
    std::string reason;  ///< Upper-case words, stable: "MALFORMED_FIELD".
    std::string field;   ///< Proto spelling; empty when no single field is at fault.
    std::string rule;    ///< Without a subject: "must be more than zero".
};

[[nodiscard]] inline CallError malformed(std::string_view field, std::string_view rule) {
    return {CallError::Kind::kMalformed, "MALFORMED_FIELD", std::string(field), std::string(rule)};
}

[[nodiscard]] inline CallError not_ready() {
    return {CallError::Kind::kNotReady, "NO_SESSION_YET", "",
            "the bank has not reached the switch yet"};
}

/// A value, or the reason why the call got none.
template <class T>
using Outcome = std::variant<T, CallError>;

}  // namespace lowu::bank
