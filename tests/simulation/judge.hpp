// The judge of a running simulation: two cells of its own that replay every batch as it is sealed,
// with a witness who keeps what was said. After each batch they must be equal to the live ones and
// break no invariant; after each crash the log must give back a state that was sealed, and nothing
// less than what was released. One thread.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "switch/engine/engine.hpp"
#include "switch/engine/log_writer.hpp"
#include "switch/journal/batch.hpp"
#include "tests/support/invariants.hpp"

namespace lowu::simulation {

/// Of both cells, FPS first.
using Digests = std::array<Hash128, 2>;
[[nodiscard]] Digests digests_of(const core::Cell& fps, const core::Cell& ibps);

/// Hears everything one cell says to its participants.
class MessageCollector;

class Judge {
public:
    Judge();
    ~Judge();
    Judge(const Judge&) = delete;
    Judge& operator=(const Judge&) = delete;

    /// Forgets its cells: a new process reads its log from the beginning.
    void begin_recovery();
    /// One record of the log, while it is recovered.
    void replay(const journal::Entry& entry);
    /// The log is read. `released_through` is what the former process has let go of.
    void end_recovery(engine::Engine& engine, core::Sequence released_through);

    /// A batch that has just been sealed by the live engine.
    void take(engine::SealedBatch& batch, engine::Engine& engine);

    [[nodiscard]] support::SchemeView view() const;
    [[nodiscard]] Digests digests() const { return digests_of(*cells_[0], *cells_[1]); }
    [[nodiscard]] const core::Cell& cell(core::Rail rail) const {
        return *cells_[static_cast<std::size_t>(rail)];
    }
    /// What was wrong so far, for people; empty is good.
    [[nodiscard]] std::vector<std::string>& complaints() { return complaints_; }
    void complain(std::string what) { complaints_.push_back(std::move(what)); }

private:
    void check_invariants(core::Sequence sequence);
    void apply(const journal::Entry& entry);

    std::array<std::unique_ptr<MessageCollector>, 2> collectors_;
    std::array<std::unique_ptr<core::Cell>, 2> cells_;
    std::array<std::vector<money::AmountMinor>, 2> openings_;
    std::map<core::Sequence, Digests> sealed_;  ///< By the last sequence of each sealed batch.
    core::Sequence last_;
    journal::RecordReader reader_;
    journal::Entry entry_;
    core::Effects effects_;
    std::vector<std::string> complaints_;
};

}  // namespace lowu::simulation
