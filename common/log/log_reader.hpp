// LogReader: reads the segments that a SegmentLog writes, in the same process or after it, without
// sharing anything with it but the files. Exists for the follower (read_next) and for queries that
// go back to a batch (read_at). One thread per reader; the writer goes on meanwhile, and may remove
// segments: what the reader holds open it reads to its end, the rest is kNotFound.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/log/batch_log.hpp"
#include "common/log/file.hpp"
#include "common/log/record.hpp"
#include "common/log/segment.hpp"

namespace lowu::log {

class LogReader final : public BatchReader {
public:
    // The directory outlives the reader. `from_sequence` >= 1; it may lie beyond what is written
    // yet. kNotFound, naming the oldest sequence, when the log begins later, or there is no log.
    static Result<std::unique_ptr<LogReader>> open(Directory& directory,
                                                   std::uint64_t from_sequence);

    // Verifies every header and the chain on the way, and the payload of what it returns; batches
    // before from_sequence in the same segment are passed over by their headers.
    Result<std::optional<BatchView>> read_next(std::uint64_t durable_through_sequence) override;

    // Goes to the nearest place it remembers (the start of each segment, and one place in each
    // 256 KiB it has passed) and walks headers from there.
    Result<BatchView> read_at(std::uint64_t sequence) override;

private:
    // A place between two records, and the chain up to it.
    struct Place {
        std::uint64_t segment = 0;
        std::uint64_t offset = kSegmentHeaderBytes;
        LogHead head{};
    };
    struct Cursor {
        Place place;
        std::unique_ptr<File> file;  // place.segment's; null until needed
    };

    explicit LogReader(Directory& directory) : directory_(directory) {}

    Result<void> find_segments();
    [[nodiscard]] std::uint64_t oldest() const { return places_.front().head.next_sequence; }
    [[nodiscard]] Error no_longer(std::uint64_t sequence) const;
    [[nodiscard]] std::optional<Place> nearest_place(std::uint64_t sequence) const;
    Result<void> open_segment(Cursor& cursor);
    Result<std::optional<RecordHeader>> header_at(Cursor& cursor);
    Result<bool> enter_next_segment(Cursor& cursor);
    Result<std::optional<SegmentHeader>> read_segment_header(File& file, std::uint64_t number);
    Result<BatchView> load(Cursor& cursor, const RecordHeader& header);
    void pass(Cursor& cursor, const RecordHeader& header);
    void remember(const Place& place);
    [[nodiscard]] Error corrupt(const Place& place, const std::string& what) const;

    Directory& directory_;
    std::uint64_t from_sequence_ = 1;
    Cursor next_;                // of read_next()
    Cursor random_;              // of read_at()
    std::vector<Place> places_;  // ordered by head.next_sequence, never empty
    std::array<std::byte, kRecordHeaderBytes> header_bytes_{};
    std::vector<std::byte> record_;  // behind the last view
};

}  // namespace lowu::log
