// Look-ups in the archive; see look_ups.hpp.
#include "switch/app/look_ups.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace lowu::app {
namespace {

/// Rows of the archive's index that one turn reads: some tenths of a millisecond.
constexpr std::size_t kRowsOfATurn = 512;

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

bool LookUps::ask(Question question) {
    LOWU_ASSERT(!question.payments.empty(), "a question is about something");
    const scheme::AgentCode bank = question.payments.front().asker.code;
    auto work = std::make_shared<Work>();
    work->question = std::move(question);
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || waiting_ >= core::kMaxQuestions) return false;
        auto line = std::find_if(lines_.begin(), lines_.end(),
                                 [&](const Line& one) { return one.bank == bank; });
        if (line == lines_.end()) line = lines_.insert(lines_.end(), Line{bank, {}});
        line->questions.push_back(std::move(work));
        ++waiting_;
    }
    changed_.notify_one();
    return true;
}

void LookUps::drop(engine::SessionId session) {
    const std::lock_guard lock(mutex_);
    erase_if([&](const auto& work) { return work->question.session == session; });
}

void LookUps::archive_moved() {
    {
        const std::lock_guard lock(mutex_);
        if (lines_.empty()) return;
    }
    changed_.notify_one();
}

template <class Erase>
void LookUps::erase_if(const Erase& erase) {
    for (Line& line : lines_)
        waiting_ -= std::erase_if(line.questions, erase);
    std::erase_if(lines_, [](const Line& line) { return line.questions.empty(); });
}

// The thread of the look-ups.

void LookUps::run() {
    while (const auto work = turn()) {
        if (!go_on(*work) || !take_out(work)) continue;
        Question& question = work->question;
        if (work->unreadable) {
            question.found(*work->unreadable);
        } else {
            question.found(std::move(work->answers));
        }
    }
}

/// The next piece of work, of a bank that comes last after it; null at the end. It stays in its
/// line.
std::shared_ptr<LookUps::Work> LookUps::turn() {
    std::unique_lock lock(mutex_);
    auto next = lines_.end();
    changed_.wait(lock, [&] {
        const core::Sequence position = archive_.position();
        next = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) {
            return line.questions.front()->question.at_least <= position;
        });
        return stopping_ || next != lines_.end();
    });
    if (stopping_) return nullptr;
    lines_.splice(lines_.end(), lines_, next);
    return lines_.back().questions.front();
}

/// False when it was dropped meanwhile.
bool LookUps::take_out(const std::shared_ptr<Work>& work) {
    const std::lock_guard lock(mutex_);
    const std::size_t before = waiting_;
    erase_if([&](const auto& one) { return one == work; });
    return waiting_ < before;
}

/// One turn. True when there is an answer.
bool LookUps::go_on(Work& work) const {
    const std::vector<engine::Wanted>& payments = work.question.payments;
    const engine::Wanted& wanted = payments[work.next];
    if (!work.search) {
        work.search.emplace(archive_, wanted.uetr, [wanted](const follower::ArchivedLeg& leg) {
            return wanted.fits(leg.rail, leg.payment());
        });
    }
    const auto done = work.search->step(kRowsOfATurn);
    if (!done.ok()) {
        // A payment that was and cannot be read must not be taken for one that never was.
        work.unreadable = done.error();
        return true;
    }
    if (!*done) return false;
    const follower::ArchivedPayment payment = work.search->take_found();
    if (!payment.empty()) work.answers.push_back(recollection_of(wanted, payment));
    work.search.reset();
    return ++work.next == payments.size();
}

}  // namespace lowu::app
