// Requests: what unary calls ask of the engine, and who waits for its answer. A call posts a task
// to the inbox; the engine's thread runs it; the answer comes through the Outlet and finishes the
// call. Bounded: at most core::kMaxChanges wait. begin_…: any thread; the rest: the engine's
// thread.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "switch/service/inbox.hpp"
#include "switch/service/readiness.hpp"

namespace lowu::service {

class Requests {
public:
    Requests(Inbox& inbox, const Readiness& readiness) : inbox_(inbox), readiness_(readiness) {}

    using ChangeDone = std::function<void(const engine::ChangeOutcome&)>;
    /// A quote, or null and why there is none.
    using QuoteDone = std::function<void(const engine::QuoteAnswer*, core::ResultCode)>;

    /// Posts `run` with a number for the change; `done` is called once, when the change is durable,
    /// unless `run` calls drop first. `refuse` is called instead of `run` when the switch is
    /// stopping. False, and nothing is called, when too many wait.
    [[nodiscard]] bool post_change(std::function<void(engine::Engine&, engine::ChangeId)> run,
                                   std::function<void()> refuse, ChangeDone done);
    [[nodiscard]] bool post_quote(std::function<void(engine::Engine&, engine::QuoteId)> run,
                                  std::function<void()> refuse, QuoteDone done);

    /// Posts what needs no log: it runs also while nothing new is taken. `refuse` is called instead
    /// when the switch is stopping; false, and nothing is called, when it has stopped.
    [[nodiscard]] bool post_task(std::function<void(engine::Engine&)> run,
                                 std::function<void()> refuse);

    [[nodiscard]] const Readiness& readiness() const { return readiness_; }

    /// From now on every post is false; what was posted before is in the inbox.
    void stop();
    void drop(engine::ChangeId id);
    void finish(engine::ChangeId id, const engine::ChangeOutcome& outcome);
    void finish(engine::QuoteId id, const engine::QuoteAnswer* answer, core::ResultCode why);

private:
    template <class Id, class Done>
    [[nodiscard]] bool post(std::unordered_map<Id, Done>& waiting,
                            std::function<void(engine::Engine&, Id)> run,
                            std::function<void()> refuse, Done done);
    template <class Id, class Done>
    [[nodiscard]] Done take(std::unordered_map<Id, Done>& waiting, Id id);

    Inbox& inbox_;
    const Readiness& readiness_;
    std::mutex mutex_;
    bool stopped_ = false;
    std::uint64_t last_id_ = 0;
    std::unordered_map<engine::ChangeId, ChangeDone> changes_;
    std::unordered_map<engine::QuoteId, QuoteDone> quotes_;
};

}  // namespace lowu::service
