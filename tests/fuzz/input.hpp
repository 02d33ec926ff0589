// Reads choices out of an input's bytes: numbers, positions, runs of bytes. Exists so that a
// structured target makes something of any bytes, and of a few changed bytes something similar.
// What is behind the end reads as zero. Used by the targets; one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lowu::fuzz {

class Input {
public:
    explicit Input(std::span<const std::byte> bytes) : bytes_(bytes) {}

    [[nodiscard]] bool empty() const { return bytes_.empty(); }

    [[nodiscard]] std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
    [[nodiscard]] std::uint16_t word() { return static_cast<std::uint16_t>(number(2)); }
    [[nodiscard]] std::uint64_t number() { return number(8); }
    /// One byte's worth of choice; `count` is 1 to 256.
    [[nodiscard]] std::uint32_t below(std::uint32_t count) { return byte() % count; }
    [[nodiscard]] bool chance() { return (byte() & 1U) != 0; }

    /// As many as are there.
    [[nodiscard]] std::span<const std::byte> run(std::size_t bytes) {
        const auto taken = bytes_.first(std::min(bytes, bytes_.size()));
        bytes_ = bytes_.subspan(taken.size());
        return taken;
    }
    /// Its length in two bytes, then the bytes.
    [[nodiscard]] std::span<const std::byte> block() { return run(word()); }
    [[nodiscard]] std::span<const std::byte> rest() { return run(bytes_.size()); }

private:
    [[nodiscard]] std::uint64_t number(std::size_t bytes) {
        std::uint64_t value = 0;
        std::size_t place = 0;
        for (const std::byte byte : run(bytes))
            value |= std::to_integer<std::uint64_t>(byte) << (8 * place++);
        return value;
    }

    std::span<const std::byte> bytes_;
};

}  // namespace lowu::fuzz
