// The engine: sessions and time in, commands with stamps through the cells, batches out to the log,
// and what the cells have put out to the banks once it is durable. Single-threaded step machine
// over injected clock, outlet and body source; the runner in switch/app (or a test on virtual time)
// calls it.
//
// Life of an input: on_frame validates numbers -> record(): stamp, journal, apply -> link messages
// are delivered to the other cell as its own commands, in the same batch -> seal() hands the batch
// over -> on_durable() lets go of outbox entries. While one batch syncs, the next is being built.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "common/base/clock.hpp"
#include "common/rpc/session_numbers.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/core/cell.hpp"
#include "switch/engine/body_cache.hpp"
#include "switch/engine/genesis.hpp"
#include "switch/engine/log_writer.hpp"
#include "switch/engine/quote_queries.hpp"
#include "switch/engine/sequencer.hpp"
#include "switch/engine/types.hpp"
#include "switch/journal/batch.hpp"
#include "switch/journal/snapshot.hpp"

namespace lowu::engine {

/// A command of a change, with the body that the log keeps for it.
struct ChangeCommand {
    Rail rail{};
    core::Command command;
    journal::Body body;
};

class Engine {
public:
    Engine(Clock& clock, Outlet& outlet, BodySource& bodies);

    // Recovery, before anything else.

    /// Loads the cells from a snapshot, in place of the log's records up to it. After an error
    /// nothing is loaded: another one may be tried, or the log replayed from its beginning.
    [[nodiscard]] Result<journal::SnapshotInfo> load(journal::SnapshotReader& reader);
    /// Applies one command read from the log.
    void replay(journal::Entry& entry);
    /// After the last one: makes the cells when the log was empty, else compares. Error kInvalid
    /// names the difference between configuration and log. Then every session that was up is
    /// recorded as down, and the link goes on.
    [[nodiscard]] Result<void> start(const Genesis& genesis,
                                     OnDifference on_difference = OnDifference::kRefuse);

    // Input.

    /// Takes a frame's content (moved out of it), with what was found of the payments it wants.
    /// False: only a part could be taken. The rest is handed in again, as the session's next frame,
    /// when the batch has room; if it wants_room, after forget_old. What it wants then is asked
    /// anew.
    [[nodiscard]] bool on_frame(SessionId session, InboundFrame& frame,
                                const std::vector<Recollection>& found = {});
    void on_writable(SessionId session);
    /// The connection is gone.
    void on_closed(SessionId session);
    /// Fires due timers, as far as the batch has room. True when none is due any more: only then
    /// may a frame be taken at this time.
    bool on_time();
    /// Payments that the frame is about and that the cells do not remember though the archive may:
    /// whoever has a frame asks first, reads them there in a state at least as new as
    /// last_forget(), and hands them in with the frame in the same order (sorted, each once), so
    /// that its messages meet them as if they had never been forgotten. Mostly none.
    [[nodiscard]] std::vector<Wanted> wanted(SessionId session, const InboundFrame& frame) const;
    /// The last command by which anything was forgotten. An answer from before it is stale: ask
    /// again.
    [[nodiscard]] Sequence last_forget() const { return last_forget_; }
    /// Records that a cell forgets its oldest payments, when it may and the follower has replayed
    /// them, or what was recollected, when little more could be. One cell a call.
    void forget_old(Sequence followed);

    /// From now on a step of the clock of more than `limit` is not believed; zero: every one is.
    void watch_clock(Duration limit) { sequencer_.watch_for_jumps(limit); }
    /// By how much the clock has jumped: while there is an answer time stands, and no frame and no
    /// change may be taken.
    [[nodiscard]] std::optional<Duration> clock_jump() const { return sequencer_.jump(); }
    /// See Sequencer::confirm_jump.
    void confirm_clock(bool passed) { sequencer_.confirm_jump(passed); }

    /// Ends every session.
    void close_all(CloseReason reason, const std::string& text);

    // What operators and banks ask for beside payments (engine_changes.cpp).

    /// Records the commands, one after the other, whatever becomes of them; Outlet::on_change
    /// follows when they are durable.
    void change(ChangeId id, std::vector<ChangeCommand> commands);
    /// Sets scheme time forward for both rails. Refused, and nothing recorded, while a payment is
    /// pending.
    void advance_scheme_time(ChangeId id, SchemeTime time);
    /// Passes a question for a quote to the payee's bank, across the link. Outlet::on_quote or
    /// on_no_quote follows, at the latest at the deadline.
    void request_quote(QuoteId id, scheme::AgentCode payee_agent, QuoteRequest request);

    /// When on_time has something to do, in microseconds from now; none when no timer runs.
    [[nodiscard]] std::optional<Duration> until_next_timer();

    // Output.

    [[nodiscard]] bool has_batch() const { return !builder_.empty(); }
    /// No more input is taken until the batch has been sealed: a large frame might not fit.
    [[nodiscard]] bool batch_full() const;
    /// Participants that the batch being built concerns: how many frames will leave with it.
    [[nodiscard]] std::size_t touched_channels() const { return building_touched_.size(); }
    /// Closes the batch into `batch`, whose buffer is reused.
    void seal(SealedBatch& batch);
    /// Everything up to `through` is durable: lets go of what waited for it.
    void on_durable(Sequence through);

    [[nodiscard]] Sequence durable() const { return durable_; }
    [[nodiscard]] Sequence recovered() const { return recovered_; }
    /// The commands that made cells, participants and agents.
    [[nodiscard]] const Genesis& genesis() const { return structure_; }
    [[nodiscard]] core::Cell& cell(Rail rail) { return *cells_[static_cast<std::size_t>(rail)]; }
    [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }

private:
    /// A participant's two directions, whether a session is open or not.
    struct Channel {
        SessionId session{0};              ///< 0 when none is open.
        MessageNumber sealed_number = 0;   ///< Highest number from the bank in a sealed batch.
        MessageNumber durable_number = 0;  ///< Highest number from the bank that is durable.
        bool touched = false;              ///< In the batch being built.
    };
    struct Session {
        Rail rail{};
        core::ParticipantIndex participant;
        rpc::NumberReceiver receiver;
        rpc::NumberSender sender;
        /// The record that opened the session: the bank is answered when it is durable, and with
        /// it all the bank has ever sent. Then none.
        std::optional<Sequence> opened_at;
        MessageNumber told_acknowledged = 0;
        MessageNumber told_credit = 0;
        std::vector<QuoteRequest> quote_requests;  ///< That wait for the next frame.
        /// Since when the connection takes nothing, though something waits.
        std::optional<ElapsedTime> stalled_since = std::nullopt;
    };
    struct WaitingChange {
        Sequence last;  ///< Done when this is durable.
        ChangeId id;
        ChangeOutcome outcome;
    };
    struct ChannelKey {
        Rail rail{};
        core::ParticipantIndex participant;
    };

    // engine.cpp
    void make_cells();
    [[nodiscard]] Result<journal::SnapshotInfo> load_cells(journal::SnapshotReader& reader);
    void begin(const Genesis& genesis);
    [[nodiscard]] Result<void> compare_parameters(const Genesis& genesis,
                                                  OnDifference on_difference);
    void record(Rail rail, const core::Command& command, journal::Body body = {});
    void record_one(Rail rail, const core::Command& command, journal::Body&& body);
    void apply(const core::Stamp& stamp, Rail rail, const core::Command& command);
    void pump_links();
    void acknowledge_links();
    [[nodiscard]] bool fire_timers();
    [[nodiscard]] std::optional<Rail> rail_of_first_timer();
    /// Whether the batch takes a frame's next message, and everything that comes with it.
    [[nodiscard]] bool has_room_for_message() const;
    void touch(Rail rail, core::ParticipantIndex participant);
    Channel& channel(Rail rail, core::ParticipantIndex participant);

    // engine_changes.cpp
    void finish_changes();
    [[nodiscard]] core::ResultCode check_quote_request(const QuoteRequest& request,
                                                       scheme::AgentCode payee_agent,
                                                       SessionId* session);
    void take_quote_answers(SessionId id, const InboundFrame& frame);
    void expire_quotes();

    // engine_memory.cpp
    using Legs = std::vector<std::pair<Rail, const core::Recollect*>>;
    [[nodiscard]] const core::Cell& cell_of(Rail rail) const {
        return *cells_[static_cast<std::size_t>(rail)];
    }
    [[nodiscard]] std::optional<Asker> asker_of(SessionId session, const InboundFrame& frame) const;
    [[nodiscard]] std::optional<Wanted> wanted_original(const Asker& asker,
                                                        const core::PaymentReturn& back) const;
    void answer_from_archive(const Recollection& found, core::StatusRequest& request) const;
    void add_forgotten(Rail rail, const Recollection& found, Legs& legs) const;
    [[nodiscard]] bool recollect_for(const Asker& asker, Input& input,
                                     const std::vector<Recollection>& found);

    // engine_sessions.cpp
    void open_session(SessionId id, const Hello& hello);
    [[nodiscard]] bool hello_fits(SessionId id, const Hello& hello,
                                  const core::Participant& participant);
    void send_hello_reply(SessionId id, Session& session);
    [[nodiscard]] bool take_acknowledgement(SessionId id, Session& session, MessageNumber number);
    [[nodiscard]] bool begin_frame(SessionId id, InboundFrame& frame);
    [[nodiscard]] bool take_numbers(SessionId id, Session& session, InboundFrame& frame);
    [[nodiscard]] bool take_inputs(Session& session, InboundFrame& frame,
                                   const std::vector<Recollection>& found);
    void end_session(SessionId id, CloseReason reason, const std::string& text);
    void forget_session(SessionId id);
    void flush(SessionId id, Session& session);
    void mark_stalled(Session& session);
    void unmark_stalled(Session& session);
    [[nodiscard]] std::optional<ElapsedTime> next_stall_check() const;
    void close_stalled();
    [[nodiscard]] bool send_frame(SessionId id, Session& session);
    [[nodiscard]] MessageNumber durable_end(const core::Outbox& outbox) const;
    [[nodiscard]] Result<void> gather_messages(Rail rail, const core::Outbox& outbox,
                                               MessageNumber first, std::uint64_t most);
    [[nodiscard]] Result<OutboundMessage> message_of(Rail rail, const core::OutboxEntry& entry);
    [[nodiscard]] Result<const journal::Body*> body_of(Sequence sequence);

    Outlet& outlet_;
    BodySource& body_source_;
    Sequencer sequencer_;
    std::array<std::unique_ptr<core::Cell>, 2> cells_;
    std::array<MessageNumber, 2> link_delivered_{};  ///< By the sender's rail.
    std::array<std::vector<Channel>, 2> channels_;
    std::map<SessionId, Session> sessions_;
    journal::BatchBuilder builder_;
    BodyCache body_cache_;
    std::map<Sequence, journal::Body>
        loaded_bodies_;  ///< Read back from the log for the frame at hand.
    core::Effects effects_;
    core::ResultCode last_outcome_{};  ///< Of the command recorded last, and its detail.
    std::uint32_t last_detail_ = 0;
    std::deque<WaitingChange> changes_;
    QuoteQueries quotes_;
    std::vector<ChannelKey> building_touched_;
    std::vector<ChannelKey> sealed_touched_;
    std::vector<OutboundMessage> frame_messages_;
    Genesis structure_;  ///< What has made the cells.
    Sequence durable_;
    Sequence recovered_;
    Sequence last_forget_;
    std::size_t stalled_sessions_ = 0;
    ElapsedTime next_stall_check_;
};

}  // namespace lowu::engine
