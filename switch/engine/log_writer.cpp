// The log writer; see log_writer.hpp.
#include "switch/engine/log_writer.hpp"

#include "switch/core/limits.hpp"

namespace lowu::engine {

Result<void> LogWriter::acquire() {
    auto epoch = log_.acquire();
    if (!epoch.ok()) return epoch.error();
    epoch_ = *epoch;
    return log_.ensure_space(core::kMaxBatchBytes);
}

log::AppendOutcome LogWriter::append(SealedBatch& batch) {
    const auto outcome =
        log_.append(epoch_, batch.first.value, batch.count, log_.head().hash, batch.buffer);
    // Room for the next batch is made while nobody waits; when it cannot be, low_on_space() tells
    // the runner.
    if (outcome == log::AppendOutcome::kOk) {
        static_cast<void>(log_.ensure_space(core::kMaxBatchBytes));
    }
    return outcome;
}

}  // namespace lowu::engine
