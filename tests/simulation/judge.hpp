// The judge of a running simulation: two cells of its own that replay every batch as it is sealed,
// with a witness who keeps what was said. After each command they must have said what the reference
// ledger predicts; after each batch be equal to the live ones, and after every other one break no
// invariant; after each crash snapshot and log must give back a
// state that was sealed, and nothing less than what was released. It keeps every batch, since the
// log drops its beginning. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "switch/engine/engine.hpp"
#include "switch/engine/log_writer.hpp"
#include "switch/journal/batch.hpp"
#include "tests/support/invariants.hpp"
#include "tests/support/reference_check.hpp"

namespace lowu::simulation {

/// Of both cells, FPS first.
using Digests = std::array<Hash128, 2>;
[[nodiscard]] Digests digests_of(const core::Cell& fps, const core::Cell& ibps);

/// A batch as it was sealed.
struct SealedCopy {
    core::Sequence first;
    std::uint32_t count = 0;
    std::vector<std::byte> payload;

    [[nodiscard]] core::Sequence last() const { return core::Sequence{first.value + count - 1}; }
};

/// What the cells forgot and were told again, over all batches sealed.
struct MemoryCounts {
    std::uint64_t forgets = 0;
    std::uint64_t recollections = 0;
    std::uint64_t repeats = 0;    ///< Instructions of a payment that had been recollected.
    std::uint64_t returns = 0;    ///< Of such a payment.
    std::uint64_t enquiries = 0;  ///< Answered from the archive.
};

/// Hears everything one cell says to its participants.
class MessageCollector;

class Judge {
public:
    Judge();
    ~Judge();
    Judge(const Judge&) = delete;
    Judge& operator=(const Judge&) = delete;

    /// A new process has loaded what was on the disk. `released_through` is what the former one has
    /// let go of. What it has lost is forgotten here too.
    void recovered(engine::Engine& engine, core::Sequence released_through);

    /// A batch that has just been sealed by the live engine.
    void take(engine::SealedBatch& batch, engine::Engine& engine);

    [[nodiscard]] support::SchemeView view() const;
    [[nodiscard]] Digests digests() const { return digests_of(*cells_[0], *cells_[1]); }
    [[nodiscard]] const core::Cell& cell(core::Rail rail) const {
        return *cells_[static_cast<std::size_t>(rail)];
    }
    /// Everything sealed that was not lost since.
    [[nodiscard]] const std::vector<SealedCopy>& batches() const { return batches_; }
    [[nodiscard]] const MemoryCounts& memory() const { return memory_; }
    /// What was wrong so far, for people; empty is good.
    [[nodiscard]] std::vector<std::string>& complaints() { return complaints_; }
    void complain(std::string what) { complaints_.push_back(std::move(what)); }

private:
    void check_invariants(core::Sequence sequence);
    void reset();
    std::uint32_t replay(const SealedCopy& batch, bool counts);
    void replay(const journal::Entry& entry);
    void count(const journal::Entry& entry);

    support::ReferenceCheck reference_;
    std::array<std::unique_ptr<MessageCollector>, 2> collectors_;
    std::array<std::unique_ptr<core::Cell>, 2> cells_;
    std::array<std::vector<money::AmountMinor>, 2> openings_;
    std::array<std::uint64_t, 2> judged_{};  ///< Decisions of the cells when last looked at.
    std::uint64_t decisive_batches_ = 0;
    std::vector<SealedCopy> batches_;
    MemoryCounts memory_;
    std::set<scheme::Uetr> recollected_;
    core::Sequence last_;
    journal::RecordReader reader_;
    journal::Entry entry_;
    core::Effects effects_;
    std::vector<std::string> complaints_;
};

}  // namespace lowu::simulation
