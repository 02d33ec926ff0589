// Persons: under which token the rails know a bank's customer. Exists so that document numbers stay
// in the bank and no payment costs an HMAC: a token is made once for each version of the key. Used
// by the payer side, on the bank's thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bank_sim/model/books.hpp"
#include "bank_sim/model/limits.hpp"
#include "common/base/hash.hpp"
#include "common/base/time.hpp"
#include "common/scheme/person_token.hpp"

namespace lowu::bank {

/// The scheme keys of one side, by version. Simulated: a real bank keeps them in hardware.
class TokenKeys {
public:
    /// False when there is one of this version, or as many as there may be. Versions start at 1.
    [[nodiscard]] bool add(std::uint32_t version, const scheme::TokenKey& key);
    /// nullptr when the bank has no key of this version.
    [[nodiscard]] const scheme::TokenKey* find(std::uint32_t version) const;
    [[nodiscard]] bool empty() const { return keys_.empty(); }
    /// By version.
    [[nodiscard]] const std::map<std::uint32_t, scheme::TokenKey>& all() const { return keys_; }

private:
    std::map<std::uint32_t, scheme::TokenKey> keys_;
};

/// A person's number at this bank when the account was opened without one: no two accounts of all
/// banks have the same. 1 to 35 characters.
[[nodiscard]] std::string made_document_number(std::string_view bank_code,
                                               std::string_view account);

/// Which version of the key is in force.
class TokenVersion {
public:
    /// The rail's greeting says so; what it said before is forgotten.
    void greeted(std::uint32_t version);
    /// In force from `effective` on. False when more changes are announced than a bank keeps.
    [[nodiscard]] bool announced(std::uint32_t version, SchemeTime effective);
    /// What was announced for earlier is in force.
    void advance(SchemeTime now);
    [[nodiscard]] std::uint32_t at(SchemeTime now) const;
    /// As last told.
    [[nodiscard]] std::uint32_t last() const { return version_; }

    void add_to(Digest& digest) const;

private:
    struct Change {
        SchemeTime effective;
        std::uint32_t version;
    };

    std::uint32_t version_ = 1;
    std::vector<Change> changes_;  // to come, by time; of the same moment, the last said is last
};

struct PersonTokens {
    std::uint32_t version = 0;
    scheme::PersonToken token;
    scheme::PersonToken previous;  // none while the version is 1
};

class PersonBook {
public:
    explicit PersonBook(TokenKeys keys);

    /// The key of the version, and of the one before if there is one.
    [[nodiscard]] bool has_keys(std::uint32_t version) const;

    /// nullptr when the bank lacks a key.
    [[nodiscard]] const PersonTokens* find(CustomerId id, const Customer& person,
                                           std::uint32_t version);

    /// The same, made anew and kept nowhere: to be shown.
    [[nodiscard]] std::optional<PersonTokens> make(const Customer& person,
                                                   std::uint32_t version) const;

private:
    TokenKeys keys_;
    std::vector<PersonTokens> tokens_;  // by customer, as last made
};

}  // namespace lowu::bank
