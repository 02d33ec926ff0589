// What an operator changes: each call becomes commands, and is answered when they are durable. See
// operations_service.hpp.
#include "switch/core/limits.hpp"
#include "switch/service/operations_service.hpp"
#include "switch/service/unary.hpp"
#include "switch/session/convert.hpp"

namespace lowu::service {
namespace {

constexpr std::array kRails{core::Rail::kFps, core::Rail::kIbps};

using Commands = std::vector<engine::ChangeCommand>;

grpc::Status status_of(const engine::ChangeOutcome& outcome, std::string_view field) {
    if (outcome.result == core::ResultCode::kAccepted) return grpc::Status::OK;
    return refusal(outcome.result, field);
}

/// The rail and index of a participant by its code.
std::optional<std::pair<core::Rail, core::ParticipantIndex>> find_participant(
    engine::Engine& engine, const std::string& text) {
    const auto code = scheme::parse_agent_code(text);
    for (const core::Rail rail : kRails) {
        const auto index = code ? engine.cell(rail).find_participant(*code) : std::nullopt;
        if (index) return std::pair{rail, *index};
    }
    return std::nullopt;
}

/// Reads all settings of a request, by rail; leaves out what is so already.
std::optional<grpc::Status> read_settings(
    const v1::SetParametersRequest& request, engine::Engine& engine,
    std::array<std::vector<core::ParameterSetting>, 2>& by_rail) {
    const auto find = [&](core::Rail rail, core::AgentCode code) {
        return engine.cell(rail).find_participant(code);
    };
    for (int i = 0; i < request.parameters_size(); ++i) {
        core::Rail rail{};
        core::ParameterSetting setting;
        if (const auto fault =
                session::read_parameter(request.parameters(i), find, rail, setting)) {
            return malformed_field(
                "parameters[" + std::to_string(i) + "]." + std::string(fault->field), fault->rule);
        }
        const auto* row = core::find_parameter(static_cast<std::uint32_t>(setting.key.id));
        const bool own = setting.key.participant != core::kNoParticipant;
        if (!core::has_place(rail, setting.key.id, setting.key.corridor) ||
            (own && !row->banks_own)) {
            return refusal(core::ResultCode::kParameterPlace,
                           "parameters[" + std::to_string(i) + "]");
        }
        const core::RuleBook& rules = engine.cell(rail).rules();
        if (rules.schedule().empty() && rules.value(setting.key) == setting.value) continue;
        by_rail[static_cast<std::size_t>(rail)].push_back(setting);
    }
    return std::nullopt;
}

/// The name of the parameter that was refused: the outcome counts within one rail's settings, and
/// `changes` has those of the first rail first.
std::string broken_parameter(const v1::SetParametersResponse& response,
                             const engine::ChangeOutcome& outcome) {
    int broken = static_cast<int>(outcome.detail);
    for (const v1::ParameterChange& change : response.changes()) {
        const bool before = change.parameter().rail() == response.changes(0).parameter().rail();
        broken += outcome.failed_at > 0 && before ? 1 : 0;
    }
    return broken < response.changes_size() ? response.changes(broken).parameter().name()
                                            : std::string();
}

}  // namespace

grpc::ServerUnaryReactor* OperationsService::SetParameters(grpc::CallbackServerContext* context,
                                                           const v1::SetParametersRequest* request,
                                                           v1::SetParametersResponse* response) {
    if (request->parameters().empty() ||
        request->parameters_size() > static_cast<int>(core::kMaxSettings)) {
        return finish(context, malformed_field("parameters", "must be 1 to 256"));
    }
    if (request->effective_time_ms() < 0) {
        return finish(context, malformed_field("effective_time_ms", "must not be negative"));
    }
    const auto build = [request, response](engine::Engine& engine,
                                           Commands& commands) -> std::optional<grpc::Status> {
        std::array<std::vector<core::ParameterSetting>, 2> by_rail;
        if (const auto fault = read_settings(*request, engine, by_rail)) return fault;
        for (const core::Rail rail : kRails) {
            const auto& settings = by_rail[static_cast<std::size_t>(rail)];
            for (const core::ParameterSetting& setting : settings) {
                v1::ParameterChange& change = *response->add_changes();
                const core::ParticipantIndex bank = setting.key.participant;
                session::write_parameter(
                    rail, setting,
                    bank == core::kNoParticipant
                        ? std::string()
                        : scheme::format_agent_code(engine.cell(rail).participant(bank).code),
                    *change.mutable_parameter());
                change.set_effective_time_ms(request->effective_time_ms());
            }
            if (settings.empty()) continue;
            commands.push_back(
                {rail,
                 core::SetParameters{settings, SchemeTime{request->effective_time_ms()}},
                 {}});
        }
        return std::nullopt;
    };
    return change(context, requests_, build, [response](const engine::ChangeOutcome& outcome) {
        if (outcome.result != core::ResultCode::kAccepted) {
            const std::string name = broken_parameter(*response, outcome);
            return refusal(outcome.result, name);
        }
        for (v1::ParameterChange& change : *response->mutable_changes()) {
            change.set_effective_time_ms(
                std::max(change.effective_time_ms(), outcome.scheme_time.value));
        }
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* OperationsService::SetReferenceRate(
    grpc::CallbackServerContext* context, const v1::SetReferenceRateRequest* request,
    v1::SetReferenceRateResponse* /*response*/) {
    core::ReferenceRate rate;
    if (const auto fault = session::read_reference_rate(request->rate(), rate)) {
        return finish(context, malformed_field("rate." + std::string(fault->field), fault->rule));
    }
    return change(
        context, requests_,
        [rate](engine::Engine&, Commands& commands) -> std::optional<grpc::Status> {
            for (const core::Rail rail : kRails)
                commands.push_back({rail, core::SetReferenceRate{rate}, {}});
            return std::nullopt;
        },
        [](const engine::ChangeOutcome& outcome) { return status_of(outcome, "rate.date"); });
}

grpc::ServerUnaryReactor* OperationsService::SetAvailability(
    grpc::CallbackServerContext* context, const v1::SetAvailabilityRequest* request,
    v1::SetAvailabilityResponse* /*response*/) {
    if (request->expected_back_ms() < 0) {
        return finish(context, malformed_field("expected_back_ms", "must not be negative"));
    }
    return change(
        context, requests_,
        [request](engine::Engine& engine, Commands& commands) -> std::optional<grpc::Status> {
            const auto found = find_participant(engine, request->participant());
            if (!found) {
                return refusal(core::ResultCode::kUnknownParticipant, "participant",
                               grpc::StatusCode::NOT_FOUND);
            }
            commands.push_back({found->first,
                                core::ForceAvailability{found->second, request->available(),
                                                        SchemeTime{request->expected_back_ms()}},
                                {}});
            return std::nullopt;
        },
        [](const engine::ChangeOutcome& outcome) { return status_of(outcome, "participant"); });
}

grpc::ServerUnaryReactor* OperationsService::SetPriorUse(grpc::CallbackServerContext* context,
                                                         const v1::SetPriorUseRequest* request,
                                                         v1::SetPriorUseResponse* /*response*/) {
    const auto rail = session::read_rail(request->person().rail());
    if (!rail) return finish(context, malformed_field("person.rail", "must be a rail"));
    const auto token = scheme::parse_person_token(request->person().token());
    if (!token) return finish(context, malformed_field("person.token", "must be 16 bytes"));
    if (request->amount_minor() < 0 || request->amount_minor() > money::kMaxAmountMinor.value) {
        return finish(context,
                      malformed_field("amount_minor", "must be 0 to 99,999,999,999,999,999"));
    }
    const core::SetPriorUse command{
        {*token, {}}, request->year(), core::AmountMinor{request->amount_minor()}};
    return change(
        context, requests_,
        [rail = *rail, command](engine::Engine&,
                                Commands& commands) -> std::optional<grpc::Status> {
            commands.push_back({rail, command, {}});
            return std::nullopt;
        },
        [](const engine::ChangeOutcome& outcome) { return status_of(outcome, "year"); });
}

grpc::ServerUnaryReactor* OperationsService::SetProxyWarning(
    grpc::CallbackServerContext* context, const v1::SetProxyWarningRequest* request,
    v1::SetProxyWarningResponse* /*response*/) {
    const auto rail = session::read_rail(request->rail());
    if (!rail) return finish(context, malformed_field("rail", "must be a rail"));
    session::ProxyText proxy;
    if (const auto fault = session::read_proxy(*rail, request->proxy(), proxy)) {
        return finish(context, malformed_field("proxy." + std::string(fault->field), fault->rule));
    }
    engine::ChangeCommand command{
        *rail, core::SetProxyWarning{proxy.hash, request->suspicious()}, {}};
    command.body.payee_proxy = proxy.value;
    command.body.proxy_kind = static_cast<std::uint8_t>(proxy.kind);
    return change(
        context, requests_,
        [command](engine::Engine&, Commands& commands) -> std::optional<grpc::Status> {
            commands.push_back(command);
            return std::nullopt;
        },
        [](const engine::ChangeOutcome& outcome) { return status_of(outcome, "proxy"); });
}

grpc::ServerUnaryReactor* OperationsService::AdvanceSchemeTime(
    grpc::CallbackServerContext* context, const v1::AdvanceSchemeTimeRequest* request,
    v1::AdvanceSchemeTimeResponse* response) {
    if (const auto not_ready = requests_.readiness().refusal()) return finish(context, *not_ready);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const bool posted = requests_.post_change(
        [time = SchemeTime{request->scheme_time_ms()}](
            engine::Engine& engine, engine::ChangeId id) { engine.advance_scheme_time(id, time); },
        [reactor] { reactor->Finish(shutting_down()); },
        [reactor, response](const engine::ChangeOutcome& outcome) {
            response->set_scheme_time_ms(outcome.scheme_time.value);
            reactor->Finish(status_of(outcome, "scheme_time_ms"));
        });
    if (!posted) reactor->Finish(too_many_waiting());
    return reactor;
}

}  // namespace lowu::service
