// Questions for quotes that are on their way to a bank: not logged, answered at the latest at their
// deadline. Exists because a lost question costs nothing but a new one, so it needs no log. Used by
// the engine; one thread.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "switch/core/limits.hpp"
#include "switch/engine/types.hpp"

namespace lowu::engine {

class QuoteQueries {
public:
    [[nodiscard]] bool full() const { return waiting_.size() >= core::kMaxChanges; }

    /// The number under which the bank's session knows the question; full() was asked.
    std::uint64_t add(QuoteId id, SessionId session, ElapsedTime deadline) {
        waiting_.emplace(++last_query_, Waiting{id, session, deadline});
        deadlines_.emplace(deadline, last_query_);
        return last_query_;
    }

    /// Who waits for an answer from this session; none when it came too late or is a stranger's.
    [[nodiscard]] std::optional<QuoteId> take(SessionId session, std::uint64_t query) {
        const auto found = waiting_.find(query);
        if (found == waiting_.end() || found->second.session != session) return std::nullopt;
        const QuoteId id = found->second.id;
        erase(found);
        return id;
    }

    /// The next one whose deadline is over.
    [[nodiscard]] std::optional<QuoteId> take_expired(ElapsedTime now) {
        if (deadlines_.empty() || deadlines_.begin()->first > now) return std::nullopt;
        const auto found = waiting_.find(deadlines_.begin()->second);
        const QuoteId id = found->second.id;
        erase(found);
        return id;
    }

    /// The next one of a session that has ended.
    [[nodiscard]] std::optional<QuoteId> take_of(SessionId session) {
        for (auto one = waiting_.begin(); one != waiting_.end(); ++one) {
            if (one->second.session != session) continue;
            const QuoteId id = one->second.id;
            erase(one);
            return id;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<ElapsedTime> next_deadline() const {
        if (deadlines_.empty()) return std::nullopt;
        return deadlines_.begin()->first;
    }

private:
    struct Waiting {
        QuoteId id;
        SessionId session;
        ElapsedTime deadline;
    };
    void erase(std::map<std::uint64_t, Waiting>::iterator one) {
        deadlines_.erase({one->second.deadline, one->first});
        waiting_.erase(one);
    }

    std::uint64_t last_query_ = 0;
    std::map<std::uint64_t, Waiting> waiting_;
    std::set<std::pair<ElapsedTime, std::uint64_t>> deadlines_;
};

}  // namespace lowu::engine
