// Batches; see batch.hpp. A payload is a serialised lowu.journal.v1.Batch. The builder writes it
// field by field (a repeated message is tag, length, bytes), so that one recycled record serves for
// all.
#include "switch/journal/batch.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "common/base/assert.hpp"
#include "lowu/journal/v1/journal.pb.h"

namespace lowu::journal {

BatchBuilder::BatchBuilder() : record_(std::make_unique<v1::Record>()) {}
BatchBuilder::~BatchBuilder() = default;

void BatchBuilder::add(const core::Stamp& stamp, core::Rail rail, const core::Command& command,
                       const Body& body) {
    using google::protobuf::internal::WireFormatLite;
    using google::protobuf::io::CodedOutputStream;
    LOWU_ASSERT(count_ == 0 || stamp.sequence == last_.next(), "sequence numbers are consecutive");
    if (count_ == 0) first_ = stamp.sequence;
    last_ = stamp.sequence;
    ++count_;
    encode(stamp, rail, command, body, *record_);
    const std::size_t size = record_->ByteSizeLong();
    constexpr std::uint32_t kTag = static_cast<std::uint32_t>(v1::Batch::kRecordsFieldNumber << 3) |
                                   WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    const std::size_t head = CodedOutputStream::VarintSize32(kTag) +
                             CodedOutputStream::VarintSize32(static_cast<std::uint32_t>(size));
    auto* out = reinterpret_cast<std::uint8_t*>(buffer_.extend(head + size).data());
    out = CodedOutputStream::WriteVarint32ToArray(kTag, out);
    out = CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(size), out);
    record_->SerializeWithCachedSizesToArray(out);
}

void BatchBuilder::take(log::BatchBuffer& batch) {
    std::swap(buffer_, batch);
    buffer_.clear();
    count_ = 0;
}

struct RecordReader::State {
    v1::Batch batch;
    core::Sequence sequence;
    int position = 0;
};

RecordReader::RecordReader() : state_(std::make_unique<State>()) {}
RecordReader::~RecordReader() = default;

Result<void> RecordReader::open(std::span<const std::byte> payload, core::Sequence first) {
    state_->sequence = first;
    state_->position = 0;
    if (!state_->batch.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
        return Error{Error::Kind::kCorrupt, "batch at sequence " + std::to_string(first.value) +
                                                " is no batch of records"};
    }
    return {};
}

Result<bool> RecordReader::next(Entry& entry) {
    if (state_->position >= state_->batch.records_size()) return false;
    const auto decoded = decode(state_->batch.records(state_->position), state_->sequence, entry);
    if (!decoded.ok()) return decoded.error();
    ++state_->position;
    state_->sequence = state_->sequence.next();
    return true;
}

}  // namespace lowu::journal
