// Integers and texts packed into rows of the archive, and read back with every length checked. Used
// by the archive's rows and by the follower's own part of a snapshot. Pure functions and values,
// any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/hash.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::follower {

/// Appends to a string that the caller owns.
class Packer {
public:
    explicit Packer(std::string& out) : out_(out) {}

    void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
    /// Seven bits a byte, least significant first.
    void number(std::uint64_t value) {
        while (value >= 0x80) {
            byte(static_cast<std::uint8_t>(value | 0x80U));
            value >>= 7U;
        }
        byte(static_cast<std::uint8_t>(value));
    }
    /// Small ones stay short whatever their sign.
    void signed_number(std::int64_t value) {
        const auto bits = static_cast<std::uint64_t>(value);
        number((bits << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0));
    }
    /// Little-endian.
    void fixed32(std::uint32_t value) { fixed(value, 4); }
    void fixed64(std::uint64_t value) { fixed(value, 8); }
    void hash(const Hash128& value) {
        fixed64(value.high);
        fixed64(value.low);
    }
    void uetr(const scheme::Uetr& value) {
        fixed64(value.high);
        fixed64(value.low);
    }
    void text(std::string_view value) {
        number(value.size());
        out_.append(value);
    }
    /// Big-endian: as part of a key it sorts as the number does.
    void key16(std::uint16_t value) { key(value, 2); }
    void key32(std::uint32_t value) { key(value, 4); }
    void key64(std::uint64_t value) { key(value, 8); }

private:
    void fixed(std::uint64_t value, unsigned bytes) {
        for (unsigned i = 0; i < bytes; ++i)
            byte(static_cast<std::uint8_t>(value >> (8U * i)));
    }
    void key(std::uint64_t value, unsigned bytes) {
        for (unsigned i = bytes; i > 0; --i)
            byte(static_cast<std::uint8_t>(value >> (8U * (i - 1))));
    }

    std::string& out_;
};

/// Reads what a Packer wrote. What is not there reads as zero, and ok() says so.
class Unpacker {
public:
    Unpacker() = default;
    explicit Unpacker(std::string_view bytes) : left_(bytes) {}

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool at_end() const { return left_.empty(); }
    [[nodiscard]] std::size_t left() const { return left_.size(); }
    /// What was read is no possible value.
    void fail() {
        ok_ = false;
        left_ = {};
    }

    std::uint8_t byte() {
        if (left_.empty()) {
            fail();
            return 0;
        }
        const auto value = static_cast<std::uint8_t>(left_.front());
        left_.remove_prefix(1);
        return value;
    }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint64_t part = byte();
            value |= (part & 0x7fU) << shift;
            if (part < 0x80) return value;
        }
        fail();
        return 0;
    }
    /// Fails when it is above `most`.
    template <class Integer>
    Integer number_up_to(Integer most) {
        const std::uint64_t value = number();
        if (value <= static_cast<std::uint64_t>(most)) return static_cast<Integer>(value);
        fail();
        return 0;
    }
    std::int64_t signed_number() {
        const std::uint64_t bits = number();
        return static_cast<std::int64_t>((bits >> 1U) ^ ((bits & 1U) != 0 ? ~std::uint64_t{0} : 0));
    }
    std::uint32_t fixed32() { return static_cast<std::uint32_t>(fixed(4)); }
    std::uint64_t fixed64() { return fixed(8); }
    Hash128 hash() {
        const std::uint64_t high = fixed64();
        return {high, fixed64()};
    }
    scheme::Uetr uetr() {
        const std::uint64_t high = fixed64();
        return {high, fixed64()};
    }
    std::string_view text() { return bytes(number()); }
    std::string_view bytes(std::uint64_t count) {
        if (count > left_.size()) {
            fail();
            return {};
        }
        const std::string_view taken = left_.substr(0, count);
        left_.remove_prefix(count);
        return taken;
    }
    std::uint16_t key16() { return static_cast<std::uint16_t>(key(2)); }
    std::uint32_t key32() { return static_cast<std::uint32_t>(key(4)); }
    std::uint64_t key64() { return key(8); }

private:
    std::uint64_t fixed(unsigned count) {
        const std::string_view taken = bytes(count);
        std::uint64_t value = 0;
        for (std::size_t i = taken.size(); i > 0; --i)
            value = value << 8U | static_cast<std::uint8_t>(taken[i - 1]);
        return value;
    }
    std::uint64_t key(unsigned count) {
        std::uint64_t value = 0;
        for (const char one : bytes(count))
            value = value << 8U | static_cast<std::uint8_t>(one);
        return value;
    }

    std::string_view left_;
    bool ok_ = true;
};

}  // namespace lowu::follower
