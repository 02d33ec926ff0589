// What an operator asks about the rules: parameters with what is scheduled, and a person's quota.
// See operations_service.hpp.
#include "common/scheme/calendar.hpp"
#include "switch/service/operations_service.hpp"
#include "switch/service/unary.hpp"
#include "switch/session/convert.hpp"

namespace lowu::service {
namespace {

constexpr std::array kRails{core::Rail::kFps, core::Rail::kIbps};

std::string code_of(const core::Cell& cell, core::ParticipantIndex participant) {
    return participant == core::kNoParticipant
               ? std::string()
               : scheme::format_agent_code(cell.participant(participant).code);
}

void put_parameter(const core::Cell& cell, const core::ParameterRow& row,
                   const core::ParameterKey& key, v1::GetParametersResponse& response) {
    v1::ParameterState& state = *response.add_parameters();
    session::write_parameter(cell.rail(), {key, cell.rules().value(key)},
                             code_of(cell, key.participant), *state.mutable_parameter());
    state.set_unit(std::string(core::unit_of(key.id, key.corridor)));
    state.set_meaning(std::string(row.meaning));
    const bool own = key.participant != core::kNoParticipant;
    state.set_source(own ? "the bank's own"
                         : std::string(core::source_of(cell.rail(), key.id, key.corridor)));
    state.set_default_value(own ? core::kNoOwnValue
                                : core::default_value(cell.rail(), key.id, key.corridor));
    state.set_lowest(row.lowest);
    state.set_highest(row.highest);
}

/// All places of one parameter in one cell: the scheme's, then the banks' own that are set.
void put_row(const core::Cell& cell, const core::ParameterRow& row,
             v1::GetParametersResponse& response) {
    for (std::uint8_t i = 0; i < core::kCorridors; ++i) {
        const core::Corridor corridor{i};
        if (!core::has_place(cell.rail(), row.id, corridor)) continue;
        put_parameter(cell, row, {row.id, corridor, core::kNoParticipant}, response);
        for (std::uint16_t bank = 0; row.banks_own && bank < cell.participants(); ++bank) {
            const core::ParameterKey key{row.id, corridor, core::ParticipantIndex{bank}};
            if (cell.rules().value(key) == core::kNoOwnValue) continue;
            put_parameter(cell, row, key, response);
        }
    }
}

void put_schedule(const core::Cell& cell, std::string_view name,
                  v1::GetParametersResponse& response) {
    for (const core::ScheduledSetting& scheduled : cell.rules().schedule()) {
        const core::ParameterKey& key = scheduled.setting.key;
        const auto* row = core::find_parameter(static_cast<std::uint32_t>(key.id));
        if (!name.empty() && row->name != name) continue;
        v1::ParameterChange& change = *response.add_scheduled();
        session::write_parameter(cell.rail(), scheduled.setting, code_of(cell, key.participant),
                                 *change.mutable_parameter());
        change.set_effective_time_ms(scheduled.effective.value);
    }
}

/// One line of a person's quota: over all institutions, or at one.
void put_use(const core::Cell& cell, const core::PersonTokens& person,
             core::ParticipantIndex institution, core::QuotaDate today,
             v1::GetQuotaResponse& response) {
    const core::QuotaUse* use = cell.quota().find(person, institution);
    const bool all = institution == core::kNoParticipant;
    if (use == nullptr && !all) return;
    const core::Corridor corridor =
        core::corridor_of(scheme::direction_from(cell.rail()), core::Service::kP2pRemittance);
    const core::RuleBook& rules = cell.rules();
    v1::QuotaUse& to = *response.add_uses();
    to.set_participant(code_of(cell, institution));
    to.set_day(scheme::format_date(today.day));
    to.set_year(today.year);
    to.set_day_unit(cell.rail() == core::Rail::kFps ? "HKD" : "CNY");
    to.set_year_unit(cell.rail() == core::Rail::kFps ? "HKD" : "USD");
    if (use != nullptr && use->day == today.day) {
        to.set_day_used_minor(use->used.day.value);
        to.set_day_reserved_minor(use->reserved.day.value);
    }
    if (use != nullptr && use->year == today.year) {
        to.set_year_used_minor(use->used.year.value);
        to.set_year_reserved_minor(use->reserved.year.value);
    }
    to.set_year_prior_minor(cell.quota().prior(person, today.year).value);
    const bool day_all = rules.value(core::ParameterId::kDayAcrossInstitutions, corridor) != 0;
    const bool year_all = rules.value(core::ParameterId::kYearAcrossInstitutions, corridor) != 0;
    if (day_all == all) {
        to.set_day_limit_minor(
            all ? rules.value(core::ParameterId::kPersonDayLimit, corridor)
                : rules.limit(core::ParameterId::kPersonDayLimit, corridor, institution).value);
    }
    if (year_all == all) {
        to.set_year_limit_minor(rules.value(core::ParameterId::kPersonYearLimit, corridor));
    }
}

}  // namespace

grpc::ServerUnaryReactor* OperationsService::GetParameters(grpc::CallbackServerContext* context,
                                                           const v1::GetParametersRequest* request,
                                                           v1::GetParametersResponse* response) {
    if (!request->name().empty() &&
        core::find_parameter(std::string_view(request->name())) == nullptr) {
        return finish(context, malformed_field("name", "must be the name of a parameter"));
    }
    return ask(context, desk_,
               [name = request->name(), response](const follower::Follower& follower,
                                                  const SwitchStatus&) {
                   for (const core::Rail rail : kRails) {
                       const core::Cell& cell = follower.cell(rail);
                       for (const core::ParameterRow& row : core::parameter_table()) {
                           if (name.empty() || row.name == name) put_row(cell, row, *response);
                       }
                       put_schedule(cell, name, *response);
                   }
                   return grpc::Status::OK;
               });
}

grpc::ServerUnaryReactor* OperationsService::GetQuota(grpc::CallbackServerContext* context,
                                                      const v1::GetQuotaRequest* request,
                                                      v1::GetQuotaResponse* response) {
    const auto rail = session::read_rail(request->person().rail());
    if (!rail) return finish(context, malformed_field("person.rail", "must be a rail"));
    const auto token = scheme::parse_person_token(request->person().token());
    if (!token) return finish(context, malformed_field("person.token", "must be 16 bytes"));
    return ask(context, desk_,
               [rail = *rail, person = core::PersonTokens{*token, {}}, response](
                   const follower::Follower& follower, const SwitchStatus&) {
                   const core::Cell& cell = follower.cell(rail);
                   const SchemeTime now = follower.last().scheme;
                   const core::QuotaDate today{static_cast<std::int32_t>(scheme::day_number(now)),
                                               scheme::to_utc8(now).year};
                   put_use(cell, person, core::kNoParticipant, today, *response);
                   for (std::uint16_t bank = 0; bank < cell.participants(); ++bank)
                       put_use(cell, person, core::ParticipantIndex{bank}, today, *response);
                   return grpc::Status::OK;
               });
}

}  // namespace lowu::service
