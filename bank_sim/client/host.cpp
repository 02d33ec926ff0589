// All banks of a process on one loop. See host.hpp.
#include "bank_sim/client/host.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

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

}  // namespace

Host::Host(std::vector<std::unique_ptr<Bank>> banks,
           std::vector<v1::RegisterAccountProxyRequest> proxies, const std::string& switch_address)
    : owned_banks_(std::move(banks)),
      inbox_(loop_, [this] { turn(); }),
      calls_(loop_, switch_address),
      proxy_start_(
          loop_, std::move(proxies), [this](std::string_view code) { return find(code); }, calls_,
          [this] { request_turn(); }),
      timer_(loop_),
      stop_timer_(loop_),
      logged_(owned_banks_.size()) {
    for (const auto& bank : owned_banks_) {
        banks_.push_back(bank.get());
        sessions_.push_back(std::make_unique<SwitchSession>(loop_, inbox_, *bank, switch_address,
                                                            [this] { request_turn(); }));
    }
}

void Host::start() {
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
    take_events();
    take_finals();
    const ElapsedTime started_at = now();
    waits_.expire(started_at);
    if (traffic_ && !stopping() && traffic_->next_at() <= started_at) {
        traffic_->step(started_at);
    }
    step_banks(started_at);
    send_frames(started_at);
    log_anomalies(started_at);
    check_ready();
    check_stopped();
    if (!busy_ && !inbox_.sleep()) {
        request_turn();
    }
    arm_timer();
}

void Host::take_events() {
    inbox_.take(events_);
    busy_ = events_.size() > kIdleEventsMax;
    const ElapsedTime taken_at = now();
    for (const SessionEvent& event : events_) {
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
        if (bank.next_at() <= at) {
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

void Host::take_finals() {
    for (Bank* bank : banks_) {
        for (const FinalNotice& notice : bank->finals()) {
            if (notice.scheduled_at && traffic_) {
                traffic_->take(notice);
            }
            waits_.finish(*bank, notice.uetr);
        }
        bank->finals().clear();
    }
}

void Host::arm_timer() {
    ElapsedTime next = waits_.next_at();
    if (traffic_ && !stopping()) {
        next = std::min(next, traffic_->next_at());
    }
    for (const Bank* bank : banks_) {
        const ElapsedTime due = std::min(bank->session().send_at(), bank->next_at());
        next = std::min(next, stopping() ? kNever : due);
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
    timer_.expires_at(
        std::chrono::steady_clock::time_point(std::chrono::microseconds(armed_for_.value)));
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
    if (all && calls_.idle()) {
        stop_timer_.cancel();
        timer_.cancel();
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
            "requests without UETR, {} settled payments without a promise, {} announcements of "
            "token keys dropped, {} returns of unknown payments",
            banks_[index]->code(), counted.message_rejected, counted.unknown_payment,
            counted.unanswerable_request, counted.settled_without_promise,
            counted.announcement_dropped, counted.returned_unknown);
    }
}

}  // namespace lowu::bank
