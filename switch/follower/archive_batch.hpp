// What one batch gives to the archive, gathered while the follower replays it: the entries booked,
// the legs forgotten, the positions at the ends of slots. Packed at once, so that a batch in which
// 65,536 payments are forgotten costs no more than its rows. Rows only; archive.hpp writes them.
// One thread, the follower's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "switch/follower/archived_leg.hpp"
#include "switch/follower/entry_rows.hpp"

namespace lowu::follower {

/// Five minutes of scheme time, numbered from 1970.
using Slot = std::uint32_t;
inline constexpr std::int64_t kSlotMs = 300'000;

[[nodiscard]] constexpr Slot slot_of(SchemeTime time) {
    return time.value <= 0 ? 0 : static_cast<Slot>(time.value / kSlotMs);
}
[[nodiscard]] constexpr SchemeTime begin_of(Slot slot) {
    return SchemeTime{static_cast<std::int64_t>(slot) * kSlotMs};
}

/// How an account stood at the end of a slot in which it moved.
struct PositionSample {
    Slot slot = 0;
    core::AmountMinor balance;
    core::AmountMinor reserved;
    core::AmountMinor lowest_available;  ///< Within the slot.
    core::Sequence first_entry;          ///< Of the slot's entries; zero: nothing was booked,
    core::Sequence last_entry;           ///< money was only held or given back.

    friend bool operator==(const PositionSample&, const PositionSample&) = default;
};

/// Legs stand in rows by where their instruction is in the log, so that a list can be read in that
/// order: a row has the legs of one window, rail and class that one command made a cell forget.
inline constexpr std::uint64_t kWindowSequences = 512;

/// Payments that began on this rail are listed; other legs are only found.
enum class LegClass : std::uint8_t { kBegins = 0, kOther = 1 };

struct LegRowKey {
    LegClass which{};
    core::Rail rail{};
    std::uint64_t window = 0;  ///< Of body_sequence.
    core::Sequence forgotten;

    friend constexpr auto operator<=>(const LegRowKey&, const LegRowKey&) = default;
};

[[nodiscard]] LegRowKey row_key_of(const ArchivedLeg& leg);

/// Where UETRs are looked for: buckets of their hash, a row for each bucket and command that made a
/// cell forget.
inline constexpr std::uint32_t kUetrBuckets = 4'096;

[[nodiscard]] std::uint16_t uetr_bucket(const core::Uetr& uetr);

class ArchiveBatch {
public:
    void add_entry(const ArchivedEntry& entry) { entries_.add(entry); }
    void add_forgotten(const ArchivedLeg& leg);
    void add_sample(core::Rail rail, core::AccountIndex account, const PositionSample& sample) {
        samples_.push_back({rail, account, sample});
    }
    /// When its first and last command were; every batch says it.
    void set_times(const BatchTimes& times) { times_ = times; }
    void clear();

    [[nodiscard]] const BatchTimes& times() const { return times_; }
    [[nodiscard]] std::string take_entry_row() { return entries_.take(times_); }
    /// Rows of legs in the order of their keys.
    [[nodiscard]] const std::map<LegRowKey, std::string>& leg_rows() const { return legs_; }
    /// Rows of the UETR index: bucket, command, row.
    struct UetrRow {
        std::uint16_t bucket = 0;
        core::Sequence forgotten;
        std::string row;
    };
    [[nodiscard]] std::vector<UetrRow> take_uetr_rows();
    struct Sample {
        core::Rail rail{};
        core::AccountIndex account;
        PositionSample sample;
    };
    [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }
    [[nodiscard]] std::uint64_t forgotten_legs() const { return uetrs_.size(); }

private:
    struct UetrItem {
        std::uint16_t bucket = 0;
        std::uint32_t tag = 0;
        core::Sequence forgotten;
        std::uint64_t place = 0;
    };
    BatchTimes times_;
    EntryRowBuilder entries_;
    std::map<LegRowKey, std::string> legs_;
    std::pair<const LegRowKey, std::string>* last_row_ = nullptr;  ///< Neighbours share one.
    std::string packed_;
    std::vector<UetrItem> uetrs_;
    std::vector<Sample> samples_;
};

/// Calls take(bytes of one packed leg) for each; false when the row is damaged or take says so.
template <class Take>
[[nodiscard]] bool for_each_leg(std::string_view row, const Take& take) {
    Unpacker in(row);
    while (!in.at_end()) {
        const std::string_view leg = in.text();
        if (!in.ok() || !take(leg)) return false;
    }
    return in.ok();
}

/// Appends what a row of the UETR index says about `uetr`; false when the row is damaged.
[[nodiscard]] bool find_in_uetr_row(std::string_view row, const core::Uetr& uetr,
                                    core::Sequence forgotten, std::vector<LegRowKey>& found);

void pack_sample(const PositionSample& sample, std::string& out);
/// Without the slot, which is in its key.
[[nodiscard]] std::optional<PositionSample> unpack_sample(std::string_view bytes);

}  // namespace lowu::follower
