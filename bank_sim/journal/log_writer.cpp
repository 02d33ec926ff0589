// A bank process's log: replayed, owned, appended to. See log_writer.hpp.
#include "bank_sim/journal/log_writer.hpp"

#include <memory>
#include <string>
#include <utility>

#include "lowu/banklog/v1/banklog.pb.h"

namespace lowu::bank {
namespace {

// Between two reports of a replay, in records.
constexpr std::uint64_t kProgressRecords = 100'000;

Result<void> replay_batch(const banklog::v1::Batch& batch, std::uint64_t sequence, BankSet& banks) {
    for (const banklog::v1::Record& record : batch.records()) {
        if (Result<void> taken = banks.replay(record); !taken) {
            const Error& error = taken.error();
            const bool file = error.kind == Error::Kind::kInvalid;
            return Error{
                error.kind,
                file ? error.what : "record " + std::to_string(sequence) + ": " + error.what};
        }
        ++sequence;
    }
    return {};
}

}  // namespace

log::LogOptions log_options() {
    log::LogOptions options;
    options.form = std::string(kLogForm);
    options.rules_version = kLogRulesVersion;
    options.max_payload_bytes = kMaxBatchBytes;
    options.missing = log::MissingLog::kCreate;
    return options;
}

Result<void> replay_log(log::BatchLog& log, BankSet& banks, const ReplayProgress& progress) {
    const std::uint64_t last = log.head().next_sequence - 1;
    if (last == 0) {
        return {};
    }
    auto reader = log.read(1);
    if (!reader.ok()) {
        return std::move(reader).error();
    }
    BatchReader records;
    std::uint64_t report_at = kProgressRecords;
    while (true) {
        auto view = (*reader)->read_next(last);
        if (!view.ok()) {
            return std::move(view).error();
        }
        if (!view->has_value()) {
            return {};
        }
        auto batch = records.read(**view);
        if (!batch.ok()) {
            return std::move(batch).error();
        }
        if (Result<void> taken = replay_batch(**batch, (*view)->first_sequence, banks); !taken) {
            return taken;
        }
        if ((*view)->last_sequence() >= report_at) {
            report_at = (*view)->last_sequence() + kProgressRecords;
            if (!progress((*view)->last_sequence(), last)) {
                return Error{Error::Kind::kUnavailable, "stopped while replaying the log"};
            }
        }
    }
}

Result<void> LogWriter::acquire() {
    auto epoch = log_.acquire();
    if (!epoch.ok()) {
        return std::move(epoch).error();
    }
    epoch_ = *epoch;
    return log_.ensure_space(kMaxBatchBytes);
}

Result<void> LogWriter::append_all(BatchBuilder& builder) {
    SealedBatch batch;
    while (!builder.empty()) {
        static_cast<void>(builder.seal(batch));
        if (auto room = log_.ensure_space(batch.buffer.payload_bytes()); !room.ok()) {
            return room;
        }
        if (append(batch) != log::AppendOutcome::kOk) {
            return Error{Error::Kind::kUnknown,
                         "what starting has put into the log may not be durable: " +
                             (log_.failure() ? log_.failure()->what : "no reason given")};
        }
    }
    return {};
}

bool LogWriter::has_room(const SealedBatch& batch) {
    return log_.ensure_space(batch.buffer.payload_bytes()).ok() || log_.failure().has_value();
}

log::AppendOutcome LogWriter::append(SealedBatch& batch) {
    return log_.append(epoch_, batch.first, batch.count, log_.head().hash, batch.buffer);
}

bool LogWriter::prepare() {
    return log_.ensure_space(kMaxBatchBytes).ok() && !log_.low_on_space();
}

}  // namespace lowu::bank
