// XXH3 by the xxhash library, whose output is fixed since its version 0.8. See hash.hpp.
#include "common/base/hash.hpp"

#include <xxhash.h>

#include <array>
#include <cstring>

#include "common/base/assert.hpp"

namespace lowu {

std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint64_t hash64(std::string_view text, std::uint64_t seed) {
    return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

Hash128 hash128(std::span<const std::byte> bytes, std::uint64_t seed) {
    const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
    return Hash128{hash.high64, hash.low64};
}

Hash128 hash128(std::string_view text, std::uint64_t seed) {
    return hash128(std::as_bytes(std::span(text.data(), text.size())), seed);
}

// Words are gathered here first: the library's update costs more than eight bytes are worth.
struct Digest::State {
    static constexpr std::size_t kPendingMax = 512;

    XXH3_state_t* hasher = XXH3_createState();
    std::array<std::byte, kPendingMax> pending;
    std::size_t pending_size = 0;

    State() {
        LOWU_ASSERT(hasher != nullptr, "out of memory for a digest");
        XXH3_128bits_reset(hasher);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { XXH3_freeState(hasher); }

    void flush() {
        XXH3_128bits_update(hasher, pending.data(), pending_size);
        pending_size = 0;
    }
};

Digest::Digest() : state_(std::make_unique<State>()) {}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::add_word(std::uint64_t word) {
    if (state_->pending_size + sizeof(word) > State::kPendingMax) {
        state_->flush();
    }
    for (std::size_t index = 0; index < sizeof(word); ++index) {
        state_->pending[state_->pending_size + index] =
            static_cast<std::byte>((word >> (8 * index)) & 0xFF);
    }
    state_->pending_size += sizeof(word);
}

void Digest::add(const Hash128& hash) {
    add_word(hash.high);
    add_word(hash.low);
}

void Digest::add_text(std::string_view text) {
    add_bytes(std::as_bytes(std::span(text.data(), text.size())));
}

void Digest::add_bytes(std::span<const std::byte> bytes) {
    add_word(bytes.size());
    if (bytes.size() > State::kPendingMax - state_->pending_size) {
        state_->flush();
    }
    if (bytes.size() > State::kPendingMax) {
        XXH3_128bits_update(state_->hasher, bytes.data(), bytes.size());
    } else if (!bytes.empty()) {
        std::memcpy(state_->pending.data() + state_->pending_size, bytes.data(), bytes.size());
        state_->pending_size += bytes.size();
    }
}

Hash128 Digest::finish() {
    state_->flush();
    const XXH128_hash_t hash = XXH3_128bits_digest(state_->hasher);
    return Hash128{hash.high64, hash.low64};
}

}  // namespace lowu
