// The bank's end of its session. See session_end.hpp.
#include "bank_sim/model/session_end.hpp"

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

Error protocol_error(std::string what) {
    return Error{Error::Kind::kInvalid, std::move(what)};
}

v1::Rail to_wire(scheme::Rail rail) {
    return rail == scheme::Rail::kFps ? v1::RAIL_FPS : v1::RAIL_IBPS;
}

}  // namespace

SessionEnd::SessionEnd(Options options, Outbox& outbox)
    : options_(std::move(options)), outbox_(outbox) {}

SessionEnd::~SessionEnd() {
    disconnect();
}

void SessionEnd::connect() {
    LOWU_ASSERT(state_ == State::kClosed, "a bank has one session");
    state_ = State::kGreeting;
    hello_sent_ = false;
}

void SessionEnd::disconnect() {
    if (frame_in_use_) {
        frame_sent();
    }
    state_ = State::kClosed;
    quote_answers_.clear();
}

ElapsedTime SessionEnd::send_at() const {
    if (state_ == State::kClosed || frame_in_use_) {
        return kNever;
    }
    if (state_ == State::kGreeting) {
        return hello_sent_ ? kNever : ElapsedTime{};
    }
    if (credit_sent_ == 0) {
        return ElapsedTime{};  // the switch may send nothing before it hears from us
    }
    if (!quote_answers_.empty() || break_next_) {
        return ElapsedTime{};  // a customer waits
    }
    const std::uint64_t ready = sendable();
    if (ready >= kMaxFrameMessages) {
        return ElapsedTime{};
    }
    const ElapsedTime after_gap = last_frame_at_ + frame_gap_;
    if (ready > 0) {
        return after_gap;
    }
    if (receiver_.last() == acknowledged_sent_ && credit_to_grant() == credit_sent_) {
        return kNever;
    }
    if (credit_sent_ - std::min(credit_sent_, receiver_.last()) < kReceiveWindow / 2 &&
        credit_to_grant() > credit_sent_) {
        return after_gap;
    }
    return std::max(after_gap, unacknowledged_since_ + kAcknowledgementDelay);
}

const v1::ParticipantFrame* SessionEnd::next_frame(ElapsedTime now) {
    if (send_at() > now) {
        return nullptr;
    }
    frame_in_use_ = true;
    last_frame_at_ = now;
    if (state_ == State::kGreeting) {
        write_hello();
        return &frame_;
    }
    frame_.clear_hello();
    const std::uint64_t first = sender_.next();
    const bool breaks = std::exchange(break_next_, false);
    const std::size_t count = breaks ? 0 : outbox_.lend(first - *first_number_, sendable(), frame_);
    if (breaks) {
        // A second Hello. The switch takes up nothing of such a frame.
        frame_.mutable_hello()->set_participant(options_.participant);
        frame_.mutable_hello()->set_incarnation(options_.incarnation);
    }
    add_quote_answers();
    sender_.sent(count);
    sent_position_ = std::max(sent_position_, first + count - *first_number_);
    receiver_.grant(credit_to_grant());
    acknowledged_sent_ = receiver_.last();
    credit_sent_ = receiver_.granted();
    frame_.set_first_number(count == 0 ? 0 : first);
    frame_.set_acknowledged(acknowledged_sent_);
    frame_.set_credit(credit_sent_);
    return &frame_;
}

void SessionEnd::frame_sent() {
    LOWU_ASSERT(frame_in_use_, "a frame is sent once");
    frame_in_use_ = false;
    outbox_.take_back(frame_);
    release_acknowledged();
}

Result<std::size_t> SessionEnd::receive(const v1::SwitchFrame& frame, ElapsedTime now) {
    LOWU_ASSERT(state_ != State::kClosed, "frames come over a transport");
    if (frame.has_hello_reply() != (state_ == State::kGreeting)) {
        return protocol_error("the switch must greet in the first frame and in no other");
    }
    if (state_ == State::kGreeting) {
        if (Result<void> taken = take_reply(frame.hello_reply(), now); !taken) {
            return std::move(taken).error();
        }
    }
    if (frame.acknowledged() >= number_of(sent_position_)) {
        return protocol_error("the switch acknowledged number " +
                              std::to_string(frame.acknowledged()) + ", which was never sent");
    }
    const auto count = static_cast<std::uint64_t>(frame.messages_size());
    const rpc::NumberReceiver::Verdict verdict = receiver_.take(frame.first_number(), count);
    switch (verdict.intake) {
        case rpc::Intake::kTake:
            break;
        case rpc::Intake::kGap:
            return protocol_error("the switch sent number " + std::to_string(frame.first_number()) +
                                  " after number " + std::to_string(receiver_.last()));
        case rpc::Intake::kBeyondCredit:
            return protocol_error("the switch sent beyond the credit it was granted");
    }
    // What an earlier session sent may be acknowledged in this one before it is sent again; it is
    // sent again all the same.
    const std::uint64_t acknowledged = std::min(frame.acknowledged(), sender_.next() - 1);
    const bool known = sender_.acknowledge(acknowledged);
    LOWU_ASSERT(known, "the figure was cut to what was sent");
    sender_.credit(frame.credit());
    acknowledged_position_ =
        std::max(acknowledged_position_, sender_.acknowledged() + 1 - *first_number_);
    release_acknowledged();
    if (count > verdict.skip && receiver_.last() - (count - verdict.skip) == acknowledged_sent_) {
        unacknowledged_since_ = now;
    }
    return static_cast<std::size_t>(verdict.skip);
}

Result<void> SessionEnd::take_reply(const v1::HelloReply& reply, ElapsedTime now) {
    if (!hello_sent_) {
        return protocol_error("the switch must not speak before Hello");
    }
    if (reply.rail() != to_wire(options_.rail)) {
        return protocol_error("the switch put this session on the other rail");
    }
    if (reply.next_number() == 0) {
        return protocol_error("HelloReply.next_number must be 1 or more");
    }
    if (!first_number_) {
        first_number_ = reply.last_received() + 1;
        receiver_ = rpc::NumberReceiver(reply.next_number() - 1);
    } else {
        const std::uint64_t lowest = number_of(acknowledged_position_);
        if (reply.last_received() + 1 < lowest ||
            reply.last_received() >= number_of(sent_position_)) {
            return protocol_error("the switch holds our messages up to number " +
                                  std::to_string(reply.last_received()) + ", but we keep " +
                                  std::to_string(lowest) + " to " +
                                  std::to_string(number_of(sent_position_) - 1));
        }
        if (reply.next_number() > receiver_.last() + 1) {
            return protocol_error("the switch will send from number " +
                                  std::to_string(reply.next_number()) + " on, but we hold only " +
                                  std::to_string(receiver_.last()));
        }
        receiver_ = rpc::NumberReceiver(receiver_.last());
    }
    sender_ = rpc::NumberSender(reply.last_received() + 1);
    acknowledged_sent_ = receiver_.last();
    credit_sent_ = 0;
    scheme_time_at_greeting_ = SchemeTime{reply.scheme_time_ms()};
    greeted_at_ = now;
    payee_deadline_.reset();
    if (reply.payee_deadline_ms() > 0) {
        payee_deadline_ = Duration::from_ms(reply.payee_deadline_ms());
    }
    token_version_ = reply.token_version();
    state_ = State::kOpen;
    return {};
}

std::optional<SchemeTime> SessionEnd::scheme_time(ElapsedTime now) const {
    if (!scheme_time_at_greeting_) {
        return std::nullopt;
    }
    return *scheme_time_at_greeting_ + (now - greeted_at_);
}

void SessionEnd::advance_scheme_time(SchemeTime to, ElapsedTime now) {
    const auto current = scheme_time(now);
    if (current && *current < to) {
        scheme_time_at_greeting_ = to;
        greeted_at_ = now;
    }
}

ElapsedTime SessionEnd::elapsed_at(SchemeTime time) const {
    return scheme_time_at_greeting_ ? greeted_at_ + (time - *scheme_time_at_greeting_) : kNever;
}

std::optional<std::uint64_t> SessionEnd::position_of(std::uint64_t number) const {
    if (!first_number_ || number < *first_number_ || number >= number_of(sent_position_)) {
        return std::nullopt;
    }
    return number - *first_number_;
}

std::uint64_t SessionEnd::number_of(std::uint64_t position) const {
    return *first_number_ + position;
}

std::uint64_t SessionEnd::sendable() const {
    return sender_.sendable(number_of(outbox_.end_position()) - sender_.next());
}

std::uint64_t SessionEnd::credit_to_grant() const {
    const std::uint64_t room = std::min<std::uint64_t>(kReceiveWindow, outbox_.answer_room());
    return std::max(receiver_.granted(), receiver_.last() + room);
}

void SessionEnd::write_hello() {
    hello_sent_ = true;
    frame_.Clear();
    v1::Hello& hello = *frame_.mutable_hello();
    hello.set_participant(options_.participant);
    hello.set_incarnation(options_.incarnation);
    if (!first_number_) {
        return;
    }
    hello.set_last_received(receiver_.last());
    hello.set_lowest_resendable(number_of(acknowledged_position_));
    frame_.set_acknowledged(receiver_.last());
    frame_.set_credit(receiver_.last());
}

void SessionEnd::add_quote_answer(v1::QuoteAnswer answer) {
    if (state_ == State::kOpen) {
        static_cast<void>(quote_answers_.push(std::move(answer)));
    }
}

void SessionEnd::add_quote_answers() {
    frame_.clear_quote_answers();
    for (std::size_t count = 0; count < kMaxFrameQuoteAnswers && !quote_answers_.empty(); ++count) {
        *frame_.add_quote_answers() = quote_answers_.take();
    }
}

void SessionEnd::release_acknowledged() {
    if (!frame_in_use_) {
        outbox_.drop_before(acknowledged_position_);
    }
}

}  // namespace lowu::bank
