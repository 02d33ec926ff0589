// The log's thread; see log_thread.hpp.
#include "switch/app/log_thread.hpp"

#include "common/base/assert.hpp"

namespace lowu::app {

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

void LogThread::run() {
    while (true) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return submitted_ || stopping_; });
            if (!submitted_) return;
            submitted_ = false;
        }
        // While a batch is here, only this thread touches it.
        outcome_ = writer_.append(batch_);
        low_on_space_.store(log_.low_on_space());
        inbox_.post({service::InboxEvent::What::kAppended, engine::SessionId{0}, nullptr, nullptr});
    }
}

}  // namespace lowu::app
