// The banks' sessions; see bank_hall.hpp.
#include "simulator/play/bank_hall.hpp"

#include <algorithm>
#include <utility>

#include "bank_sim/model/limits.hpp"
#include "common/base/assert.hpp"
#include "simulator/play/draw.hpp"

namespace lowu::simulator {
namespace {

using core::OutboxKind;
using scheme::Rail;
using scheme::ResultCode;

/// A bank acknowledges with a frame once so many messages wait for it, or one for so long;
constexpr std::uint64_t kAcknowledgeWith = 32;
constexpr Duration kAcknowledgeAfter = Duration::from_seconds(10);
/// without one after so many, or so long.
constexpr std::uint64_t kAcknowledgeAlone = 1'024;
constexpr Duration kAcknowledgeWithin = Duration::from_seconds(30);
/// It reports credits with its next frame too; after so long at the latest.
constexpr Duration kReportWithin = 2_s;
/// Who finds no switch tries again.
constexpr Duration kTryAgain = 250_ms;

}  // namespace

BankHall::BankHall(const World& world, std::uint64_t seed)
    : scenario_(world.scenario),
      exchange_(world.exchange),
      timeline_(world.timeline),
      host_(world.host),
      payments_(world.payments),
      tally_(world.tally),
      hall_(world.hall),
      prng_(seed),
      customers_(world.scenario),
      rates_day_(world.scenario.first_day) {
    for (std::size_t index = 0; index < scenario_.banks.size(); ++index) {
        const Bank& from = scenario_.banks[index];
        LightBank& bank = banks_.emplace_back();
        bank.rail = from.rail;
        bank.code = *scheme::parse_agent_code(from.code);
        bank.answer = &scenario_.side(from.rail).answer;
        bank.books = open_books(scenario_, index);
        bank.opened_with = {from.opening_cny_minor, from.opening_hkd_minor};
    }
}

/// It has money without end and answers at once.
void BankHall::add_settlement(Rail rail, const std::string& code) {
    LightBank& bank = banks_.emplace_back();
    bank.rail = rail;
    bank.code = *scheme::parse_agent_code(code);
    const bool fps = rail == Rail::kFps;
    bank.opened_with = {fps ? core::kMaxOpeningMinor : 0, fps ? core::kMaxOpeningMinor : 0};
}

// Connections.

void BankHall::connect(std::size_t index) {
    LightBank& bank = banks_[index];
    if (!bank.can_connect() || bank.session != 0) return;
    if (!host_.running()) {
        return timeline_.after(kTryAgain, What::kConnect, 0, static_cast<std::uint16_t>(index));
    }
    bank.session = static_cast<std::uint32_t>(bank_of_session_.size());
    bank_of_session_.push_back(static_cast<std::uint16_t>(index));
    bank.greeted = false;
    bank.receiver = rpc::NumberReceiver(bank.receiver.last());
    send(index, true, 0);
}

void BankHall::disconnect(std::size_t index) {
    LightBank& bank = banks_[index];
    if (bank.session == 0) return;
    timeline_.after(draw(scenario_.network.bank, prng_), What::kGone, bank.session);
    bank.session = 0;
    bank.greeted = false;
    bank.quote_answers.clear();
}

void BankHall::kill(std::size_t index) {
    banks_[index].killed = true;
    ++banks_[index].incarnation;
    disconnect(index);
}

void BankHall::switch_died() {
    answered_.clear();
    for (std::size_t index = 0; index < banks_.size(); ++index) {
        LightBank& bank = banks_[index];
        if (bank.session == 0) continue;
        bank.session = 0;
        bank.greeted = false;
        bank.quote_answers.clear();
        timeline_.after(kTryAgain + draw(scenario_.network.bank, prng_), What::kConnect, 0,
                        static_cast<std::uint16_t>(index));
    }
}

void BankHall::ended(std::uint32_t session, engine::CloseReason /*reason*/,
                     const std::string& text) {
    const std::size_t index = bank_of(session);
    if (index >= banks_.size() || banks_[index].session != session) return;  // Left long ago.
    hall_.complain("the switch ends the session of bank " +
                   scheme::format_agent_code(banks_[index].code) + ": " + text);
    banks_[index].session = 0;
}

// What the bank says.

void BankHall::say(std::size_t bank, const BankMessage& message) {
    banks_[bank].outbox.push_back(message);
    banks_[bank].urgent |= message.speech != Speech::kReport;
}

void BankHall::pump(std::size_t index) {
    LightBank& bank = banks_[index];
    if (!bank.greeted) return;
    bank.urgent = false;
    const std::uint64_t ready = bank.outbox_first + bank.outbox.size() - bank.sender.next();
    const std::uint64_t count =
        std::min<std::uint64_t>(bank.sender.sendable(ready), core::kMaxFrameMessages / 4);
    if (count > 0 || !bank.quote_answers.empty()) send(index, false, count);
}

void BankHall::send(std::size_t index, bool hello, std::uint64_t count) {
    LightBank& bank = banks_[index];
    const std::uint32_t place = to_switch_.take();
    ToSwitch& frame = to_switch_[place];
    bank.receiver.grant(bank.receiver.last() + bank::kReceiveWindow);
    const std::uint64_t owed = bank.receiver.last() - bank.acknowledged;
    const bool old = timeline_.now() - bank.unacknowledged_since >= kAcknowledgeAfter;
    if (hello || count == 0 || owed >= kAcknowledgeWith || (owed > 0 && old)) {
        bank.acknowledged = bank.receiver.last();
    }
    frame.bank = static_cast<std::uint16_t>(index);
    frame.session = bank.session;
    frame.hello = hello;
    frame.first_number = count == 0 ? 0 : bank.sender.next();
    frame.count = count;
    frame.acknowledged = bank.acknowledged;
    frame.credit = bank.receiver.granted();
    frame.quote_answers.swap(bank.quote_answers);
    if (count > 0) bank.sender.sent(count);
    bank.last_to_switch =
        std::max(timeline_.now() + draw(scenario_.network.bank, prng_), bank.last_to_switch);
    timeline_.at(bank.last_to_switch, What::kFrameToSwitch, place);
}

void BankHall::frame_to_switch(std::uint32_t place) {
    ToSwitch& frame = to_switch_[place];
    LightBank& bank = banks_[frame.bank];
    // What was on its way when a connection broke is lost.
    if (host_.running() && bank.session == frame.session) {
        build(bank, frame, inbound_);
        const std::size_t index = frame.bank;
        host_.take(frame.session, inbound_);
        note_taken(index, to_switch_[place]);
    }
    to_switch_[place].quote_answers.clear();
    to_switch_.give_back(place);
}

void BankHall::build(LightBank& bank, const ToSwitch& frame, engine::InboundFrame& inbound) {
    inbound.hello.reset();
    if (frame.hello) {
        inbound.hello =
            engine::Hello{bank.code, bank.incarnation, frame.acknowledged, bank.outbox_first};
    }
    inbound.first_number = frame.first_number;
    inbound.acknowledged = frame.acknowledged;
    inbound.credit = frame.credit;
    inbound.quote_answers = frame.quote_answers;
    inbound.begun = false;
    inbound.taken = 0;
    inbound.wants_room = false;
    inbound.inputs.resize(frame.count);
    for (std::uint64_t i = 0; i < frame.count; ++i) {
        const BankMessage& message = bank.outbox.at(frame.first_number + i - bank.outbox_first);
        engine::Input& input = inbound.inputs[i];
        input.command = command_of(bank, message, input.body);
    }
}

core::Command BankHall::command_of(LightBank& bank, const BankMessage& message,
                                   journal::Body& body) {
    switch (message.speech) {
        case Speech::kTransfer: {
            const LivePayment* payment = payments_.find(message.uetr);
            LOWU_ASSERT(payment != nullptr, "what has not been acknowledged is not over");
            body = body_of(*payment);
            return transfer_of(*payment, body);
        }
        case Speech::kAnswer:
            return core::CreditTransferAnswer{bank.participant, 0, message.uetr, message.result};
        case Speech::kReport:
            return core::CreditReport{bank.participant, 0, message.uetr};
        case Speech::kReturn: {
            const LivePayment* payment = payments_.find(message.uetr);
            LOWU_ASSERT(payment != nullptr, "what is being returned is not over");
            return core::PaymentReturn{bank.participant,
                                       0,
                                       message.uetr,
                                       payment->uetr,
                                       core::AmountMinor{payment->moved_minor()},
                                       scheme::ReturnReason::kMd06};
        }
        case Speech::kEnquiry:
            return core::StatusRequest{bank.participant, 0, message.uetr, core::Side::kPayer, {}};
    }
    LOWU_UNREACHABLE("every speech is a command");
}

/// The switch has it: what follows for obligations and money.
void BankHall::note_taken(std::size_t index, const ToSwitch& frame) {
    LightBank& bank = banks_[index];
    const ElapsedTime now = timeline_.now();
    for (std::uint64_t i = 0; i < frame.count; ++i) {
        const std::uint64_t place = frame.first_number + i - bank.outbox_first;
        const BankMessage message = bank.outbox.at(place);
        if (message.speech == Speech::kAnswer && message.result == ResultCode::kAccepted) {
            answered_.push_back(message.uetr);
        }
        if (message.speech != Speech::kReport) continue;
        LivePayment* payment = payments_.find(message.uetr);
        if (payment == nullptr) continue;
        tally_.paid(now, *payment);
        payment->reported = true;
        payments_.remove_if_over(*payment);
    }
    tally_.money(now, cells(), index);
}

/// A bank that is away when its promise is booked owes all the same.
void BankHall::durable() {
    for (const scheme::Uetr& uetr : answered_) {
        LivePayment* payment = payments_.find(uetr);
        if (payment == nullptr || payment->owed || payment->reported) continue;
        const LightBank& bank = banks_[payment->order.payee_bank];
        if (bank.session == 0 && host_.cell(bank.rail).settled_to(bank.participant, uetr)) {
            tally_.owes(timeline_.now(), *payment);
        }
    }
    answered_.clear();
}

// What the bank hears.

void BankHall::deliver(std::uint32_t session, const engine::OutboundFrame& from) {
    const std::size_t index = bank_of(session);
    LOWU_ASSERT(index < banks_.size(), "frames go to sessions that were opened");
    LightBank& bank = banks_[index];
    const std::uint32_t place = to_bank_.take();
    ToBank& frame = to_bank_[place];
    frame.bank = static_cast<std::uint16_t>(index);
    frame.session = session;
    frame.greets = from.hello_reply.has_value();
    frame.last_received = from.hello_reply ? from.hello_reply->last_received : 0;
    frame.first_number = from.first_number;
    frame.acknowledged = from.acknowledged;
    frame.credit = from.credit;
    frame.said.clear();
    frame.quote_requests.assign(from.quote_requests.begin(), from.quote_requests.end());
    bool crossed = !from.quote_requests.empty();
    for (const engine::OutboundMessage& message : from.messages) {
        const core::OutboxEntry& entry = *message.entry;
        frame.said.push_back({entry.uetr, entry.kind, entry.result});
        const core::Leg leg =
            message.payment == nullptr ? core::Leg::kDomestic : message.payment->leg;
        if (entry.kind == OutboxKind::kRequest) crossed |= leg == core::Leg::kDestination;
        if (entry.kind == OutboxKind::kRejected) {
            crossed |= leg == core::Leg::kOrigin &&
                       core::row_of(entry.result).raised_by != scheme::RaisedBy::kOrigin;
        }
        if (entry.kind == OutboxKind::kCreditNow) {
            if (LivePayment* payment = payments_.find(entry.uetr)) {
                tally_.owes(timeline_.now(), *payment);
            }
        }
        if (entry.kind != OutboxKind::kSettled) continue;
        crossed |= leg == core::Leg::kOrigin;
        const LivePayment* payment = payments_.find(entry.uetr);
        if (payment != nullptr && payment->uetr == entry.uetr && !payment->final_at_payer) {
            tally_.limits_used(timeline_.now(), host_.cell(from.rail), entry.payment);
        }
    }
    Duration latency = draw(scenario_.network.bank, prng_);
    if (crossed) latency = latency + draw(scenario_.network.link, prng_);
    bank.last_to_bank = std::max(timeline_.now() + latency, bank.last_to_bank);
    timeline_.at(bank.last_to_bank, What::kFrameToBank, place);
}

void BankHall::frame_to_bank(std::uint32_t place) {
    const std::size_t index = to_bank_[place].bank;
    LightBank& bank = banks_[index];
    if (bank.session == to_bank_[place].session && bank.session != 0) {
        ToBank frame;
        std::swap(frame, to_bank_[place]);
        if (frame.greets) greet(bank, frame);
        const auto verdict = bank.receiver.take(frame.first_number, frame.said.size());
        if (verdict.intake != rpc::Intake::kTake) hall_.complain("the switch's numbers have a gap");
        const std::uint64_t known = std::min(frame.acknowledged, bank.sender.next() - 1);
        if (bank.sender.acknowledge(known)) drop_acknowledged(bank, known);
        bank.sender.credit(frame.credit);
        for (std::size_t i = verdict.skip; i < frame.said.size(); ++i)
            hear(index, frame.said[i]);
        if (bank.receiver.last() - bank.acknowledged <= frame.said.size()) {
            bank.unacknowledged_since = timeline_.now();
        }
        answer_quotes(index, frame.quote_requests);
        if (bank.urgent || frame.greets || !bank.quote_answers.empty()) pump(index);
        owe_report(index);
        owe_acknowledgement(index);
        std::swap(frame, to_bank_[place]);  // Its memory is used again.
    }
    to_bank_.give_back(place);
}

void BankHall::greet(LightBank& bank, const ToBank& frame) {
    bank.greeted = true;
    bank.sender = rpc::NumberSender(frame.last_received + 1);
    drop_acknowledged(bank, frame.last_received);
}

void BankHall::drop_acknowledged(LightBank& bank, std::uint64_t through) {
    while (bank.outbox_first <= through) {
        LOWU_ASSERT(!bank.outbox.empty(), "only what was sent is acknowledged");
        bank.outbox.pop_front();
        ++bank.outbox_first;
    }
}

void BankHall::owe_acknowledgement(std::size_t index) {
    LightBank& bank = banks_[index];
    const std::uint64_t owed = bank.receiver.last() - bank.acknowledged;
    if (owed >= kAcknowledgeAlone) return send(index, false, 0);
    if (owed == 0 || bank.acknowledgement_due) return;
    bank.acknowledgement_due = true;
    timeline_.after(kAcknowledgeWithin, What::kAcknowledge, 0, static_cast<std::uint16_t>(index));
}

void BankHall::owe_report(std::size_t index) {
    LightBank& bank = banks_[index];
    const bool waits = bank.outbox_first + bank.outbox.size() > bank.sender.next();
    if (!waits || bank.report_due) return;
    bank.report_due = true;
    timeline_.after(kReportWithin, What::kReport, 0, static_cast<std::uint16_t>(index));
}

void BankHall::report(std::size_t index) {
    banks_[index].report_due = false;
    pump(index);
}

void BankHall::acknowledge(std::size_t index) {
    LightBank& bank = banks_[index];
    bank.acknowledgement_due = false;
    if (!bank.greeted || bank.receiver.last() == bank.acknowledged) return;
    const ElapsedTime due = bank.unacknowledged_since + kAcknowledgeWithin;
    if (due <= timeline_.now()) return send(index, false, 0);
    bank.acknowledgement_due = true;
    timeline_.at(due, What::kAcknowledge, 0, static_cast<std::uint16_t>(index));
}

void BankHall::hear(std::size_t index, const Said& said) {
    LivePayment* payment = payments_.find(said.uetr);
    const bool of_return = payment != nullptr && payment->uetr != said.uetr;
    switch (said.kind) {
        case OutboxKind::kRequest:
            return asked(index, said);
        case OutboxKind::kCreditNow:
            LOWU_ASSERT(payment != nullptr, "what is settled is not over before it is credited");
            credit(*payment);
            return say(index, {said.uetr, Speech::kReport, {}});
        case OutboxKind::kVoid:
            if (payment == nullptr) return;
            payment->promised = false;
            return payments_.remove_if_over(*payment);
        case OutboxKind::kSettled:
        case OutboxKind::kRejected: {
            if (payment == nullptr) return;  // Told again after a break.
            const bool settled = said.kind == OutboxKind::kSettled;
            return of_return
                       ? return_final(*payment, settled)
                       : final_at_payer(*payment, settled ? ResultCode::kAccepted : said.result);
        }
        case OutboxKind::kReturned:
            LOWU_ASSERT(payment != nullptr, "a return is not over before it has come back");
            return take_return(*payment);
        case OutboxKind::kEnquiryAnswer:
            ++tally_.counts().enquiries_answered;
            return;
        case OutboxKind::kMessageReject:
            ++tally_.counts().enquiries_refused;
            return;
        case OutboxKind::kPending:
        case OutboxKind::kEvent:
            return;
    }
    LOWU_UNREACHABLE("every kind of message is heard");
}

void BankHall::asked(std::size_t index, const Said& said) {
    LightBank& bank = banks_[index];
    LivePayment* payment = payments_.find(said.uetr);
    if (payment == nullptr) {  // The payer's side has given up long ago.
        return say(index, {said.uetr, Speech::kAnswer, ResultCode::kPayeeAgentUnspecified});
    }
    payment->promised = true;
    const ResultCode result = judge(*payment);
    if (bank.silent_permille > 0 && prng_.chance(bank.silent_permille, 1'000)) return;
    const Duration delay = bank.answer == nullptr ? Duration{} : draw(*bank.answer, prng_);
    if (delay.us == 0) return say(index, {said.uetr, Speech::kAnswer, result});
    const std::uint32_t place = pondered_.take();
    pondered_[place] = {said.uetr, result, static_cast<std::uint16_t>(index), bank.incarnation};
    timeline_.after(delay, What::kAnswer, place);
}

void BankHall::answer(std::uint32_t place) {
    const Pondered pondered = pondered_[place];
    pondered_.give_back(place);
    if (banks_[pondered.bank].incarnation != pondered.incarnation) return;
    say(pondered.bank, {pondered.uetr, Speech::kAnswer, pondered.result});
    pump(pondered.bank);
}

void BankHall::set_latency(std::size_t index, const Latency* latency) {
    banks_[index].answer =
        latency != nullptr ? latency : &scenario_.side(banks_[index].rail).answer;
}

void BankHall::find_participants() {
    for (LightBank& bank : banks_) {
        const auto index = host_.cell(bank.rail).find_participant(bank.code);
        LOWU_ASSERT(index.has_value(), "genesis admits every bank");
        bank.participant = *index;
    }
}

}  // namespace lowu::simulator
