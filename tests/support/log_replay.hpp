// Reading a log record by record: as a switch recovers from it, and as it reads one body back.
// Exists because the program's own readers live in switch/app, which tests do not link. Used by
// tests on one thread.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "common/log/batch_log.hpp"
#include "switch/engine/types.hpp"
#include "switch/journal/batch.hpp"

namespace lowu::support {

/// Hands over every record from the first to the log's head, in order. The entry may be moved from.
inline Result<void> for_each_record(log::BatchLog& log,
                                    const std::function<void(journal::Entry&)>& take) {
    const std::uint64_t last = log.head().next_sequence - 1;
    if (last == 0) return {};
    auto reader = log.read(1);
    if (!reader.ok()) return reader.error();
    journal::RecordReader records;
    journal::Entry entry;
    for (std::uint64_t done = 0; done < last;) {
        const auto batch = (*reader)->read_next(last);
        if (!batch.ok()) return batch.error();
        if (!*batch) return Error{Error::Kind::kCorrupt, "the log ends before its own tail"};
        const core::Sequence first{(*batch)->first_sequence};
        if (auto opened = records.open((*batch)->payload, first); !opened.ok()) return opened;
        while (true) {
            const auto more = records.next(entry);
            if (!more.ok()) return more.error();
            if (!*more) break;
            take(entry);
        }
        done = (*batch)->last_sequence();
    }
    return {};
}

/// Bodies as the engine asks for them when its cache no longer has them.
class BodiesOfLog final : public engine::BodySource {
public:
    explicit BodiesOfLog(log::BatchLog& log) : log_(log) {}

    Result<journal::Body> load(core::Sequence sequence) override {
        ++loads_;
        if (!reader_) {
            auto reader = log_.read(1);
            if (!reader.ok()) return reader.error();
            reader_ = std::move(reader).value();
        }
        const auto batch = reader_->read_at(sequence.value);
        if (!batch.ok()) return batch.error();
        const core::Sequence first{batch->first_sequence};
        if (auto opened = records_.open(batch->payload, first); !opened.ok()) {
            return opened.error();
        }
        journal::Entry entry;
        while (true) {
            const auto more = records_.next(entry);
            if (!more.ok()) return more.error();
            if (!*more) break;
            if (entry.stamp.sequence == sequence) return std::move(entry.body);
        }
        return Error{Error::Kind::kNotFound, "no such record"};
    }

    [[nodiscard]] std::uint64_t loads() const { return loads_; }

private:
    log::BatchLog& log_;
    std::unique_ptr<log::BatchReader> reader_;
    journal::RecordReader records_;
    std::uint64_t loads_ = 0;
};

}  // namespace lowu::support
