// Looking for one payment in the archive, from any thread; see archive.hpp. Nothing is held between
// two steps: each looks at the database as it is then, from where the one before has come to.
#include <algorithm>

#include "switch/follower/archive.hpp"
#include "switch/follower/archive_tables.hpp"

namespace lowu::follower {
namespace {

constexpr core::Sequence kNewest{~std::uint64_t{0}};

std::string_view view(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

std::string at_sequence(core::Sequence sequence) {
    return " at sequence " + std::to_string(sequence.value);
}

}  // namespace

Result<ArchivedPayment> Archive::find(const core::Uetr& uetr, const Fits& fits) const {
    Search search(*this, uetr, {fits});
    auto done = search.step(~std::size_t{0});
    if (!done.ok()) return done.error();
    return search.take_found();
}

Archive::Search::Search(const Archive& archive, const core::Uetr& uetr, Need need)
    : archive_(archive), uetr_(uetr), need_(std::move(need)), unread_(kNewest) {
    // Before the first look: what is appended meanwhile may or may not be seen.
    found_.as_of = archive.position();
}

/// A payment within a rail has no leg on the other one.
bool Archive::Search::satisfied() const {
    for (std::size_t rail = 0; rail < fitting_.size(); ++rail) {
        if (!need_.rails[rail] || fitting_[rail]) continue;
        const auto& other = found_.legs[1 - rail];
        if (!fitting_[1 - rail] || other->payment().leg != core::Leg::kDomestic) return false;
    }
    return true;
}

/// Newest first: a leg that was remembered again may have been forgotten again.
Result<bool> Archive::Search::step(std::size_t rows_max) {
    const Tables& tables = *archive_.tables_;
    const std::uint16_t bucket = uetr_bucket(uetr_);
    const auto row = tables.iterate(tables.uetrs);
    std::size_t rows = 0;
    for (row->SeekForPrev(uetr_key(bucket, unread_)); row->Valid() && rows < rows_max;
         row->Prev(), ++rows) {
        Unpacker key(view(row->key()));
        if (key.key16() != bucket) return true;
        const core::Sequence forgotten{key.key64()};
        if (forgotten <= need_.newer_than) return true;
        if (auto looked = look_into(view(row->value()), forgotten); !looked.ok()) {
            return looked.error();
        }
        if (satisfied()) return true;
        if (forgotten.value == 0) return true;
        unread_ = core::Sequence{forgotten.value - 1};
    }
    if (!row->status().ok()) return tables.error("read of the index", row->status());
    return !row->Valid();
}

/// What one command made the cells forget; a cell may have forgotten two payments of the UETR.
Result<void> Archive::Search::look_into(std::string_view row, core::Sequence forgotten) {
    hits_.clear();
    if (!find_in_uetr_row(row, uetr_, forgotten, hits_)) {
        return archive_.tables_->corrupt("the index of payments forgotten" +
                                         at_sequence(forgotten) + " cannot be read");
    }
    if (hits_.empty()) return {};
    std::sort(hits_.begin(), hits_.end());
    hits_.erase(std::unique(hits_.begin(), hits_.end()), hits_.end());
    Candidates best;
    for (const LegRowKey& hit : hits_) {
        const auto rail = static_cast<std::size_t>(hit.rail);
        if (fitting_[rail]) continue;
        if (auto read = read_legs(hit, best[rail]); !read.ok()) return read;
    }
    for (std::size_t rail = 0; rail < best.size(); ++rail) {
        if (!best[rail].leg || (found_.legs[rail] && !best[rail].fits)) continue;
        found_.legs[rail] = std::move(best[rail].leg);
        fitting_[rail] = best[rail].fits;
    }
    return {};
}

/// One that fits goes before one that does not, then the newer instruction before the older.
Result<void> Archive::Search::read_legs(const LegRowKey& key, Candidate& best) const {
    const Tables& tables = *archive_.tables_;
    rocksdb::PinnableSlice row;
    const rocksdb::Status status =
        tables.db->Get(rocksdb::ReadOptions(), tables.legs, leg_key(key), &row);
    if (!status.ok()) return tables.error("read of forgotten payments", status);
    const bool whole = for_each_leg(view(row), [&](std::string_view packed) {
        if (uetr_of_packed(packed) != uetr_) return true;
        auto leg = unpack_leg(packed);
        if (!leg) return false;
        leg->rail = key.rail;
        leg->forgotten = key.forgotten;
        const bool fits = !need_.fits || need_.fits(*leg);
        const bool better =
            !best.leg ||
            (fits != best.fits ? fits
                               : leg->payment().body_sequence >= best.leg->payment().body_sequence);
        if (better) best = {std::move(leg), fits};
        return true;
    });
    if (whole) return {};
    return tables.corrupt("the payments forgotten" + at_sequence(key.forgotten) +
                          " cannot be read");
}

}  // namespace lowu::follower
