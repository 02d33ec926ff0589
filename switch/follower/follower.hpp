// The follower: replays the durable log into cells of its own and answers every query from them.
// The live cells never explain themselves; these do. Rebuilt from the log at start; bounded by the
// payments table and the timelines kept. Step machine on one thread: the runner in switch/app feeds
// it batches and questions.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/log/batch_log.hpp"
#include "switch/follower/observer.hpp"
#include "switch/follower/proxy_names.hpp"
#include "switch/journal/batch.hpp"

namespace lowu::follower {

/// One payment over both rails.
struct PaymentView {
    core::Uetr uetr;
    core::Rail origin{};
    core::Corridor corridor;  ///< Direction and service.
    core::Purpose purpose{};
    core::AgentCode payer_agent;
    core::AgentCode payee_agent;
    core::AmountMinor amount;
    core::Currency currency{};
    std::optional<core::Uetr> original;  ///< Of a return: the payment that it sends back.
    scheme::ReturnReason return_reason{};
    core::AmountMinor returned;  ///< How much of this payment has come back.
    core::QuotaAmounts quota;    ///< What it took of the payer's; zero when it is under none.
    core::PaymentState origin_state{};
    core::PaymentState destination_state{};  ///< kNone when it never got there; of a domestic
                                             ///< payment the same as origin_state.
    core::ResultCode result{};               ///< With kRejected at the origin.
    SchemeTime acceptance_time;
    core::Sequence sequence;  ///< Of the instruction.
    bool credited = false;
    std::int64_t duration_us = 0;  ///< 0 while pending.
};

/// Which payments to list. Unset fields do not filter.
struct PaymentFilter {
    std::optional<core::AgentCode> participant;
    std::optional<core::Direction> direction;
    bool domestic = false;  ///< Domestic ones only.
    enum class Status : std::uint8_t { kAny, kPending, kSettled, kRejected };
    Status status = Status::kAny;
};

struct PaymentPage {
    std::vector<PaymentView> payments;  ///< Newest first.
    /// Where the next page goes on: instructions before this one; none on the last page.
    std::optional<core::Sequence> before;
};

class Follower {
public:
    explicit Follower(std::uint32_t timelines_max);

    /// Replays one batch, which continues where the last one ended.
    [[nodiscard]] Result<void> take(const log::BatchView& batch);

    [[nodiscard]] core::Sequence replayed() const { return last_.sequence; }
    [[nodiscard]] const core::Stamp& last() const { return last_; }

    [[nodiscard]] std::optional<PaymentView> find(const core::Uetr& uetr) const;
    /// None when it is not kept (any more).
    [[nodiscard]] std::optional<std::vector<TimelineEvent>> timeline(const core::Uetr& uetr) const {
        return timelines_.find(uetr);
    }
    /// Payments whose instruction came before `before`; looks at no more than kScanMax of them.
    [[nodiscard]] PaymentPage list(const PaymentFilter& filter, std::size_t page_size,
                                   std::optional<core::Sequence> before) const;
    [[nodiscard]] const core::Cell& cell(core::Rail rail) const {
        return *cells_[static_cast<std::size_t>(rail)];
    }
    [[nodiscard]] const Observer& observer(core::Rail rail) const {
        return *observers_[static_cast<std::size_t>(rail)];
    }

    [[nodiscard]] const ProxyNames& proxy_names() const { return proxy_names_; }

    /// Payments that one page looks at, at most: a filter that matches little must not hold up the
    /// follower.
    static constexpr std::uint32_t kScanMax = 100'000;

private:
    [[nodiscard]] PaymentView view(core::Rail origin, core::PaymentIndex index) const;

    Timelines timelines_;
    std::array<std::unique_ptr<Observer>, 2> observers_;
    std::array<std::unique_ptr<core::Cell>, 2> cells_;
    std::array<std::vector<core::PaymentIndex>, 2> origin_payments_;  ///< By rail, in log order.
    ProxyNames proxy_names_;
    journal::RecordReader reader_;
    journal::Entry entry_;
    core::Effects effects_;
    core::Stamp last_;
};

}  // namespace lowu::follower
