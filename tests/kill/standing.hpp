// What the processes say of themselves at a moment, and the evidence that a quiet one gives. Exists
// so that rounds wait for figures and the judge sees no process. Main thread.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/kill/judge.hpp"
#include "tests/kill/scheme_under_fire.hpp"

namespace lowu::killing {

/// How far everything is.
struct Standing {
    std::int64_t pending = 0;
    std::int64_t not_credited = 0;
    std::int64_t outgoing_pending = 0;
    std::int64_t incoming_promised = 0;
    bool traffic = false;   // runs on either side
    std::string halted_by;  // GetStatusResponse.halted_by

    [[nodiscard]] bool quiet() const {
        return !traffic && pending == 0 && not_credited == 0 && outgoing_pending == 0 &&
               incoming_promised == 0;
    }
    /// For messages.
    [[nodiscard]] std::string text() const;
};

/// Nothing when one of the processes does not answer within `patience`.
[[nodiscard]] std::optional<Standing> standing_of(const SchemeUnderFire& scheme,
                                                  std::chrono::milliseconds patience);

class EvidenceReader {
public:
    EvidenceReader(SchemeUnderFire& scheme, const Judge& judge) : scheme_(scheme), judge_(judge) {}

    /// Customers' statements, for the next reading: one statement does not hold all of a long
    /// round. What a bank tells is durable, so it may be read at any time. Banks that are away are
    /// left out.
    void collect();

    /// What is new since the last time. Of so many of the new payments both banks are asked too.
    [[nodiscard]] Result<Evidence> read(std::size_t remittances_max);

    /// Every payment that the switch holds, as the first reading would tell it: for the end.
    [[nodiscard]] Result<Evidence> read_all_payments();

private:
    [[nodiscard]] Result<void> read_payments(bool all, Evidence& evidence) const;
    [[nodiscard]] Result<void> read_statements(scheme::Rail rail,
                                               std::chrono::milliseconds patience);
    [[nodiscard]] Result<void> read_statement(const v1::Account& account, scheme::Rail rail,
                                              std::chrono::milliseconds patience);
    [[nodiscard]] Result<void> read_remittances(std::size_t count, Evidence& evidence) const;

    SchemeUnderFire& scheme_;
    const Judge& judge_;
    std::vector<BankEntry> collected_;
    std::map<std::pair<std::string, std::string>, std::uint64_t>
        newest_;  // by bank and account: number of the newest entry that was read
};

}  // namespace lowu::killing
