// Takes a line apart; see words.hpp.
#include "tests/scenario/words.hpp"

#include <charconv>

#include "common/scheme/calendar.hpp"

namespace lowu::scenario {
namespace {

template <class Integer>
bool parse_whole(std::string_view text, Integer& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Words::Words(std::string_view line) {
    std::string word;
    bool quoted = false;
    bool begun = false;
    for (const char character : line) {
        if (character == '"') {
            quoted = !quoted;
            begun = true;
        } else if (character == ' ' && !quoted) {
            if (begun) words_.push_back(std::move(word));
            word.clear();
            begun = false;
        } else {
            word += character;
            begun = true;
        }
    }
    if (begun) words_.push_back(std::move(word));
    if (quoted) fail("a quote is not closed");
}

bool Words::take_if(std::string_view word) {
    if (!next_is(word)) return false;
    words_.pop_front();
    return true;
}

void Words::expect(std::string_view word) {
    if (!take_if(word)) fail("expected '" + std::string(word) + "'");
}

std::string Words::take(std::string_view what) {
    if (words_.empty()) {
        fail(std::string(what) + " is missing");
        return {};
    }
    std::string word = std::move(words_.front());
    words_.pop_front();
    return word;
}

money::AmountMinor Words::take_amount() {
    const std::string word = take("amount");
    const auto parsed = money::parse_amount(word);
    if (!parsed) {
        fail("amount '" + word + "' " + std::string(parsed.broken_rule));
    } else if (const auto rule = money::check_amount(*parsed.amount)) {
        fail("amount '" + word + "' " + std::string(*rule));
    }
    return parsed.amount.value_or(money::kZeroAmount);
}

Duration Words::take_duration() {
    const std::string word = take("duration");
    std::string_view text = word;
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    std::int64_t unit_ms = 1'000;
    if (text.ends_with("min")) {
        unit_ms = 60'000;
        text.remove_suffix(3);
    } else if (text.ends_with("h")) {
        unit_ms = 3'600'000;
        text.remove_suffix(1);
    }
    std::int64_t whole = 0;
    std::int64_t milliseconds = 0;
    const std::size_t point = text.find('.');
    bool good = parse_whole(text.substr(0, point), whole) && whole >= 0;
    if (point != std::string_view::npos) {
        const std::string_view decimals = text.substr(point + 1);
        good = good && unit_ms == 1'000 && decimals.size() == 3 &&
               parse_whole(decimals, milliseconds) && milliseconds >= 0;
    }
    if (!good) fail("'" + word + "' is no duration: write 20, 9.999, 10min or 24h");
    const std::int64_t total_ms = whole * unit_ms + milliseconds;
    return Duration::from_ms(negative ? -total_ms : total_ms);
}

scheme::AgentCode Words::take_code() {
    const std::string word = take("code of a bank");
    if (!scheme::rail_of_code(word)) {
        fail("'" + word + "' is no code: 3 characters (fps) or 12 digits with check digit (ibps)");
        return scheme::kNoAgent;
    }
    return *scheme::parse_agent_code(word);
}

scheme::Rail Words::take_rail() {
    const std::string word = take("rail");
    const auto rail = scheme::parse_rail(word);
    if (!rail) fail("'" + word + "' is no rail: fps or ibps");
    return rail.value_or(scheme::Rail::kFps);
}

std::uint32_t Words::take_number(std::string_view what) {
    const std::string word = take(what);
    std::uint32_t value = 0;
    if (!parse_whole(word, value)) fail("'" + word + "' is no number");
    return value;
}

money::Rate Words::take_rate() {
    const std::string word = take("rate");
    const auto rate = money::parse_rate(word);
    if (!rate) fail("'" + word + "' is no rate: write 0.9200");
    return rate.value_or(money::Rate{0});
}

SchemeTime Words::take_moment() {
    const std::string word = take("moment");
    const auto time = scheme::parse_utc8(word);
    if (!time) fail("'" + word + "' is no moment: write \"2025-06-22 09:00\"");
    return time.value_or(SchemeTime{});
}

std::int32_t Words::take_day() {
    const std::string word = take("date");
    const auto day = scheme::parse_date(word);
    if (!day) fail("'" + word + "' is no date: write 2025-06-22");
    return static_cast<std::int32_t>(day.value_or(0));
}

void Words::fail(std::string why) {
    if (fault_.empty()) fault_ = std::move(why);
}

Result<void> Words::finish() {
    if (fault_.empty() && !words_.empty()) fail("unexpected '" + words_.front() + "'");
    if (!fault_.empty()) return Error{Error::Kind::kInvalid, fault_};
    return {};
}

}  // namespace lowu::scenario
