// lowu.v1.OperationsService; see operations_service.hpp.
#include "switch/service/operations_service.hpp"

#include <sys/resource.h>

#include "common/base/hex.hpp"
#include "common/scheme/institutions.hpp"
#include "switch/service/operations_recovery.hpp"
#include "switch/service/unary.hpp"
#include "switch/session/convert.hpp"

namespace lowu::service {
namespace {

constexpr std::array kRails{core::Rail::kFps, core::Rail::kIbps};

/// User and system time of this process.
std::int64_t process_cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
}

void put_participant(core::Rail rail, const core::Participant& from, v1::Participant& participant) {
    participant.set_rail(session::write_rail(rail));
    participant.set_code(scheme::format_agent_code(from.code));
    if (const scheme::Institution* known = scheme::find_institution(from.code)) {
        participant.set_bic(std::string(known->bic));
        participant.set_name_en(std::string(known->name_en));
        participant.set_name_zh(std::string(known->name_zh));
    }
    const auto live = [&](core::Direction direction) {
        return from.participation.live(direction, core::Service::kP2pRemittance);
    };
    participant.set_northbound_live(live(core::Direction::kNorthbound));
    participant.set_southbound_live(live(core::Direction::kSouthbound));
    participant.set_online(from.online);
    participant.set_outbox_length(static_cast<std::int64_t>(from.outbox.size()));
    participant.set_logged_off(from.off());
    participant.set_forced_off(from.forced_off);
    participant.set_degraded(from.degraded);
    participant.set_in_default(from.in_default);
    for (std::uint8_t i = 0; i < core::kCorridors; ++i) {
        const core::Corridor corridor{i};
        if (!from.participation.live(corridor)) continue;
        v1::ServiceDirection& one = *participant.add_live();
        one.set_direction(session::direction_of(corridor));
        one.set_service(session::service_of(corridor));
    }
}

void put_position(core::Rail rail, const core::Account& account,
                  const follower::EntryTotals& totals, v1::Position& position) {
    position.set_rail(session::write_rail(rail));
    position.set_owner(account.owner == scheme::kNoAgent
                           ? std::string(scheme::to_string(rail))
                           : scheme::format_agent_code(account.owner));
    position.set_kind(static_cast<v1::AccountKind>(account.kind));
    position.set_currency(static_cast<v1::Currency>(account.currency));
    position.set_balance_minor(account.balance.value);
    position.set_reserved_minor(account.reserved.value);
    position.set_debit_limit_minor(account.debit_limit.value);
    position.set_available_minor(account.available().value);
    position.set_debits_minor(totals.debits.value);
    position.set_credits_minor(totals.credits.value);
    position.set_entries(totals.entries);
    position.set_payment_debits_minor(totals.payment_debits.value);
    position.set_payment_credits_minor(totals.payment_credits.value);
}

}  // namespace

grpc::ServerUnaryReactor* OperationsService::GetStatus(grpc::CallbackServerContext* context,
                                                       const v1::GetStatusRequest* request,
                                                       v1::GetStatusResponse* response) {
    return ask_of_switch(
        context, desk_,
        [this, response, digests = request->with_digests()](const follower::Follower& follower,
                                                            const SwitchStatus& status) {
            response->set_form(std::string(kForm));
            response->set_durable_sequence(status.durable.value);
            response->set_recovered_sequence(status.recovered.value);
            response->set_follower_sequence(follower.replayed().value);
            response->set_scheme_time_ms(follower.last().scheme.value);
            std::int64_t payments = 0;
            std::int64_t pending = 0;
            std::int64_t not_credited = 0;
            for (const core::Rail rail : kRails) {
                const follower::Observer& observer = follower.observer(rail);
                payments += observer.origin_payments();
                pending += observer.pending();
                not_credited += observer.settled_not_credited();
                if (!digests) continue;
                response->add_digests(std::string(scheme::to_string(rail)) +
                                      "/0=" + to_hex(follower.cell(rail).digest()));
            }
            put_recovery(follower, status, halt_, *response);
            response->set_process_cpu_us(process_cpu_us());
            response->set_payments(payments);
            response->set_pending(pending);
            response->set_settled_not_credited(not_credited);
            return grpc::Status::OK;
        });
}

grpc::ServerUnaryReactor* OperationsService::ListParticipants(
    grpc::CallbackServerContext* context, const v1::ListParticipantsRequest* /*request*/,
    v1::ListParticipantsResponse* response) {
    return ask(context, desk_, [response](const follower::Follower& follower, const SwitchStatus&) {
        for (const core::Rail rail : kRails) {
            const core::Cell& cell = follower.cell(rail);
            for (std::uint16_t i = 0; i < cell.participants(); ++i) {
                put_participant(rail, cell.participant(core::ParticipantIndex{i}),
                                *response->add_participants());
            }
        }
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* OperationsService::ListPositions(
    grpc::CallbackServerContext* context, const v1::ListPositionsRequest* /*request*/,
    v1::ListPositionsResponse* response) {
    return ask(context, desk_, [response](const follower::Follower& follower, const SwitchStatus&) {
        response->set_sequence(follower.replayed().value);
        for (const core::Rail rail : kRails) {
            const core::Ledger& ledger = follower.cell(rail).ledger();
            for (std::uint32_t i = 0; i < ledger.size(); ++i) {
                const core::AccountIndex index{i};
                put_position(rail, ledger.account(index), follower.observer(rail).totals(index),
                             *response->add_positions());
            }
        }
        return grpc::Status::OK;
    });
}

}  // namespace lowu::service
