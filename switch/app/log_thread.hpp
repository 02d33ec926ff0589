// The log's thread: appends one sealed batch at a time while the engine builds the next. submit and
// take_back are called on the engine's thread; completion arrives as an event in the inbox.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "switch/engine/log_writer.hpp"
#include "switch/service/inbox.hpp"

namespace lowu::app {

class LogThread {
public:
    LogThread(log::BatchLog& log, engine::LogWriter& writer, service::Inbox& inbox)
        : log_(log), writer_(writer), inbox_(inbox) {}
    ~LogThread() { stop(); }

    void start();
    void stop();

    [[nodiscard]] bool busy() const { return busy_; }
    /// Swaps the batch in; not while busy.
    void submit(engine::SealedBatch& batch);
    /// After the completion event: the outcome; the batch's memory comes back in `batch`.
    [[nodiscard]] log::AppendOutcome take_back(engine::SealedBatch& batch);
    /// Why appending failed, for the log line before exit.
    [[nodiscard]] std::string failure() const;
    /// No room for new work on the disk.
    [[nodiscard]] bool low_on_space() const { return low_on_space_.load(); }

private:
    void run();
    void look_at_space();
    void look_for_space();

    log::BatchLog& log_;
    engine::LogWriter& writer_;
    service::Inbox& inbox_;
    bool busy_ = false;  ///< Engine's thread only.
    std::atomic<bool> low_on_space_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
    engine::SealedBatch batch_;
    log::AppendOutcome outcome_{};
    bool submitted_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace lowu::app
