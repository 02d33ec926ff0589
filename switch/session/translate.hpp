// Between the contract's frames and the engine's words: decides what is malformed (no state
// needed), and nothing else. One Translator a session; pure, no transport, no thread of its own.
// Called by switch/service on the reading thread (take) and on the engine's (give), and by tests on
// virtual time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/scheme/field_fault.hpp"
#include "switch/engine/types.hpp"

namespace lowu::wire::v1 {
class ParticipantFrame;
class ParticipantMessage;
class CreditTransfer;
class SwitchFrame;
}  // namespace lowu::wire::v1

namespace lowu::v1 {
class CarriedDetails;
}  // namespace lowu::v1

namespace lowu::session {

class Translator {
public:
    Translator();
    ~Translator();
    Translator(const Translator&) = delete;
    Translator& operator=(const Translator&) = delete;

    /// Reads a frame into `out` (its memory is reused). A fault in the frame itself (too many
    /// messages, a malformed hello or quote answer) ends the session with INVALID_ARGUMENT; a fault
    /// in one message becomes a RejectMessage in its place.
    [[nodiscard]] std::optional<scheme::FieldFault> take(const wire::v1::ParticipantFrame& frame,
                                                         engine::InboundFrame& out);

private:
    engine::Input input_of(const wire::v1::ParticipantMessage& message) const;
    engine::Input transfer_of(const wire::v1::CreditTransfer& transfer) const;

    std::unique_ptr<v1::CarriedDetails> carried_;  ///< For trying whether bytes can be read.
    std::string code_;                             ///< The participant's own, once hello has come.
    scheme::Rail rail_{};                          ///< And its rail.
};

/// Writes a frame for the bank into `out` (cleared first, its memory kept).
void give(const engine::OutboundFrame& frame, wire::v1::SwitchFrame& out);

/// The rail's reference of a payment, 28 characters: FRN, date, PAYC01 and 11 digits on FPS; a
/// message id on IBPS.
/// The digits count the rail's payments, so that it is unique on its rail (core::kMaxPayments has
/// 8).
[[nodiscard]] std::string clearing_reference(scheme::Rail rail, const core::Payment& payment,
                                             core::PaymentIndex index);

}  // namespace lowu::session
