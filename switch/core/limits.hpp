// Every technical maximum of the switch, and how they hang together. A rule of the scheme is not
// here but in Parameters.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/base/int128.hpp"
#include "common/money/amount.hpp"

namespace lowu::core {

/// Participants of one rail; the Mainland's IBPS had about 400 direct ones in 2020, FPS about 50.
inline constexpr std::uint32_t kMaxParticipants = 1'024;

/// Accounts of one book: two currencies a participant, and the contra, agent and claim accounts.
inline constexpr std::uint32_t kMaxAccounts = 2 * kMaxParticipants + 8;

/// Payments that one cell remembers in its segments, unless the configuration says less; a payment
/// then needs about 145 bytes of a cell, and 32 more with a hold or a return's record.
inline constexpr std::uint32_t kMaxPayments = 64'000'000;

/// Payments of one segment of a cell's memory, which is forgotten at once; a small memory has
/// smaller ones.
inline constexpr std::uint32_t kMaxSegmentPayments = 65'536;
inline constexpr std::uint32_t kMinSegmentPayments = 64;
/// A memory is at least so many segments.
inline constexpr std::uint32_t kMinSegments = 16;

/// Payments beyond their segment, of about 300 bytes each: such as stay only because their credit
/// has not been reported, and such as were recollected. A small memory has an eighth of its size
/// for either. What must stay has room of its own: kMaxPinnedOfBank.
inline constexpr std::uint32_t kMaxOwedPayments = 131'072;
inline constexpr std::uint32_t kMaxRecollected = 131'072;
/// Payments that one message may need recollected, of one rail.
inline constexpr std::uint32_t kRecollectedOfMessage = 2;

/// Persons, and pairs of person and bank, in one cell's quota register; each needs about 100 bytes.
inline constexpr std::uint32_t kMaxQuotaRecords = 16'000'000;

/// Registrations in one cell's proxy directory, and proxies on its list of suspicious ones.
inline constexpr std::uint32_t kMaxProxies = 16'000'000;
inline constexpr std::size_t kMaxSuspiciousProxies = 1'000'000;

/// Parameter settings of one command, and such that wait for their effective time.
inline constexpr std::size_t kMaxSettings = 256;
inline constexpr std::size_t kMaxScheduledSettings = 1'024;

/// Days whose reference rates are remembered.
inline constexpr std::size_t kMaxReferenceRates = 400;
/// How many days ahead one may be set.
inline constexpr std::int32_t kMaxReferenceRateAhead = 31;

/// Announcements that a cell keeps for its banks, and that wait for one bank; who is away for
/// longer is told so.
inline constexpr std::size_t kMaxSystemEvents = 4'096;
inline constexpr std::uint32_t kEventSlots = 512;

/// A bank may log off or on once in so many seconds of elapsed time: each change is told to all.
inline constexpr std::int64_t kAvailabilityIntervalSeconds = 10;

/// Answered status enquiries that still count in their window: of one bank, those for which every
/// bank has a place of its own, and those for which all banks of a cell share places. A cell's take
/// about 20 MB at most.
inline constexpr std::uint32_t kMaxEnquiriesOfBank = 16'384;
inline constexpr std::uint32_t kOwnEnquiries = 128;
inline constexpr std::uint32_t kMaxSharedEnquiries = 8 * kMaxEnquiriesOfBank;

/// Banks that one command may find too slow; each of them is announced to all. The next commands
/// find the others.
inline constexpr std::uint32_t kMaxDegradedPerCommand = 16;

/// How far scheme time may be set forward at once.
inline constexpr std::int64_t kMaxAdvanceDays = 400;

/// Quote requests of one session that are on their way, and of one frame.
inline constexpr std::size_t kMaxQuoteRequests = 64;

/// Changes of operators and banks (not payments) that wait to become durable.
inline constexpr std::size_t kMaxChanges = 4'096;

/// Money that one account is opened with, and a net debit cap: ten trillion yuan in fen.
inline constexpr std::int64_t kMaxOpeningMinor = 1'000'000'000'000'000;

/// Replies (status reports, message rejects) that wait for one participant. Each number it may use
/// needs one.
inline constexpr std::uint32_t kReplySlots = 16'384;

/// Requests and their outcomes that wait for one participant; a payment needs two.
inline constexpr std::uint32_t kRequestSlots = 16'384;

/// Payments of one cell that wait for the other side's word.
inline constexpr std::uint32_t kMaxLinkInFlight = 262'144;

/// Timers that one tick fires; the engine ticks again while more are due.
inline constexpr std::uint32_t kMaxTimersPerTick = 1'024;

/// Payments of one bank that wait for their final state. Half its reply slots stay free, so that it
/// can always answer as a payee's bank.
inline constexpr std::uint32_t kMaxPendingPayments = kReplySlots / 2;

/// Payments that must stay remembered because of one bank, however old they become: one for each
/// message to it that waits or is still to come (replies and owed replies share their slots, so do
/// requests and owed outcomes), and the original of each of its returns that is pending.
inline constexpr std::uint32_t kMaxPinnedOfBank = kReplySlots + kRequestSlots + kMaxPendingPayments;

/// Events that the timeline of one payment keeps.
inline constexpr std::size_t kMaxTimelineEvents = 256;

/// Queries that wait for the follower.
inline constexpr std::size_t kMaxQuestions = 1'024;

/// Open sessions: every participant of both rails, once.
inline constexpr std::size_t kMaxSessions = std::size_t{2} * kMaxParticipants;

/// Bodies that one frame may have to read back from the log.
inline constexpr std::uint32_t kMaxLoadedBodies = 64;

/// Bytes of carried details in an instruction.
inline constexpr std::size_t kMaxCarriedBytes = 4'096;

/// A bank whose frame the transport has not taken for so long is cut off.
inline constexpr std::int64_t kWriteStallSeconds = 10;

/// Messages and bytes of one session frame.
inline constexpr std::uint32_t kMaxFrameMessages = 4'096;
inline constexpr std::size_t kMaxFrameBytes = std::size_t{1} << 20U;

/// Records of one log batch; the engine takes no more input while its batch is full.
inline constexpr std::uint32_t kMaxBatchRecords = 32'768;

/// What stays free of a batch when a frame is broken off: for its next message (with what that
/// recollects, and what it sends over the link and gets back), for sessions that end, for the
/// acknowledgements at the end.
inline constexpr std::uint32_t kSpareBatchRecords = 8'192;
inline constexpr std::size_t kSpareBatchBytes = std::size_t{1} << 20U;

/// Messages of one cell that wait for the other's acknowledgement: transfer and cancel for each of
/// its own payments in flight, result and cancel's answer for each of the other's, and what one
/// batch puts out before the acknowledgements at its end.
inline constexpr std::uint32_t kLinkSlots = 4 * kMaxLinkInFlight + 2 * kMaxBatchRecords;

/// Bytes of one log batch.
inline constexpr std::size_t kMaxBatchBytes = std::size_t{16} << 20U;

/// Bodies the engine keeps in memory for messages that may be sent (again); older ones come from
/// the log.
inline constexpr std::uint32_t kMaxCachedBodies = 1U << 18U;

// No sum over a book can leave int64: money only comes from openings, and a position only falls by
// its cap.
static_assert(static_cast<Int128>(kMaxOpeningMinor) * 2 * kMaxAccounts <
                  static_cast<Int128>(0x7fff'ffff'ffff'ffff) - money::kMaxAmountMinor.value,
              "all openings and caps together, and one payment more, fit in 64 bits");
// A frame of instructions fits in a batch, which is full when that is not so any more: an
// instruction is at most three records, its own and two over the link. One that needs more is taken
// in parts. A tick's timers each put out at most one link message, which may be answered.
static_assert(kMaxFrameMessages * 4 + kSpareBatchRecords <= kMaxBatchRecords,
              "a batch takes several frames");
static_assert(2 * kMaxTimersPerTick + 1 <= kSpareBatchRecords, "a tick fits what is spare");
static_assert(4 * kMaxSessions <= kSpareBatchRecords, "so do the ends of all sessions");
static_assert(kMaxPayments + kMaxOwedPayments + kMaxRecollected +
                      kMaxParticipants * kMaxPinnedOfBank <
                  0xffff'ffffU / 2,
              "all that can be remembered at a time has numbers and places in the index");
static_assert(kMinSegments * kMinSegmentPayments / 8 >= 8 * kRecollectedOfMessage,
              "the smallest memory takes the recollections of some messages");
// A frame of instructions must not exceed the credit a bank can ever hold.
static_assert(kMaxFrameMessages <= kReplySlots, "a full frame fits the reply slots");
static_assert(kMaxFrameBytes * 4 + kSpareBatchBytes <= kMaxBatchBytes,
              "a batch takes several frames' bodies");
static_assert(kMaxCarriedBytes * 16 <= kSpareBatchBytes, "what is spare takes a large message");
static_assert(kMaxCarriedBytes * 16 <= kMaxFrameBytes, "a frame takes many payments");
// A day's or year's sum over one person cannot leave int64.
static_assert(static_cast<Int128>(money::kMaxAmountMinor.value) * 64 <
                  static_cast<Int128>(0x7fff'ffff'ffff'ffff),
              "many of the largest payments fit in one use of the quota register");
static_assert(kEventSlots < kMaxSystemEvents, "what waits for a bank is still kept");

}  // namespace lowu::core
