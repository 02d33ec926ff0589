// Runs the follower; see follower_runner.hpp.
#include "switch/app/follower_runner.hpp"

#include <spdlog/spdlog.h>

#include <cstdlib>

#include "switch/app/exit_code.hpp"

namespace lowu::app {

FollowerRunner::FollowerRunner(std::uint32_t timelines_max,
                               std::unique_ptr<log::BatchReader> reader, core::Sequence durable,
                               core::Sequence recovered)
    : follower_(timelines_max),
      reader_(std::move(reader)),
      recovered_(recovered),
      durable_(durable) {}

FollowerRunner::~FollowerRunner() {
    stop();
}

void FollowerRunner::start() {
    thread_ = std::thread([this] { run(); });
}

void FollowerRunner::durable(core::Sequence through) {
    {
        const std::lock_guard lock(mutex_);
        durable_ = through;
    }
    changed_.notify_one();
}

bool FollowerRunner::ask(Question question) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || questions_.size() >= core::kMaxQuestions) return false;
        questions_.push_back({durable_, std::move(question)});
    }
    changed_.notify_one();
    return true;
}

void FollowerRunner::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void FollowerRunner::run() {
    while (true) {
        core::Sequence through;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] {
                return stopping_ || !questions_.empty() || follower_.replayed() < durable_;
            });
            if (stopping_ && questions_.empty()) return;
            through = durable_;
        }
        replay(through);
        answer();
    }
}

void FollowerRunner::replay(core::Sequence through) {
    while (follower_.replayed() < through) {
        const auto batch = reader_->read_next(through.value);
        Result<void> taken;
        if (!batch.ok()) {
            taken = batch.error();
        } else if (*batch) {
            taken = follower_.take(**batch);
        } else {
            taken = Error{Error::Kind::kCorrupt, "the log ends before what is durable"};
        }
        if (!taken.ok()) {
            // What was made durable cannot be read back: nothing that this process says can be
            // trusted any more.
            spdlog::critical("the follower cannot go on: {}", taken.error().what);
            spdlog::shutdown();
            std::_Exit(kExitLogUnreadable);
        }
        replayed_.store(follower_.replayed().value);
    }
}

void FollowerRunner::answer() {
    while (true) {
        Waiting next;
        service::SwitchStatus status;
        {
            const std::lock_guard lock(mutex_);
            if (questions_.empty() || questions_.front().at_least > follower_.replayed()) return;
            next = std::move(questions_.front());
            questions_.pop_front();
            status = {durable_, recovered_};
        }
        next.question(follower_, status);
    }
}

}  // namespace lowu::app
