// BatchBuffer: see batch_log.hpp.
#include "common/log/batch_log.hpp"

namespace lowu::log {

BatchBuffer::BatchBuffer(std::size_t reserve_payload_bytes) {
    bytes_.reserve(kHeaderRoomBytes + reserve_payload_bytes);
    bytes_.resize(kHeaderRoomBytes);
}

void BatchBuffer::append(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::span<std::byte> BatchBuffer::extend(std::size_t bytes) {
    const std::size_t before = bytes_.size();
    bytes_.resize(before + bytes);
    return std::span<std::byte>(bytes_).subspan(before);
}

}  // namespace lowu::log
