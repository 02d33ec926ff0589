// The judge of a running simulation; see judge.hpp.
#include "tests/simulation/judge.hpp"

#include "common/base/assert.hpp"
#include "common/base/hex.hpp"
#include "tests/simulation/scheme.hpp"

namespace lowu::simulation {

/// All books are compared after so many commands: it reads every one of them.
constexpr std::uint64_t kBooksEvery = 64;

class MessageCollector final : public core::Witness {
public:
    explicit MessageCollector(support::ReferenceCheck& reference) : reference_(reference) {}

    void watch(const core::Cell& cell) {
        cell_ = &cell;
        messages_.clear();
        forgotten_.clear();
    }
    [[nodiscard]] const std::vector<support::MessageView>& messages() const { return messages_; }
    [[nodiscard]] const support::ForgottenLegs& forgotten() const { return forgotten_; }

    void on_outbox(core::ParticipantIndex participant, core::MessageNumber number,
                   const core::OutboxEntry& entry) override {
        reference_.hear(*cell_, participant, number, entry);
        messages_.push_back(support::message_view(*cell_, participant, entry));
    }
    void on_payment(const core::Payment& /*payment*/, core::PaymentIndex /*index*/) override {}
    void on_check(const core::Uetr& /*uetr*/, core::ResultCode /*rule*/, bool /*passed*/) override {
    }
    void on_state(const core::Payment& /*payment*/, core::PaymentState /*from*/,
                  core::PaymentEvent /*event*/) override {}
    void on_reserve(const core::Payment& /*payment*/, core::AccountIndex /*account*/,
                    core::AmountMinor /*before*/) override {}
    void on_release(const core::Payment& /*payment*/, core::AccountIndex /*account*/,
                    core::AmountMinor /*before*/) override {}
    void on_entry(const core::Payment* /*payment*/, const core::Entry& /*entry*/,
                  core::AmountMinor /*debit_before*/,
                  core::AmountMinor /*credit_before*/) override {}
    void on_timer_set(const core::Payment& /*payment*/, core::TimerKind /*kind*/,
                      ElapsedTime /*deadline*/) override {}
    void on_timer_fired(const core::Payment& /*payment*/, core::TimerKind /*kind*/) override {}
    void on_link_message(core::MessageNumber number, const core::LinkMessage& message) override {
        reference_.hear(number, message);
    }
    void on_credited(const core::Payment& /*payment*/) override {}
    void on_quota(const core::Payment& /*payment*/, core::QuotaMove /*move*/,
                  const core::QuotaHold& /*hold*/) override {}
    void on_forget(const core::Payment& /*payment*/, core::PaymentIndex index) override {
        forgotten_.insert_or_assign(index, support::leg_view(*cell_, index));
    }

private:
    support::ReferenceCheck& reference_;
    const core::Cell* cell_ = nullptr;
    std::vector<support::MessageView> messages_;
    support::ForgottenLegs forgotten_;
};

Digests digests_of(const core::Cell& fps, const core::Cell& ibps) {
    return {fps.digest(), ibps.digest()};
}

Judge::Judge() {
    for (auto& collector : collectors_)
        collector = std::make_unique<MessageCollector>(reference_);
    reset();
}

Judge::~Judge() = default;

void Judge::reset() {
    reference_ = support::ReferenceCheck();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        cells_[i] = std::make_unique<core::Cell>(collectors_[i].get());
        collectors_[i]->watch(*cells_[i]);
        openings_[i].clear();
    }
    last_ = core::Sequence{0};
}

void Judge::replay(const journal::Entry& entry) {
    // A rail's structure is complete with its first other command: nothing has moved yet then.
    const bool genesis = entry.command.index() <= core::Command(core::OpenLink{}).index();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        if (!genesis && openings_[i].empty()) openings_[i] = support::openings_of(*cells_[i]);
    }
    core::Cell& cell = *cells_[static_cast<std::size_t>(entry.rail)];
    cell.apply(entry.stamp, entry.command, effects_);
    const std::size_t told = reference_.differences().size();
    reference_.applied(cell, entry.stamp, entry.command, effects_);
    if (entry.stamp.sequence.value % kBooksEvery == 0) reference_.compare_books(cell);
    for (std::size_t i = told; i < reference_.differences().size(); ++i)
        complain("reference ledger: " + reference_.differences()[i]);
    effects_.clear();
    last_ = entry.stamp.sequence;
}

/// How many records it holds.
std::uint32_t Judge::replay(const SealedCopy& batch, bool counts) {
    const auto opened = reader_.open(batch.payload, batch.first);
    LOWU_ASSERT(opened.ok(), "what the engine has built can be read");
    std::uint32_t records = 0;
    while (true) {
        const auto more = reader_.next(entry_);
        LOWU_ASSERT(more.ok(), "what the engine has written can be read");
        if (!*more) return records;
        replay(entry_);
        if (counts) count(entry_);
        ++records;
    }
}

void Judge::count(const journal::Entry& entry) {
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

void Judge::recovered(engine::Engine& engine, core::Sequence released_through) {
    const core::Sequence recovered = engine.recovered();
    const std::string where = "recovery to sequence " + std::to_string(recovered.value) + ": ";
    if (recovered < released_through) {
        complain(where + "released through " + std::to_string(released_through.value));
    }
    // What was sealed and lost never was: its sequence numbers are used again.
    while (!batches_.empty() && batches_.back().last() > recovered)
        batches_.pop_back();
    if (last_ > recovered) {
        reset();
        for (const SealedCopy& batch : batches_)
            replay(batch, false);
    }
    if (recovered.value == 0) return;
    if (last_ != recovered) {
        complain(where + "no batch ended there");
    } else if (digests() != digests_of(engine.cell(Rail::kFps), engine.cell(Rail::kIbps))) {
        complain(where + "not the state that was sealed");
    }
    check_invariants(recovered);
}

void Judge::take(engine::SealedBatch& batch, engine::Engine& engine) {
    const auto payload = batch.buffer.payload();
    batches_.push_back({batch.first, batch.count, {payload.begin(), payload.end()}});
    const std::uint32_t count = replay(batches_.back(), true);
    const std::string where = "batch through sequence " + std::to_string(last_.value) + ": ";
    if (count != batch.count || last_ != batch.last()) complain(where + "records are missing");
    const Digests live = digests_of(engine.cell(Rail::kFps), engine.cell(Rail::kIbps));
    if (live != digests()) complain(where + "replay differs from the live cells");
    // Where nothing was decided, nothing can have been broken; and what is broken stays so.
    const std::array decided{cells_[0]->decisions(), cells_[1]->decisions()};
    if (decided != judged_ && ++decisive_batches_ % 2 == 0) check_invariants(batch.last());
}

void Judge::check_invariants(core::Sequence sequence) {
    if (openings_[0].empty()) return;
    judged_ = {cells_[0]->decisions(), cells_[1]->decisions()};
    for (const support::Violation& violation : support::check_all(view())) {
        complain("sequence " + std::to_string(sequence.value) + ", " +
                 std::string(violation.invariant) + " on " +
                 std::string(scheme::to_string(violation.rail)) + " " +
                 scheme::format_uetr(violation.uetr) + ": " + violation.what);
    }
}

support::SchemeView Judge::view() const {
    return {support::gather(*cells_[0], openings_[0], collectors_[0]->messages(),
                            collectors_[0]->forgotten()),
            support::gather(*cells_[1], openings_[1], collectors_[1]->messages(),
                            collectors_[1]->forgotten())};
}

}  // namespace lowu::simulation
