// How the switch's process ends; `lowu_switch --help` prints the same list.
#pragma once

namespace lowu::app {

inline constexpr int kExitOk = 0;              ///< Asked to stop, and stopped in order.
inline constexpr int kExitEnvironment = 1;     ///< A port, a directory, a file.
inline constexpr int kExitUsage = 2;           ///< Command line or configuration.
inline constexpr int kExitLogUnreadable = 65;  ///< The log is damaged, or of another form.
inline constexpr int kExitLogUnknown = 70;     ///< A write or sync failed; its outcome is unknown.
inline constexpr int kExitLogFenced = 71;      ///< Another process owns the log now.
inline constexpr int kExitDiverged = 72;       ///< Live cells and follower disagree.
inline constexpr int kExitForced = 130;        ///< A second signal: stopped at once.

}  // namespace lowu::app
