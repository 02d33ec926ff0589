// Traffic: generated customers' payments from every bank of a process, at a rate or with so many in
// flight. Exists so that load tests, sandbox and simulator pace and count alike; what is paid comes
// from an OrderSource.
// Pure: the runner calls step() when next_at() has come and hands it every notice of a final
// state. On the banks' thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/latency_histogram.hpp"
#include "bank_sim/model/order_source.hpp"
#include "common/base/time.hpp"
#include "lowu/v1/bank.pb.h"

namespace lowu::bank {

/// A blocked or paced run looks again after this long.
inline constexpr Duration kTrafficStep = 500_us;

class Traffic {
public:
    /// Why a run with these settings cannot start; nullopt when it can.
    [[nodiscard]] static std::optional<CallError> check(const v1::StartTrafficRequest& request,
                                                        const std::vector<Bank*>& banks);

    /// Random payments. The request has passed check, and the banks outlive the run.
    Traffic(const v1::StartTrafficRequest& request, std::vector<Bank*> banks, ElapsedTime now);

    struct Pace {
        std::int64_t
            rate_per_second;         ///< Open loop: sent when due, whatever the answers; 0: closed.
        std::int64_t in_flight_max;  ///< Closed loop.
    };

    /// Payments of another source.
    Traffic(std::unique_ptr<OrderSource> source, Pace pace, std::vector<Bank*> banks,
            ElapsedTime now);

    /// When step has something to do; kNever when it waits for final states or is through.
    [[nodiscard]] ElapsedTime next_at() const;

    /// Sends all that is due.
    void step(ElapsedTime now);

    /// A payment of this run has become final (notices without scheduled_at are not of a run).
    void take(const FinalNotice& notice);

    /// Payments are still to be sent, or sent and not final.
    [[nodiscard]] bool running() const { return attempted() < payments_ || in_flight() > 0; }

    /// The response but for process_cpu_us and, which only a day's slice tells, the buckets behind
    /// the latencies.
    void describe(v1::GetTrafficResponse& view) const;
    [[nodiscard]] const LatencyHistogram& latency() const { return latency_; }

private:
    [[nodiscard]] std::int64_t attempted() const { return sent_ + not_sent_; }
    [[nodiscard]] std::int64_t in_flight() const {
        return sent_ - settled_ - refused_ - source_->lost();
    }
    [[nodiscard]] ElapsedTime scheduled(std::int64_t index) const;
    [[nodiscard]] std::int64_t credited_by_all() const;
    void step_open(ElapsedTime now);
    void step_closed(ElapsedTime now);

    std::unique_ptr<OrderSource> source_;
    Pace pace_;
    std::vector<Bank*> banks_;
    std::int64_t payments_;
    ElapsedTime started_at_;
    ElapsedTime last_final_at_;
    ElapsedTime last_step_at_;
    std::int64_t credited_before_;
    bool blocked_ = false;  // closed loop: no bank could send at the last step
    std::int64_t sent_ = 0;
    std::int64_t not_sent_ = 0;
    std::int64_t settled_ = 0;
    std::int64_t refused_ = 0;
    std::int64_t settled_cny_minor_ = 0;
    std::map<std::string, std::int64_t> refused_by_reason_;
    LatencyHistogram latency_;
};

}  // namespace lowu::bank
