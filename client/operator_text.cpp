// What an operator reads. See operator_text.hpp.
#include "client/operator_text.hpp"

#include <array>
#include <string_view>

#include "client/console.hpp"

namespace lowu::client {

namespace {

constexpr std::int64_t kSecondMs = 1'000;
constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;

std::string line(std::string_view label, const std::string& text) {
    constexpr std::size_t kWidth = 23;
    std::string padded(label);
    padded.resize(kWidth, ' ');
    return padded + text + "\n";
}

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

std::uint64_t behind(std::uint64_t position, std::uint64_t end) {
    return position < end ? end - position : 0;
}

std::string halt_text(const v1::GetStatusResponse& status) {
    std::string text = "nothing new is taken: ";
    if (status.halted_by() == "clock") {
        text += "the clock jumped by " + span_text(status.clock_jump_ms()) +
                "; say what it was: 'lowu clock passed' or 'lowu clock ignored'";
    } else if (status.halted_by() == "log space") {
        text += "there is no space for the log's next segment; it goes on by itself when there is";
    } else {
        text += status.halted_by();
    }
    return paint(text, Colour::kRed);
}

std::string log_lines(const v1::GetStatusResponse& status) {
    const std::uint64_t durable = status.durable_sequence();
    const std::uint64_t lag = behind(status.follower_sequence(), durable);
    const std::uint64_t to_archive = behind(status.archived_sequence(), durable);
    std::string log = durable == 0 ? "empty"
                                   : std::to_string(status.log_first_sequence()) + " to " +
                                         std::to_string(durable);
    if (status.recovered_sequence() > 0) {
        log += ", up to " + std::to_string(status.recovered_sequence()) + " recovered at start";
    } else {
        log += ", begun with this start";
    }
    std::string text = line("log, durable", log);
    text += line("follower", std::to_string(status.follower_sequence()) + ", " +
                                 (lag == 0 ? "up to date" : std::to_string(lag) + " behind"));
    text += line("archive", status.archived_sequence() == 0
                                ? "empty"
                                : "up to " + std::to_string(status.archived_sequence()) + ", " +
                                      std::to_string(to_archive) + " to come");
    if (!status.archive_trouble().empty()) {
        text += line(
            "", paint("it takes nothing, so the follower stands still: " + status.archive_trouble(),
                      Colour::kRed));
    }
    if (status.snapshots().empty()) text += line("snapshots", "none yet");
    for (const v1::Snapshot& snapshot : status.snapshots()) {
        text += line("snapshot", snapshot_text(snapshot, status.scheme_time_ms()));
    }
    return text + line("compared", "live cells and follower after " +
                                       std::to_string(status.batches_compared()) +
                                       " batches since the start");
}

Cell obligation_state(const v1::Obligation& obligation) {
    if (obligation.in_default()) return {"bank in default", Colour::kRed};
    return obligation.overdue() ? Cell("overdue", Colour::kRed) : Cell("waiting", Colour::kYellow);
}

}  // namespace

std::string span_text(std::int64_t span_ms) {
    if (span_ms < 0) return "-" + span_text(-span_ms);
    if (span_ms < kSecondMs) return std::to_string(span_ms) + " ms";
    if (span_ms < kMinuteMs) return std::to_string(span_ms / kSecondMs) + " s";
    if (span_ms < kHourMs) return std::to_string(span_ms / kMinuteMs) + " min";
    if (span_ms < kDayMs) {
        return std::to_string(span_ms / kHourMs) + " h " +
               two_digits(span_ms % kHourMs / kMinuteMs) + " min";
    }
    return std::to_string(span_ms / kDayMs) + " d " + two_digits(span_ms % kDayMs / kHourMs) + " h";
}

std::string bytes_text(std::int64_t bytes) {
    constexpr std::array<std::string_view, 3> kUnits = {"KiB", "MiB", "GiB"};
    constexpr std::int64_t kNext = 1'024;
    if (bytes < kNext) return std::to_string(bytes) + " bytes";
    std::int64_t unit_bytes = kNext;
    std::size_t unit = 0;
    while (unit + 1 < kUnits.size() && bytes / unit_bytes >= kNext) {
        unit_bytes *= kNext;
        ++unit;
    }
    const std::int64_t tenth = bytes % unit_bytes * 10 / unit_bytes;
    return std::to_string(bytes / unit_bytes) + "." + std::to_string(tenth) + " " +
           std::string(kUnits[unit]);
}

std::string snapshot_text(const v1::Snapshot& snapshot, std::int64_t scheme_time_ms) {
    return "at " + std::to_string(snapshot.sequence()) + ", " + bytes_text(snapshot.bytes()) +
           ", " + span_text(scheme_time_ms - snapshot.scheme_time_ms()) + " old, " +
           (snapshot.verified() ? "verified" : paint("not verified", Colour::kYellow));
}

std::string status_text(const v1::GetStatusResponse& status) {
    std::string text;
    if (!status.halted_by().empty()) text += line("HALTED", halt_text(status));
    text += line("cells", status.form());
    text += line("scheme time", time_text(status.scheme_time_ms()) + " UTC+8");
    text += log_lines(status);
    text += line("payments", std::to_string(status.payments()) + ", pending " +
                                 std::to_string(status.pending()));
    text += line("in memory", std::to_string(status.remembered_legs()) + " legs; " +
                                  std::to_string(status.forgotten_legs()) +
                                  " forgotten, in the archive only");
    const std::string overdue = std::to_string(status.obligations_overdue()) + " overdue";
    text += line("settled, not credited",
                 std::to_string(status.settled_not_credited()) + ", " +
                     (status.obligations_overdue() == 0 ? overdue : paint(overdue, Colour::kRed)));
    for (const std::string& digest : status.digests()) {
        text += line("digest", digest);
    }
    return text;
}

std::string obligations_text(const v1::ListObligationsResponse& response) {
    if (response.total() == 0) return "There is none: every settled payment is credited.\n";
    Table table({{"uetr"}, {"rail"}, {"payee's bank"}, {"amount", true}, {"settled", true}, {""}});
    for (const v1::Obligation& obligation : response.obligations()) {
        table.add({obligation.uetr(), word(obligation.rail()), bank_text(obligation.payee_agent()),
                   amount_text(obligation.currency(), obligation.amount_minor()),
                   span_text(obligation.age_ms()) + " ago", obligation_state(obligation)});
    }
    return table.text() + std::to_string(response.obligations_size()) + " of " +
           std::to_string(response.total()) +
           " shown, oldest first: settled, and not reported credited by the payee's bank\n";
}

std::string default_warning(const std::string& bank) {
    return "is missing. It would declare " + bank_text(bank) +
           " in default: the bank takes part in no new payment, as payer or payee; what is pending "
           "ends as it would; its obligations that are still open are marked; all banks are told. "
           "It cannot be taken back. 'lowu obligations " +
           bank + "' shows what is open";
}

std::string default_text(const std::string& bank, const v1::DeclareDefaultResponse& response) {
    std::string text = bank_text(bank) + " is in default: it takes part in no new payment.\n";
    if (response.open_obligations() == 0) return text + "It owes no credit to anybody.\n";
    text +=
        "Settled to it and not reported credited: " + std::to_string(response.open_obligations()) +
        (response.open_obligations() == 1 ? " payment" : " payments");
    if (response.open_cny_minor() != 0) {
        text += ", " + amount_text(v1::CURRENCY_CNY, response.open_cny_minor());
    }
    if (response.open_hkd_minor() != 0) {
        text += ", " + amount_text(v1::CURRENCY_HKD, response.open_hkd_minor());
    }
    return text + ". More: lowu obligations " + bank + "\n";
}

std::string clock_text(v1::ClockVerdict verdict, std::int64_t jump_ms) {
    const std::string jump = "The clock had jumped by " + span_text(jump_ms) + ". ";
    if (verdict == v1::CLOCK_VERDICT_PASSED) {
        return jump +
               "The time has passed: deadlines of that time are over. New payments are taken "
               "again.\n";
    }
    return jump +
           "The jump is ignored: times go on from before it. New payments are taken again.\n";
}

}  // namespace lowu::client
