// The court; see court.hpp.
#include "tests/simulation/judges/court.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "tests/simulation/judges/ear.hpp"

namespace lowu::judges {

Court::Court() : judges_(all_judges(reference_)) {
    for (auto& ear : ears_)
        ear = std::make_unique<Ear>(reference_);
    reset();
}

Court::~Court() = default;

void Court::say(std::string_view judge, std::string what) {
    if (again_) return;
    const auto said = std::count_if(complaints_.begin(), complaints_.end(),
                                    [&](const Complaint& one) { return one.judge == judge; });
    if (static_cast<std::size_t>(said) >= kMaxComplaintsOfAJudge) return;
    complaints_.push_back({std::string(judge), std::move(what)});
}

bool Court::has_found(std::string_view judge) const {
    return std::any_of(complaints_.begin(), complaints_.end(),
                       [&](const Complaint& one) { return one.judge == judge; });
}

void Court::reset() {
    reference_ = support::ReferenceCheck();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        cells_[i] = std::make_unique<core::Cell>(ears_[i].get());
        ears_[i]->begin(*cells_[i]);
        openings_[i].clear();
    }
    for (const auto& judge : judges_)
        judge->reset();
    last_ = core::Stamp{};
}

void Court::replay(const journal::Entry& entry) {
    // A rail's structure is complete with its first other command: nothing has moved yet then.
    const bool genesis = entry.command.index() <= core::Command(core::OpenLink{}).index();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        if (!genesis && openings_[i].empty()) openings_[i] = support::openings_of(*cells_[i]);
    }
    const auto rail = static_cast<std::size_t>(entry.rail);
    Ear& ear = *ears_[rail];
    ear.next_command();
    effects_.clear();
    cells_[rail]->apply(entry.stamp, entry.command, effects_);
    const Applied applied{*cells_[rail], entry.stamp, entry.command, effects_,
                          ear.steps(),   ear.money(), ear.told()};
    for (const auto& judge : judges_)
        judge->on_command(applied, *this);
    last_ = entry.stamp;
}

/// How many records it holds.
std::uint32_t Court::replay(const SealedCopy& batch) {
    const auto opened = reader_.open(batch.payload, batch.first);
    LOWU_ASSERT(opened.ok(), "what the engine has built can be read");
    std::uint32_t records = 0;
    while (true) {
        const auto more = reader_.next(entry_);
        LOWU_ASSERT(more.ok(), "what the engine has written can be read");
        if (!*more) return records;
        replay(entry_);
        if (!again_) count(entry_);
        ++records;
    }
}

void Court::count(const journal::Entry& entry) {
    if (std::holds_alternative<core::Forget>(entry.command)) {
        ++memory_.forgets;
    } else if (const auto* back = std::get_if<core::Recollect>(&entry.command)) {
        ++memory_.recollections;
        recollected_.insert(back->leg.payment.uetr);
    } else if (const auto* transfer = std::get_if<core::CreditTransfer>(&entry.command)) {
        memory_.repeats += recollected_.contains(transfer->uetr) ? 1U : 0U;
    } else if (const auto* sent = std::get_if<core::PaymentReturn>(&entry.command)) {
        memory_.returns += recollected_.contains(sent->original) ? 1U : 0U;
    } else if (const auto* request = std::get_if<core::StatusRequest>(&entry.command)) {
        memory_.enquiries += request->archived ? 1U : 0U;
    }
}

void Court::recovered(engine::Engine& engine, core::Sequence released_through) {
    Recovery recovery;
    recovery.recovered = engine.recovered();
    recovery.released_through = released_through;
    // What was sealed and lost never was: its sequence numbers are used again.
    while (!batches_.empty() && batches_.back().last() > recovery.recovered)
        batches_.pop_back();
    if (last_.sequence > recovery.recovered) {
        reset();
        again_ = true;
        for (const SealedCopy& batch : batches_) {
            replay(batch);
            Replayed told;
            told.last = last_;
            for (const auto& judge : judges_)
                judge->on_batch(told, *this);
        }
        again_ = false;
    }
    recovery.batch_end = last_.sequence;
    if (recovery.recovered.value > 0) {
        recovery.live = simulator::digests_of(engine.cell(Rail::kFps), engine.cell(Rail::kIbps));
        recovery.replayed = digests();
    }
    for (const auto& judge : judges_)
        judge->on_recovery(recovery, *this);
    show_scheme();
}

void Court::take(engine::SealedBatch& batch, engine::Engine& engine) {
    const auto payload = batch.buffer.payload();
    batches_.push_back({batch.first, batch.count, {payload.begin(), payload.end()}});
    const std::uint32_t count = replay(batches_.back());
    Replayed told;
    told.last = last_;
    told.whole = count == batch.count && last_.sequence == batch.last();
    told.live = simulator::digests_of(engine.cell(Rail::kFps), engine.cell(Rail::kIbps));
    told.replayed = digests();
    for (const auto& judge : judges_)
        judge->on_batch(told, *this);
    // Where nothing was decided, nothing can have been broken; and what is broken stays so.
    const std::array decided{cells_[0]->decisions(), cells_[1]->decisions()};
    if (decided != judged_ && ++decisive_batches_ % 2 == 0) show_scheme();
}

void Court::show_scheme() {
    if (openings_[0].empty()) return;
    judged_ = {cells_[0]->decisions(), cells_[1]->decisions()};
    const support::SchemeView scheme = view();
    for (const auto& judge : judges_)
        judge->on_scheme(scheme, *this);
}

void Court::on_bank_frame(const simulator::BankFrame& frame) {
    for (const auto& judge : judges_)
        judge->on_bank_frame(frame, *this);
}

void Court::on_switch_frame(const simulator::SwitchFrame& frame) {
    for (const auto& judge : judges_)
        judge->on_switch_frame(frame, *this);
}

void Court::conclude(const Ending& ending) {
    for (const auto& judge : judges_) {
        judge->on_scheme(ending.scheme, *this);
        judge->on_ending(ending, *this);
    }
}

support::SchemeView Court::view() const {
    return {support::gather(*cells_[0], openings_[0], ears_[0]->messages(), ears_[0]->gone()),
            support::gather(*cells_[1], openings_[1], ears_[1]->messages(), ears_[1]->gone())};
}

std::vector<std::string> all_rules() {
    std::vector<std::string> rules{std::string(kWorld), std::string(kRest),
                                   std::string(kAssertions)};
    support::ReferenceCheck nothing;
    for (const auto& judge : all_judges(nothing))
        rules.emplace_back(judge->name());
    return rules;
}

}  // namespace lowu::judges
