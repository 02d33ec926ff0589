// SwitchProcess: the switch as the program lowu_switch puts it together, on virtual time: the
// production engine, log writer, log, follower, archive and translation, one batch on its way to
// the disk while the next is built, frames that wait for the archive, dying at any moment and
// recovering from snapshot and log. Exists because the program's own runners have threads. One
// thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/base/prng.hpp"
#include "common/log/memory_file.hpp"
#include "simulator/world/connections.hpp"
#include "simulator/world/follower_process.hpp"
#include "simulator/world/observer.hpp"
#include "switch/engine/engine.hpp"
#include "switch/session/translate.hpp"

namespace lowu::simulator {

/// How the switch dies.
enum class Death : std::uint8_t {
    kKilled,         ///< kill -9: what was written stays, synced or not.
    kPowerLost,      ///< What was not synced is lost, torn or kept.
    kPowerLostSync,  ///< The same while a batch is being synced.
    kWriteFailed,    ///< A write or sync fails: the program ends itself.
};
inline constexpr std::size_t kDeaths = 4;

/// The switch's own clock: as the world's, but for its steps.
class SteppingClock final : public Clock {
public:
    explicit SteppingClock(Clock& world) : world_(world) {}

    [[nodiscard]] std::int64_t monotonic_us() override { return world_.monotonic_us() + ahead_.us; }
    void step(Duration by) { ahead_ = ahead_ + by; }

private:
    Clock& world_;
    Duration ahead_{0};
};

/// A step of that clock. One that is not believed holds everything up until an operator says, so
/// much later, whether the time has really passed.
struct ClockStep {
    Duration by;
    Duration silence;
    bool passed = false;
};

/// What happened to the switch over a run; tests look whether enough did.
struct SwitchCounts {
    std::array<std::uint64_t, kDeaths> deaths{};
    std::uint64_t torn_tails = 0;       ///< Recoveries that cut bytes off the log.
    std::uint64_t kept_unreleased = 0;  ///< Recoveries that found more than had been released.
    std::uint64_t failed_starts = 0;
    std::uint64_t takeovers = 0;
    std::uint64_t late_hellos = 0;  ///< Refused, and nobody waits for them any more.
    std::uint64_t stalls = 0;
    std::uint64_t clock_steps = 0;
    std::uint64_t clock_halts = 0;   ///< Of these, those that were not believed.
    std::uint64_t cut_by_clock = 0;  ///< Sessions that seemed not to read.
    std::uint64_t batches = 0;
    std::uint64_t records = 0;
    std::uint64_t built_while_syncing = 0;  ///< Batches begun while another was on its way.
    std::uint64_t segments = 0;
    std::uint64_t waited_writable = 0;  ///< Frames held back for a busy connection.
    std::uint64_t repeated_frames = 0;  ///< Frames from banks that begin with what is known.
    std::uint64_t largest_batch_bytes = 0;
    FollowerCounts of_follower;
    std::uint64_t loaded_snapshots = 0;   ///< Starts that began with one.
    std::uint64_t damaged_snapshots = 0;  ///< Found at a start, and the one before used.
    std::uint64_t parked = 0;             ///< Frames that waited for the archive,
    std::uint64_t parked_behind = 0;      ///< and frames behind them.
    std::uint64_t asked_again = 0;        ///< Since more was forgotten meanwhile.
    std::uint64_t look_ups_early = 0;     ///< That had to wait for the follower.
    std::uint64_t archived_bodies = 0;    ///< Batches read back from the archive.
};

/// Who waits for what the engine answers beside frames, and for the end of a process.
class Answers {
public:
    Answers() = default;
    Answers(const Answers&) = delete;
    Answers& operator=(const Answers&) = delete;
    virtual ~Answers() = default;

    virtual void on_change(engine::ChangeId change, const engine::ChangeOutcome& outcome) = 0;
    virtual void on_quote(engine::QuoteId quote, const engine::QuoteAnswer& answer) = 0;
    virtual void on_no_quote(engine::QuoteId quote, core::ResultCode why) = 0;
    virtual void switch_died() = 0;
};

class SwitchProcess final : public Endpoint, private engine::Outlet {
public:
    /// `start`: scheme time of the first start.
    struct World {
        EventQueue& events;
        Connections& network;
        Observer& observer;
        const Faults& faults;
    };
    SwitchProcess(const World& world, Prng prng, SchemeTime start);
    ~SwitchProcess() override;

    void set_answers(Answers* answers) { answers_ = answers; }
    /// A task of a unary call, on the engine's thread. It is lost when the process dies before.
    void task(std::function<void(engine::Engine&)> run);
    /// What is durable; while it runs. It may lag, but who asks waits until it has come so far.
    [[nodiscard]] const follower::Follower& follower();
    [[nodiscard]] const follower::Archive& archive();
    /// What another process would recover from the disk as it is now.
    [[nodiscard]] Result<Digests> recover_aside();

    /// Opens the log, recovers, serves. On an error (a disk that fails while starting) it stays
    /// down.
    [[nodiscard]] Result<void> start();
    /// Dies now, or (kPowerLostSync, kWriteFailed) with the next batch that is written.
    void die(Death death);
    /// The next start finds a disk whose `nth` sync fails, and then loses power.
    void fail_next_start(std::uint64_t nth) { failing_start_sync_ = nth; }
    /// The process gets no processor for so long: everything waits.
    void stall(Duration duration);
    void step_clock(const ClockStep& step);

    [[nodiscard]] bool running() const { return process_ != nullptr; }
    /// Told when it is down, so that somebody may start it again.
    void set_down_handler(std::function<void()> handler) { down_ = std::move(handler); }

    [[nodiscard]] engine::Engine& engine();
    [[nodiscard]] log::BatchLog& log();
    /// Payments that cross, or stay within a rail, and wait for their end.
    [[nodiscard]] bool has_payments_in_flight();
    /// A frame waits for the archive.
    [[nodiscard]] bool has_parked_frames();
    /// From now on no disk of snapshots fails any more.
    void end_faults() { disks_fail_ = false; }
    [[nodiscard]] const SwitchCounts& counts() const { return counts_; }

    void on_received(ConnectionId connection, const std::string& bytes) override;
    void on_written(ConnectionId connection) override;
    void on_broken(ConnectionId connection) override;

private:
    struct Process;
    /// Frames of a session that wait for what the archive says of the first one's payments.
    struct Parked {
        std::deque<engine::InboundFrame> frames;
        std::vector<engine::Wanted> wanted;
        core::Sequence asked_at = {};
    };
    struct Session {
        session::Translator translator;
        std::string bank;
        bool writing = false;
        bool write_wanted = false;
        bool closed = false;  ///< By the engine.
    };

    [[nodiscard]] bool ready(engine::SessionId session) override;
    void send(engine::SessionId session, const engine::OutboundFrame& frame) override;
    void close(engine::SessionId session, engine::CloseReason reason,
               const std::string& text) override;
    void on_change(engine::ChangeId change, const engine::ChangeOutcome& outcome) override {
        answers_->on_change(change, outcome);
    }
    void on_quote(engine::QuoteId quote, const engine::QuoteAnswer& answer) override {
        answers_->on_quote(quote, answer);
    }
    void on_no_quote(engine::QuoteId quote, core::ResultCode why) override {
        answers_->on_no_quote(quote, why);
    }

    [[nodiscard]] Result<void> open_process();
    [[nodiscard]] Result<void> recover();
    [[nodiscard]] Result<void> sync_start();
    void input(EventQueue::Action action);
    void go_on(std::uint64_t process_number);
    void read_frame(ConnectionId connection, const std::string& bytes);
    void take_frame(ConnectionId connection, engine::InboundFrame frame);
    void fire_timers();
    void park(ConnectionId connection, Parked parked);
    void look_up(ConnectionId connection, core::Sequence at_least);
    void archive_answers(ConnectionId connection, const std::vector<engine::Recollection>& found);
    void damage_snapshots();
    void turn();
    void submit();
    void append();
    void appended();
    void follow_and_release();
    void catch_up();
    void arm_timer();
    void end_process(Death death);
    Session& session_of(ConnectionId connection) { return sessions_[connection]; }

    EventQueue& events_;
    SteppingClock clock_{events_.clock()};
    Connections& network_;
    Observer& observer_;
    const Faults& faults_;
    Prng prng_;
    const SchemeTime start_;
    Answers* answers_ = nullptr;
    log::MemoryDirectory directory_{"simulated disk"};
    FollowerDisk follower_disk_;
    bool disks_fail_ = true;  ///< Those of snapshots.
    std::unique_ptr<Process> process_;
    std::uint64_t process_number_ = 0;  ///< Events of a dead process do nothing.
    core::Sequence released_through_;
    std::map<ConnectionId, Session> sessions_;
    std::map<std::string, std::uint64_t> highest_number_;  ///< By bank, over all processes.
    std::deque<EventQueue::Action> inbox_;
    ElapsedTime stalled_until_;
    ElapsedTime timer_armed_for_ = kNever;
    std::optional<Death> death_in_sync_;
    std::uint64_t failing_start_sync_ = 0;
    std::function<void()> down_;
    SwitchCounts counts_;
};

}  // namespace lowu::simulator
