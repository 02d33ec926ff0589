// Rows of one batch; see archive_batch.hpp.
#include "switch/follower/archive_batch.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace lowu::follower {
namespace {

// A place in the UETR index: how far the instruction is before the command that made the cell
// forget, and class and rail in the lowest bits.
constexpr unsigned kPlaceBits = 2;

std::uint64_t hash_of(const core::Uetr& uetr) {
    return mix64(uetr.high, uetr.low);
}

std::uint32_t tag_of(const core::Uetr& uetr) {
    return static_cast<std::uint32_t>(hash_of(uetr));
}

}  // namespace

std::uint16_t uetr_bucket(const core::Uetr& uetr) {
    static_assert(kUetrBuckets == std::uint32_t{1} << 12U);
    return static_cast<std::uint16_t>(hash_of(uetr) >> 52U);
}

LegRowKey row_key_of(const ArchivedLeg& leg) {
    return {core::begins(leg.payment().leg) ? LegClass::kBegins : LegClass::kOther, leg.rail,
            leg.payment().body_sequence.value / kWindowSequences, leg.forgotten};
}

void ArchiveBatch::add_forgotten(const ArchivedLeg& leg) {
    LOWU_ASSERT(leg.payment().body_sequence <= leg.forgotten, "what is forgotten was there before");
    const LegRowKey key = row_key_of(leg);
    if (last_row_ == nullptr || last_row_->first != key) {
        last_row_ = &*legs_.try_emplace(key).first;
    }
    packed_.clear();
    pack_leg(leg, packed_);
    Packer(last_row_->second).text(packed_);
    const std::uint64_t distance = leg.forgotten.value - leg.payment().body_sequence.value;
    uetrs_.push_back({uetr_bucket(leg.payment().uetr), tag_of(leg.payment().uetr), leg.forgotten,
                      distance << kPlaceBits | static_cast<std::uint64_t>(key.which) << 1U |
                          static_cast<std::uint64_t>(key.rail)});
}

void ArchiveBatch::clear() {
    entries_.clear();
    legs_.clear();
    last_row_ = nullptr;
    uetrs_.clear();
    samples_.clear();
}

std::vector<ArchiveBatch::UetrRow> ArchiveBatch::take_uetr_rows() {
    std::stable_sort(uetrs_.begin(), uetrs_.end(), [](const UetrItem& left, const UetrItem& right) {
        return left.bucket != right.bucket ? left.bucket < right.bucket
                                           : left.forgotten < right.forgotten;
    });
    std::vector<UetrRow> rows;
    for (const UetrItem& item : uetrs_) {
        const bool same = !rows.empty() && rows.back().bucket == item.bucket &&
                          rows.back().forgotten == item.forgotten;
        if (!same) rows.push_back({item.bucket, item.forgotten, {}});
        Packer out(rows.back().row);
        out.fixed32(item.tag);
        out.number(item.place);
    }
    uetrs_.clear();
    return rows;
}

bool find_in_uetr_row(std::string_view row, const core::Uetr& uetr, core::Sequence forgotten,
                      std::vector<LegRowKey>& found) {
    const std::uint32_t tag = tag_of(uetr);
    Unpacker in(row);
    while (!in.at_end()) {
        const std::uint32_t one = in.fixed32();
        const std::uint64_t place = in.number();
        const std::uint64_t distance = place >> kPlaceBits;
        if (!in.ok() || distance > forgotten.value) return false;
        if (one != tag) continue;
        found.push_back({static_cast<LegClass>(place >> 1U & 1U),
                         static_cast<core::Rail>(place & 1U),
                         (forgotten.value - distance) / kWindowSequences, forgotten});
    }
    return in.ok();
}

void pack_sample(const PositionSample& sample, std::string& bytes) {
    Packer out(bytes);
    out.signed_number(sample.balance.value);
    out.signed_number(sample.reserved.value);
    out.signed_number(sample.lowest_available.value);
    out.number(sample.first_entry.value);
    out.number(sample.last_entry.value - sample.first_entry.value);
}

std::optional<PositionSample> unpack_sample(std::string_view bytes) {
    Unpacker in(bytes);
    PositionSample sample;
    sample.balance = core::AmountMinor{in.signed_number()};
    sample.reserved = core::AmountMinor{in.signed_number()};
    sample.lowest_available = core::AmountMinor{in.signed_number()};
    sample.first_entry = core::Sequence{in.number()};
    sample.last_entry = core::Sequence{sample.first_entry.value + in.number()};
    if (!in.ok() || !in.at_end()) return std::nullopt;
    return sample;
}

}  // namespace lowu::follower
