// Generated customers' payments. See traffic.hpp.
#include "bank_sim/model/traffic.hpp"

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"
#include "common/scheme/agent_code.hpp"

namespace lowu::bank {
namespace {

constexpr std::int64_t kDefaultInFlight = 1'000;
constexpr std::int64_t kUsPerSecond = 1'000'000;

std::optional<CallError> check_number(std::string_view field, std::int64_t value,
                                      std::int64_t first, std::int64_t last) {
    if (value >= first && value <= last) {
        return std::nullopt;
    }
    return malformed(field, "must be " + std::to_string(first) + " to " + std::to_string(last));
}

}  // namespace

std::optional<CallError> Traffic::check(const v1::StartTrafficRequest& request,
                                        const std::vector<Bank*>& banks) {
    if (request.has_day()) {
        return CallError{CallError::Kind::kState, "NO_SCENARIO", "day",
                         "cannot be ordered: the banks were started without a scenario"};
    }
    if (auto error = check_number("payments", request.payments(), 1, kMaxTrafficPayments)) {
        return error;
    }
    if (auto error = check_number("rate_per_second", request.rate_per_second(), 0,
                                  kMaxTrafficRatePerSecond)) {
        return error;
    }
    if (auto error = check_number("in_flight", request.in_flight(), 0, kMaxTrafficInFlight)) {
        return error;
    }
    if (request.payee_agents().empty()) {
        return malformed("payee_agents", "must name at least one bank");
    }
    for (const Bank* bank : banks) {
        for (const std::string& agent : request.payee_agents()) {
            if (const auto rule = scheme::check_agent_code(other(bank->rail()), agent)) {
                return malformed("payee_agents", *rule);
            }
        }
        if (bank->traffic_accounts().empty()) {
            return CallError{CallError::Kind::kState, "NO_TRAFFIC_ACCOUNTS", "",
                             "the banks were started without accounts for traffic"};
        }
        if (!bank->session().open()) {
            return CallError{CallError::Kind::kNotReady, "NO_SESSION", "",
                             "bank " + bank->code() + " has no session with the switch"};
        }
    }
    return std::nullopt;
}

Traffic::Traffic(const v1::StartTrafficRequest& request, std::vector<Bank*> banks, ElapsedTime now)
    : Traffic(std::make_unique<RandomOrders>(request, banks),
              {request.rate_per_second(),
               request.in_flight() == 0 ? kDefaultInFlight : request.in_flight()},
              banks, now) {}

Traffic::Traffic(std::unique_ptr<OrderSource> source, Pace pace, std::vector<Bank*> banks,
                 ElapsedTime now)
    : source_(std::move(source)),
      pace_(pace),
      banks_(std::move(banks)),
      payments_(source_->total()),
      started_at_(now),
      last_final_at_(now),
      last_step_at_(now - kTrafficStep),
      credited_before_(credited_by_all()) {}

ElapsedTime Traffic::next_at() const {
    if (attempted() >= payments_) {
        return kNever;
    }
    if (pace_.rate_per_second > 0) {
        return std::max(scheduled(attempted()), last_step_at_ + kTrafficStep);
    }
    if (in_flight() >= pace_.in_flight_max) {
        return kNever;
    }
    return blocked_ ? last_step_at_ + kTrafficStep : last_step_at_;
}

void Traffic::step(ElapsedTime now) {
    last_step_at_ = now;
    if (pace_.rate_per_second > 0) {
        step_open(now);
    } else {
        step_closed(now);
    }
}

void Traffic::step_open(ElapsedTime now) {
    const std::int64_t last = std::min(payments_, attempted() + kMaxTrafficStepOrders);
    while (attempted() < last && scheduled(attempted()) <= now) {
        if (source_->send_next(scheduled(attempted()), now)) {
            ++sent_;
        } else {
            ++not_sent_;
        }
    }
}

void Traffic::step_closed(ElapsedTime now) {
    std::size_t refusals = 0;
    const std::int64_t last = std::min(payments_, attempted() + kMaxTrafficStepOrders);
    while (attempted() < last && in_flight() < pace_.in_flight_max && refusals < banks_.size()) {
        if (source_->send_next(now, now)) {
            ++sent_;
            refusals = 0;
        } else {
            ++refusals;
        }
    }
    blocked_ = refusals == banks_.size();
}

void Traffic::take(const FinalNotice& notice) {
    LOWU_ASSERT(notice.scheduled_at.has_value(), "only traffic's own payments are counted");
    if (*notice.scheduled_at < started_at_) {
        return;  // of the run before
    }
    latency_.record((notice.known_at - *notice.scheduled_at).us);
    last_final_at_ = notice.known_at;
    if (notice.settled) {
        ++settled_;
        settled_cny_minor_ +=
            notice.money.currency == money::Currency::kCny ? notice.money.amount.value : 0;
    } else {
        ++refused_;
        ++refused_by_reason_[notice.reason_code];
    }
}

ElapsedTime Traffic::scheduled(std::int64_t index) const {
    return started_at_ + Duration::from_us(index * kUsPerSecond / pace_.rate_per_second);
}

std::int64_t Traffic::credited_by_all() const {
    std::int64_t credited = 0;
    for (const Bank* bank : banks_) {
        credited += bank->credited();
    }
    return credited;
}

void Traffic::describe(v1::GetTrafficResponse& view) const {
    view.set_running(running());
    view.set_sent(sent_ - source_->lost());
    view.set_settled(settled_);
    view.set_refused(refused_);
    for (const auto& [reason, count] : refused_by_reason_) {
        (*view.mutable_refused_by_reason())[reason] = count;
    }
    view.set_not_sent(not_sent_ + source_->lost());
    view.set_duration_us((last_final_at_ - started_at_).us);
    view.set_latency_p50_us(latency_.quantile_us(50, 100));
    view.set_latency_p90_us(latency_.quantile_us(90, 100));
    view.set_latency_p99_us(latency_.quantile_us(99, 100));
    view.set_latency_p999_us(latency_.quantile_us(999, 1'000));
    view.set_latency_max_us(latency_.max_us());
    view.set_credited(credited_by_all() - credited_before_);
    view.set_settled_cny_minor(settled_cny_minor_);
}

}  // namespace lowu::bank
