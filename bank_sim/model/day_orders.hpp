// DayOrders: the orders that a day's customers give within a span of scheme time, sent as a
// customer's app would: a quote for an HKD account, a look-up of a proxy, then the remittance.
// Exists so that the day goes the way of every payment; pace and counting are Traffic's. The
// directory is asked through an outlet, as the model has no network. On the banks' thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/day_plan.hpp"
#include "bank_sim/model/order_source.hpp"
#include "common/base/time.hpp"
#include "lowu/v1/bank.pb.h"
#include "lowu/v1/directory.pb.h"

namespace lowu::bank {

struct DirectoryAnswer {
    enum class Kind : std::uint8_t { kFound, kNobody, kFailed };

    Kind kind = Kind::kFailed;
    v1::ResolveProxyResponse found;  ///< With kFound.
};
using TakeDirectoryAnswer = std::function<void(const DirectoryAnswer& answer, ElapsedTime now)>;
/// The answer is taken once, later, on the banks' thread; never before the question has returned.
using AskDirectory = std::function<void(v1::ResolveProxyRequest question, TakeDirectoryAnswer)>;

class DayOrders final : public OrderSource {
public:
    /// Why this slice cannot start; nullopt when it can. `plan` may be nullptr.
    [[nodiscard]] static std::optional<CallError> check(const v1::DaySlice& slice,
                                                        const DayPlan* plan,
                                                        const std::vector<Bank*>& banks,
                                                        ElapsedTime now);

    /// The slice has passed check; the banks outlive this, and this every question.
    DayOrders(const v1::DaySlice& slice, std::shared_ptr<const DayPlan> plan,
              const std::vector<Bank*>& banks, AskDirectory ask);

    [[nodiscard]] std::int64_t total() const override {
        return static_cast<std::int64_t>(due_.size());
    }
    [[nodiscard]] bool send_next(ElapsedTime scheduled_at, ElapsedTime now) override;
    [[nodiscard]] std::int64_t lost() const override { return lost_; }

private:
    struct Due {
        const DayOrder* order;
        Bank* bank;
    };
    struct Sending;

    void look_up(v1::ResolveProxyRequest question, std::shared_ptr<Sending> sending);
    void take(const v1::ResolveProxyRequest& question, Sending& sending,
              const DirectoryAnswer& answer, ElapsedTime now);

    std::shared_ptr<const DayPlan> plan_;
    AskDirectory ask_;
    std::vector<Due> due_;
    std::size_t next_ = 0;
    std::int64_t lost_ = 0;
};

/// The order in a customer's words, but for quote and resolution.
[[nodiscard]] v1::SendRemittanceRequest request_of(const DayPlan& plan, const DayOrder& order);

}  // namespace lowu::bank
