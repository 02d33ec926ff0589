// The payments that the show of `lowu up` makes, as data. Exists so that the show reads as a list
// of what is to be seen. Called by show.cpp. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/cast.hpp"
#include "common/scheme/rail.hpp"

namespace lowu::client {

struct Step {
    std::string title;
    scheme::Rail payer_rail = scheme::Rail::kFps;
    v1::Account payer;
    v1::Account payee;
    std::string payee_name;
    std::int64_t amount_minor = 0;
    v1::Currency currency = v1::CURRENCY_CNY;  // HKD across the boundary: with a quote
    v1::Service service = v1::SERVICE_UNSPECIFIED;
    v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
    std::string text;
    std::optional<v1::Proxy> proxy;  // instead of account and name
    bool with_timeline = false;
    std::string expected_reason;  // empty: ACSC
    bool may_be_refused = false;  // nobody knows what hours and limits the books came back with

    [[nodiscard]] bool needs_quote() const {
        return currency == v1::CURRENCY_HKD && service != v1::SERVICE_DOMESTIC;
    }
};

// What goes through, in the order of showing.
[[nodiscard]] std::vector<Step> steps_that_settle(const Cast& cast);

// What is tried when the books go on from an earlier start: one each way.
[[nodiscard]] std::vector<Step> steps_that_go_on(const Cast& cast);

// What is refused, each by another rule.
[[nodiscard]] std::vector<Step> steps_that_are_refused(const Cast& cast);

}  // namespace lowu::client
