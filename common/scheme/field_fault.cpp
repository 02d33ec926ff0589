// The contract's names of fields. See field_fault.hpp.
#include "common/scheme/field_fault.hpp"

#include "common/base/assert.hpp"

namespace lowu::scheme {

std::string_view to_string(Field field) {
    switch (field) {
        case Field::kNone:
            return "";
        case Field::kUetr:
            return "uetr";
        case Field::kService:
            return "service";
        case Field::kPayerAgent:
            return "payer_agent";
        case Field::kPayeeAgent:
            return "payee_agent";
        case Field::kPayerAccount:
            return "payer_account";
        case Field::kPayeeAccount:
            return "payee_account";
        case Field::kAmount:
            return "amount_minor";
        case Field::kCurrency:
            return "currency";
        case Field::kCreationTime:
            return "creation_time_ms";
        case Field::kCarried:
            return "carried";
        case Field::kPayerName:
            return "payer_name";
        case Field::kPayeeName:
            return "payee_name";
        case Field::kRemittanceInformation:
            return "remittance_information";
        case Field::kMessage:
            return "message";
        case Field::kNumber:
            return "number";
        case Field::kReasonCode:
            return "reason_code";
        case Field::kAnswer:
            return "answer";
        case Field::kParticipant:
            return "participant";
        case Field::kIncarnation:
            return "incarnation";
        case Field::kAcknowledgement:
            return "acknowledgement";
        case Field::kCredit:
            return "credit";
        case Field::kFrame:
            return "frame";
        case Field::kHello:
            return "hello";
        case Field::kAccountHolder:
            return "account_holder";
        case Field::kPageSize:
            return "page_size";
        case Field::kPageToken:
            return "page_token";
        case Field::kWatchToken:
            return "watch_token";
        case Field::kRail:
            return "rail";
    }
    LOWU_UNREACHABLE("every field has a name");
}

}  // namespace lowu::scheme
