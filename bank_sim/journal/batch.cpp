// Batches of a bank process's log. See batch.hpp.
#include "bank_sim/journal/batch.hpp"

#include <google/protobuf/io/coded_stream.h>

#include <string>
#include <utility>

#include "common/base/assert.hpp"
#include "lowu/banklog/v1/banklog.pb.h"

namespace lowu::bank {
namespace {

using google::protobuf::io::CodedOutputStream;

// Of an element of Batch.records: field 1, with a length.
constexpr std::uint8_t kRecordTag = (banklog::v1::Batch::kRecordsFieldNumber << 3) | 2;

}  // namespace

void BatchBuilder::take(const banklog::v1::Record& record) {
    if (gathering_.buffer.payload_bytes() >= kFullBatchBytes) {
        full_.push_back(std::exchange(gathering_, SealedBatch{}));
    }
    if (gathering_.count == 0) {
        gathering_.first = next_;
        gathering_.buffer.clear();
    }
    const auto size = static_cast<std::uint32_t>(record.ByteSizeLong());
    LOWU_ASSERT(size <= kMaxRecordBytes, "what comes from outside has a limit (limits.hpp)");
    const std::size_t length_bytes = CodedOutputStream::VarintSize32(size);
    const auto room = gathering_.buffer.extend(1 + length_bytes + size);
    auto* to = reinterpret_cast<std::uint8_t*>(room.data());
    *to = kRecordTag;
    to = CodedOutputStream::WriteVarint32ToArray(size, to + 1);
    record.SerializeWithCachedSizesToArray(to);
    ++gathering_.count;
    ++next_;
}

bool BatchBuilder::seal(SealedBatch& batch) {
    LOWU_ASSERT(!empty(), "a batch carries at least one record");
    if (!full_.empty()) {
        batch = std::move(full_.front());
        full_.pop_front();
        return false;
    }
    std::swap(batch, gathering_);
    gathering_.count = 0;
    gathering_.buffer.clear();
    return true;
}

BatchReader::BatchReader() : batch_(std::make_unique<banklog::v1::Batch>()) {}
BatchReader::~BatchReader() = default;

Result<const banklog::v1::Batch*> BatchReader::read(const log::BatchView& view) {
    const bool parsed =
        batch_->ParseFromArray(view.payload.data(), static_cast<int>(view.payload.size()));
    if (!parsed || static_cast<std::uint32_t>(batch_->records_size()) != view.count) {
        return Error{Error::Kind::kCorrupt, "the batch at sequence " +
                                                std::to_string(view.first_sequence) +
                                                " does not hold the records it should"};
    }
    return batch_.get();
}

}  // namespace lowu::bank
