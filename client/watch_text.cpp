// Changes of payments as lines. See watch_text.hpp.
#include "client/watch_text.hpp"

#include <algorithm>
#include <string_view>

#include "client/console.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

constexpr std::size_t kSequenceWidth = 10;
constexpr std::size_t kTimeWidth = 12;
constexpr std::size_t kUetrWidth = 36;
constexpr std::size_t kServiceWidth = 8;
constexpr std::size_t kCodeWidth = 12;
constexpr std::size_t kAmountWidth = 16;

// Lines come one by one, so columns are as wide as what usually stands in them.
std::string left(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

std::string right(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string columns(const std::string& sequence, const std::string& time, const std::string& uetr,
                    const std::string& service, const std::string& banks,
                    const std::string& amount) {
    return right(sequence, kSequenceWidth) + "  " + left(time, kTimeWidth) + "  " +
           left(uetr, kUetrWidth) + "  " + left(service, kServiceWidth) + "  " +
           left(banks, 2 * kCodeWidth + 4) + "  " + right(amount, kAmountWidth) + "  ";
}

std::string state_text(const v1::Payment& payment) {
    std::string text = paint(word(payment.status()), colour_of(payment.status()));
    if (!payment.reason().code().empty()) text += " " + payment.reason().code();
    if (!payment.reason().native_code().empty()) {
        text += " (" + payment.reason().native_code() + ")";
    }
    if (payment.duration_us() > 0) text += " after " + duration_text(payment.duration_us());
    if (payment.credited()) text += ", credited";
    if (payment.returned_minor() > 0) {
        text += ", " + amount_text(payment.returned_minor()) + " sent back";
    }
    if (!payment.original_uetr().empty()) text += ", sends back " + payment.original_uetr();
    return text;
}

}  // namespace

std::string watch_heading() {
    return paint(
        columns("log", "accepted", "uetr", "service", "payer bank -> payee bank", "amount") +
            "then",
        Colour::kBold);
}

std::string watch_line(const v1::WatchPaymentsResponse& response) {
    const v1::Payment& payment = response.payment();
    constexpr std::size_t kDateSize = std::string_view("2025-06-22 ").size();
    return columns(std::to_string(response.sequence()),
                   time_text(payment.acceptance_time_ms()).substr(kDateSize), payment.uetr(),
                   word(payment.service()),
                   left(payment.payer_agent(), kCodeWidth) + " -> " + payment.payee_agent(),
                   amount_text(payment.currency(), payment.amount_minor())) +
           state_text(payment);
}

std::string watch_end_text(std::size_t shown, const std::string& participant,
                           const std::string& token) {
    std::string text = std::to_string(shown) + (shown == 1 ? " change" : " changes") + " shown.";
    if (token.empty()) return text;
    text += " Go on with: lowu watch --from " + token;
    if (!participant.empty()) text += " --participant " + participant;
    return text;
}

}  // namespace lowu::client
