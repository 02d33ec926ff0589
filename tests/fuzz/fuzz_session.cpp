// Frames as hostile ends send them: to the switch, from the bytes through translation into the
// engine, and to a bank's end of its session. Whatever comes, what either end says can be read by
// the other, and the switch's log makes the same switch. See targets.hpp.
//
// An input is a series of steps. A frame's numbers are nearly always wrong when bytes say them, so
// a step may have them set right: then its messages are judged.
#include <array>
#include <memory>
#include <optional>

#include "bank_sim/model/bank.hpp"
#include "lowu/v1/participant.pb.h"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/session/translate.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/small_banks.hpp"
#include "tests/fuzz/small_switch.hpp"
#include "tests/fuzz/targets.hpp"

namespace lowu::fuzz {
namespace {

constexpr int kMaxSteps = 64;
constexpr std::uint64_t kCredit = 1'000'000;

template <class Message>
bool parse(std::span<const std::byte> bytes, Message& message) {
    return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

/// The switch and what its four banks are connected by.
class SwitchEnd {
public:
    SwitchEnd()
        : switch_([this](auto session, const auto& frame) { sent(session, frame); },
                  [this](auto session) { line_of(session).session = engine::SessionId{0}; }) {}

    void say(std::uint32_t bank, bool set_right, std::span<const std::byte> bytes) {
        wire::v1::ParticipantFrame frame;
        if (!parse(bytes, frame)) return;
        Line& line = lines_[bank];
        if (line.session.value == 0) {
            line.session = engine::SessionId{++sessions_};
            line.translator = std::make_unique<session::Translator>();
            line.said = false;
        }
        if (set_right) number(bank, frame);
        line.said = true;
        engine::InboundFrame taken;
        const engine::SessionId session = line.session;
        if (line.translator->take(frame, taken)) return hang_up(bank);
        switch_.take(session, taken);
    }
    void hang_up(std::uint32_t bank) {
        const auto session = std::exchange(lines_[bank].session, engine::SessionId{0});
        if (session.value != 0) switch_.end(session);
    }
    void pass(Duration duration) { switch_.pass(duration); }
    /// How many of the banks' messages were taken up.
    int finish() {
        switch_.check_replay();
        std::uint64_t messages = 0;
        for (std::uint32_t bank = 0; bank < lines_.size(); ++bank)
            messages += participant(bank).last_number;
        return static_cast<int>(messages);
    }

private:
    struct Line {
        engine::SessionId session{0};
        std::unique_ptr<session::Translator> translator;
        bool said = false;
        std::uint64_t received = 0;  ///< Of what the switch has sent, ever.
    };

    static core::Rail rail_of(std::uint32_t bank) { return kRails[bank / kBanks]; }
    const core::Participant& participant(std::uint32_t bank) {
        const core::ParticipantIndex index{static_cast<std::uint16_t>(bank % kBanks)};
        return switch_.engine().cell(rail_of(bank)).participant(index);
    }
    Line& line_of(engine::SessionId session) {
        for (Line& line : lines_) {
            if (line.session == session) return line;
        }
        LOWU_UNREACHABLE("the engine speaks of sessions that there are");
    }

    void number(std::uint32_t bank, wire::v1::ParticipantFrame& frame) {
        Line& line = lines_[bank];
        frame.clear_hello();
        if (!line.said) {
            v1::Hello& hello = *frame.mutable_hello();
            hello.set_participant(bank_code(rail_of(bank), bank % kBanks));
            hello.set_incarnation(participant(bank).incarnation + 1);
            hello.set_last_received(line.received);
        }
        frame.set_first_number(participant(bank).last_number + 1);
        frame.set_acknowledged(line.received);
        frame.set_credit(kCredit);
    }
    void sent(engine::SessionId session, const engine::OutboundFrame& frame) {
        wire::v1::SwitchFrame given;
        session::give(frame, given);
        v1::SwitchFrame read;
        LOWU_ASSERT(read.ParseFromString(given.SerializeAsString()), "a bank can read it");
        if (read.messages().empty()) return;
        Line& line = line_of(session);
        line.received = read.first_number() + static_cast<std::uint64_t>(read.messages_size()) - 1;
    }

    std::array<Line, 2 * kBanks> lines_;
    std::uint64_t sessions_ = 0;
    SmallSwitch switch_;
};

/// A bank, and what the switch would know of its session.
class BankSide {
public:
    BankSide() : bank_(small_cast().front()) {
        open_accounts(bank_);
        connect();
    }

    void tell(bool set_right, std::span<const std::byte> bytes) {
        v1::SwitchFrame frame;
        if (!parse(bytes, frame)) return;
        if (set_right) number(frame);
        const auto count = static_cast<std::uint64_t>(frame.messages_size());
        if (!bank_.receive(frame, now_).ok()) return connect();
        taken_ += static_cast<int>(count);
        received_ += count;
        bank_.finals().clear();
        bank_.enquiry_answers().clear();
        speak();
    }
    /// The line breaks, and there is another one.
    void connect() {
        bank_.session().disconnect();
        bank_.session().connect();
        speak();
    }
    void pass(Duration duration) {
        now_ = now_ + duration;
        if (bank_.next_at() <= now_) bank_.on_time(now_);
        if (bank_.take_greet_anew()) connect();
        speak();
    }
    [[nodiscard]] int taken() const { return taken_; }

private:
    void number(v1::SwitchFrame& frame) {
        frame.clear_hello_reply();
        if (!bank_.session().open()) {
            v1::HelloReply& reply = *frame.mutable_hello_reply();
            reply.set_last_received(sent_);
            reply.set_next_number(received_ + 1);
            reply.set_scheme_time_ms(scheme::kDefaultSchemeStart.value + now_.value / 1'000);
            reply.set_payee_deadline_ms(10'000);
            reply.set_token_version(1);
            reply.set_rail(v1::RAIL_FPS);
        }
        frame.set_first_number(frame.messages().empty() ? 0 : received_ + 1);
        frame.set_acknowledged(sent_);
        frame.set_credit(sent_ + kCredit);
    }
    /// Everything that it has to say can be read by the switch.
    void speak() {
        while (const v1::ParticipantFrame* frame = bank_.session().next_frame(now_)) {
            if (frame->has_hello()) translator_ = std::make_unique<session::Translator>();
            wire::v1::ParticipantFrame read;
            LOWU_ASSERT(read.ParseFromString(frame->SerializeAsString()), "the switch can read it");
            engine::InboundFrame taken;
            LOWU_ASSERT(!translator_->take(read, taken), "and finds it well formed");
            if (!frame->messages().empty()) {
                sent_ = std::max(sent_, frame->first_number() - 1 +
                                            static_cast<std::uint64_t>(frame->messages_size()));
            }
            bank_.session().frame_sent();
        }
    }

    bank::Bank bank_;
    std::unique_ptr<session::Translator> translator_;
    ElapsedTime now_;
    std::uint64_t received_ = 0;
    std::uint64_t sent_ = 0;
    int taken_ = 0;
};

}  // namespace

int fuzz_session(std::span<const std::byte> bytes) {
    Input input(bytes);
    SwitchEnd at_switch;
    BankSide at_bank;
    for (int step = 0; step < kMaxSteps && !input.empty(); ++step) {
        const std::uint8_t what = input.byte();
        const bool set_right = (what & 0x80U) == 0;
        const std::uint32_t bank = (what >> 3U) % (2 * kBanks);
        switch (what & 7U) {
            case 0:
            case 1:
            case 2:
                at_switch.say(bank, set_right, input.block());
                break;
            case 3:
                at_switch.hang_up(bank);
                break;
            case 4:
                at_switch.pass(Duration::from_ms(input.byte() * 100));
                break;
            case 5:
                at_bank.tell(set_right, input.block());
                break;
            case 6:
                at_bank.connect();
                break;
            case 7:
                at_bank.pass(Duration::from_ms(input.byte() * 100));
                break;
        }
    }
    return at_switch.finish() + at_bank.taken();
}

}  // namespace lowu::fuzz
