// Batches: the unit of the log. BatchBuilder gathers records into the log's own buffer;
// RecordReader gives them back one by one. The engine builds, the follower and recovery read; each
// object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "common/base/result.hpp"
#include "common/log/batch_log.hpp"
#include "switch/journal/record.hpp"

namespace lowu::journal {

class BatchBuilder {
public:
    BatchBuilder();
    ~BatchBuilder();
    BatchBuilder(const BatchBuilder&) = delete;
    BatchBuilder& operator=(const BatchBuilder&) = delete;

    /// Appends one record; sequence numbers are consecutive.
    void add(const core::Stamp& stamp, core::Rail rail, const core::Command& command,
             const Body& body);

    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::uint32_t count() const { return count_; }
    [[nodiscard]] std::size_t bytes() const { return buffer_.payload_bytes(); }
    [[nodiscard]] core::Sequence first() const { return first_; }
    [[nodiscard]] core::Sequence last() const { return last_; }

    /// Swaps the gathered batch into `batch` and starts over in the memory that `batch` brought.
    void take(log::BatchBuffer& batch);

private:
    std::unique_ptr<v1::Record> record_;
    log::BatchBuffer buffer_;
    std::uint32_t count_ = 0;
    core::Sequence first_;
    core::Sequence last_;
};

class RecordReader {
public:
    RecordReader();
    ~RecordReader();
    RecordReader(const RecordReader&) = delete;
    RecordReader& operator=(const RecordReader&) = delete;

    /// Takes a payload whose records begin at `first`. Error kCorrupt when it is no Batch.
    [[nodiscard]] Result<void> open(std::span<const std::byte> payload, core::Sequence first);
    /// The next record into `entry`; false at the end.
    [[nodiscard]] Result<bool> next(Entry& entry);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lowu::journal
