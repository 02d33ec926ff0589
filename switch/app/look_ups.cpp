// Look-ups in the archive; see look_ups.hpp.
#include "switch/app/look_ups.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace lowu::app {
namespace {

/// Rows of the archive's index that one turn reads: some tenths of a millisecond.
constexpr std::size_t kRowsOfATurn = 512;

LookUps::Told told(const std::vector<engine::Wanted>& payments,
                   const std::vector<follower::ArchivedPayment>& found, core::Sequence as_of) {
    LookUps::Told told{{}, as_of};
    for (std::size_t i = 0; i < payments.size(); ++i) {
        if (found[i].empty()) continue;
        engine::Recollection& one = told.found.emplace_back(engine::Recollection{payments[i], {}});
        for (std::size_t rail = 0; rail < one.legs.size(); ++rail) {
            const auto& leg = found[i].legs[rail];
            if (leg) one.legs[rail] = follower::recollect_command(*leg);
        }
    }
    return told;
}

bool fits(const engine::Wanted& wanted, const follower::ArchivedLeg& leg) {
    return wanted.fits(leg.rail, leg.payment());
}

/// Only what is settled to somebody is needed on both rails: it may come back.
follower::Archive::Search::Need need_of(const engine::Wanted& wanted, core::Sequence newer_than) {
    follower::Archive::Search::Need need;
    need.fits = [wanted](const follower::ArchivedLeg& leg) { return fits(wanted, leg); };
    if (!wanted.settled) need.rails[1 - static_cast<std::size_t>(wanted.asker.rail)] = false;
    need.newer_than = newer_than;
    return need;
}

/// Of each rail what fits goes before what does not, then the newer before the older.
void merge(const engine::Wanted& wanted, follower::ArchivedPayment& older,
           follower::ArchivedPayment newer) {
    for (std::size_t rail = 0; rail < older.legs.size(); ++rail) {
        auto& leg = newer.legs[rail];
        auto& before = older.legs[rail];
        if (leg && (!before || fits(wanted, *leg) || !fits(wanted, *before))) {
            before = std::move(leg);
        }
    }
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
    work->found.resize(question.payments.size());
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
            question.found(told(question.payments, work->found, work->as_of));
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

/// One turn. True when there is an answer. While much is looked for, more is forgotten: what has
/// come since is looked at once more, which is soon done, so that the answer still holds when it
/// is heard.
bool LookUps::go_on(Work& work) const {
    if (!once_through(work)) return false;
    if (work.unreadable) return true;
    const bool again = work.as_of.value == 0 && archive_.position() != work.then_as_of;
    work.as_of = work.then_as_of;
    work.next = 0;
    return !again;
}

/// A bounded step through the payments. True: the last one has been looked for, or none can be.
bool LookUps::once_through(Work& work) const {
    const std::vector<engine::Wanted>& payments = work.question.payments;
    const engine::Wanted& wanted = payments[work.next];
    if (!work.search) {
        if (work.next == 0) work.then_as_of = archive_.position();
        work.search.emplace(archive_, wanted.uetr, need_of(wanted, work.as_of));
    }
    const auto done = work.search->step(kRowsOfATurn);
    if (!done.ok()) {
        // A payment that was and cannot be read must not be taken for one that never was.
        work.unreadable = done.error();
        return true;
    }
    if (!*done) return false;
    merge(wanted, work.found[work.next], work.search->take_found());
    work.search.reset();
    return ++work.next == payments.size();
}

}  // namespace lowu::app
