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
      prng_(request.seed()) {
    const auto customers = static_cast<std::uint32_t>(banks_.front()->traffic_accounts().size());
    for (std::uint32_t index = 0; index < customers; ++index) {
        payee_accounts_.push_back(traffic_account(index));
        payee_names_.push_back(traffic_customer(index));
    }
}

// Bank after bank, so that every bank is busy; payer, payee and amount at random.
bool RandomOrders::send_next(ElapsedTime scheduled_at, ElapsedTime now) {
    Bank& bank = *banks_[next_bank_];
    next_bank_ = next_bank_ + 1 == banks_.size() ? 0 : next_bank_ + 1;
    const auto payer = static_cast<std::size_t>(prng_.below(bank.traffic_accounts().size()));
    const auto agent = static_cast<std::size_t>(prng_.below(payee_agents_.size()));
    const auto payee = static_cast<std::size_t>(prng_.below(payee_accounts_.size()));
    Instruction instruction;
    instruction.payer = bank.traffic_accounts()[payer];
    instruction.payee_agent = payee_agents_[agent];
    instruction.payee_account = payee_accounts_[payee];
    instruction.payee_name = payee_names_[payee];
    instruction.amount = money::AmountMinor{prng_.between(kAmountMinorMin, kAmountMinorMax)};
    instruction.scheduled_at = scheduled_at;
    return bank.send_unchecked(instruction, now);
}

}  // namespace lowu::bank
