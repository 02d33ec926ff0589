// Answered status enquiries that still count: how often a payment has been asked about at one end,
// and how many enquiries a bank has had answered. Exists so that a storm of questions, old payments
// included, is bounded in memory and in answers. Used by the cell; one thread.
#pragma once

#include <deque>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "common/base/assert.hpp"
#include "common/base/hash.hpp"
#include "switch/core/command.hpp"
#include "switch/core/limits.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

class Enquiries {
public:
    /// One that was answered. By UETR, since the cell may have forgotten the payment.
    struct Answered {
        Uetr uetr;
        ElapsedTime at;
        ParticipantIndex participant;
        Side side{};

        template <class Sink, class Self>
        static void fields(Sink& sink, Self& self) {
            sink(self.uetr);
            sink(self.at);
            sink(self.participant);
            sink(self.side);
        }
    };

    /// Counts one more, if at most `most` about this end of the payment are answered in a window,
    /// and bank and cell have room for it.
    [[nodiscard]] bool count(const Answered& one, Duration window, std::uint32_t most) {
        drop_until(one.at, window);
        if (!has_room(one.participant)) return false;
        const auto known = of_payment_.find({one.uetr, one.side});
        if (known != of_payment_.end() && known->second >= most) return false;
        add(one);
        return true;
    }

    /// In the order of their times; everything else follows from them.
    [[nodiscard]] const std::deque<Answered>& all() const { return answered_; }

    /// The canonical list of fields, for digest, save and load.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        auto count = static_cast<std::uint32_t>(self.answered_.size());
        sink(count);
        for (std::uint32_t i = 0; i < count && sink.ok(); ++i) {
            if constexpr (Sink::kLoads) {
                Answered one;
                sink(one);
                self.take(sink, one);
            } else {
                sink(self.answered_[i]);
            }
        }
    }

private:
    struct Key {
        Uetr uetr;
        Side side{};
        friend constexpr auto operator<=>(const Key&, const Key&) = default;
    };
    struct KeyHash {
        using is_avalanching = void;
        [[nodiscard]] std::size_t operator()(const Key& key) const {
            return mix64(mix64(key.uetr.high, key.uetr.low), static_cast<std::uint64_t>(key.side));
        }
    };

    /// A bank's first ones are its own places: nobody else can take them.
    [[nodiscard]] bool has_room(ParticipantIndex bank) const {
        const std::uint32_t taken = bank.value < of_bank_.size() ? of_bank_[bank.value] : 0;
        if (taken < kOwnEnquiries) return true;
        return taken < kMaxEnquiriesOfBank && shared_ < kMaxSharedEnquiries;
    }
    void add(const Answered& one) {
        if (one.participant.value >= of_bank_.size()) of_bank_.resize(one.participant.value + 1U);
        if (++of_bank_[one.participant.value] > kOwnEnquiries) ++shared_;
        ++of_payment_[{one.uetr, one.side}];
        answered_.push_back(one);
    }
    /// What has been read.
    template <class Reader>
    void take(Reader& reader, const Answered& one) {
        if (!reader.ok()) return;
        const bool in_order = answered_.empty() || answered_.back().at <= one.at;
        const bool known = one.participant.value < kMaxParticipants && one.side != Side{};
        if (!in_order || !known || !has_room(one.participant)) {
            return reader.fail("an answered enquiry cannot have been");
        }
        add(one);
    }
    /// Drops those whose window is over.
    void drop_until(ElapsedTime now, Duration window) {
        while (!answered_.empty() && answered_.front().at + window <= now) {
            const Answered& over = answered_.front();
            const auto found = of_payment_.find({over.uetr, over.side});
            LOWU_ASSERT(found != of_payment_.end(), "every answered enquiry is counted");
            if (--found->second == 0) of_payment_.erase(found);
            if (of_bank_[over.participant.value]-- > kOwnEnquiries) --shared_;
            answered_.pop_front();
        }
    }

    std::deque<Answered> answered_;
    boost::unordered_flat_map<Key, std::uint32_t, KeyHash> of_payment_;  ///< Look-up only.
    std::vector<std::uint32_t> of_bank_;
    std::uint32_t shared_ = 0;  ///< Those of all banks beyond their own places.
};

}  // namespace lowu::core
