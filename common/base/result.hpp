// Result: the outcome of something that the environment (disk, network, a file's content) can make
// fail. Exists so that nothing below app/ throws. Used on any thread; a Result is a plain value.
// Not for business outcomes (those are result codes) nor for programmer errors (LOWU_ASSERT).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "common/base/assert.hpp"

namespace lowu {

// Why the environment failed. `what` is one sentence for the person who reads the log: it names the
// file, peer or field, and says what was expected.
struct Error {
    enum class Kind : std::uint8_t {
        kIo,           // the operating system refused: open, write, sync, bind
        kCorrupt,      // bytes are there but are not what we wrote
        kNotFound,     // a file, a record or a peer does not exist
        kBusy,         // somebody else holds it (a locked directory, a port)
        kInvalid,      // configuration or input breaks a stated rule
        kUnavailable,  // a peer or service cannot be reached now
        kExhausted,    // a stated maximum or the disk is full
        kFenced,       // a later epoch owns the log; this writer must stop
        kUnknown,      // the outcome cannot be known from here (a failed sync)
    };

    Kind kind = Kind::kUnknown;
    std::string what;
};

// The kind in words: "io", "corrupt", "not found", ...
[[nodiscard]] constexpr std::string_view to_string(Error::Kind kind) {
    switch (kind) {
        case Error::Kind::kIo:
            return "io";
        case Error::Kind::kCorrupt:
            return "corrupt";
        case Error::Kind::kNotFound:
            return "not found";
        case Error::Kind::kBusy:
            return "busy";
        case Error::Kind::kInvalid:
            return "invalid";
        case Error::Kind::kUnavailable:
            return "unavailable";
        case Error::Kind::kExhausted:
            return "exhausted";
        case Error::Kind::kFenced:
            return "fenced";
        case Error::Kind::kUnknown:
            return "unknown";
    }
    LOWU_UNREACHABLE("every kind of Error has a name");
}

// A value or an Error. `return value;` and `return Error{kind, "what"};` both convert.
// Asking for the one that is not there is a programmer error and aborts.
template <class T>
class [[nodiscard]] Result {
    static_assert(!std::is_same_v<std::remove_cvref_t<T>, Error>, "an Error is not a value");

public:
    using Value = T;

    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    [[nodiscard]] T& value() & {
        LOWU_ASSERT(ok(), "value() of a Result that holds an error");
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] const T& value() const& {
        LOWU_ASSERT(ok(), "value() of a Result that holds an error");
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] T&& value() && {
        LOWU_ASSERT(ok(), "value() of a Result that holds an error");
        return std::move(*std::get_if<0>(&state_));
    }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }

    [[nodiscard]] const Error& error() const& {
        LOWU_ASSERT(!ok(), "error() of a Result that holds a value");
        return *std::get_if<1>(&state_);
    }
    [[nodiscard]] Error&& error() && {
        LOWU_ASSERT(!ok(), "error() of a Result that holds a value");
        return std::move(*std::get_if<1>(&state_));
    }

private:
    std::variant<T, Error> state_;
};

// Success without a value is `return {};`.
template <>
class [[nodiscard]] Result<void> {
public:
    using Value = void;

    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool ok() const { return !error_.has_value(); }
    explicit operator bool() const { return ok(); }

    [[nodiscard]] const Error& error() const& {
        LOWU_ASSERT(!ok(), "error() of a Result that succeeded");
        return *error_;
    }
    [[nodiscard]] Error&& error() && {
        LOWU_ASSERT(!ok(), "error() of a Result that succeeded");
        return std::move(*error_);
    }

private:
    std::optional<Error> error_;
};

}  // namespace lowu
