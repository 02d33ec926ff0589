// Looks payments that the cells have forgotten up in the archive, on a thread of its own: a session
// waits for the answer, and must not wait for a snapshot that the follower is writing. What was
// never there takes longest to look for, so banks take turns, a bounded piece of work each: one
// that asks for much holds up itself alone. ask, drop and archive_moved are called from any thread;
// `found` is called on the thread of the look-ups.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "switch/engine/types.hpp"
#include "switch/follower/archive.hpp"

namespace lowu::app {

class LookUps {
public:
    /// What was found of each payment that was asked for, in their order.
    struct Told {
        std::vector<engine::Recollection> found;
        core::Sequence as_of;  ///< Everything that was forgotten up to here has been looked at.
    };
    /// Or why the archive cannot be read.
    using Answer = Result<Told>;
    using Found = std::function<void(Answer)>;
    /// What the frame of a session is about; a session has one question at a time.
    struct Question {
        engine::SessionId session{0};
        std::vector<engine::Wanted> payments;  ///< At least one, all of one bank.
        core::Sequence at_least;               ///< What the archive must have to be asked.
        Found found;
    };

    explicit LookUps(const follower::Archive& archive) : archive_(archive) {}
    LookUps(const LookUps&) = delete;
    LookUps& operator=(const LookUps&) = delete;
    ~LookUps() { stop(); }

    void start();
    /// What is asked and not answered yet is dropped.
    void stop();

    /// False, and nothing is called, when too many wait.
    [[nodiscard]] bool ask(Question question);
    /// The session has ended: its question is forgotten. An answer that is on its way may come all
    /// the same.
    void drop(engine::SessionId session);
    /// The archive has taken a batch.
    void archive_moved();

private:
    struct Work {
        Question question;
        std::vector<follower::ArchivedPayment> found;  ///< Of each payment.
        core::Sequence as_of;       ///< All of them have been looked for up to here,
        core::Sequence then_as_of;  ///< and will have been, after this time through them.
        std::size_t next = 0;
        std::optional<follower::Archive::Search> search;  ///< For payment `next`.
        std::optional<Error> unreadable;
    };
    /// Of one bank, in the order in which they came.
    struct Line {
        scheme::AgentCode bank;
        std::deque<std::shared_ptr<Work>> questions;
    };

    void run();
    [[nodiscard]] std::shared_ptr<Work> turn();
    [[nodiscard]] bool go_on(Work& work) const;
    [[nodiscard]] bool once_through(Work& work) const;
    [[nodiscard]] bool take_out(const std::shared_ptr<Work>& work);
    /// erase(work) says which; those that are left keep their order.
    template <class Erase>
    void erase_if(const Erase& erase);

    const follower::Archive& archive_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<Line> lines_;  ///< None is empty. Whose turn is longest ago comes first.
    std::size_t waiting_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace lowu::app
