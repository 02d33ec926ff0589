// EnquiryWaits: customers' calls that wait for what the rail answers to an enquiry. Exists because
// an answer names the payment, and a refusal the number of the question. On the loop's thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "common/base/assert.hpp"
#include "common/base/time.hpp"

namespace lowu::bank {

/// Calls that may wait at once.
inline constexpr std::size_t kMaxEnquiryWaits = 1'024;

class EnquiryWaits {
public:
    struct Wait {
        const Bank* bank;
        std::string uetr;
        v1::Side side;
        std::uint64_t position;  ///< Of the question in the bank's outbox.
        ElapsedTime deadline;
        /// Called once; nullptr when no answer has come in time.
        std::function<void(const EnquiryAnswer* answer)> done;
    };

    [[nodiscard]] bool full() const { return waits_.size() >= kMaxEnquiryWaits; }

    /// full() must be false.
    void add(Wait wait) {
        LOWU_ASSERT(!full(), "the caller checks for room");
        waits_.push_back(std::move(wait));
    }

    /// The rail has answered; whoever asked about the same payment is answered too.
    void take(const Bank& bank, const EnquiryAnswer& answer) {
        end_if(
            [&](const Wait& wait) {
                if (wait.bank != &bank) {
                    return false;
                }
                return answer.report ? wait.uetr == answer.report->uetr() &&
                                           wait.side == answer.report->side()
                                     : wait.position == answer.position;
            },
            &answer);
    }

    void expire(ElapsedTime now) {
        end_if([now](const Wait& wait) { return wait.deadline <= now; }, nullptr);
    }
    void finish_all() { expire(kNever); }

    /// kNever when nobody waits.
    [[nodiscard]] ElapsedTime next_at() const {
        ElapsedTime next = kNever;
        for (const Wait& wait : waits_) {
            next = std::min(next, wait.deadline);
        }
        return next;
    }

private:
    // Removes them, then tells their callers, who may ask again.
    template <class Over>
    void end_if(Over over, const EnquiryAnswer* answer) {
        const auto first_over = std::stable_partition(
            waits_.begin(), waits_.end(), [&over](const Wait& wait) { return !over(wait); });
        std::vector<Wait> ended(std::make_move_iterator(first_over),
                                std::make_move_iterator(waits_.end()));
        waits_.erase(first_over, waits_.end());
        for (const Wait& wait : ended) {
            wait.done(answer);
        }
    }

    std::vector<Wait> waits_;
};

}  // namespace lowu::bank
