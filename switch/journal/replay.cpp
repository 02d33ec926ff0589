// Reads a log from its first record to its head; see replay.hpp.
#include "switch/journal/replay.hpp"

#include "switch/journal/batch.hpp"

namespace lowu::journal {

Result<void> for_each_record(log::BatchLog& log, core::Sequence from,
                             const std::function<void(Entry&)>& take) {
    const std::uint64_t last = log.head().next_sequence - 1;
    if (last < from.value) return {};
    auto reader = log.read(from.value);
    if (!reader.ok()) return reader.error();
    RecordReader records;
    Entry entry;
    for (std::uint64_t done = from.value - 1; done < last;) {
        const auto batch = (*reader)->read_next(last);
        if (!batch.ok()) return batch.error();
        if (!*batch) return Error{Error::Kind::kCorrupt, "the log ends before its own tail"};
        const core::Sequence first{(*batch)->first_sequence};
        if (auto opened = records.open((*batch)->payload, first); !opened.ok()) return opened;
        while (true) {
            const auto more = records.next(entry);
            if (!more.ok()) return more.error();
            if (!*more) break;
            if (entry.stamp.sequence >= from) take(entry);
        }
        done = (*batch)->last_sequence();
    }
    return {};
}

}  // namespace lowu::journal
