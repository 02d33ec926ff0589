// lowu.v1.DirectoryService; see directory_service.hpp.
#include "switch/service/directory_service.hpp"

#include <charconv>

#include "common/scheme/agent_code.hpp"
#include "common/scheme/institutions.hpp"
#include "common/scheme/names.hpp"
#include "switch/service/unary.hpp"
#include "switch/session/convert.hpp"

namespace lowu::service {
namespace {

constexpr int kPageDefault = 100;
constexpr int kPageMax = 1'000;

/// A participant as a call names it: the rail follows from the code.
struct Registrant {
    core::AgentCode code;
    core::Rail rail{};
};

std::optional<Registrant> read_registrant(const std::string& text) {
    const auto rail = scheme::rail_of_code(text);
    if (!rail) return std::nullopt;
    return Registrant{*scheme::parse_agent_code(text), *rail};
}

grpc::Status no_participant(std::string_view field) {
    return malformed_field(field,
                           "must be an FPS clearing code or an IBPS code with its check digit");
}

grpc::Status not_found(core::ResultCode result, std::string_view field) {
    return refusal(result, field, grpc::StatusCode::NOT_FOUND);
}

std::optional<grpc::Status> check_names(const v1::ProxyRegistration& registration) {
    if (const auto fault =
            scheme::check_name(registration.display_name_en(), scheme::Field::kNone)) {
        return malformed_field("registration.display_name_en", fault->rule);
    }
    if (registration.display_name_zh().empty()) return std::nullopt;
    if (const auto fault =
            scheme::check_name(registration.display_name_zh(), scheme::Field::kNone)) {
        return malformed_field("registration.display_name_zh", fault->rule);
    }
    return std::nullopt;
}

/// The command that a request stands for, but for the participant's index.
std::optional<grpc::Status> read_registration(const v1::ProxyRegistration& from,
                                              Registrant& registrant,
                                              engine::ChangeCommand& command) {
    const auto named = read_registrant(from.participant());
    if (!named) return no_participant("registration.participant");
    registrant = *named;
    session::ProxyText proxy;
    if (const auto fault = session::read_proxy(named->rail, from.proxy(), proxy)) {
        return malformed_field("registration.proxy." + std::string(fault->field), fault->rule);
    }
    const auto holder = scheme::party_kind_from_number(from.holder());
    if (!holder) return malformed_field("registration.holder", "must be a kind of party");
    if (from.default_receiver() && named->rail == core::Rail::kIbps) {
        return refusal(core::ResultCode::kProxyRail, "registration.default_receiver");
    }
    if (const auto fault = check_names(from)) return fault;
    core::RegisterProxy registration;
    registration.registration.proxy = proxy.hash;
    registration.registration.holder = *holder;
    registration.registration.default_receiver = from.default_receiver();
    registration.registration.cross_boundary = from.cross_boundary();
    command.rail = named->rail;
    command.command = registration;
    command.body.payee_proxy = proxy.value;
    command.body.proxy_kind = static_cast<std::uint8_t>(proxy.kind);
    command.body.name_en = from.display_name_en();
    command.body.name_zh = from.display_name_zh();
    return std::nullopt;
}

void put_registration(const core::Cell& cell, const core::ProxyRegistration& from,
                      const follower::ProxyTexts& texts, v1::ProxyRegistration& to) {
    to.mutable_proxy()->set_kind(static_cast<v1::ProxyKind>(texts.kind));
    to.mutable_proxy()->set_value(texts.value);
    to.set_participant(scheme::format_agent_code(cell.participant(from.participant).code));
    to.set_default_receiver(from.default_receiver);
    to.set_cross_boundary(from.cross_boundary);
    to.set_display_name_en(texts.name_en);
    to.set_display_name_zh(texts.name_zh);
    to.set_holder(static_cast<v1::PartyKind>(from.holder));
    to.set_reference(from.reference.value);
}

}  // namespace

grpc::ServerUnaryReactor* DirectoryService::RegisterProxy(grpc::CallbackServerContext* context,
                                                          const v1::RegisterProxyRequest* request,
                                                          v1::RegisterProxyResponse* response) {
    Registrant registrant;
    engine::ChangeCommand command;
    if (const auto fault = read_registration(request->registration(), registrant, command)) {
        return finish(context, *fault);
    }
    return change(
        context, requests_,
        [registrant, command](engine::Engine& engine, std::vector<engine::ChangeCommand>& commands)
            -> std::optional<grpc::Status> {
            const auto index = engine.cell(registrant.rail).find_participant(registrant.code);
            if (!index) {
                return not_found(core::ResultCode::kUnknownParticipant, "registration.participant");
            }
            commands.push_back(command);
            std::get<core::RegisterProxy>(commands.back().command).registration.participant =
                *index;
            return std::nullopt;
        },
        [request, response](const engine::ChangeOutcome& outcome) {
            if (outcome.result != core::ResultCode::kAccepted) {
                return refusal(outcome.result, "registration.proxy");
            }
            *response->mutable_registration() = request->registration();
            response->mutable_registration()->set_reference(outcome.sequence.value);
            response->mutable_registration()->set_default_receiver(outcome.detail != 0);
            return grpc::Status::OK;
        });
}

grpc::ServerUnaryReactor* DirectoryService::RemoveProxy(grpc::CallbackServerContext* context,
                                                        const v1::RemoveProxyRequest* request,
                                                        v1::RemoveProxyResponse* /*response*/) {
    const auto registrant = read_registrant(request->participant());
    if (!registrant) return finish(context, no_participant("participant"));
    session::ProxyText proxy;
    if (const auto fault = session::read_proxy(registrant->rail, request->proxy(), proxy)) {
        return finish(context, malformed_field("proxy." + std::string(fault->field), fault->rule));
    }
    return change(
        context, requests_,
        [registrant = *registrant, hash = proxy.hash](
            engine::Engine& engine,
            std::vector<engine::ChangeCommand>& commands) -> std::optional<grpc::Status> {
            const auto index = engine.cell(registrant.rail).find_participant(registrant.code);
            if (!index) return not_found(core::ResultCode::kUnknownParticipant, "participant");
            commands.push_back({registrant.rail, core::RemoveProxy{hash, *index}, {}});
            return std::nullopt;
        },
        [](const engine::ChangeOutcome& outcome) {
            return outcome.result == core::ResultCode::kAccepted
                       ? grpc::Status::OK
                       : not_found(outcome.result, "proxy");
        });
}

// Look-ups.

struct DirectoryService::Query {
    Registrant asking;
    core::Rail directory{};
    session::ProxyText proxy;
    std::optional<core::AgentCode> payee_agent;
    scheme::PersonToken person;
    ElapsedTime asked_at;
};

grpc::Status DirectoryService::resolve(const Query& query, const follower::Follower& follower,
                                       v1::ResolveProxyResponse& response) {
    const core::Cell& origin = follower.cell(query.asking.rail);
    const core::Cell& cell = follower.cell(query.directory);
    if (!origin.find_participant(query.asking.code)) {
        return not_found(core::ResultCode::kUnknownParticipant, "participant");
    }
    const bool crosses = query.directory != query.asking.rail;
    if (crosses && !origin.link_up()) {
        return refusal(core::ResultCode::kLinkDown, "", grpc::StatusCode::UNAVAILABLE);
    }
    const core::RuleBook& rules = origin.rules();
    const ElapsedTime now{clock_.monotonic_us()};
    if (now - query.asked_at >
        Duration::from_ms(rules.rail_value(core::ParameterId::kLookupDeadline))) {
        return rpc::make_status(grpc::StatusCode::DEADLINE_EXCEEDED, "LOOKUP_DEADLINE", "",
                                "the directory did not answer within lookup_deadline_ms");
    }
    switch (limiter_.take(query.asking.code, query.person, now,
                          rules.rail_value(core::ParameterId::kLookupsPerBank),
                          rules.rail_value(core::ParameterId::kLookupsPerPerson))) {
        case LookupLimiter::Verdict::kAllowed:
            break;
        case LookupLimiter::Verdict::kBankLimit:
            return rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "LOOKUPS_PER_BANK",
                                    "participant",
                                    "has made all look-ups that a bank may make in a second");
        case LookupLimiter::Verdict::kPersonLimit:
            return rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "LOOKUPS_PER_PERSON",
                                    "person_token",
                                    "has made all look-ups that a payer may make in a minute");
    }
    const core::ProxyRegistration* found = nullptr;
    if (query.payee_agent) {
        const auto index = cell.find_participant(*query.payee_agent);
        if (!index) return not_found(core::ResultCode::kPayeeAgentUnknown, "payee_agent");
        found = cell.directory().find(query.proxy.hash, *index);
    } else {
        found = cell.directory().find_default(query.proxy.hash);
    }
    if (found == nullptr) return not_found(core::ResultCode::kProxyUnknown, "proxy");
    if (crosses && !found->cross_boundary) {
        return not_found(core::ResultCode::kProxyNotEnabled, "proxy");
    }
    const follower::ProxyTexts* texts = follower.proxy_names().find(found->reference);
    if (texts == nullptr) return not_found(core::ResultCode::kProxyUnknown, "proxy");
    v1::ProxyRegistration shown;
    put_registration(cell, *found, *texts, shown);
    // The proxy as the payer typed it: the payment carries these words.
    auto& reference = *response.mutable_payee_proxy();
    reference.mutable_proxy()->set_kind(static_cast<v1::ProxyKind>(query.proxy.kind));
    reference.mutable_proxy()->set_value(query.proxy.value);
    reference.set_reference(found->reference.value);
    response.set_payee_agent(shown.participant());
    if (const auto* known = scheme::find_institution(cell.participant(found->participant).code)) {
        response.set_payee_agent_name(std::string(known->name_en));
    }
    response.set_display_name_en(shown.display_name_en());
    response.set_display_name_zh(shown.display_name_zh());
    response.set_holder(shown.holder());
    response.set_suspicious(cell.directory().suspicious(query.proxy.hash));
    return grpc::Status::OK;
}

grpc::ServerUnaryReactor* DirectoryService::ResolveProxy(grpc::CallbackServerContext* context,
                                                         const v1::ResolveProxyRequest* request,
                                                         v1::ResolveProxyResponse* response) {
    Query query;
    const auto asking = read_registrant(request->participant());
    if (!asking) return finish(context, no_participant("participant"));
    query.asking = *asking;
    query.directory = request->domestic() ? asking->rail : scheme::other(asking->rail);
    if (const auto fault = session::read_proxy(query.directory, request->proxy(), query.proxy)) {
        return finish(context, malformed_field("proxy." + std::string(fault->field), fault->rule));
    }
    if (!request->payee_agent().empty()) {
        if (const auto rule = scheme::check_agent_code(query.directory, request->payee_agent())) {
            return finish(context, malformed_field("payee_agent", *rule));
        }
        query.payee_agent = scheme::parse_agent_code(request->payee_agent());
    } else if (query.directory == core::Rail::kIbps) {
        return finish(context, malformed_field("payee_agent",
                                               "is required: on the Mainland a mobile number goes "
                                               "with the bank's name"));
    }
    if (!request->person_token().empty()) {
        const auto token = scheme::parse_person_token(request->person_token());
        if (!token) {
            return finish(context, malformed_field("person_token", "must be empty or 16 bytes"));
        }
        query.person = *token;
    }
    query.asked_at = ElapsedTime{clock_.monotonic_us()};
    return ask(context, desk_,
               [this, query, response](const follower::Follower& follower, const SwitchStatus&) {
                   return resolve(query, follower, *response);
               });
}

grpc::ServerUnaryReactor* DirectoryService::ListProxies(grpc::CallbackServerContext* context,
                                                        const v1::ListProxiesRequest* request,
                                                        v1::ListProxiesResponse* response) {
    std::optional<Registrant> registrant;
    if (!request->participant().empty()) {
        registrant = read_registrant(request->participant());
        if (!registrant) return finish(context, no_participant("participant"));
    }
    if (request->page_size() < 0 || request->page_size() > kPageMax) {
        return finish(context, malformed_field("page_size", "must be 0 to 1,000"));
    }
    std::uint64_t after = 0;
    const std::string& token = request->page_token();
    const auto parsed = std::from_chars(token.data(), token.data() + token.size(), after);
    if (!token.empty() && (parsed.ec != std::errc{} || parsed.ptr != token.data() + token.size())) {
        return finish(context, malformed_field("page_token", "must come from the last answer"));
    }
    const int page_size = request->page_size() == 0 ? kPageDefault : request->page_size();
    return ask(context, desk_,
               [registrant, after, page_size, response](const follower::Follower& follower,
                                                        const SwitchStatus&) {
                   const auto& all = follower.proxy_names().all();
                   response->set_held_total(static_cast<std::int64_t>(all.size()));
                   for (auto one = all.upper_bound(core::ProxyReference{after}); one != all.end();
                        ++one) {
                       const core::Cell& cell = follower.cell(one->second.rail);
                       const core::ParticipantIndex bank = one->second.participant;
                       if (registrant && cell.participant(bank).code != registrant->code) continue;
                       if (response->registrations_size() == page_size) {
                           const auto last = response->registrations(page_size - 1).reference();
                           response->set_next_page_token(std::to_string(last));
                           break;
                       }
                       const core::ProxyRegistration* held =
                           cell.directory().find(one->second.proxy, bank);
                       if (held == nullptr) continue;
                       put_registration(cell, *held, one->second, *response->add_registrations());
                   }
                   return grpc::Status::OK;
               });
}

}  // namespace lowu::service
