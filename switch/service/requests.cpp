// Unary calls to the engine; see requests.hpp.
#include "switch/service/requests.hpp"

#include <utility>

#include "switch/core/limits.hpp"

namespace lowu::service {

template <class Id, class Done>
bool Requests::post(std::unordered_map<Id, Done>& waiting,
                    std::function<void(engine::Engine&, Id)> run, std::function<void()> refuse,
                    Done done) {
    // The event is posted under the lock: whoever calls stop() then finds it in the inbox.
    const std::lock_guard lock(mutex_);
    if (stopped_ || changes_.size() + quotes_.size() >= core::kMaxChanges) return false;
    const Id id{++last_id_};
    waiting.emplace(id, std::move(done));
    InboxEvent event;
    event.what = InboxEvent::What::kTask;
    event.run = [run = std::move(run), id](engine::Engine& engine) { run(engine, id); };
    event.refuse = [this, &waiting, refuse = std::move(refuse), id] {
        static_cast<void>(take(waiting, id));
        refuse();
    };
    inbox_.post(std::move(event));
    return true;
}

template <class Id, class Done>
Done Requests::take(std::unordered_map<Id, Done>& waiting, Id id) {
    const std::lock_guard lock(mutex_);
    const auto found = waiting.find(id);
    if (found == waiting.end()) return nullptr;
    Done done = std::move(found->second);
    waiting.erase(found);
    return done;
}

bool Requests::post_change(std::function<void(engine::Engine&, engine::ChangeId)> run,
                           std::function<void()> refuse, ChangeDone done) {
    return post(changes_, std::move(run), std::move(refuse), std::move(done));
}

bool Requests::post_quote(std::function<void(engine::Engine&, engine::QuoteId)> run,
                          std::function<void()> refuse, QuoteDone done) {
    return post(quotes_, std::move(run), std::move(refuse), std::move(done));
}

bool Requests::post_task(std::function<void(engine::Engine&)> run, std::function<void()> refuse) {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
    InboxEvent event;
    event.what = InboxEvent::What::kTask;
    event.run = std::move(run);
    event.refuse = std::move(refuse);
    event.while_halted = true;
    inbox_.post(std::move(event));
    return true;
}

void Requests::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
}

void Requests::drop(engine::ChangeId id) {
    static_cast<void>(take(changes_, id));
}

void Requests::finish(engine::ChangeId id, const engine::ChangeOutcome& outcome) {
    if (const ChangeDone done = take(changes_, id)) done(outcome);
}

void Requests::finish(engine::QuoteId id, const engine::QuoteAnswer* answer, core::ResultCode why) {
    if (const QuoteDone done = take(quotes_, id)) done(answer, why);
}

}  // namespace lowu::service
