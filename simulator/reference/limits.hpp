// The technical maxima that decide what is answered, as ARCHITECTURE.md ("Limits") has them. Sizes
// that a configuration chooses (payments, persons, proxies) are in OpenRail.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lowu::reference {

/// Replies that wait for one bank, and requests and their outcomes that do.
inline constexpr std::uint64_t kReplySlots = 16'384;
inline constexpr std::uint64_t kRequestSlots = 16'384;
/// Announcements that wait for one bank.
inline constexpr std::uint64_t kEventSlots = 512;
/// Pending payments of one bank: half its reply slots are kept from its own payments.
inline constexpr std::uint64_t kPendingOfBank = 8'192;
/// Payments of one rail that wait for the other side's word.
inline constexpr std::uint64_t kLinkInFlight = 262'144;
/// Messages that wait for the other rail; new payments leave half of it free.
inline constexpr std::uint64_t kLinkSlots = 4 * kLinkInFlight + 2 * 32'768;
/// Timers that one tick fires.
inline constexpr std::uint32_t kTimersPerTick = 1'024;
/// Banks that one command may find too slow.
inline constexpr std::uint32_t kDegradedPerCommand = 16;
/// Parameter changes to come.
inline constexpr std::size_t kScheduledSettings = 1'024;
/// Days of reference rates that are kept, and how far ahead one may be set.
inline constexpr std::size_t kReferenceRates = 400;
inline constexpr std::int64_t kReferenceRateAheadDays = 31;
/// Between two times that a bank logs itself off or on.
inline constexpr std::int64_t kAvailabilityIntervalSeconds = 10;
/// Answered enquiries that count: of one bank; those that each bank has places of its own for;
/// those of all banks beyond.
inline constexpr std::size_t kEnquiriesOfBank = 16'384;
inline constexpr std::size_t kOwnEnquiries = 128;
inline constexpr std::size_t kSharedEnquiries = 8 * kEnquiriesOfBank;
/// Proxies on the list of suspicious ones.
inline constexpr std::size_t kSuspiciousProxies = 1'000'000;

}  // namespace lowu::reference
