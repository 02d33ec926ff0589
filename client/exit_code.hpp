// What lowu's exit codes mean, for scripts. Every command returns one of these; the help of `pay`
// and the README list them. One thread.
#pragma once

namespace lowu::client {

enum class ExitCode : int {
    kDone = 0,         // done; for a payment: ACSC, and credited where that was asked for
    kEnvironment = 1,  // could not be done: no connection, not found, a process died
    kUsage = 2,        // the command line or a field of the request breaks a rule
    kRefused = 3,      // RJCT: the payment is final and nothing moved
    kPending = 4,      // ACSP, or settled and not credited in time: ask again later
    kDiffers =
        5,  // two books that must agree do not, or a statement; parameters diff: a file differs
};

}  // namespace lowu::client
