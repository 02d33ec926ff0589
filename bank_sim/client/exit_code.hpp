// How bank_sim's process ends; `bank_sim --help` prints the same list. Used by main() and, for what
// ends the process on the spot, by Host.
#pragma once

namespace lowu::bank {

inline constexpr int kExitOk = 0;           ///< Asked to stop, and stopped in order.
inline constexpr int kExitEnvironment = 1;  ///< A port, a directory, a disk without room at start.
inline constexpr int kExitUsage = 2;  ///< Command line or configuration, also one that is not the
                                      ///< log's.
inline constexpr int kExitLogUnreadable = 65;  ///< The log is damaged, or of another form.
inline constexpr int kExitLogUnknown = 70;     ///< A write or sync failed; its outcome is unknown.
inline constexpr int kExitLogFenced = 71;      ///< Another process owns the log now.

}  // namespace lowu::bank
