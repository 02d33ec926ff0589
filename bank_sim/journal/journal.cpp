// What a bank process gathers, and lets out when it is durable. See journal.hpp.
#include "bank_sim/journal/journal.hpp"

#include <utility>

#include "common/base/assert.hpp"
#include "common/base/crash_step.hpp"

namespace lowu::bank {
namespace {

struct Steps {
    CrashStep debit;
    CrashStep promise;
    CrashStep credit;
};
constexpr Steps kMade{CrashStep::kPayerDebited, CrashStep::kPromiseMade, CrashStep::kCreditMade};
constexpr Steps kDurable{CrashStep::kPayerDebitDurable, CrashStep::kPromiseDurable,
                         CrashStep::kCreditDurable};

void reach(const Steps& steps, const Deeds& before, const Deeds& now) {
    if (now.debits > before.debits) crash_step(steps.debit);
    if (now.promises > before.promises) crash_step(steps.promise);
    if (now.credits > before.credits) crash_step(steps.credit);
}

}  // namespace

void Journal::hold_back(std::vector<Bank*> banks) {
    LOWU_ASSERT(quiet(), "what was written before is durable");
    banks_ = std::move(banks);
    for (Bank* bank : banks_) {
        bank->session().hold_back();
        bank->session().release(bank->session().reach());
        reaches_.push_back(bank->session().reach());
        deeds_.push_back(bank->deeds());
    }
    durable_deeds_ = deeds_;
}

void Journal::when_durable(std::function<void()> action) {
    if (has_batch()) {
        waiting_.push_back(std::move(action));
    } else if (under_way_) {
        leaving_.push_back(std::move(action));
    } else {
        action();
    }
}

void Journal::seal(SealedBatch& batch) {
    LOWU_ASSERT(!under_way_, "one batch at a time");
    under_way_ = true;
    lets_out_ = builder_.seal(batch);
    if (!lets_out_) {
        return;
    }
    leaving_ = std::exchange(waiting_, {});
    for (std::size_t index = 0; index < banks_.size(); ++index) {
        reaches_[index] = banks_[index]->session().reach();
        const Deeds deeds = banks_[index]->deeds();
        reach(kMade, deeds_[index], deeds);
        deeds_[index] = deeds;
    }
}

void Journal::durable() {
    LOWU_ASSERT(under_way_, "a batch was given out");
    under_way_ = false;
    if (!lets_out_) {
        return;
    }
    for (std::size_t index = 0; index < banks_.size(); ++index) {
        reach(kDurable, durable_deeds_[index], deeds_[index]);
        durable_deeds_[index] = deeds_[index];
    }
    for (std::size_t index = 0; index < banks_.size(); ++index) {
        banks_[index]->session().release(reaches_[index]);
    }
    // An action may make further ones.
    for (const auto& action : std::exchange(leaving_, {})) {
        action();
    }
}

}  // namespace lowu::bank
