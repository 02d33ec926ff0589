// See small_traffic.hpp.
#include "tests/fuzz/small_traffic.hpp"

#include <string>
#include <vector>

#include "common/scheme/proxy.hpp"

namespace lowu::fuzz {
namespace {

using core::Rail;

core::Uetr uetr(std::uint64_t number) {
    return scheme::uetr_from_random(1, number);
}

/// One bank's session.
struct Line {
    engine::SessionId session;
    std::uint64_t said = 0;
};

void say(SmallSwitch& live, Line& line, std::vector<engine::Input> inputs) {
    engine::InboundFrame frame;
    frame.first_number = line.said + 1;
    frame.credit = 1'000;
    line.said += inputs.size();
    frame.inputs = std::move(inputs);
    live.take(line.session, frame);
}

Line connect(SmallSwitch& live, std::uint64_t session, Rail rail, std::uint32_t bank) {
    engine::InboundFrame frame;
    frame.hello = engine::Hello{bank_agent(rail, bank), 1, std::nullopt, std::nullopt};
    const Line line{engine::SessionId{session}};
    live.take(line.session, frame);
    return line;
}

engine::Input transfer(std::uint64_t number, Rail origin, std::int64_t amount) {
    engine::Input input;
    input.body.payer_account = "payer";
    input.body.payee_account = "payee";
    input.body.creation_time = scheme::kDefaultSchemeStart;
    input.body.purpose = core::Purpose::kPersonal;
    input.body.payer_kind = core::PartyKind::kPerson;
    core::CreditTransfer command;
    command.uetr = uetr(number);
    command.service = core::Service::kP2pRemittance;
    command.payee_agent = bank_agent(scheme::other(origin), 0);
    command.amount = core::AmountMinor{amount};
    command.creation_time = input.body.creation_time;
    command.payer.document = scheme::document_of(origin);
    command.payer.token_version = 1;
    command.payer.tokens.current = {7, number};
    journal::hash_body(input.body, command);
    input.command = command;
    return input;
}

engine::Input answer(std::uint64_t number) {
    core::CreditTransferAnswer command;
    command.uetr = uetr(number);
    return {command, {}};
}

engine::Input report(std::uint64_t number) {
    core::CreditReport command;
    command.uetr = uetr(number);
    return {command, {}};
}

engine::Input send_back(std::uint64_t number, std::uint64_t original) {
    core::PaymentReturn command;
    command.uetr = uetr(number);
    command.original = uetr(original);
    command.amount = core::AmountMinor{10};
    command.reason = scheme::ReturnReason::kAm09;
    return {command, {}};
}

engine::Input enquiry(std::uint64_t number) {
    core::StatusRequest command;
    command.uetr = uetr(number);
    command.side = core::Side::kPayer;
    return {command, {}};
}

void some_changes(SmallSwitch& live) {
    live.change(
        Rail::kFps,
        core::SetParameters{{{{core::ParameterId::kEnquiryAfter, {}, core::kNoParticipant}, 1'000}},
                            scheme::kDefaultSchemeStart + Duration::from_hours(24)});
    live.change(Rail::kIbps, core::SetPriorUse{{{7, 1}, {}}, 2025, core::AmountMinor{100}});
}

}  // namespace

void some_traffic(SmallSwitch& live) {
    Line hong_kong = connect(live, 1, Rail::kFps, 0);
    Line mainland = connect(live, 2, Rail::kIbps, 0);
    some_changes(live);
    say(live, hong_kong, {transfer(1, Rail::kFps, 100), transfer(2, Rail::kFps, 200)});
    say(live, mainland, {answer(1), report(1), transfer(3, Rail::kIbps, 300)});
    say(live, hong_kong, {answer(3), transfer(4, Rail::kFps, 99'999'999)});
    live.pass(Duration::from_seconds(6));
    say(live, mainland, {send_back(5, 1)});
    say(live, hong_kong, {enquiry(1), transfer(6, Rail::kFps, 50)});
}

}  // namespace lowu::fuzz
