// Court: where the judges sit. It has two cells of its own that replay every batch as it is sealed,
// tells the judges what it hears, and keeps what they find. It keeps every batch, since the log
// drops its beginning; after a crash it forgets what the disk has lost, and the judges with it. One
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "switch/journal/batch.hpp"
#include "tests/simulation/judges/judges.hpp"

namespace lowu::judges {

struct Complaint {
    std::string judge;
    std::string what;
};

/// What a judge may find in one run: after the first few it says nothing new.
inline constexpr std::size_t kMaxComplaintsOfAJudge = 6;

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

/// Hears everything one cell says and does under a command.
class Ear;

class Court final : public simulator::Observer, private Complaints {
public:
    Court();
    ~Court() override;

    /// What the former process has lost is forgotten here too.
    void recovered(engine::Engine& engine, core::Sequence released_through) override;
    void take(engine::SealedBatch& batch, engine::Engine& engine) override;
    void on_bank_frame(const simulator::BankFrame& frame) override;
    void on_switch_frame(const simulator::SwitchFrame& frame) override;
    void complain(std::string what) override { say(kWorld, std::move(what)); }
    void complain_of(std::string_view rule, std::string what) { say(rule, std::move(what)); }
    /// The last that the judges hear.
    void conclude(const Ending& ending);

    [[nodiscard]] support::SchemeView view() const;
    [[nodiscard]] Digests digests() const { return simulator::digests_of(*cells_[0], *cells_[1]); }
    [[nodiscard]] const core::Cell& cell(Rail rail) const {
        return *cells_[static_cast<std::size_t>(rail)];
    }
    /// Everything sealed that was not lost since.
    [[nodiscard]] const std::vector<SealedCopy>& batches() const { return batches_; }
    [[nodiscard]] const MemoryCounts& memory() const { return memory_; }
    /// What was found so far; empty is good.
    [[nodiscard]] const std::vector<Complaint>& complaints() const { return complaints_; }
    /// Whether this judge has found anything.
    [[nodiscard]] bool has_found(std::string_view judge) const;

private:
    void say(std::string_view judge, std::string what) override;
    void reset();
    void show_scheme();
    std::uint32_t replay(const SealedCopy& batch);
    void replay(const journal::Entry& entry);
    void count(const journal::Entry& entry);

    std::vector<Complaint> complaints_;
    bool again_ = false;  ///< What is told now was told before: nobody complains twice.
    support::ReferenceCheck reference_;
    std::vector<std::unique_ptr<Judge>> judges_;
    std::array<std::unique_ptr<Ear>, 2> ears_;
    std::array<std::unique_ptr<core::Cell>, 2> cells_;
    std::array<std::vector<money::AmountMinor>, 2> openings_;
    std::array<std::uint64_t, 2> judged_{};  ///< Decisions of the cells when last looked at.
    std::uint64_t decisive_batches_ = 0;
    std::vector<SealedCopy> batches_;
    MemoryCounts memory_;
    std::set<scheme::Uetr> recollected_;
    core::Stamp last_;
    journal::RecordReader reader_;
    journal::Entry entry_;
    core::Effects effects_;
};

/// The names of all judges, and of what a complaint can be about beside them.
[[nodiscard]] std::vector<std::string> all_rules();

}  // namespace lowu::judges
