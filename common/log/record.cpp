// Layout and chain of records: see record.hpp.
#include "common/log/record.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/log/little_endian.hpp"

namespace lowu::log {
namespace {

constexpr std::uint32_t kBatchMagic = 0x4341424CU;  // "LBAC" on the disk
constexpr std::uint32_t kEpochMagic = 0x4F50454CU;  // "LEPO" on the disk

constexpr std::size_t kHashAt = 0;
constexpr std::size_t kCheckAt = 16;
constexpr std::size_t kMagicAt = 20;
constexpr std::size_t kPayloadBytesAt = 24;
constexpr std::size_t kCountAt = 28;
constexpr std::size_t kEpochAt = 32;
constexpr std::size_t kFirstSequenceAt = 40;
constexpr std::size_t kPreviousHashAt = 48;
static_assert(kPreviousHashAt + 16 == kRecordHeaderBytes);

std::uint32_t check_of(std::span<const std::byte> header) {
    return static_cast<std::uint32_t>(
        hash64(header.subspan(kMagicAt, kRecordHeaderBytes - kMagicAt)));
}

}  // namespace

Hash128 seal_record(std::span<std::byte> record, const RecordHeader& header) {
    LOWU_ASSERT(record.size() >= kRecordHeaderBytes, "a record has room for its header");
    const auto payload_bytes = static_cast<std::uint32_t>(record.size() - kRecordHeaderBytes);
    store(record, kMagicAt, header.kind == RecordKind::kBatch ? kBatchMagic : kEpochMagic);
    store(record, kPayloadBytesAt, payload_bytes);
    store(record, kCountAt, header.count);
    store(record, kEpochAt, header.epoch);
    store(record, kFirstSequenceAt, header.first_sequence);
    store_hash(record, kPreviousHashAt, header.previous_hash);
    store(record, kCheckAt, check_of(record));
    const Hash128 hash = hash128(std::span<const std::byte>(record.subspan(kCheckAt)));
    store_hash(record, kHashAt, hash);
    return hash;
}

HeaderState parse_record_header(std::span<const std::byte> bytes, RecordHeader& header) {
    LOWU_ASSERT(bytes.size() >= kRecordHeaderBytes, "the caller has read a whole header");
    const auto magic = load<std::uint32_t>(bytes, kMagicAt);
    if ((magic == kBatchMagic || magic == kEpochMagic) &&
        load<std::uint32_t>(bytes, kCheckAt) == check_of(bytes)) {
        header.kind = magic == kBatchMagic ? RecordKind::kBatch : RecordKind::kEpoch;
        header.payload_bytes = load<std::uint32_t>(bytes, kPayloadBytesAt);
        header.count = load<std::uint32_t>(bytes, kCountAt);
        header.epoch = load<std::uint64_t>(bytes, kEpochAt);
        header.first_sequence = load<std::uint64_t>(bytes, kFirstSequenceAt);
        header.previous_hash = load_hash(bytes, kPreviousHashAt);
        header.hash = load_hash(bytes, kHashAt);
        return HeaderState::kValid;
    }
    const std::span<const std::byte> first = bytes.first(kRecordHeaderBytes);
    const bool zero = std::all_of(first.begin(), first.end(),
                                  [](std::byte byte) { return byte == std::byte{0}; });
    return zero ? HeaderState::kZero : HeaderState::kDamaged;
}

bool sealed(std::span<const std::byte> record, const RecordHeader& header) {
    LOWU_ASSERT(record.size() == kRecordHeaderBytes + header.payload_bytes,
                "the caller has read the whole record");
    return hash128(record.subspan(kCheckAt)) == header.hash;
}

const char* fault_in_chain(const LogHead& head, const RecordHeader& header) {
    if (header.previous_hash != head.hash) {
        return "it does not carry the hash of the record before it";
    }
    if (header.first_sequence != head.next_sequence) {
        return "its first sequence is another one";
    }
    if (header.kind == RecordKind::kEpoch) {
        if (header.epoch <= head.epoch) {
            return "its epoch is not later than the one before";
        }
        return header.count == 0 && header.payload_bytes == 0 ? nullptr
                                                              : "an epoch carries no commands";
    }
    if (header.epoch != head.epoch) {
        return "its owner never acquired the log";
    }
    return header.count > 0 ? nullptr : "it carries no command";
}

LogHead head_after(const RecordHeader& header) {
    return LogHead{.epoch = header.epoch,
                   .next_sequence = header.first_sequence + header.count,
                   .hash = header.hash};
}

}  // namespace lowu::log
