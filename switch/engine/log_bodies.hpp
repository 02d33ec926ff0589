// Reads bodies of old records back from the log, for banks that were away longer than the engine's
// cache reaches back; from the archive, when the log has dropped them. Engine's thread.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "common/log/batch_log.hpp"
#include "switch/engine/types.hpp"
#include "switch/journal/batch.hpp"

namespace lowu::engine {

class LogBodies final : public BodySource {
public:
    /// The batch that contains a sequence number and is not in the log any more; what it gives is
    /// valid until it is called again.
    using Older = std::function<Result<log::BatchView>(core::Sequence)>;

    explicit LogBodies(log::BatchLog& log, Older older = {})
        : log_(log), older_(std::move(older)) {}

    Result<journal::Body> load(core::Sequence sequence) override;

private:
    Result<void> read_batch(core::Sequence sequence);
    [[nodiscard]] Result<log::BatchView> find_batch(core::Sequence sequence);
    [[nodiscard]] Result<log::BatchView> read_in_log(core::Sequence sequence);

    log::BatchLog& log_;
    const Older older_;
    std::unique_ptr<log::BatchReader> reader_;
    journal::RecordReader records_;
    core::Sequence first_;  ///< Of the batch whose bodies are kept.
    core::Sequence last_;
    std::map<core::Sequence, journal::Body> bodies_;
};

}  // namespace lowu::engine
