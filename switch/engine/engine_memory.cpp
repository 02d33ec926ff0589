// What the cells forget, and what comes back to them from the archive. See engine.hpp. Rules never
// know that there is an archive: what a message needs is in the cell's memory when it is applied.
#include <algorithm>

#include "switch/engine/engine.hpp"

namespace lowu::engine {
namespace {

constexpr std::array kRails{Rail::kFps, Rail::kIbps};

std::size_t slot(Rail rail) {
    return static_cast<std::size_t>(rail);
}

/// The payments that a message is about: what it names, and the original of a return.
struct Named {
    std::optional<scheme::Uetr> uetr;
    std::optional<scheme::Uetr> original;
};

/// `forgotten`: nothing was forgotten that was created later. Not the creation window: an operator
/// may widen it over what is forgotten already.
Named named_by(const core::Command& command, SchemeTime forgotten) {
    if (const auto* transfer = std::get_if<core::CreditTransfer>(&command)) {
        if (transfer->creation_time <= forgotten) return {transfer->uetr, std::nullopt};
        return {};
    }
    if (const auto* answer = std::get_if<core::CreditTransferAnswer>(&command)) {
        return {answer->uetr, std::nullopt};
    }
    if (const auto* report = std::get_if<core::CreditReport>(&command)) {
        return {report->uetr, std::nullopt};
    }
    if (const auto* request = std::get_if<core::StatusRequest>(&command)) {
        return {request->uetr, std::nullopt};
    }
    if (const auto* back = std::get_if<core::PaymentReturn>(&command)) {
        return {back->uetr, back->original};
    }
    return {};
}

/// `found` is in the order of `wanted`: by UETR, each once.
const Recollection* find(const std::vector<Recollection>& found, const scheme::Uetr& uetr) {
    const auto place = std::lower_bound(
        found.begin(), found.end(), uetr,
        [](const Recollection& one, const scheme::Uetr& wanted) { return one.uetr < wanted; });
    return place != found.end() && place->uetr == uetr ? &*place : nullptr;
}

}  // namespace

std::optional<Rail> Engine::rail_of(SessionId session, const InboundFrame& frame) const {
    if (const auto found = sessions_.find(session); found != sessions_.end()) {
        return found->second.rail;
    }
    if (!frame.hello) return std::nullopt;
    for (const Rail rail : kRails) {
        if (cells_[slot(rail)]->find_participant(frame.hello->participant)) return rail;
    }
    return std::nullopt;
}

std::vector<scheme::Uetr> Engine::wanted(SessionId session, const InboundFrame& frame) const {
    std::vector<scheme::Uetr> found;
    if (last_forget_.value == 0) return found;
    const auto rail = rail_of(session, frame);
    if (!rail) return found;
    const core::Cell& here = *cells_[slot(*rail)];
    const core::Cell& there = *cells_[slot(scheme::other(*rail))];
    const SchemeTime forgotten = here.forgotten_created();
    for (const Input& input : frame.inputs) {
        const Named named = named_by(input.command, forgotten);
        if (named.uetr && !here.find_payment(*named.uetr)) found.push_back(*named.uetr);
        // A return needs the original on both rails.
        if (named.original &&
            (!here.find_payment(*named.original) || !there.find_payment(*named.original))) {
            found.push_back(*named.original);
        }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

/// How the payment ended at the side that is asked about.
void Engine::answer_from_archive(Rail rail, const Recollection& found,
                                 core::StatusRequest& request) const {
    const auto& leg = found.legs[slot(rail)];
    if (!leg) return;
    const core::Cell& here = *cells_[slot(rail)];
    const core::Payment& payment = leg->leg.payment;
    const scheme::AgentCode own = payment.local_agent == core::kNoParticipant
                                      ? scheme::kNoAgent
                                      : here.participant(payment.local_agent).code;
    const bool payer = request.side == core::Side::kPayer;
    if (payer && !core::begins(payment.leg)) return;
    if (!payer && !payment.asked) return;
    const bool other_bank = !payer && payment.leg == core::Leg::kDomestic;
    request.archived = core::ArchivedAnswer{other_bank ? payment.remote_agent : own, payment.state,
                                            payment.result};
}

void Engine::recollect_one(Rail rail, const Recollection& found) {
    const auto& leg = found.legs[slot(rail)];
    if (leg && !cell(rail).find_payment(found.uetr)) record(rail, *leg);
}

void Engine::recollect(SessionId session, InboundFrame& frame,
                       const std::vector<Recollection>& found) {
    sequencer_.advance();
    const auto rail = rail_of(session, frame);
    if (!rail) return;
    for (Input& input : frame.inputs) {
        const Named named = named_by(input.command, SchemeTime{INT64_MAX});
        const Recollection* itself = named.uetr ? find(found, *named.uetr) : nullptr;
        const Recollection* original = named.original ? find(found, *named.original) : nullptr;
        if (auto* request = std::get_if<core::StatusRequest>(&input.command)) {
            if (itself != nullptr) answer_from_archive(*rail, *itself, *request);
            continue;
        }
        if (itself != nullptr) recollect_one(*rail, *itself);
        if (original == nullptr) continue;
        recollect_one(*rail, *original);
        recollect_one(scheme::other(*rail), *original);
    }
}

void Engine::forget_old(Sequence followed) {
    for (const Rail rail : kRails) {
        const core::PaymentIndex through = cell(rail).forgettable_through();
        if (through <= cell(rail).first_remembered()) continue;
        // The archive must have seen them: what the cell drops is read there from now on.
        if (cell(rail).newest_sequence_before(through) > followed) continue;
        record(rail, core::Forget{through});
        return;
    }
}

}  // namespace lowu::engine
