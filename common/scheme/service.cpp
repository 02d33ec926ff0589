// Names and numbers of services. See service.hpp.
#include "common/scheme/service.hpp"

#include "common/base/assert.hpp"

namespace lowu::scheme {

std::string_view to_string(Service service) {
    switch (service) {
        case Service::kP2pRemittance:
            return "p2p_remittance";
    }
    LOWU_UNREACHABLE("every service has a name");
}

std::optional<Service> parse_service(std::string_view text) {
    if (text == to_string(Service::kP2pRemittance)) {
        return Service::kP2pRemittance;
    }
    return std::nullopt;
}

std::optional<Service> service_from_number(std::int64_t number) {
    if (number == static_cast<std::int64_t>(Service::kP2pRemittance)) {
        return Service::kP2pRemittance;
    }
    return std::nullopt;
}

}  // namespace lowu::scheme
