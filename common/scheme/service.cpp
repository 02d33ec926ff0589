// Names and numbers of services. See service.hpp.
#include "common/scheme/service.hpp"

#include "common/base/assert.hpp"

namespace lowu::scheme {

std::string_view to_string(Service service) {
    switch (service) {
        case Service::kP2pRemittance:
            return "p2p_remittance";
        case Service::kFeeCollection:
            return "fee_collection";
        case Service::kBusinessToPerson:
            return "business_to_person";
        case Service::kDomestic:
            return "domestic";
    }
    LOWU_UNREACHABLE("every service has a name");
}

std::optional<Service> parse_service(std::string_view text) {
    for (const Service service : kServices) {
        if (text == to_string(service)) {
            return service;
        }
    }
    return std::nullopt;
}

std::optional<Service> service_from_number(std::int64_t number) {
    for (const Service service : kServices) {
        if (number == static_cast<std::int64_t>(service)) {
            return service;
        }
    }
    return std::nullopt;
}

}  // namespace lowu::scheme
