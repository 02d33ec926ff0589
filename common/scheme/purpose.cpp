// Names and numbers of purposes. See purpose.hpp.
#include "common/scheme/purpose.hpp"

#include "common/base/assert.hpp"

namespace lowu::scheme {

std::string_view to_string(Purpose purpose) {
    switch (purpose) {
        case Purpose::kPersonal:
            return "personal";
        case Purpose::kTuition:
            return "tuition";
        case Purpose::kMedical:
            return "medical";
        case Purpose::kUtility:
            return "utility";
        case Purpose::kSalary:
            return "salary";
        case Purpose::kSubsidy:
            return "subsidy";
        case Purpose::kOther:
            return "other";
    }
    LOWU_UNREACHABLE("every purpose has a name");
}

std::optional<Purpose> parse_purpose(std::string_view text) {
    for (const Purpose purpose : kPurposes) {
        if (text == to_string(purpose)) {
            return purpose;
        }
    }
    return std::nullopt;
}

std::optional<Purpose> purpose_from_number(std::int64_t number) {
    for (const Purpose purpose : kPurposes) {
        if (number == static_cast<std::int64_t>(purpose)) {
            return purpose;
        }
    }
    return std::nullopt;
}

std::string_view iso_purpose(Purpose purpose) {
    switch (purpose) {
        case Purpose::kPersonal:
            return "GIFT";
        case Purpose::kTuition:
            return "EDUC";
        case Purpose::kMedical:
            return "MDCS";
        case Purpose::kUtility:
            return "UBIL";
        case Purpose::kSalary:
            return "SALA";
        case Purpose::kSubsidy:
            return "ALLW";
        case Purpose::kOther:
            return "OTHR";
    }
    LOWU_UNREACHABLE("every purpose has an ISO code");
}

Purpose usual_purpose(Service service) {
    switch (service) {
        case Service::kP2pRemittance:
            return Purpose::kPersonal;
        case Service::kFeeCollection:
            return Purpose::kTuition;
        case Service::kBusinessToPerson:
            return Purpose::kSalary;
        case Service::kDomestic:
            return Purpose::kPersonal;
    }
    LOWU_UNREACHABLE("every service has a usual purpose");
}

}  // namespace lowu::scheme
