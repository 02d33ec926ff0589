// All banks of a process on one loop. See host.hpp.
#include "bank_sim/client/host.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace lowu::bank {
namespace {

// The timer wakes on a grid, so that sessions that became due shortly after each other go together.
constexpr std::int64_t kTimerGridUs = 250;

constexpr auto kStopPatience = std::chrono::seconds(1);

}  // namespace

Host::Host(std::vector<std::unique_ptr<Bank>> banks, const std::string& switch_address)
    : owned_banks_(std::move(banks)),
      timer_(loop_),
      stop_timer_(loop_),
      logged_(owned_banks_.size()) {
    for (const auto& bank : owned_banks_) {
        banks_.push_back(bank.get());
        sessions_.push_back(std::make_unique<SwitchSession>(loop_, clock_, *bank, switch_address,
                                                            [this] { request_step(); }));
    }
}

void Host::start() {
    for (const auto& session : sessions_) {
        session->start();
    }
}

Bank* Host::find(std::string_view code) const {
    const auto found = std::find_if(banks_.begin(), banks_.end(),
                                    [code](const Bank* bank) { return bank->code() == code; });
    return found == banks_.end() ? nullptr : *found;
}

void Host::request_step() {
    if (!std::exchange(step_requested_, true)) {
        boost::asio::post(loop_, [this] { step(); });
    }
}

void Host::step() {
    step_requested_ = false;
    take_finals();
    const ElapsedTime started_at = now();
    waits_.expire(started_at);
    if (traffic_ && !stopping() && traffic_->next_at() <= started_at) {
        traffic_->step(started_at);
    }
    for (const auto& session : sessions_) {
        session->pump(started_at);
    }
    log_anomalies();
    check_ready();
    check_stopped();
    arm_timer();
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
        next = std::min(next, stopping() ? kNever : bank->session().send_at());
    }
    if (next == kNever || next >= armed_for_) {
        return;
    }
    const std::int64_t due_us = std::max(next.value, now().value);
    armed_for_ = ElapsedTime{(due_us / kTimerGridUs + 1) * kTimerGridUs};
    // Both clocks are the operating system's monotonic one.
    timer_.expires_at(
        std::chrono::steady_clock::time_point(std::chrono::microseconds(armed_for_.value)));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            armed_for_ = kNever;
            request_step();
        }
    });
}

void Host::check_ready() {
    if (!ready_) {
        return;
    }
    const bool all_open = std::all_of(banks_.begin(), banks_.end(),
                                      [](Bank* bank) { return bank->session().open(); });
    if (all_open) {
        std::exchange(ready_, nullptr)();
    }
}

void Host::stop(std::function<void()> stopped) {
    stopping_ = true;
    stopped_ = std::move(stopped);
    waits_.finish_all();
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
    request_step();
}

void Host::check_stopped() {
    if (!stopped_) {
        return;
    }
    const bool all = std::all_of(sessions_.begin(), sessions_.end(),
                                 [](const auto& session) { return session->stopped(); });
    if (all) {
        stop_timer_.cancel();
        timer_.cancel();
        std::exchange(stopped_, nullptr)();
    }
}

void Host::log_anomalies() {
    for (std::size_t index = 0; index < banks_.size(); ++index) {
        const Anomalies& counted = banks_[index]->anomalies();
        if (counted == logged_[index]) {
            continue;
        }
        logged_[index] = counted;
        spdlog::warn(
            "bank {}: so far {} messages rejected by the rail, {} reports for unknown payments, {} "
            "requests without UETR, {} settled payments without a promise",
            banks_[index]->code(), counted.message_rejected, counted.unknown_payment,
            counted.unanswerable_request, counted.settled_without_promise);
    }
}

}  // namespace lowu::bank
