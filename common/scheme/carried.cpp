// The validator of carried details. See carried.hpp.
#include "common/scheme/carried.hpp"

#include "common/scheme/names.hpp"

namespace lowu::scheme {

std::optional<FieldFault> check_carried(const CarriedDetails& details) {
    if (const auto fault = check_name(details.payer_name, Field::kPayerName)) {
        return fault;
    }
    if (const auto fault = check_name(details.payee_name, Field::kPayeeName)) {
        return fault;
    }
    return check_remittance_information(details.remittance_information);
}

}  // namespace lowu::scheme
