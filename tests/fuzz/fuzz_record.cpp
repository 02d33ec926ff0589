// A payload of the switch's log. Whatever journal::decode takes, journal::encode must write again,
// and what that wrote must read the same: a follower, a restarted switch and `log inspect` all see
// one history. See targets.hpp.
#include <string>

#include "common/base/assert.hpp"
#include "lowu/journal/v1/journal.pb.h"
#include "switch/journal/batch.hpp"
#include "tests/fuzz/targets.hpp"

namespace lowu::fuzz {
namespace {

std::string written(const journal::Entry& entry) {
    journal::v1::Record record;
    journal::encode(entry.stamp, entry.rail, entry.command, entry.body, record);
    return record.SerializeAsString();
}

void check_round_trip(const journal::Entry& entry) {
    const std::string first = written(entry);
    journal::v1::Record record;
    LOWU_ASSERT(record.ParseFromString(first), "what was written is a record");
    journal::Entry again;
    LOWU_ASSERT(journal::decode(record, entry.stamp.sequence, again).ok(),
                "encode never writes what decode would refuse");
    LOWU_ASSERT(again.command.index() == entry.command.index(), "a command keeps its kind");
    LOWU_ASSERT(journal::describe(again.rail, again.command) ==
                    journal::describe(entry.rail, entry.command),
                "a command is the same when it is read again");
    LOWU_ASSERT(written(again) == first, "and is written the same");
}

}  // namespace

int fuzz_record(std::span<const std::byte> input) {
    journal::RecordReader reader;
    if (!reader.open(input, core::Sequence{1}).ok()) return 0;
    journal::BatchBuilder builder;
    journal::Entry entry;
    while (true) {
        const Result<bool> more = reader.next(entry);
        if (!more.ok() || !*more) break;
        check_round_trip(entry);
        builder.add(entry.stamp, entry.rail, entry.command, entry.body);
    }
    const std::uint32_t count = builder.count();
    log::BatchBuffer batch;
    builder.take(batch);
    LOWU_ASSERT(reader.open(batch.payload(), core::Sequence{1}).ok(), "a batch is a batch again");
    for (std::uint32_t i = 0; i < count; ++i) {
        const Result<bool> more = reader.next(entry);
        LOWU_ASSERT(more.ok() && *more, "with as many records");
    }
    return static_cast<int>(count);
}

}  // namespace lowu::fuzz
