// How many proxy look-ups a bank may make in a second and a payer in a minute: directories are no
// telephone books. Windows of fixed length, in memory, not logged. Used by DirectoryService on the
// follower's thread.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "common/base/time.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/person_token.hpp"

namespace lowu::service {

class LookupLimiter {
public:
    enum class Verdict : std::uint8_t { kAllowed, kBankLimit, kPersonLimit };
    /// Remembered at once; beyond that, persons who are not remembered are refused.
    static constexpr std::size_t kMaxPersons = 262'144;

    /// Counts the look-up when it is allowed. No `person`: an institution's, counted for its bank
    /// only.
    [[nodiscard]] Verdict take(scheme::AgentCode bank, const scheme::PersonToken& person,
                               ElapsedTime now, std::int64_t bank_limit,
                               std::int64_t person_limit) {
        Window& of_bank = banks_[bank];
        of_bank.roll(now, Duration::from_seconds(1));
        if (of_bank.count >= bank_limit) return Verdict::kBankLimit;
        if (!person.none()) {
            if (persons_.size() >= kMaxPersons && now >= forget_again_at_) forget(now);
            if (persons_.size() >= kMaxPersons && !persons_.contains(person)) {
                return Verdict::kPersonLimit;
            }
            Window& of_person = persons_[person];
            of_person.roll(now, Duration::from_minutes(1));
            if (of_person.count >= person_limit) return Verdict::kPersonLimit;
            ++of_person.count;
        }
        ++of_bank.count;
        return Verdict::kAllowed;
    }

private:
    struct Window {
        ElapsedTime since;
        std::int64_t count = 0;

        void roll(ElapsedTime now, Duration length) {
            if (count != 0 && now < since + length) return;
            since = now;
            count = 0;
        }
    };

    /// Persons whose minute is over need not be remembered. It looks at all of them, so not at each
    /// look-up.
    void forget(ElapsedTime now) {
        forget_again_at_ = now + Duration::from_seconds(1);
        std::erase_if(persons_, [&](const auto& one) {
            return now >= one.second.since + Duration::from_minutes(1);
        });
    }

    std::unordered_map<scheme::AgentCode, Window> banks_;  ///< Participants only: bounded.
    std::unordered_map<scheme::PersonToken, Window> persons_;
    ElapsedTime forget_again_at_;
};

}  // namespace lowu::service
