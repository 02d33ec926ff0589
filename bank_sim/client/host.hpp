// Host: all banks of a process on one loop and one thread: their sessions with the switch, their
// customers' waiting calls, generated traffic, their log. Exists so that a payment costs no thread
// hop: whole frames and calls come to the loop, and one turn() takes them up, gives the log what
// was taken up, and sends what has become due and may go.
// Everything but the constructor and loop() is called on the loop's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bank_sim/client/enquiry_waits.hpp"
#include "bank_sim/client/log_thread.hpp"
#include "bank_sim/client/proxy_start.hpp"
#include "bank_sim/client/session_inbox.hpp"
#include "bank_sim/client/switch_calls.hpp"
#include "bank_sim/client/switch_session.hpp"
#include "bank_sim/client/waits.hpp"
#include "bank_sim/journal/journal.hpp"
#include "bank_sim/model/bank.hpp"
#include "bank_sim/model/day_orders.hpp"
#include "bank_sim/model/day_plan.hpp"
#include "bank_sim/model/traffic.hpp"
#include "common/base/clock.hpp"

namespace lowu::bank {

class Host {
public:
    /// The log of the process. The banks write into the journal, and have been held back.
    struct Log {
        Journal& journal;
        LogWriter& writer;
        log::BatchLog& log;
    };

    struct Settings {
        std::string switch_address;
        ElapsedTime elapsed;   ///< What the banks know of time already: it goes on from there.
        std::string log_mode;  ///< See ListBanksResponse.log_mode.
    };

    /// The banks outlive it. Without a log they are in memory only.
    Host(std::vector<Bank*> banks, const Settings& settings, std::optional<Log> log);
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    ~Host() = default;

    [[nodiscard]] boost::asio::io_context& loop() { return loop_; }

    /// `ready` is called once, when every bank has a session (but for those that are offline on
    /// purpose), proxies are registered and rates published.
    void on_ready(std::function<void()> ready) { ready_ = std::move(ready); }

    /// Opens the sessions.
    void start();

    /// Answers those who wait with what is known, refuses calls from now on, ends the sessions;
    /// `stopped` is called when all have ended, by force after a second.
    void stop(std::function<void()> stopped);
    [[nodiscard]] bool stopping() const { return stopping_; }

    [[nodiscard]] ElapsedTime now() { return ElapsedTime{clock_.monotonic_us() + offset_us_}; }
    [[nodiscard]] const std::vector<Bank*>& banks() const { return banks_; }
    /// nullptr when this process plays no such bank.
    [[nodiscard]] Bank* find(std::string_view code) const;
    [[nodiscard]] Waits& waits() { return waits_; }
    [[nodiscard]] EnquiryWaits& enquiries() { return enquiries_; }
    [[nodiscard]] const std::string& log_mode() const { return log_mode_; }

    /// Runs the action when all that the banks have taken up so far is durable; without a log, now.
    void when_durable(std::function<void()> action);
    /// The log has no room: for anything new, or for what was taken up already.
    [[nodiscard]] bool low_on_space() const { return log_thread_ && log_thread_->low_on_space(); }
    [[nodiscard]] bool log_stuck() const { return log_thread_ && log_thread_->stuck(); }
    /// The log is so far behind that calls have to wait outside.
    [[nodiscard]] bool log_behind() const { return log_ && log_->journal.full(); }

    [[nodiscard]] SwitchCalls& calls() { return calls_; }
    [[nodiscard]] std::optional<Traffic>& traffic() { return traffic_; }

    /// What the customers of a scenario order; nullptr without one. Set before start().
    void set_day(std::shared_ptr<const DayPlan> day) { day_ = std::move(day); }
    [[nodiscard]] const std::shared_ptr<const DayPlan>& day() const { return day_; }
    /// For the orders of a day.
    void ask_directory(v1::ResolveProxyRequest question, TakeDirectoryAnswer take);

    /// Asks for a turn after what is being handled now: to be called after every change.
    void request_turn();

private:
    void turn();
    void take_log();
    void take_events();
    /// The log has room for more: what can wait is taken up.
    [[nodiscard]] bool may_take() const { return !log_behind(); }
    /// Generated customers may order something, if there are any.
    [[nodiscard]] bool may_order() const {
        return traffic_ && !stopping() && may_take() && !low_on_space();
    }
    void step_banks(ElapsedTime at);
    void take_finals();
    void take_enquiry_answers();
    void flush_log();
    [[noreturn]] void end_by_log(log::AppendOutcome outcome) const;
    void send_frames(ElapsedTime at);
    void arm_timer();
    void check_ready();
    void check_stopped();
    void log_anomalies(ElapsedTime at);

    boost::asio::io_context loop_{1};
    SteadyClock clock_;
    const std::int64_t offset_us_;  // of elapsed time against the clock
    const std::string log_mode_;
    std::vector<Bank*> banks_;  // in the order of the first start
    std::vector<std::unique_ptr<SwitchSession>> sessions_;
    SessionInbox inbox_;
    std::vector<SessionEvent> fresh_;  // of this turn; kept for its memory
    std::deque<SessionEvent> events_;  // not taken yet; as bounded as the inbox
    std::optional<Log> log_;
    std::optional<LogThread> log_thread_;  // with a log
    SealedBatch batch_;
    SwitchCalls calls_;
    ProxyStart proxy_start_;
    Waits waits_;
    EnquiryWaits enquiries_;
    std::shared_ptr<const DayPlan> day_;
    std::optional<Traffic> traffic_;
    std::function<void()> ready_;    // empty once called
    std::function<void()> stopped_;  // empty until stop, and once called
    bool stopping_ = false;
    boost::asio::steady_timer timer_;
    ElapsedTime armed_for_ = kNever;
    bool turn_requested_ = false;
    bool in_turn_ = false;
    bool busy_ = false;  // the loop looks into the inbox on a tick
    boost::asio::steady_timer stop_timer_;
    std::vector<Anomalies> logged_;  // as last logged, by bank
    ElapsedTime log_again_at_;
};

}  // namespace lowu::bank
