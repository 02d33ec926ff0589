// The book of one rail: double entry, reserve, release, post. Used by the rules; one thread.
#pragma once

#include <string>

#include "simulator/reference/step.hpp"

namespace lowu::reference {

// Names of accounts that are no bank's.
inline const std::string kOutsideCny = "outside CNY";  ///< Money outside the rail.
inline const std::string kOutsideHkd = "outside HKD";  ///< FPS only.
inline const std::string kLinkAgent = "link agent";
inline const std::string kLinkClaim = "link claim";  ///< What this side's agent owes the other's.
inline const std::string kLinkClaimContra = "link claim contra";

/// "012 CNY".
[[nodiscard]] std::string account_of(const BankCode& bank, Currency currency);

/// An account with nothing on it.
void open_account(RailState& rail, const std::string& name, Currency currency, Amount debit_limit,
                  bool outside);
/// Whether so much is neither spent nor reserved.
[[nodiscard]] bool can_reserve(const RailState& rail, const std::string& account, Amount amount);
void reserve(Step& step, const std::string& account, Amount amount);
void release(Step& step, const std::string& account, Amount amount);
/// Moves money from one account to the other.
void post(Step& step, const std::string& from, const std::string& to, Amount amount);
/// Moves money that was reserved.
void post_reserved(Step& step, const std::string& from, const std::string& to, Amount amount);

/// What is wrong with the book, in words; empty is good: each currency sums to zero, what is
/// reserved is what pending payments hold, nobody is beyond its limit.
[[nodiscard]] std::vector<std::string> check_book(const RailState& rail);

}  // namespace lowu::reference
