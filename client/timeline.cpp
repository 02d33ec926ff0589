// A payment and its timeline as text. See timeline.hpp.
#include "client/timeline.hpp"

#include <vector>

#include "client/console.hpp"
#include "client/pay_text.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

struct KindText {
    v1::TimelineKind kind;
    const char* text;
    Colour colour;
};

constexpr KindText kKinds[] = {
    {v1::TIMELINE_KIND_RECEIVED, "received", Colour::kBold},
    {v1::TIMELINE_KIND_CHECK, "check", Colour::kNone},
    {v1::TIMELINE_KIND_LEDGER, "ledger", Colour::kGreen},
    {v1::TIMELINE_KIND_STATE, "state", Colour::kYellow},
    {v1::TIMELINE_KIND_TIMER, "timer", Colour::kDim},
    {v1::TIMELINE_KIND_SENT, "sent", Colour::kBold},
    {v1::TIMELINE_KIND_QUOTA, "quota", Colour::kGreen},
};

Cell kind_cell(v1::TimelineKind kind) {
    for (const KindText& row : kKinds) {
        if (row.kind == kind) return {row.text, row.colour};
    }
    return {std::to_string(static_cast<int>(kind))};
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string what_text(const v1::TimelineEvent& event) {
    std::string text = event.text();
    if (!event.rule().empty() && !contains(text, event.rule())) text += " [" + event.rule() + "]";
    if (event.kind() != v1::TIMELINE_KIND_LEDGER || event.account().empty()) return text;
    if (!contains(text, event.account())) text += " " + event.account();
    return text + ": available " + amount_text(event.available_before_minor()) + " -> " +
           amount_text(event.available_after_minor());
}

// The rule of a check that held: its text is "<rule>: holds". Empty for everything else.
std::string_view held_rule(const v1::TimelineEvent& event) {
    constexpr std::string_view kHolds = ": holds";
    const std::string_view text = event.text();
    if (event.kind() != v1::TIMELINE_KIND_CHECK || !text.ends_with(kHolds)) return {};
    return text.substr(0, text.size() - kHolds.size());
}

bool same_moment(const v1::TimelineEvent& left, const v1::TimelineEvent& right) {
    return left.sequence() == right.sequence() && left.rail() == right.rail();
}

// Checks that held come in runs: as many on a line as can be read. Moves `i` behind the run.
std::string take_held_rules(const v1::GetPaymentResponse& response, int& i) {
    constexpr std::size_t kReadable = 90;
    const v1::TimelineEvent& first = response.timeline(i);
    std::string text = "holds: " + std::string(held_rule(first));
    for (++i; i < response.timeline_size() && text.size() < kReadable; ++i) {
        const std::string_view rule = held_rule(response.timeline(i));
        if (rule.empty() || !same_moment(response.timeline(i), first)) break;
        text += ", " + std::string(rule);
    }
    return text;
}

// What it takes of the payer's quotas; empty when it is under none.
std::string quota_text(const v1::Payment& payment) {
    if (payment.quota_day_minor() == 0 && payment.quota_year_minor() == 0) return "";
    const bool northbound = payment.direction() == v1::DIRECTION_NORTHBOUND;
    std::string text = "\n  counts";
    if (payment.quota_day_minor() != 0) {
        text += (northbound ? " HKD " : " CNY ") + amount_text(payment.quota_day_minor()) +
                " of the payer's day";
    }
    if (payment.quota_day_minor() != 0 && payment.quota_year_minor() != 0) text += " and";
    if (payment.quota_year_minor() != 0) {
        text += (northbound ? " HKD " : " USD ") + amount_text(payment.quota_year_minor()) +
                " of the payer's year";
    }
    return text;
}

// What of the timeline is missing, and why; empty when it is whole.
std::string gaps_text(const v1::GetPaymentResponse& response) {
    if (response.archived()) {
        return "Told from the archive: the cells have forgotten this payment. Its checks and "
               "timers "
               "are not kept there.";
    }
    if (!response.timeline_dropped()) return "";
    return "The whole timeline of this payment has been dropped from memory. The archive keeps no "
           "checks and timers.";
}

}  // namespace

std::string status_text(v1::PaymentStatus status, const v1::StatusReason& reason,
                        std::int64_t duration_us) {
    std::string text = paint(word(status), colour_of(status));
    if (!reason.code().empty()) text += " " + reason.code();
    if (!reason.native_code().empty()) text += " (" + reason.native_code() + ")";
    if (duration_us > 0) text += " after " + duration_text(duration_us);
    if (!reason.text().empty()) text += ": " + reason.text();
    if (!reason.field().empty()) text += " [" + reason.field() + "]";
    return text;
}

std::string payment_text(const v1::Payment& payment) {
    const bool domestic = payment.direction() == v1::DIRECTION_DOMESTIC;
    std::string what =
        domestic ? "domestic on " + word(payment.origin_rail()) : word(payment.direction());
    if (!payment.original_uetr().empty()) {
        what += " return";
    } else {
        what += (domestic ? "" : " " + word(payment.service())) + ", " + word(payment.purpose());
    }
    std::string text = paint(payment.uetr(), Colour::kBold) + "  " + what + "  " +
                       amount_text(payment.currency(), payment.amount_minor()) + "\n";
    text += "  " + bank_text(payment.payer_agent()) + " -> " + bank_text(payment.payee_agent()) +
            "\n  " + status_text(payment.status(), payment.reason(), payment.duration_us());
    if (payment.credited()) text += ", payee credited";
    text += quota_text(payment);
    if (!payment.original_uetr().empty()) {
        text += "\n  sends back " + payment.original_uetr() + ": " +
                return_text(payment.return_reason_code());
    }
    if (payment.returned_minor() > 0) {
        text += "\n  of this, " + amount_text(payment.currency(), payment.returned_minor()) +
                " has been sent back";
    }
    if (domestic) {
        text += "\n  state " + payment.origin_state();
    } else {
        text += "\n  origin " + (payment.origin_state().empty() ? "none" : payment.origin_state());
        text +=
            ", destination " +
            (payment.destination_state().empty() ? "never reached" : payment.destination_state());
    }
    return text + ", accepted " + time_text(payment.acceptance_time_ms()) + " UTC+8\n";
}

std::string timeline_text(const v1::GetPaymentResponse& response, std::size_t indent) {
    const std::string gaps = gaps_text(response);
    const std::string before = gaps.empty() ? "" : std::string(indent, ' ') + gaps + "\n";
    if (response.timeline().empty()) {
        return before + std::string(indent, ' ') + "There is no timeline.\n";
    }
    Table table({{"log", true}, {"time UTC+8"}, {"after", true}, {"rail"}, {"kind"}, {"what"}});
    const std::int64_t start_us = response.timeline(0).elapsed_us();
    for (int i = 0; i < response.timeline_size();) {
        const v1::TimelineEvent& event = response.timeline(i);
        const bool repeats = i > 0 && same_moment(response.timeline(i - 1), event);
        std::string what;
        if (held_rule(event).empty()) {
            what = what_text(event);
            ++i;
        } else {
            what = take_held_rules(response, i);
        }
        if (repeats) {
            table.add({"", "", "", "", kind_cell(event.kind()), what});
            continue;
        }
        table.add({std::to_string(event.sequence()),
                   time_text(event.scheme_time_ms()).substr(std::string("2025-06-22 ").size()),
                   "+" + duration_text(event.elapsed_us() - start_us), word(event.rail()),
                   kind_cell(event.kind()), what});
    }
    return before + table.text(indent);
}

}  // namespace lowu::client
