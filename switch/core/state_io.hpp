// A cell's state as bytes, and back: little-endian numbers one after the other, no names, no
// alignment, written and read in chunks, so that a state of gigabytes needs no buffer of its size.
// What is written is the list of fields that the digest uses too (fields.hpp). Used by Cell::save
// and load, and by whoever puts more of the same around it (snapshots, the archive). A writer or
// reader belongs to one thread.
//
// Bytes from a file are never trusted: every length has a limit, every number of an enum must be
// known, and the first thing that cannot be ends the reading; checksums are the caller's.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/hash.hpp"
#include "common/base/result.hpp"
#include "switch/core/fields.hpp"

namespace lowu::core {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they are");

namespace detail {

template <class Value>
inline constexpr bool kIsStrong = false;
template <class Tag, class Rep>
inline constexpr bool kIsStrong<Strong<Tag, Rep>> = true;
template <class Value>
inline constexpr bool kIsOptional = false;
template <class Value>
inline constexpr bool kIsOptional<std::optional<Value>> = true;
template <class Value>
inline constexpr bool kIsArray = false;
template <class Value, std::size_t kSize>
inline constexpr bool kIsArray<std::array<Value, kSize>> = true;

}  // namespace detail

/// What digest, writer and reader have in common: each field comes to Sink::number, whatever it is
/// part of. What has been read makes its indexes anew in a member rebuild(StateReader&), if it has
/// any, and says there what cannot be.
template <class Sink>
class FieldSink {
public:
    template <class Value>
    void operator()(Value& value) {
        using Plain = std::remove_const_t<Value>;
        Sink& sink = static_cast<Sink&>(*this);
        if constexpr (std::is_integral_v<Plain> || std::is_enum_v<Plain>) {
            sink.number(value);
        } else if constexpr (detail::kIsStrong<Plain>) {
            sink.number(value.value);
        } else if constexpr (detail::kIsOptional<Plain>) {
            bool present = value.has_value();
            sink.number(present);
            if constexpr (Sink::kLoads) {
                value.reset();
                if (present) value.emplace();
            }
            if (present) (*this)(*value);
        } else if constexpr (detail::kIsArray<Plain>) {
            for (auto& one : value)
                (*this)(one);
        } else if constexpr (requires { Plain::fields(sink, value); }) {
            Plain::fields(sink, value);
            if constexpr (Sink::kLoads && requires { value.rebuild(sink); }) value.rebuild(sink);
        } else {
            fields(sink, value);
        }
    }
    /// How many, then each.
    template <class Value>
    void list(const std::vector<Value>& values, std::size_t /*most*/, const char* /*what*/) {
        auto count = static_cast<std::uint32_t>(values.size());
        (*this)(count);
        for (const Value& value : values)
            (*this)(value);
    }
};

/// Fields into a digest.
class DigestSink : public FieldSink<DigestSink> {
public:
    static constexpr bool kLoads = false;

    explicit DigestSink(Digest& digest) : digest_(digest) {}

    template <class Number>
    void number(Number value) {
        digest_.add(value);
    }
    [[nodiscard]] static constexpr bool ok() { return true; }

private:
    Digest& digest_;
};

/// Fields into bytes.
class StateWriter : public FieldSink<StateWriter> {
public:
    static constexpr bool kLoads = false;
    /// Takes what comes next, in chunks of its own choice.
    using Sink = std::function<Result<void>(std::span<const std::byte>)>;

    explicit StateWriter(Sink sink) : sink_(std::move(sink)), chunk_(kChunkBytes) {}
    StateWriter(const StateWriter&) = delete;
    StateWriter& operator=(const StateWriter&) = delete;

    template <class Number>
    void number(Number value) {
        if (chunk_.size() - used_ < sizeof(value)) flush();
        std::memcpy(chunk_.data() + used_, &value, sizeof(value));
        used_ += sizeof(value);
    }
    /// Its length, then its bytes.
    void text(std::string_view text);

    /// False after the sink has failed: nothing more is written.
    [[nodiscard]] bool ok() const { return status_.ok(); }
    /// Bytes so far.
    [[nodiscard]] std::uint64_t bytes() const { return flushed_ + used_; }
    /// Hands over the rest. The first error of the sink, if there was any.
    [[nodiscard]] Result<void> finish();

private:
    static constexpr std::size_t kChunkBytes = std::size_t{64} * 1024;

    void flush();
    void raw(std::span<const std::byte> bytes);

    Sink sink_;
    std::vector<std::byte> chunk_;
    std::size_t used_ = 0;
    std::uint64_t flushed_ = 0;
    Result<void> status_;
};

/// Bytes into fields. After the first error everything reads as zero; what has been read so far is
/// worth nothing.
class StateReader : public FieldSink<StateReader> {
public:
    static constexpr bool kLoads = true;
    /// Fills some of the span and says how much; 0 at the end.
    using Source = std::function<Result<std::size_t>(std::span<std::byte>)>;

    explicit StateReader(Source source) : source_(std::move(source)), chunk_(kChunkBytes) {}
    StateReader(const StateReader&) = delete;
    StateReader& operator=(const StateReader&) = delete;

    template <class Number>
    void number(Number& value) {
        if constexpr (std::is_same_v<Number, bool>) {
            std::uint8_t raw = 0;
            number(raw);
            if (raw > 1) fail("a yes or no is neither");
            value = raw == 1;
        } else if constexpr (std::is_enum_v<Number>) {
            std::underlying_type_t<Number> raw = 0;
            number(raw);
            value = static_cast<Number>(raw);
            if (raw != 0 && !is_known(value)) {
                fail("a number stands for nothing");
                value = Number{};
            }
        } else if (end_ - at_ >= sizeof(value) || refill(sizeof(value))) {
            std::memcpy(&value, chunk_.data() + at_, sizeof(value));
            at_ += sizeof(value);
        } else {
            value = 0;
        }
    }
    /// `what` names the list in the error when it is longer than `most`.
    template <class Value>
    void list(std::vector<Value>& values, std::size_t most, const char* what) {
        const std::size_t count = length(most, what);
        values.clear();
        for (std::size_t i = 0; i < count && ok(); ++i)
            (*this)(values.emplace_back());
    }
    /// A length of a list.
    [[nodiscard]] std::size_t length(std::size_t most, const char* what);
    [[nodiscard]] std::string text(std::size_t most, const char* what);

    [[nodiscard]] bool ok() const { return status_.ok(); }
    /// Says what cannot be, where it was read; the first word stands.
    void fail(std::string_view what);
    /// Bytes read so far.
    [[nodiscard]] std::uint64_t bytes() const { return before_ + at_; }
    [[nodiscard]] const Result<void>& status() const { return status_; }

private:
    static constexpr std::size_t kChunkBytes = std::size_t{64} * 1024;

    /// Makes `wanted` bytes ready; false, and the status says why, when there are none.
    [[nodiscard]] bool refill(std::size_t wanted);

    Source source_;
    std::vector<std::byte> chunk_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::uint64_t before_ = 0;
    Result<void> status_;
};

}  // namespace lowu::core
