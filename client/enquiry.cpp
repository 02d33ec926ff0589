// A bank's question where a payment stands. See enquiry.hpp.
#include "client/enquiry.hpp"

#include "client/console.hpp"
#include "client/context.hpp"
#include "client/timeline.hpp"
#include "client/words.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::client {

namespace {

constexpr std::int32_t kWaitMaxMs = 60'000;

// What it means for the bank that asked.
std::string meaning(const v1::StatusReport& report) {
    const bool payee = report.side() == v1::SIDE_PAYEE;
    if (report.status() == v1::PAYMENT_STATUS_ACSP) {
        return payee ? "pending: the rail still waits for the bank's answer"
                     : "pending: not final yet";
    }
    if (report.status() == v1::PAYMENT_STATUS_ACSC) {
        return payee ? "settled to the bank: it owes the credit to the payee"
                     : "settled: final, the money has moved";
    }
    if (report.status() == v1::PAYMENT_STATUS_RJCT) {
        return payee ? "void: final, nothing is owed to the payee"
                     : "refused: final, nothing has moved";
    }
    return "a state that this program does not know";
}

std::string report_text(const std::string& bank, const v1::StatusReport& report) {
    std::string text = paint(report.uetr(), Colour::kBold) + "  for " + bank_text(bank) + ", the " +
                       (report.side() == v1::SIDE_PAYEE ? "payee's" : "payer's") + " bank\n  " +
                       status_text(report.status(), report.reason(), 0) + "\n  " + meaning(report) +
                       "\n";
    if (report.booking_time_ms() != 0) {
        text += "  booked " + time_text(report.booking_time_ms()) + " UTC+8\n";
    }
    if (!report.clearing_reference().empty()) {
        text += "  reference of the rail " + report.clearing_reference() + "\n";
    }
    return text;
}

}  // namespace

Result<v1::EnquireStatusRequest> enquiry_of(const EnquiryOptions& options) {
    const auto rail = parse_bank_code("bank", options.bank);
    if (!rail) return rail.error();
    if (!scheme::parse_uetr(options.uetr)) return usage_error("uetr", scheme::kUetrRule);
    if (options.side != "payer" && options.side != "payee") {
        return usage_error("--side", "must be payer or payee");
    }
    if (options.wait_ms < 1 || options.wait_ms > kWaitMaxMs) {
        return usage_error("--wait-ms", "must be 1 to " + std::to_string(kWaitMaxMs));
    }
    v1::EnquireStatusRequest request;
    request.set_bank(options.bank);
    request.set_uetr(options.uetr);
    request.set_side(options.side == "payer" ? v1::SIDE_PAYER : v1::SIDE_PAYEE);
    request.set_wait_ms(options.wait_ms);
    return request;
}

std::string enquiry_text(const std::string& bank, const v1::EnquireStatusResponse& response) {
    if (response.has_report()) return report_text(bank, response.report());
    if (!response.has_reject()) return "The bank's rail has answered nothing.\n";
    const v1::MessageReject& reject = response.reject();
    return "The rail does not tell " + bank_text(bank) +
           " where it stands: " + (reject.field().empty() ? "" : reject.field() + " ") +
           reject.rule() + "\n";
}

ExitCode exit_code_of(const v1::EnquireStatusResponse& response) {
    if (!response.has_report()) return ExitCode::kEnvironment;
    if (response.report().status() == v1::PAYMENT_STATUS_ACSC) return ExitCode::kDone;
    if (response.report().status() == v1::PAYMENT_STATUS_RJCT) return ExitCode::kRefused;
    return ExitCode::kPending;
}

}  // namespace lowu::client
