// What a durable batch costs: one pwrite and one fdatasync on a zero-filled segment, by batch size.
// Writes below a fresh folder of the temporary directory; say TMPDIR to choose the disk.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>

#include "common/log/posix_file.hpp"
#include "common/log/segment_log.hpp"

namespace lowu::bench {
namespace {

void durable_append(benchmark::State& state) {
    std::string path = (std::filesystem::temp_directory_path() / "lowu-micro-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) return state.SkipWithError("no temporary directory");
    {
        auto directory = log::PosixDirectory::open(path, log::MissingDirectory::kRefuse);
        log::LogOptions options;
        options.form = "bench";
        options.missing = log::MissingLog::kCreate;
        auto log = log::SegmentLog::open(**directory, options);
        const auto epoch = (*log)->acquire();
        log::BatchBuffer buffer;
        const auto bytes = static_cast<std::size_t>(state.range(0));
        for (auto _ : state) {
            buffer.clear();
            static_cast<void>(buffer.extend(bytes));
            const log::LogHead head = (*log)->head();
            const auto outcome = (*log)->append(*epoch, head.next_sequence, 1, head.hash, buffer);
            if (outcome != log::AppendOutcome::kOk) return state.SkipWithError("append failed");
            static_cast<void>((*log)->ensure_space(bytes));
        }
        state.SetBytesProcessed(state.iterations() * state.range(0));
    }
    std::filesystem::remove_all(path);
}
BENCHMARK(durable_append)->Arg(256)->Arg(16 << 10)->Arg(256 << 10)->UseRealTime();

}  // namespace
}  // namespace lowu::bench
