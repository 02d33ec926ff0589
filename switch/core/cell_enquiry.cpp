// Status enquiries: a bank asks where a payment stands (pacs.028; ibps.305). Taken up in the order
// of its messages, so the answer knows of everything the bank has said before. The answer is what
// the cell knows at this moment, and moves nothing. See cell.hpp.
#include "common/base/assert.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {

/// Where the payment stands at the end that the bank asks about; none when it has no part in it
/// there. A bank that is paid by a return has not been asked, and so has none.
std::optional<PaymentIndex> Cell::enquired(const StatusRequest& request) const {
    return request.side == Side::kPayee ? asked_of(request.participant, request.uetr)
                                        : begun_by(request.participant, request.uetr);
}

/// In order of precedence. What the archive has is older than the delay (RuleBook::fits_together).
ResultCode Cell::check_enquiry(const Stamp& stamp, const StatusRequest& request,
                               std::optional<PaymentIndex> index) {
    const bool archived = !index && request.archived &&
                          request.archived->agent == participant(request.participant).code;
    if (!index && !archived) return ResultCode::kEnquiryUnknown;
    const auto value_ms = [&](ParameterId id) { return Duration::from_ms(rules_.rail_value(id)); };
    // In scheme time: the moment of acceptance is kept in no other, and on the payee's rail it is
    // the origin's. It runs as elapsed time does, but for an operator's advance, when nothing is
    // pending.
    if (index &&
        stamp.scheme < payment(*index).acceptance_time + value_ms(ParameterId::kEnquiryAfter)) {
        return ResultCode::kEnquiryTooSoon;
    }
    const auto most =
        static_cast<std::uint32_t>(rules_.rail_value(ParameterId::kEnquiriesPerWindow));
    const bool counted =
        enquiries_.count({request.uetr, stamp.elapsed, request.participant, request.side},
                         value_ms(ParameterId::kEnquiryWindow), most);
    return counted ? ResultCode::kAccepted : ResultCode::kEnquiryTooOften;
}

void Cell::on(const Stamp& stamp, const StatusRequest& request) {
    take_number(request.participant, request.number);
    OutboxEntry entry;
    entry.uetr = request.uetr;
    const auto index = enquired(request);
    entry.result = check_enquiry(stamp, request, index);
    if (entry.result != ResultCode::kAccepted) {
        entry.rejected_number = request.number;
        entry.field = scheme::Field::kUetr;
        return reject_message(stamp, request.participant, entry);
    }
    PaymentState state{};
    if (index) {
        entry.payment = *index;
        state = payment(*index).state;
        entry.result = payment(*index).result;
    } else {
        state = request.archived->state;
        entry.result = request.archived->result;
        LOWU_ASSERT(is_final(state), "only what is final is forgotten");
    }
    entry.kind = OutboxKind::kEnquiryAnswer;
    entry.standing = standing_of(request.side, state);
    put_out(stamp, request.participant, entry);
}

}  // namespace lowu::core
