// Instructions: the short names that a scenario gives its payments, and what stands behind them.
// Exists so that scripts and transcripts say P1 where the cells say a UETR. Used by player and
// scribe; one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "switch/core/command.hpp"

namespace lowu::scenario {

struct Instruction {
    std::string name;
    scheme::Rail origin{};
    scheme::AgentCode payer_agent;
    std::string payer;              ///< The person's name; empty for an institution.
    core::CreditTransfer transfer;  ///< As first sent; participant and number as then.
    std::string original;           ///< Of a return: the payment that comes back.
    scheme::ReturnReason return_reason{};
};

class Instructions {
public:
    const Instruction& add(const Instruction& instruction);
    [[nodiscard]] const Instruction* find(const std::string& name) const;
    /// The name of the payment that started on this rail with this UETR; when two instructions
    /// share it, the first, unless the second is being sent just now.
    [[nodiscard]] std::string name_of(scheme::Rail origin, const scheme::Uetr& uetr) const;
    [[nodiscard]] const std::vector<Instruction>& all() const { return all_; }

    /// What is being sent at this moment: answers put out meanwhile are about it.
    void set_sending(std::optional<Instruction> instruction) { sending_ = std::move(instruction); }

private:
    std::vector<Instruction> all_;
    std::optional<Instruction> sending_;
};

/// What a person is called who is not named: one at each side.
[[nodiscard]] std::string usual_payer(scheme::Rail origin);

/// A person's tokens as the person's bank makes them: the same for the same name and key version.
[[nodiscard]] core::PersonTokens tokens_of(const std::string& person, std::uint32_t token_version,
                                           bool with_previous);

/// The same UETR for the same name, in every run.
[[nodiscard]] scheme::Uetr uetr_of_name(const std::string& name);

}  // namespace lowu::scenario
