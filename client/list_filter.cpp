// Which payments `lowu list` shows. See list_filter.hpp.
#include "client/list_filter.hpp"

#include <algorithm>
#include <cctype>

#include "client/context.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

constexpr std::size_t kReasonSize = 4;

// ISO 20022 codes are written in capitals and typed as one likes.
Result<std::string> parse_reason(const std::string& text) {
    std::string code = text;
    std::transform(code.begin(), code.end(), code.begin(), [](unsigned char character) {
        return static_cast<char>(std::toupper(character));
    });
    const bool is_code =
        code.size() == kReasonSize && std::all_of(code.begin(), code.end(), [](char character) {
            return (character >= 'A' && character <= 'Z') || (character >= '0' && character <= '9');
        });
    if (is_code) return code;
    return usage_error("--reason",
                       "must be a reason of ISO 20022, four letters and digits like AM23; 'lowu "
                       "explain' lists them");
}

Result<v1::PaymentStatus> parse_status(const std::string& text) {
    v1::PaymentStatus status{};
    if (text.empty()) return status;
    if (v1::PaymentStatus_Parse("PAYMENT_STATUS_" + text, &status) &&
        status != v1::PAYMENT_STATUS_UNSPECIFIED) {
        return status;
    }
    return usage_error("--status", "must be ACSP, ACSC or RJCT");
}

}  // namespace

Result<v1::ListPaymentsRequest> list_filter_of(const ListOptions& options) {
    v1::ListPaymentsRequest filter;
    if (!options.participant.empty()) {
        const auto rail = parse_bank_code("--participant", options.participant);
        if (!rail) return rail.error();
    }
    filter.set_participant(options.participant);
    const auto status = parse_status(options.status);
    if (!status) return status.error();
    filter.set_status(*status);
    const auto direction = parse_direction_word("--direction", options.direction);
    if (!direction) return direction.error();
    filter.set_direction(*direction);
    const auto service = parse_service_word("--service", options.service);
    if (!service) return service.error();
    filter.set_service(*service);
    if (!options.reason.empty()) {
        const auto reason = parse_reason(options.reason);
        if (!reason) return reason.error();
        if (*status != v1::PAYMENT_STATUS_UNSPECIFIED && *status != v1::PAYMENT_STATUS_RJCT) {
            return usage_error("--reason", "goes with --status RJCT: only a refusal has a reason");
        }
        filter.set_reason_code(*reason);
    }
    filter.set_page_token(options.page_token);
    return filter;
}

Result<std::size_t> list_limit_of(std::size_t limit, bool all) {
    if (all) return kListMax;
    if (limit >= 1 && limit <= kListMax) return limit;
    return usage_error("--limit", "must be 1 to " + std::to_string(kListMax));
}

}  // namespace lowu::client
