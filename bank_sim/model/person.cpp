// Tokens of a bank's customers. See person.hpp.
#include "bank_sim/model/person.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/hash.hpp"
#include "common/base/hex.hpp"

namespace lowu::bank {
namespace {

// bank.proto, Account.document_number.
constexpr std::size_t kDocumentNumberLengthMax = 35;

bool has_lower_case(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char character) { return character >= 'a' && character <= 'z'; });
}

}  // namespace

bool TokenKeys::add(std::uint32_t version, const scheme::TokenKey& key) {
    LOWU_ASSERT(version > 0, "versions of a key start at 1");
    return keys_.size() < kMaxTokenKeys && keys_.emplace(version, key).second;
}

const scheme::TokenKey* TokenKeys::find(std::uint32_t version) const {
    const auto found = keys_.find(version);
    return found == keys_.end() ? nullptr : &found->second;
}

// Tokens take letters of either case for the same, accounts do not: such an account is written by
// its hash, and so is one that is too long.
std::string made_document_number(std::string_view bank_code, std::string_view account) {
    std::string number = std::string(bank_code) + "-" + std::string(account);
    if (number.size() > kDocumentNumberLengthMax || has_lower_case(account)) {
        number = std::string(bank_code) + "-#" + to_hex(hash64(account));
    }
    return number;
}

void TokenVersion::greeted(std::uint32_t version) {
    version_ = std::max(version, 1U);
    // What was announced for later still holds; what is in force by now is in the greeting.
    std::erase_if(changes_, [this](const Change& change) { return change.version <= version_; });
}

bool TokenVersion::announced(std::uint32_t version, SchemeTime effective) {
    if (version <= version_) {
        return true;  // told late: versions only go up
    }
    if (changes_.size() == kMaxAnnouncedVersions) {
        return false;
    }
    const auto later = std::find_if(changes_.begin(), changes_.end(), [&](const Change& change) {
        return change.effective > effective;
    });
    changes_.insert(later, Change{effective, version});
    return true;
}

void TokenVersion::advance(SchemeTime now) {
    version_ = at(now);
    std::erase_if(changes_, [now](const Change& change) { return change.effective <= now; });
}

std::uint32_t TokenVersion::at(SchemeTime now) const {
    std::uint32_t version = version_;
    for (const Change& change : changes_) {
        version = change.effective <= now ? std::max(version, change.version) : version;
    }
    return version;
}

void TokenVersion::add_to(Digest& digest) const {
    digest.add(version_);
    digest.add(changes_.size());
    for (const Change& change : changes_) {
        digest.add(change.effective);
        digest.add(change.version);
    }
}

PersonBook::PersonBook(TokenKeys keys) : keys_(std::move(keys)) {}

bool PersonBook::has_keys(std::uint32_t version) const {
    return keys_.find(version) != nullptr && (version <= 1 || keys_.find(version - 1) != nullptr);
}

const PersonTokens* PersonBook::find(CustomerId id, const Customer& person, std::uint32_t version) {
    if (id.value >= tokens_.size()) {
        tokens_.resize(std::size_t{id.value} + 1);
    }
    PersonTokens& tokens = tokens_[id.value];
    if (tokens.version == version) {
        return &tokens;
    }
    const auto made = make(person, version);
    if (!made) {
        return nullptr;
    }
    tokens = *made;
    return &tokens;
}

std::optional<PersonTokens> PersonBook::make(const Customer& person, std::uint32_t version) const {
    if (!has_keys(version)) {
        return std::nullopt;
    }
    const scheme::TokenKey* previous = version > 1 ? keys_.find(version - 1) : nullptr;
    PersonTokens tokens;
    tokens.version = version;
    tokens.token =
        scheme::person_token(*keys_.find(version), person.document, person.document_number);
    if (previous != nullptr) {
        tokens.previous = scheme::person_token(*previous, person.document, person.document_number);
    }
    return tokens;
}

}  // namespace lowu::bank
