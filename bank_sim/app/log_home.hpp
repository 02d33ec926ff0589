// LogHome: a bank process's log on the disk: directory, lock, recovery, replay. Exists so that
// main() reads as what it does. Without a directory there is none. Main thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bank_sim/app/options.hpp"
#include "bank_sim/journal/bank_set.hpp"
#include "bank_sim/journal/journal.hpp"
#include "bank_sim/journal/log_writer.hpp"
#include "bank_sim/journal/unsynced_directory.hpp"
#include "common/base/result.hpp"
#include "common/log/posix_file.hpp"
#include "common/log/segment_log.hpp"

namespace lowu::bank {

class LogHome {
public:
    /// Opens the log of the options, and says in the program's log what there is.
    [[nodiscard]] static Result<LogHome> open(const Options& options);

    /// What ListBanks says.
    [[nodiscard]] const std::string& mode() const { return mode_; }
    /// The banks take up what the log holds, with progress in the program's log. `stopped`: asked
    /// now and then whether the program shall end.
    [[nodiscard]] Result<void> replay(BankSet& banks, const std::function<bool()>& stopped);
    /// Where the banks write; nullptr without a log.
    [[nodiscard]] InputSink* sink() { return journal_ ? &journal_->sink() : nullptr; }
    /// Becomes the owner, makes durable what starting has written, and holds the banks back from
    /// now on.
    [[nodiscard]] Result<void> begin(const BankSet& banks);

    /// With a log.
    [[nodiscard]] bool there() const { return log_ != nullptr; }
    [[nodiscard]] Journal& journal() { return *journal_; }
    [[nodiscard]] LogWriter& writer() { return *writer_; }
    [[nodiscard]] log::BatchLog& log() { return *log_; }

private:
    LogHome() = default;

    std::string mode_ = "memory";
    std::unique_ptr<log::PosixDirectory> disk_;
    std::unique_ptr<UnsyncedDirectory> unsynced_;
    std::unique_ptr<log::SegmentLog> log_;
    std::unique_ptr<LogWriter> writer_;
    std::unique_ptr<Journal> journal_;
};

}  // namespace lowu::bank
