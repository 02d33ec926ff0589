// Commands to records and back: every kind comes back equal, hashes are made anew from the body,
// and a record that encode cannot have written is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/hash.hpp"
#include "lowu/journal/v1/journal.pb.h"
#include "switch/journal/batch.hpp"
#include "tests/unit/journal_fixture.hpp"

namespace lowu::journal {
namespace {

using testing::HasSubstr;

core::Stamp stamp(std::uint64_t sequence) {
    return {core::Sequence{sequence}, SchemeTime{1'750'554'000'000 + static_cast<int>(sequence)},
            ElapsedTime{static_cast<std::int64_t>(sequence) * 3}};
}

Result<void> decode_bytes(const std::string& bytes, Entry& entry) {
    v1::Record record;
    EXPECT_TRUE(record.ParseFromString(bytes));
    return decode(record, core::Sequence{77}, entry);
}

TEST(Record, EveryCommandComesBackEqual) {
    for (const Case& one : all_cases()) {
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            v1::Record record;
            encode(stamp(77), rail, one.command, one.body, record);
            Entry entry;
            ASSERT_TRUE(decode_bytes(record.SerializeAsString(), entry).ok());
            EXPECT_TRUE(equal(entry.command, one.command)) << describe(rail, one.command);
            EXPECT_TRUE(equal(entry.body, one.body)) << describe(rail, one.command);
            EXPECT_EQ(entry.rail, rail);
            EXPECT_EQ(entry.stamp.sequence, stamp(77).sequence);
            EXPECT_EQ(entry.stamp.scheme, stamp(77).scheme);
            EXPECT_EQ(entry.stamp.elapsed, stamp(77).elapsed);
        }
    }
}

TEST(Record, EveryKindIsAmongThem) {
    std::vector<bool> seen(std::variant_size_v<core::Command>);
    for (const Case& one : all_cases())
        seen[one.command.index()] = true;
    EXPECT_THAT(seen, testing::Each(true)) << "a new kind of command needs its row here";
}

TEST(Record, EveryEnumOfAnInstructionComesBack) {
    const auto comes_back = [](const core::CreditTransfer& command, const Body& body) {
        v1::Record record;
        encode(stamp(1), Rail::kFps, command, body, record);
        Entry entry;
        EXPECT_TRUE(decode_bytes(record.SerializeAsString(), entry).ok());
        EXPECT_TRUE(equal(entry.command, command)) << record.ShortDebugString();
        EXPECT_EQ(entry.body.purpose, command.purpose);
        EXPECT_EQ(entry.body.payer_kind, command.payer.kind);
    };
    core::CreditTransfer command = transfer();
    for (const core::Service service : scheme::kServices) {
        for (const core::Purpose purpose : scheme::kPurposes) {
            command.service = service;
            command.purpose = purpose;
            comes_back(command, body());
        }
    }
    for (const core::PartyKind kind : scheme::kPartyKinds) {
        for (const core::DocumentType document : scheme::kDocumentTypes) {
            command.payer.kind = kind;
            command.payer.document = document;
            comes_back(command, body());
        }
    }
}

TEST(Record, EveryKindOfProxyComesBack) {
    const std::vector<std::pair<scheme::ProxyKind, std::string>> proxies{
        {scheme::ProxyKind::kMobile, "+852-91234567"},
        {scheme::ProxyKind::kEmail, "Tai.Man@Example.HK"},
        {scheme::ProxyKind::kFpsId, "1234567"}};
    for (const auto& [kind, value] : proxies) {
        Body registered = registration_body();
        registered.proxy_kind = static_cast<std::uint8_t>(kind);
        registered.payee_proxy = value;
        core::RegisterProxy command;
        command.registration.proxy = scheme::proxy_hash(kind, value);
        command.registration.holder = core::PartyKind::kRegisteredInstitution;
        v1::Record record;
        encode(stamp(1), Rail::kFps, command, registered, record);
        Entry entry;
        ASSERT_TRUE(decode_bytes(record.SerializeAsString(), entry).ok());
        EXPECT_TRUE(equal(entry.command, command)) << value;
        EXPECT_TRUE(equal(entry.body, registered)) << value;
    }
}

TEST(Record, OnlySomeCommandsHaveABody) {
    Entry entry;
    for (const Case& one : all_cases()) {
        EXPECT_EQ(has_body(one.command), !equal(one.body, Body{}))
            << describe(Rail::kFps, one.command);
        entry.body = body();
        entry.body.name_en = entry.body.name_zh = entry.body.payee_proxy = "of the record before";
        entry.body.proxy_kind = 3;
        entry.body.proxy_reference = 4;
        v1::Record record;
        encode(stamp(1), Rail::kFps, one.command, one.body, record);
        ASSERT_TRUE(decode(record, core::Sequence{1}, entry).ok());
        EXPECT_TRUE(equal(entry.body, one.body))
            << "the body of an earlier record must not stay: " << describe(Rail::kFps, one.command);
    }
}

TEST(Record, MemoryOfTheBodyIsUsedAgain) {
    Entry entry;
    v1::Record record;
    Body longer = proxy_body();
    longer.payee_proxy = "+86-1380013800013800138000138";  // longer than a string holds in itself
    longer.carried.assign(1'000, 'c');
    encode(stamp(1), Rail::kFps, transfer_by_proxy(), longer, record);
    ASSERT_TRUE(decode(record, core::Sequence{1}, entry).ok());
    const void* const carried = entry.body.carried.data();
    const void* const proxy = entry.body.payee_proxy.data();
    v1::Record tick;
    encode(stamp(2), Rail::kFps, core::Tick{}, Body{}, tick);
    ASSERT_TRUE(decode(tick, core::Sequence{2}, entry).ok());
    ASSERT_TRUE(decode(record, core::Sequence{3}, entry).ok());
    EXPECT_EQ(entry.body.carried.data(), carried);
    EXPECT_EQ(entry.body.payee_proxy.data(), proxy);
}

TEST(Record, HashesAreMadeAnewFromTheBody) {
    core::CreditTransfer lying = transfer();
    lying.payer_account_hash = 1;
    lying.payee_account_hash = 2;
    lying.carried_hash = 3;
    lying.exchange.quote_hash = 4;
    lying.payee_proxy.proxy = {5, 6};
    v1::Record record;
    encode(stamp(1), Rail::kFps, lying, body(), record);
    Entry entry;
    ASSERT_TRUE(decode_bytes(record.SerializeAsString(), entry).ok());
    const auto& command = std::get<core::CreditTransfer>(entry.command);
    EXPECT_EQ(command.payer_account_hash, hash64(std::string_view(body().payer_account)));
    EXPECT_EQ(command.payee_account_hash, hash64(std::string_view(body().payee_account)));
    EXPECT_EQ(command.carried_hash, hash64(std::string_view(body().carried)));
    EXPECT_EQ(command.exchange.quote_hash, hash64(std::string_view(body().quote_id)));
    EXPECT_EQ(command.payee_proxy.proxy, Hash128{}) << "there is no proxy";
    Body other = body();
    other.carried += "!";
    core::CreditTransfer changed = transfer();
    hash_body(other, changed);
    EXPECT_NE(changed.carried_hash, command.carried_hash);
    EXPECT_EQ(changed.payer_account_hash, command.payer_account_hash);
}

TEST(Record, ProxiesAreHashedAsTheDirectoryKnowsThem) {
    core::CreditTransfer command = transfer_by_proxy();
    EXPECT_EQ(command.payee_proxy.proxy,
              scheme::proxy_hash(scheme::ProxyKind::kMobile, "+86-13800138000"));
    EXPECT_EQ(command.exchange.quote_hash, 0U) << "there is no quote";
    Body other = proxy_body();
    other.payee_proxy = "+86-13800138001";
    hash_body(other, command);
    EXPECT_NE(command.payee_proxy.proxy, transfer_by_proxy().payee_proxy.proxy);
    hash_body(body(), command);
    EXPECT_EQ(command.payee_proxy.proxy, Hash128{});
}

TEST(Record, EncodingClearsWhatTheRecordHeld) {
    v1::Record record;
    encode(stamp(1), Rail::kIbps, transfer(), body(), record);
    encode(stamp(2), Rail::kFps, core::Tick{}, Body{}, record);
    v1::Record fresh;
    encode(stamp(2), Rail::kFps, core::Tick{}, Body{}, fresh);
    EXPECT_EQ(record.SerializeAsString(), fresh.SerializeAsString());
}

TEST(Record, DescriptionNamesRailAndEveryField) {
    const core::AdmitParticipant admit{
        *scheme::parse_agent_code("X01"), {3}, AmountMinor{5}, AmountMinor{0}, AmountMinor{0}};
    EXPECT_THAT(describe(Rail::kIbps, admit), HasSubstr("cell: 1"));
    EXPECT_THAT(describe(Rail::kIbps, admit), HasSubstr("opening_cny_minor: 5"));
    core::AdmitParticipant richer = admit;
    richer.opening_cny = AmountMinor{6};
    EXPECT_NE(describe(Rail::kFps, admit), describe(Rail::kFps, richer));
    EXPECT_NE(describe(Rail::kFps, admit), describe(Rail::kIbps, admit));
}

/// What decode says about a record that was changed.
template <class Change>
std::string corruption(const Case& one, Rail rail, Change change) {
    v1::Record record;
    encode(stamp(77), rail, one.command, one.body, record);
    change(record);
    Entry entry;
    const auto decoded = decode_bytes(record.SerializeAsString(), entry);
    EXPECT_FALSE(decoded.ok()) << record.ShortDebugString();
    if (decoded.ok()) return "";
    EXPECT_EQ(decoded.error().kind, Error::Kind::kCorrupt);
    return decoded.error().what;
}

template <class Change>
void expect_corruption(const Case& one, const char* what, Change change, Rail rail = Rail::kFps) {
    const std::string said = corruption(one, rail, change);
    EXPECT_THAT(said, HasSubstr(what));
    EXPECT_THAT(said, HasSubstr("sequence 77"));
}

TEST(Record, AnAgentThatNoCodeStandsForIsNamed) {
    constexpr std::uint64_t kNoCode = ~std::uint64_t{0};
    const auto expect = [](const Case& one, auto change) {
        expect_corruption(one, "names no agent", change);
    };
    expect({core::AdmitParticipant{}, {}},
           [](v1::Record& one) { one.mutable_admit_participant()->set_code(kNoCode); });
    expect({core::OpenLink{}, {}},
           [](v1::Record& one) { one.mutable_open_link()->set_agent_code(kNoCode); });
    expect({transfer(), body()},
           [](v1::Record& one) { one.mutable_credit_transfer()->set_payee_agent(kNoCode); });
    const Case crossing{delivery(core::LinkKind::kTransfer, ResultCode::kAccepted), {}};
    expect(crossing,
           [](v1::Record& one) { one.mutable_link_delivery()->set_payer_agent(kNoCode); });
    expect(crossing,
           [](v1::Record& one) { one.mutable_link_delivery()->set_payee_agent(kNoCode); });
    const Case asked{core::StatusRequest{{}, 1, kUetr, core::Side::kPayee, archived_answers()[1]},
                     {}};
    expect(asked, [](v1::Record& one) {
        one.mutable_status_request()->mutable_archived()->set_agent(kNoCode);
    });
}

TEST(Record, AParticipantThatCannotBeIsNamed) {
    constexpr std::uint32_t kNobody = core::kMaxParticipants;
    const auto expect = [](const Case& one, auto change) {
        expect_corruption(one, "names no participant", change);
    };
    expect({core::SessionUp{}, {}},
           [](v1::Record& one) { one.mutable_session_up()->set_participant(kNobody); });
    expect({core::SessionDown{}, {}},
           [](v1::Record& one) { one.mutable_session_down()->set_participant(kNobody); });
    expect({transfer(), body()},
           [](v1::Record& one) { one.mutable_credit_transfer()->set_participant(kNobody); });
    expect({core::CreditTransferAnswer{}, {}},
           [](v1::Record& one) { one.mutable_answer()->set_participant(kNobody); });
    expect({core::CreditReport{}, {}},
           [](v1::Record& one) { one.mutable_credit_report()->set_participant(kNobody); });
    expect({core::RejectMessage{}, {}},
           [](v1::Record& one) { one.mutable_reject_message()->set_participant(kNobody); });
    expect({core::OutboxAcknowledged{}, {}},
           [](v1::Record& one) { one.mutable_outbox_acknowledged()->set_participant(kNobody); });
    expect({core::FxRateSheet{}, {}},
           [](v1::Record& one) { one.mutable_fx_rate_sheet()->set_participant(kNobody); });
    expect({core::AvailabilityRequest{}, {}},
           [](v1::Record& one) { one.mutable_availability_request()->set_participant(kNobody); });
    expect({core::ForceAvailability{}, {}},
           [](v1::Record& one) { one.mutable_force_availability()->set_participant(kNobody); });
    expect({core::RegisterProxy{}, registration_body()},
           [](v1::Record& one) { one.mutable_register_proxy()->set_participant(kNobody); });
    expect({core::RemoveProxy{}, {}},
           [](v1::Record& one) { one.mutable_remove_proxy()->set_participant(kNobody); });
    expect({core::PaymentReturn{}, {}},
           [](v1::Record& one) { one.mutable_payment_return()->set_participant(kNobody); });
    expect({core::StatusRequest{{}, 1, kUetr, core::Side::kPayer, {}}, {}},
           [](v1::Record& one) { one.mutable_status_request()->set_participant(kNobody); });
    expect({core::DeclareDefault{}, {}},
           [](v1::Record& one) { one.mutable_declare_default()->set_participant(kNobody); });
    expect({set_parameters(), {}}, [](v1::Record& one) {
        one.mutable_set_parameters()->mutable_settings(1)->set_participant(kNobody);
    });
    expect({set_parameters(), {}}, [](v1::Record& one) {
        one.mutable_set_parameters()->mutable_settings(0)->set_participant(
            core::kNoParticipant.value);
    });
}

TEST(Record, ARecollectedLegThatCannotBeIsNamed) {
    const auto expect = [](core::Leg leg, const char* what, auto change) {
        core::Recollect command = recollect(leg);
        if (core::is_return(leg)) {
            command.leg.record =
                core::ReturnRecord{core::PaymentIndex{1}, kUetr, scheme::ReturnReason::kAc04};
        }
        expect_corruption({command, {}}, what,
                          [&](v1::Record& one) { change(*one.mutable_recollect()); });
    };
    using Leg = v1::Recollect;
    const auto origin = core::Leg::kOrigin;
    expect(origin, "names no participant",
           [](Leg& one) { one.set_participant(core::kMaxParticipants); });
    expect(origin, "names no service", [](Leg& one) { one.set_service(5); });
    expect(origin, "names no purpose", [](Leg& one) { one.set_purpose(8); });
    expect(origin, "names no currency", [](Leg& one) { one.set_currency(0); });
    expect(origin, "names no currency", [](Leg& one) { one.set_currency(3); });
    expect(origin, "names no leg", [](Leg& one) { one.set_leg(5); });
    expect(origin, "names no result", [](Leg& one) { one.set_result(127); });
    for (const std::uint32_t state : {0U, 1U, 2U, 3U, 6U}) {
        expect(origin, "has not ended", [=](Leg& one) { one.set_state(state); });
    }
    const char* const of_what = "says of what a payment is the return, or of a return not";
    expect(origin, of_what, [](Leg& one) { one.mutable_return_record()->set_reason(1); });
    const auto back = core::Leg::kReturnReceived;
    expect(back, of_what, [](Leg& one) { one.clear_return_record(); });
    expect(back, "names no reason of a return",
           [](Leg& one) { one.mutable_return_record()->set_reason(0); });
}

TEST(Record, AnInstructionThatCannotBeIsNamed) {
    const auto expect = [](const char* what, auto change) {
        expect_corruption({transfer(), body()}, what,
                          [&](v1::Record& one) { change(*one.mutable_credit_transfer()); });
    };
    using Transfer = v1::CreditTransfer;
    expect("names no service", [](Transfer& one) { one.set_service(0); });
    expect("names no service", [](Transfer& one) { one.set_service(5); });
    expect("names no currency", [](Transfer& one) { one.set_currency(0); });
    expect("names no currency", [](Transfer& one) { one.set_currency(3); });
    expect("names no purpose", [](Transfer& one) { one.set_purpose(0); });
    expect("names no purpose", [](Transfer& one) { one.set_purpose(8); });
    expect("names no kind of payer", [](Transfer& one) { one.set_payer_kind(0); });
    expect("names no kind of payer", [](Transfer& one) { one.set_payer_kind(4); });
    expect("names no document", [](Transfer& one) { one.set_document(4); });
    expect("names a proxy without its reference", [](Transfer& one) { one.set_proxy_kind(1); });
    expect("names a proxy without its reference", [](Transfer& one) { one.set_payee_proxy("x"); });
    expect("names no proxy", [](Transfer& one) { one.set_proxy_reference(1); });
}

TEST(Record, AProxyThatItsDirectoryCannotHoldIsNamed) {
    const auto change_to = [](std::uint32_t kind, const char* value) {
        return [=](v1::Record& one) {
            one.mutable_credit_transfer()->set_proxy_kind(kind);
            one.mutable_credit_transfer()->set_payee_proxy(value);
        };
    };
    const Case northbound{transfer_by_proxy(), proxy_body()};
    expect_corruption(northbound, "names no proxy", change_to(0, kMobile));
    expect_corruption(northbound, "names no proxy", change_to(4, kMobile));
    expect_corruption(northbound, "names no proxy", change_to(1, "13800138000"));
    expect_corruption(northbound, "names no proxy", change_to(2, "tai.man@example.hk"));
    core::CreditTransfer within = transfer_by_proxy();
    within.service = core::Service::kDomestic;
    const Case domestic{within, proxy_body()};
    expect_corruption(domestic, "names no proxy", change_to(3, "1234567"), Rail::kIbps);
    const auto decodes = [&](const Case& one, Rail rail) {
        v1::Record record;
        encode(stamp(1), rail, one.command, one.body, record);
        change_to(3, "1234567")(record);
        Entry entry;
        return decode(record, core::Sequence{1}, entry).ok();
    };
    EXPECT_TRUE(decodes(domestic, Rail::kFps)) << "the payer's own rail's directory is meant";
    EXPECT_FALSE(decodes(northbound, Rail::kFps));
    EXPECT_TRUE(decodes(northbound, Rail::kIbps)) << "southbound: the directory of fps";
    core::RegisterProxy registration;
    registration.registration.holder = core::PartyKind::kPerson;
    const Case registered{registration, registration_body()};
    expect_corruption(registered, "names no proxy",
                      [](v1::Record& one) { one.mutable_register_proxy()->set_payee_proxy(""); });
    expect_corruption(
        registered, "names no proxy",
        [](v1::Record& one) { one.mutable_register_proxy()->set_proxy_kind(3); }, Rail::kIbps);
    expect_corruption({core::SetProxyWarning{}, warning_body()}, "names no proxy",
                      [](v1::Record& one) { one.mutable_set_proxy_warning()->set_proxy_kind(0); });
}

TEST(Record, WhatCannotHaveBeenWrittenIsNamed) {
    const Case tick{core::Tick{}, {}};
    const auto expect = [](const Case& one, const char* what, auto change) {
        expect_corruption(one, what, change);
    };
    expect(tick, "holds no command", [](v1::Record& one) { one.clear_command(); });
    expect(tick, "names no cell", [](v1::Record& one) { one.set_cell(2); });
    expect({core::OpenCell{}, {}}, "names no rail",
           [](v1::Record& one) { one.mutable_open_cell()->set_rail(2); });
    const Case answer{core::CreditTransferAnswer{}, {}};
    expect(answer, "names no result", [](v1::Record& one) { one.mutable_answer()->set_result(4); });
    expect(answer, "names no result",
           [](v1::Record& one) { one.mutable_answer()->set_result(4'000'000'000); });
    expect({core::RejectMessage{}, {}}, "names no field", [](v1::Record& one) {
        one.mutable_reject_message()->set_field(scheme::kFieldLast + 1U);
    });
    expect({core::RegisterProxy{}, registration_body()}, "names no kind of holder",
           [](v1::Record& one) { one.mutable_register_proxy()->set_holder(0); });
    const Case link{delivery(core::LinkKind::kSettled, ResultCode::kAccepted), {}};
    expect(link, "names no kind of link message",
           [](v1::Record& one) { one.mutable_link_delivery()->set_kind(0); });
    expect(link, "names no kind of link message",
           [](v1::Record& one) { one.mutable_link_delivery()->set_kind(13); });
    expect(link, "names no result",
           [](v1::Record& one) { one.mutable_link_delivery()->set_result(4); });
    expect(link, "names no service",
           [](v1::Record& one) { one.mutable_link_delivery()->set_service(5); });
    expect({delivery(core::LinkKind::kTransfer, ResultCode::kAccepted), {}}, "names no service",
           [](v1::Record& one) { one.mutable_link_delivery()->set_service(0); });
}

TEST(Record, AReturnHasAReason) {
    constexpr const char* kWhat = "names no reason of a return";
    const Case sent{core::PaymentReturn{}, {}};
    expect_corruption(sent, kWhat, [](v1::Record& one) {
        one.mutable_payment_return()->set_reason(scheme::kReturnReasons.size() + 1);
    });
    expect_corruption(sent, kWhat,
                      [](v1::Record& one) { one.mutable_payment_return()->set_reason(0); });
    const auto change_to = [](std::uint32_t reason) {
        return [=](v1::Record& one) { one.mutable_link_delivery()->set_return_reason(reason); };
    };
    const Case crossed{delivery(core::LinkKind::kReturn, ResultCode::kAccepted), {}};
    expect_corruption(crossed, kWhat, change_to(0));
    expect_corruption(crossed, kWhat, change_to(scheme::kReturnReasons.size() + 1));
    expect_corruption(crossed, "names no service",
                      [](v1::Record& one) { one.mutable_link_delivery()->set_service(0); });
    expect_corruption({delivery(core::LinkKind::kTransfer, ResultCode::kAccepted), {}}, kWhat,
                      change_to(scheme::kReturnReasons.size() + 1));
}

TEST(Record, AnEnquiryHasASideAndItsArchivedAnswerIsFinal) {
    const Case asked{core::StatusRequest{{}, 1, kUetr, core::Side::kPayee, archived_answers()[1]},
                     {}};
    for (const std::uint32_t side : {0U, 3U}) {
        expect_corruption(asked, "names no side",
                          [&](v1::Record& one) { one.mutable_status_request()->set_side(side); });
    }
    for (const auto state : {core::PaymentState::kNone, core::PaymentState::kAsked}) {
        expect_corruption(asked, "archives what is not final", [&](v1::Record& one) {
            one.mutable_status_request()->mutable_archived()->set_state(
                static_cast<std::uint32_t>(state));
        });
    }
    expect_corruption(asked, "archives what is not final", [](v1::Record& one) {
        one.mutable_status_request()->mutable_archived()->set_state(6);
    });
    expect_corruption(asked, "names no result", [](v1::Record& one) {
        one.mutable_status_request()->mutable_archived()->set_result(4);
    });
}

TEST(Record, ALinkMessageWithoutAPaymentHasNoService) {
    core::LinkDelivery command = delivery(core::LinkKind::kLoggedOff, ResultCode::kAccepted);
    command.message.service = core::Service{};
    command.message.return_reason = scheme::ReturnReason{};
    v1::Record record;
    encode(stamp(1), Rail::kFps, command, {}, record);
    Entry entry;
    ASSERT_TRUE(decode_bytes(record.SerializeAsString(), entry).ok());
    EXPECT_TRUE(equal(entry.command, command));
}

TEST(Record, SettingsArePlacesByRange) {
    const auto change = [](auto setting) {
        return
            [=](v1::Record& one) { setting(*one.mutable_set_parameters()->mutable_settings(2)); };
    };
    using Setting = v1::ParameterSetting;
    const Case set{set_parameters(), {}};
    expect_corruption(set, "names no parameter",
                      change([](Setting& one) { one.set_parameter(0); }));
    expect_corruption(set, "names no parameter",
                      change([](Setting& one) { one.set_parameter(256); }));
    expect_corruption(set, "names no corridor",
                      change([](Setting& one) { one.set_corridor(core::kCorridors); }));
    expect_corruption(set, "sets more parameters", [](v1::Record& one) {
        while (one.set_parameters().settings_size() <= static_cast<int>(core::kMaxSettings))
            *one.mutable_set_parameters()->add_settings() = one.set_parameters().settings(0);
    });
    core::SetParameters most;
    most.settings.assign(core::kMaxSettings, set_parameters().settings.front());
    v1::Record record;
    encode(stamp(1), Rail::kFps, most, {}, record);
    Entry entry;
    ASSERT_TRUE(decode_bytes(record.SerializeAsString(), entry).ok());
    EXPECT_TRUE(equal(entry.command, most));
}

TEST(RecordDeathTest, WhatDecodeWouldRefuseIsNeverWritten) {
    v1::Record record;
    EXPECT_DEATH(encode({}, Rail::kFps, core::SessionDown{core::kNoParticipant}, {}, record),
                 "names a participant");
    core::SetParameters many;
    many.settings.resize(core::kMaxSettings + 1);
    EXPECT_DEATH(encode({}, Rail::kFps, many, {}, record), "sets so many");
    core::StatusRequest pending{ParticipantIndex{0}, 1, kUetr, core::Side::kPayer, {}};
    pending.archived = core::ArchivedAnswer{{}, core::PaymentState::kAsked, ResultCode::kAccepted};
    EXPECT_DEATH(encode({}, Rail::kFps, pending, {}, record), "only what is final");
}

// Batches.

TEST(Batch, GivesItsRecordsBackInOrder) {
    BatchBuilder builder;
    EXPECT_TRUE(builder.empty());
    const std::vector<Case> cases = all_cases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        builder.add(stamp(40 + i), i % 2 == 0 ? Rail::kFps : Rail::kIbps, cases[i].command,
                    cases[i].body);
    }
    EXPECT_EQ(builder.count(), cases.size());
    EXPECT_EQ(builder.first(), core::Sequence{40});
    EXPECT_EQ(builder.last(), core::Sequence{40 + cases.size() - 1});
    log::BatchBuffer buffer;
    const std::size_t bytes = builder.bytes();
    builder.take(buffer);
    EXPECT_TRUE(builder.empty());
    EXPECT_EQ(builder.bytes(), 0U);
    EXPECT_EQ(buffer.payload_bytes(), bytes);

    RecordReader reader;
    ASSERT_TRUE(reader.open(buffer.payload(), core::Sequence{40}).ok());
    Entry entry;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto more = reader.next(entry);
        ASSERT_TRUE(more.ok() && *more);
        EXPECT_EQ(entry.stamp.sequence, core::Sequence{40 + i});
        EXPECT_EQ(entry.rail, i % 2 == 0 ? Rail::kFps : Rail::kIbps);
        EXPECT_TRUE(equal(entry.command, cases[i].command)) << i;
        EXPECT_TRUE(equal(entry.body, cases[i].body)) << i;
    }
    const auto end = reader.next(entry);
    ASSERT_TRUE(end.ok());
    EXPECT_FALSE(*end);
}

TEST(Batch, PayloadIsTheSerialisedMessage) {
    BatchBuilder builder;
    builder.add(stamp(1), Rail::kFps, transfer(), body());
    builder.add(stamp(2), Rail::kIbps, core::Tick{}, Body{});
    log::BatchBuffer buffer;
    builder.take(buffer);
    v1::Batch batch;
    encode(stamp(1), Rail::kFps, transfer(), body(), *batch.add_records());
    encode(stamp(2), Rail::kIbps, core::Tick{}, Body{}, *batch.add_records());
    const std::string expected = batch.SerializeAsString();
    const std::string written(reinterpret_cast<const char*>(buffer.payload().data()),
                              buffer.payload().size());
    EXPECT_EQ(written, expected);
}

TEST(Batch, MemoryIsUsedAgain) {
    BatchBuilder builder;
    log::BatchBuffer buffer;
    for (std::uint64_t round = 1; round <= 3; ++round) {
        builder.add(stamp(round), Rail::kFps, core::LinkState{true}, Body{});
        builder.take(buffer);
        RecordReader reader;
        ASSERT_TRUE(reader.open(buffer.payload(), core::Sequence{round}).ok());
        Entry entry;
        ASSERT_TRUE(*reader.next(entry)) << "only this round's record";
        EXPECT_EQ(entry.stamp.sequence, core::Sequence{round});
        EXPECT_FALSE(*reader.next(entry));
    }
}

TEST(Batch, WhatIsNoBatchIsNamed) {
    const std::string garbage = "\xff\xff\xff no batch of records";
    RecordReader reader;
    const auto opened = reader.open(std::as_bytes(std::span(garbage)), core::Sequence{1'234});
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind, Error::Kind::kCorrupt);
    EXPECT_THAT(opened.error().what, HasSubstr("1234"));
}

TEST(Batch, ACorruptRecordIsNamedByItsOwnSequence) {
    v1::Batch batch;
    for (int i = 0; i < 3; ++i) {
        encode(stamp(1), Rail::kFps, core::SessionDown{}, Body{}, *batch.add_records());
    }
    batch.mutable_records(1)->clear_command();
    const std::string bytes = batch.SerializeAsString();
    RecordReader reader;
    ASSERT_TRUE(reader.open(std::as_bytes(std::span(bytes)), core::Sequence{500}).ok());
    Entry entry;
    ASSERT_TRUE(*reader.next(entry));
    const auto second = reader.next(entry);
    ASSERT_FALSE(second.ok());
    EXPECT_THAT(second.error().what, HasSubstr("sequence 501"));
    EXPECT_FALSE(reader.next(entry).ok()) << "and there is no way around it";
}

TEST(BatchDeathTest, SequenceNumbersAreConsecutive) {
    BatchBuilder builder;
    builder.add(stamp(5), Rail::kFps, core::Tick{}, Body{});
    EXPECT_DEATH(builder.add(stamp(7), Rail::kFps, core::Tick{}, Body{}), "consecutive");
}

}  // namespace
}  // namespace lowu::journal
