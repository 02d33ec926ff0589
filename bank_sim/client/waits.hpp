// Waits: customers' calls that wait for a payment to become final, or for their time to be over.
// Exists so that a waiting call costs no thread and no timer of its own. On the loop's thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <unordered_map>

#include "common/base/time.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::bank {

class Bank;

/// Calls that may wait at once.
inline constexpr std::size_t kMaxWaits = 16'384;

class Waits {
public:
    using Done = std::function<void()>;

    [[nodiscard]] bool full() const { return by_deadline_.size() >= kMaxWaits; }

    /// Calls `done` exactly once, from finish, expire or finish_all. full() must be false.
    void add(const Bank& bank, const scheme::Uetr& uetr, ElapsedTime deadline, Done done);

    /// The payment is final.
    void finish(const Bank& bank, const scheme::Uetr& uetr);

    /// Ends what has waited long enough.
    void expire(ElapsedTime now);
    void finish_all() { expire(kNever); }

    /// The next deadline; kNever when nobody waits.
    [[nodiscard]] ElapsedTime next_at() const;

private:
    struct Wait {
        const Bank* bank;
        scheme::Uetr uetr;
        Done done;
    };
    using ByDeadline = std::multimap<ElapsedTime, Wait>;
    using ByUetr =
        std::unordered_multimap<scheme::Uetr, ByDeadline::iterator, std::hash<scheme::Uetr>>;

    // Removes the wait, then tells its caller.
    void end(ByUetr::iterator wait);

    ByDeadline by_deadline_;
    ByUetr by_uetr_;
};

}  // namespace lowu::bank
