// The numbers of a session: what each end may send, has sent, has seen. Both ends of every session
// use these two classes, the switch in switch/engine and the bank in bank_sim/client, so that the
// protocol stands in one place. Pure: no transport, no clock, no thread. The rules are those of
// proto/lowu/v1/participant.proto.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/base/assert.hpp"

namespace lowu::rpc {

/// What a received frame's numbers mean.
enum class Intake : std::uint8_t {
    kTake,  ///< Take the messages up, but for the first `skip` ones, which have been seen before.
    kGap,   ///< A number is missing before the frame; the call ends with FAILED_PRECONDITION.
    kBeyondCredit,  ///< The sender used numbers it was not granted; the call ends with
                    ///< RESOURCE_EXHAUSTED.
};

/// The receiving end of one direction.
class NumberReceiver {
public:
    /// `last` is the highest number taken up before this session.
    explicit NumberReceiver(std::uint64_t last) : last_(last), granted_(last) {}

    struct Verdict {
        Intake intake;
        std::uint64_t skip;  ///< With kTake: so many leading messages repeat what was seen.
    };

    /// Judges a frame of `count` messages from `first`; on kTake they count as received.
    [[nodiscard]] Verdict take(std::uint64_t first, std::uint64_t count) {
        if (count == 0) return {Intake::kTake, 0};
        if (first == 0 || first > last_ + 1) return {Intake::kGap, 0};
        const std::uint64_t end = first + count - 1;
        if (end < first || (end > granted_ && end > last_)) return {Intake::kBeyondCredit, 0};
        const std::uint64_t skip = std::min(count, last_ + 1 - first);
        last_ = std::max(last_, end);
        return {Intake::kTake, skip};
    }

    /// Raises what the peer may send to `limit`; credit is absolute and never shrinks.
    void grant(std::uint64_t limit) { granted_ = std::max(granted_, limit); }

    [[nodiscard]] std::uint64_t last() const { return last_; }
    [[nodiscard]] std::uint64_t granted() const { return granted_; }

private:
    std::uint64_t last_;
    std::uint64_t granted_;
};

/// The sending end of one direction.
class NumberSender {
public:
    /// `next` is the number of the first message this session will send.
    explicit NumberSender(std::uint64_t next) : next_(next), acknowledged_(next - 1), credit_(0) {
        LOWU_ASSERT(next > 0, "numbers begin at 1");
    }

    /// How many messages may go now, of `ready` that wait from number next().
    [[nodiscard]] std::uint64_t sendable(std::uint64_t ready) const {
        return credit_ < next_ ? 0 : std::min(ready, credit_ - next_ + 1);
    }

    void sent(std::uint64_t count) {
        LOWU_ASSERT(count <= sendable(count), "nothing is sent beyond credit");
        next_ += count;
    }

    /// The peer holds everything up to `number`. False when it claims what was never sent: the call
    /// ends.
    [[nodiscard]] bool acknowledge(std::uint64_t number) {
        if (number >= next_) return false;
        acknowledged_ = std::max(acknowledged_, number);
        return true;
    }

    /// The peer takes everything up to `limit`; repeats and older figures change nothing.
    void credit(std::uint64_t limit) { credit_ = std::max(credit_, limit); }

    [[nodiscard]] std::uint64_t next() const { return next_; }
    [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }

private:
    std::uint64_t next_;
    std::uint64_t acknowledged_;
    std::uint64_t credit_;
};

}  // namespace lowu::rpc
