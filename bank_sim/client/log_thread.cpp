// The log's thread. See log_thread.hpp.
#include "bank_sim/client/log_thread.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

// How often a full disk is looked at again.
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
    if (thread_.joinable()) {
        thread_.join();
    }
}

void LogThread::submit(SealedBatch& batch) {
    LOWU_ASSERT(!busy_, "one batch at a time");
    busy_ = true;
    {
        const std::lock_guard lock(mutex_);
        std::swap(batch_, batch);
        submitted_ = true;
    }
    changed_.notify_one();
}

std::optional<log::AppendOutcome> LogThread::take_back(SealedBatch& batch) {
    const std::lock_guard lock(mutex_);
    if (outcome_) {
        std::swap(batch, batch_);
        busy_ = false;
    }
    return std::exchange(outcome_, std::nullopt);
}

std::string LogThread::failure() const {
    return log_.failure() ? log_.failure()->what : std::string("no reason given");
}

void LogThread::prepare() {
    const bool low = !writer_.prepare();
    if (low == low_on_space_.exchange(low)) {
        return;
    }
    if (low) {
        spdlog::warn("no room for the log's next segment: customers are refused until there is");
    } else {
        spdlog::info("there is room for the log again");
    }
    wake_();
}

// False when the program ends first.
bool LogThread::wait_for_room() {
    while (low_on_space_.load() && !writer_.has_room(batch_)) {
        if (!stuck_.exchange(true)) {
            spdlog::error("no room for the log: nothing is said until there is");
            wake_();
        }
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, kSpaceRetry, [this] { return stopping_; })) {
            return false;
        }
    }
    if (stuck_.exchange(false)) {
        spdlog::info("there is room for the log again: what waited is written");
    }
    return true;
}

void LogThread::run() {
    while (true) {
        {
            std::unique_lock lock(mutex_);
            const auto something = [this] { return submitted_ || stopping_; };
            if (low_on_space_.load()) {
                changed_.wait_for(lock, kSpaceRetry, something);
            } else {
                changed_.wait(lock, something);
            }
            if (!submitted_ && stopping_) {
                return;
            }
            if (!std::exchange(submitted_, false)) {
                lock.unlock();
                prepare();
                continue;
            }
        }
        // While a batch is here, only this thread touches it.
        if (!wait_for_room()) {
            return;
        }
        const log::AppendOutcome outcome = writer_.append(batch_);
        {
            const std::lock_guard lock(mutex_);
            outcome_ = outcome;
        }
        wake_();
        if (outcome == log::AppendOutcome::kOk) {
            prepare();
        }
    }
}

}  // namespace lowu::bank
