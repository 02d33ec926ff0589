// BatchLog: the interface of the log, whose unit is the batch: acquire, append, read. Exists so
// that our own segment files (segment_log.hpp), a replicated engine later, and a scripted log in
// tests fit behind the same calls. Called by the engine's log runner (append) and by the follower
// (read), each on its own thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/base/hash.hpp"
#include "common/base/result.hpp"

namespace lowu::log {

// What a log is called for life, whatever is trimmed off it or moved: given once, when it is made.
// A snapshot, an archive or a resume token of another log is told by it.
using LogId = Hash128;

// Where the chain stands: what the next record must carry.
struct LogHead {
    std::uint64_t epoch = 0;          // of the last owner; 0: nobody has acquired the log yet
    std::uint64_t next_sequence = 1;  // of the next batch's first command
    Hash128 hash{};                   // of the last record; zero before the first

    friend bool operator==(const LogHead&, const LogHead&) = default;
};

// A batch as it was appended. `payload` is valid until the next call on the reader it came from.
struct BatchView {
    std::uint64_t epoch = 0;
    std::uint64_t first_sequence = 0;
    std::uint32_t count = 0;  // commands, at least 1
    Hash128 previous_hash{};
    Hash128 hash{};  // over header (previous hash included) and payload
    std::span<const std::byte> payload{};

    [[nodiscard]] std::uint64_t last_sequence() const { return first_sequence + count - 1; }
};

// Where a batch is encoded. Keeps room for the record's header in front of the payload, so that the
// log writes header and payload with one pwrite, hashes them in one pass and copies nothing.
// Reused: clear() keeps the memory.
class BatchBuffer {
public:
    static constexpr std::size_t kHeaderRoomBytes = 64;

    explicit BatchBuffer(std::size_t reserve_payload_bytes = 0);

    void clear() { bytes_.resize(kHeaderRoomBytes); }
    void append(std::span<const std::byte> bytes);

    // `bytes` more of payload, zero-filled, to encode into; valid until the next change.
    [[nodiscard]] std::span<std::byte> extend(std::size_t bytes);

    [[nodiscard]] std::size_t payload_bytes() const { return bytes_.size() - kHeaderRoomBytes; }
    [[nodiscard]] std::span<const std::byte> payload() const {
        return std::span<const std::byte>(bytes_).subspan(kHeaderRoomBytes);
    }

    // Header room and payload, for the log.
    [[nodiscard]] std::span<std::byte> record() { return bytes_; }

private:
    std::vector<std::byte> bytes_;
};

enum class AppendOutcome {
    kOk,       // durable
    kFenced,   // somebody else has acquired the log since, or appended: nothing was written
    kUnknown,  // may or may not be durable; so answers every later append, which writes nothing
};

// Reads the log in order, or at a place. Shares nothing with the writer but what is durable, so it
// may live on a thread of its own.
class BatchReader {
public:
    BatchReader() = default;
    BatchReader(const BatchReader&) = delete;
    BatchReader& operator=(const BatchReader&) = delete;
    virtual ~BatchReader() = default;

    // The next batch that ends at or before `durable_through_sequence`, or nothing when there is
    // none yet. The caller passes only what the writer has told it to be durable. kCorrupt when a
    // hash or the chain is broken; kNotFound, naming the oldest sequence, when what comes next has
    // been removed meanwhile.
    virtual Result<std::optional<BatchView>> read_next(std::uint64_t durable_through_sequence) = 0;

    // The batch that contains `sequence`, which must be durable; does not move read_next().
    // kNotFound when the log does not hold it (or no longer does, then naming the oldest).
    virtual Result<BatchView> read_at(std::uint64_t sequence) = 0;
};

class BatchLog {
public:
    BatchLog() = default;
    BatchLog(const BatchLog&) = delete;
    BatchLog& operator=(const BatchLog&) = delete;
    virtual ~BatchLog() = default;

    // Makes the caller the owner: every append under an earlier epoch is fenced from now on. The
    // new epoch (last + 1) is durable when this returns.
    virtual Result<std::uint64_t> acquire() = 0;

    // Fixed for the life of the log. Any thread.
    [[nodiscard]] virtual LogId id() const = 0;

    // What the next append must carry. After acquire() and after each kOk it has moved.
    [[nodiscard]] virtual LogHead head() const = 0;

    // Appends the payload in `batch` and returns when it is durable. `first_sequence` continues
    // where the last batch ended, `count` >= 1, `previous_hash` is head().hash (another one is
    // fenced: the chain has moved on without the caller). Fills in the header room of `batch`.
    [[nodiscard]] virtual AppendOutcome append(std::uint64_t epoch, std::uint64_t first_sequence,
                                               std::uint32_t count, const Hash128& previous_hash,
                                               BatchBuffer& batch) = 0;

    // Why append answers kUnknown; nothing while it does not.
    [[nodiscard]] virtual const std::optional<Error>& failure() const = 0;

    // Promises that one append of up to `payload_bytes` will not run out of space. Call it before a
    // batch's commands are admitted; on an error admit nothing. Also where the log prepares its
    // next space, a little at each call.
    virtual Result<void> ensure_space(std::uint64_t payload_bytes) = 0;

    // True while the next space could not be prepared: there is room to finish what is under way,
    // and new work should be refused.
    [[nodiscard]] virtual bool low_on_space() const = 0;

    // A reader whose first batch is the one that contains `from_sequence`. kNotFound, naming the
    // oldest sequence, when that is no longer in the log.
    virtual Result<std::unique_ptr<BatchReader>> read(std::uint64_t from_sequence) = 0;

    // The oldest sequence that read() finds; head().next_sequence while there is none. Any thread.
    [[nodiscard]] virtual std::uint64_t first_sequence() const = 0;

    // Gives back the space of what holds nothing but sequences below `sequence`, oldest first; may
    // keep more than it must, and always keeps where it appends. Durable on return; killed in
    // between, the log begins at some sequence up to this one. The owner's right alone: kFenced
    // before acquire() and after a fence, kUnknown after an unknown outcome. Any other error does
    // not harm appending, and is the answer to every later call. One caller at a time, any thread.
    virtual Result<void> remove_before(std::uint64_t sequence) = 0;
};

}  // namespace lowu::log
