// What was said, in words. See said.hpp.
#include "simulator/reference/said.hpp"

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::reference {
namespace {

std::string name_of(SaidKind kind) {
    switch (kind) {
        case SaidKind::kPending:
            return "pending";
        case SaidKind::kSettled:
            return "settled";
        case SaidKind::kRejected:
            return "rejected";
        case SaidKind::kMessageReject:
            return "message rejected";
        case SaidKind::kRequest:
            return "request";
        case SaidKind::kCreditNow:
            return "credit now";
        case SaidKind::kVoid:
            return "void";
        case SaidKind::kEvent:
            return "announcement";
        case SaidKind::kReturned:
            return "returned";
        case SaidKind::kEnquiryAnswer:
            return "enquiry answer";
        case SaidKind::kLink:
            return "link";
    }
    LOWU_UNREACHABLE("every kind has a name");
}

std::string name_of(LinkKind kind) {
    switch (kind) {
        case LinkKind::kTransfer:
            return "transfer";
        case LinkKind::kSettled:
            return "settled";
        case LinkKind::kRefused:
            return "refused";
        case LinkKind::kCancel:
            return "cancel";
        case LinkKind::kCancelled:
            return "cancelled";
        case LinkKind::kAlreadySettled:
            return "already settled";
        case LinkKind::kLoggedOff:
            return "logged off";
        case LinkKind::kLoggedOn:
            return "logged on";
        case LinkKind::kReturn:
            return "return";
        case LinkKind::kDegraded:
            return "degraded";
        case LinkKind::kRestored:
            return "restored";
        case LinkKind::kDefault:
            return "default";
    }
    return "link message " + std::to_string(static_cast<int>(kind));
}

std::string name_of(AnnouncementKind kind) {
    switch (kind) {
        case AnnouncementKind::kParameter:
            return "parameter";
        case AnnouncementKind::kReferenceRate:
            return "reference rate";
        case AnnouncementKind::kLoggedOff:
            return "logged off";
        case AnnouncementKind::kLoggedOn:
            return "logged on";
        case AnnouncementKind::kTimeAdvanced:
            return "time advanced";
        case AnnouncementKind::kTokenKey:
            return "token key";
        case AnnouncementKind::kDegraded:
            return "degraded";
        case AnnouncementKind::kRestored:
            return "restored";
        case AnnouncementKind::kDefault:
            return "default";
    }
    return "announcement " + std::to_string(static_cast<int>(kind));
}

std::string result_text(ResultCode result) {
    return result == ResultCode::kAccepted ? "" : ", " + std::string(scheme::row_of(result).name);
}

std::string link_text(const LinkMessage& message) {
    std::string text = name_of(message.kind) + " " + scheme::format_uetr(message.uetr);
    if (!message.payer_agent.empty()) text += ", from " + message.payer_agent;
    if (!message.payee_agent.empty()) text += ", to " + message.payee_agent;
    if (message.amount != 0) text += ", " + std::to_string(message.amount);
    if (message.original != Uetr{}) text += ", of " + scheme::format_uetr(message.original);
    if (message.payee_proxy.reference != 0) {
        text += ", proxy reference " + std::to_string(message.payee_proxy.reference);
    }
    if (message.acceptance_time.value != 0) {
        text += ", at " + scheme::format_utc8(message.acceptance_time);
    }
    return text + result_text(message.result);
}

std::string event_text(const Announcement& event) {
    std::string text = name_of(event.kind);
    if (!event.bank.empty()) text += " of " + event.bank;
    if (event.forced) text += ", forced";
    if (event.setting.key.parameter != 0) {
        text += ", parameter " + std::to_string(event.setting.key.parameter) + " = " +
                std::to_string(event.setting.value);
    }
    if (event.rate.day != 0) text += ", day " + std::to_string(event.rate.day);
    text += ", effective " + scheme::format_utc8(event.effective);
    if (event.expected_back.value != 0) {
        text += ", back " + scheme::format_utc8(event.expected_back);
    }
    return text;
}

}  // namespace

std::string to_text(const Said& said) {
    std::string text = (said.to.empty() ? "link" : said.to) + " " + std::to_string(said.number);
    if (said.link) return text + ": " + link_text(*said.link);
    text += ": " + name_of(said.kind);
    if (said.uetr != Uetr{}) text += " " + scheme::format_uetr(said.uetr);
    if (said.spoken_of != 0) text += " number " + std::to_string(said.spoken_of);
    text += result_text(said.result);
    if (said.field != Field::kNone) text += ", field " + std::string(to_string(said.field));
    if (said.standing != Standing::kNone) {
        text += ", standing " + std::to_string(static_cast<int>(said.standing));
    }
    if (said.event) text += ": " + event_text(*said.event);
    return text;
}

}  // namespace lowu::reference
