// How the switch's process ends, and lowu_log's; `lowu_switch --help` prints the same list.
#pragma once

#include "common/base/result.hpp"

namespace lowu::app {

inline constexpr int kExitOk = 0;              ///< Asked to stop, and stopped in order.
inline constexpr int kExitEnvironment = 1;     ///< A port, rights, room, another process.
inline constexpr int kExitUsage = 2;           ///< Command line or configuration.
inline constexpr int kExitLogUnreadable = 65;  ///< Damaged, of another form, not whole.
inline constexpr int kExitLogUnknown = 70;     ///< A write or sync failed; its outcome is unknown.
inline constexpr int kExitLogFenced = 71;      ///< Another process has taken the log over.
inline constexpr int kExitDiverged = 72;       ///< Live cells and follower disagree.
inline constexpr int kExitForced = 130;        ///< A second signal: stopped at once.

/// Of an error about what lies in a switch's directory: what is of another form or version, or of
/// another history, is as good as damaged.
[[nodiscard]] inline int exit_code_of_disk(const Error& error) {
    switch (error.kind) {
        case Error::Kind::kCorrupt:
        case Error::Kind::kInvalid:
            return kExitLogUnreadable;
        case Error::Kind::kUnknown:
            return kExitLogUnknown;
        case Error::Kind::kFenced:
            return kExitLogFenced;
        case Error::Kind::kIo:
        case Error::Kind::kNotFound:
        case Error::Kind::kBusy:
        case Error::Kind::kUnavailable:
        case Error::Kind::kExhausted:
            break;
    }
    return kExitEnvironment;
}

}  // namespace lowu::app
