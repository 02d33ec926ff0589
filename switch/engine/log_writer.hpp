// The log writer: appends sealed batches under its epoch, on the log's thread. A step machine: one
// call, one batch, durable when it returns kOk. Anything else is the end of this process's writing:
// the runner releases nothing more and exits; recovery reads the tail.
#pragma once

#include <array>
#include <cstdint>

#include "common/log/batch_log.hpp"
#include "switch/core/types.hpp"

namespace lowu::engine {

/// A batch on its way to the log.
struct SealedBatch {
    core::Sequence first;
    std::uint32_t count = 0;
    log::BatchBuffer buffer;
    /// Cell::decisions of both rails after it, which the follower must come to as well.
    std::array<std::uint64_t, 2> decisions{};

    [[nodiscard]] core::Sequence last() const { return core::Sequence{first.value + count - 1}; }
};

class LogWriter {
public:
    explicit LogWriter(log::BatchLog& log) : log_(log) {}

    /// Becomes the log's owner.
    [[nodiscard]] Result<void> acquire();
    [[nodiscard]] log::AppendOutcome append(SealedBatch& batch);

private:
    log::BatchLog& log_;
    std::uint64_t epoch_ = 0;
};

}  // namespace lowu::engine
