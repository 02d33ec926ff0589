// The archive: everything that happened, on disk, in rows of batches, never of payments. When the
// log drops its beginning and the cells forget old payments, this is where they are. A RocksDB
// database, of which this file says nothing: what stands in it is in archive.cpp.
//
// The follower's thread writes (append, flush). Every reading call is const and may come from any
// thread at any time; it sees whole batches only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/log/batch_log.hpp"
#include "switch/follower/archive_batch.hpp"
#include "switch/follower/archive_memory.hpp"

namespace lowu::follower {

/// A batch as the log had it, with its payload in memory of its own.
struct ArchivedBatch {
    log::BatchView view;  ///< Its payload is `payload`.
    std::vector<std::byte> payload;

    ArchivedBatch() = default;
    ArchivedBatch(ArchivedBatch&&) = default;
    ArchivedBatch& operator=(ArchivedBatch&&) = default;
};

/// Memory that the archive may use (see archive.cpp for what it comes to), and room to begin.
struct ArchiveOptions {
    std::size_t batch_buffer_bytes = std::size_t{32} << 20U;  ///< Two of them.
    std::size_t other_buffer_bytes = std::size_t{8} << 20U;   ///< Two for each of four tables.
    std::size_t cache_bytes = std::size_t{64} << 20U;
    /// Free bytes of its disk, without which it is not opened: what RocksDB begins with, and what
    /// the replay behind it flushes first, a full buffer of batches.
    std::uint64_t room_bytes = std::uint64_t{32} << 20U;
    /// Files are there in place of the machine's disk, and what was not flushed is lost with the
    /// archive, as if its process had been killed. For tests.
    ArchiveMemory* memory = nullptr;
};

/// Where what is flushed ends.
struct ArchiveEnd {
    log::LogId log{};
    core::Sequence sequence;  ///< Zero: nothing was appended.
    Hash128 chain_hash{};     ///< Of the batch that ends there, as the log has it.
};

class Archive {
public:
    /// Opens the archive of this log in the directory, and makes it when there is none. kInvalid
    /// for one of another log or format version, naming both; kBusy when another process holds it;
    /// kExhausted when its disk has less room than it needs to begin; kCorrupt, kIo as the disk has
    /// it. All name the path.
    [[nodiscard]] static Result<std::unique_ptr<Archive>> open(const std::string& directory,
                                                               const log::LogId& log,
                                                               const ArchiveOptions& options = {});
    /// Whether an archive was made in the directory, good or bad.
    [[nodiscard]] static bool exists(const std::string& directory);
    /// Looks at an archive and changes nothing, beside its owner or after it. None: there is none,
    /// or none that says whose it is. Errors as open's.
    [[nodiscard]] static Result<std::optional<ArchiveEnd>> look(const std::string& directory);
    ~Archive();
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;

    // Writing.

    /// Writes the batch with all its rows, all or nothing, and empties `rows`. Does nothing when it
    /// is here already. kInvalid when batches are missing in between, or when it does not follow
    /// the last one by its hash. After any other error the batch waits: see retry.
    [[nodiscard]] Result<void> append(const log::BatchView& batch, ArchiveBatch& rows);
    /// A batch could not be written (a full disk, most likely): nothing may be appended before it.
    [[nodiscard]] bool batch_waits() const;
    /// Tries to write the batch that waits. A disk that has room again is enough for that; what
    /// else RocksDB has given up for, it gets over with a new process only.
    [[nodiscard]] Result<void> retry();
    /// Makes everything appended durable. A crash before loses what was appended after the last
    /// one: position() is then an earlier one, and the same batches may be appended again. An error
    /// while a batch waits.
    [[nodiscard]] Result<void> flush();

    // Reading: any thread.

    [[nodiscard]] const std::string& directory() const;
    /// The last sequence number appended; zero: none.
    [[nodiscard]] core::Sequence position() const;
    /// Up to here nothing can be lost.
    [[nodiscard]] core::Sequence durable_position() const;
    /// Of the batch that ends at position(), as the log has it. The writer's thread only.
    [[nodiscard]] const Hash128& chain_hash() const;

    /// The batch that contains the sequence number. kNotFound when it is not here.
    [[nodiscard]] Result<ArchivedBatch> read_batch(core::Sequence sequence) const;
    using Fits = std::function<bool(const ArchivedLeg&)>;
    /// What the archive has of a payment, of each leg as it was when last forgotten. Of several
    /// that had the UETR: of each rail the newest leg that fits, or the newest when none does.
    [[nodiscard]] Result<ArchivedPayment> find(const core::Uetr& uetr, const Fits& fits = {}) const;
    /// The same in steps, each of bounded work.
    class Search;
    /// The legs of one rail that begin a payment, newest instruction first, from the one before
    /// `before` on, until `take` answers false. A leg that was forgotten twice comes once, as it
    /// was the last time.
    [[nodiscard]] Result<void> list_before(
        core::Rail rail, core::Sequence before,
        const std::function<bool(const ArchivedLeg&)>& take) const;
    /// The first sequence number of the first batch that ended at this moment or later; the one
    /// after position() when there is none.
    [[nodiscard]] Result<core::Sequence> first_at(SchemeTime time) const;
    /// When the batch was that contains the sequence number. kNotFound when it is not here.
    [[nodiscard]] Result<BatchTimes> times_of(core::Sequence sequence) const;
    /// Entry rows of the batches from the one that contains `from` to the one that contains
    /// `through`, oldest first, until `take` answers false.
    [[nodiscard]] Result<void> entry_rows(core::Sequence from, core::Sequence through,
                                          const std::function<bool(EntryRowReader&)>& take) const;
    /// An account's samples from a slot on, oldest first, until `take` answers false.
    [[nodiscard]] Result<void> samples(
        core::Rail rail, core::AccountIndex account, Slot from,
        const std::function<bool(const PositionSample&)>& take) const;

private:
    struct Tables;
    explicit Archive(std::unique_ptr<Tables> tables);

    [[nodiscard]] static Result<std::optional<ArchiveEnd>> look_once(const std::string& directory);
    [[nodiscard]] Result<std::optional<log::LogId>> read_log() const;
    [[nodiscard]] Result<void> check_log(const log::LogId& log);
    [[nodiscard]] Result<void> write_log(const log::LogId& log);
    [[nodiscard]] Result<void> read_position();
    [[nodiscard]] Result<void> check_follows(const log::BatchView& batch) const;
    [[nodiscard]] Result<void> write_waiting();

    std::unique_ptr<Tables> tables_;
};

/// A look for one payment: reading through the history of its bucket takes its time, and others may
/// have their turn between two steps. What is appended after it began may or may not be seen. Any
/// thread, one at a time.
class Archive::Search {
public:
    /// What is looked for.
    struct Need {
        Fits fits{};
        std::array<bool, 2> rails{true, true};  ///< Whose legs are needed.
        core::Sequence newer_than{};            ///< Only among those forgotten after it.
    };
    /// The archive outlives it.
    Search(const Archive& archive, const core::Uetr& uetr, Need need);

    /// Reads at most `rows_max` rows of the index, and what they point to. True: all has been read
    /// that is needed.
    [[nodiscard]] Result<bool> step(std::size_t rows_max);
    /// After the last step. See Archive::find.
    [[nodiscard]] ArchivedPayment take_found() { return std::move(found_); }

private:
    /// The best leg of a rail among those that one command made it forget.
    struct Candidate {
        std::optional<ArchivedLeg> leg;
        bool fits = false;
    };
    using Candidates = std::array<Candidate, 2>;
    [[nodiscard]] bool satisfied() const;
    [[nodiscard]] Result<void> look_into(std::string_view row, core::Sequence forgotten);
    [[nodiscard]] Result<void> read_legs(const LegRowKey& key, Candidate& best) const;

    const Archive& archive_;
    const core::Uetr uetr_;
    const Need need_;
    core::Sequence unread_;          ///< Rows of later commands have been read.
    std::array<bool, 2> fitting_{};  ///< By rail: what was found fits.
    std::vector<LegRowKey> hits_;
    ArchivedPayment found_;
};

}  // namespace lowu::follower
