// What is true of records and bodies both ways; see record.hpp. Encoders are in encode.cpp,
// decoders in decode.cpp, each in the order of core::Command.
#include "switch/journal/record.hpp"

#include "common/base/hash.hpp"
#include "common/scheme/proxy.hpp"
#include "lowu/journal/v1/journal.pb.h"

namespace lowu::journal {

void Body::clear() {
    payer_account.clear();
    payee_account.clear();
    carried.clear();
    creation_time = SchemeTime{};
    payee_proxy.clear();
    proxy_kind = 0;
    proxy_reference = 0;
    quote_id.clear();
    hkd = core::AmountMinor{};
    rate = core::Rate{};
    purpose = core::Purpose{};
    payer_kind = core::PartyKind{};
    name_en.clear();
    name_zh.clear();
}

bool has_body(const core::Command& command) {
    return std::holds_alternative<core::CreditTransfer>(command) ||
           std::holds_alternative<core::RejectMessage>(command) ||
           std::holds_alternative<core::RegisterProxy>(command) ||
           std::holds_alternative<core::SetProxyWarning>(command);
}

void hash_body(const Body& body, core::CreditTransfer& command) {
    command.payer_account_hash = hash64(std::string_view(body.payer_account));
    command.payee_account_hash = hash64(std::string_view(body.payee_account));
    command.carried_hash = hash64(std::string_view(body.carried));
    command.exchange.quote_hash =
        body.quote_id.empty() ? 0 : hash64(std::string_view(body.quote_id));
    command.payee_proxy.proxy =
        body.proxy_kind == 0
            ? Hash128{}
            : scheme::proxy_hash(static_cast<scheme::ProxyKind>(body.proxy_kind), body.payee_proxy);
}

std::string describe(core::Rail rail, const core::Command& command) {
    v1::Record record;
    encode({}, rail, command, {}, record);
    const auto* admitted = std::get_if<core::AdmitParticipant>(&command);
    const auto* linked = std::get_if<core::OpenLink>(&command);
    const core::AgentCode code = admitted != nullptr
                                     ? admitted->code
                                     : (linked != nullptr ? linked->agent : scheme::kNoAgent);
    return std::string(scheme::to_string(rail)) + " " + scheme::format_agent_code(code) + " " +
           record.ShortDebugString();
}

}  // namespace lowu::journal
