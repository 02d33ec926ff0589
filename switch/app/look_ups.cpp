// Look-ups in the archive; see look_ups.hpp.
#include "switch/app/look_ups.hpp"

namespace lowu::app {
namespace {

engine::Recollection recollection_of(const engine::Wanted& wanted,
                                     const follower::ArchivedPayment& payment) {
    engine::Recollection found{wanted, {}};
    for (std::size_t rail = 0; rail < payment.legs.size(); ++rail) {
        const auto& leg = payment.legs[rail];
        if (leg) found.legs[rail] = follower::recollect_command(*leg);
    }
    return found;
}

}  // namespace

void LookUps::start() {
    thread_ = std::thread([this] { run(); });
}

void LookUps::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool LookUps::ask(std::vector<engine::Wanted> payments, core::Sequence at_least, Found found) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || questions_.size() >= core::kMaxQuestions) return false;
        questions_.push_back({std::move(payments), at_least, std::move(found)});
    }
    changed_.notify_one();
    return true;
}

void LookUps::archive_moved() {
    {
        const std::lock_guard lock(mutex_);
        if (questions_.empty()) return;
    }
    changed_.notify_one();
}

void LookUps::run() {
    while (true) {
        Question next;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] {
                return stopping_ ||
                       (!questions_.empty() && questions_.front().at_least <= archive_.position());
            });
            if (stopping_) return;
            next = std::move(questions_.front());
            questions_.pop_front();
        }
        next.found(answer(next.payments));
    }
}

LookUps::Answer LookUps::answer(const std::vector<engine::Wanted>& payments) const {
    std::vector<engine::Recollection> answers;
    for (const engine::Wanted& wanted : payments) {
        const auto payment = archive_.find(wanted.uetr, [&](const follower::ArchivedLeg& leg) {
            return wanted.fits(leg.rail, leg.payment());
        });
        // A payment that was and cannot be read must not be taken for one that never was.
        if (!payment.ok()) return payment.error();
        if (!payment->empty()) answers.push_back(recollection_of(wanted, *payment));
    }
    return answers;
}

}  // namespace lowu::app
