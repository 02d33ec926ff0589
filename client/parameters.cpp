// Parameters as people read, type and compare them. See parameters.hpp.
#include "client/parameters.hpp"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <charconv>

#include "client/console.hpp"
#include "client/context.hpp"
#include "client/words.hpp"
#include "common/money/amount.hpp"
#include "common/scheme/purpose.hpp"

namespace lowu::client {

namespace {

constexpr std::int64_t kNoOwnValue = -1;
constexpr std::string_view kMilliseconds = "ms";
constexpr std::string_view kYes = "1 = yes";
constexpr std::string_view kMinute = "minute of the day";
constexpr std::string_view kPurposes = "sum of purposes";

// "CNY fen", "HKD cents", "USD cents": the currency; empty for any other unit.
std::string_view currency_of(std::string_view unit) {
    for (const std::string_view behind : {" fen", " cents"}) {
        if (unit.ends_with(behind)) return unit.substr(0, unit.size() - behind.size());
    }
    return unit == "minor units" ? "money" : "";
}

std::string two_digits(std::int64_t value) {
    return std::to_string(100 + value).substr(1);
}

std::string span_text(std::int64_t value_ms) {
    constexpr std::int64_t kSecondMs = 1'000;
    constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
    if (value_ms > 0 && value_ms % kMinuteMs == 0)
        return std::to_string(value_ms / kMinuteMs) + " min";
    if (value_ms > 0 && value_ms % kSecondMs == 0)
        return std::to_string(value_ms / kSecondMs) + " s";
    return "";
}

std::string purposes_text(std::int64_t sum) {
    std::string text;
    for (const scheme::Purpose purpose : scheme::kPurposes) {
        if ((sum & scheme::purpose_bit(purpose)) == 0) continue;
        text += (text.empty() ? "" : ", ") + std::string(to_string(purpose));
    }
    return text.empty() ? "none" : text;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// "07:00" or "24:00".
std::optional<std::int64_t> parse_minute(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.size() != colon + 3) return std::nullopt;
    const auto hour = parse_integer(text.substr(0, colon));
    const auto minute = parse_integer(text.substr(colon + 1));
    if (!hour || !minute || *hour < 0 || *minute < 0 || *minute > 59) return std::nullopt;
    return *hour * 60 + *minute;
}

const v1::ParameterState* find_state(const v1::GetParametersResponse& rules,
                                     const v1::Parameter& parameter) {
    for (const v1::ParameterState& state : rules.parameters()) {
        if (same_place(state.parameter(), parameter)) return &state;
    }
    return nullptr;
}

// The scheme's value stands for whether the place exists at all, and for its range.
const v1::ParameterState* find_scheme_state(const v1::GetParametersResponse& rules,
                                            v1::Parameter parameter) {
    parameter.clear_participant();
    return find_state(rules, parameter);
}

bool contains(const std::vector<v1::Parameter>& parameters, const v1::Parameter& wanted) {
    return std::any_of(parameters.begin(), parameters.end(), [&](const v1::Parameter& parameter) {
        return same_place(parameter, wanted);
    });
}

}  // namespace

bool ParameterPlace::holds(const v1::Parameter& parameter) const {
    return (rail == v1::RAIL_UNSPECIFIED || rail == parameter.rail()) &&
           (direction == v1::DIRECTION_UNSPECIFIED || direction == parameter.direction()) &&
           (service == v1::SERVICE_UNSPECIFIED || service == parameter.service());
}

bool same_place(const v1::Parameter& left, const v1::Parameter& right) {
    return left.name() == right.name() && left.rail() == right.rail() &&
           left.direction() == right.direction() && left.service() == right.service() &&
           left.participant() == right.participant();
}

std::string place_text(const v1::Parameter& parameter) {
    std::string text = parameter.name() + " on " + word(parameter.rail());
    if (parameter.direction() != v1::DIRECTION_UNSPECIFIED &&
        parameter.direction() != v1::DIRECTION_DOMESTIC) {
        text += " " + word(parameter.direction());
    }
    if (parameter.service() != v1::SERVICE_UNSPECIFIED) text += " " + word(parameter.service());
    if (!parameter.participant().empty()) text += ", " + parameter.participant() + "'s own";
    return text;
}

std::string value_text(std::string_view unit, std::int64_t value) {
    if (value == kNoOwnValue) return "none of its own";
    if (unit == kMilliseconds) return span_text(value);
    if (unit == kYes) return value == 0 ? "no" : "yes";
    if (unit == kMinute) return two_digits(value / 60) + ":" + two_digits(value % 60);
    if (unit == kPurposes) return purposes_text(value);
    const std::string_view currency = currency_of(unit);
    if (currency.empty()) return "";
    if (value == 0) return "no limit";
    return (currency == "money" ? "" : std::string(currency) + " ") + amount_text(value);
}

std::string value_with_words(std::string_view unit, std::int64_t value) {
    const std::string words = value_text(unit, value);
    if (value == kNoOwnValue) return words;
    return std::to_string(value) + (words.empty() ? "" : " (" + words + ")");
}

Result<std::int64_t> parse_value(std::string_view unit, std::string_view text) {
    if (text == "none") return kNoOwnValue;
    if (const auto figure = parse_integer(text)) return *figure;
    if (unit == kYes && (text == "yes" || text == "no")) return text == "yes" ? 1 : 0;
    if (unit == kMinute) {
        if (const auto minute = parse_minute(text)) return *minute;
    }
    if (!currency_of(unit).empty()) {
        const auto parsed = money::parse_amount(text);
        if (parsed) return parsed.amount->value;
    }
    std::string rule = "must be a whole number (unit: " + std::string(unit) + ")";
    if (unit == kYes) rule += ", yes or no";
    if (unit == kMinute) rule += ", or a time like 07:00";
    if (!currency_of(unit).empty()) rule += ", or an amount with a dot like 10000.00";
    return usage_error("value", rule);
}

std::vector<v1::Parameter> parameters_of(const config::v1::SwitchConfig& config) {
    std::vector<v1::Parameter> all(config.parameters().begin(), config.parameters().end());
    const config::v1::Deadlines& deadlines = config.deadlines();
    const std::pair<const char*, std::int64_t> times[] = {
        {"payee_deadline_ms", deadlines.payee_ms()},
        {"origin_deadline_ms", deadlines.origin_ms()},
        {"link_allowance_ms", deadlines.link_allowance_ms()},
        {"queue_allowance_ms", deadlines.queue_allowance_ms()},
        {"creation_window_ms", deadlines.creation_window_ms()},
        {"creation_skew_ms", deadlines.creation_skew_ms()}};
    for (const auto& [name, value_ms] : times) {
        for (const v1::Rail rail : {v1::RAIL_FPS, v1::RAIL_IBPS}) {
            v1::Parameter parameter;
            parameter.set_name(name);
            parameter.set_rail(rail);
            parameter.set_value(value_ms);
            if (value_ms != 0 && !contains(all, parameter)) all.push_back(parameter);
        }
    }
    return all;
}

std::optional<rpc::ConfigFault> find_fault(const config::v1::SwitchConfig& config,
                                           const v1::GetParametersResponse& rules) {
    for (int i = 0; i < config.parameters_size(); ++i) {
        const v1::Parameter& parameter = config.parameters(i);
        const std::string field = "parameters[" + std::to_string(i) + "]";
        const auto* state = find_scheme_state(rules, parameter);
        if (state == nullptr) {
            const bool known = std::any_of(
                rules.parameters().begin(), rules.parameters().end(),
                [&](const auto& each) { return each.parameter().name() == parameter.name(); });
            if (!known) {
                return rpc::ConfigFault{field + ".name",
                                        "\"" + parameter.name() +
                                            "\" is no parameter; 'lowu parameters show' lists all"};
            }
            return rpc::ConfigFault{field, "names a place that " + parameter.name() +
                                               " does not have; 'lowu parameters show " +
                                               parameter.name() + "' lists its places"};
        }
        for (int k = 0; k < i; ++k) {
            if (!same_place(config.parameters(k), parameter)) continue;
            return rpc::ConfigFault{
                field, "names the same place as parameters[" + std::to_string(k) + "]"};
        }
        const bool takes_back =
            !parameter.participant().empty() && parameter.value() == kNoOwnValue;
        if (!takes_back &&
            (parameter.value() < state->lowest() || parameter.value() > state->highest())) {
            return rpc::ConfigFault{field + ".value", "must be " + std::to_string(state->lowest()) +
                                                          " to " +
                                                          std::to_string(state->highest()) + " (" +
                                                          state->unit() + ")"};
        }
    }
    return std::nullopt;
}

std::vector<ParameterDifference> differences(const v1::GetParametersResponse& rules,
                                             const std::vector<v1::Parameter>& wanted,
                                             bool complete) {
    std::vector<ParameterDifference> found;
    for (const v1::Parameter& parameter : wanted) {
        const v1::ParameterState* state = find_state(rules, parameter);
        const std::int64_t in_force = state == nullptr ? kNoOwnValue : state->parameter().value();
        if (in_force == parameter.value()) continue;
        const v1::ParameterState* scheme = find_scheme_state(rules, parameter);
        found.push_back({parameter, state == nullptr ? std::nullopt : std::optional(in_force),
                         scheme == nullptr ? "" : scheme->unit(), true});
    }
    if (!complete) return found;
    for (const v1::ParameterState& state : rules.parameters()) {
        v1::Parameter usual = state.parameter();
        usual.set_value(usual.participant().empty() ? state.default_value() : kNoOwnValue);
        if (usual.value() == state.parameter().value() || contains(wanted, usual)) continue;
        found.push_back({usual, state.parameter().value(), state.unit(), false});
    }
    return found;
}

std::string config_line(const v1::ParameterState& state) {
    google::protobuf::TextFormat::Printer printer;
    printer.SetSingleLineMode(true);
    std::string inner;
    printer.PrintToString(state.parameter(), &inner);
    while (inner.ends_with(' ')) {
        inner.pop_back();
    }
    // Zero is a value here, and text protobuf leaves zeros out.
    if (state.parameter().value() == 0) inner += " value: 0";
    const std::string words = value_text(state.unit(), state.parameter().value());
    return "parameters { " + inner + " }" + (words.empty() ? "" : "  # " + words) + "\n";
}

}  // namespace lowu::client
