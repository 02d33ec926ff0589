// Reconciliation: the books of the switch and of every bank, held against one another. Exists as a
// pure function of what each owner's process said, so that tests can doctor a book and see the
// difference named. Called by `reconcile` and `up`. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lowu/v1/bank.pb.h"
#include "lowu/v1/operations.pb.h"
#include "lowu/v1/payment.pb.h"

namespace lowu::client {

// What the owners said, as read at one moment or nearly so.
struct Books {
    v1::GetStatusResponse status;
    v1::ListPositionsResponse positions;
    v1::ListParticipantsResponse participants;
    std::vector<v1::Payment> pending;         // every payment whose origin leg is not final
    v1::ListObligationsResponse obligations;  // settled and not reported credited, the oldest
    std::int64_t obligations_in_default = 0;  // of these, all that banks in default owe
    std::vector<v1::BankBooks> banks;
};

// One thing that must hold: two figures, from two sources, are equal.
struct Check {
    std::string book;           // whose: "fps at the switch", "012 Bank of China (Hong Kong)"
    std::string rule;           // what must hold: "own settlement account = position at the switch"
    std::string unit;           // "CNY", "HKD" (figures are minor units), or what is counted
    std::int64_t figure = 0;    // the first source's
    std::int64_t expected = 0;  // the second's
    std::string note;           // UETRs and the like; empty when there is nothing to say

    [[nodiscard]] bool agrees() const { return figure == expected; }
    [[nodiscard]] bool is_money() const { return unit == "CNY" || unit == "HKD"; }
};

struct Reconciliation {
    std::vector<Check> checks;
    std::vector<std::string> notes;  // what was not checked, and payments in transit

    [[nodiscard]] bool agrees() const;
    [[nodiscard]] std::vector<Check> differences() const;
};

// Signs. In the rail's book a position grows by credits and falls by debits. A bank's own
// "settlement" account mirrors that position as an asset, so it grows by debits: what the bank
// holds at the rail through payments is debits - credits there, and payment_credits -
// payment_debits at the switch.
[[nodiscard]] Reconciliation reconcile(const Books& books);

}  // namespace lowu::client
