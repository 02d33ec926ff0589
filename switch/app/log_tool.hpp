// What lowu_log does: looks at a log in a directory, beside a running process or after it, and
// changes nothing. Called by log_tool_main.cpp; main thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/log/posix_file.hpp"
#include "common/log/verify.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::app {

struct LogToolOptions {
    std::string directory;
    bool json = false;

    // Inspect only.
    std::optional<std::uint64_t> from;  ///< First and last sequence number to print.
    std::optional<std::uint64_t> to;
    std::optional<scheme::Uetr> uetr;  ///< Only records that name this payment.
    std::uint64_t limit = 0;           ///< At most so many lines; 0: all.
};

/// Checks everything and says what there is. Returns the exit code: 65 for damage.
[[nodiscard]] int verify_directory(const LogToolOptions& options);

/// Prints records, or batches when this program cannot read the records. Returns the exit code.
[[nodiscard]] int inspect_directory(const LogToolOptions& options);

// What both share.

/// Whether it is a log of cells, of both rails or of one: "fps/0+ibps/0".
[[nodiscard]] bool is_of_a_switch(const log::LogFacts& facts);

/// Whether the records of a log can be read: it is a switch's, of this program's rules.
[[nodiscard]] bool reads_records(const log::LogFacts& facts);

/// Why not, in words: "it is a log of \"bank_sim\"".
[[nodiscard]] std::string why_not_read(const log::LogFacts& facts);

/// Form, rules version and id of the log, without reading its records.
[[nodiscard]] Result<log::LogFacts> facts_of(log::Directory& directory);

/// Says on standard error what is wrong, as text or as {"error": ...}, and returns the exit code.
int say_error(const LogToolOptions& options, const Error& error);
int say_damage(const LogToolOptions& options, const log::Damage& damage);

}  // namespace lowu::app
