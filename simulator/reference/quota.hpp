// What persons have sent, at each bank and over all of them, by day and year in UTC+8. Kept for
// ever: a day or year that is over simply is never asked for again. Used by the rules; one thread.
#pragma once

#include <optional>

#include "simulator/reference/step.hpp"

namespace lowu::reference {

/// What counts against the limits of a day and a year.
struct Counted {
    Amount day = 0;
    Amount year = 0;
};

/// The person behind these tokens, if it is known.
[[nodiscard]] std::optional<std::size_t> find_person(const Quotas& quotas,
                                                     const PersonTokens& tokens);
/// Used, reserved and prior, at a bank or over all (no bank).
[[nodiscard]] Counted counted(const Quotas& quotas, const PersonTokens& person,
                              const BankCode& bank, std::int64_t day, std::int32_t year);
/// Whether one more payment of this person at this bank could be counted.
[[nodiscard]] bool quota_has_room(const RailState& rail, const PersonTokens& person,
                                  const BankCode& bank);

/// Takes the amounts; `hold` says what, where and when, but for the person.
[[nodiscard]] QuotaHold reserve_quota(Quotas& quotas, const PersonTokens& person, QuotaHold hold);
/// The payment is settled: what it held is used.
void commit_quota(Quotas& quotas, const QuotaHold& hold);
/// The payment is refused: what it held is free again, on the day and year it was taken from.
void release_quota(Quotas& quotas, const QuotaHold& hold);
/// So much of a settled payment has come back.
void give_quota_back(Quotas& quotas, const QuotaHold& hold, const Counted& part);

void set_prior_use(Step& step, const SetPriorUse& command);

}  // namespace lowu::reference
