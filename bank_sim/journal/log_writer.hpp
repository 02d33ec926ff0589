// LogWriter: a bank process's hand on its log: becomes its owner, appends one batch at a time,
// replays it at start. A step machine over BatchLog. Called by main() at start, then by the log's
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "bank_sim/journal/bank_set.hpp"
#include "bank_sim/journal/batch.hpp"
#include "common/base/result.hpp"
#include "common/log/batch_log.hpp"
#include "common/log/recovery.hpp"

namespace lowu::bank {

/// What a log of a bank process calls itself, and what its rules are worth to it: replay never
/// crosses a change of this number, so whatever changes what a bank does changes it.
inline constexpr std::string_view kLogForm = "bank_sim";
inline constexpr std::uint32_t kLogRulesVersion = 2;

[[nodiscard]] log::LogOptions log_options();

/// Told now and then how far a replay is; false ends it (kUnavailable).
using ReplayProgress = std::function<bool(std::uint64_t sequence, std::uint64_t last)>;

/// Takes up everything that the log holds. The error names the record.
[[nodiscard]] Result<void> replay_log(log::BatchLog& log, BankSet& banks,
                                      const ReplayProgress& progress);

class LogWriter {
public:
    explicit LogWriter(log::BatchLog& log) : log_(log) {}

    /// Becomes the log's owner, with room for a batch.
    [[nodiscard]] Result<void> acquire();
    /// Appends everything that was gathered: at start, when nobody waits.
    [[nodiscard]] Result<void> append_all(BatchBuilder& builder);

    /// Whether the batch can be appended: what cannot must wait, and nothing may come after it.
    [[nodiscard]] bool has_room(const SealedBatch& batch);
    /// has_room() has said so. Anything but kOk is the end of this process's writing.
    [[nodiscard]] log::AppendOutcome append(SealedBatch& batch);
    /// Looks for room for the next batch; false when there may not be any.
    [[nodiscard]] bool prepare();

private:
    log::BatchLog& log_;
    std::uint64_t epoch_ = 0;
};

}  // namespace lowu::bank
