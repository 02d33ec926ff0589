// Outboxes: what a cell has decided to say and has not yet been told was received. Durable, because
// they are cell state: replay fills them again. Entries say what, never how; the session builds the
// message from entry, payment and body. Used by the cell; the engine reads entries to send them.
// One thread.
#pragma once

#include <cstdint>

#include "common/base/bounded_queue.hpp"
#include "common/scheme/field_fault.hpp"
#include "switch/core/command.hpp"
#include "switch/core/limits.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

/// What is said to a participant.
enum class OutboxKind : std::uint8_t {
    kPending = 1,   ///< To the payer's bank: this repeats a payment that is still pending (ACSP).
    kSettled = 2,   ///< To the payer's bank: ACSC.
    kRejected = 3,  ///< To the payer's bank: RJCT.
    kMessageReject = 4,  ///< To any bank: this message could not be taken up.
    kRequest = 5,        ///< To the payee's bank: will you credit this?
    kCreditNow = 6,      ///< To the payee's bank: settled; credit.
    kVoid = 7,           ///< To the payee's bank: will not be settled; drop the promise.
    kEvent = 8,          ///< To any bank: something about the scheme has changed.
    kReturned = 9,       ///< To the payer's bank: money of a settled payment has come back.
};

/// Whether the entry takes a reply slot; see limits.hpp.
[[nodiscard]] constexpr bool is_reply(OutboxKind kind) {
    return kind <= OutboxKind::kMessageReject;
}

struct OutboxEntry {
    Uetr uetr;
    Sequence sequence;       ///< The command that put it out: it may leave once this is durable.
    SchemeTime scheme_time;  ///< When.
    MessageNumber rejected_number = 0;  ///< With kMessageReject; with kEvent the event's number.
    PaymentIndex payment = kNoPayment;
    OutboxKind kind{};
    ResultCode result{};
    scheme::Field field{};  ///< The differing or malformed field.
};

/// Messages to one participant, numbered without gaps.
class Outbox {
public:
    Outbox() : entries_(kReplySlots + kRequestSlots + kEventSlots) {}

    /// Puts an entry out; the caller has made sure of a slot.
    void append(const OutboxEntry& entry);
    /// Forgets what the participant holds; false when it claims what was never put out.
    [[nodiscard]] bool acknowledge(MessageNumber number);

    /// Number of the oldest entry kept, or of the next when there is none.
    [[nodiscard]] MessageNumber first() const { return first_; }
    /// Number that the next entry will get.
    [[nodiscard]] MessageNumber next() const { return first_ + entries_.size(); }
    [[nodiscard]] const OutboxEntry& entry(MessageNumber number) const;
    [[nodiscard]] std::uint64_t size() const { return entries_.size(); }
    [[nodiscard]] std::uint32_t replies() const { return replies_; }
    [[nodiscard]] std::uint32_t requests() const { return requests_; }
    [[nodiscard]] std::uint32_t events() const { return events_; }

private:
    [[nodiscard]] std::uint32_t& slots_of(OutboxKind kind);

    BoundedRing<OutboxEntry> entries_;
    MessageNumber first_ = 1;
    std::uint32_t replies_ = 0;
    std::uint32_t requests_ = 0;
    std::uint32_t events_ = 0;
};

struct LinkEntry {
    LinkMessage message;
    Sequence sequence;  ///< The command that put it out.
};

/// Messages to the other cell, numbered without gaps, and the number it has sent us.
class LinkOutbox {
public:
    LinkOutbox() : entries_(kLinkSlots) {}

    void append(const LinkEntry& entry);
    [[nodiscard]] bool acknowledge(MessageNumber number);

    [[nodiscard]] MessageNumber first() const { return first_; }
    [[nodiscard]] MessageNumber next() const { return first_ + entries_.size(); }
    [[nodiscard]] const LinkEntry& entry(MessageNumber number) const;
    [[nodiscard]] std::uint64_t size() const { return entries_.size(); }
    [[nodiscard]] std::uint64_t free() const { return kLinkSlots - entries_.size(); }

private:
    BoundedRing<LinkEntry> entries_;
    MessageNumber first_ = 1;
};

}  // namespace lowu::core
