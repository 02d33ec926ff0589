// Reads bodies of old records back from the log, for banks that were away longer than the engine's
// cache reaches back. Engine's thread.
#pragma once

#include <map>
#include <memory>

#include "common/log/batch_log.hpp"
#include "switch/engine/types.hpp"
#include "switch/journal/batch.hpp"

namespace lowu::engine {

class LogBodies final : public BodySource {
public:
    explicit LogBodies(log::BatchLog& log) : log_(log) {}

    Result<journal::Body> load(core::Sequence sequence) override;

private:
    Result<void> read_batch(core::Sequence sequence);

    log::BatchLog& log_;
    std::unique_ptr<log::BatchReader> reader_;
    journal::RecordReader records_;
    core::Sequence first_;  ///< Of the batch whose bodies are kept.
    core::Sequence last_;
    std::map<core::Sequence, journal::Body> bodies_;
};

}  // namespace lowu::engine
