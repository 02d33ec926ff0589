// A switch without transport, thread or disk: the engine over a log in memory, every batch durable
// at once. Used by the targets of sessions and snapshots; one thread.
#pragma once

#include <array>
#include <functional>
#include <utility>

#include "common/base/assert.hpp"
#include "common/base/clock.hpp"
#include "switch/engine/engine.hpp"
#include "switch/engine/log_bodies.hpp"
#include "switch/journal/replay.hpp"
#include "tests/fuzz/small_scheme.hpp"
#include "tests/support/fake_log.hpp"

namespace lowu::fuzz {

/// Hands on what the engine sends and closes.
class SmallOutlet final : public engine::Outlet {
public:
    using Sent = std::function<void(engine::SessionId, const engine::OutboundFrame&)>;
    using Closed = std::function<void(engine::SessionId)>;

    SmallOutlet(Sent sent, Closed closed) : sent_(std::move(sent)), closed_(std::move(closed)) {}

    bool ready(engine::SessionId) override { return true; }
    void send(engine::SessionId session, const engine::OutboundFrame& frame) override {
        if (sent_) sent_(session, frame);
    }
    void close(engine::SessionId session, engine::CloseReason, const std::string&) override {
        if (closed_) closed_(session);
    }
    void on_change(engine::ChangeId, const engine::ChangeOutcome&) override {}
    void on_quote(engine::QuoteId, const engine::QuoteAnswer&) override {}
    void on_no_quote(engine::QuoteId, core::ResultCode) override {}

private:
    Sent sent_;
    Closed closed_;
};

class SmallSwitch {
public:
    explicit SmallSwitch(SmallOutlet::Sent sent = {}, SmallOutlet::Closed closed = {})
        : outlet_(std::move(sent), std::move(closed)),
          bodies_(log_),
          engine_(clock_, outlet_, bodies_),
          writer_(log_) {
        LOWU_ASSERT(engine_.start(small_genesis()).ok(), "an empty log takes any genesis");
        LOWU_ASSERT(writer_.acquire().ok(), "nobody else owns it");
        make_durable();
    }

    [[nodiscard]] engine::Engine& engine() { return engine_; }
    [[nodiscard]] test::FakeLog& log() { return log_; }

    void take(engine::SessionId session, engine::InboundFrame& frame) {
        fire_due();
        while (!engine_.on_frame(session, frame))
            make_durable();
        make_durable();
    }
    void end(engine::SessionId session) {
        engine_.on_closed(session);
        make_durable();
    }
    void change(core::Rail rail, const core::Command& command) {
        engine_.change(engine::ChangeId{++changes_}, {{rail, command, {}}});
        make_durable();
    }
    void pass(Duration duration) {
        clock_.advance(duration);
        fire_due();
    }

    /// What the log makes of fresh cells is what there is.
    void check_replay() {
        ManualClock clock;
        SmallOutlet outlet({}, {});
        engine::Engine fresh(clock, outlet, bodies_);
        const auto replayed =
            journal::for_each_record(log_, [&](journal::Entry& entry) { fresh.replay(entry); });
        LOWU_ASSERT(replayed.ok(), "what was recorded can be read");
        for (const core::Rail rail : kRails) {
            LOWU_ASSERT(fresh.cell(rail).digest() == engine_.cell(rail).digest(),
                        "replay gives the same state");
        }
    }

private:
    void make_durable() {
        while (engine_.has_batch()) {
            engine_.seal(batch_);
            LOWU_ASSERT(writer_.append(batch_) == log::AppendOutcome::kOk, "memory takes it");
            engine_.on_durable(batch_.last());
        }
    }
    void fire_due() {
        while (!engine_.on_time())
            make_durable();
        make_durable();
    }

    ManualClock clock_;
    test::FakeLog log_;
    SmallOutlet outlet_;
    engine::LogBodies bodies_;
    engine::Engine engine_;
    engine::LogWriter writer_;
    engine::SealedBatch batch_;
    std::uint64_t changes_ = 0;
};

}  // namespace lowu::fuzz
