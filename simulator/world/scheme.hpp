// The small scheme of the simulation: two banks on each rail, all invented, with so little money
// and such narrow limits that some payments are refused for them; and the customers of each bank.
// Values, any thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "switch/engine/engine.hpp"

namespace lowu::simulator {

using scheme::Rail;

struct BankPlan {
    Rail rail{};
    std::string code;
};

/// The four banks, FPS first.
[[nodiscard]] const std::array<BankPlan, 4>& bank_plans();
/// The rail's two.
[[nodiscard]] std::vector<std::string> codes_of(Rail rail);
/// A code by its rail's rule that belongs to no participant.
[[nodiscard]] const std::string& stranger(Rail rail);

/// When a run begins: an ordinary morning, just before southbound remittances close, or just before
/// the year ends.
[[nodiscard]] const std::array<SchemeTime, 3>& starts();

/// As short as a rail's may be: an operator sets scheme time forward by more.
inline constexpr Duration kPaymentMemory = Duration::from_minutes(20);
/// Deadlines: payee 2 s, origin 5 s. More payments are remembered than a run sends, in segments as
/// small as there are: what is older than the memory is forgotten.
[[nodiscard]] core::Parameters parameters();
[[nodiscard]] engine::Genesis genesis(SchemeTime start);
/// Rates of the day with this number; a little different each day.
[[nodiscard]] core::ReferenceRate reference_rate(std::int64_t day);

inline constexpr core::Corridor kNorthboundP2p =
    core::corridor_of(core::Direction::kNorthbound, core::Service::kP2pRemittance);
inline constexpr core::Corridor kSouthboundP2p =
    core::corridor_of(core::Direction::kSouthbound, core::Service::kP2pRemittance);

// Customers. Each bank has the same ones; a person with the same number is the same person at both
// banks of a rail.

enum class Holder : std::uint8_t { kPerson, kCompany, kInstitution };

struct CustomerPlan {
    std::string account;
    Holder holder{};
    v1::Currency currency = v1::CURRENCY_CNY;
    int person = 0;  ///< Of persons.
};

/// Three persons, a company and an institution with CNY; in Hong Kong also two persons and an
/// institution with HKD. Persons come first.
[[nodiscard]] const std::vector<CustomerPlan>& customers(Rail rail);
[[nodiscard]] const CustomerPlan& customer(Rail rail, Holder holder, v1::Currency currency);
/// What each account is opened with.
inline constexpr std::int64_t kCustomerOpeningMinor = 50'000'000;
[[nodiscard]] std::string customer_name(const std::string& account);
[[nodiscard]] v1::OpenAccountRequest opening(Rail rail, const CustomerPlan& plan);

/// How the rails know a person under a version of the scheme key.
[[nodiscard]] scheme::PersonToken token_of(Rail rail, int person, std::uint32_t version);
[[nodiscard]] bank::TokenKeys token_keys(Rail rail);

/// Mobile numbers that banks of the rail register for their customers; fewer than there are
/// customers, so that banks compete for them.
[[nodiscard]] const std::vector<v1::Proxy>& proxies(Rail rail);

}  // namespace lowu::simulator
