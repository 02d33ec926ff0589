// Which account of which rail's book, as people name it, and what its statement and history look
// like. Exists apart from the commands so that tests reach it. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "lowu/v1/settlement.pb.h"

namespace lowu::client {

struct AccountOptions {
    std::string owner;  // code of a bank
    std::string rail;   // empty: that of the code
    std::string currency = "CNY";
    bool link_agent = false;
};

// Fails with kInvalid: "owner must be ...".
[[nodiscard]] Result<v1::AccountRef> account_of(const AccountOptions& options);

// "settlement account of 012 Bank of China (Hong Kong) on fps, CNY"
[[nodiscard]] std::string account_text(const v1::AccountRef& account);

// Opening balance, each entry with the balance behind it, closing balance, sums; ends with the
// token of what follows, if anything does.
[[nodiscard]] std::string statement_text(const v1::AccountRef& account,
                                         const v1::GetStatementResponse& statement);

// The first entry whose balance is not the one before it plus its amount, or a closing balance that
// is not the last one, in words; nullopt when all adds up.
[[nodiscard]] std::optional<std::string> statement_fault(const v1::GetStatementResponse& statement);

// A slot a line: balance, reserved, lowest available, and a bar between the period's lowest and
// highest balance.
[[nodiscard]] std::string history_text(const v1::AccountRef& account,
                                       const v1::ListPositionHistoryResponse& history);

}  // namespace lowu::client
