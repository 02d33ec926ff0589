// Report: what a simulation came to, as plain data: by period and corridor, by bank, by account.
// Exists so that the collector fills one thing and the writers (csv.hpp, json.hpp, html.hpp) read
// it. Knows nothing of the switch: corridors, banks, accounts and quotas are numbered by whoever
// sets the report up. Values; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/hash.hpp"
#include "common/base/time.hpp"
#include "common/money/currency.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/result.hpp"

namespace lowu::report {

/// What stands at the head of the report.
struct Head {
    std::string title;
    std::string scenario;  ///< "first-year"
    std::vector<std::string> notes;
    std::uint64_t seed = 0;
    std::string digest;  ///< Of the simulated scheme's state at the end; empty: none.
    std::string commit;  ///< Of the program.
    std::uint32_t volume_permille = 1'000;  ///< Less than 1,000: only a part was played.
};

/// Which way a corridor goes: its colour.
enum class Way : std::uint8_t { kNorthbound, kSouthbound, kDomestic };

struct CorridorInfo {
    std::string name;  ///< "northbound p2p_remittance"
    Way way = Way::kNorthbound;
};

struct BankInfo {
    std::string code;
    std::string name;
    scheme::Rail rail = scheme::Rail::kFps;
    SchemeTime joins;                  ///< Not before the report begins.
    std::optional<SchemeTime> leaves;  ///< Nothing: it stays.
};

/// An account that a bank or a link agent settles with.
struct AccountInfo {
    std::string owner;  ///< The bank's code.
    scheme::Rail rail = scheme::Rail::kFps;
    money::Currency currency = money::Currency::kCny;
    bool link_agent = false;
    std::int64_t opening_minor = 0;  ///< What can be used at the start: on IBPS the cap.
};

/// A limit of persons.
struct QuotaInfo {
    std::string name;  ///< "northbound, a day"
    Way way = Way::kNorthbound;
    bool of_year = false;
};

struct Setup {
    Head head;
    SchemeTime from;   ///< The first period begins at midnight of its day.
    SchemeTime until;  ///< Not included.
    Duration period;   ///< Divides a day: default_period.
    std::vector<CorridorInfo> corridors;
    std::vector<BankInfo> banks;
    std::vector<AccountInfo> accounts;
    std::vector<QuotaInfo> quotas;
};

/// A day for long simulations, an hour for a few days, a quarter of an hour for one.
[[nodiscard]] Duration default_period(SchemeTime from, SchemeTime until);

struct Percentiles {
    std::int64_t count = 0;
    std::int64_t p50 = 0;
    std::int64_t p90 = 0;
    std::int64_t p99 = 0;
    std::int64_t max = 0;

    friend bool operator==(const Percentiles&, const Percentiles&) = default;
};

using Refusals =
    std::vector<std::pair<scheme::ResultCode, std::int64_t>>;  // in order of precedence

/// Payments of a corridor: ordered in a period, and settled, refused or sent back in it.
struct Flow {
    std::int64_t ordered = 0;
    std::int64_t settled = 0;
    std::int64_t settled_minor = 0;  ///< CNY.
    std::int64_t refused = 0;
    std::int64_t returned = 0;
    std::int64_t returned_minor = 0;  ///< CNY.
    std::int64_t pending = 0;         ///< At the end of the period.
    Percentiles latency_us;           ///< From the payer's bank's sending to the final state.
    Refusals refusals;
};

/// How much of a limit was used, in permille, each time that something was taken of it.
struct QuotaUse {
    Percentiles permille;
    std::array<std::int64_t, 11> tenths{};  ///< Below a tenth of the limit, ..., all of it or more.
};

struct Period {
    SchemeTime from;
    std::vector<Flow> flows;                     ///< By corridor.
    Percentiles latency_us;                      ///< Of all corridors together.
    std::vector<QuotaUse> quotas;                ///< By quota.
    std::vector<std::int64_t> lowest_minor;      ///< By account: the least that could be used.
    std::array<std::int64_t, 2> participants{};  ///< By rail, at the end.
    std::int64_t obligations = 0;                ///< The most that were open at once.
    std::int64_t overdue = 0;                    ///< The most that were overdue at once.
};

/// What a bank's customers paid and were paid over the whole time.
struct BankTotal {
    std::int64_t ordered = 0;
    std::int64_t sent = 0;
    std::int64_t sent_minor = 0;
    std::int64_t refused = 0;  ///< Of what they ordered.
    std::int64_t received = 0;
    std::int64_t received_minor = 0;
    std::int64_t refused_to = 0;  ///< Of what others ordered to them.
    std::int64_t returned = 0;    ///< Sent back by it.
};

enum class EventKind : std::uint8_t { kJoin, kLeave, kFault, kAction, kSeason, kSwitch };
[[nodiscard]] std::string_view to_string(EventKind kind);

struct Event {
    SchemeTime from;
    std::optional<SchemeTime> until;  ///< Nothing: a moment.
    EventKind kind = EventKind::kAction;
    std::string title;
};

/// How long it took, which differs from run to run and is in no digest.
struct Effort {
    std::int64_t cpu_ms = 0;
    std::int64_t wall_ms = 0;
};

struct Report {
    Setup setup;
    std::vector<Period> periods;
    std::vector<Flow> totals;            ///< By corridor; pending at the end.
    Percentiles latency_us;              ///< Of all.
    std::vector<QuotaUse> quota_totals;  ///< By quota.
    std::vector<BankTotal> banks;
    std::vector<Event> events;  ///< By time.
    Effort effort;

    /// All corridors together, refusals by result.
    [[nodiscard]] Flow sum() const;
};

/// Of all figures and events, not of head and effort: the same simulation has the same.
[[nodiscard]] Hash128 digest_of(const Report& report);

}  // namespace lowu::report
