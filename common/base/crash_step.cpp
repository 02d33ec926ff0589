// Names of the steps. See crash_step.hpp. Shared by both versions of crash_step() and by the tests
// that choose a step.
#include "common/base/crash_step.hpp"

#include "common/base/assert.hpp"

namespace lowu {

std::array<CrashStep, kCrashSteps> all_crash_steps() {
    static_assert(static_cast<std::size_t>(CrashStep::kReportSent) + 1 == kCrashSteps);
    std::array<CrashStep, kCrashSteps> steps{};
    for (std::size_t i = 0; i < steps.size(); ++i) {
        steps[i] = static_cast<CrashStep>(i);
    }
    return steps;
}

std::string_view name_of(CrashStep step) {
    switch (step) {
        case CrashStep::kOriginReserved:
            return "origin_reserved";
        case CrashStep::kTransferDelivered:
            return "transfer_delivered";
        case CrashStep::kPayeeAsked:
            return "payee_asked";
        case CrashStep::kSettledApplied:
            return "settled_applied";
        case CrashStep::kOriginPosted:
            return "origin_posted";
        case CrashStep::kCreditedApplied:
            return "credited_applied";
        case CrashStep::kBatchWritten:
            return "batch_written";
        case CrashStep::kBatchDurable:
            return "batch_durable";
        case CrashStep::kSegmentBegun:
            return "segment_begun";
        case CrashStep::kSnapshotWritten:
            return "snapshot_written";
        case CrashStep::kSnapshotRenamed:
            return "snapshot_renamed";
        case CrashStep::kSegmentsRemoved:
            return "segments_removed";
        case CrashStep::kForgetApplied:
            return "forget_applied";
        case CrashStep::kArchiveFlushed:
            return "archive_flushed";
        case CrashStep::kPayerDebited:
            return "payer_debited";
        case CrashStep::kPayerDebitDurable:
            return "payer_debit_durable";
        case CrashStep::kPromiseMade:
            return "promise_made";
        case CrashStep::kPromiseDurable:
            return "promise_durable";
        case CrashStep::kCreditMade:
            return "credit_made";
        case CrashStep::kCreditDurable:
            return "credit_durable";
        case CrashStep::kReportSent:
            return "report_sent";
    }
    LOWU_UNREACHABLE("every step has a name");
}

std::optional<CrashStep> crash_step_named(std::string_view name) {
    for (const CrashStep step : all_crash_steps()) {
        if (name_of(step) == name) return step;
    }
    return std::nullopt;
}

}  // namespace lowu
