// Who holds an account or pays, and by which document a person is known. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/scheme/rail.hpp"

namespace lowu::scheme {

// Values are those of lowu.v1.PartyKind.
enum class PartyKind : std::uint8_t {
    kPerson = 1,
    kCompany = 2,
    kRegisteredInstitution = 3,  // for fee collection: a school, a hospital, a utility
};

inline constexpr std::array kPartyKinds{PartyKind::kPerson, PartyKind::kCompany,
                                        PartyKind::kRegisteredInstitution};

// Values are those of lowu.v1.DocumentType.
enum class DocumentType : std::uint8_t {
    kNone = 0,
    kHkid = 1,        // Hong Kong Identity Card
    kMainlandId = 2,  // resident identity card of the Mainland
    kOther = 3,
};

inline constexpr std::array kDocumentTypes{DocumentType::kNone, DocumentType::kHkid,
                                           DocumentType::kMainlandId, DocumentType::kOther};

// "person", "company", "registered_institution".
[[nodiscard]] std::string_view to_string(PartyKind kind);
[[nodiscard]] std::optional<PartyKind> parse_party_kind(std::string_view text);
[[nodiscard]] std::optional<PartyKind> party_kind_from_number(std::int64_t number);

// "none", "hkid", "mainland_id", "other".
[[nodiscard]] std::string_view to_string(DocumentType document);
[[nodiscard]] std::optional<DocumentType> parse_document_type(std::string_view text);
[[nodiscard]] std::optional<DocumentType> document_type_from_number(std::int64_t number);

// The document that a person must hold to pay across the boundary from this rail.
[[nodiscard]] constexpr DocumentType document_of(Rail origin) {
    return origin == Rail::kFps ? DocumentType::kHkid : DocumentType::kMainlandId;
}

}  // namespace lowu::scheme
