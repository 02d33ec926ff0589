// The canonical list of fields of every struct that a cell's state is made of, once: digest, save
// and load walk the same list (the sinks of state_io.hpp), so that they cannot disagree. Classes
// have theirs in themselves, as a static member of the same name. What follows from other state
// (indexes, Payment::pins) is in no list and is made anew by load.
//
// What is not listed is lost by a snapshot; so each list takes its struct apart by name and number
// of members, and does not compile when there is one more. A new number of an enum is missed
// likewise.
#pragma once

#include <concepts>
#include <type_traits>

#include "switch/core/command.hpp"
#include "switch/core/ledger.hpp"
#include "switch/core/outbox.hpp"
#include "switch/core/payment.hpp"
#include "switch/core/quota.hpp"
#include "switch/core/reference_rates.hpp"
#include "switch/core/system_event.hpp"

namespace lowu::core {

/// `Of`, to be written or (without const) to be read.
template <class Type, class Of>
concept Is = std::same_as<std::remove_const_t<Type>, Of>;

template <class Sink, class... Members>
void each(Sink& sink, Members&... members) {
    (sink(members), ...);
}

// Numbers that enums may have beside 0, which stands for "none" in state.

[[nodiscard]] inline bool is_known(Service service) {
    return scheme::service_from_number(static_cast<std::int64_t>(service)).has_value();
}
[[nodiscard]] inline bool is_known(Purpose purpose) {
    return scheme::purpose_from_number(static_cast<std::int64_t>(purpose)).has_value();
}
[[nodiscard]] inline bool is_known(PartyKind kind) {
    return scheme::party_kind_from_number(static_cast<std::int64_t>(kind)).has_value();
}
[[nodiscard]] inline bool is_known(scheme::ReturnReason reason) {
    return scheme::return_reason_from_number(static_cast<std::int64_t>(reason)).has_value();
}
[[nodiscard]] inline bool is_known(ResultCode result) {
    return result_of_number(static_cast<std::uint32_t>(result)).has_value();
}
[[nodiscard]] inline bool is_known(ParameterId id) {
    return find_parameter(static_cast<std::uint32_t>(id)) != nullptr;
}
[[nodiscard]] constexpr bool is_known(scheme::Field field) {
    return static_cast<std::uint8_t>(field) <= scheme::kFieldLast;
}
[[nodiscard]] constexpr bool is_known(Rail rail) {
    return rail == Rail::kFps || rail == Rail::kIbps;
}
[[nodiscard]] constexpr bool is_known(Currency currency) {
    return currency == Currency::kCny || currency == Currency::kHkd;
}
[[nodiscard]] constexpr bool is_known(Leg leg) {
    switch (leg) {
        case Leg::kOrigin:
        case Leg::kDestination:
        case Leg::kDomestic:
        case Leg::kReturnSent:
        case Leg::kReturnReceived:
            return true;
    }
    return false;
}
[[nodiscard]] constexpr bool is_known(PaymentState state) {
    switch (state) {
        case PaymentState::kNone:
        case PaymentState::kForwarded:
        case PaymentState::kCancelling:
        case PaymentState::kAsked:
        case PaymentState::kSettled:
        case PaymentState::kRejected:
            return true;
    }
    return false;
}
[[nodiscard]] constexpr bool is_known(AccountKind kind) {
    switch (kind) {
        case AccountKind::kSettlement:
        case AccountKind::kLinkAgent:
        case AccountKind::kContra:
        case AccountKind::kLinkClaim:
        case AccountKind::kLinkClaimContra:
            return true;
    }
    return false;
}
[[nodiscard]] constexpr bool is_known(OutboxKind kind) {
    switch (kind) {
        case OutboxKind::kPending:
        case OutboxKind::kSettled:
        case OutboxKind::kRejected:
        case OutboxKind::kMessageReject:
        case OutboxKind::kRequest:
        case OutboxKind::kCreditNow:
        case OutboxKind::kVoid:
        case OutboxKind::kEvent:
        case OutboxKind::kReturned:
        case OutboxKind::kEnquiryAnswer:
            return true;
    }
    return false;
}
[[nodiscard]] constexpr bool is_known(LinkKind kind) {
    switch (kind) {
        case LinkKind::kTransfer:
        case LinkKind::kSettled:
        case LinkKind::kRefused:
        case LinkKind::kCancel:
        case LinkKind::kCancelled:
        case LinkKind::kAlreadySettled:
        case LinkKind::kLoggedOff:
        case LinkKind::kLoggedOn:
        case LinkKind::kReturn:
        case LinkKind::kDegraded:
        case LinkKind::kRestored:
        case LinkKind::kDefault:
            return true;
    }
    return false;
}
[[nodiscard]] constexpr bool is_known(SystemEventKind kind) {
    switch (kind) {
        case SystemEventKind::kParameter:
        case SystemEventKind::kReferenceRate:
        case SystemEventKind::kLoggedOff:
        case SystemEventKind::kLoggedOn:
        case SystemEventKind::kTimeAdvanced:
        case SystemEventKind::kMissed:
        case SystemEventKind::kTokenKey:
        case SystemEventKind::kDegraded:
        case SystemEventKind::kRestored:
        case SystemEventKind::kDefault:
            return true;
    }
    return false;
}

[[nodiscard]] constexpr bool is_known(Side side) {
    return side == Side::kPayer || side == Side::kPayee;
}
[[nodiscard]] constexpr bool is_known(Standing standing) {
    return standing <= Standing::kPayeeRejected;
}

// Identities and times.

template <class Sink>
void fields(Sink& sink, Is<Hash128> auto& hash) {
    auto& [high, low] = hash;
    each(sink, high, low);
}
template <class Sink>
void fields(Sink& sink, Is<Uetr> auto& uetr) {
    auto& [high, low] = uetr;
    each(sink, high, low);
}
template <class Sink>
void fields(Sink& sink, Is<PersonToken> auto& token) {
    auto& [high, low] = token;
    each(sink, high, low);
}
template <class Sink>
void fields(Sink& sink, Is<Stamp> auto& stamp) {
    auto& [sequence, scheme, elapsed] = stamp;
    each(sink, sequence, scheme, elapsed);
}
template <class Sink>
void fields(Sink& sink, Is<Duration> auto& duration) {
    auto& [us] = duration;
    each(sink, us);
}

// Rules.

template <class Sink>
void fields(Sink& sink, Is<Parameters> auto& parameters) {
    auto& [payee_deadline, origin_deadline, link_allowance, queue_allowance, creation_window,
           creation_skew, payments_max, quota_records_max, proxies_max] = parameters;
    each(sink, payee_deadline, origin_deadline, link_allowance, queue_allowance, creation_window,
         creation_skew, payments_max, quota_records_max, proxies_max);
}
template <class Sink>
void fields(Sink& sink, Is<Corridor> auto& corridor) {
    auto& [index] = corridor;
    each(sink, index);
}
template <class Sink>
void fields(Sink& sink, Is<Participation> auto& participation) {
    auto& [bits] = participation;
    each(sink, bits);
}
template <class Sink>
void fields(Sink& sink, Is<ParameterKey> auto& key) {
    auto& [id, corridor, participant] = key;
    each(sink, id, corridor, participant);
}
template <class Sink>
void fields(Sink& sink, Is<ParameterSetting> auto& setting) {
    auto& [key, value] = setting;
    each(sink, key, value);
}
template <class Sink>
void fields(Sink& sink, Is<ScheduledSetting> auto& scheduled) {
    auto& [effective, setting] = scheduled;
    each(sink, effective, setting);
}
template <class Sink>
void fields(Sink& sink, Is<ReferenceRate> auto& rate) {
    auto& [day, cny_per_hkd, cny_per_usd] = rate;
    each(sink, day, cny_per_hkd, cny_per_usd);
}
template <class Sink>
void fields(Sink& sink, Is<SystemEvent> auto& event) {
    auto& [kind, forced, participant, booked, effective, expected_back, setting, rate] = event;
    each(sink, kind, forced, participant, booked, effective, expected_back, setting, rate);
}
template <class Sink>
void fields(Sink& sink, Is<ProxyRegistration> auto& registration) {
    auto& [proxy, reference, participant, holder, default_receiver, cross_boundary] = registration;
    each(sink, proxy, reference, participant, holder, default_receiver, cross_boundary);
}

// Money.

template <class Sink>
void fields(Sink& sink, Is<Account> auto& account) {
    auto& [kind, currency, owner, balance, reserved, debit_limit] = account;
    each(sink, kind, currency, owner, balance, reserved, debit_limit);
}
template <class Sink>
void fields(Sink& sink, Is<QuotaAmounts> auto& amounts) {
    auto& [day, year] = amounts;
    each(sink, day, year);
}
template <class Sink>
void fields(Sink& sink, Is<QuotaDate> auto& date) {
    auto& [day, year] = date;
    each(sink, day, year);
}
template <class Sink>
void fields(Sink& sink, Is<QuotaUse> auto& use) {
    auto& [day, year, reserved, used] = use;
    each(sink, day, year, reserved, used);
}
template <class Sink>
void fields(Sink& sink, Is<QuotaHold> auto& hold) {
    auto& [at_institution, over_all, date, amounts] = hold;
    each(sink, at_institution, over_all, date, amounts);
}

// Messages.

template <class Sink>
void fields(Sink& sink, Is<OutboxEntry> auto& entry) {
    auto& [uetr, sequence, scheme_time, rejected_number, payment, kind, result, field, standing] =
        entry;
    each(sink, uetr, sequence, scheme_time, rejected_number, payment, kind, result, field,
         standing);
}
template <class Sink>
void fields(Sink& sink, Is<PayeeProxy> auto& payee) {
    auto& [proxy, reference] = payee;
    each(sink, proxy, reference);
}
template <class Sink>
void fields(Sink& sink, Is<LinkMessage> auto& message) {
    auto& [kind, uetr, service, payer_agent, payee_agent, amount, acceptance_time, result,
           body_sequence, payee_proxy, original, return_reason] = message;
    each(sink, kind, uetr, service, payer_agent, payee_agent, amount, acceptance_time, result,
         body_sequence, payee_proxy, original, return_reason);
}
template <class Sink>
void fields(Sink& sink, Is<LinkEntry> auto& entry) {
    auto& [message, sequence] = entry;
    each(sink, message, sequence);
}

// Payments.

/// All but pins, which follow from outboxes and pending returns.
template <class Sink>
void fields(Sink& sink, Is<Payment> auto& payment) {
    auto& [uetr, amount, remote_agent, creation_time, acceptance_time, payer_account_hash,
           payee_account_hash, carried_hash, payer_hash, payee_proxy_hash, exchange_hash,
           body_sequence, returned, hold, pins, local_agent, service, currency, purpose, leg, state,
           result, asked, credited] = payment;
    each(sink, uetr, amount, remote_agent, creation_time, acceptance_time, payer_account_hash,
         payee_account_hash, carried_hash, payer_hash, payee_proxy_hash, exchange_hash,
         body_sequence, returned, hold, local_agent, service, currency, purpose, leg, state, result,
         asked, credited);
}
template <class Sink>
void fields(Sink& sink, Is<ReturnRecord> auto& record) {
    auto& [original, original_uetr, reason] = record;
    each(sink, original, original_uetr, reason);
}
template <class Sink>
void fields(Sink& sink, Is<WholeLeg> auto& leg) {
    auto& [payment, hold, record] = leg;
    each(sink, payment, hold, record);
}

}  // namespace lowu::core
