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

/// Of these, payments of the bank's own customers. The rest is kept for answers and reports, so
/// that a message from the switch never finds the outbox full.
inline constexpr std::size_t kMaxOutboxTransfers = 32'768;

/// Messages that the switch may send ahead of what the bank has taken up.
inline constexpr std::uint64_t kReceiveWindow = 16'384;

/// One frame, by the contract (participant.proto, ParticipantFrame.messages). A frame is closed
/// before the message that would not fit.
inline constexpr std::size_t kMaxFrameMessages = 4'096;
inline constexpr std::size_t kMaxFrameBytes = std::size_t{1} << 20U;

/// Room in a frame for everything but the messages.
inline constexpr std::size_t kFrameOverheadBytes = 1'024;

/// Money that passes through a bank's books in all: sums of debits and credits stay far inside 64
/// bits.
inline constexpr std::int64_t kMaxTurnoverMinor = 4'000'000'000'000'000'000;

/// Payments and payments in flight of one traffic run (bank.proto, StartTrafficRequest).
inline constexpr std::int64_t kMaxTrafficPayments = 100'000'000;
inline constexpr std::int64_t kMaxTrafficInFlight = 100'000;
inline constexpr std::int64_t kMaxTrafficRatePerSecond = 10'000'000;

/// Accounts that each bank opens for traffic.
inline constexpr std::uint32_t kMaxTrafficAccounts = 9'999;

static_assert(kMaxOutboxTransfers < kMaxOutbox, "answers and reports have room of their own");
static_assert(kReceiveWindow <= kMaxOutbox - kMaxOutboxTransfers,
              "each message that the switch may send has room for the one that answers it");
static_assert(kMaxTrafficAccounts <= kMaxAccounts, "traffic's accounts are accounts");

}  // namespace lowu::bank
