// A library to be preloaded that makes the operating system write less than it was asked: every
// third pwrite writes half. Exists because no disk does so when a test needs it, and whoever calls
// must go on with the rest. In the process under test, on every thread.
#include <dlfcn.h>
#include <sys/types.h>

#include <atomic>
#include <cstddef>

namespace {

using PositionedWrite = ssize_t (*)(int, const void*, std::size_t, off_t);

constexpr unsigned kEvery = 3;
constexpr std::size_t kWorthHalving = 2;

std::atomic<unsigned> calls{0};

ssize_t write_less(int descriptor, const void* bytes, std::size_t count, off_t offset) {
    static const auto really = reinterpret_cast<PositionedWrite>(::dlsym(RTLD_NEXT, "pwrite64"));
    const bool less = calls.fetch_add(1) % kEvery == 0 && count >= kWorthHalving;
    return really(descriptor, bytes, less ? count / 2 : count, offset);
}

}  // namespace

extern "C" {

// Both names of one function: which is called depends on how the caller was compiled.
ssize_t pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset) {
    return write_less(descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void* bytes, std::size_t count, off_t offset) {
    return write_less(descriptor, bytes, count, offset);
}

}  // extern "C"
