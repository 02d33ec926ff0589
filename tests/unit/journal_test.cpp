// Commands to records and back: every kind comes back equal, hashes are made anew from the body,
// and a record that encode cannot have written is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "common/base/hash.hpp"
#include "lowu/journal/v1/journal.pb.h"
#include "switch/core/limits.hpp"
#include "switch/journal/batch.hpp"

namespace lowu::journal {
namespace {

using core::AmountMinor;
using core::ParticipantIndex;
using core::Rail;
using core::ResultCode;
using core::Uetr;
using scheme::Field;
using testing::HasSubstr;

// UETRs of every bit pattern: the halves must not be mixed up.
const Uetr kUetr{0x1111'2222'3333'4444, 0x8fff'0000'ffff'0001};

Body body() {
    Body body;
    body.payer_account = "012-875-10001";
    body.payee_account = "6222000000000001";
    body.carried = std::string("\x0a\x00\xff\x80 bytes", 10);
    body.creation_time = SchemeTime{1'750'554'000'123};
    return body;
}

core::Parameters odd_parameters() {
    core::Parameters parameters;
    parameters.payee_deadline = Duration::from_us(1'234'567);
    parameters.origin_deadline = Duration::from_us(9'876'543);
    parameters.link_allowance = Duration::from_us(11);
    parameters.queue_allowance = Duration::from_us(22);
    parameters.creation_window = Duration::from_ms(33);
    parameters.creation_skew = Duration::from_ms(44);
    parameters.payments_max = 55;
    return parameters;
}

core::CreditTransfer transfer() {
    core::CreditTransfer command;
    command.participant = ParticipantIndex{3};
    command.number = 1'000'000'007;
    command.uetr = kUetr;
    command.service = core::Service::kP2pRemittance;
    command.payee_agent = *scheme::parse_agent_code("102100099996");
    command.amount = AmountMinor{99'999'999'999'999'999};
    command.creation_time = body().creation_time;
    hash_body(body(), command);
    return command;
}

core::LinkDelivery delivery(core::LinkKind kind, ResultCode result) {
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
    return command;
}

/// Every kind of command, and every value of the enums that a record holds.
std::vector<core::Command> all_commands() {
    const ParticipantIndex last{core::kMaxParticipants - 1};
    std::vector<core::Command> commands{
        core::OpenCell{Rail::kFps, core::Parameters{}, SchemeTime{1}},
        core::OpenCell{Rail::kIbps, odd_parameters(), SchemeTime{1'750'554'000'000}},
        core::AdmitParticipant{
            *scheme::parse_agent_code("X01"), {2}, AmountMinor{1}, AmountMinor{2}, AmountMinor{3}},
        core::OpenLink{*scheme::parse_agent_code("X90"), AmountMinor{4}, AmountMinor{5}},
        core::SessionUp{last, ~std::uint64_t{0}},
        core::SessionDown{ParticipantIndex{0}},
        core::LinkState{true},
        core::LinkState{false},
        transfer(),
        core::CreditReport{last, 9, kUetr},
        core::OutboxAcknowledged{last, 12},
        core::LinkAcknowledged{13},
        core::Tick{}};
    for (const core::ResultRow& row : core::result_table()) {
        commands.push_back(core::CreditTransferAnswer{last, 8, kUetr, row.result});
        commands.push_back(delivery(core::LinkKind::kRefused, row.result));
    }
    for (std::uint8_t kind = 1; kind <= 6; ++kind) {
        commands.push_back(delivery(static_cast<core::LinkKind>(kind), ResultCode::kAccepted));
    }
    for (std::uint8_t field = 0; field <= scheme::kFieldLast; ++field) {
        commands.push_back(core::RejectMessage{last, 10, static_cast<Field>(field), kUetr});
    }
    return commands;
}

// The fields of each kind, so that two commands can be compared without the record's help.
auto fields(const core::Parameters& one) {
    return std::tuple(one.payee_deadline, one.origin_deadline, one.link_allowance,
                      one.queue_allowance, one.creation_window, one.creation_skew,
                      one.payments_max);
}
auto fields(const core::OpenCell& one) {
    return std::tuple_cat(std::tuple(one.rail, one.scheme_start), fields(one.parameters));
}
auto fields(const core::AdmitParticipant& one) {
    return std::tuple(one.code, one.participation, one.opening_cny, one.opening_hkd,
                      one.net_debit_cap);
}
auto fields(const core::OpenLink& one) {
    return std::tuple(one.agent, one.opening_cny, one.net_debit_cap);
}
auto fields(const core::SessionUp& one) {
    return std::tuple(one.participant, one.incarnation);
}
auto fields(const core::SessionDown& one) {
    return std::tuple(one.participant);
}
auto fields(const core::LinkState& one) {
    return std::tuple(one.up);
}
auto fields(const core::CreditTransfer& one) {
    return std::tuple(one.participant, one.number, one.uetr, one.service, one.payee_agent,
                      one.amount, one.creation_time, one.payer_account_hash, one.payee_account_hash,
                      one.carried_hash);
}
auto fields(const core::CreditTransferAnswer& one) {
    return std::tuple(one.participant, one.number, one.uetr, one.result);
}
auto fields(const core::CreditReport& one) {
    return std::tuple(one.participant, one.number, one.uetr);
}
auto fields(const core::RejectMessage& one) {
    return std::tuple(one.participant, one.number, one.field, one.uetr);
}
auto fields(const core::OutboxAcknowledged& one) {
    return std::tuple(one.participant, one.number);
}
auto fields(const core::LinkDelivery& one) {
    const core::LinkMessage& message = one.message;
    return std::tuple(one.number, message.kind, message.uetr, message.service, message.payer_agent,
                      message.payee_agent, message.amount, message.acceptance_time, message.result,
                      message.body_sequence);
}
auto fields(const core::LinkAcknowledged& one) {
    return std::tuple(one.number);
}
auto fields(const core::Tick& /*one*/) {
    return std::tuple();
}

bool equal(const core::Command& left, const core::Command& right) {
    if (left.index() != right.index()) return false;
    return std::visit(
        [&](const auto& one) {
            return fields(one) == fields(std::get<std::decay_t<decltype(one)>>(right));
        },
        left);
}

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
    for (const core::Command& command : all_commands()) {
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            v1::Record record;
            encode(stamp(77), rail, command, has_body(command) ? body() : Body{}, record);
            Entry entry;
            ASSERT_TRUE(decode_bytes(record.SerializeAsString(), entry).ok());
            EXPECT_TRUE(equal(entry.command, command)) << describe(rail, command);
            EXPECT_EQ(entry.rail, rail);
            EXPECT_EQ(entry.stamp.sequence, stamp(77).sequence);
            EXPECT_EQ(entry.stamp.scheme, stamp(77).scheme);
            EXPECT_EQ(entry.stamp.elapsed, stamp(77).elapsed);
        }
    }
}

TEST(Record, EveryKindIsAmongThem) {
    std::vector<bool> seen(std::variant_size_v<core::Command>);
    for (const core::Command& command : all_commands())
        seen[command.index()] = true;
    EXPECT_THAT(seen, testing::Each(true)) << "a new kind of command needs its row here";
}

TEST(Record, BodyIsCarriedWhole) {
    v1::Record record;
    encode(stamp(1), Rail::kFps, transfer(), body(), record);
    Entry entry;
    ASSERT_TRUE(decode_bytes(record.SerializeAsString(), entry).ok());
    EXPECT_EQ(entry.body.payer_account, body().payer_account);
    EXPECT_EQ(entry.body.payee_account, body().payee_account);
    EXPECT_EQ(entry.body.carried, body().carried);
    EXPECT_EQ(entry.body.creation_time, body().creation_time);
    Body rule;
    rule.carried = "must be a version 4 UUID";
    encode(stamp(1), Rail::kFps, core::RejectMessage{{}, 1, Field::kUetr, {}}, rule, record);
    ASSERT_TRUE(decode_bytes(record.SerializeAsString(), entry).ok());
    EXPECT_EQ(entry.body.carried, rule.carried);
    EXPECT_EQ(entry.body.payer_account, "") << "of the record before";
}

TEST(Record, OnlyInstructionsAndRejectionsHaveABody) {
    Entry entry;
    for (const core::Command& command : all_commands()) {
        const bool expected = std::holds_alternative<core::CreditTransfer>(command) ||
                              std::holds_alternative<core::RejectMessage>(command);
        EXPECT_EQ(has_body(command), expected);
        entry.body = body();
        v1::Record record;
        encode(stamp(1), Rail::kFps, command, expected ? body() : Body{}, record);
        ASSERT_TRUE(decode(record, core::Sequence{1}, entry).ok());
        if (expected) continue;
        EXPECT_EQ(entry.body.payer_account + entry.body.payee_account + entry.body.carried, "")
            << "the body of an earlier record must not stay: " << describe(Rail::kFps, command);
    }
}

TEST(Record, HashesAreMadeAnewFromTheBody) {
    core::CreditTransfer lying = transfer();
    lying.payer_account_hash = 1;
    lying.payee_account_hash = 2;
    lying.carried_hash = 3;
    v1::Record record;
    encode(stamp(1), Rail::kFps, lying, body(), record);
    Entry entry;
    ASSERT_TRUE(decode_bytes(record.SerializeAsString(), entry).ok());
    const auto& command = std::get<core::CreditTransfer>(entry.command);
    EXPECT_EQ(command.payer_account_hash, hash64(std::string_view(body().payer_account)));
    EXPECT_EQ(command.payee_account_hash, hash64(std::string_view(body().payee_account)));
    EXPECT_EQ(command.carried_hash, hash64(std::string_view(body().carried)));
    Body other = body();
    other.carried += "!";
    core::CreditTransfer changed = transfer();
    hash_body(other, changed);
    EXPECT_NE(changed.carried_hash, command.carried_hash);
    EXPECT_EQ(changed.payer_account_hash, command.payer_account_hash);
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
std::string corruption(const core::Command& command, Change change) {
    v1::Record record;
    encode(stamp(77), Rail::kFps, command, body(), record);
    change(record);
    Entry entry;
    const auto decoded = decode_bytes(record.SerializeAsString(), entry);
    EXPECT_FALSE(decoded.ok());
    if (decoded.ok()) return "";
    EXPECT_EQ(decoded.error().kind, Error::Kind::kCorrupt);
    return decoded.error().what;
}

TEST(Record, WhatCannotHaveBeenWrittenIsNamed) {
    const auto expect = [](const core::Command& command, const char* what, auto change) {
        const std::string said = corruption(command, change);
        EXPECT_THAT(said, HasSubstr(what));
        EXPECT_THAT(said, HasSubstr("sequence 77"));
    };
    constexpr std::uint32_t kNobody = core::kMaxParticipants;
    expect(core::Tick{}, "holds no command", [](v1::Record& one) { one.clear_command(); });
    expect(core::Tick{}, "names no cell", [](v1::Record& one) { one.set_cell(2); });
    expect(core::SessionUp{}, "names no participant",
           [](v1::Record& one) { one.mutable_session_up()->set_participant(kNobody); });
    expect(core::SessionDown{}, "names no participant",
           [](v1::Record& one) { one.mutable_session_down()->set_participant(kNobody); });
    expect(transfer(), "names no participant",
           [](v1::Record& one) { one.mutable_credit_transfer()->set_participant(kNobody); });
    expect(transfer(), "names no service",
           [](v1::Record& one) { one.mutable_credit_transfer()->set_service(0); });
    expect(core::CreditTransferAnswer{}, "names no participant",
           [](v1::Record& one) { one.mutable_answer()->set_participant(kNobody); });
    expect(core::CreditTransferAnswer{}, "names no result",
           [](v1::Record& one) { one.mutable_answer()->set_result(29); });
    expect(core::CreditTransferAnswer{}, "names no result",
           [](v1::Record& one) { one.mutable_answer()->set_result(4'000'000'000); });
    expect(core::CreditReport{}, "names no participant",
           [](v1::Record& one) { one.mutable_credit_report()->set_participant(kNobody); });
    expect(core::RejectMessage{}, "names no participant",
           [](v1::Record& one) { one.mutable_reject_message()->set_participant(kNobody); });
    expect(core::RejectMessage{}, "names no field", [](v1::Record& one) {
        one.mutable_reject_message()->set_field(scheme::kFieldLast + 1U);
    });
    expect(core::OutboxAcknowledged{}, "names no participant",
           [](v1::Record& one) { one.mutable_outbox_acknowledged()->set_participant(kNobody); });
    const auto link = delivery(core::LinkKind::kSettled, ResultCode::kAccepted);
    expect(link, "names no kind of link message",
           [](v1::Record& one) { one.mutable_link_delivery()->set_kind(0); });
    expect(link, "names no kind of link message",
           [](v1::Record& one) { one.mutable_link_delivery()->set_kind(7); });
    expect(link, "names no result",
           [](v1::Record& one) { one.mutable_link_delivery()->set_result(91); });
}

// Batches.

TEST(Batch, GivesItsRecordsBackInOrder) {
    BatchBuilder builder;
    EXPECT_TRUE(builder.empty());
    const std::vector<core::Command> commands = all_commands();
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const auto& command = commands[i];
        builder.add(stamp(40 + i), i % 2 == 0 ? Rail::kFps : Rail::kIbps, command,
                    has_body(command) ? body() : Body{});
    }
    EXPECT_EQ(builder.count(), commands.size());
    EXPECT_EQ(builder.first(), core::Sequence{40});
    EXPECT_EQ(builder.last(), core::Sequence{40 + commands.size() - 1});
    log::BatchBuffer buffer;
    const std::size_t bytes = builder.bytes();
    builder.take(buffer);
    EXPECT_TRUE(builder.empty());
    EXPECT_EQ(builder.bytes(), 0U);
    EXPECT_EQ(buffer.payload_bytes(), bytes);

    RecordReader reader;
    ASSERT_TRUE(reader.open(buffer.payload(), core::Sequence{40}).ok());
    Entry entry;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const auto more = reader.next(entry);
        ASSERT_TRUE(more.ok() && *more);
        EXPECT_EQ(entry.stamp.sequence, core::Sequence{40 + i});
        EXPECT_EQ(entry.rail, i % 2 == 0 ? Rail::kFps : Rail::kIbps);
        EXPECT_TRUE(equal(entry.command, commands[i])) << i;
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
