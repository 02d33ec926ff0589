// Words: one script line taken word by word. Exists so that a step reads its arguments in the order
// they stand and asks once, at the end, whether all of them were good. Used by player*.cpp; one
// thread.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/money/amount.hpp"
#include "common/money/rate.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/rail.hpp"

namespace lowu::scenario {

class Words {
public:
    /// Splits at spaces; "double quotes" hold a text together.
    explicit Words(std::string_view line);

    [[nodiscard]] bool empty() const { return words_.empty(); }
    [[nodiscard]] bool next_is(std::string_view word) const {
        return !words_.empty() && words_.front() == word;
    }
    /// Takes the next word if it is this one.
    [[nodiscard]] bool take_if(std::string_view word);
    /// The next word must be this one.
    void expect(std::string_view word);

    // Each takes the next word; a bad or missing one is remembered and yields a default value.
    // `what` names it.
    std::string take(std::string_view what);
    money::AmountMinor take_amount();
    /// "9.999" and "-600" are seconds; "10min" and "24h" whole minutes and hours.
    Duration take_duration();
    scheme::AgentCode take_code();
    scheme::Rail take_rail();
    std::uint32_t take_number(std::string_view what);
    money::Rate take_rate();
    /// "2025-06-22 09:00", quoted; seconds and milliseconds optional.
    SchemeTime take_moment();
    /// 2025-06-22, as scheme::day_number.
    std::int32_t take_day();

    void fail(std::string why);
    [[nodiscard]] bool ok() const { return fault_.empty(); }
    /// The first fault, words left over included.
    [[nodiscard]] Result<void> finish();

private:
    std::deque<std::string> words_;
    std::string fault_;
};

}  // namespace lowu::scenario
