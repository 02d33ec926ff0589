// Whether anything is lost, doubled, stuck or told in two ways, from what the owners of the books
// say at a quiet moment. Exists as a step without a process or a file, so that tests can doctor
// what it is told. Main thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/scheme/uetr.hpp"
#include "lowu/v1/bank.pb.h"
#include "lowu/v1/payment.pb.h"

namespace lowu::killing {

/// An entry of a customer's statement at a bank.
struct BankEntry {
    std::string bank;
    v1::Entry entry;
};

/// What came to be known since the last time. The scheme was quiet when it was read.
struct Evidence {
    std::vector<v1::Payment> payments;        // new ones, as the switch tells them
    std::vector<BankEntry> entries;           // of customers' statements; known ones may come again
    std::vector<v1::Remittance> remittances;  // of some payments, as a bank tells them
    std::int64_t pending = 0;                 // at the switch
    std::int64_t not_credited = 0;            // at the switch
    std::int64_t outgoing_pending = 0;        // at the banks
    std::int64_t incoming_promised = 0;       // at the banks
};

/// One payment of which something is wrong, or a figure.
struct Finding {
    enum class Kind : std::uint8_t {
        kLost,          // money left an account and arrived nowhere, or an entry has vanished
        kDoubled,       // money moved twice
        kStuck,         // without a final state at a quiet moment
        kContradicted,  // two owners, or one owner at two times, tell it differently
    };
    Kind kind;
    std::string what;
};
[[nodiscard]] std::string_view name_of(Finding::Kind kind);

class Judge {
public:
    /// What is wrong about what is new, and about what was known and has changed.
    [[nodiscard]] std::vector<Finding> judge(const Evidence& evidence);

    /// Whether the switch has told this payment before.
    [[nodiscard]] bool knows(const std::string& uetr) const;
    [[nodiscard]] std::uint64_t payments() const { return payments_; }
    [[nodiscard]] std::uint64_t settled() const { return settled_; }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& refused_by_reason() const {
        return refused_by_reason_;
    }

private:
    // What happened to the money of one payment, at both banks and at the switch.
    struct Life {
        std::int64_t sent_minor = 0;      // off the payer's account
        std::int64_t back_minor = 0;      // and on it again
        std::int64_t received_minor = 0;  // on the payee's account
        std::int64_t amount_minor = 0;    // at the switch
        std::uint8_t sent = 0;            // how often
        std::uint8_t back = 0;
        std::uint8_t received = 0;
        std::uint8_t status = 0;  // v1::PaymentStatus at the switch; 0: unknown there
    };
    using Findings = std::vector<Finding>;

    [[nodiscard]] Life* life_of(const std::string& uetr, Findings& findings);
    void take(const v1::Payment& payment, Findings& findings);
    void take(const BankEntry& entry, Findings& findings);
    void compare(const v1::Remittance& remittance, Findings& findings) const;
    static void judge_life(const scheme::Uetr& uetr, const Life& life, Findings& findings);

    boost::unordered_flat_map<scheme::Uetr, Life, std::hash<scheme::Uetr>> lives_;
    // By bank, then by the entry's number: a mark of the entry; 0: not read.
    std::map<std::string, std::vector<std::uint32_t>> entries_;
    std::vector<scheme::Uetr> touched_;
    std::uint64_t payments_ = 0;
    std::uint64_t settled_ = 0;
    std::map<std::string, std::uint64_t> refused_by_reason_;
};

}  // namespace lowu::killing
