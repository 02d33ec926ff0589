// Reading the archive, from any thread; see archive.hpp. Every call looks at the database as it is
// when it begins. Looking for one payment is in archive_search.cpp.
#include <algorithm>

#include "switch/follower/archive.hpp"
#include "switch/follower/archive_tables.hpp"

namespace lowu::follower {
namespace {

std::string_view view(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

std::string at_sequence(core::Sequence sequence) {
    return " at sequence " + std::to_string(sequence.value);
}

}  // namespace

Result<ArchivedBatch> Archive::read_batch(core::Sequence sequence) const {
    const auto row = tables_->iterate(tables_->batches);
    row->Seek(sequence_key(sequence));
    if (!row->status().ok()) return tables_->error("read", row->status());
    const Error missing{
        Error::Kind::kNotFound,
        tables_->directory + ": the archive holds no batch" + at_sequence(sequence)};
    if (!row->Valid()) return missing;
    Unpacker in(view(row->value()));
    ArchivedBatch batch;
    batch.view.first_sequence = in.fixed64();
    batch.view.count = in.fixed32();
    batch.view.epoch = in.fixed64();
    batch.view.previous_hash = in.hash();
    batch.view.hash = in.hash();
    if (!in.ok() || batch.view.count == 0 ||
        batch.view.last_sequence() != sequence_of_key(view(row->key())).value) {
        return tables_->corrupt("the batch" + at_sequence(sequence) + " cannot be read");
    }
    if (batch.view.first_sequence > sequence.value) return missing;
    const auto payload = std::as_bytes(std::span(in.bytes(in.left())));
    batch.payload.assign(payload.begin(), payload.end());
    batch.view.payload = batch.payload;
    return batch;
}

Result<void> Archive::list_before(core::Rail rail, core::Sequence before,
                                  const std::function<bool(const ArchivedLeg&)>& take) const {
    if (before.value == 0) return {};
    const std::string prefix = leg_prefix(LegClass::kBegins, rail);
    const auto row = tables_->iterate(tables_->legs);
    LegRowKey last{LegClass::kBegins, rail, (before.value - 1) / kWindowSequences,
                   core::Sequence{~std::uint64_t{0}}};
    std::vector<ArchivedLeg> legs;  // Of one window.
    row->SeekForPrev(leg_key(last));
    while (row->Valid() && row->key().starts_with(prefix)) {
        Unpacker key(view(row->key()).substr(prefix.size()));
        const std::uint64_t window = key.key64();
        legs.clear();
        // All rows of the window, those of the latest command first.
        for (; row->Valid() && row->key().starts_with(prefix); row->Prev()) {
            Unpacker one(view(row->key()).substr(prefix.size()));
            if (one.key64() != window) break;
            const core::Sequence forgotten{one.key64()};
            const bool whole = for_each_leg(view(row->value()), [&](std::string_view packed) {
                auto leg = unpack_leg(packed);
                if (!leg) return false;
                leg->rail = rail;
                leg->forgotten = forgotten;
                if (leg->payment().body_sequence < before) legs.push_back(std::move(*leg));
                return true;
            });
            if (!whole) {
                return tables_->corrupt("the payments forgotten" + at_sequence(forgotten) +
                                        " cannot be read");
            }
        }
        std::stable_sort(legs.begin(), legs.end(), [](const auto& left, const auto& right) {
            return left.payment().body_sequence > right.payment().body_sequence;
        });
        // By their instruction, not their UETR: another payment may have had that, too.
        core::Sequence previous;
        for (const ArchivedLeg& leg : legs) {
            if (leg.payment().body_sequence == previous) continue;
            previous = leg.payment().body_sequence;
            if (!take(leg)) return {};
        }
    }
    if (!row->status().ok()) return tables_->error("read of forgotten payments", row->status());
    return {};
}

Result<BatchTimes> Archive::times_of(core::Sequence sequence) const {
    const auto row = tables_->iterate(tables_->entries);
    row->Seek(sequence_key(sequence));
    if (!row->status().ok()) return tables_->error("read", row->status());
    if (row->Valid()) {
        const auto times = times_of_row(view(row->value()));
        if (!times)
            return tables_->corrupt("the entries" + at_sequence(sequence) + " cannot be read");
        if (times->first <= sequence) return *times;
    }
    return Error{Error::Kind::kNotFound,
                 tables_->directory + ": the archive holds no batch" + at_sequence(sequence)};
}

Result<core::Sequence> Archive::first_at(SchemeTime time) const {
    const auto row = tables_->iterate(tables_->entries);
    std::uint64_t low = 1;                      // Everything before is earlier,
    std::uint64_t high = position().value + 1;  // from here on nothing is; both begin batches.
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        row->Seek(sequence_key(core::Sequence{middle}));
        if (!row->Valid()) break;
        const auto times = times_of_row(view(row->value()));
        if (!times) {
            return tables_->corrupt("the entries" + at_sequence(core::Sequence{middle}) +
                                    " cannot be read");
        }
        if (times->last_time < time) {
            low = sequence_of_key(view(row->key())).value + 1;
        } else {
            high = times->first.value;
        }
    }
    if (!row->status().ok()) return tables_->error("read", row->status());
    return core::Sequence{high};
}

Result<void> Archive::entry_rows(core::Sequence from, core::Sequence through,
                                 const std::function<bool(EntryRowReader&)>& take) const {
    const auto row = tables_->iterate(tables_->entries);
    for (row->Seek(sequence_key(from)); row->Valid(); row->Next()) {
        EntryRowReader entries(view(row->value()));
        if (entries.ok() && entries.times().first > through) return {};
        const bool more = entries.ok() && take(entries);
        if (!entries.ok()) {
            return tables_->corrupt("the entries" + at_sequence(sequence_of_key(view(row->key()))) +
                                    " cannot be read");
        }
        if (!more) return {};
    }
    if (!row->status().ok()) return tables_->error("read of entries", row->status());
    return {};
}

Result<void> Archive::samples(core::Rail rail, core::AccountIndex account, Slot from,
                              const std::function<bool(const PositionSample&)>& take) const {
    const std::string begin = sample_key(rail, account, from);
    const std::string_view prefix = std::string_view(begin).substr(0, begin.size() - sizeof(Slot));
    const auto row = tables_->iterate(tables_->samples);
    for (row->Seek(begin); row->Valid() && view(row->key()).starts_with(prefix); row->Next()) {
        auto sample = unpack_sample(view(row->value()));
        if (!sample) return tables_->corrupt("a position sample cannot be read");
        sample->slot = Unpacker(view(row->key()).substr(prefix.size())).key32();
        if (!take(*sample)) return {};
    }
    if (!row->status().ok()) return tables_->error("read of positions", row->status());
    return {};
}

}  // namespace lowu::follower
