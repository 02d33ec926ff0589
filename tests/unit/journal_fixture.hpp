// One command of every kind with every field set, and the comparison of two without the record's
// help. Used by the tests of the journal.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "common/scheme/proxy.hpp"
#include "switch/core/limits.hpp"
#include "switch/journal/record.hpp"

namespace lowu::journal {

using core::AmountMinor;
using core::ParticipantIndex;
using core::Rail;
using core::Rate;
using core::ResultCode;
using core::Uetr;
using scheme::Field;

// UETRs of every bit pattern: the halves must not be mixed up.
inline constexpr Uetr kUetr{0x1111'2222'3333'4444, 0x8fff'0000'ffff'0001};

inline constexpr const char* kMobile = "+86-138(0013)8000";

/// Of an instruction by account, with an exchange.
inline Body body() {
    Body body;
    body.payer_account = "012-875-10001";
    body.payee_account = "6222000000000001";
    body.carried = std::string("\x0a\x00\xff\x80 bytes", 10);
    body.creation_time = SchemeTime{1'750'554'000'123};
    body.quote_id = "11111111-2222-4333-8444-555555555555";
    body.hkd = AmountMinor{99'999'999'999'999'999};
    body.rate = Rate{91'520'000};
    body.purpose = core::Purpose::kUtility;
    body.payer_kind = core::PartyKind::kRegisteredInstitution;
    return body;
}

/// Of an instruction by proxy, without an exchange.
inline Body proxy_body() {
    Body by_proxy = body();
    by_proxy.payee_account.clear();
    by_proxy.payee_proxy = kMobile;
    by_proxy.proxy_kind = static_cast<std::uint8_t>(scheme::ProxyKind::kMobile);
    by_proxy.proxy_reference = 0xffff'0000'1111'2222;
    by_proxy.quote_id.clear();
    by_proxy.hkd = AmountMinor{0};
    by_proxy.rate = Rate{0};
    by_proxy.purpose = core::Purpose::kPersonal;
    by_proxy.payer_kind = core::PartyKind::kPerson;
    return by_proxy;
}

/// Of a registration.
inline Body registration_body() {
    Body registered;
    registered.payee_proxy = kMobile;
    registered.proxy_kind = static_cast<std::uint8_t>(scheme::ProxyKind::kMobile);
    registered.name_en = "CHAN T*** M***";
    registered.name_zh = "陳**";
    return registered;
}

/// Of the list of suspicious proxies.
inline Body warning_body() {
    Body warned = registration_body();
    warned.name_en.clear();
    warned.name_zh.clear();
    return warned;
}

inline Body rejection_body() {
    Body rejected;
    rejected.carried = "must be a version 4 UUID";
    return rejected;
}

inline core::Parameters odd_parameters() {
    core::Parameters parameters;
    parameters.payee_deadline = Duration::from_us(1'234'567);
    parameters.origin_deadline = Duration::from_us(9'876'543);
    parameters.link_allowance = Duration::from_us(11);
    parameters.queue_allowance = Duration::from_us(22);
    parameters.creation_window = Duration::from_ms(33);
    parameters.creation_skew = Duration::from_ms(44);
    parameters.payments_max = 55;
    parameters.quota_records_max = 66;
    parameters.proxies_max = 77;
    return parameters;
}

/// By account, with an exchange, from an institution.
inline core::CreditTransfer transfer() {
    core::CreditTransfer command;
    command.participant = ParticipantIndex{3};
    command.number = 1'000'000'007;
    command.uetr = kUetr;
    command.service = core::Service::kBusinessToPerson;
    command.payee_agent = *scheme::parse_agent_code("102100099996");
    command.amount = AmountMinor{99'999'999'999'999'999};
    command.currency = core::Currency::kHkd;
    command.purpose = body().purpose;
    command.creation_time = body().creation_time;
    command.payer.kind = body().payer_kind;
    command.exchange.hkd = body().hkd;
    command.exchange.rate = body().rate;
    hash_body(body(), command);
    return command;
}

/// By proxy, from a person.
inline core::CreditTransfer transfer_by_proxy() {
    core::CreditTransfer command = transfer();
    command.service = core::Service::kP2pRemittance;
    command.currency = core::Currency::kCny;
    command.purpose = proxy_body().purpose;
    command.payer.kind = proxy_body().payer_kind;
    command.payer.document = core::DocumentType::kMainlandId;
    command.payer.token_version = 0xffff'ffff;
    command.payer.tokens = {{0x1111, 0xf222'0000'0000'0003}, {0xf444'0000'0000'0005, 0x6666}};
    command.payee_proxy.reference = core::ProxyReference{proxy_body().proxy_reference};
    command.exchange = {};
    hash_body(proxy_body(), command);
    return command;
}

inline core::LinkDelivery delivery(core::LinkKind kind, ResultCode result) {
    core::LinkDelivery command;
    command.number = 17;
    command.message.kind = kind;
    command.message.uetr = kUetr;
    command.message.service = core::Service::kP2pRemittance;
    command.message.payer_agent = *scheme::parse_agent_code("012");
    command.message.payee_agent = *scheme::parse_agent_code("102100099996");
    command.message.amount = AmountMinor{1};
    command.message.acceptance_time = SchemeTime{1'750'554'000'999};
    command.message.result = result;
    command.message.body_sequence = core::Sequence{55};
    command.message.original = {0x9999, 0xfaaa'0000'0000'000b};
    command.message.return_reason = scheme::ReturnReason::kFr01;
    command.message.payee_proxy = {{0x7777, 0xf888'0000'0000'0009}, core::ProxyReference{56}};
    return command;
}

/// A command and the body that goes with it.
struct Case {
    core::Command command;
    Body body;
};

inline core::SetParameters set_parameters() {
    core::SetParameters command;
    command.effective = SchemeTime{1'750'608'000'000};
    command.settings = {{{core::ParameterId::kTokenVersion, core::Corridor{}}, 2},
                        {{core::ParameterId::kClosesAt, core::kDomesticCorridor,
                          ParticipantIndex{core::kMaxParticipants - 1}},
                         core::kNoOwnValue},
                        {{core::ParameterId::kOpensAt, core::Corridor{3}, ParticipantIndex{0}},
                         money::kMaxAmountMinor.value}};
    return command;
}

/// What operators and banks change, and banks say beside payments.
inline std::vector<Case> changes() {
    const ParticipantIndex last{core::kMaxParticipants - 1};
    core::RegisterProxy registered;
    registered.registration.proxy = scheme::proxy_hash(scheme::ProxyKind::kMobile, kMobile);
    registered.registration.participant = last;
    registered.registration.holder = core::PartyKind::kCompany;
    registered.registration.default_receiver = true;
    core::RegisterProxy crossing = registered;
    crossing.registration.default_receiver = false;
    crossing.registration.cross_boundary = true;
    const core::PersonTokens person{{1, 0xf000'0000'0000'0002}, {0xf000'0000'0000'0003, 4}};
    return {{core::FxRateSheet{last, 14, Rate{91'520'000}, Rate{91'980'000}, SchemeTime{15}}, {}},
            {core::AvailabilityRequest{last, 16, true, SchemeTime{0}}, {}},
            {core::AvailabilityRequest{last, 17, false, SchemeTime{1'750'554'000'001}}, {}},
            {set_parameters(), {}},
            {core::SetParameters{}, {}},
            {core::SetReferenceRate{{20'261, Rate{91'000'000}, Rate{717'000'000}}}, {}},
            {core::ForceAvailability{last, true, SchemeTime{0}}, {}},
            {core::ForceAvailability{last, false, SchemeTime{18}}, {}},
            {core::DeclareDefault{last}, {}},
            {core::SetPriorUse{person, 2025, AmountMinor{5'000'000}}, {}},
            {registered, registration_body()},
            {crossing, registration_body()},
            {core::RemoveProxy{{0x7777, 0xf888'0000'0000'0009}, last}, {}},
            {core::SetProxyWarning{registered.registration.proxy, true}, warning_body()},
            {core::SetProxyWarning{registered.registration.proxy, false}, warning_body()},
            {core::AdvanceSchemeTime{}, {}}};
}

/// Every field of its own value.
inline core::Recollect recollect(core::Leg leg) {
    core::Recollect command;
    command.index = core::PaymentIndex{0xffff'fffe};
    core::Payment& payment = command.leg.payment;
    payment.uetr = kUetr;
    payment.amount = AmountMinor{101};
    payment.remote_agent = *scheme::parse_agent_code("102100099996");
    payment.creation_time = SchemeTime{1'750'554'000'001};
    payment.acceptance_time = SchemeTime{1'750'554'000'002};
    payment.payer_account_hash = 0xf000'0000'0000'0001;
    payment.payee_account_hash = 0xf000'0000'0000'0002;
    payment.carried_hash = 0xf000'0000'0000'0003;
    payment.payer_hash = 0xf000'0000'0000'0004;
    payment.payee_proxy_hash = 0xf000'0000'0000'0005;
    payment.exchange_hash = 0xf000'0000'0000'0006;
    payment.body_sequence = core::Sequence{0xf000'0000'0000'0007};
    payment.returned = AmountMinor{102};
    payment.local_agent = ParticipantIndex{core::kMaxParticipants - 1};
    payment.service = core::Service::kFeeCollection;
    payment.currency = core::Currency::kHkd;
    payment.purpose = core::Purpose::kMedical;
    payment.leg = leg;
    payment.state = core::PaymentState::kSettled;
    payment.asked = true;
    return command;
}

/// A leg of each kind: with a hold, with nothing, a return.
inline std::vector<Case> recollections() {
    core::Recollect origin = recollect(core::Leg::kOrigin);
    origin.leg.hold = core::QuotaHold{core::UseIndex{103},
                                      core::UseIndex{104},
                                      {-105, 106},
                                      {AmountMinor{107}, AmountMinor{108}}};
    core::Recollect domestic = recollect(core::Leg::kDomestic);
    domestic.leg.payment.credited = true;
    domestic.leg.payment.asked = false;
    std::vector<Case> cases{{origin, {}}, {domestic, {}}};
    for (const core::Leg leg : {core::Leg::kReturnSent, core::Leg::kReturnReceived}) {
        core::Recollect back = recollect(leg);
        back.leg.record = core::ReturnRecord{core::PaymentIndex{0xffff'fffd},
                                             {0x9999, 0xfaaa'0000'0000'000b},
                                             scheme::ReturnReason::kFr01};
        cases.push_back({back, {}});
    }
    // What was given up before it came has no bank, no service and no purpose.
    core::Recollect given_up = recollect(core::Leg::kDestination);
    given_up.leg.payment.local_agent = core::kNoParticipant;
    given_up.leg.payment.service = core::Service{};
    given_up.leg.payment.purpose = core::Purpose{};
    given_up.leg.payment.state = core::PaymentState::kRejected;
    given_up.leg.payment.result = ResultCode::kCancelledAtDeadline;
    cases.push_back({given_up, {}});
    return cases;
}

/// None, and every way in which a payment can have ended.
inline std::vector<std::optional<core::ArchivedAnswer>> archived_answers() {
    const core::AgentCode agent = *scheme::parse_agent_code("102100099996");
    std::vector<std::optional<core::ArchivedAnswer>> answers{
        std::nullopt,
        core::ArchivedAnswer{agent, core::PaymentState::kSettled, ResultCode::kAccepted}};
    for (const core::ResultRow& row : core::result_table()) {
        answers.push_back(core::ArchivedAnswer{agent, core::PaymentState::kRejected, row.result});
    }
    return answers;
}

/// Every kind of command, and every value of the enums that a record holds.
inline std::vector<Case> all_cases() {
    const ParticipantIndex last{core::kMaxParticipants - 1};
    std::vector<Case> cases{
        {core::OpenCell{Rail::kFps, core::Parameters{}, SchemeTime{1}}, {}},
        {core::OpenCell{Rail::kIbps, odd_parameters(), SchemeTime{1'750'554'000'000}}, {}},
        {core::AdmitParticipant{
             *scheme::parse_agent_code("X01"), {2}, AmountMinor{1}, AmountMinor{2}, AmountMinor{3}},
         {}},
        {core::OpenLink{*scheme::parse_agent_code("X90"), AmountMinor{4}, AmountMinor{5}}, {}},
        {core::SessionUp{last, ~std::uint64_t{0}}, {}},
        {core::SessionDown{ParticipantIndex{0}}, {}},
        {core::LinkState{true}, {}},
        {core::LinkState{false}, {}},
        {transfer(), body()},
        {transfer_by_proxy(), proxy_body()},
        {core::CreditReport{last, 9, kUetr}, {}},
        {core::OutboxAcknowledged{last, 12}, {}},
        {core::LinkAcknowledged{13}, {}},
        {core::Tick{}, {}}};
    for (Case& change : changes())
        cases.push_back(std::move(change));
    cases.push_back({core::Forget{core::PaymentIndex{65'536}}, {}});
    for (Case& one : recollections())
        cases.push_back(std::move(one));
    for (const core::ResultRow& row : core::result_table()) {
        cases.push_back({core::CreditTransferAnswer{last, 8, kUetr, row.result}, {}});
        cases.push_back({delivery(core::LinkKind::kRefused, row.result), {}});
    }
    for (const scheme::ReturnReason reason : scheme::kReturnReasons) {
        cases.push_back(
            {core::PaymentReturn{
                 last, 19, kUetr, {0x9999, 0xfaaa'0000'0000'000b}, AmountMinor{20}, reason},
             {}});
    }
    for (const auto& archived : archived_answers()) {
        cases.push_back({core::StatusRequest{last, 21, kUetr, core::Side::kPayer, archived}, {}});
        cases.push_back({core::StatusRequest{last, 22, kUetr, core::Side::kPayee, archived}, {}});
    }
    for (std::uint8_t kind = 1; kind <= 12; ++kind) {
        cases.push_back({delivery(static_cast<core::LinkKind>(kind), ResultCode::kAccepted), {}});
    }
    for (std::uint8_t field = 0; field <= scheme::kFieldLast; ++field) {
        cases.push_back(
            {core::RejectMessage{last, 10, static_cast<Field>(field), kUetr}, rejection_body()});
    }
    return cases;
}

// The fields of each kind, so that two commands can be compared without the record's help.
inline auto fields(const core::Parameters& one) {
    return std::tuple(one.payee_deadline, one.origin_deadline, one.link_allowance,
                      one.queue_allowance, one.creation_window, one.creation_skew, one.payments_max,
                      one.quota_records_max, one.proxies_max);
}
inline auto fields(const core::OpenCell& one) {
    return std::tuple_cat(std::tuple(one.rail, one.scheme_start), fields(one.parameters));
}
inline auto fields(const core::AdmitParticipant& one) {
    return std::tuple(one.code, one.participation, one.opening_cny, one.opening_hkd,
                      one.net_debit_cap);
}
inline auto fields(const core::OpenLink& one) {
    return std::tuple(one.agent, one.opening_cny, one.net_debit_cap);
}
inline auto fields(const core::SessionUp& one) {
    return std::tuple(one.participant, one.incarnation);
}
inline auto fields(const core::SessionDown& one) {
    return std::tuple(one.participant);
}
inline auto fields(const core::LinkState& one) {
    return std::tuple(one.up);
}
inline auto fields(const core::PersonTokens& one) {
    return std::tuple(one.current, one.previous);
}
inline auto fields(const core::PayeeProxy& one) {
    return std::tuple(one.proxy, one.reference);
}
inline auto fields(const core::CreditTransfer& one) {
    return std::tuple_cat(
        std::tuple(one.participant, one.number, one.uetr, one.service, one.payee_agent, one.amount,
                   one.currency, one.purpose, one.creation_time, one.payer_account_hash,
                   one.payee_account_hash, one.carried_hash),
        std::tuple(one.payer.kind, one.payer.document, one.payer.token_version),
        fields(one.payer.tokens), fields(one.payee_proxy),
        std::tuple(one.exchange.hkd, one.exchange.rate, one.exchange.quote_hash));
}
inline auto fields(const core::CreditTransferAnswer& one) {
    return std::tuple(one.participant, one.number, one.uetr, one.result);
}
inline auto fields(const core::CreditReport& one) {
    return std::tuple(one.participant, one.number, one.uetr);
}
inline auto fields(const core::RejectMessage& one) {
    return std::tuple(one.participant, one.number, one.field, one.uetr);
}
inline auto fields(const core::OutboxAcknowledged& one) {
    return std::tuple(one.participant, one.number);
}
inline auto fields(const core::LinkDelivery& one) {
    const core::LinkMessage& message = one.message;
    return std::tuple_cat(
        std::tuple(one.number, message.kind, message.uetr, message.service, message.payer_agent,
                   message.payee_agent, message.amount, message.acceptance_time, message.result,
                   message.body_sequence, message.original, message.return_reason),
        fields(message.payee_proxy));
}
inline auto fields(const core::LinkAcknowledged& one) {
    return std::tuple(one.number);
}
inline auto fields(const core::Tick& /*one*/) {
    return std::tuple();
}
inline auto fields(const core::FxRateSheet& one) {
    return std::tuple(one.participant, one.number, one.bid, one.ask, one.valid_until);
}
inline auto fields(const core::AvailabilityRequest& one) {
    return std::tuple(one.participant, one.number, one.available, one.expected_back);
}
inline auto fields(const core::SetParameters& one) {
    return std::tuple(one.settings, one.effective);
}
inline auto fields(const core::SetReferenceRate& one) {
    return std::tuple(one.rate);
}
inline auto fields(const core::ForceAvailability& one) {
    return std::tuple(one.forced_participant, one.available, one.expected_back);
}
inline auto fields(const core::SetPriorUse& one) {
    return std::tuple_cat(fields(one.person), std::tuple(one.year, one.amount));
}
inline auto fields(const core::RegisterProxy& one) {
    const core::ProxyRegistration& made = one.registration;
    return std::tuple(made.proxy, made.reference, made.participant, made.holder,
                      made.default_receiver, made.cross_boundary);
}
inline auto fields(const core::RemoveProxy& one) {
    return std::tuple(one.proxy, one.registrant);
}
inline auto fields(const core::SetProxyWarning& one) {
    return std::tuple(one.proxy, one.suspicious);
}
inline auto fields(const core::AdvanceSchemeTime& /*one*/) {
    return std::tuple();
}
inline auto fields(const core::PaymentReturn& one) {
    return std::tuple(one.participant, one.number, one.uetr, one.original, one.amount, one.reason);
}
inline auto fields(const core::Forget& one) {
    return std::tuple(one.through);
}
inline auto fields(const core::Payment& one) {
    return std::tuple(one.uetr, one.amount, one.remote_agent, one.creation_time,
                      one.acceptance_time, one.payer_account_hash, one.payee_account_hash,
                      one.carried_hash, one.payer_hash, one.payee_proxy_hash, one.exchange_hash,
                      one.body_sequence, one.returned, one.local_agent, one.service, one.currency,
                      one.purpose, one.leg, one.state, one.result, one.asked, one.credited);
}
inline auto fields(const core::QuotaHold& one) {
    return std::tuple(one.at_institution, one.over_all, one.date.day, one.date.year, one.amounts);
}
inline auto fields(const core::ReturnRecord& one) {
    return std::tuple(one.original, one.original_uetr, one.reason);
}
inline auto fields(const core::Recollect& one) {
    return std::tuple_cat(
        std::tuple(one.index, one.leg.hold.has_value(), one.leg.record.has_value()),
        fields(one.leg.payment), fields(one.leg.hold.value_or(core::QuotaHold{})),
        fields(one.leg.record.value_or(core::ReturnRecord{})));
}
inline auto fields(const core::StatusRequest& one) {
    const core::ArchivedAnswer archived = one.archived.value_or(core::ArchivedAnswer{});
    return std::tuple(one.participant, one.number, one.uetr, one.side, one.archived.has_value(),
                      archived.agent, archived.state, archived.result);
}
inline auto fields(const core::DeclareDefault& one) {
    return std::tuple(one.defaulter);
}
inline auto fields(const Body& one) {
    return std::tuple(one.payer_account, one.payee_account, one.carried, one.creation_time,
                      one.payee_proxy, one.proxy_kind, one.proxy_reference, one.quote_id, one.hkd,
                      one.rate, one.purpose, one.payer_kind, one.name_en, one.name_zh);
}

inline bool equal(const core::Command& left, const core::Command& right) {
    if (left.index() != right.index()) return false;
    return std::visit(
        [&](const auto& one) {
            return fields(one) == fields(std::get<std::decay_t<decltype(one)>>(right));
        },
        left);
}

inline bool equal(const Body& left, const Body& right) {
    return fields(left) == fields(right);
}

}  // namespace lowu::journal
