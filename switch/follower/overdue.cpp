// Obligations that become overdue; see overdue.hpp.
#include "switch/follower/overdue.hpp"

#include "common/money/amount.hpp"
#include "common/money/currency.hpp"

namespace lowu::follower {
namespace {

std::string seconds_of(Duration duration) {
    return std::to_string(duration.whole_ms() / 1'000) + " s";
}

}  // namespace

OverdueWatch::Found OverdueWatch::look(const Follower& follower, std::size_t most) {
    Found found;
    const auto deadlines = follower.credit_deadlines();
    const ElapsedTime now = follower.now();
    for (const core::Rail rail : {core::Rail::kFps, core::Rail::kIbps}) {
        const Duration deadline = deadlines[static_cast<std::size_t>(rail)];
        ElapsedTime& told_through = told_through_[static_cast<std::size_t>(rail)];
        if (deadline.us == 0) continue;
        const Obligations& obligations = follower.observer(rail).obligations();
        obligations.for_each_after(told_through, [&](const Obligation& one) {
            const Duration age = now - one.settled;
            if (age <= deadline) return false;  // So are all after it.
            told_through = one.settled;
            if (follower.in_default(rail, one.payee_agent)) return true;
            if (found.first.size() < most) {
                found.first.push_back({one, rail, age, true});
            } else {
                ++found.more;
            }
            return true;
        });
    }
    return found;
}

std::string overdue_text(const Follower& follower, const ObligationView& overdue) {
    const Obligation& one = overdue.obligation;
    const Duration deadline = follower.credit_deadlines()[static_cast<std::size_t>(overdue.rail)];
    return scheme::format_agent_code(one.payee_agent) + " has not credited " +
           money::format_amount(one.amount) + " " + std::string(money::to_string(one.currency)) +
           " of payment " + scheme::format_uetr(one.uetr) + ": settled " + seconds_of(overdue.age) +
           " ago, to be credited within " + seconds_of(deadline);
}

}  // namespace lowu::follower
