// Ending: how a run ended: the books of all parties side by side as plain data, which the judges
// compare. Exists so that a judge can be shown facts that no sound scheme would ever have. Filled
// by tests/simulation/gather.cpp. Values, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "simulator/world/observer.hpp"
#include "switch/core/payment.hpp"
#include "tests/support/scheme_view.hpp"

namespace lowu::judges {

/// One payment or return as four parties see it. A return goes from the bank that was paid to the
/// one that had paid: it is "payer's" and "payee's" bank of the return.
struct PaymentFacts {
    scheme::Uetr uetr;
    bool is_return = false;
    v1::PaymentStatus payer_bank_says = v1::PAYMENT_STATUS_UNSPECIFIED;
    core::PaymentState origin = core::PaymentState::kNone;
    core::PaymentState destination = core::PaymentState::kNone;  ///< kNone: never got there.
    bool reported = false;  ///< The destination heard that the payee was credited.
    bool payee_bank_credited = false;
    bool same_content = true;  ///< Where the payee's bank knows it: as the payer's bank sent it.
};

/// One bank's own books in one currency against the rail's. Minor units.
struct MoneyFacts {
    std::int64_t in_transit_minor = 0;
    std::int64_t unapplied_minor = 0;
    std::int64_t customers_minor = 0;   ///< Sum of balances.
    std::int64_t opening_minor = 0;     ///< What customers paid in.
    std::int64_t exchange_minor = 0;    ///< What the bank itself has paid out in this currency.
    std::int64_t settlement_minor = 0;  ///< Received less sent, by the bank's entries.
    std::int64_t position_minor = 0;    ///< The same, by the rail's book.
};

struct BankFacts {
    std::string code;
    std::int64_t pending = 0;
    std::int64_t promised = 0;
    std::int64_t credited = 0;
    std::array<MoneyFacts, 2> money;  ///< CNY, HKD.
    std::uint64_t outbox_left = 0;    ///< Messages of the rail it has not acknowledged.
    bool at_rest = false;             ///< Its session is open and it has nothing to say.
    /// Registrations that the directory does not hold as the bank was told.
    std::vector<std::string> proxies_lost;
    bank::Anomalies anomalies;
};

struct Ending {
    support::SchemeView scheme;
    std::vector<PaymentFacts> payments;
    std::vector<BankFacts> banks;
    std::uint64_t link_messages_left = 0;
    std::size_t calls_left = 0;  ///< That nobody has answered.
    simulator::Digests live{};
    simulator::Digests follower{};    ///< The running one.
    simulator::Digests replayed{};    ///< From the first batch.
    simulator::Digests recovered{};   ///< From snapshot and tail.
    std::string not_recovered;        ///< Why the disk cannot be recovered; empty: it can.
    std::size_t payments_listed = 0;  ///< By the running follower; forgotten ones too.
    std::size_t payments_begun = 0;   ///< So many should be listed.
    std::string archive_differs;      ///< The first batch that is not there as it was sealed.
    std::string follower_totals;      ///< The first account whose entries are not its balance.
};

}  // namespace lowu::judges
