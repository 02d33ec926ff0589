// FirstFault: keeps the first rule that a scenario breaks, so that the readers are plain lists of
// what must hold. What is read behind a broken rule has any value. One owner, one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/time.hpp"
#include "common/rpc/text_config.hpp"
#include "lowu/v1/bank.pb.h"
#include "simulator/scenario/scenario.hpp"

namespace lowu::simulator {

/// "banks[3]"
[[nodiscard]] inline std::string indexed(const std::string& field, int index) {
    return field + "[" + std::to_string(index) + "]";
}

class FirstFault {
public:
    void require(bool holds, const std::string& field, std::string_view rule);
    /// The value, in the type that the scenario keeps it in.
    template <class Number = std::int64_t>
    Number range(const std::string& field, std::int64_t value, std::int64_t first,
                 std::int64_t last) {
        check_range(field, value, first, last);
        return static_cast<Number>(value);
    }
    std::uint32_t permille(const std::string& field, std::int64_t value) {
        return range<std::uint32_t>(field, value, 0, 1'000);
    }
    /// At most so many.
    void count(const std::string& field, int count, std::size_t most);
    /// "2025-06-22"
    Day date(const std::string& field, const std::string& text);
    /// "2025-06-22 09:00"
    SchemeTime moment(const std::string& field, const std::string& text);
    /// "09:15", in milliseconds since midnight.
    std::int64_t time_of_day(const std::string& field, const std::string& text);
    /// 1 to `most` bytes of text without control characters.
    std::string text(const std::string& field, const std::string& text, std::size_t most);
    Latency latency(const std::string& field, const v1::LatencyDistribution& from);

    [[nodiscard]] bool none() const { return !fault_; }
    [[nodiscard]] std::optional<rpc::ConfigFault> take() { return std::move(fault_); }

private:
    void check_range(const std::string& field, std::int64_t value, std::int64_t first,
                     std::int64_t last);

    std::optional<rpc::ConfigFault> fault_;
};

}  // namespace lowu::simulator
