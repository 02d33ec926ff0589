// Payments and their events, as the follower tells them, in the contract's words. Called by
// PaymentService and PaymentWatch on the follower's thread.
#pragma once

#include "lowu/v1/payment.pb.h"
#include "switch/follower/follower.hpp"

namespace lowu::service {

void put_payment(const follower::PaymentView& view, v1::Payment& payment);
void put_event(const follower::TimelineEvent& from, v1::TimelineEvent& event);

}  // namespace lowu::service
