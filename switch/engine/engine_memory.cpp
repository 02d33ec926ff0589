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

/// The payment that a message names, and which part in it the message speaks of. None of an
/// instruction that is newer than all that was ever forgotten. Not newer than the creation window:
/// an operator may widen that over what is forgotten already.
std::optional<Wanted> named_by(const Asker& asker, const core::Command& command,
                               SchemeTime forgotten) {
    using core::Side;
    if (const auto* transfer = std::get_if<core::CreditTransfer>(&command)) {
        if (transfer->creation_time > forgotten) return std::nullopt;
        return Wanted{transfer->uetr, Side::kPayer, asker};
    }
    if (const auto* answer = std::get_if<core::CreditTransferAnswer>(&command)) {
        return Wanted{answer->uetr, Side::kPayee, asker};
    }
    if (const auto* report = std::get_if<core::CreditReport>(&command)) {
        return Wanted{report->uetr, Side::kPayee, asker, true};
    }
    if (const auto* request = std::get_if<core::StatusRequest>(&command)) {
        return Wanted{request->uetr, request->side, asker};
    }
    if (const auto* back = std::get_if<core::PaymentReturn>(&command)) {
        return Wanted{back->uetr, Side::kPayer, asker};
    }
    return std::nullopt;
}

/// `found` is in the order of what was wanted.
const Recollection* find(const std::vector<Recollection>& found, const Wanted& wanted) {
    const auto place = std::lower_bound(
        found.begin(), found.end(), wanted,
        [](const Recollection& one, const Wanted& other) { return one.wanted < other; });
    return place != found.end() && place->wanted == wanted ? &*place : nullptr;
}

std::optional<core::PaymentIndex> remembered(const core::Cell& here, const Wanted& wanted) {
    if (wanted.side == core::Side::kPayer) return here.begun_by(wanted.asker.index, wanted.uetr);
    return wanted.settled ? here.settled_to(wanted.asker.index, wanted.uetr)
                          : here.asked_of(wanted.asker.index, wanted.uetr);
}

}  // namespace

std::optional<Asker> Engine::asker_of(SessionId session, const InboundFrame& frame) const {
    if (const auto found = sessions_.find(session); found != sessions_.end()) {
        const Session& open = found->second;
        return Asker{open.rail, open.participant,
                     cell_of(open.rail).participant(open.participant).code};
    }
    if (!frame.hello) return std::nullopt;
    for (const Rail rail : kRails) {
        const auto index = cell_of(rail).find_participant(frame.hello->participant);
        if (index) return Asker{rail, *index, frame.hello->participant};
    }
    return std::nullopt;
}

/// Of a return: the payment that comes back is needed on both rails, or on its only one.
std::optional<Wanted> Engine::wanted_original(const Asker& asker,
                                              const core::PaymentReturn& back) const {
    const Wanted original{back.original, core::Side::kPayee, asker, true};
    const core::Cell& here = cell_of(asker.rail);
    const core::Cell& there = cell_of(scheme::other(asker.rail));
    const auto known = remembered(here, original);
    if (!known) return original;
    if (here.payment(*known).leg == core::Leg::kDomestic) return std::nullopt;
    if (there.sent_to(asker.code, back.original)) return std::nullopt;
    return original;
}

std::vector<Wanted> Engine::wanted(SessionId session, const InboundFrame& frame) const {
    std::vector<Wanted> found;
    if (last_forget_.value == 0) return found;
    const auto asker = asker_of(session, frame);
    if (!asker) return found;
    const core::Cell& here = cell_of(asker->rail);
    for (std::size_t i = frame.taken; i < frame.inputs.size(); ++i) {
        const core::Command& command = frame.inputs[i].command;
        const auto named = named_by(*asker, command, here.forgotten_created());
        if (!named) continue;
        if (const auto* back = std::get_if<core::PaymentReturn>(&command)) {
            if (const auto original = wanted_original(*asker, *back)) found.push_back(*original);
        }
        if (!remembered(here, *named)) found.push_back(*named);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

/// How the payment ended at the side that is asked about.
void Engine::answer_from_archive(const Recollection& found, core::StatusRequest& request) const {
    const Wanted& wanted = found.wanted;
    const auto& leg = found.legs[slot(wanted.asker.rail)];
    if (!leg || !wanted.fits(wanted.asker.rail, leg->leg.payment)) return;
    const core::Payment& payment = leg->leg.payment;
    request.archived = core::ArchivedAnswer{wanted.asker.code, payment.state, payment.result};
}

/// The leg of one rail, if it is needed: the bank has its part in it; or, so that nobody makes
/// another payment out of its UETR, it is the only one that has it.
void Engine::add_forgotten(Rail rail, const Recollection& found, Legs& legs) const {
    const auto& leg = found.legs[slot(rail)];
    const core::Cell& to = cell_of(rail);
    if (!leg || to.payments().get(leg->index) != nullptr) return;
    const bool alone =
        found.wanted.side == core::Side::kPayer && !to.find_payment(found.wanted.uetr);
    if (alone || found.wanted.fits(rail, leg->leg.payment)) legs.emplace_back(rail, &*leg);
}

/// Before its message. False, and nothing is recorded, when a cell has no room for it.
bool Engine::recollect_for(const Asker& asker, Input& input,
                           const std::vector<Recollection>& found) {
    if (found.empty()) return true;
    const auto named = named_by(asker, input.command, SchemeTime{INT64_MAX});
    const Recollection* itself = named ? find(found, *named) : nullptr;
    if (auto* request = std::get_if<core::StatusRequest>(&input.command)) {
        if (itself != nullptr) answer_from_archive(*itself, *request);
        return true;
    }
    Legs legs;
    if (itself != nullptr) add_forgotten(asker.rail, *itself, legs);
    if (const auto* back = std::get_if<core::PaymentReturn>(&input.command)) {
        const Recollection* original =
            find(found, Wanted{back->original, core::Side::kPayee, asker, true});
        for (const Rail rail : {asker.rail, scheme::other(asker.rail)}) {
            if (original != nullptr) add_forgotten(rail, *original, legs);
        }
    }
    for (const Rail rail : kRails) {
        const auto count = std::count_if(legs.begin(), legs.end(),
                                         [&](const auto& one) { return one.first == rail; });
        if (static_cast<std::uint32_t>(count) > cell(rail).room_to_recollect()) return false;
    }
    for (const auto& [rail, leg] : legs)
        record(rail, *leg);
    return true;
}

void Engine::forget_old(Sequence followed) {
    for (const Rail rail : kRails) {
        const core::Cell& to = cell(rail);
        core::PaymentIndex through = to.forgettable_through();
        // The archive must have seen them: what the cell drops is read there from now on.
        if (to.newest_sequence_before(through) > followed) through = to.first_remembered();
        if (through <= to.first_remembered() && !to.short_of_recollections()) continue;
        record(rail, core::Forget{through});
        return;
    }
}

}  // namespace lowu::engine
