// Commands to records and back: the only place that knows both. A record is one command to one cell
// with its stamp and, where what a bank asked for brought one, the body: texts that cells never
// read, and what the request to the payee's bank tells beyond what cells keep. Called by the engine
// (encode) and by whoever replays (decode); no state, any thread.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.hpp"
#include "switch/core/command.hpp"

namespace lowu::journal::v1 {
class Record;
}

namespace lowu::journal {

/// What goes with a command and is not kept by cells; the hashes in the command are of these texts.
/// Which fields are used depends on the command; the others stay empty.
struct Body {
    // CreditTransfer.
    std::string payer_account;
    std::string payee_account;  ///< Empty with a proxy.
    std::string carried;  ///< lowu.v1.CarriedDetails, serialised; with RejectMessage the broken
                          ///< rule in words.
    SchemeTime creation_time;
    // CreditTransfer by proxy; RegisterProxy and SetProxyWarning.
    std::string payee_proxy;            ///< As typed; it has passed scheme::check_proxy.
    std::uint8_t proxy_kind = 0;        ///< Number of the scheme::ProxyKind; 0: no proxy.
    std::uint64_t proxy_reference = 0;  ///< CreditTransfer only.
    // CreditTransfer: as the command has them, for the request to the payee's bank.
    std::string quote_id;  ///< Empty, `hkd` and `rate` zero: no exchange.
    core::AmountMinor hkd;
    core::Rate rate;
    core::Purpose purpose{};
    core::PartyKind payer_kind{};
    // RegisterProxy: masked, as payers see them.
    std::string name_en;
    std::string name_zh;

    /// Empties every field; the strings keep their memory.
    void clear();
};

/// One command as the log holds it.
struct Entry {
    core::Stamp stamp;
    core::Rail rail{};  ///< Which cell.
    core::Command command;
    Body body;  ///< Empty but where has_body says so.
};

/// Whether a command brings a body: CreditTransfer, RejectMessage, RegisterProxy, SetProxyWarning.
[[nodiscard]] bool has_body(const core::Command& command);

/// Sets the hashes by which a repeated instruction is compared, and of a payee's proxy the one by
/// which the directory knows it. A proxy in the body has passed scheme::check_proxy.
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
