// Changes that operators and banks ask for, scheme time, and questions for quotes. See engine.hpp.
#include "common/base/assert.hpp"
#include "switch/engine/engine.hpp"

namespace lowu::engine {

void Engine::change(ChangeId id, std::vector<ChangeCommand> commands) {
    LOWU_ASSERT(!commands.empty(), "a change is at least one command");
    sequencer_.advance();
    ChangeOutcome outcome;
    outcome.sequence = sequencer_.last().sequence.next();
    for (std::size_t i = 0; i < commands.size(); ++i) {
        record(commands[i].rail, commands[i].command, std::move(commands[i].body));
        if (outcome.result != core::ResultCode::kAccepted) continue;
        outcome.result = last_outcome_;
        outcome.detail = last_detail_;
        outcome.failed_at = i;
    }
    outcome.scheme_time = sequencer_.last().scheme;
    changes_.push_back({sequencer_.last().sequence, id, outcome});
}

void Engine::advance_scheme_time(ChangeId id, SchemeTime time) {
    sequencer_.advance();
    const SchemeTime now = sequencer_.last().scheme;
    ChangeOutcome outcome;
    outcome.scheme_time = now;
    if (time < now || time > now + Duration::from_minutes(core::kMaxAdvanceDays * 24 * 60)) {
        outcome.result = core::ResultCode::kTimeRange;
        return outlet_.on_change(id, outcome);
    }
    if (cell(Rail::kFps).pending() > 0 || cell(Rail::kIbps).pending() > 0) {
        outcome.result = core::ResultCode::kTimeNotQuiet;
        return outlet_.on_change(id, outcome);
    }
    sequencer_.set_scheme(time);
    change(id, {{Rail::kFps, core::AdvanceSchemeTime{}, {}},
                {Rail::kIbps, core::AdvanceSchemeTime{}, {}}});
}

/// Tells those who wait for what is durable now.
void Engine::finish_changes() {
    while (!changes_.empty() && changes_.front().last <= durable_) {
        const WaitingChange done = changes_.front();
        changes_.pop_front();
        outlet_.on_change(done.id, done.outcome);
    }
}

// Quotes.

core::ResultCode Engine::check_quote_request(const QuoteRequest& request,
                                             scheme::AgentCode payee_agent, SessionId* session) {
    const core::Cell& origin = cell(Rail::kIbps);
    const core::Cell& destination = cell(Rail::kFps);
    if (!origin.find_participant(request.payer_agent)) return core::ResultCode::kPayerAgentNotLive;
    if (!origin.link_up()) return core::ResultCode::kLinkDown;
    const auto index = destination.find_participant(payee_agent);
    if (!index) return core::ResultCode::kPayeeAgentUnknown;
    if (destination.participant(*index).off()) return core::ResultCode::kPayeeAgentLoggedOff;
    *session = channel(Rail::kFps, *index).session;
    const auto found = sessions_.find(*session);
    if (found == sessions_.end()) return core::ResultCode::kPayeeAgentOffline;
    if (found->second.quote_requests.size() >= core::kMaxQuoteRequests || quotes_.full()) {
        return core::ResultCode::kPayeeAgentCongested;
    }
    return core::ResultCode::kAccepted;
}

void Engine::request_quote(QuoteId id, scheme::AgentCode payee_agent, QuoteRequest request) {
    sequencer_.advance();
    SessionId session{0};
    const core::ResultCode result = check_quote_request(request, payee_agent, &session);
    if (result != core::ResultCode::kAccepted) return outlet_.on_no_quote(id, result);
    request.deadline =
        Duration::from_ms(cell(Rail::kFps).rules().rail_value(core::ParameterId::kLookupDeadline));
    request.query_id = quotes_.add(id, session, sequencer_.last().elapsed + request.deadline);
    Session& to = sessions_.at(session);
    to.quote_requests.push_back(std::move(request));
    flush(session, to);
}

void Engine::take_quote_answers(SessionId id, const InboundFrame& frame) {
    for (const QuoteAnswer& answer : frame.quote_answers) {
        if (const auto waiting = quotes_.take(id, answer.query_id)) {
            outlet_.on_quote(*waiting, answer);
        }
    }
}

void Engine::expire_quotes() {
    while (const auto expired = quotes_.take_expired(sequencer_.last().elapsed))
        outlet_.on_no_quote(*expired, core::ResultCode::kPayeeAgentSilent);
}

}  // namespace lowu::engine
