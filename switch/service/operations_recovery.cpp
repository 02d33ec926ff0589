// What an operator asks and decides when something went wrong: obligations, a bank's default, a
// clock that jumped, snapshots. See operations_service.hpp.
#include "switch/service/operations_recovery.hpp"

#include <algorithm>
#include <array>

#include "common/scheme/agent_code.hpp"
#include "switch/service/operations_service.hpp"
#include "switch/service/unary.hpp"
#include "switch/session/convert.hpp"

namespace lowu::service {
namespace {

void put_obligation(const follower::Follower& follower, const follower::ObligationView& from,
                    v1::Obligation& to) {
    to.set_uetr(scheme::format_uetr(from.obligation.uetr));
    to.set_rail(session::write_rail(from.rail));
    to.set_payee_agent(scheme::format_agent_code(from.obligation.payee_agent));
    to.set_amount_minor(from.obligation.amount.value);
    to.set_currency(static_cast<v1::Currency>(from.obligation.currency));
    to.set_age_ms(from.age.whole_ms());
    to.set_overdue(from.overdue);
    to.set_in_default(follower.in_default(from.rail, from.obligation.payee_agent));
}

void put_snapshot(const journal::SnapshotInfo& from, v1::Snapshot& to) {
    to.set_sequence(from.sequence.value);
    to.set_bytes(static_cast<std::int64_t>(from.bytes));
    to.set_scheme_time_ms(from.scheme_time.value);
    to.set_verified(true);
}

/// What a bank owes: answered once its default is durable, and so from a state that has it.
void sum_obligations(const follower::Follower& follower, core::AgentCode bank,
                     v1::DeclareDefaultResponse& response) {
    std::int64_t cny = 0;
    std::int64_t hkd = 0;
    const auto open =
        follower.obligations(bank, follower.credit_deadlines(), follower::kMaxObligations);
    for (const follower::ObligationView& one : open) {
        (one.obligation.currency == core::Currency::kHkd ? hkd : cny) +=
            one.obligation.amount.value;
    }
    response.set_open_obligations(static_cast<std::int64_t>(open.size()));
    response.set_open_cny_minor(cny);
    response.set_open_hkd_minor(hkd);
}

}  // namespace

void put_recovery(const follower::Follower& follower, const SwitchStatus& status, const Halt& halt,
                  v1::GetStatusResponse& response) {
    response.set_obligations_overdue(follower.obligations_overdue(
        follower.credit_deadlines(),
        [&](core::Rail rail, core::AgentCode bank) { return follower.in_default(rail, bank); }));
    for (const journal::SnapshotInfo& snapshot : status.snapshots)
        put_snapshot(snapshot, *response.add_snapshots());
    response.set_archived_sequence(status.archived.value);
    response.set_log_first_sequence(status.log_first.value);
    std::int64_t remembered = 0;
    std::int64_t forgotten = 0;
    for (const core::Rail rail : {core::Rail::kFps, core::Rail::kIbps}) {
        remembered += follower.cell(rail).remembered();
        forgotten += follower.cell(rail).forgotten();
    }
    response.set_remembered_legs(remembered);
    response.set_forgotten_legs(forgotten);
    response.set_batches_compared(status.batches_compared);
    response.set_archive_trouble(status.archive_trouble);
    if (halt.log_space()) response.set_halted_by("log space");
    if (halt.clock_jump().us > 0) {
        response.set_halted_by("clock");
        response.set_clock_jump_ms(halt.clock_jump().whole_ms());
    }
}

grpc::ServerUnaryReactor* OperationsService::ListObligations(
    grpc::CallbackServerContext* context, const v1::ListObligationsRequest* request,
    v1::ListObligationsResponse* response) {
    std::optional<core::AgentCode> bank;
    if (!request->participant().empty()) {
        bank = scheme::parse_agent_code(request->participant());
        if (!bank) {
            return finish(context, malformed_field("participant", "must be a bank's code"));
        }
    }
    if (request->page_size() < 0 || request->page_size() > 1'000) {
        return finish(context, malformed_field("page_size", "must be 1 to 1,000, or 0 for 100"));
    }
    const std::size_t most =
        request->page_size() == 0 ? 100 : static_cast<std::size_t>(request->page_size());
    return ask(context, desk_,
               [bank, most, response](const follower::Follower& follower, const SwitchStatus&) {
                   const auto all = follower.obligations(bank, follower.credit_deadlines(),
                                                         follower::kMaxObligations);
                   response->set_total(static_cast<std::int64_t>(all.size()));
                   for (std::size_t i = 0; i < std::min(most, all.size()); ++i)
                       put_obligation(follower, all[i], *response->add_obligations());
                   return grpc::Status::OK;
               });
}

grpc::ServerUnaryReactor* OperationsService::DeclareDefault(
    grpc::CallbackServerContext* context, const v1::DeclareDefaultRequest* request,
    v1::DeclareDefaultResponse* response) {
    if (const auto not_ready = requests_.readiness().refusal()) return finish(context, *not_ready);
    const auto bank = scheme::parse_agent_code(request->participant());
    if (!bank) return finish(context, malformed_field("participant", "must be a bank's code"));
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const auto declare = [bank = *bank, reactor, this](engine::Engine& engine,
                                                       engine::ChangeId id) {
        for (const core::Rail rail : {core::Rail::kFps, core::Rail::kIbps}) {
            const auto index = engine.cell(rail).find_participant(bank);
            if (index) return engine.change(id, {{rail, core::DeclareDefault{*index}, {}}});
        }
        requests_.drop(id);
        reactor->Finish(refusal(core::ResultCode::kUnknownParticipant, "participant",
                                grpc::StatusCode::NOT_FOUND));
    };
    const auto sum = [bank = *bank, reactor, response, this](const engine::ChangeOutcome&) {
        const bool asked = desk_.ask([bank, reactor, response](const follower::Follower& follower,
                                                               const SwitchStatus& status) {
            if (const auto behind = behind_archive(status)) return reactor->Finish(*behind);
            sum_obligations(follower, bank, *response);
            reactor->Finish(grpc::Status::OK);
        });
        if (!asked) reactor->Finish(too_many_waiting());
    };
    const bool posted = requests_.post_change(
        declare, [reactor] { reactor->Finish(shutting_down()); }, sum);
    if (!posted) reactor->Finish(too_many_waiting());
    return reactor;
}

grpc::ServerUnaryReactor* OperationsService::ConfirmClock(grpc::CallbackServerContext* context,
                                                          const v1::ConfirmClockRequest* request,
                                                          v1::ConfirmClockResponse* response) {
    if (const auto not_ready = requests_.readiness().refusal()) return finish(context, *not_ready);
    if (request->verdict() != v1::CLOCK_VERDICT_PASSED &&
        request->verdict() != v1::CLOCK_VERDICT_IGNORED) {
        return finish(context, malformed_field("verdict", "must be passed or ignored"));
    }
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const bool posted = requests_.post_task(
        [reactor, response,
         passed = request->verdict() == v1::CLOCK_VERDICT_PASSED](engine::Engine& engine) {
            const auto jump = engine.clock_jump();
            if (!jump) {
                return reactor->Finish(
                    rpc::make_status(grpc::StatusCode::FAILED_PRECONDITION, "NO_CLOCK_JUMP", "",
                                     "the clock has not jumped: there is nothing to confirm"));
            }
            response->set_jump_ms(jump->whole_ms());
            engine.confirm_clock(passed);
            reactor->Finish(grpc::Status::OK);
        },
        [reactor] { reactor->Finish(shutting_down()); });
    if (!posted) reactor->Finish(shutting_down());
    return reactor;
}

grpc::ServerUnaryReactor* OperationsService::TakeSnapshot(
    grpc::CallbackServerContext* context, const v1::TakeSnapshotRequest* /*request*/,
    v1::TakeSnapshotResponse* response) {
    if (const auto not_ready = desk_.readiness().refusal()) return finish(context, *not_ready);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const bool asked =
        desk_.take_snapshot([reactor, response](const Result<journal::SnapshotInfo>& written) {
            if (!written.ok()) {
                return reactor->Finish(rpc::make_status(
                    grpc::StatusCode::INTERNAL, "SNAPSHOT_FAILED", "", written.error().what));
            }
            put_snapshot(*written, *response->mutable_snapshot());
            reactor->Finish(grpc::Status::OK);
        });
    if (!asked) reactor->Finish(too_many_waiting());
    return reactor;
}

}  // namespace lowu::service
