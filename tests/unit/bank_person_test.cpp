// Customers as persons and institutions: documents, tokens, the version of the key, and what a
// transfer says of its payer.
#include <string>

#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

using scheme::DocumentType;
using scheme::PartyKind;

TEST(TokenKeys, OneKeyAVersionAndAMaximum) {
    TokenKeys keys;
    EXPECT_TRUE(keys.empty());
    EXPECT_TRUE(keys.add(1, {}));
    EXPECT_FALSE(keys.add(1, {})) << "given twice";
    EXPECT_EQ(keys.find(2), nullptr);
    for (std::uint32_t version = 2; version <= kMaxTokenKeys; ++version)
        EXPECT_TRUE(keys.add(version, {}));
    EXPECT_FALSE(keys.add(1'000, {}));
}

TEST(DocumentNumbers, MadeOnesAreUniqueAndShort) {
    EXPECT_EQ(made_document_number("012", "012-875-10001"), "012-012-875-10001");
    const std::string upper = made_document_number("012", "A1");
    const std::string lower = made_document_number("012", "a1");
    const scheme::TokenKey key{};
    EXPECT_NE(scheme::person_token(key, DocumentType::kHkid, upper),
              scheme::person_token(key, DocumentType::kHkid, lower))
        << "accounts that differ in case only are two persons";
    EXPECT_LE(made_document_number("102100099996", std::string(34, '9')).size(), 35U);
    EXPECT_NE(made_document_number("102100099996", std::string(34, '9')),
              made_document_number("102100099996", std::string(33, '9')));
}

TEST(TokenVersion, ChangesWhenItIsTime) {
    TokenVersion version;
    EXPECT_EQ(version.at(SchemeTime{0}), 1U);
    version.greeted(2);
    EXPECT_TRUE(version.announced(3, SchemeTime{100}));
    EXPECT_EQ(version.at(SchemeTime{99}), 2U);
    EXPECT_EQ(version.at(SchemeTime{100}), 3U);
    EXPECT_EQ(version.at(SchemeTime{0}), 2U) << "asking changes nothing";
    version.advance(SchemeTime{100});
    EXPECT_EQ(version.at(SchemeTime{0}), 3U) << "what was in force stays so";
}

TEST(TokenVersion, AGreetingOutranksWhatCameLate) {
    TokenVersion version;
    version.greeted(3);
    EXPECT_TRUE(version.announced(2, SchemeTime{100}));
    EXPECT_EQ(version.at(SchemeTime{200}), 3U);
    EXPECT_TRUE(version.announced(4, SchemeTime{300}));
    version.greeted(3);
    EXPECT_EQ(version.at(SchemeTime{300}), 4U) << "what is to come outlives a greeting";
    version.advance(SchemeTime{300});
    for (std::uint32_t next = 5; next < 5 + kMaxAnnouncedVersions; ++next)
        EXPECT_TRUE(version.announced(next, SchemeTime{400}));
    EXPECT_FALSE(version.announced(99, SchemeTime{400}));
}

class PersonModel : public BankModel {
protected:
    // What the last transfer to the rail says of its payer, after sending `request`.
    v1::Payer payer_of(v1::SendRemittanceRequest request) {
        request.clear_uetr();
        EXPECT_NE(send(request), nullptr);
        settle_down();
        return rail_.last_transfer.payer();
    }

    static std::string token_bytes(std::uint32_t version, DocumentType document,
                                   const std::string& number) {
        scheme::TokenKey key{};
        key.front() = static_cast<std::uint8_t>(version);
        const auto bytes = scheme::person_token_bytes(scheme::person_token(key, document, number));
        return {bytes.data(), bytes.size()};
    }

    void open_held(Bank& bank, const std::string& account, v1::PartyKind holder) {
        auto request = account_request(account, v1::CURRENCY_CNY, 100'000);
        request.mutable_account()->set_holder(holder);
        ASSERT_TRUE(std::holds_alternative<CustomerId>(bank.open_account(request, now_)));
    }
};

TEST_F(PersonModel, AnAccountIsAPersonsOfTheBanksSideUnlessItSaysSo) {
    v1::Account view;
    hk_.describe(*hk_.books().find("012-875-10001"), view);
    EXPECT_EQ(view.holder(), v1::PARTY_KIND_PERSON);
    EXPECT_EQ(view.document(), v1::DOCUMENT_TYPE_HKID);
    EXPECT_EQ(view.document_number(), "012-012-875-10001");
    mainland_.describe(*mainland_.books().find("6222000000000001"), view);
    EXPECT_EQ(view.document(), v1::DOCUMENT_TYPE_MAINLAND_ID);
    open_held(hk_, "012-1", v1::PARTY_KIND_COMPANY);
    hk_.describe(*hk_.books().find("012-1"), view);
    EXPECT_EQ(view.holder(), v1::PARTY_KIND_COMPANY);
    EXPECT_EQ(view.document(), v1::DOCUMENT_TYPE_UNSPECIFIED);
    EXPECT_EQ(view.document_number(), "");
}

TEST_F(PersonModel, OpeningNamesTheFieldOfTheHolder) {
    const auto field_with = [this](auto change) {
        auto request = account_request("012-9", v1::CURRENCY_CNY, 0);
        change(*request.mutable_account());
        const auto opened = hk_.open_account(request, now_);
        const auto* error = std::get_if<CallError>(&opened);
        return error == nullptr ? std::string("none") : error->field;
    };
    EXPECT_EQ(field_with([](auto& a) { a.set_holder(static_cast<v1::PartyKind>(9)); }),
              "account.holder");
    EXPECT_EQ(field_with([](auto& a) { a.set_document(static_cast<v1::DocumentType>(9)); }),
              "account.document");
    EXPECT_EQ(field_with([](auto& a) { a.set_document_number(std::string(36, '1')); }),
              "account.document_number");
    EXPECT_EQ(field_with([](auto& a) { a.set_document_number("  "); }), "account.document_number");
    EXPECT_EQ(field_with([](auto& a) {
                  a.set_holder(v1::PARTY_KIND_COMPANY);
                  a.set_document_number("1");
              }),
              "account.document_number");
    EXPECT_EQ(field_with([](auto& a) {
                  a.set_holder(v1::PARTY_KIND_REGISTERED_INSTITUTION);
                  a.set_document(v1::DOCUMENT_TYPE_HKID);
              }),
              "account.document");
}

TEST_F(PersonModel, ATransferShowsATokenAndNeverADocumentNumber) {
    greet_both();
    const v1::Payer payer = payer_of(order());
    EXPECT_EQ(payer.kind(), v1::PARTY_KIND_PERSON);
    EXPECT_EQ(payer.document(), v1::DOCUMENT_TYPE_HKID);
    EXPECT_EQ(payer.token(), token_bytes(1, DocumentType::kHkid, "012-012-875-10001"));
    EXPECT_EQ(payer.token_version(), 1U);
    EXPECT_EQ(payer.previous_token(), "");
    EXPECT_EQ(rail_.last_transfer.SerializeAsString().find("012-012-875"), std::string::npos);
}

TEST_F(PersonModel, TheSameDocumentAtTwoBanksIsTheSamePerson) {
    Bank other{{scheme::Rail::kFps, "015", "Bank C", "丙銀行", 1, 14, token_keys()}};
    rail_.add(other);
    for (Bank* bank : {&hk_, &other}) {
        auto request = account_request("same", v1::CURRENCY_CNY, 100'000);
        request.mutable_account()->set_document_number(bank == &hk_ ? "A123456(7)" : "a123456 7");
        ASSERT_TRUE(std::holds_alternative<CustomerId>(bank->open_account(request, now_)));
    }
    greet_both();
    rail_.greet(other, now_);
    v1::SendRemittanceRequest request = order();
    request.set_payer_account("same");
    const std::string here = payer_of(request).token();
    request.set_uetr(kOtherUetr);
    request.set_bank("015");
    ASSERT_TRUE(std::holds_alternative<const OutgoingRemittance*>(other.send(request, now_)));
    settle_down();
    EXPECT_EQ(rail_.last_transfer.payer_agent(), "015");
    EXPECT_EQ(rail_.last_transfer.payer().token(), here);
}

TEST_F(PersonModel, TheKeyChangesAtItsTimeAndTheTokenBeforeIsShown) {
    greet_both();
    v1::SystemEvent event;
    event.set_kind(v1::SYSTEM_EVENT_KIND_TOKEN_KEY);
    event.set_effective_time_ms(kSchemeStartMs + 3'600'000);
    event.mutable_parameter()->set_value(2);
    announce(hk_, event);
    EXPECT_EQ(payer_of(order()).token_version(), 1U) << "announced, not in force";
    now_ = now_ + Duration::from_hours(1);
    const v1::Payer payer = payer_of(order());
    EXPECT_EQ(payer.token_version(), 2U);
    EXPECT_EQ(payer.token(), token_bytes(2, DocumentType::kHkid, "012-012-875-10001"));
    EXPECT_EQ(payer.previous_token(), token_bytes(1, DocumentType::kHkid, "012-012-875-10001"));
}

TEST_F(PersonModel, WithoutTheKeyAPersonCannotPayAndACompanyCan) {
    rail_.token_version = 3;  // the bank has keys 1 and 2
    greet_both();
    EXPECT_FALSE(hk_.knows_persons(now_));
    EXPECT_EQ(refusal(order()).reason, "NO_TOKEN_KEY");
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
    open_held(hk_, "012-1", v1::PARTY_KIND_COMPANY);
    v1::SendRemittanceRequest request = order();
    request.set_payer_account("012-1");
    const v1::Payer payer = payer_of(request);
    EXPECT_EQ(payer.kind(), v1::PARTY_KIND_COMPANY);
    EXPECT_EQ(payer.token(), "") << "a message used again keeps nothing of the one before";
    EXPECT_EQ(payer.document(), v1::DOCUMENT_TYPE_UNSPECIFIED);
    EXPECT_EQ(rail_.last_transfer.service(), v1::SERVICE_BUSINESS_TO_PERSON);
    EXPECT_EQ(rail_.last_transfer.purpose(), v1::PURPOSE_SALARY);
}

TEST_F(PersonModel, TrafficsCustomersArePersons) {
    ASSERT_FALSE(hk_.open_traffic_accounts(2));
    v1::Account view;
    hk_.describe(hk_.traffic_accounts().front(), view);
    EXPECT_EQ(view.holder(), v1::PARTY_KIND_PERSON);
    EXPECT_EQ(view.document(), v1::DOCUMENT_TYPE_HKID);
    EXPECT_NE(view.document_number(), "");
}

}  // namespace
}  // namespace lowu::bank
