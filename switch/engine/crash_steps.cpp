// Commands to named steps; see crash_steps.hpp.
#include "switch/engine/crash_steps.hpp"

#include "common/base/crash_step.hpp"

namespace lowu::engine {
namespace {

void pass(const core::LinkMessage& message, const core::Effects& effects) {
    switch (message.kind) {
        case core::LinkKind::kTransfer:
            crash_step(CrashStep::kTransferDelivered);
            if (!effects.outboxes.empty()) crash_step(CrashStep::kPayeeAsked);
            return;
        case core::LinkKind::kSettled:
        case core::LinkKind::kAlreadySettled:
            return crash_step(CrashStep::kOriginPosted);
        case core::LinkKind::kRefused:
        case core::LinkKind::kCancel:
        case core::LinkKind::kCancelled:
        case core::LinkKind::kReturn:
        case core::LinkKind::kLoggedOff:
        case core::LinkKind::kLoggedOn:
        case core::LinkKind::kDegraded:
        case core::LinkKind::kRestored:
        case core::LinkKind::kDefault:
            return;
    }
}

}  // namespace

void pass_crash_steps(const core::Command& command, const core::Effects& effects) {
    if (std::holds_alternative<core::CreditTransfer>(command)) {
        if (effects.link) crash_step(CrashStep::kOriginReserved);
    } else if (const auto* delivery = std::get_if<core::LinkDelivery>(&command)) {
        pass(delivery->message, effects);
    } else if (const auto* answer = std::get_if<core::CreditTransferAnswer>(&command)) {
        const bool accepts = answer->result == core::ResultCode::kAccepted;
        if (accepts && !effects.outboxes.empty()) crash_step(CrashStep::kSettledApplied);
    } else if (std::holds_alternative<core::CreditReport>(command)) {
        crash_step(CrashStep::kCreditedApplied);
    } else if (std::holds_alternative<core::Forget>(command)) {
        crash_step(CrashStep::kForgetApplied);
    }
}

}  // namespace lowu::engine
