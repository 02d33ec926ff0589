// The contract stays what it was: the descriptor set that is built is compared with the committed
// one, the switch's own view with the public one, and what is logged with what is public. Reads two
// files of the tree and the build; one thread.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/money/currency.hpp"
#include "common/scheme/field_fault.hpp"
#include "common/scheme/party.hpp"
#include "common/scheme/proxy.hpp"
#include "common/scheme/purpose.hpp"
#include "common/scheme/service.hpp"
#include "lowu/v1/operations.pb.h"
#include "lowu/v1/participant.pb.h"
#include "lowu/v1/payment.pb.h"
#include "lowu/v1/types.pb.h"
#include "switch/core/ledger.hpp"
#include "switch/core/system_event.hpp"
#include "switch/follower/timeline.hpp"

namespace lowu {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::MethodDescriptorProto;
using google::protobuf::ServiceDescriptorProto;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kCommitted = LOWU_SOURCE_DIR "/proto/lowu_v1.binpb";
constexpr const char* kBuilt = LOWU_DESCRIPTOR_SET;
const std::string kHowToUpdate = std::string("\nWhen the change is meant:\n  cp ") + kBuilt + " " +
                                 kCommitted + "\nand commit it with the .proto files.";

FileDescriptorSet read(const char* path) {
    std::ifstream file(path, std::ios::binary);
    FileDescriptorSet set;
    EXPECT_TRUE(file.good() && set.ParseFromIstream(&file)) << path << kHowToUpdate;
    return set;
}

/// Without what others wrote: google/protobuf/any.proto comes from the compiler.
FileDescriptorSet own_files(const FileDescriptorSet& set) {
    FileDescriptorSet own;
    for (const auto& file : set.file()) {
        if (file.package().starts_with("lowu.")) *own.add_file() = file;
    }
    return own;
}

/// Everything of our packages in a set, by full name; points into the set.
struct Contract {
    std::map<std::string, const DescriptorProto*> messages;
    std::map<std::string, const EnumDescriptorProto*> enums;
    std::map<std::string, const ServiceDescriptorProto*> services;
};

void add(const std::string& name, const DescriptorProto& message, Contract& contract) {
    contract.messages[name] = &message;
    for (const auto& one : message.nested_type())
        add(name + "." + one.name(), one, contract);
    for (const auto& one : message.enum_type())
        contract.enums[name + "." + one.name()] = &one;
}

Contract index(const FileDescriptorSet& set) {
    Contract contract;
    for (const auto& file : set.file()) {
        if (!file.package().starts_with("lowu.")) continue;
        for (const auto& one : file.message_type())
            add(file.package() + "." + one.name(), one, contract);
        for (const auto& one : file.enum_type())
            contract.enums[file.package() + "." + one.name()] = &one;
        for (const auto& one : file.service())
            contract.services[file.package() + "." + one.name()] = &one;
    }
    return contract;
}

const FieldDescriptorProto* find_field(const DescriptorProto& message, std::int32_t number) {
    for (const auto& field : message.field()) {
        if (field.number() == number) return &field;
    }
    return nullptr;
}

std::string oneof_of(const DescriptorProto& message, const FieldDescriptorProto& field) {
    return field.has_oneof_index() ? message.oneof_decl(field.oneof_index()).name() : "";
}

// What an older program would trip over.

using Breaks = std::vector<std::string>;

void compare(const std::string& name, const DescriptorProto& before, const DescriptorProto& after,
             Breaks& breaks) {
    for (const auto& field : before.field()) {
        const std::string which =
            name + "." + field.name() + " = " + std::to_string(field.number());
        const FieldDescriptorProto* now = find_field(after, field.number());
        if (now == nullptr) {
            breaks.push_back(which + " is gone or has another number");
            continue;
        }
        if (now->name() != field.name()) breaks.push_back(which + " is now called " + now->name());
        if (now->type() != field.type() || now->type_name() != field.type_name() ||
            now->label() != field.label() || now->proto3_optional() != field.proto3_optional() ||
            oneof_of(after, *now) != oneof_of(before, field)) {
            breaks.push_back(which + " has another type");
        }
    }
}

void compare(const std::string& name, const EnumDescriptorProto& before,
             const EnumDescriptorProto& after, Breaks& breaks) {
    for (const auto& value : before.value()) {
        bool kept = false;
        for (const auto& now : after.value())
            kept = kept || (now.name() == value.name() && now.number() == value.number());
        if (kept) continue;
        breaks.push_back(name + "." + value.name() + " is gone or has another number");
    }
}

void compare(const std::string& name, const ServiceDescriptorProto& before,
             const ServiceDescriptorProto& after, Breaks& breaks) {
    for (const auto& method : before.method()) {
        const MethodDescriptorProto* now = nullptr;
        for (const auto& one : after.method()) {
            if (one.name() == method.name()) now = &one;
        }
        const std::string which = "rpc " + name + "/" + method.name();
        if (now == nullptr) {
            breaks.push_back(which + " is gone");
        } else if (now->input_type() != method.input_type() ||
                   now->output_type() != method.output_type() ||
                   now->client_streaming() != method.client_streaming() ||
                   now->server_streaming() != method.server_streaming()) {
            breaks.push_back(which + " takes or gives something else");
        }
    }
}

template <class Element>
void compare_all(const std::map<std::string, const Element*>& before,
                 const std::map<std::string, const Element*>& after, Breaks& breaks) {
    for (const auto& [name, element] : before) {
        const auto now = after.find(name);
        if (now == after.end()) {
            breaks.push_back(name + " is gone");
        } else {
            compare(name, *element, *now->second, breaks);
        }
    }
}

Breaks breaks_between(const FileDescriptorSet& before, const FileDescriptorSet& after) {
    const Contract old_contract = index(before);
    const Contract new_contract = index(after);
    Breaks breaks;
    compare_all(old_contract.messages, new_contract.messages, breaks);
    compare_all(old_contract.enums, new_contract.enums, breaks);
    compare_all(old_contract.services, new_contract.services, breaks);
    return breaks;
}

TEST(Contract, NothingThatWasPromisedIsTakenAway) {
    const Breaks breaks = breaks_between(read(kCommitted), read(kBuilt));
    std::string text;
    for (const std::string& one : breaks)
        text += "\n  " + one;
    EXPECT_TRUE(breaks.empty()) << "programs and logs that know the committed contract break:"
                                << text << kHowToUpdate;
}

TEST(Contract, TheCommittedSetIsFresh) {
    const FileDescriptorSet committed = own_files(read(kCommitted));
    const FileDescriptorSet built = own_files(read(kBuilt));
    google::protobuf::util::MessageDifferencer differencer;
    std::string difference;
    differencer.ReportDifferencesToString(&difference);
    EXPECT_TRUE(differencer.Compare(committed, built))
        << difference.substr(0, 2'000) << kHowToUpdate;
}

/// The comparison over a set that was changed.
class DoctoredContract : public testing::Test {
protected:
    Breaks breaks() { return breaks_between(sound_, changed_); }
    DescriptorProto& message(const std::string& package, const std::string& name) {
        for (auto& file : *changed_.mutable_file()) {
            if (file.package() != package) continue;
            for (auto& one : *file.mutable_message_type()) {
                if (one.name() == name) return one;
            }
        }
        ADD_FAILURE() << "no message " << name;
        return *changed_.mutable_file(0)->add_message_type();
    }
    FieldDescriptorProto& uetr() { return *message("lowu.v1", "CreditTransfer").mutable_field(0); }
    template <class Change>
    std::string after(Change change) {
        changed_ = sound_;
        change();
        const Breaks found = breaks();
        EXPECT_FALSE(found.empty());
        return found.empty() ? "" : found.front();
    }

    const FileDescriptorSet sound_ = read(kBuilt);
    FileDescriptorSet changed_ = sound_;
};

TEST_F(DoctoredContract, EveryBreakIsFound) {
    EXPECT_THAT(breaks(), testing::IsEmpty());
    EXPECT_EQ(after([&] { uetr().set_number(77); }),
              "lowu.v1.CreditTransfer.uetr = 1 is gone or has another number");
    EXPECT_EQ(after([&] { uetr().set_name("reference"); }),
              "lowu.v1.CreditTransfer.uetr = 1 is now called reference");
    EXPECT_EQ(after([&] { uetr().set_type(FieldDescriptorProto::TYPE_BYTES); }),
              "lowu.v1.CreditTransfer.uetr = 1 has another type");
    EXPECT_EQ(after([&] { uetr().set_label(FieldDescriptorProto::LABEL_REPEATED); }),
              "lowu.v1.CreditTransfer.uetr = 1 has another type");
    EXPECT_EQ(after([&] {
                  auto& field = *message("lowu.v1", "ParticipantMessage").mutable_field(0);
                  field.clear_oneof_index();
              }),
              "lowu.v1.ParticipantMessage.credit_transfer = 1 has another type");
    EXPECT_EQ(after([&] { message("lowu.v1", "Hello").set_name("Hullo"); }),
              "lowu.v1.Hello is gone");
    EXPECT_THAT(after([&] { message("lowu.journal.v1", "Tick").set_name("Tock"); }),
                HasSubstr("lowu.journal.v1.Tick is gone"));
    for (auto& file : *changed_.mutable_file()) {
        for (auto& one : *file.mutable_enum_type()) {
            if (one.name() != "PaymentStatus") continue;
            one.mutable_value(3)->set_number(9);
        }
        for (auto& one : *file.mutable_service()) {
            if (one.name() == "ParticipantService") {
                one.mutable_method(0)->set_client_streaming(false);
            }
            if (one.name() == "PaymentService") one.mutable_method()->RemoveLast();
        }
    }
    EXPECT_THAT(breaks(), testing::IsSupersetOf(
                              {HasSubstr("PAYMENT_STATUS_RJCT is gone or has another number"),
                               HasSubstr("rpc lowu.v1.ParticipantService/Session takes or gives"),
                               HasSubstr("rpc lowu.v1.PaymentService/")}));
}

TEST_F(DoctoredContract, WhatIsAddedBreaksNothing) {
    FieldDescriptorProto& field = *message("lowu.v1", "CreditTransfer").add_field();
    field.set_name("added_later");
    field.set_number(900);
    changed_.mutable_file(0)->add_message_type()->set_name("AnotherOne");
    EXPECT_THAT(breaks(), testing::IsEmpty());
}

// The switch's own view.

constexpr const char* kPublic = "lowu.v1.";
constexpr const char* kWire = "lowu.wire.v1.";

/// Why a field of the wire view does not read the public field's bytes; empty when it does.
std::string wire_disagreement(const FieldDescriptorProto& wire, const FieldDescriptorProto& open) {
    if (wire.name() != open.name()) return "is called " + open.name() + " in public";
    if (wire.label() != open.label()) return "repeats otherwise";
    using Type = FieldDescriptorProto;
    if (wire.type() == Type::TYPE_BYTES && open.type() == Type::TYPE_MESSAGE) return "";
    if (wire.type() == Type::TYPE_INT32 && open.type() == Type::TYPE_ENUM) return "";
    if (wire.type() != open.type()) return "has another type";
    if (wire.type_name() == open.type_name()) return "";
    const std::string own = std::string(".") + kWire;
    const bool mirrored =
        wire.type_name().starts_with(own) &&
        std::string(".") + kPublic + wire.type_name().substr(own.size()) == open.type_name();
    return mirrored ? "" : "holds another message";
}

Breaks wire_disagreements(const Contract& contract) {
    Breaks breaks;
    for (const auto& [name, wire] : contract.messages) {
        if (!name.starts_with(kWire)) continue;
        const auto open = contract.messages.find(kPublic + name.substr(std::string(kWire).size()));
        if (open == contract.messages.end()) {
            breaks.push_back(name + " mirrors nothing");
            continue;
        }
        for (const auto& field : wire->field()) {
            const FieldDescriptorProto* mirrored = find_field(*open->second, field.number());
            const std::string what =
                mirrored == nullptr ? "is not in public" : wire_disagreement(field, *mirrored);
            if (!what.empty()) breaks.push_back(name + "." + field.name() + " " + what);
            if (mirrored != nullptr &&
                oneof_of(*wire, field) != oneof_of(*open->second, *mirrored)) {
                breaks.push_back(name + "." + field.name() + " stands in another oneof");
            }
        }
        for (const auto& field : open->second->field()) {
            if (find_field(*wire, field.number()) != nullptr) continue;
            breaks.push_back(name + " lacks " + field.name());
        }
    }
    return breaks;
}

TEST(WireView, ReadsTheSameBytes) {
    const FileDescriptorSet set = read(kBuilt);
    const Contract contract = index(set);
    EXPECT_THAT(wire_disagreements(contract), testing::IsEmpty());
    // What is not mirrored is used as it is; these hold what the switch only carries.
    for (const char* name : {"ParticipantFrame", "SwitchFrame", "CreditTransfer"})
        EXPECT_TRUE(contract.messages.contains(std::string(kWire) + name));
}

TEST(WireView, OnlyCarriedDetailsStayBytes) {
    const FileDescriptorSet set = read(kBuilt);
    std::vector<std::string> bytes;
    for (const auto& [name, message] : index(set).messages) {
        if (!name.starts_with(kWire)) continue;
        for (const auto& field : message->field()) {
            if (field.type() == FieldDescriptorProto::TYPE_BYTES) {
                bytes.push_back(message->name() + "." + field.name());
            }
        }
    }
    EXPECT_THAT(bytes, ElementsAre("CreditTransfer.carried"));
}

TEST_F(DoctoredContract, AWireViewThatDriftsIsFound) {
    const auto drift = [&](auto change) {
        changed_ = sound_;
        change(message("lowu.wire.v1", "CreditTransfer"));
        const Breaks found = wire_disagreements(index(changed_));
        return found.empty() ? std::string() : found.front();
    };
    EXPECT_THAT(drift([](DescriptorProto& one) { one.mutable_field(0)->set_number(50); }),
                HasSubstr("uetr is not in public"));
    EXPECT_THAT(drift([](DescriptorProto& one) { one.mutable_field()->RemoveLast(); }),
                HasSubstr("lacks carried"));
    EXPECT_THAT(drift([](DescriptorProto& one) { one.mutable_field(0)->set_name("id"); }),
                HasSubstr("id is called uetr in public"));
    EXPECT_THAT(drift([](DescriptorProto& one) {
                    one.mutable_field(6)->set_type(FieldDescriptorProto::TYPE_SINT64);
                }),
                HasSubstr("amount_minor has another type"));
    EXPECT_THAT(drift([](DescriptorProto& one) { one.set_name("Remittance2"); }),
                HasSubstr("mirrors nothing"));
}

// What is logged, and what is unset.

TEST(Journal, NeverHoldsPublicMessages) {
    const FileDescriptorSet set = read(kBuilt);
    int files = 0;
    for (const auto& file : set.file()) {
        if (file.package() != "lowu.journal.v1") continue;
        ++files;
        for (const std::string& dependency : file.dependency())
            EXPECT_FALSE(dependency.starts_with("lowu/")) << file.name() << " imports it";
    }
    EXPECT_EQ(files, 1);
    for (const auto& [name, message] : index(set).messages) {
        if (!name.starts_with("lowu.journal.")) continue;
        for (const auto& field : message->field()) {
            if (field.type_name().empty()) continue;
            EXPECT_TRUE(field.type_name().starts_with(".lowu.journal.v1."))
                << name << "." << field.name();
        }
    }
}

TEST(Enums, ZeroIsUnspecified) {
    const FileDescriptorSet set = read(kBuilt);
    const Contract contract = index(set);
    EXPECT_FALSE(contract.enums.empty());
    for (const auto& [name, one] : contract.enums) {
        EXPECT_EQ(one->value(0).number(), 0) << name;
        EXPECT_THAT(one->value(0).name(), testing::EndsWith("_UNSPECIFIED")) << name;
    }
}

/// "p2p_remittance" as the contract spells it behind an enum's name.
std::string upper(std::string_view word) {
    std::string text(word);
    for (char& one : text)
        one = one >= 'a' && one <= 'z' ? static_cast<char>(one - 'a' + 'A') : one;
    return text;
}

template <class Value>
int number(Value value) {
    return static_cast<int>(value);
}

/// Numbers that our own enums share with the contract's, so that services may convert by number.
TEST(Enums, OwnNumbersAreTheContracts) {
    using core::AccountKind;
    EXPECT_EQ(number(AccountKind::kSettlement), v1::ACCOUNT_KIND_SETTLEMENT);
    EXPECT_EQ(number(AccountKind::kLinkAgent), v1::ACCOUNT_KIND_LINK_AGENT);
    EXPECT_EQ(number(AccountKind::kContra), v1::ACCOUNT_KIND_CONTRA);
    EXPECT_EQ(number(AccountKind::kLinkClaim), v1::ACCOUNT_KIND_LINK_CLAIM);
    EXPECT_EQ(number(AccountKind::kLinkClaimContra), v1::ACCOUNT_KIND_LINK_CLAIM_CONTRA);
    EXPECT_EQ(number(AccountKind::kLinkClaimContra), v1::AccountKind_MAX);
    using follower::TimelineKind;
    EXPECT_EQ(number(TimelineKind::kReceived), v1::TIMELINE_KIND_RECEIVED);
    EXPECT_EQ(number(TimelineKind::kCheck), v1::TIMELINE_KIND_CHECK);
    EXPECT_EQ(number(TimelineKind::kLedger), v1::TIMELINE_KIND_LEDGER);
    EXPECT_EQ(number(TimelineKind::kState), v1::TIMELINE_KIND_STATE);
    EXPECT_EQ(number(TimelineKind::kTimer), v1::TIMELINE_KIND_TIMER);
    EXPECT_EQ(number(TimelineKind::kSent), v1::TIMELINE_KIND_SENT);
    EXPECT_EQ(number(TimelineKind::kQuota), v1::TIMELINE_KIND_QUOTA);
    EXPECT_EQ(number(TimelineKind::kQuota), v1::TimelineKind_MAX);
    EXPECT_EQ(number(money::Currency::kCny), v1::CURRENCY_CNY);
    EXPECT_EQ(number(money::Currency::kHkd), v1::CURRENCY_HKD);
    EXPECT_EQ(number(money::Currency::kHkd), v1::Currency_MAX);
    using core::SystemEventKind;
    EXPECT_EQ(number(SystemEventKind::kParameter), v1::SYSTEM_EVENT_KIND_PARAMETER);
    EXPECT_EQ(number(SystemEventKind::kReferenceRate), v1::SYSTEM_EVENT_KIND_REFERENCE_RATE);
    EXPECT_EQ(number(SystemEventKind::kLoggedOff), v1::SYSTEM_EVENT_KIND_LOGGED_OFF);
    EXPECT_EQ(number(SystemEventKind::kLoggedOn), v1::SYSTEM_EVENT_KIND_LOGGED_ON);
    EXPECT_EQ(number(SystemEventKind::kTimeAdvanced), v1::SYSTEM_EVENT_KIND_TIME_ADVANCED);
    EXPECT_EQ(number(SystemEventKind::kMissed), v1::SYSTEM_EVENT_KIND_MISSED);
    EXPECT_EQ(number(SystemEventKind::kTokenKey), v1::SYSTEM_EVENT_KIND_TOKEN_KEY);
    EXPECT_EQ(number(SystemEventKind::kDegraded), v1::SYSTEM_EVENT_KIND_DEGRADED);
    EXPECT_EQ(number(SystemEventKind::kRestored), v1::SYSTEM_EVENT_KIND_RESTORED);
    EXPECT_EQ(number(SystemEventKind::kDefault), v1::SYSTEM_EVENT_KIND_DEFAULT);
    EXPECT_EQ(number(SystemEventKind::kDefault), v1::SystemEventKind_MAX);
    EXPECT_EQ(number(core::Side::kPayer), v1::SIDE_PAYER);
    EXPECT_EQ(number(core::Side::kPayee), v1::SIDE_PAYEE);
    EXPECT_EQ(number(core::Side::kPayee), v1::Side_MAX);
}

/// Where our words are the contract's, both spell them alike.
TEST(Enums, OwnWordsAreTheContracts) {
    using scheme::DocumentType, scheme::kDocumentTypes, scheme::kPartyKinds, scheme::kPurposes;
    using scheme::kServices, scheme::PartyKind, scheme::Purpose, scheme::Service, scheme::to_string;
    using scheme::proxy_kind_from_number;
    for (const Service one : kServices)
        EXPECT_EQ(v1::Service_Name(number(one)), "SERVICE_" + upper(to_string(one)));
    EXPECT_EQ(kServices.size(), v1::Service_MAX);
    for (const Purpose one : kPurposes)
        EXPECT_EQ(v1::Purpose_Name(number(one)), "PURPOSE_" + upper(to_string(one)));
    EXPECT_EQ(kPurposes.size(), v1::Purpose_MAX);
    for (const PartyKind one : kPartyKinds)
        EXPECT_EQ(v1::PartyKind_Name(number(one)), "PARTY_KIND_" + upper(to_string(one)));
    EXPECT_EQ(kPartyKinds.size(), v1::PartyKind_MAX);
    for (const DocumentType one : kDocumentTypes) {
        const std::string word = one == DocumentType::kNone ? "UNSPECIFIED" : upper(to_string(one));
        EXPECT_EQ(v1::DocumentType_Name(number(one)), "DOCUMENT_TYPE_" + word);
    }
    EXPECT_EQ(kDocumentTypes.size(), v1::DocumentType_MAX + 1U);
    for (int i = 1; i <= v1::ProxyKind_MAX; ++i) {
        const auto one = proxy_kind_from_number(i);
        ASSERT_TRUE(one) << i;
        EXPECT_EQ(v1::ProxyKind_Name(i), "PROXY_KIND_" + upper(to_string(*one)));
    }
    EXPECT_FALSE(proxy_kind_from_number(v1::ProxyKind_MAX + 1));
}

/// Refusals name fields in the contract's words, and every judged field has such a word.
TEST(Fields, EveryFieldOfAnInstructionCanBeNamed) {
    std::set<std::string> names;
    for (std::uint8_t i = 1; i <= scheme::kFieldLast; ++i)
        names.emplace(scheme::to_string(static_cast<scheme::Field>(i)));
    for (const auto* judged : {v1::CreditTransfer::descriptor(), v1::PaymentReturn::descriptor()}) {
        for (int i = 0; i < judged->field_count(); ++i)
            EXPECT_TRUE(names.contains(judged->field(i)->name())) << judged->field(i)->full_name();
    }
    for (const char* name : {"fx_rate_sheet", "availability"}) {
        EXPECT_TRUE(names.contains(name));
        EXPECT_NE(v1::ParticipantMessage::descriptor()->FindFieldByName(name), nullptr) << name;
    }
    EXPECT_TRUE(names.contains("quote_answers"));
    EXPECT_NE(v1::ParticipantFrame::descriptor()->FindFieldByName("quote_answers"), nullptr);
}

}  // namespace
}  // namespace lowu
