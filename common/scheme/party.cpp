// Names and numbers of parties and documents. See party.hpp.
#include "common/scheme/party.hpp"

#include "common/base/assert.hpp"

namespace lowu::scheme {

std::string_view to_string(PartyKind kind) {
    switch (kind) {
        case PartyKind::kPerson:
            return "person";
        case PartyKind::kCompany:
            return "company";
        case PartyKind::kRegisteredInstitution:
            return "registered_institution";
    }
    LOWU_UNREACHABLE("every kind of party has a name");
}

std::optional<PartyKind> parse_party_kind(std::string_view text) {
    for (const PartyKind kind : kPartyKinds) {
        if (text == to_string(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

std::optional<PartyKind> party_kind_from_number(std::int64_t number) {
    for (const PartyKind kind : kPartyKinds) {
        if (number == static_cast<std::int64_t>(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

std::string_view to_string(DocumentType document) {
    switch (document) {
        case DocumentType::kNone:
            return "none";
        case DocumentType::kHkid:
            return "hkid";
        case DocumentType::kMainlandId:
            return "mainland_id";
        case DocumentType::kOther:
            return "other";
    }
    LOWU_UNREACHABLE("every type of document has a name");
}

std::optional<DocumentType> parse_document_type(std::string_view text) {
    for (const DocumentType document : kDocumentTypes) {
        if (text == to_string(document)) {
            return document;
        }
    }
    return std::nullopt;
}

std::optional<DocumentType> document_type_from_number(std::int64_t number) {
    for (const DocumentType document : kDocumentTypes) {
        if (number == static_cast<std::int64_t>(document)) {
            return document;
        }
    }
    return std::nullopt;
}

}  // namespace lowu::scheme
