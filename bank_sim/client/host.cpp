// All banks of a process on one loop. See host.hpp.
#include "bank_sim/client/host.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <utility>

#include "bank_sim/client/exit_code.hpp"

namespace lowu::bank {
namespace {

// The timer of an idle loop wakes on a grid, so that what becomes due shortly after each other goes
// together.
constexpr std::int64_t kTimerGridUs = 250;

// A loop that found more events than this in one turn is busy: it takes its next turn after a tick,
// whatever comes, and is not woken in between.
constexpr std::size_t kIdleEventsMax = 3;
constexpr Duration kBusyTick = 500_us;

// Sessions gather for longer, the more of them are busy: each frame costs every process on its way.
constexpr Duration kFrameGapPerBusySession = 80_us;

// What a bank does wrong on purpose happens often.
constexpr Duration kAnomalyLogGap = 1_s;

constexpr auto kStopPatience = std::chrono::seconds(1);

std::vector<v1::RegisterAccountProxyRequest> proxies_of(const std::vector<Bank*>& banks) {
    std::vector<v1::RegisterAccountProxyRequest> proxies;
    for (const Bank* bank : banks) {
        auto wanted = bank->wanted_proxies();
        proxies.insert(proxies.end(), std::make_move_iterator(wanted.begin()),
                       std::make_move_iterator(wanted.end()));
    }
    return proxies;
}

// Elapsed time begins where the log's ends; without one it is the clock's.
std::int64_t offset_of(ElapsedTime elapsed, Clock& clock) {
    return elapsed == ElapsedTime{} ? 0 : elapsed.value + 1 - clock.monotonic_us();
}

}  // namespace

Host::Host(std::vector<Bank*> banks, const Settings& settings, std::optional<Log> log)
    : offset_us_(offset_of(settings.elapsed, clock_)),
      log_mode_(settings.log_mode),
      banks_(std::move(banks)),
      inbox_(loop_, [this] { turn(); }),
      log_(log),
      calls_(loop_, settings.switch_address),
      proxy_start_(
          loop_, proxies_of(banks_), [this](std::string_view code) { return find(code); }, calls_,
          [this] { request_turn(); }),
      timer_(loop_),
      stop_timer_(loop_),
      logged_(banks_.size()) {
    for (Bank* bank : banks_) {
        sessions_.push_back(std::make_unique<SwitchSession>(
            loop_, inbox_, *bank, settings.switch_address, [this] { request_turn(); }));
    }
    if (log_) {
        log_thread_.emplace(log_->writer, log_->log, [this] {
            inbox_.post({nullptr, SessionEvent::What::kLog, true});
        });
    }
}

void Host::start() {
    if (log_thread_) {
        log_thread_->start();
    }
    for (const auto& session : sessions_) {
        session->set_offline(session->bank().behavior().offline());
        session->start();
    }
}

Bank* Host::find(std::string_view code) const {
    const auto found = std::find_if(banks_.begin(), banks_.end(),
                                    [code](const Bank* bank) { return bank->code() == code; });
    return found == banks_.end() ? nullptr : *found;
}

void Host::ask_directory(v1::ResolveProxyRequest question, TakeDirectoryAnswer take) {
    calls_.resolve_proxy(std::move(question),
                         [this, take = std::move(take)](const grpc::Status& status,
                                                        const v1::ResolveProxyResponse& found) {
                             DirectoryAnswer answer;
                             if (status.ok()) {
                                 answer = {DirectoryAnswer::Kind::kFound, found};
                             } else if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
                                 answer.kind = DirectoryAnswer::Kind::kNobody;
                             }
                             take(answer, now());
                             request_turn();
                         });
}

void Host::request_turn() {
    if (!std::exchange(turn_requested_, true)) {
        boost::asio::post(loop_, [this] { turn(); });
    }
}

void Host::turn() {
    turn_requested_ = false;
    in_turn_ = true;
    take_log();
    take_events();
    take_finals();
    take_enquiry_answers();
    const ElapsedTime started_at = now();
    waits_.expire(started_at);
    enquiries_.expire(started_at);
    if (may_order() && traffic_->next_at() <= started_at) {
        traffic_->step(started_at);
    }
    step_banks(started_at);
    flush_log();
    send_frames(started_at);
    log_anomalies(started_at);
    check_ready();
    check_stopped();
    if (!busy_ && !inbox_.sleep()) {
        request_turn();
    }
    arm_timer();
    in_turn_ = false;
}

void Host::when_durable(std::function<void()> action) {
    if (!log_) {
        action();
        return;
    }
    log_->journal.when_durable(std::move(action));
    if (!in_turn_ && log_->journal.has_batch()) {
        request_turn();  // which gives it to the log
    }
}

void Host::take_log() {
    if (!log_thread_ || !log_thread_->busy()) {
        return;
    }
    const auto outcome = log_thread_->take_back(batch_);
    if (!outcome) {
        return;
    }
    if (*outcome != log::AppendOutcome::kOk) {
        end_by_log(*outcome);
    }
    log_->journal.durable();
}

// Nothing more is said and the file is not touched again: the next start reads what is there.
void Host::end_by_log(log::AppendOutcome outcome) const {
    const bool fenced = outcome == log::AppendOutcome::kFenced;
    spdlog::critical("the log {}: {}",
                     fenced ? "has another owner" : "did not say whether the last batch is safe",
                     log_thread_->failure());
    spdlog::shutdown();
    std::_Exit(fenced ? kExitLogFenced : kExitLogUnknown);
}

// At once when the log is idle; while a batch syncs, the next one gathers.
void Host::flush_log() {
    if (!log_ || log_thread_->busy() || !log_->journal.has_batch()) {
        return;
    }
    log_->journal.seal(batch_);
    log_thread_->submit(batch_);
}

// A stream whose frame waits here reads no further: so a log that is behind slows the switch down.
void Host::take_events() {
    inbox_.take(fresh_);
    std::size_t count = 0;
    for (const SessionEvent& event : fresh_) {
        if (event.what != SessionEvent::What::kLog) {
            events_.push_back(event);
            ++count;
        }
    }
    busy_ = count > kIdleEventsMax;
    const ElapsedTime taken_at = now();
    while (!events_.empty() && may_take()) {
        const SessionEvent event = events_.front();
        events_.pop_front();
        event.session->take(event, taken_at);
    }
}

void Host::step_banks(ElapsedTime at) {
    for (const auto& session : sessions_) {
        Bank& bank = session->bank();
        session->set_offline(bank.behavior().offline());
        if (bank.take_greet_anew()) {
            session->greet_anew();
        }
        if (may_take() && bank.next_at() <= at) {
            bank.on_time(at);
        }
    }
}

void Host::send_frames(ElapsedTime at) {
    std::int64_t busy_sessions = 0;
    for (const Bank* bank : banks_) {
        busy_sessions += bank->session().busy(at) ? 1 : 0;
    }
    const Duration gap =
        std::clamp(kFrameGapPerBusySession * busy_sessions, kFrameGapMin, kFrameGapMax);
    for (const auto& session : sessions_) {
        session->bank().session().set_frame_gap(gap);
        session->pump(at);
    }
}

// A payment is known to be final when the bank cannot forget it any more.
void Host::take_finals() {
    for (Bank* bank : banks_) {
        if (bank->finals().empty()) {
            continue;
        }
        when_durable([this, bank, finals = std::exchange(bank->finals(), {})]() mutable {
            const ElapsedTime known_at = now();
            for (FinalNotice& notice : finals) {
                notice.known_at = known_at;
                if (notice.scheduled_at && traffic_) {
                    traffic_->take(notice);
                }
                waits_.finish(*bank, notice.uetr);
            }
        });
    }
}

void Host::take_enquiry_answers() {
    for (Bank* bank : banks_) {
        while (!bank->enquiry_answers().empty()) {
            enquiries_.take(*bank, bank->enquiry_answers().take());
        }
    }
}

void Host::arm_timer() {
    ElapsedTime next = std::min(waits_.next_at(), enquiries_.next_at());
    if (may_order()) {
        next = std::min(next, traffic_->next_at());
    }
    for (const Bank* bank : banks_) {
        const ElapsedTime due = may_take() ? bank->next_at() : kNever;
        next = std::min(next, stopping() ? kNever : std::min(bank->session().send_at(), due));
    }
    const ElapsedTime tick = now() + kBusyTick;
    if (busy_) {
        next = tick;
    } else if (next != kNever) {
        const std::int64_t due_us = std::max(next.value, (tick - kBusyTick).value);
        next = ElapsedTime{(due_us / kTimerGridUs + 1) * kTimerGridUs};
    }
    if (next >= armed_for_) {
        return;
    }
    armed_for_ = next;
    // Both clocks are the operating system's monotonic one.
    timer_.expires_at(std::chrono::steady_clock::time_point(
        std::chrono::microseconds(armed_for_.value - offset_us_)));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            armed_for_ = kNever;
            turn();
        }
    });
}

void Host::check_ready() {
    if (!ready_) {
        return;
    }
    const auto all = [this](auto holds) {
        return std::all_of(banks_.begin(), banks_.end(), [&holds](const Bank* bank) {
            return bank->behavior().offline() || holds(*bank);
        });
    };
    if (!all([](const Bank& bank) { return bank.session().open(); })) {
        return;
    }
    proxy_start_.step();
    if (proxy_start_.done() && all([](const Bank& bank) { return bank.rates_published(); })) {
        std::exchange(ready_, nullptr)();
    }
}

void Host::stop(std::function<void()> stopped) {
    stopping_ = true;
    stopped_ = std::move(stopped);
    waits_.finish_all();
    enquiries_.finish_all();
    proxy_start_.stop();
    calls_.cancel_all();
    for (const auto& session : sessions_) {
        session->stop();
    }
    stop_timer_.expires_after(kStopPatience);
    stop_timer_.async_wait([this](const boost::system::error_code& error) {
        for (const auto& session : sessions_) {
            if (!error) {
                session->cancel();
            }
        }
    });
    request_turn();
}

void Host::check_stopped() {
    if (!stopped_) {
        return;
    }
    const bool all = std::all_of(sessions_.begin(), sessions_.end(),
                                 [](const auto& session) { return session->stopped(); });
    if (log_stuck()) {
        spdlog::critical("stopped without room for the log: what was taken up last is not in it");
        spdlog::shutdown();
        std::_Exit(kExitEnvironment);
    }
    if (all && calls_.idle() && (!log_ || log_->journal.quiet())) {
        stop_timer_.cancel();
        timer_.cancel();
        if (log_thread_) {
            log_thread_->stop();
        }
        std::exchange(stopped_, nullptr)();
    }
}

void Host::log_anomalies(ElapsedTime at) {
    if (at < log_again_at_) {
        return;
    }
    for (std::size_t index = 0; index < banks_.size(); ++index) {
        const Anomalies& counted = banks_[index]->anomalies();
        if (counted == logged_[index]) {
            continue;
        }
        logged_[index] = counted;
        log_again_at_ = at + kAnomalyLogGap;
        spdlog::warn(
            "bank {}: so far {} messages rejected by the rail, {} reports for unknown payments, {} "
            "final payments told otherwise, {} requests without UETR, {} settled payments without "
            "a promise, {} announcements of token keys dropped, {} returns of unknown payments",
            banks_[index]->code(), counted.message_rejected, counted.unknown_payment,
            counted.contradicted, counted.unanswerable_request, counted.settled_without_promise,
            counted.announcement_dropped, counted.returned_unknown);
    }
}

}  // namespace lowu::bank
