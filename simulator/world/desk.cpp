// The switch's unary calls on virtual time; see desk.hpp.
#include "simulator/world/desk.hpp"

#include <utility>

#include "common/base/assert.hpp"
#include "common/scheme/agent_code.hpp"
#include "switch/follower/follower.hpp"
#include "switch/session/convert.hpp"

namespace lowu::simulator {
namespace {

using scheme::Rail;

/// A bank as a call names it; its rail follows from the code.
struct Caller {
    core::AgentCode code;
    Rail rail{};
};

Caller caller_of(const std::string& code) {
    const auto rail = scheme::rail_of_code(code);
    LOWU_ASSERT(rail.has_value(), "banks call by their own codes");
    return {*scheme::parse_agent_code(code), *rail};
}

session::ProxyText text_of(Rail rail, const v1::Proxy& proxy) {
    session::ProxyText text;
    const auto fault = session::read_proxy(rail, proxy, text);
    LOWU_ASSERT(!fault, "the banks' own checks let no malformed proxy through");
    return text;
}

engine::ChangeCommand registration(const v1::ProxyRegistration& from, Rail rail,
                                   core::ParticipantIndex bank) {
    const session::ProxyText proxy = text_of(rail, from.proxy());
    core::RegisterProxy command;
    command.registration.proxy = proxy.hash;
    command.registration.participant = bank;
    command.registration.holder = *scheme::party_kind_from_number(from.holder());
    command.registration.default_receiver = from.default_receiver();
    command.registration.cross_boundary = from.cross_boundary();
    journal::Body body;
    body.payee_proxy = proxy.value;
    body.proxy_kind = static_cast<std::uint8_t>(proxy.kind);
    body.name_en = from.display_name_en();
    body.name_zh = from.display_name_zh();
    return {rail, command, body};
}

/// From durable state, as the directory's service answers.
std::optional<v1::ResolveProxyResponse> resolved(const follower::Follower& follower,
                                                 const v1::ResolveProxyRequest& request) {
    const Caller caller = caller_of(request.participant());
    const Rail directory = request.domestic() ? caller.rail : scheme::other(caller.rail);
    const session::ProxyText proxy = text_of(directory, request.proxy());
    const core::Cell& cell = follower.cell(directory);
    const core::ProxyRegistration* found = nullptr;
    if (request.payee_agent().empty()) {
        found = cell.directory().find_default(proxy.hash);
    } else if (const auto bank =
                   cell.find_participant(*scheme::parse_agent_code(request.payee_agent()))) {
        found = cell.directory().find(proxy.hash, *bank);
    }
    if (found == nullptr || (!request.domestic() && !found->cross_boundary)) return std::nullopt;
    const follower::ProxyTexts* texts = follower.proxy_names().find(found->reference);
    LOWU_ASSERT(texts != nullptr, "what the directory holds has a name");
    v1::ResolveProxyResponse response;
    *response.mutable_payee_proxy()->mutable_proxy() = request.proxy();
    response.mutable_payee_proxy()->set_reference(found->reference.value);
    response.set_payee_agent(scheme::format_agent_code(cell.participant(found->participant).code));
    response.set_display_name_en(texts->name_en);
    response.set_display_name_zh(texts->name_zh);
    response.set_holder(static_cast<v1::PartyKind>(found->holder));
    response.set_suspicious(cell.directory().suspicious(proxy.hash));
    return response;
}

v1::QuoteAnswer message_of(const engine::QuoteAnswer& from) {
    v1::QuoteAnswer answer;
    answer.set_query_id(from.query_id);
    answer.set_reason_code(from.reason_code);
    if (!from.quoted) return answer;
    answer.mutable_exchange()->set_quote_id(from.quote_id);
    answer.mutable_exchange()->set_hkd_minor(from.hkd.value);
    answer.mutable_exchange()->set_rate_e8(from.rate.value);
    answer.set_expires_ms(from.expires.value);
    answer.set_cny_minor(from.cny.value);
    return answer;
}

}  // namespace

Desk::Desk(EventQueue& events, SwitchProcess& to, Observer& observer, Prng prng)
    : events_(events), switch_(to), observer_(observer), prng_(prng) {
    switch_.set_answers(this);
}

// A call's way.

void Desk::call(Call one, std::function<void(engine::Engine&, CallId)> run) {
    const CallId id = ++last_;
    calls_.emplace(id, std::move(one));
    events_.after(latency(), [this, id, run = std::move(run)] {
        if (!switch_.running()) return lose(id);
        calls_.at(id).arrived = true;
        switch_.task([id, run](engine::Engine& engine) { run(engine, id); });
    });
}

std::optional<Desk::Call> Desk::take(CallId id) {
    const auto found = calls_.find(id);
    if (found == calls_.end()) {
        observer_.complain("call " + std::to_string(id) + " is answered twice");
        return std::nullopt;
    }
    Call one = std::move(found->second);
    calls_.erase(found);
    return one;
}

void Desk::lose(CallId id) {
    const auto one = take(id);
    if (!one) return;
    ++counts_.lost;
    events_.after(latency(), [one = *one] {
        if (one.change) one.change(nullptr);
        if (one.quoted) one.quoted(nullptr);
        if (one.resolved) one.resolved(true, std::nullopt);
    });
}

/// What the switch had and has not answered.
void Desk::switch_died() {
    std::vector<CallId> lost;
    for (const auto& [id, one] : calls_) {
        if (one.arrived) lost.push_back(id);
    }
    for (const CallId id : lost)
        lose(id);
}

// Changes.

void Desk::change(Build build, ChangeDone done) {
    call({false, std::move(done), nullptr, nullptr},
         [this, build = std::move(build)](engine::Engine& engine, CallId id) {
             Commands commands = build(engine);
             if (!commands.empty()) return engine.change(engine::ChangeId{id}, std::move(commands));
             engine::ChangeOutcome refused;
             refused.result = core::ResultCode::kUnknownParticipant;
             on_change(engine::ChangeId{id}, refused);
         });
}

void Desk::advance(SchemeTime time, ChangeDone done) {
    call({false, std::move(done), nullptr, nullptr}, [time](engine::Engine& engine, CallId id) {
        engine.advance_scheme_time(engine::ChangeId{id}, time);
    });
}

void Desk::on_change(engine::ChangeId id, const engine::ChangeOutcome& outcome) {
    if (outcome.sequence > switch_.engine().durable()) {
        observer_.complain("change " + std::to_string(id.value) +
                           " is answered before it is durable");
    }
    ++counts_.changes;
    counts_.refused += outcome.result == core::ResultCode::kAccepted ? 0U : 1U;
    const auto one = take(id.value);
    if (one) events_.after(latency(), [done = one->change, outcome] { done(&outcome); });
}

void Desk::register_proxy(const v1::RegisterProxyRequest& request, Registered done) {
    const Caller caller = caller_of(request.registration().participant());
    change(
        [caller, from = request.registration()](engine::Engine& engine) -> Commands {
            const auto index = engine.cell(caller.rail).find_participant(caller.code);
            if (!index) return {};
            return {registration(from, caller.rail, *index)};
        },
        [done = std::move(done), from = request.registration()](const auto* outcome) {
            if (outcome == nullptr || outcome->result != core::ResultCode::kAccepted) {
                return done(nullptr);
            }
            v1::ProxyRegistration held = from;
            held.set_reference(outcome->sequence.value);
            held.set_default_receiver(outcome->detail != 0);
            done(&held);
        });
}

void Desk::remove_proxy(const v1::RemoveProxyRequest& request, ChangeDone done) {
    const Caller caller = caller_of(request.participant());
    change(
        [caller,
         hash = text_of(caller.rail, request.proxy()).hash](engine::Engine& engine) -> Commands {
            const auto index = engine.cell(caller.rail).find_participant(caller.code);
            if (!index) return {};
            return {{caller.rail, core::RemoveProxy{hash, *index}, {}}};
        },
        std::move(done));
}

// Look-ups and quotes.

void Desk::resolve(const v1::ResolveProxyRequest& request, Resolved done) {
    ++counts_.look_ups;
    call({false, nullptr, nullptr, std::move(done)},
         [this, request](engine::Engine& /*engine*/, CallId id) {
             const auto one = take(id);
             if (!one) return;
             const auto found = resolved(switch_.follower(), request);
             counts_.found += found ? 1U : 0U;
             events_.after(latency(), [done = one->resolved, found] { done(false, found); });
         });
}

void Desk::request_quote(const v1::RequestQuoteRequest& request, Quoted done) {
    ++counts_.quotes;
    call({false, nullptr, std::move(done), nullptr}, [request](engine::Engine& engine, CallId id) {
        engine::QuoteRequest question;
        question.payer_agent = caller_of(request.participant()).code;
        question.payee_account = request.payee_account();
        question.hkd = core::AmountMinor{request.hkd_minor()};
        engine.request_quote(engine::QuoteId{id}, *scheme::parse_agent_code(request.payee_agent()),
                             question);
    });
}

void Desk::on_quote(engine::QuoteId id, const engine::QuoteAnswer& answer) {
    const auto one = take(id.value);
    if (!one) return;
    events_.after(latency(),
                  [done = one->quoted, message = message_of(answer)] { done(&message); });
}

void Desk::on_no_quote(engine::QuoteId id, core::ResultCode /*why*/) {
    ++counts_.no_quotes;
    const auto one = take(id.value);
    if (one) events_.after(latency(), [done = one->quoted] { done(nullptr); });
}

}  // namespace lowu::simulator
