// Commands to records and back: the only place that knows both. A record is one command to one cell
// with its stamp and, where a bank's instruction brought one, the body that cells never read.
// Called by the engine (encode) and by whoever replays (decode); no state, any thread.
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "switch/core/command.hpp"

namespace lowu::journal::v1 {
class Record;
}

namespace lowu::journal {

/// What the switch carries and does not judge, but for its hash. Accounts as text, carried details
/// as bytes.
struct Body {
    std::string payer_account;
    std::string payee_account;
    std::string carried;  ///< lowu.v1.CarriedDetails, serialised; with RejectMessage the broken
                          ///< rule in words.
    SchemeTime creation_time;
};

/// One command as the log holds it.
struct Entry {
    core::Stamp stamp;
    core::Rail rail{};  ///< Which cell.
    core::Command command;
    Body body;  ///< Empty but for CreditTransfer and RejectMessage.
};

/// Whether a command brings a body.
[[nodiscard]] bool has_body(const core::Command& command);

/// Sets the hashes by which a repeated instruction is compared.
void hash_body(const Body& body, core::CreditTransfer& command);

/// Fills `record` (cleared first, its memory kept).
void encode(const core::Stamp& stamp, core::Rail rail, const core::Command& command,
            const Body& body, v1::Record& record);

/// Reads a record back into `entry`. Error kCorrupt names what cannot be: the log holds only what
/// encode wrote.
[[nodiscard]] Result<void> decode(const v1::Record& record, core::Sequence sequence, Entry& entry);

/// The command in words, for comparing and for `log inspect`.
[[nodiscard]] std::string describe(core::Rail rail, const core::Command& command);

}  // namespace lowu::journal
