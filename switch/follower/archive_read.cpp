// Reading the archive, from any thread; see archive.hpp. Every call looks at the database as it is
// when it begins.
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

Result<std::optional<ArchivedLeg>> Archive::read_leg(const LegRowKey& key,
                                                     const core::Uetr& uetr) const {
    rocksdb::PinnableSlice row;
    const rocksdb::Status status =
        tables_->db->Get(rocksdb::ReadOptions(), tables_->legs, leg_key(key), &row);
    if (!status.ok()) return tables_->error("read of forgotten payments", status);
    std::optional<ArchivedLeg> found;
    const bool whole = for_each_leg(view(row), [&](std::string_view packed) {
        if (uetr_of_packed(packed) != uetr) return true;
        found = unpack_leg(packed);
        return found.has_value();
    });
    if (!whole) {
        return tables_->corrupt("the payments forgotten" + at_sequence(key.forgotten) +
                                " cannot be read");
    }
    if (found) {
        found->rail = key.rail;
        found->forgotten = key.forgotten;
    }
    return found;
}

Result<ArchivedPayment> Archive::find(const core::Uetr& uetr, const Fits& fits) const {
    ArchivedPayment payment;
    std::array<bool, 2> done{};
    // Before the iterator: what is appended meanwhile may or may not be seen.
    payment.as_of = position();
    const std::uint16_t bucket = uetr_bucket(uetr);
    const auto row = tables_->iterate(tables_->uetrs);
    std::vector<LegRowKey> hits;
    // Newest first: a leg that was remembered again may have been forgotten again.
    for (row->SeekForPrev(uetr_key(bucket, core::Sequence{~std::uint64_t{0}})); row->Valid();
         row->Prev()) {
        Unpacker key(view(row->key()));
        if (key.key16() != bucket) break;
        const core::Sequence forgotten{key.key64()};
        hits.clear();
        if (!find_in_uetr_row(view(row->value()), uetr, forgotten, hits)) {
            return tables_->corrupt("the index of payments forgotten" + at_sequence(forgotten) +
                                    " cannot be read");
        }
        for (const LegRowKey& hit : hits) {
            auto& leg = payment.legs[static_cast<std::size_t>(hit.rail)];
            bool& fitting = done[static_cast<std::size_t>(hit.rail)];
            if (fitting) continue;
            auto found = read_leg(hit, uetr);
            if (!found.ok()) return found.error();
            if (!*found) continue;
            fitting = !fits || fits(**found);
            if (fitting || !leg) leg = std::move(found).value();
        }
        if (done[0] && done[1]) break;
    }
    if (!row->status().ok()) return tables_->error("read of the index", row->status());
    return payment;
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
        const core::Uetr* previous = nullptr;
        for (const ArchivedLeg& leg : legs) {
            if (previous != nullptr && *previous == leg.payment().uetr) continue;
            previous = &leg.payment().uetr;
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
