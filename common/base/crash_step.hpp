// The named places at which a test kills a process, to show that nothing is lost there. Exists
// because a kill at random seldom meets the few instructions between two steps. Called where the
// step happens, on whatever thread that is.
//
// crash_step() is linked in two versions: the programs that are installed do nothing here
// (lowu_crash_off); lowu_switch_crash and bank_sim_crash, which are not, may die (lowu_crash_on).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lowu {

enum class CrashStep : std::uint8_t {
    // The switch: a payment's way, after apply and before its batch is durable.
    kOriginReserved,     // the origin has reserved; the transfer is on the link
    kTransferDelivered,  // the destination has the transfer
    kPayeeAsked,         // the destination has reserved and asks the payee's bank
    kSettledApplied,     // the destination has posted: the point of no return
    kOriginPosted,       // the origin has posted
    kCreditedApplied,    // the payee's bank has said that it credited

    // The switch: its log, snapshots and archive.
    kBatchWritten,     // a batch is written, not synced
    kBatchDurable,     // synced, nothing of it released
    kSegmentBegun,     // the next segment has its header, and nothing else
    kSnapshotWritten,  // whole and synced, under its temporary name
    kSnapshotRenamed,  // has its name; not read back yet
    kSegmentsRemoved,  // covered segments are gone
    kForgetApplied,    // old payments are forgotten in memory, before that is durable
    kArchiveFlushed,   // the archive is flushed; the snapshot is not counted yet

    // A bank.
    kPayerDebited,       // the customer is debited in memory
    kPayerDebitDurable,  // and that is durable; nothing is sent yet
    kPromiseMade,        // accepted in memory
    kPromiseDurable,     // and that is durable; nothing is sent yet
    kCreditMade,         // the customer is credited in memory
    kCreditDurable,      // and that is durable; no report is sent yet
    kReportSent,         // the report that it credited has gone out
};

inline constexpr std::size_t kCrashSteps = 21;

/// The steps of one program, in the order of the enum.
[[nodiscard]] constexpr bool is_step_of_bank(CrashStep step) {
    return step >= CrashStep::kPayerDebited;
}

/// Every step, in order.
[[nodiscard]] std::array<CrashStep, kCrashSteps> all_crash_steps();

/// "origin_reserved" and so on: the enumerator's words in lower case.
[[nodiscard]] std::string_view name_of(CrashStep step);
[[nodiscard]] std::optional<CrashStep> crash_step_named(std::string_view name);

/// The process is at this step. In the programs that are installed: nothing. In the test variants:
/// SIGKILL to the own process, and no return, when the environment says so:
///   LOWU_CRASH_AT=batch_written:3         the third time
///   LOWU_CRASH_AT=batch_written:3:armed   the third time after SIGUSR1
/// The variant says on standard error what it will do, and says it again just before it does.
void crash_step(CrashStep step) noexcept;

}  // namespace lowu
