// An instruction as the switch takes it up: every field malformed in every way, in which order
// faults are found, and what becomes of a sound one.
#include <array>
#include <functional>
#include <string>
#include <vector>

#include "common/base/hash.hpp"
#include "common/money/amount.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/proxy.hpp"
#include "tests/unit/translate_fixture.hpp"

namespace lowu::session {
namespace {

using testing::HasSubstr;
using Transfer = v1::CreditTransfer;

TEST_F(TakeTest, AnInstructionBecomesACommandAndABody) {
    const engine::Input& input = take_one(sound_transfer());
    const auto& command = std::get<core::CreditTransfer>(input.command);
    EXPECT_EQ(scheme::format_uetr(command.uetr), kUetr);
    EXPECT_EQ(command.service, core::Service::kP2pRemittance);
    EXPECT_EQ(scheme::format_agent_code(command.payee_agent), kIbpsBank);
    EXPECT_EQ(command.amount, core::AmountMinor{12'345});
    EXPECT_EQ(command.currency, core::Currency::kCny);
    EXPECT_EQ(command.creation_time, SchemeTime{1'750'554'000'123});
    EXPECT_EQ(command.purpose, core::Purpose::kPersonal);
    EXPECT_EQ(command.payer.kind, core::PartyKind::kPerson);
    EXPECT_EQ(command.payer.document, core::DocumentType::kHkid);
    EXPECT_EQ(command.payer.token_version, 1U);
    EXPECT_EQ(command.payer.tokens.current, scheme::parse_person_token("0123456789abcdef"));
    EXPECT_TRUE(command.payer.tokens.previous.none());
    EXPECT_EQ(command.payee_proxy.reference.value, 0U);
    EXPECT_EQ(command.exchange.hkd.value, 0);
    EXPECT_EQ(input.body.payer_account, "012-875-10001");
    EXPECT_EQ(input.body.payee_account, "6222000000000001");
    EXPECT_EQ(input.body.creation_time, command.creation_time);
    EXPECT_EQ(input.body.purpose, command.purpose);
    EXPECT_EQ(input.body.payer_kind, command.payer.kind);
    EXPECT_EQ(input.body.proxy_kind, 0U);
    EXPECT_EQ(input.body.hkd.value, 0);
    EXPECT_EQ(input.body.carried, sound_transfer().carried().SerializeAsString())
        << "carried as it came";
    core::CreditTransfer hashed = command;
    journal::hash_body(input.body, hashed);
    EXPECT_EQ(command.carried_hash, hashed.carried_hash);
    EXPECT_EQ(command.payer_account_hash, hashed.payer_account_hash);
    EXPECT_EQ(command.payee_account_hash, hashed.payee_account_hash);
}

TEST_F(TakeTest, ProxyExchangeAndBothTokensAreTakenUp) {
    const engine::Input& input = take_one(rich_transfer());
    ASSERT_EQ(fault_of(input), Field::kNone) << rule_of(input);
    const auto& command = std::get<core::CreditTransfer>(input.command);
    EXPECT_EQ(command.payer.token_version, 2U);
    EXPECT_EQ(command.payer.tokens.previous, scheme::parse_person_token("fedcba9876543210"));
    EXPECT_EQ(command.payee_proxy.proxy,
              scheme::proxy_hash(scheme::ProxyKind::kMobile, "+86-13800138000"));
    EXPECT_EQ(command.payee_proxy.reference.value, 77U);
    EXPECT_EQ(command.exchange.hkd, core::AmountMinor{13'489});
    EXPECT_EQ(command.exchange.rate, core::Rate{91'520'000});
    EXPECT_EQ(command.exchange.quote_hash, hash64(std::string_view(kQuote)));
    EXPECT_EQ(input.body.payee_account, "");
    EXPECT_EQ(input.body.payee_proxy, kMobile) << "as typed";
    EXPECT_EQ(input.body.proxy_kind, v1::PROXY_KIND_MOBILE);
    EXPECT_EQ(input.body.proxy_reference, 77U);
    EXPECT_EQ(input.body.quote_id, kQuote);
    EXPECT_EQ(input.body.hkd, command.exchange.hkd);
    EXPECT_EQ(input.body.rate, command.exchange.rate);
}

struct Malformed {
    Field field;
    std::function<void(v1::CreditTransfer&)> change;
    const char* rule;
};

/// Of rich_transfer, in the order in which fields are judged.
std::vector<Malformed> malformed_fields() {
    const std::string long_name(core::kMaxCarriedBytes + 1, 'n');
    return {
        {Field::kUetr, [](Transfer& one) { one.set_uetr("no uuid"); }, "version 4 UUID"},
        {Field::kService, [](Transfer& one) { one.set_service(v1::SERVICE_UNSPECIFIED); },
         "P2P_REMITTANCE, FEE_COLLECTION, BUSINESS_TO_PERSON or DOMESTIC"},
        {Field::kPayerAgent, [](Transfer& one) { one.set_payer_agent("013"); },
         "session's own participant"},
        {Field::kPayeeAgent, [](Transfer& one) { one.set_payee_agent("102100099990"); },
         "check digit"},
        {Field::kPayerAccount, [](Transfer& one) { one.set_payer_account(""); },
         "must not be empty"},
        {Field::kPayeeAccount, [](Transfer& one) { one.set_payee_account("6222"); },
         "must be empty when payee_proxy is set"},
        {Field::kAmount, [](Transfer& one) { one.set_amount_minor(0); }, "must be 1 to"},
        {Field::kCurrency, [](Transfer& one) { one.set_currency(v1::CURRENCY_HKD); },
         "CURRENCY_CNY"},
        {Field::kCreationTime, [](Transfer& one) { one.set_creation_time_ms(0); },
         "milliseconds since"},
        {Field::kPurpose, [](Transfer& one) { one.set_purpose(v1::PURPOSE_UNSPECIFIED); },
         "purpose of the contract"},
        {Field::kPayer, [](Transfer& one) { one.mutable_payer()->set_token("short"); },
         "token of 16 bytes"},
        {Field::kPayeeProxy, [](Transfer& one) { one.mutable_payee_proxy()->set_reference(0); },
         "reference that its look-up gave"},
        {Field::kExchange, [](Transfer& one) { one.mutable_exchange()->set_hkd_minor(0); },
         "hkd_minor of 1 to"},
        {Field::kCarried, [=](Transfer& one) { one.mutable_carried()->set_payee_name(long_name); },
         "at most 4,096 bytes"}};
}

TEST_F(TakeTest, EachMalformedFieldIsNamedWithItsRule) {
    for (const Malformed& one : malformed_fields()) {
        Transfer transfer = rich_transfer();
        one.change(transfer);
        const engine::Input& input = take_one(transfer);
        EXPECT_EQ(fault_of(input), one.field) << scheme::to_string(one.field);
        EXPECT_THAT(rule_of(input), HasSubstr(one.rule));
        const auto& rejected = std::get<core::RejectMessage>(input.command);
        const bool readable = one.field != Field::kUetr;
        EXPECT_EQ(scheme::is_uetr(rejected.uetr), readable) << "named when it was well formed";
        if (!readable) continue;
        EXPECT_EQ(scheme::format_uetr(rejected.uetr), kUetr);
    }
}

TEST_F(TakeTest, OfManyFaultsTheFirstFieldIsNamed) {
    Transfer transfer = rich_transfer();
    const auto all = malformed_fields();
    for (const Malformed& one : all)
        one.change(transfer);
    const Transfer sound = rich_transfer();
    const std::array<std::function<void()>, 14> repairs{
        [&] { transfer.set_uetr(sound.uetr()); },
        [&] { transfer.set_service(sound.service()); },
        [&] { transfer.set_payer_agent(sound.payer_agent()); },
        [&] { transfer.set_payee_agent(sound.payee_agent()); },
        [&] { transfer.set_payer_account(sound.payer_account()); },
        [&] { transfer.set_payee_account(sound.payee_account()); },
        [&] { transfer.set_amount_minor(sound.amount_minor()); },
        [&] { transfer.set_currency(sound.currency()); },
        [&] { transfer.set_creation_time_ms(sound.creation_time_ms()); },
        [&] { transfer.set_purpose(sound.purpose()); },
        [&] { *transfer.mutable_payer() = sound.payer(); },
        [&] { *transfer.mutable_payee_proxy() = sound.payee_proxy(); },
        [&] { *transfer.mutable_exchange() = sound.exchange(); },
        [&] { *transfer.mutable_carried() = sound.carried(); }};
    ASSERT_EQ(repairs.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(fault_of(take_one(transfer)), all[i].field) << i;
        repairs[i]();
    }
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kNone) << "nothing is left to repair";
}

TEST_F(TakeTest, ValuesAtTheirLimits) {
    const auto fault = [&](auto change) { return fault_after(sound_transfer(), change); };
    EXPECT_EQ(fault([](Transfer& one) { one.set_amount_minor(1); }), Field::kNone);
    EXPECT_EQ(fault([](Transfer& one) { one.set_amount_minor(-1); }), Field::kAmount);
    EXPECT_EQ(fault([](Transfer& one) { one.set_amount_minor(money::kMaxAmountMinor.value); }),
              Field::kNone);
    EXPECT_EQ(fault([](Transfer& one) { one.set_amount_minor(money::kMaxAmountMinor.value + 1); }),
              Field::kAmount);
    EXPECT_EQ(fault([](Transfer& one) { one.set_amount_minor(INT64_MIN); }), Field::kAmount);
    EXPECT_EQ(fault([](Transfer& one) { one.set_creation_time_ms(-1); }), Field::kCreationTime);
    EXPECT_EQ(fault([](Transfer& one) { one.set_creation_time_ms(INT64_MAX); }), Field::kNone)
        << "the window is judged by the cell";
    EXPECT_EQ(fault([](Transfer& one) { one.clear_carried(); }), Field::kNone)
        << "what is carried is the banks' business";
    EXPECT_EQ(fault([](Transfer& one) { one.set_payer_account("no spaces"); }),
              Field::kPayerAccount);
    const std::string longest(scheme::kAccountLengthMax, '1');
    EXPECT_EQ(fault([&](Transfer& one) { one.set_payee_account(longest); }), Field::kNone);
    EXPECT_EQ(fault([&](Transfer& one) { one.set_payee_account(longest + "1"); }),
              Field::kPayeeAccount);
    EXPECT_EQ(fault([](Transfer& one) { one.clear_payee_account(); }), Field::kPayeeAccount);
    EXPECT_EQ(fault([](Transfer& one) { one.set_payee_agent("004"); }), Field::kPayeeAgent)
        << "only a domestic payment stays on its own rail";
    EXPECT_EQ(fault([](Transfer& one) { one.set_uetr("11111111-2222-1333-8444-555555555555"); }),
              Field::kUetr)
        << "version 1";
    EXPECT_EQ(fault([](Transfer& one) { one.set_uetr("1111111A-2222-4333-8444-555555555555"); }),
              Field::kUetr)
        << "upper case";
}

TEST_F(TakeTest, EveryServicePurposeAndPartyIsTakenUp) {
    for (int service = v1::SERVICE_P2P_REMITTANCE; service <= v1::SERVICE_BUSINESS_TO_PERSON;
         ++service) {
        for (int purpose = v1::PURPOSE_PERSONAL; purpose <= v1::PURPOSE_OTHER; ++purpose) {
            Transfer transfer = sound_transfer();
            transfer.set_service(static_cast<v1::Service>(service));
            transfer.set_purpose(static_cast<v1::Purpose>(purpose));
            const auto& taken = std::get<core::CreditTransfer>(take_one(transfer).command);
            EXPECT_EQ(static_cast<int>(taken.service), service);
            EXPECT_EQ(static_cast<int>(taken.purpose), purpose) << "whether offered, cells say";
        }
    }
    for (const auto kind : {v1::PARTY_KIND_COMPANY, v1::PARTY_KIND_REGISTERED_INSTITUTION}) {
        Transfer transfer = sound_transfer();
        transfer.clear_payer();
        transfer.mutable_payer()->set_kind(kind);
        const auto& taken = std::get<core::CreditTransfer>(take_one(transfer).command);
        EXPECT_EQ(static_cast<int>(taken.payer.kind), kind);
        EXPECT_TRUE(taken.payer.tokens.current.none());
    }
}

/// A payment within fps, from a company that has no token.
Transfer domestic_transfer() {
    Transfer transfer = sound_transfer();
    transfer.set_service(v1::SERVICE_DOMESTIC);
    transfer.set_payee_agent("004");
    transfer.set_purpose(v1::PURPOSE_OTHER);
    transfer.clear_payer();
    transfer.mutable_payer()->set_kind(v1::PARTY_KIND_COMPANY);
    return transfer;
}

TEST_F(TakeTest, ADomesticPaymentStaysOnItsRail) {
    const auto fault = [&](auto change) { return fault_after(domestic_transfer(), change); };
    EXPECT_EQ(fault([](Transfer&) {}), Field::kNone);
    EXPECT_EQ(fault([](Transfer& one) { one.set_payee_agent(kIbpsBank); }), Field::kPayeeAgent);
    EXPECT_EQ(fault([](Transfer& one) { one.set_payee_agent(kFpsBank); }), Field::kPayeeAgent)
        << "not within one bank";
    EXPECT_THAT(rule_of(taken_.inputs[0]), HasSubstr("another bank"));
    EXPECT_EQ(fault([](Transfer& one) { one.set_currency(v1::CURRENCY_HKD); }), Field::kNone);
    EXPECT_EQ(std::get<core::CreditTransfer>(taken_.inputs[0].command).currency,
              core::Currency::kHkd);
    EXPECT_EQ(fault([](Transfer& one) { *one.mutable_exchange() = rich_transfer().exchange(); }),
              Field::kExchange);
    EXPECT_THAT(rule_of(taken_.inputs[0]), HasSubstr("nothing is exchanged within a rail"));
    // Persons may pay without a token, but not with half of one.
    const auto person_fault = [&](auto change) {
        return fault([&](Transfer& one) {
            one.mutable_payer()->set_kind(v1::PARTY_KIND_PERSON);
            change(*one.mutable_payer());
        });
    };
    EXPECT_EQ(person_fault([](v1::Payer&) {}), Field::kNone);
    EXPECT_EQ(person_fault([](v1::Payer& one) { one = sound_transfer().payer(); }), Field::kNone);
    EXPECT_FALSE(
        std::get<core::CreditTransfer>(taken_.inputs[0].command).payer.tokens.current.none());
    EXPECT_EQ(person_fault([](v1::Payer& one) { one.set_token_version(1); }), Field::kPayer);
    EXPECT_EQ(person_fault([](v1::Payer& one) { one.set_token("0123456789abcdef"); }),
              Field::kPayer);
    EXPECT_EQ(person_fault([](v1::Payer& one) { one.set_previous_token("0123456789abcdef"); }),
              Field::kPayer);
}

TEST_F(TakeTest, OnlyRenminbiMovesOnIbpsToo) {
    ASSERT_FALSE(take(hello_frame(kIbpsBank)));
    Transfer transfer = domestic_transfer();
    transfer.set_payer_agent(kIbpsBank);
    transfer.set_payee_agent("103100000018");
    EXPECT_EQ(fault_after(transfer, [](Transfer&) {}), Field::kNone) << rule_of(taken_.inputs[0]);
    EXPECT_EQ(fault_after(transfer, [](Transfer& one) { one.set_currency(v1::CURRENCY_HKD); }),
              Field::kCurrency);
    EXPECT_EQ(fault_after(transfer, [](Transfer& one) { one.set_payee_agent(kFpsBank); }),
              Field::kPayeeAgent);
}

TEST_F(TakeTest, APersonAcrossTheBoundaryHasAToken) {
    const auto rule = [&](v1::Service service, auto change) {
        Transfer transfer = sound_transfer();
        transfer.set_service(service);
        change(*transfer.mutable_payer());
        const engine::Input& input = take_one(transfer);
        const Field field = fault_of(input);
        EXPECT_TRUE(field == Field::kNone || field == Field::kPayer);
        return field == Field::kNone ? std::string() : rule_of(input);
    };
    const std::string zero(16, '\0');
    for (const auto service : {v1::SERVICE_P2P_REMITTANCE, v1::SERVICE_FEE_COLLECTION}) {
        const auto broken = [&](auto change) { return rule(service, change); };
        EXPECT_EQ(broken([](v1::Payer&) {}), "");
        EXPECT_THAT(broken([](v1::Payer& one) { one.clear_token(); }), HasSubstr("16 bytes"));
        EXPECT_THAT(broken([&](v1::Payer& one) { one.set_token(zero); }), HasSubstr("16 bytes"));
        EXPECT_THAT(broken([](v1::Payer& one) { one.set_token("0123456789abcdefg"); }),
                    HasSubstr("16 bytes"));
        EXPECT_THAT(broken([](v1::Payer& one) { one.set_token_version(0); }),
                    HasSubstr("token_version of 1 or more"));
        EXPECT_THAT(broken([](v1::Payer& one) { one.set_previous_token("short"); }),
                    HasSubstr("previous_token that is empty or 16 bytes"));
        EXPECT_THAT(broken([&](v1::Payer& one) { one.set_previous_token(zero); }),
                    HasSubstr("previous_token that is empty or 16 bytes"));
        EXPECT_EQ(broken([](v1::Payer& one) { one.set_token_version(0xffff'ffff); }), "")
            << "which versions hold, and whether a previous token is known, cells say";
        EXPECT_EQ(broken([](v1::Payer& one) { one.set_document(v1::DOCUMENT_TYPE_OTHER); }), "")
            << "cells say which document is needed";
    }
    // A person who pays salaries is refused by the cell, token or not.
    EXPECT_EQ(rule(v1::SERVICE_BUSINESS_TO_PERSON,
                   [](v1::Payer& one) {
                       one.clear_token();
                       one.clear_token_version();
                   }),
              "");
}

TEST_F(TakeTest, AnInstitutionHasNeitherDocumentNorToken) {
    const auto fault = [&](auto change) {
        return fault_after(sound_transfer(), [&](Transfer& one) {
            one.clear_payer();
            one.mutable_payer()->set_kind(v1::PARTY_KIND_REGISTERED_INSTITUTION);
            change(*one.mutable_payer());
        });
    };
    EXPECT_EQ(fault([](v1::Payer&) {}), Field::kNone);
    EXPECT_EQ(fault([](v1::Payer& one) { one.set_token("0123456789abcdef"); }), Field::kPayer);
    EXPECT_EQ(fault([](v1::Payer& one) { one.set_token_version(1); }), Field::kPayer);
    EXPECT_EQ(fault([](v1::Payer& one) { one.set_previous_token("0123456789abcdef"); }),
              Field::kPayer);
    EXPECT_EQ(fault([](v1::Payer& one) { one.set_document(v1::DOCUMENT_TYPE_HKID); }),
              Field::kPayer);
    EXPECT_THAT(rule_of(taken_.inputs[0]), HasSubstr("only when it is a person"));
    EXPECT_EQ(fault_after(sound_transfer(), [](Transfer& one) { one.clear_payer(); }),
              Field::kPayer)
        << "somebody pays";
}

TEST_F(TakeTest, AProxyIsOneOfTheDestinationsDirectory) {
    const auto fault = [&](v1::ProxyKind kind, const std::string& value, bool domestic = false) {
        return fault_after(rich_transfer(), [&](Transfer& one) {
            one.mutable_payee_proxy()->mutable_proxy()->set_kind(kind);
            one.mutable_payee_proxy()->mutable_proxy()->set_value(value);
            if (!domestic) return;
            one.set_service(v1::SERVICE_DOMESTIC);
            one.set_payee_agent("004");
            one.clear_exchange();
        });
    };
    EXPECT_EQ(fault(v1::PROXY_KIND_MOBILE, kMobile), Field::kNone);
    EXPECT_EQ(fault(v1::PROXY_KIND_MOBILE, "13800138000"), Field::kPayeeProxy);
    EXPECT_EQ(fault(v1::PROXY_KIND_EMAIL, "a@b.hk"), Field::kPayeeProxy) << "not on the Mainland";
    EXPECT_THAT(rule_of(taken_.inputs[0]), HasSubstr("the Mainland's directory"));
    EXPECT_EQ(fault(v1::PROXY_KIND_EMAIL, "a@b.hk", true), Field::kNone);
    EXPECT_EQ(fault(v1::PROXY_KIND_FPS_ID, "1234567", true), Field::kNone);
    EXPECT_EQ(fault(v1::PROXY_KIND_FPS_ID, "12345678", true), Field::kPayeeProxy);
    EXPECT_EQ(fault(v1::PROXY_KIND_UNSPECIFIED, kMobile), Field::kPayeeProxy);
    EXPECT_EQ(fault(static_cast<v1::ProxyKind>(4), kMobile), Field::kPayeeProxy);
    EXPECT_EQ(fault_after(rich_transfer(),
                          [](Transfer& one) { one.mutable_payee_proxy()->clear_proxy(); }),
              Field::kPayeeProxy);
    // An empty proxy is one that is set: the account must be empty, and the proxy is refused.
    EXPECT_EQ(fault_after(sound_transfer(), [](Transfer& one) { one.mutable_payee_proxy(); }),
              Field::kPayeeAccount);
}

TEST_F(TakeTest, AnExchangeIsWellFormed) {
    const auto fault = [&](auto change) {
        return fault_after(rich_transfer(),
                           [&](Transfer& one) { change(*one.mutable_exchange()); });
    };
    const std::int64_t most = money::kMaxAmountMinor.value;
    EXPECT_EQ(fault([](v1::Exchange& one) { one.set_quote_id(""); }), Field::kExchange);
    EXPECT_EQ(fault([](v1::Exchange& one) { one.set_quote_id("quote 1"); }), Field::kExchange);
    EXPECT_EQ(fault([](v1::Exchange& one) { one.set_hkd_minor(-1); }), Field::kExchange);
    EXPECT_EQ(fault([&](v1::Exchange& one) { one.set_hkd_minor(most + 1); }), Field::kExchange);
    EXPECT_EQ(fault([&](v1::Exchange& one) { one.set_hkd_minor(most); }), Field::kNone)
        << "whether it is the payment's amount, the cell says";
    EXPECT_EQ(fault([](v1::Exchange& one) { one.set_rate_e8(0); }), Field::kExchange);
    EXPECT_EQ(fault([](v1::Exchange& one) { one.set_rate_e8(-1); }), Field::kExchange);
    EXPECT_EQ(fault([](v1::Exchange& one) { one.set_rate_e8(money::kRateMax.value); }),
              Field::kNone);
    EXPECT_EQ(fault([](v1::Exchange& one) { one.set_rate_e8(money::kRateMax.value + 1); }),
              Field::kExchange);
}

TEST_F(TakeTest, UnknownEnumValuesReachValidation) {
    Transfer transfer = sound_transfer();
    transfer.set_service(static_cast<v1::Service>(77));
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kService);
    transfer = sound_transfer();
    transfer.set_currency(static_cast<v1::Currency>(99));
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kCurrency);
    transfer.set_currency(v1::CURRENCY_UNSPECIFIED);
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kCurrency);
    transfer = sound_transfer();
    transfer.set_purpose(static_cast<v1::Purpose>(8));
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kPurpose);
    transfer = sound_transfer();
    transfer.mutable_payer()->set_kind(static_cast<v1::PartyKind>(4));
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kPayer);
    transfer = sound_transfer();
    transfer.mutable_payer()->set_document(static_cast<v1::DocumentType>(4));
    EXPECT_EQ(fault_of(take_one(transfer)), Field::kPayer);
}

TEST_F(TakeTest, AnEnquiryNamesAPaymentAndASide) {
    v1::StatusRequest request;
    request.set_uetr(kUetr);
    for (const auto& [side, taken] : {std::pair{v1::SIDE_PAYER, core::Side::kPayer},
                                      std::pair{v1::SIDE_PAYEE, core::Side::kPayee}}) {
        request.set_side(side);
        const auto* command = std::get_if<core::StatusRequest>(&take_one(request).command);
        ASSERT_NE(command, nullptr);
        EXPECT_EQ(command->uetr, *scheme::parse_uetr(kUetr));
        EXPECT_EQ(command->side, taken);
        EXPECT_FALSE(command->archived) << "that is for the engine to look up";
    }
    for (const int side : {0, 3}) {
        request.set_side(static_cast<v1::Side>(side));
        const engine::Input& refused = take_one(request);
        EXPECT_EQ(fault_of(refused), Field::kSide);
        EXPECT_EQ(rule_of(refused), "must be SIDE_PAYER or SIDE_PAYEE");
        EXPECT_EQ(std::get<core::RejectMessage>(refused.command).uetr, *scheme::parse_uetr(kUetr));
    }
    request.set_uetr("no UETR");
    EXPECT_EQ(fault_of(take_one(request)), Field::kUetr) << "the first fault counts";
}

TEST_F(TakeTest, CarriedBytesThatNobodyCouldReadAreRejected) {
    const auto carried_fault = [&](const std::string& bytes) {
        wire::v1::ParticipantFrame frame;
        wire::v1::CreditTransfer& transfer = *frame.add_messages()->mutable_credit_transfer();
        EXPECT_TRUE(transfer.ParseFromString(sound_transfer().SerializeAsString()));
        transfer.set_carried(bytes);
        EXPECT_FALSE(translator_.take(frame, taken_));
        return fault_of(taken_.inputs.at(0));
    };
    EXPECT_EQ(carried_fault("\xff\xff\xff"), Field::kCarried) << "no message";
    EXPECT_EQ(carried_fault(std::string("\x0a\x02\xc3\x28")), Field::kCarried) << "no UTF-8";
    EXPECT_EQ(carried_fault(std::string("\x0a\x02") + "ok"), Field::kNone);
    EXPECT_EQ(carried_fault(std::string("\xa2\x1f\x03") + "new"), Field::kNone)
        << "a field of a later version is carried too";
}

}  // namespace
}  // namespace lowu::session
