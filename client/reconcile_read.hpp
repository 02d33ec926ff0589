// Reads every book from its owner's process, at a quiet moment if there is one. Exists apart from
// reconcile.hpp because this part has the network and the waiting. Called by `reconcile` and `up`;
// any thread.
#pragma once

#include <chrono>

#include "client/context.hpp"
#include "client/network.hpp"
#include "client/reconcile.hpp"
#include "common/base/result.hpp"

namespace lowu::client {

struct BooksRead {
    Books books;
    // Nothing was pending or uncredited (but with banks in default), and the positions read before
    // and after the banks' books were the same. Else payments were under way, and a difference may
    // be one of them.
    bool quiet = false;
};

// Reads again while it is not quiet, for `wait`; then takes what it has.
[[nodiscard]] Result<BooksRead> read_books(const Network& network, std::chrono::milliseconds wait);

// The checks as a table; only the differences when `brief`. Ends with the verdict.
[[nodiscard]] std::string reconciliation_text(const Reconciliation& result, bool quiet, bool brief);

/// The same for machines.
[[nodiscard]] Json reconciliation_json(const Reconciliation& result, bool quiet, bool brief);

}  // namespace lowu::client
