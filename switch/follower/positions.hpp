// How accounts moved in the slot of scheme time that is not over: what becomes samples in the
// archive at its end. Fed by the observers, read by queries; one thread, the follower's.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "switch/core/ledger.hpp"
#include "switch/core/limits.hpp"
#include "switch/core/state_io.hpp"
#include "switch/follower/archive_batch.hpp"

namespace lowu::follower {

class Positions {
public:
    /// A command of this moment comes. When the slot is over its samples go into `rows`; null:
    /// nobody keeps them.
    void begin(SchemeTime now, ArchiveBatch* rows);
    /// The account has moved; `before` is what was available.
    void moved(core::Rail rail, core::AccountIndex index, const core::Account& account,
               core::AmountMinor before);
    /// It was booked on.
    void booked(core::Rail rail, core::AccountIndex index, core::Sequence sequence);
    /// Of this slot so far; none when the account has not moved in it.
    [[nodiscard]] std::optional<PositionSample> current(core::Rail rail,
                                                        core::AccountIndex index) const;

    /// The list of fields that a snapshot has of it; see core/state_io.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.slot_);
        sink.list(self.moved_, std::size_t{2} * core::kMaxAccounts, "positions");
    }
    void rebuild(core::StateReader& reader);

private:
    struct Moved {
        core::Rail rail{};
        core::AccountIndex account;
        PositionSample sample;

        template <class Sink, class Self>
        static void fields(Sink& sink, Self& self) {
            sink(self.rail);
            sink(self.account);
            sink(self.sample.slot);
            sink(self.sample.balance);
            sink(self.sample.reserved);
            sink(self.sample.lowest_available);
            sink(self.sample.first_entry);
            sink(self.sample.last_entry);
        }
    };
    [[nodiscard]] PositionSample* find(core::Rail rail, core::AccountIndex index);

    Slot slot_ = 0;
    std::vector<Moved> moved_;  ///< In this slot.
    /// By rail and account: place in `moved_` plus one; 0: not in it.
    std::array<std::vector<std::uint32_t>, 2> places_;
};

}  // namespace lowu::follower
