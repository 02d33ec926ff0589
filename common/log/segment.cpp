// Name and header block of a segment: see segment.hpp.
#include "common/log/segment.hpp"

#include <algorithm>
#include <cstring>

#include "common/base/assert.hpp"
#include "common/log/little_endian.hpp"

namespace lowu::log {
namespace {

constexpr std::string_view kMagic = "LOWULOG1";
constexpr std::string_view kPrefix = "segment-";
constexpr std::string_view kSuffix = ".log";
constexpr std::size_t kNumberDigits = 10;

constexpr std::size_t kFormatVersionAt = 8;
constexpr std::size_t kRulesVersionAt = 12;
constexpr std::size_t kFormLengthAt = 16;
constexpr std::size_t kFormAt = 20;
constexpr std::size_t kNumberAt = 88;
constexpr std::size_t kSegmentBytesAt = 96;
constexpr std::size_t kEpochAt = 104;
constexpr std::size_t kFirstSequenceAt = 112;
constexpr std::size_t kPreviousHashAt = 120;
constexpr std::size_t kLogIdAt = 136;
constexpr std::size_t kCheckAt = 152;
static_assert(kFormAt + kFormIdMaxBytes <= kNumberAt);

}  // namespace

std::string segment_file_name(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    LOWU_ASSERT(digits.size() <= kNumberDigits, "ten digits last for centuries");
    return std::string(kPrefix) + std::string(kNumberDigits - digits.size(), '0') + digits +
           std::string(kSuffix);
}

std::optional<std::uint64_t> segment_number(std::string_view file_name) {
    if (file_name.size() != kPrefix.size() + kNumberDigits + kSuffix.size() ||
        !file_name.starts_with(kPrefix) || !file_name.ends_with(kSuffix)) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    for (const char digit : file_name.substr(kPrefix.size(), kNumberDigits)) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return number > 0 ? std::optional(number) : std::nullopt;
}

void encode_segment_header(const SegmentHeader& header, std::span<std::byte> block) {
    LOWU_ASSERT(block.size() == kSegmentHeaderBytes, "the header block has a fixed size");
    LOWU_ASSERT(header.form.size() <= kFormIdMaxBytes, "the form id was checked at open");
    std::fill(block.begin(), block.end(), std::byte{0});
    std::memcpy(block.data(), kMagic.data(), kMagic.size());
    store(block, kFormatVersionAt, kFormatVersion);
    store(block, kRulesVersionAt, header.rules_version);
    store(block, kFormLengthAt, static_cast<std::uint32_t>(header.form.size()));
    std::memcpy(block.data() + kFormAt, header.form.data(), header.form.size());
    store(block, kNumberAt, header.number);
    store(block, kSegmentBytesAt, header.segment_bytes);
    store(block, kEpochAt, header.start.epoch);
    store(block, kFirstSequenceAt, header.start.next_sequence);
    store_hash(block, kPreviousHashAt, header.start.hash);
    store_hash(block, kLogIdAt, header.log);
    store_hash(block, kCheckAt, hash128(std::span<const std::byte>(block.first(kCheckAt))));
}

Error other_format_version(const std::string& path, std::uint32_t format_version) {
    return Error{Error::Kind::kInvalid,
                 path + " has format version " + std::to_string(format_version) +
                     ", but this program reads " + std::to_string(kFormatVersion) +
                     "; go on with the release that wrote it, or begin in an empty directory"};
}

DecodedSegment decode_segment_header(std::span<const std::byte> block) {
    LOWU_ASSERT(block.size() >= kSegmentHeaderBytes, "the caller has read the whole block");
    block = block.first(kSegmentHeaderBytes);
    DecodedSegment decoded;
    if (std::all_of(block.begin(), block.end(), [](std::byte b) { return b == std::byte{0}; })) {
        decoded.state = SegmentState::kSpare;
        return decoded;
    }
    if (std::memcmp(block.data(), kMagic.data(), kMagic.size()) != 0) {
        return decoded;
    }
    decoded.format_version = load<std::uint32_t>(block, kFormatVersionAt);
    if (decoded.format_version != kFormatVersion) {
        decoded.state = SegmentState::kOtherVersion;
        return decoded;
    }
    const auto form_bytes = load<std::uint32_t>(block, kFormLengthAt);
    if (hash128(block.first(kCheckAt)) != load_hash(block, kCheckAt) ||
        form_bytes > kFormIdMaxBytes) {
        return decoded;
    }
    decoded.state = SegmentState::kValid;
    SegmentHeader& header = decoded.header;
    header.form.resize(form_bytes);
    std::memcpy(header.form.data(), block.data() + kFormAt, form_bytes);
    header.rules_version = load<std::uint32_t>(block, kRulesVersionAt);
    header.number = load<std::uint64_t>(block, kNumberAt);
    header.segment_bytes = load<std::uint64_t>(block, kSegmentBytesAt);
    header.log = load_hash(block, kLogIdAt);
    header.start.epoch = load<std::uint64_t>(block, kEpochAt);
    header.start.next_sequence = load<std::uint64_t>(block, kFirstSequenceAt);
    header.start.hash = load_hash(block, kPreviousHashAt);
    return decoded;
}

}  // namespace lowu::log
