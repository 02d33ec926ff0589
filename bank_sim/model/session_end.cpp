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
    quote_answers_gone_ += quote_answers_.size();
    quote_answers_.clear();
}

ElapsedTime SessionEnd::send_at() const {
    if (state_ == State::kClosed || frame_in_use_ || (first_number_ && !greeting_is_safe())) {
        return kNever;
    }
    if (state_ == State::kGreeting) {
        return hello_sent_ ? kNever : ElapsedTime{};
    }
    if (credit_sent_ == 0) {
        return ElapsedTime{};  // the switch may send nothing before it hears from us
    }
    if (safe_quote_answers() > 0 || break_next_) {
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
    if (safe_received() == acknowledged_sent_ && credit_to_grant() == credit_sent_) {
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
    acknowledged_sent_ = safe_received();
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
}

Result<std::size_t> SessionEnd::receive(const v1::SwitchFrame& frame, ElapsedTime now) {
    LOWU_ASSERT(state_ != State::kClosed, "frames come over a transport");
    if (frame.has_hello_reply() != (state_ == State::kGreeting)) {
        return protocol_error("the switch must greet in the first frame and in no other");
    }
    const bool greets = state_ == State::kGreeting;
    const v1::HelloReply& reply = frame.hello_reply();
    if (greets) {
        if (Result<void> checked = check_reply(reply); !checked) {
            return std::move(checked).error();
        }
    }
    const std::uint64_t base = first_number_.value_or(reply.last_received() + 1);
    if (frame.acknowledged() >= base + sent_position_) {
        return protocol_error("the switch acknowledged number " +
                              std::to_string(frame.acknowledged()) + ", which was never sent");
    }
    const auto count = static_cast<std::uint64_t>(frame.messages_size());
    // Nothing is changed until the whole frame is found sound.
    rpc::NumberReceiver receiver = greets ? receiver_after(reply) : receiver_;
    const rpc::NumberReceiver::Verdict verdict = receiver.take(frame.first_number(), count);
    switch (verdict.intake) {
        case rpc::Intake::kTake:
            break;
        case rpc::Intake::kGap:
            return protocol_error("the switch sent number " + std::to_string(frame.first_number()) +
                                  " after number " + std::to_string(receiver.last()));
        case rpc::Intake::kBeyondCredit:
            return protocol_error("the switch sent beyond the credit it was granted");
    }
    if (greets) {
        take_reply(reply, now);
    }
    receiver_ = receiver;
    // What an earlier session sent may be acknowledged in this one before it is sent again; it is
    // sent again all the same.
    const std::uint64_t acknowledged = std::min(frame.acknowledged(), sender_.next() - 1);
    const bool known = sender_.acknowledge(acknowledged);
    LOWU_ASSERT(known, "the figure was cut to what was sent");
    sender_.credit(frame.credit());
    acknowledged_position_ =
        std::max(acknowledged_position_, sender_.acknowledged() + 1 - *first_number_);
    outbox_.drop_before(acknowledged_position_);
    if (count > verdict.skip && receiver_.last() - (count - verdict.skip) == acknowledged_sent_) {
        unacknowledged_since_ = now;
    }
    return static_cast<std::size_t>(verdict.skip);
}

Result<void> SessionEnd::check_reply(const v1::HelloReply& reply) const {
    if (!hello_sent_) {
        return protocol_error("the switch must not speak before Hello");
    }
    if (reply.rail() != to_wire(options_.rail)) {
        return protocol_error("the switch put this session on the other rail");
    }
    if (reply.next_number() == 0 || reply.last_received() == UINT64_MAX) {
        return protocol_error("HelloReply must state numbers that can be counted on from");
    }
    if (first_number_) {
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
    }
    return {};
}

void SessionEnd::take_reply(const v1::HelloReply& reply, ElapsedTime now) {
    remember_greeting(reply, now);
    sender_ = rpc::NumberSender(reply.last_received() + 1);
    acknowledged_sent_ = safe_received();
    credit_sent_ = 0;
    state_ = State::kOpen;
}

// A bank that holds nothing takes up where the switch stands.
rpc::NumberReceiver SessionEnd::receiver_after(const v1::HelloReply& reply) const {
    return rpc::NumberReceiver(first_number_ ? receiver_.last() : reply.next_number() - 1);
}

// What of a greeting outlives the connection.
void SessionEnd::remember_greeting(const v1::HelloReply& reply, ElapsedTime now) {
    receiver_ = receiver_after(reply);
    if (!first_number_) {
        first_number_ = reply.last_received() + 1;
    }
    greeted_ = true;
    scheme_time_at_greeting_ = SchemeTime{reply.scheme_time_ms()};
    greeted_at_ = now;
    payee_deadline_.reset();
    if (reply.payee_deadline_ms() > 0) {
        payee_deadline_ = Duration::from_ms(reply.payee_deadline_ms());
    }
    token_version_ = reply.token_version();
}

bool SessionEnd::replay(const v1::SwitchFrame& frame, const Taken& taken, ElapsedTime now) {
    if (frame.has_hello_reply()) {
        if (frame.hello_reply().next_number() == 0 ||
            frame.hello_reply().last_received() == UINT64_MAX) {
            return false;
        }
        remember_greeting(frame.hello_reply(), now);
    }
    const auto count = static_cast<std::size_t>(frame.messages_size());
    if (!first_number_ || taken.seen > count || taken.acknowledged < acknowledged_position_ ||
        taken.acknowledged > outbox_.end_position() || taken.sent > outbox_.end_position()) {
        return false;
    }
    receiver_ = rpc::NumberReceiver(receiver_.last() + (count - taken.seen));
    sent_position_ = taken.sent;
    acknowledged_position_ = taken.acknowledged;
    outbox_.drop_before(acknowledged_position_);
    return true;
}

void SessionEnd::restart(std::uint64_t incarnation) {
    LOWU_ASSERT(state_ == State::kClosed, "a bank that starts has no connection");
    options_.incarnation = incarnation;
    sent_position_ = outbox_.end_position();
    greeted_ = false;
    break_next_ = false;
}

void SessionEnd::add_to(Digest& digest) const {
    digest.add(options_.incarnation);
    digest.add(first_number_.value_or(0));
    digest.add(acknowledged_position_);
    digest.add(receiver_.last());
    digest.add(scheme_time_at_greeting_.value_or(SchemeTime{-1}));
    digest.add(greeted_at_);
    digest.add(greeted_);
    digest.add(payee_deadline_.value_or(Duration{}).us);
    digest.add(token_version_);
}

SessionEnd::Reach SessionEnd::reach() const {
    return {first_number_.has_value(), outbox_.end_position(), receiver_.last(),
            quote_answers_gone_ + quote_answers_.size()};
}

std::uint64_t SessionEnd::safe_outbox_end() const {
    return held_back_ ? durable_.outbox_end : outbox_.end_position();
}

std::uint64_t SessionEnd::safe_received() const {
    return held_back_ ? durable_.received : receiver_.last();
}

std::size_t SessionEnd::safe_quote_answers() const {
    if (!held_back_) {
        return quote_answers_.size();
    }
    return static_cast<std::size_t>(durable_.quote_answers -
                                    std::min(durable_.quote_answers, quote_answers_gone_));
}

std::optional<SchemeTime> SessionEnd::scheme_time(ElapsedTime now) const {
    if (!greeted_) {
        return std::nullopt;
    }
    return known_scheme_time(now);
}

SchemeTime SessionEnd::known_scheme_time(ElapsedTime now) const {
    return scheme_time_at_greeting_ ? *scheme_time_at_greeting_ + (now - greeted_at_)
                                    : SchemeTime{};
}

void SessionEnd::advance_scheme_time(SchemeTime to, ElapsedTime now) {
    if (scheme_time_at_greeting_ && known_scheme_time(now) < to) {
        scheme_time_at_greeting_ = to;
        greeted_at_ = now;
    }
}

ElapsedTime SessionEnd::elapsed_at(SchemeTime time) const {
    return greeted_ ? greeted_at_ + (time - *scheme_time_at_greeting_) : kNever;
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
    const std::uint64_t end = number_of(safe_outbox_end());
    return sender_.sendable(end - std::min(end, sender_.next()));
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
    hello.set_last_received(safe_received());
    hello.set_lowest_resendable(number_of(acknowledged_position_));
    frame_.set_acknowledged(safe_received());
    frame_.set_credit(safe_received());
}

void SessionEnd::add_quote_answer(v1::QuoteAnswer answer) {
    if (state_ == State::kOpen) {
        static_cast<void>(quote_answers_.push(std::move(answer)));
    }
}

void SessionEnd::add_quote_answers() {
    frame_.clear_quote_answers();
    for (std::size_t count = std::min(kMaxFrameQuoteAnswers, safe_quote_answers()); count > 0;
         --count) {
        *frame_.add_quote_answers() = quote_answers_.take();
        ++quote_answers_gone_;
    }
}

}  // namespace lowu::bank
