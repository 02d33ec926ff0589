// The messages that a bank has for the switch. See outbox.hpp.
#include "bank_sim/model/outbox.hpp"

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

// Messages of one kind that wait to be used again; more than one frame's worth is given back.
constexpr std::size_t kUsedMessagesMax = kMaxFrameMessages;

// Tag and length of one element of ParticipantFrame.messages: a message is below 2 MiB.
constexpr std::size_t kElementOverheadBytes = 1 + 3;

}  // namespace

v1::ParticipantMessage& Outbox::add(Message message) {
    const bool added = kept_.push(std::move(message));
    LOWU_ASSERT(added, "the caller checks for room");
    return *kept_.back();
}

v1::ParticipantMessage& Outbox::add(std::vector<Message>& used) {
    if (used.empty()) {
        return add(std::make_unique<v1::ParticipantMessage>());
    }
    Message message = std::move(used.back());
    used.pop_back();
    return add(std::move(message));
}

v1::CreditTransfer& Outbox::add_transfer() {
    LOWU_ASSERT(has_own_room(), "the caller checks for room");
    ++own_;
    return *add(used_transfers_).mutable_credit_transfer();
}

v1::CreditTransferAnswer& Outbox::add_answer() {
    LOWU_ASSERT(answer_room() > 0, "credit to the switch leaves room for the answer");
    return *add(used_answers_).mutable_answer();
}

v1::CreditReport& Outbox::add_report() {
    LOWU_ASSERT(answer_room() > 0, "credit to the switch leaves room for the report");
    return *add(used_reports_).mutable_credit_report();
}

v1::FxRateSheet& Outbox::add_rate_sheet() {
    LOWU_ASSERT(has_own_room(), "the caller checks for room");
    ++own_;
    return *add(std::make_unique<v1::ParticipantMessage>()).mutable_fx_rate_sheet();
}

v1::AvailabilityRequest& Outbox::add_availability() {
    LOWU_ASSERT(has_own_room(), "the caller checks for room");
    ++own_;
    return *add(std::make_unique<v1::ParticipantMessage>()).mutable_availability();
}

v1::PaymentReturn& Outbox::add_return() {
    LOWU_ASSERT(has_own_room(), "the caller checks for room");
    ++own_;
    return *add(std::make_unique<v1::ParticipantMessage>()).mutable_payment_return();
}

v1::StatusRequest& Outbox::add_status_request() {
    LOWU_ASSERT(has_own_room(), "the caller checks for room");
    ++own_;
    return *add(std::make_unique<v1::ParticipantMessage>()).mutable_status_request();
}

void Outbox::hold_answer() {
    LOWU_ASSERT(answer_room() > 0, "credit to the switch leaves room for the answer");
    ++held_;
}

void Outbox::release_answer() {
    LOWU_ASSERT(held_ > 0, "a place is given free once");
    --held_;
}

std::size_t Outbox::lend(std::uint64_t position, std::size_t count_max,
                         v1::ParticipantFrame& frame) {
    LOWU_ASSERT(lent_ == 0 && frame.messages().empty(), "one frame borrows at a time");
    LOWU_ASSERT(position >= first_ && position <= end_position(), "only what is kept is lent");
    const std::size_t start = static_cast<std::size_t>(position - first_);
    const std::size_t count = std::min({count_max, kept_.size() - start, kMaxFrameMessages});
    std::size_t bytes = kFrameOverheadBytes;
    auto* messages = frame.mutable_messages();
    for (; lent_ < count; ++lent_) {
        v1::ParticipantMessage* message = kept_[start + lent_].get();
        bytes += message->ByteSizeLong() + kElementOverheadBytes;
        if (bytes > kMaxFrameBytes) {
            break;
        }
        messages->UnsafeArenaAddAllocated(message);
    }
    LOWU_ASSERT(lent_ > 0 || count == 0, "every message fits a frame");
    return lent_;
}

void Outbox::take_back(v1::ParticipantFrame& frame) {
    LOWU_ASSERT(static_cast<std::size_t>(frame.messages_size()) == lent_,
                "the frame that borrowed");
    frame.mutable_messages()->UnsafeArenaExtractSubrange(0, frame.messages_size(), nullptr);
    lent_ = 0;
    for (Message& message : dropped_) {
        use_again(std::move(message));
    }
    dropped_.clear();
}

void Outbox::drop_before(std::uint64_t position) {
    LOWU_ASSERT(position <= end_position(), "only what was added is dropped");
    while (first_ < position) {
        Message message = kept_.take();
        ++first_;
        const bool answers = message->has_answer() || message->has_credit_report();
        own_ -= answers ? 0 : 1;
        if (lent_ > 0) {
            dropped_.push_back(std::move(message));
        } else {
            use_again(std::move(message));
        }
    }
}

void Outbox::use_again(Message message) {
    std::vector<Message>* used = nullptr;  // of seldom kinds nothing is kept
    if (message->has_credit_transfer()) {
        used = &used_transfers_;
    } else if (message->has_answer()) {
        used = &used_answers_;
    } else if (message->has_credit_report()) {
        used = &used_reports_;
    }
    if (used != nullptr && used->size() < kUsedMessagesMax) {
        used->push_back(std::move(message));
    }
}

// Messages are told by their bytes: they are compared within one build, and none holds a map.
void Outbox::add_to(Digest& digest) const {
    digest.add(first_);
    digest.add(kept_.size());
    digest.add(own_);
    digest.add(held_);
    for (std::size_t index = 0; index < kept_.size(); ++index) {
        digest.add_text(kept_[index]->SerializeAsString());
    }
}

}  // namespace lowu::bank
