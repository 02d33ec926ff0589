// A rail's announcements as text. See event_text.hpp.
#include "client/event_text.hpp"

#include <string_view>

#include "client/console.hpp"
#include "client/parameters.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

std::string absence_text(const v1::SystemEvent& event) {
    std::string text = bank_text(event.participant()) + " is off";
    if (event.forced()) text += ", by the operator";
    if (event.expected_back_ms() != 0) {
        text += ", expected back " + time_text(event.expected_back_ms());
    }
    return text;
}

std::string rate_event_text(const v1::ReferenceRate& rate) {
    return rate.date() + ": 1 HKD = " + rate_text(rate.cny_per_hkd_e8()) +
           " CNY, 1 USD = " + rate_text(rate.cny_per_usd_e8()) + " CNY";
}

// An event does not say the unit; the names of times do.
std::string_view unit_of_name(std::string_view name) {
    if (name.ends_with("_ms")) return "ms";
    return name.ends_with("_at_minute") ? "minute of the day" : "";
}

}  // namespace

std::string word(v1::SystemEventKind kind) {
    if (kind == v1::SYSTEM_EVENT_KIND_PARAMETER) return "parameter";
    if (kind == v1::SYSTEM_EVENT_KIND_REFERENCE_RATE) return "reference rate";
    if (kind == v1::SYSTEM_EVENT_KIND_LOGGED_OFF) return "logged off";
    if (kind == v1::SYSTEM_EVENT_KIND_LOGGED_ON) return "logged on";
    if (kind == v1::SYSTEM_EVENT_KIND_TIME_ADVANCED) return "time advanced";
    if (kind == v1::SYSTEM_EVENT_KIND_MISSED) return "missed";
    if (kind == v1::SYSTEM_EVENT_KIND_TOKEN_KEY) return "token key";
    if (kind == v1::SYSTEM_EVENT_KIND_DEGRADED) return "degraded";
    if (kind == v1::SYSTEM_EVENT_KIND_RESTORED) return "restored";
    if (kind == v1::SYSTEM_EVENT_KIND_DEFAULT) return "default";
    return std::to_string(static_cast<int>(kind));
}

std::string event_text(const v1::SystemEvent& event) {
    const v1::Parameter& parameter = event.parameter();
    if (event.kind() == v1::SYSTEM_EVENT_KIND_PARAMETER) {
        if (parameter.value() < 0) return place_text(parameter) + " is taken back";
        return place_text(parameter) + " is " +
               value_with_words(unit_of_name(parameter.name()), parameter.value());
    }
    if (event.kind() == v1::SYSTEM_EVENT_KIND_TOKEN_KEY) {
        return "persons' tokens on " + word(parameter.rail()) + " are under key version " +
               std::to_string(parameter.value());
    }
    if (event.kind() == v1::SYSTEM_EVENT_KIND_REFERENCE_RATE) {
        return rate_event_text(event.reference_rate());
    }
    if (event.kind() == v1::SYSTEM_EVENT_KIND_LOGGED_OFF) return absence_text(event);
    if (event.kind() == v1::SYSTEM_EVENT_KIND_LOGGED_ON) {
        return bank_text(event.participant()) + " is on again";
    }
    if (event.kind() == v1::SYSTEM_EVENT_KIND_TIME_ADVANCED) {
        return "scheme time is " + time_text(event.effective_time_ms());
    }
    if (event.kind() == v1::SYSTEM_EVENT_KIND_MISSED) {
        return "more has happened than could be kept: read the parameters anew";
    }
    if (event.kind() == v1::SYSTEM_EVENT_KIND_DEGRADED) {
        return bank_text(event.participant()) +
               " takes its messages too slowly: payments to it are refused AB08";
    }
    if (event.kind() == v1::SYSTEM_EVENT_KIND_RESTORED) {
        return bank_text(event.participant()) + " has caught up with its messages";
    }
    if (event.kind() == v1::SYSTEM_EVENT_KIND_DEFAULT) {
        return bank_text(event.participant()) + " is in default: it takes part in no new payment";
    }
    return "";
}

}  // namespace lowu::client
