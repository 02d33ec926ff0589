// Looks payments that the cells have forgotten up in the archive, on a thread of its own: a session
// waits for the answer, and must not wait for a snapshot that the follower is writing. ask and
// archive_moved are called from any thread; `found` is called on the thread of the look-ups.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "switch/engine/types.hpp"
#include "switch/follower/archive.hpp"

namespace lowu::app {

class LookUps {
public:
    /// What was found of each payment that was asked for; or why the archive cannot be read.
    using Answer = Result<std::vector<engine::Recollection>>;
    using Found = std::function<void(Answer)>;

    explicit LookUps(const follower::Archive& archive) : archive_(archive) {}
    LookUps(const LookUps&) = delete;
    LookUps& operator=(const LookUps&) = delete;
    ~LookUps() { stop(); }

    void start();
    /// What is asked and not answered yet is dropped.
    void stop();

    /// Looks them up once the archive has `at_least`, one question after the other. False, and
    /// nothing is called, when too many wait.
    [[nodiscard]] bool ask(std::vector<engine::Wanted> payments, core::Sequence at_least,
                           Found found);
    /// The archive has taken a batch.
    void archive_moved();

private:
    struct Question {
        std::vector<engine::Wanted> payments;
        core::Sequence at_least;
        Found found;
    };
    void run();
    [[nodiscard]] Answer answer(const std::vector<engine::Wanted>& payments) const;

    const follower::Archive& archive_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Question> questions_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace lowu::app
