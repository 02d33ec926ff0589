// The desk: the switch's unary calls (changes, look-ups, questions for quotes) on virtual time. A
// call and its answer travel late; a call that the switch has not answered when it dies is lost,
// and who called learns only that. Exists because the program's own services speak gRPC. What it
// must never do is answer before the change is durable, or twice, or not at all: it watches itself.
// One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "common/base/prng.hpp"
#include "lowu/v1/directory.pb.h"
#include "lowu/v1/exchange.pb.h"
#include "simulator/world/event_queue.hpp"
#include "simulator/world/observer.hpp"
#include "simulator/world/switch_process.hpp"

namespace lowu::simulator {

/// Calls that were made, and how they ended.
struct DeskCounts {
    std::uint64_t changes = 0;  ///< Answered, refused or not.
    std::uint64_t refused = 0;
    std::uint64_t lost = 0;  ///< Of all kinds.
    std::uint64_t look_ups = 0;
    std::uint64_t found = 0;
    std::uint64_t quotes = 0;
    std::uint64_t no_quotes = 0;
};

class Desk final : public Answers {
public:
    Desk(EventQueue& events, SwitchProcess& to, Observer& observer, Prng prng);

    /// How a change went; null: lost.
    using ChangeDone = std::function<void(const engine::ChangeOutcome*)>;
    using Commands = std::vector<engine::ChangeCommand>;
    /// Makes the commands on the engine's thread; none: the call is refused there.
    using Build = std::function<Commands(engine::Engine&)>;
    void change(Build build, ChangeDone done);
    void advance(SchemeTime time, ChangeDone done);

    /// The registration as it stands; null: refused or lost.
    using Registered = std::function<void(const v1::ProxyRegistration*)>;
    void register_proxy(const v1::RegisterProxyRequest& request, Registered done);
    void remove_proxy(const v1::RemoveProxyRequest& request, ChangeDone done);

    /// Who answers to a proxy; nullopt: nobody does. `lost`: the call is.
    using Resolved =
        std::function<void(bool lost, const std::optional<v1::ResolveProxyResponse>& found)>;
    void resolve(const v1::ResolveProxyRequest& request, Resolved done);

    /// Null: there is none.
    using Quoted = std::function<void(const v1::QuoteAnswer*)>;
    void request_quote(const v1::RequestQuoteRequest& request, Quoted done);

    void on_change(engine::ChangeId change, const engine::ChangeOutcome& outcome) override;
    void on_quote(engine::QuoteId quote, const engine::QuoteAnswer& answer) override;
    void on_no_quote(engine::QuoteId quote, core::ResultCode why) override;
    void switch_died() override;

    /// Calls that wait for an answer.
    [[nodiscard]] std::size_t waiting() const { return calls_.size(); }
    [[nodiscard]] const DeskCounts& counts() const { return counts_; }

private:
    using CallId = std::uint64_t;
    struct Call {
        bool arrived = false;  ///< The switch has it.
        ChangeDone change;
        Quoted quoted;
        Resolved resolved;
    };

    void call(Call one, std::function<void(engine::Engine&, CallId)> run);
    void lose(CallId id);
    [[nodiscard]] std::optional<Call> take(CallId id);
    [[nodiscard]] Duration latency() { return Duration::from_us(prng_.between(100, 4'000)); }

    EventQueue& events_;
    SwitchProcess& switch_;
    Observer& observer_;
    Prng prng_;
    CallId last_ = 0;
    std::map<CallId, Call> calls_;
    DeskCounts counts_;
};

}  // namespace lowu::simulator
