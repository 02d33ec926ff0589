// Random payments between traffic's accounts. See order_source.hpp.
#include "bank_sim/model/order_source.hpp"

#include <utility>

namespace lowu::bank {
namespace {

// A few hundred yuan, in fen.
constexpr std::int64_t kAmountMinorMin = 10'000;
constexpr std::int64_t kAmountMinorMax = 90'000;

}  // namespace

RandomOrders::RandomOrders(const v1::StartTrafficRequest& request, std::vector<Bank*> banks)
    : banks_(std::move(banks)),
      payee_agents_(request.payee_agents().begin(), request.payee_agents().end()),
      total_(request.payments()),
      payee_accounts_(banks_.front()->traffic_accounts().size()),
      prng_(request.seed()) {}

// Bank after bank, so that every bank is busy; payer, payee and amount at random.
bool RandomOrders::send_next(ElapsedTime scheduled_at, ElapsedTime now) {
    Bank& bank = *banks_[next_bank_];
    next_bank_ = next_bank_ + 1 == banks_.size() ? 0 : next_bank_ + 1;
    const auto payer = static_cast<std::size_t>(prng_.below(bank.traffic_accounts().size()));
    const auto agent = static_cast<std::size_t>(prng_.below(payee_agents_.size()));
    const auto payee = static_cast<std::uint32_t>(prng_.below(payee_accounts_));
    const money::AmountMinor amount{prng_.between(kAmountMinorMin, kAmountMinorMax)};
    return bank.send_traffic(
        {bank.traffic_accounts()[payer], payee_agents_[agent], payee, amount, scheduled_at}, now);
}

}  // namespace lowu::bank
