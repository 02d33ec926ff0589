// Verification: looks at every byte of a log that carries meaning, and changes none. Exists for the
// program that inspects logs: unlike recovery it takes no lock and cuts no tail, so it may run
// beside the process that writes. Called by tools and tests; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "common/log/batch_log.hpp"
#include "common/log/file.hpp"

namespace lowu::log {

// What is wrong, and where.
struct Damage {
    std::string file;  // its name in the directory
    std::uint64_t byte = 0;
    std::uint64_t sequence = 0;  // which was expected there
    std::string what;
};

// Bytes after the last sound record: a write that was cut off, or one that is under way just now.
struct TornTail {
    std::string file;
    std::uint64_t byte = 0;
    std::uint64_t bytes = 0;
};

struct LogFacts {
    LogId id{};
    std::string form;
    std::uint32_t rules_version = 0;
    std::uint32_t format_version = 0;

    // Of the whole log, as its directory shows it.
    std::uint64_t first_segment = 0;
    std::uint64_t segments = 0;  // in use
    std::uint64_t spares = 0;    // prepared, not begun
    std::uint64_t file_bytes = 0;
    std::uint64_t first_sequence = 0;  // the oldest in the log

    // Of what was read: everything, or from the segment that was asked for.
    LogHead start{};
    LogHead head{};  // after the last sound record
    std::uint64_t segments_read = 0;
    std::uint64_t record_bytes = 0;  // headers and padding included
    std::uint64_t batches = 0;
    std::uint64_t commands = 0;
    std::uint64_t owners = 0;  // records that begin an epoch

    std::optional<TornTail> torn;
    std::optional<Damage> damage;  // nothing behind it was read
};

// Gets every batch in order; false ends the reading, an error is damage at that batch's place. Its
// argument is valid during the call.
using BatchTaker = std::function<Result<bool>(const BatchView&)>;

struct VerifyOptions {
    // Begins with the segment that contains it; below the oldest: with the oldest.
    std::uint64_t from_sequence = 1;
    BatchTaker take;
};

// Checks headers, chain and payloads of every segment, and that all are of one log. Damage is part
// of the answer, not an error. Beside a writer it reads up to the last record that is complete,
// durable or not. kNotFound when there is no log, or when segments were removed while it read;
// kInvalid for another format version.
Result<LogFacts> verify_log(Directory& directory, const VerifyOptions& options = {});

}  // namespace lowu::log
