// Seeds of sessions and of banks' logs: what two banks and a switch really say to each other, and
// what the banks write down meanwhile. See seeds.hpp.
#include <deque>
#include <string>
#include <utility>

#include "bank_sim/journal/bank_set.hpp"
#include "lowu/banklog/v1/banklog.pb.h"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/session/translate.hpp"
#include "tests/fuzz/seeds.hpp"
#include "tests/fuzz/small_banks.hpp"
#include "tests/fuzz/small_switch.hpp"

namespace lowu::fuzz {
namespace {

constexpr std::size_t kFirstBank = 0;  // on fps
constexpr std::size_t kOtherBank = 1;  // on ibps

struct Frame {
    std::size_t bank = 0;
    bool to_switch = false;
    std::string bytes;
};

/// Two banks on a switch; keeps every frame and every record.
class Talk final : private bank::InputSink {
public:
    Talk() : switch_([this](auto session, const auto& frame) { sent(session, frame); }) {
        LOWU_ASSERT(banks_.start(1, 1, this).ok(), "an empty log takes any banks");
        beginning_ = records_.records_size();
        for (bank::Bank* bank : banks_.banks()) {
            open_accounts(*bank);
            bank->session().connect();
        }
        talk();
    }

    bank::Bank& bank(std::size_t which) { return *banks_.banks()[which]; }
    [[nodiscard]] ElapsedTime now() const { return now_; }

    /// Until nobody has anything to say, a little later.
    void talk() {
        for (int round = 0; round < 8; ++round) {
            now_ = now_ + 20_ms;
            for (std::size_t which = 0; which < 2; ++which) {
                speak(which);
                if (bank(which).next_at() <= now_) bank(which).on_time(now_);
            }
            hear();
        }
    }

    /// The banks' records behind the beginning that every log has.
    [[nodiscard]] banklog::v1::Batch records() const {
        banklog::v1::Batch batch;
        for (int i = beginning_; i < records_.records_size(); ++i)
            *batch.add_records() = records_.records(i);
        return batch;
    }
    std::vector<Frame> frames;

private:
    void take(const banklog::v1::Record& record) override { *records_.add_records() = record; }

    void speak(std::size_t which) {
        while (const v1::ParticipantFrame* frame = bank(which).session().next_frame(now_)) {
            frames.push_back({which, true, frame->SerializeAsString()});
            wire::v1::ParticipantFrame read;
            LOWU_ASSERT(read.ParseFromString(frames.back().bytes), "it is a frame");
            engine::InboundFrame taken;
            LOWU_ASSERT(!translators_[which].take(read, taken), "and well formed");
            switch_.take(engine::SessionId{which + 1}, taken);
            bank(which).session().frame_sent();
        }
    }
    void sent(engine::SessionId session, const engine::OutboundFrame& frame) {
        wire::v1::SwitchFrame given;
        session::give(frame, given);
        under_way_.push_back({session.value - 1, false, given.SerializeAsString()});
    }
    void hear() {
        while (!under_way_.empty()) {
            const Frame frame = std::exchange(under_way_.front(), {});
            under_way_.pop_front();
            v1::SwitchFrame read;
            LOWU_ASSERT(read.ParseFromString(frame.bytes), "it is a frame");
            LOWU_ASSERT(bank(frame.bank).receive(read, now_).ok(), "and keeps to the protocol");
            frames.push_back(frame);
        }
    }

    bank::BankSet banks_{small_cast()};
    banklog::v1::Batch records_;
    int beginning_ = 0;
    std::deque<Frame> under_way_;
    std::array<session::Translator, 2> translators_;
    ElapsedTime now_;
    SmallSwitch switch_;
};

v1::SendRemittanceRequest order(scheme::Rail from, std::int64_t amount_minor,
                                const std::string& uetr) {
    v1::SendRemittanceRequest request;
    request.set_bank(bank_code(from, 0));
    request.set_payer_account(account_of(from, v1::CURRENCY_CNY));
    request.set_payee_agent(bank_code(scheme::other(from), 0));
    request.set_payee_account(account_of(scheme::other(from), v1::CURRENCY_CNY));
    request.set_payee_name("陳嘉欣");
    request.set_amount_minor(amount_minor);
    request.set_currency(v1::CURRENCY_CNY);
    request.set_remittance_information("生活費");
    request.set_uetr(uetr);
    return request;
}

/// A payment each way, one that is refused, a return, an enquiry, rates.
void converse(Talk& talk) {
    constexpr const char* kNorth = "11111111-1111-4111-8111-111111111111";
    constexpr const char* kSouth = "22222222-2222-4222-8222-222222222222";
    constexpr const char* kLarge = "33333333-3333-4333-8333-333333333333";
    bank::Bank& first = talk.bank(kFirstBank);
    bank::Bank& other = talk.bank(kOtherBank);
    static_cast<void>(first.send(order(scheme::Rail::kFps, 10'000, kNorth), talk.now()));
    talk.talk();
    static_cast<void>(other.send(order(scheme::Rail::kIbps, 20'000, kSouth), talk.now()));
    static_cast<void>(first.send(order(scheme::Rail::kFps, 5'000'000, kLarge), talk.now()));
    talk.talk();
    v1::ReturnPaymentRequest back;
    back.set_bank(other.code());
    back.set_original_uetr(kNorth);
    back.set_amount_minor(4'000);
    back.set_reason_code("AM09");
    static_cast<void>(other.return_payment(back, talk.now()));
    static_cast<void>(first.enquire(kNorth, v1::SIDE_PAYER));
    v1::SetRatesRequest rates;
    rates.set_bid_e8(91'000'000);
    rates.set_ask_e8(92'000'000);
    static_cast<void>(first.set_rates(rates, talk.now()));
    talk.talk();
}

Bytes bytes_of(const std::string& text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

/// A step of fuzz_session; see there.
void add_step(Bytes& to, int what, const std::string& block) {
    to.push_back(std::byte{static_cast<std::uint8_t>(what)});
    to.push_back(std::byte{static_cast<std::uint8_t>(block.size() & 0xffU)});
    to.push_back(std::byte{static_cast<std::uint8_t>(block.size() >> 8U)});
    const Bytes bytes = bytes_of(block);
    to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace

std::vector<Bytes> session_seeds() {
    Talk talk;
    converse(talk);
    Bytes to_switch;
    Bytes to_bank;
    std::vector<Bytes> seeds;
    for (const Frame& frame : talk.frames) {
        // Banks 0 and 2 of the target are these; bit 7 leaves numbers as they are.
        const int who = static_cast<int>(frame.bank * kBanks) << 3;
        if (frame.to_switch) {
            add_step(to_switch, who, frame.bytes);
        } else if (frame.bank == kFirstBank) {
            add_step(to_bank, 5, frame.bytes);
        }
        Bytes alone;
        add_step(alone, frame.to_switch ? 0x80 | who : 0x85, frame.bytes);
        seeds.push_back(alone);
    }
    seeds.push_back(to_switch);
    seeds.push_back(to_bank);
    return seeds;
}

std::vector<Bytes> bank_log_seeds() {
    Talk talk;
    converse(talk);
    const banklog::v1::Batch all = talk.records();
    std::vector<Bytes> seeds{bytes_of(all.SerializeAsString())};
    banklog::v1::Batch some;
    for (const banklog::v1::Record& record : all.records()) {
        *some.add_records() = record;
        if (some.records_size() % 6 == 0) seeds.push_back(bytes_of(some.SerializeAsString()));
    }
    return seeds;
}

}  // namespace lowu::fuzz
