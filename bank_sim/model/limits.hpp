// Every technical maximum of a bank, and how they hang together. Read by all of bank_sim.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lowu::bank {

/// Accounts of one bank.
inline constexpr std::size_t kMaxAccounts = 1'000'000;

/// Entries that a bank keeps for statements; older ones live on in the sums only.
inline constexpr std::size_t kMaxStatementEntries = 65'536;

/// Remittances that a bank remembers in each direction. The oldest final one makes room for the
/// next; while the oldest is pending there is none.
inline constexpr std::size_t kMaxRemittances = 131'072;

/// Messages to the switch that are not acknowledged yet.
inline constexpr std::size_t kMaxOutbox = 65'536;

/// Of these, what the bank sends of itself: payments of its own customers, returns, rate sheets,
/// absences.
/// The rest is kept for answers and reports, so that a message from the switch never finds the
/// outbox full.
inline constexpr std::size_t kMaxOutboxOwn = 32'768;

/// Own messages that must still have room when a bank enquires by itself about what is pending.
inline constexpr std::size_t kOwnRoomForEnquiry = kMaxOutboxOwn / 2;

/// Payments that are enquired about more than once, and answers to enquiries that wait to be
/// fetched. What does not fit is left out: the report itself comes all the same.
inline constexpr std::size_t kMaxEnquiriesAgain = 16'384;
inline constexpr std::size_t kMaxEnquiryAnswers = 1'024;

/// Messages that the switch may send ahead of what the bank has taken up.
inline constexpr std::uint64_t kReceiveWindow = 16'384;

/// One frame, by the contract (participant.proto, ParticipantFrame.messages). A frame is closed
/// before the message that would not fit.
inline constexpr std::size_t kMaxFrameMessages = 4'096;
inline constexpr std::size_t kMaxFrameBytes = std::size_t{1} << 20U;

/// What a bank takes from outside in one piece, since it may go to its log as it is: a frame of the
/// switch (somewhat more than the contract's is still read), a customer's call (what gRPC takes
/// when it is not told otherwise), an answer of the switch to a question (it is below 4 KiB).
inline constexpr std::size_t kMaxReceivedFrameBytes = 2 * kMaxFrameBytes;
inline constexpr std::size_t kMaxCallBytes = std::size_t{4} << 20U;
inline constexpr std::size_t kMaxSwitchAnswerBytes = 65'536;

/// Answers to quote requests in one frame, by the contract; and those that wait for one. Whoever
/// asked asks anew, so what does not fit is dropped.
inline constexpr std::size_t kMaxFrameQuoteAnswers = 64;
inline constexpr std::size_t kMaxQuoteAnswers = 1'024;

/// Room in a frame for everything but the messages: an answer to a quote request is below 128
/// bytes.
inline constexpr std::size_t kFrameOverheadBytes = 16'384;

/// Answers that wait for their time, when the bank is slow on purpose. What does not fit goes at
/// once.
inline constexpr std::size_t kMaxDelayedAnswers = 16'384;

/// Quotes that a bank has issued, and quotes that other banks have issued to its customers. The
/// oldest makes room when it is used or over; while it holds there is none.
inline constexpr std::size_t kMaxQuotes = 65'536;
inline constexpr std::size_t kMaxOffers = 65'536;

/// Proxies of one bank's customers.
inline constexpr std::size_t kMaxProxies = 262'144;

/// Resolutions that a bank remembers for the payments that follow; the oldest makes room.
inline constexpr std::size_t kMaxResolutions = 16'384;

/// Events that a bank keeps, newest (bank.proto, ListEventsResponse).
inline constexpr std::size_t kMaxEvents = 256;

/// Scheme keys of one side, and changes of the version in force that are still to come.
inline constexpr std::size_t kMaxTokenKeys = 64;
inline constexpr std::size_t kMaxAnnouncedVersions = 16;

/// Money that passes through a bank's books in all: sums of debits and credits stay far inside 64
/// bits.
inline constexpr std::int64_t kMaxTurnoverMinor = 4'000'000'000'000'000'000;

/// Payments and payments in flight of one traffic run (bank.proto, StartTrafficRequest).
inline constexpr std::int64_t kMaxTrafficPayments = 100'000'000;
inline constexpr std::int64_t kMaxTrafficInFlight = 100'000;
inline constexpr std::int64_t kMaxTrafficRatePerSecond = 10'000'000;

/// Orders that traffic sends in one step; the next is a step later.
inline constexpr std::int64_t kMaxTrafficStepOrders = 16'384;

/// Accounts that each bank opens for traffic.
inline constexpr std::uint32_t kMaxTrafficAccounts = 9'999;

/// A scenario's day: payments each way, banks a side and customers of each, the amount of one
/// payment, and orders a second (bank.proto, DaySlice).
inline constexpr std::int64_t kMaxDayPayments = 1'000'000;
inline constexpr std::size_t kMaxDayBanks = 64;
inline constexpr std::int64_t kMaxDayCustomers = 50'000;
inline constexpr std::int64_t kMaxDayMinor = 99'999'999'999;
inline constexpr std::int64_t kMaxDayRate = 100'000;

static_assert(kMaxOutboxOwn < kMaxOutbox, "answers and reports have room of their own");
static_assert(kReceiveWindow < kMaxOutbox - kMaxOutboxOwn,
              "each message that the switch may send has room for the one that answers it, and "
              "there is some to spare");
static_assert(kMaxDelayedAnswers <= kMaxOutbox - kMaxOutboxOwn,
              "a delayed answer keeps its place in the outbox");
static_assert(kMaxFrameQuoteAnswers * 128 < kFrameOverheadBytes,
              "answers to quote requests fit beside the messages");
static_assert(kMaxTrafficAccounts <= kMaxAccounts, "traffic's accounts are accounts");
static_assert(2 * kMaxDayCustomers <= static_cast<std::int64_t>(kMaxAccounts),
              "a day's customers have two accounts each");

}  // namespace lowu::bank
