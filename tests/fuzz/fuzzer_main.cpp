// libFuzzer's way into one target: built once for each, with LOWU_FUZZ_TARGET its function. See
// targets.hpp.
#include <google/protobuf/stubs/logging.h>

#include <cstdint>

#include "tests/fuzz/targets.hpp"

/// Protobuf tells of every text that is no UTF-8; here that is most of them.
extern "C" int LLVMFuzzerInitialize(int* /*argument_count*/, char*** /*arguments*/) {
    google::protobuf::SetLogHandler(nullptr);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_cast<void>(lowu::fuzz::LOWU_FUZZ_TARGET(std::as_bytes(std::span(data, size))));
    return 0;
}
