// Outboxes: what a cell has decided to say and has not yet been told was received. Durable, because
// they are cell state: replay fills them again. Entries say what, never how; the session builds the
// message from entry, payment and body. Used by the cell; the engine reads entries to send them.
// One thread.
#pragma once

#include <cstdint>
#include <utility>

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
    kMessageReject = 4,   ///< To any bank: this message could not be taken up.
    kRequest = 5,         ///< To the payee's bank: will you credit this?
    kCreditNow = 6,       ///< To the payee's bank: settled; credit.
    kVoid = 7,            ///< To the payee's bank: will not be settled; drop the promise.
    kEvent = 8,           ///< To any bank: something about the scheme has changed.
    kReturned = 9,        ///< To the payer's bank: money of a settled payment has come back.
    kEnquiryAnswer = 10,  ///< To the bank that asked: the payment stood like this when it did.
};

/// Whether the entry takes a reply slot; see limits.hpp.
[[nodiscard]] constexpr bool is_reply(OutboxKind kind) {
    return kind <= OutboxKind::kMessageReject || kind == OutboxKind::kEnquiryAnswer;
}

/// With kEnquiryAnswer: the end that was asked about, and where the payment stood there. The
/// payment may have gone on since.
enum class Standing : std::uint8_t {
    kNone = 0,
    kPayerPending = 1,
    kPayerSettled = 2,
    kPayerRejected = 3,
    kPayeePending = 4,  ///< Asked, and neither answered nor given up.
    kPayeeSettled = 5,
    kPayeeRejected = 6,
};

[[nodiscard]] constexpr Standing standing_of(Side side, PaymentState state) {
    const bool payer = side == Side::kPayer;
    if (state == PaymentState::kSettled) {
        return payer ? Standing::kPayerSettled : Standing::kPayeeSettled;
    }
    if (state == PaymentState::kRejected) {
        return payer ? Standing::kPayerRejected : Standing::kPayeeRejected;
    }
    return payer ? Standing::kPayerPending : Standing::kPayeePending;
}

struct OutboxEntry {
    Uetr uetr;
    Sequence sequence;       ///< The command that put it out: it may leave once this is durable.
    SchemeTime scheme_time;  ///< When.
    MessageNumber rejected_number = 0;  ///< With kMessageReject; with kEvent the event's number.
    PaymentIndex payment = kNoPayment;  ///< None, too, when the answer comes from the archive.
    OutboxKind kind{};
    ResultCode result{};
    scheme::Field field{};  ///< The differing or malformed field.
    Standing standing{};    ///< With kEnquiryAnswer.
};

/// Messages to one participant, numbered without gaps.
class Outbox {
public:
    Outbox() : entries_(kReplySlots + kRequestSlots + kEventSlots) {}

    /// Puts an entry out; the caller has made sure of a slot.
    void append(const OutboxEntry& entry);
    /// Forgets what the participant holds; false when it claims what was never put out. `gone`
    /// hears of each entry that goes.
    template <class Gone>
    [[nodiscard]] bool acknowledge(MessageNumber number, Gone&& gone) {
        if (number >= next()) return false;
        while (first_ <= number) {
            gone(std::as_const(entries_.front()));
            slots_of(entries_.front().kind) -= 1;
            entries_.pop();
            ++first_;
        }
        return true;
    }
    [[nodiscard]] bool acknowledge(MessageNumber number) {
        return acknowledge(number, [](const OutboxEntry&) {});
    }

    /// Number of the oldest entry kept, or of the next when there is none.
    [[nodiscard]] MessageNumber first() const { return first_; }
    /// Number that the next entry will get.
    [[nodiscard]] MessageNumber next() const { return first_ + entries_.size(); }
    [[nodiscard]] const OutboxEntry& entry(MessageNumber number) const;
    [[nodiscard]] std::uint64_t size() const { return entries_.size(); }
    [[nodiscard]] std::uint32_t replies() const { return replies_; }
    [[nodiscard]] std::uint32_t requests() const { return requests_; }
    [[nodiscard]] std::uint32_t events() const { return events_; }

    /// The canonical list of fields; see fields.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.first_);
        auto count = static_cast<std::uint32_t>(self.entries_.size());
        sink(count);
        for (std::uint32_t i = 0; i < count && sink.ok(); ++i) {
            if constexpr (Sink::kLoads) {
                OutboxEntry entry;
                sink(entry);
                self.take(sink, entry);
            } else {
                sink(self.entries_[i]);
            }
        }
    }

private:
    /// What has been read: it must have a slot.
    template <class Reader>
    void take(Reader& reader, const OutboxEntry& entry) {
        if (!reader.ok()) return;
        if (entry.kind == OutboxKind{} || entries_.full() ||
            slots_of(entry.kind) >= slots_max(entry.kind)) {
            return reader.fail("an outbox holds what it cannot");
        }
        append(entry);
    }
    [[nodiscard]] static std::uint32_t slots_max(OutboxKind kind) {
        if (is_reply(kind)) return kReplySlots;
        return kind == OutboxKind::kEvent ? kEventSlots : kRequestSlots;
    }
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

    /// The canonical list of fields; see fields.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.first_);
        auto count = static_cast<std::uint32_t>(self.entries_.size());
        sink(count);
        for (std::uint32_t i = 0; i < count && sink.ok(); ++i) {
            if constexpr (Sink::kLoads) {
                LinkEntry entry;
                sink(entry);
                const bool fits = entry.message.kind != LinkKind{} && self.entries_.push(entry);
                if (!fits) sink.fail("the link's outbox holds what it cannot");
            } else {
                sink(self.entries_[i]);
            }
        }
    }

private:
    BoundedRing<LinkEntry> entries_;
    MessageNumber first_ = 1;
};

}  // namespace lowu::core
