// Reads the books and shows what reconcile() found. See reconcile_read.hpp.
#include "client/reconcile_read.hpp"

#include <algorithm>
#include <optional>

#include "client/console.hpp"

namespace lowu::client {

namespace {

// More pending payments than this are not listed one by one; the counts then differ and say so.
constexpr std::size_t kPendingMax = 1'000'000;
// So many of the oldest obligations are looked at, to be named.
constexpr std::size_t kObligationsNamed = 1'000;

template <class T>
std::optional<Error> take(Result<T> read, T* into) {
    if (!read) return read.error();
    *into = std::move(read).value();
    return std::nullopt;
}

bool same_positions(const v1::ListPositionsResponse& left, const v1::ListPositionsResponse& right) {
    // The log goes on while nothing is paid, so its position is not compared.
    return std::equal(left.positions().begin(), left.positions().end(), right.positions().begin(),
                      right.positions().end(), [](const auto& one, const auto& other) {
                          return one.SerializeAsString() == other.SerializeAsString();
                      });
}

// A pending payment may be old: its pages reach as far back as the archive.
Result<std::vector<v1::Payment>> pending_payments(const SwitchClient& central) {
    v1::ListPaymentsRequest filter;
    filter.set_status(v1::PAYMENT_STATUS_ACSP);
    const auto listed = central.payments(filter, kPendingMax);
    if (!listed) return listed.error();
    return std::vector<v1::Payment>(listed->payments().begin(), listed->payments().end());
}

// What banks in default owe stays open for ever, and is no difference.
std::optional<Error> read_obligations(const SwitchClient& central, Books& books) {
    if (books.status.settled_not_credited() == 0) return std::nullopt;
    if (auto error = take(central.obligations("", kObligationsNamed), &books.obligations)) {
        return error;
    }
    for (const v1::Participant& bank : books.participants.participants()) {
        if (!bank.in_default()) continue;
        const auto owed = central.obligations(bank.code(), 1);
        if (!owed) return owed.error();
        books.obligations_in_default += owed->total();
    }
    return std::nullopt;
}

bool banks_are_quiet(const std::vector<v1::BankBooks>& banks) {
    return std::all_of(banks.begin(), banks.end(), [](const v1::BankBooks& bank) {
        return bank.outgoing_pending() == 0 && bank.incoming_promised() == 0;
    });
}

Result<BooksRead> read_once(const Network& network) {
    BooksRead read;
    Books& books = read.books;
    const SwitchClient& central = network.central();
    v1::ListPositionsResponse before;
    if (auto error = take(central.positions(), &before)) return *error;
    for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps}) {
        auto of_rail = network.banks_of(rail).books();
        if (!of_rail) return of_rail.error();
        books.banks.insert(books.banks.end(), of_rail->begin(), of_rail->end());
    }
    if (auto error = take(central.participants(), &books.participants)) return *error;
    if (auto error = take(central.status(), &books.status)) return *error;
    if (auto error = take(pending_payments(central), &books.pending)) return *error;
    if (auto error = take(central.positions(), &books.positions)) return *error;
    if (auto error = read_obligations(central, books)) return *error;
    read.quiet = books.status.pending() == 0 &&
                 books.status.settled_not_credited() == books.obligations_in_default &&
                 same_positions(before, books.positions) && banks_are_quiet(books.banks);
    return read;
}

std::string figure_text(const Check& check, std::int64_t figure) {
    return check.is_money() ? amount_text(figure) : std::to_string(figure);
}

}  // namespace

Result<BooksRead> read_books(const Network& network, std::chrono::milliseconds wait) {
    std::optional<Result<BooksRead>> read;
    // A reading that is quiet and still differs is final; so is an error.
    (void)wait_with_backoff(wait, [&] {
        read = read_once(network);
        return !read->ok() || (*read)->quiet;
    });
    return *std::move(read);
}

std::string reconciliation_text(const Reconciliation& result, bool quiet, bool brief) {
    Table table(
        {{"book"}, {"what must hold"}, {"unit"}, {"figure", true}, {"expected", true}, {""}});
    for (const Check& check : result.checks) {
        if (brief && check.agrees()) continue;
        table.add({check.book, check.rule, check.unit, figure_text(check, check.figure),
                   figure_text(check, check.expected),
                   check.agrees() ? Cell("ok", Colour::kGreen) : Cell("DIFFERS", Colour::kRed)});
    }
    std::string text = table.empty() ? "" : table.text();
    for (const Check& check : result.checks) {
        if (!check.note.empty()) text += check.book + ": " + check.rule + ": " + check.note + "\n";
    }
    for (const std::string& note : result.notes) {
        text += "Note: " + note + "\n";
    }
    if (!quiet) {
        text += "Note: payments were under way while the books were read.\n";
    }
    const std::size_t checks = result.checks.size();
    const std::size_t differing = result.differences().size();
    text += differing == 0
                ? paint("The books agree", Colour::kGreen) + ": " + std::to_string(checks) +
                      " checks.\n"
                : paint("The books differ", Colour::kRed) + ": " + std::to_string(differing) +
                      " of " + std::to_string(checks) + " checks.\n";
    return text;
}

Json reconciliation_json(const Reconciliation& result, bool quiet, bool brief) {
    Json checks = Json::array();
    for (const Check& check : brief ? result.differences() : result.checks) {
        // Strings, as 64-bit integers are in proto3 JSON.
        checks.push_back({{"book", check.book},
                          {"rule", check.rule},
                          {"unit", check.is_money() ? check.unit + " minor units" : check.unit},
                          {"figure", std::to_string(check.figure)},
                          {"expected", std::to_string(check.expected)},
                          {"agrees", check.agrees()},
                          {"note", check.note}});
    }
    return {{"agrees", result.agrees()},
            {"quiet", quiet},
            {"differences", result.differences().size()},
            {"checks", checks},
            {"notes", result.notes}};
}

}  // namespace lowu::client
