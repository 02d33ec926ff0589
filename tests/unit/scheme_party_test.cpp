// Tests of common/scheme: services and purposes, parties and their tokens, proxies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/prng.hpp"
#include "common/scheme/party.hpp"
#include "common/scheme/person_token.hpp"
#include "common/scheme/proxy.hpp"
#include "common/scheme/purpose.hpp"
#include "common/scheme/service.hpp"

namespace lowu::scheme {
namespace {

// Numbers that no enum of the contract has; 257 would be 1 in eight bits.
constexpr std::int64_t kStrangeNumbers[] = {
    std::numeric_limits<std::int64_t>::min(), -1, 8, 256, 257,
    std::numeric_limits<std::int64_t>::max()};
constexpr std::string_view kStrangeTexts[] = {"", "P2P_REMITTANCE", "personal ", "0",
                                              "unspecified"};

TEST(ServiceNames, ReadBack) {
    const std::vector<std::string_view> names = {"p2p_remittance", "fee_collection",
                                                 "business_to_person", "domestic"};
    ASSERT_EQ(kServices.size(), names.size());
    for (std::size_t index = 0; index < names.size(); ++index) {
        const Service service = kServices[index];
        EXPECT_EQ(to_string(service), names[index]);
        EXPECT_EQ(parse_service(names[index]), service);
        EXPECT_EQ(service_from_number(static_cast<std::int64_t>(index) + 1), service);
    }
    for (const std::int64_t number : kStrangeNumbers) {
        EXPECT_EQ(service_from_number(number), std::nullopt) << number;
    }
    EXPECT_EQ(service_from_number(0), std::nullopt);
    EXPECT_EQ(service_from_number(5), std::nullopt);
    for (const std::string_view text : kStrangeTexts) {
        EXPECT_EQ(parse_service(text), std::nullopt) << text;
    }
}

TEST(PurposeNames, ReadBack) {
    struct Row {
        Purpose purpose;
        std::string_view name;
        std::string_view iso;
    };
    const std::vector<Row> rows = {
        {Purpose::kPersonal, "personal", "GIFT"}, {Purpose::kTuition, "tuition", "EDUC"},
        {Purpose::kMedical, "medical", "MDCS"},   {Purpose::kUtility, "utility", "UBIL"},
        {Purpose::kSalary, "salary", "SALA"},     {Purpose::kSubsidy, "subsidy", "ALLW"},
        {Purpose::kOther, "other", "OTHR"},
    };
    ASSERT_EQ(kPurposes.size(), rows.size());
    std::uint32_t bits = 0;
    for (std::size_t index = 0; index < rows.size(); ++index) {
        const Row& row = rows[index];
        EXPECT_EQ(kPurposes[index], row.purpose);
        EXPECT_EQ(to_string(row.purpose), row.name);
        EXPECT_EQ(iso_purpose(row.purpose), row.iso);
        EXPECT_EQ(parse_purpose(row.name), row.purpose);
        EXPECT_EQ(parse_purpose(row.iso), std::nullopt);
        EXPECT_EQ(purpose_from_number(static_cast<std::int64_t>(index) + 1), row.purpose);
        EXPECT_EQ(purpose_bit(row.purpose), 1U << index);
        bits |= purpose_bit(row.purpose);
    }
    EXPECT_EQ(bits, 0x7FU) << "a bit each, none twice";
    for (const std::int64_t number : kStrangeNumbers) {
        EXPECT_EQ(purpose_from_number(number), std::nullopt) << number;
    }
    EXPECT_EQ(purpose_from_number(0), std::nullopt);
    for (const std::string_view text : kStrangeTexts) {
        EXPECT_EQ(parse_purpose(text), std::nullopt) << text;
    }
}

TEST(PurposeNames, EveryServiceHasAUsualOne) {
    EXPECT_EQ(usual_purpose(Service::kP2pRemittance), Purpose::kPersonal);
    EXPECT_EQ(usual_purpose(Service::kFeeCollection), Purpose::kTuition);
    EXPECT_EQ(usual_purpose(Service::kBusinessToPerson), Purpose::kSalary);
    EXPECT_EQ(usual_purpose(Service::kDomestic), Purpose::kPersonal);
}

TEST(PartyNames, ReadBack) {
    const std::vector<std::string_view> kinds = {"person", "company", "registered_institution"};
    ASSERT_EQ(kPartyKinds.size(), kinds.size());
    for (std::size_t index = 0; index < kinds.size(); ++index) {
        EXPECT_EQ(to_string(kPartyKinds[index]), kinds[index]);
        EXPECT_EQ(parse_party_kind(kinds[index]), kPartyKinds[index]);
        EXPECT_EQ(party_kind_from_number(static_cast<std::int64_t>(index) + 1), kPartyKinds[index]);
    }
    const std::vector<std::string_view> documents = {"none", "hkid", "mainland_id", "other"};
    ASSERT_EQ(kDocumentTypes.size(), documents.size());
    for (std::size_t index = 0; index < documents.size(); ++index) {
        EXPECT_EQ(to_string(kDocumentTypes[index]), documents[index]);
        EXPECT_EQ(parse_document_type(documents[index]), kDocumentTypes[index]);
        EXPECT_EQ(document_type_from_number(static_cast<std::int64_t>(index)),
                  kDocumentTypes[index]);
    }
    for (const std::int64_t number : kStrangeNumbers) {
        EXPECT_EQ(party_kind_from_number(number), std::nullopt) << number;
        EXPECT_EQ(document_type_from_number(number), std::nullopt) << number;
    }
    EXPECT_EQ(party_kind_from_number(0), std::nullopt);
    EXPECT_EQ(party_kind_from_number(4), std::nullopt);
    EXPECT_EQ(document_type_from_number(4), std::nullopt);
    for (const std::string_view text : kStrangeTexts) {
        EXPECT_EQ(parse_party_kind(text), std::nullopt) << text;
        EXPECT_EQ(parse_document_type(text), std::nullopt) << text;
    }
}

TEST(PartyDocument, IsTheOneOfThePayersSide) {
    EXPECT_EQ(document_of(Rail::kFps), DocumentType::kHkid);
    EXPECT_EQ(document_of(Rail::kIbps), DocumentType::kMainlandId);
}

TEST(PersonTokenBytes, ReadBack) {
    const PersonToken token{0x0123456789abcdefULL, 0xfedcba9876543210ULL};
    EXPECT_EQ(format_person_token(token), "0123456789abcdeffedcba9876543210");
    const auto bytes = person_token_bytes(token);
    EXPECT_EQ(bytes.front(), '\x01');
    EXPECT_EQ(bytes.back(), '\x10');
    Prng prng(1);
    for (int round = 0; round < 5'000; ++round) {
        const PersonToken any{prng.next_u64() >> prng.below(64), prng.next_u64()};
        const auto written = person_token_bytes(any);
        ASSERT_EQ(parse_person_token({written.data(), written.size()}), any);
        ASSERT_EQ(parse_person_token_hex(format_person_token(any)), any);
    }
}

TEST(PersonTokenBytes, RefuseEverythingElse) {
    EXPECT_EQ(parse_person_token(""), std::nullopt);
    EXPECT_EQ(parse_person_token(std::string(15, 'x')), std::nullopt);
    EXPECT_EQ(parse_person_token(std::string(17, 'x')), std::nullopt);
    EXPECT_EQ(parse_person_token(std::string(16, '\0')), std::nullopt) << "that is none";
    EXPECT_TRUE(parse_person_token(std::string(15, '\0') + '\x01').has_value());
    EXPECT_TRUE(parse_person_token('\x01' + std::string(15, '\0')).has_value());

    EXPECT_EQ(parse_person_token_hex("0123456789ABCDEFfedcba9876543210"),
              parse_person_token_hex("0123456789abcdeffedcba9876543210"));
    for (const std::string& bad :
         {std::string(), std::string(31, 'a'), std::string(33, 'a'), std::string(32, '0'),
          std::string(31, 'a') + 'g', " " + std::string(31, 'a'), "0x" + std::string(30, 'a'),
          std::string(31, 'a') + '\0'}) {
        EXPECT_EQ(parse_person_token_hex(bad), std::nullopt) << bad;
    }
    EXPECT_TRUE(PersonToken{}.none());
    EXPECT_FALSE((PersonToken{0, 1}.none()));
    EXPECT_FALSE((PersonToken{1, 0}.none()));
}

TEST(TokenKeyText, IsSixtyFourDigits) {
    std::string text;
    for (int pair = 0; pair < 16; ++pair) {
        text += "0fA9";
    }
    const auto key = parse_token_key(text);
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ((*key)[0], 0x0f);
    EXPECT_EQ((*key)[31], 0xa9);
    for (const std::string& bad : {std::string(), text.substr(1), text + "0",
                                   text.substr(0, 63) + "g", text.substr(0, 62) + " 0"}) {
        EXPECT_EQ(parse_token_key(bad), std::nullopt) << bad;
    }
}

// 00 01 02 ... 1f.
TokenKey counting_key() {
    TokenKey key{};
    for (std::size_t index = 0; index < key.size(); ++index) {
        key[index] = static_cast<std::uint8_t>(index);
    }
    return key;
}

// Expected values come from another implementation (Python's hmac).
TEST(PersonTokenOf, IsTheHmacOfTypeAndNumber) {
    struct Row {
        DocumentType document;
        std::string_view number;
        std::string_view token;
    };
    const std::vector<Row> rows = {
        {DocumentType::kHkid, "A1234567", "24cab0c33e16c7b046e00c5374f49e1f"},
        {DocumentType::kMainlandId, "110105199003072316", "ee31e8ebd645eb8f14462508a943a7c2"},
        {DocumentType::kMainlandId, "11010519900307231X", "3bbdcfeb8c41b640fe33b76932b787c9"},
        {DocumentType::kHkid, "110105199003072316", "261d1a050eb79b3899472df79a24caa5"},
        {DocumentType::kOther, "K-77é", "6bb507516d4703ef0253759cd60f399f"},
        {DocumentType::kNone, "", "e711546e3faad4c7c4aa756bc26cad6a"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(format_person_token(person_token(counting_key(), row.document, row.number)),
                  row.token)
            << row.number;
    }
}

TEST(PersonTokenOf, DoesNotDependOnHowTheNumberIsWritten) {
    const TokenKey key = counting_key();
    const PersonToken token = person_token(key, DocumentType::kHkid, "A1234567");
    for (const std::string_view same : {"A123456(7)", "a1234567", " a 123456 (7) ", "A123456（7）",
                                        "Ａ１２３４５６（７）", "A\u00A0123456\u3000(7)"}) {
        EXPECT_EQ(person_token(key, DocumentType::kHkid, same), token) << same;
    }
    for (const std::string_view another :
         {"A1234568", "B1234567", "A123456-7", "A123456[7]", "A12345677", "",
          "A123456\xFF"
          "7"}) {
        EXPECT_NE(person_token(key, DocumentType::kHkid, another), token) << another;
    }
    EXPECT_NE(person_token(key, DocumentType::kOther, "A1234567"), token);
    TokenKey next = key;
    next[31] ^= 1;
    EXPECT_NE(person_token(next, DocumentType::kHkid, "A1234567"), token);
}

TEST(PersonTokenOf, IsAnotherForEverybody) {
    std::set<PersonToken> tokens;
    std::set<std::size_t> buckets;
    for (int number = 0; number < 4'096; ++number) {
        const PersonToken token =
            person_token(counting_key(), DocumentType::kHkid, "A" + std::to_string(number));
        tokens.insert(token);
        buckets.insert(std::hash<PersonToken>{}(token) % 65'536);
    }
    EXPECT_EQ(tokens.size(), 4'096U);
    EXPECT_GT(buckets.size(), 3'800U);  // 3,970 expected of a random function
}

TEST(ProxyKindNames, ReadBack) {
    struct Row {
        ProxyKind kind;
        std::string_view name;
        std::string_view iso;
    };
    const std::vector<Row> rows = {{ProxyKind::kMobile, "mobile", "MBNO"},
                                   {ProxyKind::kEmail, "email", "EMAL"},
                                   {ProxyKind::kFpsId, "fps_id", "SHID"}};
    for (std::size_t index = 0; index < rows.size(); ++index) {
        EXPECT_EQ(to_string(rows[index].kind), rows[index].name);
        EXPECT_EQ(iso_proxy_type(rows[index].kind), rows[index].iso);
        EXPECT_EQ(parse_proxy_kind(rows[index].name), rows[index].kind);
        EXPECT_EQ(proxy_kind_from_number(static_cast<std::int64_t>(index) + 1), rows[index].kind);
    }
    for (const std::int64_t number : kStrangeNumbers) {
        EXPECT_EQ(proxy_kind_from_number(number), std::nullopt) << number;
    }
    EXPECT_EQ(proxy_kind_from_number(0), std::nullopt);
    EXPECT_EQ(proxy_kind_from_number(4), std::nullopt);
    for (const std::string_view text : kStrangeTexts) {
        EXPECT_EQ(parse_proxy_kind(text), std::nullopt) << text;
    }
}

struct GoodProxy {
    ProxyKind kind;
    std::string value;
    std::string canonical;
};

std::vector<GoodProxy> good_proxies() {
    const std::string longest = std::string(246, 'A') + "@b.Cd";
    return {
        {ProxyKind::kMobile, "+852-91234567", "+852-91234567"},
        {ProxyKind::kMobile, "+852-9123-4567", "+852-91234567"},
        {ProxyKind::kMobile, "+852-(9123)4567", "+852-91234567"},
        {ProxyKind::kMobile, "+852-+9123+4567", "+852-91234567"},
        {ProxyKind::kMobile, "+86-13800138000", "+86-13800138000"},
        {ProxyKind::kMobile, "+1-23456", "+1-23456"},
        {ProxyKind::kMobile, "+852-" + std::string(30, '9'), "+852-" + std::string(30, '9')},
        {ProxyKind::kEmail, "someone@example.com", "someone@example.com"},
        {ProxyKind::kEmail, "Some.One+tag@Example.COM", "some.one+tag@example.com"},
        {ProxyKind::kEmail, "a@b.c", "a@b.c"},
        {ProxyKind::kEmail, "!~@b.c.d", "!~@b.c.d"},
        {ProxyKind::kEmail, "+852-1@b.c", "+852-1@b.c"},
        {ProxyKind::kEmail, "AZaz[`{@X.YZ", "azaz[`{@x.yz"},
        {ProxyKind::kEmail, longest, std::string(246, 'a') + "@b.cd"},
        {ProxyKind::kFpsId, "1234567", "1234567"},
        {ProxyKind::kFpsId, "012345678", "012345678"},
    };
}

TEST(ProxyRule, TakesWhatTheDirectoryTakes) {
    for (const GoodProxy& row : good_proxies()) {
        EXPECT_EQ(check_proxy(Rail::kFps, row.kind, row.value), std::nullopt) << row.value;
        EXPECT_EQ(check_proxy(Rail::kFps, row.kind, row.canonical), std::nullopt) << row.value;
        const bool mobile = row.kind == ProxyKind::kMobile;
        EXPECT_EQ(check_proxy(Rail::kIbps, row.kind, row.value).has_value(), !mobile) << row.value;
        EXPECT_EQ(guess_proxy_kind(row.value), row.kind) << row.value;
    }
}

TEST(ProxyRule, RefusesTheRestAndSaysWhy) {
    struct Row {
        ProxyKind kind;
        std::string value;
        std::string_view rule;
    };
    const std::vector<Row> rows = {
        {ProxyKind::kMobile, "", "country code"},
        {ProxyKind::kMobile, "91234567", "country code"},
        {ProxyKind::kMobile, "852-91234567", "country code"},
        {ProxyKind::kMobile, "+85291234567", "country code"},
        {ProxyKind::kMobile, "+-91234567", "country code"},
        {ProxyKind::kMobile, "+", "country code"},
        {ProxyKind::kMobile, "-+", "country code"},
        {ProxyKind::kMobile, "+8521-91234567", "country code"},
        {ProxyKind::kMobile, "+8a-91234567", "country code"},
        {ProxyKind::kMobile, "+852-", "country code"},
        {ProxyKind::kMobile, "+852-9123 4567", "country code"},
        {ProxyKind::kMobile, " +852-91234567", "country code"},
        {ProxyKind::kMobile, "+852-９１２３４５６７", "country code"},
        {ProxyKind::kMobile, "+852-" + std::string(31, '9'), "country code"},
        {ProxyKind::kMobile, "+852-" + std::string(100'000, '9'), "country code"},
        {ProxyKind::kMobile, std::string("+852-91234567\0", 14), "country code"},
        {ProxyKind::kMobile, "+852-1234", "at least 5 digits"},
        {ProxyKind::kMobile, "+852-()+-1234", "at least 5 digits"},
        {ProxyKind::kMobile, "+852-+", "at least 5 digits"},
        {ProxyKind::kEmail, "", "one '@'"},
        {ProxyKind::kEmail, "someone", "one '@'"},
        {ProxyKind::kEmail, "@b.c", "one '@'"},
        {ProxyKind::kEmail, "a@@b.c", "one '@'"},
        {ProxyKind::kEmail, "a@b@c.d", "one '@'"},
        {ProxyKind::kEmail, "a@", "a dot inside"},
        {ProxyKind::kEmail, "a@b", "a dot inside"},
        {ProxyKind::kEmail, "a.b@c", "a dot inside"},
        {ProxyKind::kEmail, "a@.c", "a dot inside"},
        {ProxyKind::kEmail, "a@b.", "a dot inside"},
        {ProxyKind::kEmail, "a b@c.d", "printable ASCII"},
        {ProxyKind::kEmail, "a@b.c\n", "printable ASCII"},
        {ProxyKind::kEmail, "a\x7F@b.c", "printable ASCII"},
        {ProxyKind::kEmail, "陳@b.c", "printable ASCII"},
        {ProxyKind::kEmail, std::string("a\0@b.c", 6), "printable ASCII"},
        {ProxyKind::kEmail, std::string(251, 'a') + "@b.c", "at most 254"},
        {ProxyKind::kEmail, std::string(100'000, '@'), "at most 254"},
        {ProxyKind::kFpsId, "", "7 or 9 digits"},
        {ProxyKind::kFpsId, "123456", "7 or 9 digits"},
        {ProxyKind::kFpsId, "12345678", "7 or 9 digits"},
        {ProxyKind::kFpsId, "1234567890", "7 or 9 digits"},
        {ProxyKind::kFpsId, "123456a", "7 or 9 digits"},
        {ProxyKind::kFpsId, "12345 7", "7 or 9 digits"},
    };
    for (const Row& row : rows) {
        const auto rule = check_proxy(Rail::kFps, row.kind, row.value);
        ASSERT_TRUE(rule.has_value()) << row.value;
        EXPECT_THAT(std::string(*rule), testing::HasSubstr(std::string(row.rule))) << row.value;
        const auto mainland_rule = check_proxy(Rail::kIbps, row.kind, row.value);
        ASSERT_TRUE(mainland_rule.has_value()) << row.value;
        if (row.kind == ProxyKind::kMobile) {
            EXPECT_EQ(mainland_rule, rule) << row.value;
        } else {
            EXPECT_THAT(std::string(*mainland_rule), testing::HasSubstr("must be a mobile number"));
        }
    }
}

TEST(ProxySpelling, IsOneForAllThatMeanTheSame) {
    for (const GoodProxy& row : good_proxies()) {
        EXPECT_EQ(canonical_proxy(row.kind, row.value), row.canonical);
        EXPECT_EQ(canonical_proxy(row.kind, row.canonical), row.canonical) << "it is a fixed point";
        EXPECT_EQ(proxy_hash(row.kind, row.value), proxy_hash(row.kind, row.canonical));
    }
}

TEST(ProxySpelling, HashesDifferByKindAndValue) {
    std::set<Hash128> hashes;
    std::set<std::pair<ProxyKind, std::string>> proxies;
    for (const GoodProxy& row : good_proxies()) {
        hashes.insert(proxy_hash(row.kind, row.value));
        proxies.insert({row.kind, row.canonical});
    }
    EXPECT_EQ(hashes.size(), proxies.size());
    EXPECT_NE(proxy_hash(ProxyKind::kFpsId, "1234567"), proxy_hash(ProxyKind::kEmail, "1234567"));
    EXPECT_NE(proxy_hash(ProxyKind::kMobile, "+85-291234567"),
              proxy_hash(ProxyKind::kMobile, "+852-91234567"));
}

// The log holds these: another value would make old records mean other proxies.
TEST(ProxySpelling, HashesAreThoseOfOldRecords) {
    EXPECT_EQ(proxy_hash(ProxyKind::kMobile, "+852-91234567"), hash128("+852-91234567", 1));
    EXPECT_EQ(proxy_hash(ProxyKind::kEmail, "Someone@Example.com"),
              hash128("someone@example.com", 2));
    EXPECT_EQ(proxy_hash(ProxyKind::kFpsId, "1234567"), hash128("1234567", 3));
}

TEST(ProxySpellingDeathTest, WhatWasNotCheckedAborts) {
    EXPECT_DEATH(static_cast<void>(canonical_proxy(ProxyKind::kEmail, std::string(255, 'a'))),
                 "check_proxy");
    EXPECT_DEATH(static_cast<void>(proxy_hash(ProxyKind::kMobile, "91234567")), "check_proxy");
}

TEST(ProxyGuess, FollowsWhatPeopleType) {
    for (const std::string_view text : {"someone@x", "@", "+852@", "1234567@"}) {
        EXPECT_EQ(guess_proxy_kind(text), ProxyKind::kEmail) << text;
    }
    for (const std::string_view text : {"+", "+852-91234567", "+1234567"}) {
        EXPECT_EQ(guess_proxy_kind(text), ProxyKind::kMobile) << text;
    }
    for (const std::string_view text : {"1234567", "123456789"}) {
        EXPECT_EQ(guess_proxy_kind(text), ProxyKind::kFpsId) << text;
    }
    for (const std::string_view text : {"", "12345678", "6222-0001", "someone", " +852-91234567"}) {
        EXPECT_EQ(guess_proxy_kind(text), std::nullopt) << text;
    }
}

// Any text is refused with a rule or has a spelling that passes and stays.
TEST(ProxyRule, HoldsForAnyText) {
    Prng prng(2);
    constexpr std::string_view kAlphabet = "0123456789+-()@.aZ ";
    int good = 0;
    for (int round = 0; round < 200'000; ++round) {
        std::string text = prng.below(2) == 0 ? "+1-" : "";
        for (std::uint64_t length = prng.below(12); length > 0; --length) {
            text += kAlphabet[static_cast<std::size_t>(prng.below(kAlphabet.size()))];
        }
        for (const ProxyKind kind : {ProxyKind::kMobile, ProxyKind::kEmail, ProxyKind::kFpsId}) {
            if (check_proxy(Rail::kFps, kind, text)) {
                continue;
            }
            ++good;
            const std::string canonical = canonical_proxy(kind, text);
            ASSERT_EQ(check_proxy(Rail::kFps, kind, canonical), std::nullopt) << text;
            ASSERT_EQ(canonical_proxy(kind, canonical), canonical) << text;
            ASSERT_EQ(guess_proxy_kind(text), kind) << text;
        }
    }
    EXPECT_GT(good, 5'000);
}

}  // namespace
}  // namespace lowu::scheme
