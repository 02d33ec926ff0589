// Runs the follower on a thread of its own: replays what becomes durable, answers questions in
// between. ask and durable are called from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "switch/service/desk.hpp"

namespace lowu::app {

class FollowerRunner final : public service::Desk {
public:
    FollowerRunner(std::uint32_t timelines_max, std::unique_ptr<log::BatchReader> reader,
                   core::Sequence durable, core::Sequence recovered);
    ~FollowerRunner() override;

    void start();
    /// Everything up to `through` may be read.
    void durable(core::Sequence through);
    [[nodiscard]] bool ask(Question question) override;
    /// Answers what was asked before, then ends the thread.
    void stop();
    [[nodiscard]] core::Sequence replayed() const { return core::Sequence{replayed_.load()}; }

private:
    struct Waiting {
        core::Sequence at_least;
        Question question;
    };
    void run();
    void replay(core::Sequence through);
    void answer();

    follower::Follower follower_;
    std::unique_ptr<log::BatchReader> reader_;
    const core::Sequence recovered_;
    std::atomic<std::uint64_t> replayed_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
    core::Sequence durable_;
    std::deque<Waiting> questions_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace lowu::app
