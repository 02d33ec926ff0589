// Recovery: what a log does with its segments before anybody may use it. Verifies every header,
// record and link of the chain, finds the tail, removes a torn one, and refuses whatever would mean
// losing acknowledged batches. Exists apart from SegmentLog because it runs once and judges, where
// that one writes. Called by SegmentLog::open, on its thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/log/batch_log.hpp"
#include "common/log/file.hpp"
#include "common/log/segment.hpp"

namespace lowu::log {

inline constexpr std::uint32_t kDefaultMaxPayloadBytes = 4U * 1024 * 1024;

enum class MissingLog { kRefuse, kCreate };

struct LogOptions {
    // What the log is a log of, such as "fps/0+ibps/0"; 1 to kFormIdMaxBytes bytes. A log of
    // another form, rules version or format version is refused, naming both values.
    std::string form;
    std::uint32_t rules_version = 0;

    // Of segments to be created; existing ones keep their size. At least
    // segment_min_bytes(max_payload_bytes), at most kSegmentMaxBytes.
    std::uint64_t segment_bytes = kDefaultSegmentBytes;

    // No batch is larger.
    std::uint32_t max_payload_bytes = kDefaultMaxPayloadBytes;

    MissingLog missing = MissingLog::kRefuse;
};

// For the line that a program logs at start.
struct RecoveryReport {
    bool created = false;  // there was no log yet
    LogId id{};
    std::uint64_t segments = 0;  // in use
    std::uint64_t batches = 0;

    // Where the log begins: 1, or later once segments have been removed. Whether that is early
    // enough is for the caller to judge, who knows from where it must replay.
    std::uint64_t first_sequence = 1;
    LogHead head{};

    // The torn tail that was cut off: nothing in it was ever acknowledged. 0: there was none.
    std::uint64_t dropped_bytes = 0;
    std::string dropped_from;  // segment's file name
    std::uint64_t dropped_at_byte = 0;
};

// One segment in use.
struct SegmentStart {
    std::uint64_t number = 0;
    std::uint64_t first_sequence = 0;
};

struct Recovered {
    std::vector<SegmentStart> segments;  // in order; the last is the current one
    std::unique_ptr<File> current;       // the segment to append to; null: the log is empty
    std::uint64_t current_number = 0;
    std::uint64_t used_bytes = 0;  // of `current`: where the next record goes
    std::unique_ptr<File> spare;   // the next segment, if one was prepared
    RecoveryReport report;
};

// The directory is locked by the caller. Writes only to cut a torn tail and to write the last
// record again (see the .cpp).
Result<Recovered> recover(Directory& directory, const LogOptions& options);

}  // namespace lowu::log
