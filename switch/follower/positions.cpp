// Positions of the slot at hand; see positions.hpp.
#include "switch/follower/positions.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace lowu::follower {

void Positions::begin(SchemeTime now, ArchiveBatch* rows) {
    const Slot slot = slot_of(now);
    if (slot == slot_) return;
    for (const Moved& one : moved_) {
        if (rows != nullptr) rows->add_sample(one.rail, one.account, one.sample);
        places_[static_cast<std::size_t>(one.rail)][one.account.value] = 0;
    }
    moved_.clear();
    slot_ = slot;
}

PositionSample* Positions::find(core::Rail rail, core::AccountIndex index) {
    const auto& places = places_[static_cast<std::size_t>(rail)];
    if (index.value >= places.size() || places[index.value] == 0) return nullptr;
    return &moved_[places[index.value] - 1U].sample;
}

void Positions::moved(core::Rail rail, core::AccountIndex index, const core::Account& account,
                      core::AmountMinor before) {
    PositionSample* sample = find(rail, index);
    if (sample == nullptr) {
        auto& places = places_[static_cast<std::size_t>(rail)];
        if (index.value >= places.size()) places.resize(index.value + 1U, 0);
        moved_.push_back({rail, index, {}});
        places[index.value] = static_cast<std::uint32_t>(moved_.size());
        sample = &moved_.back().sample;
        sample->slot = slot_;
        sample->lowest_available = before;
    }
    sample->balance = account.balance;
    sample->reserved = account.reserved;
    sample->lowest_available = std::min(sample->lowest_available, account.available());
}

void Positions::booked(core::Rail rail, core::AccountIndex index, core::Sequence sequence) {
    PositionSample* sample = find(rail, index);
    LOWU_ASSERT(sample != nullptr, "what is booked on has moved");
    if (sample->first_entry.value == 0) sample->first_entry = sequence;
    sample->last_entry = sequence;
}

std::optional<PositionSample> Positions::current(core::Rail rail, core::AccountIndex index) const {
    const PositionSample* sample = const_cast<Positions*>(this)->find(rail, index);
    return sample == nullptr ? std::nullopt : std::optional(*sample);
}

void Positions::rebuild(core::StateReader& reader) {
    for (std::size_t i = 0; i < moved_.size(); ++i) {
        const Moved& one = moved_[i];
        if (one.account.value >= core::kMaxAccounts) {
            return reader.fail("a position is of an account that cannot be");
        }
        auto& places = places_[static_cast<std::size_t>(one.rail)];
        if (one.account.value >= places.size()) places.resize(one.account.value + 1U, 0);
        places[one.account.value] = static_cast<std::uint32_t>(i + 1);
    }
}

}  // namespace lowu::follower
