// Commands as events; see received_event.hpp.
#include "switch/follower/received_event.hpp"

namespace lowu::follower {
namespace {

using What = TimelineEvent::What;

core::AgentCode code_of(const core::Cell& cell, core::ParticipantIndex participant) {
    return participant == core::kNoParticipant ? scheme::kNoAgent
                                               : cell.participant(participant).code;
}

}  // namespace

std::optional<ReceivedEvent> received_event(const core::Cell& cell, const core::Stamp& stamp,
                                            const core::Command& command) {
    ReceivedEvent received;
    TimelineEvent& event = received.event;
    event.stamp = stamp;
    event.rail = cell.rail();
    if (const auto* transfer = std::get_if<core::CreditTransfer>(&command)) {
        event.what = What::kInstruction;
        event.agent = code_of(cell, transfer->participant);
        event.amount = transfer->amount;
        event.currency = transfer->currency;
        received.uetr = transfer->uetr;
        received.begins = true;
    } else if (const auto* answer = std::get_if<core::CreditTransferAnswer>(&command)) {
        event.what = What::kAnswer;
        event.agent = code_of(cell, answer->participant);
        event.result = answer->result;
        received.uetr = answer->uetr;
    } else if (const auto* sent_back = std::get_if<core::PaymentReturn>(&command)) {
        event.what = What::kReturn;
        event.agent = code_of(cell, sent_back->participant);
        event.amount = sent_back->amount;
        event.reason = sent_back->reason;
        received.uetr = sent_back->uetr;
        received.original = sent_back->original;
        received.begins = true;
    } else if (const auto* report = std::get_if<core::CreditReport>(&command)) {
        event.what = What::kCreditReport;
        event.agent = code_of(cell, report->participant);
        received.uetr = report->uetr;
    } else if (const auto* delivery = std::get_if<core::LinkDelivery>(&command)) {
        if (!scheme::is_uetr(delivery->message.uetr)) return std::nullopt;  // Of no payment.
        event.what = What::kLinkReceived;
        event.number = delivery->number;
        event.link = delivery->message.kind;
        event.result = delivery->message.result;
        received.uetr = delivery->message.uetr;
        received.begins = true;
    } else {
        return std::nullopt;
    }
    return received;
}

}  // namespace lowu::follower
