// SwitchHost: the switch of a played scenario: the production engine and cells, its log writer, one
// batch on its way to the disk while the next is built, and its death and recovery through the
// production snapshot and recovery code. Frames come and go as the engine's own words, without
// bytes; everything that banks and operators decide is behind Hall. One thread, virtual time.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/prng.hpp"
#include "simulator/play/hash_log.hpp"
#include "simulator/play/timeline.hpp"
#include "simulator/scenario/scenario.hpp"
#include "switch/engine/engine.hpp"
#include "switch/journal/snapshot_memory.hpp"

namespace lowu::simulator {

/// What leaves the switch.
class Hall {
public:
    Hall() = default;
    Hall(const Hall&) = delete;
    Hall& operator=(const Hall&) = delete;
    virtual ~Hall() = default;

    virtual void deliver(std::uint32_t session, const engine::OutboundFrame& frame) = 0;
    /// The switch ends a session.
    virtual void ended(std::uint32_t session, engine::CloseReason reason,
                       const std::string& text) = 0;
    virtual void quoted(engine::QuoteId quote, const engine::QuoteAnswer* answer,
                        core::ResultCode why) = 0;
    virtual void changed(engine::ChangeId change, const engine::ChangeOutcome& outcome) = 0;
    /// A batch is durable, and what waited for it has left.
    virtual void durable() = 0;
    /// A body that the engine keeps no more: made again from the order.
    virtual Result<journal::Body> body_again(core::Sequence sequence) = 0;
    virtual void complain(std::string what) = 0;
};

class SwitchHost final : private engine::Outlet, private engine::BodySource {
public:
    SwitchHost(Timeline& timeline, Hall& hall, const Network& network, std::uint64_t seed);
    ~SwitchHost() override;

    /// The first start.
    void start(engine::Genesis genesis);
    /// Keeps the state for the next start, as soon as nothing is on its way to the disk.
    void snapshot();
    /// The process dies: what is not durable is lost.
    void kill();
    /// Recovers from snapshot and log, and goes on.
    void restart();
    /// The log behind a snapshot that has been used is not needed any more.
    void drop_log() {
        if (snapshot_used_) log_.keep_no_more();
    }

    [[nodiscard]] bool running() const { return engine_ != nullptr; }
    [[nodiscard]] engine::Engine& engine() { return *engine_; }
    [[nodiscard]] core::Cell& cell(scheme::Rail rail) { return engine_->cell(rail); }
    [[nodiscard]] SchemeTime scheme_now() { return scheme_base_ + (timeline_.now() - base_); }

    void take(std::uint32_t session, engine::InboundFrame& frame);
    void closed(std::uint32_t session);
    void change(engine::ChangeId id, std::vector<engine::ChangeCommand> commands);
    void advance_scheme_time(engine::ChangeId id, SchemeTime to);
    void request_quote(engine::QuoteId id, scheme::AgentCode payee_agent,
                       engine::QuoteRequest request);
    /// Whether a large change should wait.
    [[nodiscard]] bool batch_full() const { return engine_->batch_full(); }

    /// Happenings that are the switch's own.
    void synced(std::uint32_t process);
    void timer(std::uint32_t process);

    [[nodiscard]] Hash128 chain_hash() const { return log_.head().hash; }
    [[nodiscard]] std::uint64_t batches() const { return batches_; }
    [[nodiscard]] std::uint64_t records() const { return log_.head().next_sequence - 1; }
    [[nodiscard]] std::uint64_t recoveries() const { return recoveries_; }

private:
    struct Waiting {
        std::uint32_t session;
        engine::InboundFrame frame;
    };

    [[nodiscard]] bool ready(engine::SessionId /*session*/) override { return true; }
    void send(engine::SessionId session, const engine::OutboundFrame& frame) override;
    void close(engine::SessionId session, engine::CloseReason reason,
               const std::string& text) override;
    void on_change(engine::ChangeId change, const engine::ChangeOutcome& outcome) override;
    void on_quote(engine::QuoteId quote, const engine::QuoteAnswer& answer) override;
    void on_no_quote(engine::QuoteId quote, core::ResultCode why) override;
    Result<journal::Body> load(core::Sequence sequence) override;

    void make_engine();
    void own_first_batch();
    [[nodiscard]] bool try_take(std::uint32_t session, engine::InboundFrame& frame);
    void take_waiting();
    void turn();
    void submit();
    void arm_timer();
    void write_snapshot();
    [[nodiscard]] journal::SnapshotIdentity identity() const;

    Timeline& timeline_;
    Hall& hall_;
    const Latency sync_;
    Prng prng_;
    HashLog log_;
    engine::LogWriter writer_{log_};
    journal::MemorySnapshots snapshots_{"simulated snapshots"};
    engine::Genesis genesis_;
    std::unique_ptr<engine::Engine> engine_;
    engine::SealedBatch batch_;
    ElapsedTime base_;
    SchemeTime scheme_base_;
    std::deque<Waiting> waiting_;  ///< Frames that found a full batch.
    std::uint32_t process_ = 0;
    bool syncing_ = false;
    bool snapshot_wanted_ = false;
    bool snapshot_used_ = false;
    ElapsedTime timer_armed_for_ = kNever;
    ElapsedTime forget_at_;
    std::uint64_t batches_ = 0;
    std::uint64_t recoveries_ = 0;
};

}  // namespace lowu::simulator
