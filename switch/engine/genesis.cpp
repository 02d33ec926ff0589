// Configuration against log; see genesis.hpp.
#include "switch/engine/genesis.hpp"

#include "common/base/assert.hpp"
#include "switch/journal/record.hpp"

namespace lowu::engine {
namespace {

/// Times are parameters and may have changed since; the sizes of tables may not.
core::Command without_times(core::Command command) {
    if (auto* open = std::get_if<core::OpenCell>(&command)) {
        core::Parameters sizes;
        sizes.payments_max = open->parameters.payments_max;
        sizes.quota_records_max = open->parameters.quota_records_max;
        sizes.proxies_max = open->parameters.proxies_max;
        open->parameters = sizes;
    }
    return command;
}

Genesis structure_of(const Genesis& genesis) {
    Genesis structure;
    for (const auto& [rail, command] : genesis) {
        if (is_structure(command)) structure.emplace_back(rail, without_times(command));
    }
    return structure;
}

/// The rule book that the configuration makes.
core::RuleBook rules_of(const Genesis& genesis, core::Rail rail) {
    core::RuleBook rules;
    for (const auto& [on, command] : genesis) {
        if (on != rail) continue;
        if (const auto* open = std::get_if<core::OpenCell>(&command)) {
            rules.open(rail, open->parameters);
        } else if (std::holds_alternative<core::AdmitParticipant>(command)) {
            rules.admit();
        } else if (const auto* set = std::get_if<core::SetParameters>(&command)) {
            for (const core::ParameterSetting& setting : set->settings)
                rules.set(setting, set->effective, set->effective);
        }
    }
    return rules;
}

/// What the key will be when all that is scheduled has come.
std::int64_t final_value(const core::RuleBook& rules, const core::ParameterKey& key) {
    std::int64_t value = rules.value(key);
    for (const core::ScheduledSetting& scheduled : rules.schedule()) {
        if (scheduled.setting.key == key) value = scheduled.setting.value;
    }
    return value;
}

}  // namespace

bool is_structure(const core::Command& command) {
    return std::holds_alternative<core::OpenCell>(command) ||
           std::holds_alternative<core::AdmitParticipant>(command) ||
           std::holds_alternative<core::OpenLink>(command);
}

Result<void> compare_structure(const Genesis& told, const Genesis& held) {
    const Genesis wanted = structure_of(told);
    const Genesis found = structure_of(held);
    for (std::size_t i = 0; i < std::min(wanted.size(), found.size()); ++i) {
        const auto says = journal::describe(wanted[i].first, wanted[i].second);
        const auto holds = journal::describe(found[i].first, found[i].second);
        if (says != holds) {
            return Error{Error::Kind::kInvalid,
                         "the configuration differs from the log: it says {" + says +
                             "}, the log holds {" + holds + "}"};
        }
    }
    if (wanted.size() != found.size()) {
        return Error{Error::Kind::kInvalid,
                     "the configuration makes " + std::to_string(wanted.size()) +
                         " genesis commands, the log holds " + std::to_string(found.size())};
    }
    return {};
}

std::vector<core::ParameterSetting> differing_parameters(const Genesis& told,
                                                         const core::Cell& cell) {
    const core::RuleBook wanted = rules_of(told, cell.rail());
    std::vector<core::ParameterSetting> differing;
    const auto compare = [&](const core::ParameterKey& key) {
        const std::int64_t value = wanted.value(key);
        if (value != cell.rules().value(key) && value != final_value(cell.rules(), key)) {
            differing.push_back({key, value});
        }
    };
    for (const core::ParameterRow& row : core::parameter_table()) {
        for (std::uint8_t i = 0; i < core::kCorridors; ++i) {
            const core::Corridor corridor{i};
            if (!core::has_place(cell.rail(), row.id, corridor)) continue;
            compare({row.id, corridor, core::kNoParticipant});
            for (std::uint16_t bank = 0; row.banks_own && bank < cell.participants(); ++bank)
                compare({row.id, corridor, core::ParticipantIndex{bank}});
        }
    }
    return differing;
}

std::string describe_difference(const core::ParameterSetting& told, const core::Cell& cell) {
    const core::ParameterRow* row = core::find_parameter(static_cast<std::uint32_t>(told.key.id));
    LOWU_ASSERT(row != nullptr, "every parameter has a row");
    std::string text =
        std::string(row->name) + " of " + std::string(scheme::to_string(cell.rail()));
    if (row->scope != core::ParameterScope::kRail) {
        text += told.key.corridor.domestic()
                    ? ", domestic"
                    : ", " + std::string(scheme::to_string(told.key.corridor.direction())) + " " +
                          std::string(scheme::to_string(told.key.corridor.service()));
    }
    if (told.key.participant != core::kNoParticipant) {
        text += ", bank " + scheme::format_agent_code(cell.participant(told.key.participant).code);
    }
    return text + ": the configuration says " + std::to_string(told.value) + ", the log holds " +
           std::to_string(cell.rules().value(told.key));
}

}  // namespace lowu::engine
