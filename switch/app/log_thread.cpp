// The log's thread; see log_thread.hpp.
#include "switch/app/log_thread.hpp"

#include <spdlog/spdlog.h>

#include "common/base/assert.hpp"
#include "common/base/crash_step.hpp"
#include "switch/core/limits.hpp"

namespace lowu::app {
namespace {

/// How often a full disk is looked at again.
constexpr std::chrono::seconds kSpaceRetry{1};

}  // namespace

void LogThread::start() {
    thread_ = std::thread([this] { run(); });
}

void LogThread::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void LogThread::submit(engine::SealedBatch& batch) {
    LOWU_ASSERT(!busy_, "one batch at a time");
    busy_ = true;
    {
        const std::lock_guard lock(mutex_);
        std::swap(batch_, batch);
        submitted_ = true;
    }
    changed_.notify_one();
}

log::AppendOutcome LogThread::take_back(engine::SealedBatch& batch) {
    LOWU_ASSERT(busy_, "a batch was submitted");
    busy_ = false;
    const std::lock_guard lock(mutex_);
    std::swap(batch, batch_);
    return outcome_;
}

std::string LogThread::failure() const {
    return log_.failure() ? log_.failure()->what : std::string("no reason given");
}

void LogThread::look_at_space() {
    const bool low = log_.low_on_space();
    if (low == low_on_space_.exchange(low)) return;
    if (low) {
        spdlog::warn("no room for the log's next segment: nothing new is taken until there is");
    } else {
        spdlog::info("there is room for the log again");
    }
}

void LogThread::look_for_space() {
    static_cast<void>(log_.ensure_space(core::kMaxBatchBytes));
    look_at_space();
}

void LogThread::run() {
    while (true) {
        {
            std::unique_lock lock(mutex_);
            const auto something = [&] { return submitted_ || stopping_; };
            if (low_on_space_.load()) {
                changed_.wait_for(lock, kSpaceRetry, something);
            } else {
                changed_.wait(lock, something);
            }
            if (!submitted_ && stopping_) return;
            if (!submitted_) {
                lock.unlock();
                look_for_space();
                continue;
            }
            submitted_ = false;
        }
        // While a batch is here, only this thread touches it.
        outcome_ = writer_.append(batch_);
        if (outcome_ == log::AppendOutcome::kOk) crash_step(CrashStep::kBatchDurable);
        look_at_space();
        service::InboxEvent appended;
        appended.what = service::InboxEvent::What::kAppended;
        inbox_.post(std::move(appended));
    }
}

}  // namespace lowu::app
