// Words for what is announced; see announcements.hpp.
#include "tests/scenario/announcements.hpp"

#include <algorithm>
#include <charconv>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::scenario {
namespace {

using core::SystemEvent;
using core::SystemEventKind;

/// " from MOMENT", when it is not at once.
std::string from_when(const SystemEvent& event) {
    if (event.effective <= event.booked) return {};
    return " from " + scheme::format_utc8(event.effective);
}

std::string describe_setting(const SystemEvent& event) {
    const core::ParameterKey& key = event.setting.key;
    const core::ParameterRow* row = core::find_parameter(static_cast<std::uint32_t>(key.id));
    LOWU_ASSERT(row != nullptr, "only known parameters are announced");
    std::string text;
    if (row->scope != core::ParameterScope::kRail) {
        if (!key.corridor.domestic()) {
            text += std::string(scheme::to_string(key.corridor.direction())) + " ";
        }
        text += std::string(short_name(key.corridor.service())) + " ";
    }
    text += row->name;
    if (key.participant != core::kNoParticipant) {
        text += " at " + scheme::format_agent_code(event.participant);
    }
    text += " = " + describe_value(key.id, key.corridor, event.setting.value);
    return text + from_when(event);
}

std::string describe_absence(const SystemEvent& event) {
    std::string text = "that " + scheme::format_agent_code(event.participant) +
                       (event.forced ? " is forced off" : " is logged off");
    if (event.expected_back != SchemeTime{}) {
        text += " until " + scheme::format_utc8(event.expected_back);
    }
    return text;
}

std::string describe_body(const SystemEvent& event) {
    switch (event.kind) {
        case SystemEventKind::kParameter:
        case SystemEventKind::kTokenKey:
            return describe_setting(event);
        case SystemEventKind::kReferenceRate:
            return "the reference rates of " + scheme::format_date(event.rate.day) + ": HKD " +
                   money::format_rate(event.rate.cny_per_hkd) + ", USD " +
                   money::format_rate(event.rate.cny_per_usd);
        case SystemEventKind::kLoggedOff:
            return describe_absence(event);
        case SystemEventKind::kLoggedOn:
            return "that " + scheme::format_agent_code(event.participant) + " is on again";
        case SystemEventKind::kDegraded:
            return "that " + scheme::format_agent_code(event.participant) + " is degraded";
        case SystemEventKind::kRestored:
            return "that " + scheme::format_agent_code(event.participant) + " is restored";
        case SystemEventKind::kDefault:
            return "that " + scheme::format_agent_code(event.participant) + " is in default";
        case SystemEventKind::kTimeAdvanced:
            return "that it is now " + scheme::format_utc8(event.effective);
        case SystemEventKind::kMissed:
            return "that some was missed";
    }
    LOWU_UNREACHABLE("every kind of event has words");
}

std::string as_time_of_day(std::int64_t minute) {
    const auto two = [](std::int64_t number) {
        return (number < 10 ? "0" : "") + std::to_string(number);
    };
    return two(minute / 60) + ":" + two(minute % 60);
}

std::string as_purposes(std::int64_t value) {
    std::string text;
    for (const scheme::Purpose purpose : scheme::kPurposes) {
        if ((static_cast<std::uint64_t>(value) & scheme::purpose_bit(purpose)) == 0) continue;
        text += (text.empty() ? "" : "+") + std::string(scheme::to_string(purpose));
    }
    return text.empty() ? "none" : text;
}

}  // namespace

std::string describe(const SystemEvent& event) {
    return "announces " + describe_body(event);
}

std::string describe_value(core::ParameterId id, core::Corridor corridor, std::int64_t value) {
    if (value == core::kNoOwnValue) return "none of its own";
    const std::string_view unit = core::unit_of(id, corridor);
    if (unit == "minute of the day") return as_time_of_day(value);
    if (unit == "sum of purposes") return as_purposes(value);
    if (unit == "1 = yes") return value == 1 ? "yes" : "no";
    for (const std::string_view currency : {"CNY", "HKD", "USD"}) {
        if (!unit.starts_with(currency)) continue;
        if (value == 0) return "no limit";
        return std::string(currency) + " " + money::format_amount(money::AmountMinor{value});
    }
    if (unit == "minor units") return money::format_amount(money::AmountMinor{value});
    return std::to_string(value);
}

std::int64_t take_value(Words& words) {
    const std::string word = words.take("value");
    if (word == "none") return core::kNoOwnValue;
    const auto whole = [](std::string_view text, std::int64_t& value) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc{} && end == text.data() + text.size();
    };
    std::int64_t value = 0;
    if (const std::size_t colon = word.find(':'); colon != std::string::npos) {
        std::int64_t minutes = 0;
        const bool good = whole(std::string_view(word).substr(0, colon), value) &&
                          whole(std::string_view(word).substr(colon + 1), minutes);
        if (!good) words.fail("'" + word + "' is no time of day");
        return value * 60 + minutes;
    }
    if (word.find('.') != std::string::npos) {
        const auto amount = money::parse_amount(word);
        if (!amount) words.fail("amount '" + word + "' " + std::string(amount.broken_rule));
        return amount.amount.value_or(money::kZeroAmount).value;
    }
    if (!whole(word, value)) words.fail("'" + word + "' is no value");
    return value;
}

std::string_view short_name(scheme::Service service) {
    switch (service) {
        case scheme::Service::kP2pRemittance:
            return "p2p";
        case scheme::Service::kFeeCollection:
            return "fee";
        case scheme::Service::kBusinessToPerson:
            return "b2p";
        case scheme::Service::kDomestic:
            return "domestic";
    }
    LOWU_UNREACHABLE("every service has a short name");
}

std::optional<scheme::Service> parse_short_service(std::string_view word) {
    const auto found =
        std::find_if(scheme::kServices.begin(), scheme::kServices.end(),
                     [&](scheme::Service service) { return short_name(service) == word; });
    if (found == scheme::kServices.end()) return std::nullopt;
    return *found;
}

}  // namespace lowu::scenario
