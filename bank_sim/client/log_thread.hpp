// LogThread: appends one batch at a time while the loop gathers the next, and looks for room on the
// disk. Exists so that the loop never waits for the disk. submit, take_back and the questions are
// called on the loop's thread; `wake` is called on the log's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "bank_sim/journal/log_writer.hpp"

namespace lowu::bank {

class LogThread {
public:
    /// Writer and log outlive it; until stop() they are the thread's. `wake`: there is something to
    /// take back, or the room on the disk has changed.
    LogThread(LogWriter& writer, log::BatchLog& log, std::function<void()> wake)
        : writer_(writer), log_(log), wake_(std::move(wake)) {}
    LogThread(const LogThread&) = delete;
    LogThread& operator=(const LogThread&) = delete;
    ~LogThread() { stop(); }

    void start();
    /// A batch that waits for room is given up.
    void stop();

    /// From submit to the take_back that gave it back.
    [[nodiscard]] bool busy() const { return busy_; }
    /// Swaps the batch in; not while busy.
    void submit(SealedBatch& batch);
    /// The outcome, and the batch's memory in `batch`; nullopt while the batch is under way.
    [[nodiscard]] std::optional<log::AppendOutcome> take_back(SealedBatch& batch);
    /// Why appending failed; after an outcome that was not kOk.
    [[nodiscard]] std::string failure() const;

    /// The next segment could not be made: what is under way has room, new work should wait.
    [[nodiscard]] bool low_on_space() const { return low_on_space_.load(); }
    /// A batch waits for room.
    [[nodiscard]] bool stuck() const { return stuck_.load(); }

private:
    void run();
    void prepare();
    [[nodiscard]] bool wait_for_room();

    LogWriter& writer_;
    log::BatchLog& log_;
    std::function<void()> wake_;
    bool busy_ = false;  // loop's thread only
    std::atomic<bool> low_on_space_{false};
    std::atomic<bool> stuck_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
    SealedBatch batch_;
    std::optional<log::AppendOutcome> outcome_;
    bool submitted_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace lowu::bank
