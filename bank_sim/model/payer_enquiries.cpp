// Which pending payments a bank asks its rail about by itself, so that no customer waits for ever
// when a report went astray. Part of PayerSide.
//
// Records stand in the order of their start and all wait equally long for the first enquiry, so
// one index tells where the next is: it costs nothing while payments become final in time.
#include <algorithm>
#include <iterator>

#include "bank_sim/model/payer_side.hpp"

namespace lowu::bank {

ElapsedTime PayerSide::enquiry_at() const {
    if (enquire_after_ <= Duration{} || !parts_.outbox.has_own_room(kOwnRoomForEnquiry)) {
        return kNever;
    }
    ElapsedTime due = again_.empty() ? kNever : again_.begin()->first;
    if (not_enquired_ < remittances_.end_index()) {
        due = std::min(due, remittances_.at_index(not_enquired_).started_at + enquire_after_);
    }
    return due;
}

void PayerSide::enquire(ElapsedTime now) {
    while (enquiry_at() <= now) {
        if (!again_.empty() && again_.begin()->first <= now) {
            const auto [due, again] = *again_.begin();
            again_.erase(again_.begin());
            const OutgoingRemittance* remittance = remittances_.find(again.uetr);
            if (remittance != nullptr && !remittance->final()) {
                ask_about(again.uetr, now, again.wait);
            }
            continue;
        }
        ask_about(remittances_.at_index(not_enquired_).uetr, now, enquire_after_);
        ++not_enquired_;
        pass_final();
    }
}

void PayerSide::ask_about(const scheme::Uetr& uetr, ElapsedTime due, Duration wait) {
    v1::StatusRequest& request = parts_.outbox.add_status_request();
    request.set_uetr(scheme::format_uetr(uetr));
    request.set_side(v1::SIDE_PAYER);
    if (again_.size() < kMaxEnquiriesAgain) {
        again_.emplace(due + 2 * wait, Again{uetr, 2 * wait});
    }
}

// A record makes room only when it is final, and then the index has passed it.
void PayerSide::pass_final() {
    not_enquired_ = std::max(not_enquired_, remittances_.first_index());
    while (not_enquired_ < remittances_.end_index() &&
           remittances_.at_index(not_enquired_).final()) {
        ++not_enquired_;
    }
}

}  // namespace lowu::bank
