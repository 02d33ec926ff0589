// The contract's names of fields. See field_fault.hpp.
#include "common/scheme/field_fault.hpp"

#include <array>
#include <cstddef>

#include "common/base/assert.hpp"

namespace lowu::scheme {

namespace {

// In the order of Field: the number is the place. A table, as a switch would not fit a screen.
constexpr std::array kNames = {
    std::string_view(""),
    std::string_view("uetr"),
    std::string_view("service"),
    std::string_view("payer_agent"),
    std::string_view("payee_agent"),
    std::string_view("payer_account"),
    std::string_view("payee_account"),
    std::string_view("amount_minor"),
    std::string_view("currency"),
    std::string_view("creation_time_ms"),
    std::string_view("carried"),
    std::string_view("payer_name"),
    std::string_view("payee_name"),
    std::string_view("remittance_information"),
    std::string_view("message"),
    std::string_view("number"),
    std::string_view("reason_code"),
    std::string_view("answer"),
    std::string_view("participant"),
    std::string_view("incarnation"),
    std::string_view("acknowledgement"),
    std::string_view("credit"),
    std::string_view("frame"),
    std::string_view("hello"),
    std::string_view("account_holder"),
    std::string_view("page_size"),
    std::string_view("page_token"),
    std::string_view("watch_token"),
    std::string_view("rail"),
    std::string_view("purpose"),
    std::string_view("payer"),
    std::string_view("payee_proxy"),
    std::string_view("exchange"),
    std::string_view("fx_rate_sheet"),
    std::string_view("availability"),
    std::string_view("quote_answers"),
    std::string_view("parameters"),
    std::string_view("original_uetr"),
    std::string_view("side"),
};
static_assert(kNames.size() == kFieldLast + 1, "every field has a name");

}  // namespace

std::string_view to_string(Field field) {
    const auto number = static_cast<std::size_t>(field);
    LOWU_ASSERT(number < kNames.size(), "every field has a name");
    return kNames[number];
}

}  // namespace lowu::scheme
