// Outbox: the messages that a bank has for the switch, in order, each kept until the switch says
// that it holds it. Exists so that a lost connection loses nothing: what is not acknowledged is
// sent again. Messages are lent to frames, not copied, and used again by kind, because allocating
// them costs more than filling them. What of it may be sent is SessionEnd's to say.
// Filled by the payer and payee side, emptied by the SessionEnd, on the bank's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "bank_sim/model/limits.hpp"
#include "common/base/bounded_queue.hpp"
#include "common/base/hash.hpp"
#include "lowu/v1/participant.pb.h"

namespace lowu::bank {

class Outbox {
public:
    Outbox() : kept_(kMaxOutbox) {}
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    ~Outbox() = default;

    /// Whether so many more messages that the bank sends of itself may be added: payments of its
    /// own customers, returns, rate sheets, absences, enquiries.
    [[nodiscard]] bool has_own_room(std::size_t count = 1) const {
        return own_ + count <= kMaxOutboxOwn;
    }

    /// How many more answers and reports have room for certain.
    [[nodiscard]] std::size_t answer_room() const {
        return kMaxOutbox - kMaxOutboxOwn - (kept_.size() - own_) - held_;
    }
    /// Room for an answer that the switch has not asked for: what it may still ask has its own.
    [[nodiscard]] bool has_spare_answer_room() const { return answer_room() > kReceiveWindow; }

    /// Keeps the place of an answer that is added later, or gives it free again.
    void hold_answer();
    void release_answer();

    // Each adds a message and returns it to be filled at once. It may hold the fields of an earlier
    // one: the caller sets every field. Without room it is a programmer error.
    [[nodiscard]] v1::CreditTransfer& add_transfer();
    [[nodiscard]] v1::CreditTransferAnswer& add_answer();
    [[nodiscard]] v1::CreditReport& add_report();
    [[nodiscard]] v1::FxRateSheet& add_rate_sheet();
    [[nodiscard]] v1::AvailabilityRequest& add_availability();
    [[nodiscard]] v1::PaymentReturn& add_return();
    [[nodiscard]] v1::StatusRequest& add_status_request();

    // Positions count every message ever added, from 0.
    [[nodiscard]] std::uint64_t first_position() const { return first_; }
    [[nodiscard]] std::uint64_t end_position() const { return first_ + kept_.size(); }

    /// Puts messages from `position` on into `frame`, at most `count_max` of them and
    /// kMaxFrameMessages and kMaxFrameBytes in all; returns how many. The frame must have none
    /// before, and must come back through take_back before anything is dropped or the outbox ends.
    [[nodiscard]] std::size_t lend(std::uint64_t position, std::size_t count_max,
                                   v1::ParticipantFrame& frame);
    void take_back(v1::ParticipantFrame& frame);

    /// The switch holds everything before `position`. What of it is lent lives on until it comes
    /// back, but counts no more: what a bank has room for depends on nothing but its inputs.
    void drop_before(std::uint64_t position);

    /// Everything that a replay must give again.
    void add_to(Digest& digest) const;

private:
    using Message = std::unique_ptr<v1::ParticipantMessage>;

    [[nodiscard]] v1::ParticipantMessage& add(Message message);
    [[nodiscard]] v1::ParticipantMessage& add(std::vector<Message>& used);
    void use_again(Message message);

    BoundedRing<Message> kept_;
    std::uint64_t first_ = 0;  // position of kept_'s front
    std::size_t own_ = 0;      // of the bank itself, among kept_
    std::size_t held_ = 0;     // places of answers that are still to be added
    std::size_t lent_ = 0;
    std::vector<Message> dropped_;  // while a frame may still borrow them
    // Messages to use again. A message keeps its kind, and with it the memory of its strings.
    std::vector<Message> used_transfers_;
    std::vector<Message> used_answers_;
    std::vector<Message> used_reports_;
};

}  // namespace lowu::bank
