// Rules for names and remittance information. See names.hpp.
#include "common/scheme/names.hpp"

#include "common/scheme/utf8.hpp"

namespace lowu::scheme {

namespace {

constexpr std::size_t kUtf8LengthMax = 4;  // bytes of one character

// The rule that holds for every text: how it is encoded, how long, what it may contain.
std::optional<std::string_view> check_text(std::string_view text, std::size_t length_max,
                                           std::string_view too_long_rule, Utf8Scan& scan) {
    // Before the scan, so that its cost is bounded whatever is sent.
    if (text.size() > length_max * kUtf8LengthMax) {
        return too_long_rule;
    }
    scan = scan_utf8(text);
    if (!scan.valid) {
        return "must be valid UTF-8";
    }
    if (scan.code_points > length_max) {
        return too_long_rule;
    }
    if (scan.has_control) {
        return "must not contain control characters";
    }
    return std::nullopt;
}

}  // namespace

std::optional<FieldFault> check_name(std::string_view name, Field field) {
    static_assert(kNameLengthMax == 140, "the rule says so");
    if (name.empty()) {
        return FieldFault{field, "must not be empty"};
    }
    Utf8Scan scan;
    const auto rule =
        check_text(name, kNameLengthMax, "must be at most 140 characters (Max140Text)", scan);
    if (rule) {
        return FieldFault{field, *rule};
    }
    if (!scan.has_visible) {
        return FieldFault{field, "must not be blank"};
    }
    return std::nullopt;
}

std::optional<FieldFault> check_remittance_information(std::string_view text) {
    static_assert(kRemittanceInformationLengthMax == 140, "the rule says so");
    Utf8Scan scan;
    const auto rule = check_text(text, kRemittanceInformationLengthMax,
                                 "must be at most 140 characters (Max140Text)", scan);
    if (rule) {
        return FieldFault{Field::kRemittanceInformation, *rule};
    }
    return std::nullopt;
}

}  // namespace lowu::scheme
