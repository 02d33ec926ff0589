// Always-on assertions, for programmer errors only: they stay in release builds, because a switch
// that goes on with broken books is worse than one that stops. Called everywhere, on any thread.
// A business outcome is a result code and the environment's failure is a Result, never an assert.
#pragma once

namespace lowu {

// Writes "file:line: assertion failed: expression: why" to stderr and aborts. Safe on any thread;
// allocates nothing.
[[noreturn]] void assertion_failed(const char* file, int line, const char* expression,
                                   const char* why) noexcept;

}  // namespace lowu

// `why` is a string literal that says which rule of ours was broken.
#define LOWU_ASSERT(condition, why)                                        \
    do {                                                                   \
        if (!(condition)) [[unlikely]] {                                   \
            ::lowu::assertion_failed(__FILE__, __LINE__, #condition, why); \
        }                                                                  \
    } while (false)

// For code that cannot be reached while the types hold, such as after a switch over every value of
// an enum.
#define LOWU_UNREACHABLE(why) ::lowu::assertion_failed(__FILE__, __LINE__, "unreachable", why)
