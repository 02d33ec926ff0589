// Where a payment stands, when one of its banks asks. The answer moves nothing. Refused, in this
// order: when the bank has no part in the payment on that side, too soon after the acceptance, too
// often. See rules.hpp.
#include <algorithm>

#include "simulator/reference/limits.hpp"
#include "simulator/reference/parameters.hpp"
#include "simulator/reference/rules.hpp"

namespace lowu::reference {
namespace {

bool has_part(const Payment& payment, const StatusRequest& request) {
    if (request.side == Side::kPayee) return payment.asked && payment.payee_agent == request.bank;
    return begins_here(payment) && payment.payer_agent == request.bank;
}

/// The newest payment in which the bank has the part. One that a cell has forgotten is answered out
/// of the archive, and so needs not be recollected: one that is remembered goes before.
const Payment* enquired(const Step& step, const StatusRequest& request) {
    const auto known = step.rail.arrivals.find(request.uetr);
    if (known == step.rail.arrivals.end()) return nullptr;
    const Payment* forgotten = nullptr;
    for (auto arrival = known->second.rbegin(); arrival != known->second.rend(); ++arrival) {
        const Payment& payment = step.rail.payments[*arrival];
        if (!has_part(payment, request)) continue;
        if (is_remembered(step, *arrival)) return &payment;
        if (forgotten == nullptr) forgotten = &payment;
    }
    return forgotten;
}

void count(RailState& rail, const AnsweredEnquiry& enquiry) {
    rail.enquiries.push_back(enquiry);
    rail.enquiries_of_bank[enquiry.bank] += 1;
    rail.enquiries_of_payment[{enquiry.uetr, enquiry.side}] += 1;
}

/// Answered enquiries count for a window of elapsed time.
void drop_old(Step& step) {
    RailState& rail = step.rail;
    const Duration window = duration_of(rail, Parameter::kEnquiryWindowMs);
    while (!rail.enquiries.empty() && rail.enquiries.front().at + window <= step.now.elapsed) {
        const AnsweredEnquiry& over = rail.enquiries.front();
        rail.enquiries_of_bank[over.bank] -= 1;
        rail.enquiries_of_payment[{over.uetr, over.side}] -= 1;
        rail.enquiries.pop_front();
    }
}

/// Every bank has places of its own, and all of them share the rest.
bool has_place(RailState& rail, const BankCode& bank) {
    const std::size_t of_bank = rail.enquiries_of_bank[bank];
    if (of_bank < kOwnEnquiries) return true;
    std::size_t shared = 0;
    for (const auto& [code, answered] : rail.enquiries_of_bank)
        shared += answered - std::min(answered, kOwnEnquiries);
    return of_bank < kEnquiriesOfBank && shared < kSharedEnquiries;
}

bool too_often(RailState& rail, const StatusRequest& request) {
    if (!has_place(rail, request.bank)) return true;
    return rail.enquiries_of_payment[{request.uetr, request.side}] >=
           value_of(rail, Parameter::kEnquiriesPerWindow);
}

Standing standing_of(Side side, State state) {
    const bool payer = side == Side::kPayer;
    if (state == State::kSettled) return payer ? Standing::kPayerSettled : Standing::kPayeeSettled;
    if (state == State::kRejected) {
        return payer ? Standing::kPayerRejected : Standing::kPayeeRejected;
    }
    return payer ? Standing::kPayerPending : Standing::kPayeePending;
}

/// Whoever recorded the enquiry has asked the archive: what it said must be what was. It is not
/// looked at when there is one that is remembered.
void check_archived(Step& step, const StatusRequest& request, const Payment* payment) {
    if (!request.archived || request.archived->bank != request.bank) return;
    if (payment != nullptr && is_remembered(step, payment->arrival)) return;
    const bool same = payment != nullptr && payment->state == request.archived->state &&
                      payment->result == request.archived->result;
    if (!same) step.complain("the archive's answer about a payment is not what was");
}

}  // namespace

void take_enquiry(Step& step, const StatusRequest& request) {
    if (!take_number(step, request.bank, request.number)) return;
    const auto refuse = [&](ResultCode result) {
        reject_message(step, request.bank, request.number, request.uetr, Field::kUetr, result);
    };
    const Payment* payment = enquired(step, request);
    check_archived(step, request, payment);
    if (payment == nullptr) return refuse(ResultCode::kEnquiryUnknown);
    const Duration after = duration_of(step.rail, Parameter::kEnquiryAfterMs);
    if (step.now.scheme < payment->acceptance_time + after) {
        return refuse(ResultCode::kEnquiryTooSoon);
    }
    drop_old(step);
    if (too_often(step.rail, request)) return refuse(ResultCode::kEnquiryTooOften);
    count(step.rail, {step.now.elapsed, request.bank, request.uetr, request.side});
    Said said;
    said.kind = SaidKind::kEnquiryAnswer;
    said.uetr = request.uetr;
    said.result = payment->result;
    said.standing = standing_of(request.side, payment->state);
    tell(step, request.bank, said);
}

}  // namespace lowu::reference
