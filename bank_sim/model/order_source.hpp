// OrderSource: where the payments of a traffic run come from. Exists so that pace and counting
// stand in Traffic alone, whoever the customers are. RandomOrders: payments between the accounts
// that every bank opens for traffic, from one seed. On the banks' thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "common/base/prng.hpp"
#include "common/base/time.hpp"
#include "lowu/v1/bank.pb.h"

namespace lowu::bank {

class OrderSource {
public:
    OrderSource() = default;
    OrderSource(const OrderSource&) = delete;
    OrderSource& operator=(const OrderSource&) = delete;
    virtual ~OrderSource() = default;

    /// Payments of the run in all.
    [[nodiscard]] virtual std::int64_t total() const = 0;

    /// Has the next order sent, so that its final notice carries `scheduled_at`; false when it
    /// could not go. An open loop then goes on with the next; a closed one asks again for one.
    [[nodiscard]] virtual bool send_next(ElapsedTime scheduled_at, ElapsedTime now) = 0;

    /// Orders that went and came to nothing before a payment was made of them: no final notice
    /// tells of them.
    [[nodiscard]] virtual std::int64_t lost() const { return 0; }
};

class RandomOrders final : public OrderSource {
public:
    /// The request has passed Traffic::check; the banks outlive this. Payees are the customers that
    /// the other banks' own traffic set-up opened: as many as here.
    RandomOrders(const v1::StartTrafficRequest& request, std::vector<Bank*> banks);

    [[nodiscard]] std::int64_t total() const override { return total_; }
    [[nodiscard]] bool send_next(ElapsedTime scheduled_at, ElapsedTime now) override;

private:
    std::vector<Bank*> banks_;
    std::vector<std::string> payee_agents_;
    std::int64_t total_;
    std::uint64_t payee_accounts_;  // of each bank
    Prng prng_;
    std::size_t next_bank_ = 0;
};

}  // namespace lowu::bank
