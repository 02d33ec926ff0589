// Asks again what was not answered in time. Exists because at ten million payments the follower is
// behind by a whole snapshot when the traffic ends, and what it knows is what the report needs. One
// thread; without clock or process of its own but for the patience.
#pragma once

#include <chrono>
#include <optional>

#include "common/base/result.hpp"

namespace lowu::bench {

/// Whether it may be otherwise in a moment: no answer in time, or the one who knows is not ready.
[[nodiscard]] inline bool may_pass(const Error& error) {
    return error.kind == Error::Kind::kUnknown || error.kind == Error::Kind::kUnavailable;
}

/// Calls `ask()` until it answers, with `wait(passed)` in between, whose error ends it; after
/// `patience` the last error is the answer.
template <class Ask, class Wait>
[[nodiscard]] auto ask_patiently(std::chrono::milliseconds patience, Ask ask, Wait wait)
    -> decltype(ask()) {
    const auto began = std::chrono::steady_clock::now();
    while (true) {
        auto answer = ask();
        const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - began);
        if (answer.ok() || !may_pass(answer.error()) || passed >= patience) return answer;
        if (std::optional<Error> ended = wait(passed)) return *std::move(ended);
    }
}

}  // namespace lowu::bench
