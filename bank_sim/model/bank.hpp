// Bank: one simulated bank: its books, its payer and payee side, its outbox and its end of the
// session. Exists as one pure object, without transport, clock or thread, so that programs, the
// virtual-time test and the simulator drive the same bank. Frames and customers' calls come in,
// frames and notices go out. Every call on the bank's one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bank_sim/model/books.hpp"
#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/outbox.hpp"
#include "bank_sim/model/payee_side.hpp"
#include "bank_sim/model/payer_side.hpp"
#include "bank_sim/model/session_end.hpp"
#include "common/base/prng.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/scheme/rail.hpp"
#include "lowu/v1/bank.pb.h"
#include "lowu/v1/participant.pb.h"

namespace lowu::bank {

/// What should not happen, counted for the log.
struct Anomalies {
    std::uint64_t settled_without_promise = 0;  // money came for a promise this bank does not know
    std::uint64_t unknown_payment = 0;          // a report or rejection for no payment of ours
    std::uint64_t message_rejected = 0;         // the rail could not take up a message of ours
    std::uint64_t unanswerable_request = 0;     // a request without a UETR

    friend bool operator==(const Anomalies&, const Anomalies&) = default;
};

class Bank {
public:
    struct Options {
        scheme::Rail rail;
        std::string code;  ///< By the rail's rule (common/scheme/agent_code.hpp).
        std::string name_en;
        std::string name_zh;
        std::uint64_t incarnation;  ///< Grows with each start.
        std::uint64_t seed;  ///< Of the UETRs it makes; another one at each start, as a UETR is
                             ///< used once.
    };

    explicit Bank(Options options);
    Bank(const Bank&) = delete;
    Bank& operator=(const Bank&) = delete;
    ~Bank() = default;

    [[nodiscard]] scheme::Rail rail() const { return options_.rail; }
    [[nodiscard]] const std::string& code() const { return options_.code; }

    // The switch: the session says when to send what; received frames come here.

    [[nodiscard]] SessionEnd& session() { return session_; }
    [[nodiscard]] const SessionEnd& session() const { return session_; }

    /// Takes up a frame. The error means that the switch broke the protocol: the caller ends the
    /// call and connects anew; nothing of the frame was taken up.
    [[nodiscard]] Result<void> receive(const v1::SwitchFrame& frame, ElapsedTime now);

    // Customers.

    [[nodiscard]] Outcome<CustomerId> open_account(const v1::OpenAccountRequest& request,
                                                   ElapsedTime now);

    /// The payment that was started, refused or found.
    [[nodiscard]] Outcome<const OutgoingRemittance*> send(const v1::SendRemittanceRequest& request,
                                                          ElapsedTime now);

    /// Generated traffic: an instruction that needs no check. False when it cannot go now.
    [[nodiscard]] bool send_unchecked(const Instruction& instruction, ElapsedTime now);

    /// Payments that became final since they were last cleared; the caller clears them.
    [[nodiscard]] std::vector<FinalNotice>& finals() { return payer_side_.finals(); }

    /// Opens CNY accounts "T0001", "T0002", ... with plenty of money, so that traffic of other
    /// processes can name them. At most once, with a count up to kMaxTrafficAccounts.
    void open_traffic_accounts(std::uint32_t count);
    [[nodiscard]] const std::vector<CustomerId>& traffic_accounts() const {
        return traffic_accounts_;
    }

    // Views, as the contract shows them (bank_views.cpp).

    [[nodiscard]] const Books& books() const { return books_; }
    [[nodiscard]] const Anomalies& anomalies() const { return anomalies_; }
    [[nodiscard]] std::int64_t credited() const { return payee_side_.credited(); }
    void describe(v1::Bank& view) const;
    void describe(CustomerId customer, v1::Account& view) const;
    void describe(const Entry& entry, v1::Entry& view) const;
    void describe(v1::BankBooks& view) const;
    [[nodiscard]] std::optional<v1::Remittance> remittance(std::string_view uetr) const;

private:
    void apply(const v1::SwitchMessage& message, Moment now);
    void apply_report(const v1::StatusReport& report, Moment now);
    void apply_reject(const v1::MessageReject& reject, Moment now);
    [[nodiscard]] SchemeTime scheme_time(ElapsedTime now) const;
    [[nodiscard]] scheme::Uetr fresh_uetr();

    Options options_;
    Books books_;
    Outbox outbox_;
    SessionEnd session_;
    PayerSide payer_side_;
    PayeeSide payee_side_;
    Prng prng_;
    Anomalies anomalies_;
    std::vector<CustomerId> traffic_accounts_;
};

/// Number and owner of the traffic account with this index, from 0: "T0001", "Traffic customer
/// 0001".
[[nodiscard]] std::string traffic_account(std::uint32_t index);
[[nodiscard]] std::string traffic_customer(std::uint32_t index);

}  // namespace lowu::bank
