// What the state machine costs a payment: both cells, all checks, no I/O.
#include <benchmark/benchmark.h>

#include "benchmarks/micro/payments.hpp"

namespace lowu::bench {
namespace {

/// The argument is how many persons pay; 0: the quota register is idle.
void whole_payment(benchmark::State& state) {
    constexpr std::uint32_t kPayments = 1U << 22U;
    const auto persons = static_cast<std::uint64_t>(state.range(0));
    auto cells = std::make_unique<TwoCells>(kPayments, persons);
    for (auto _ : state) {
        if (cells->fps().payments_so_far() == kPayments) {
            state.PauseTiming();
            cells = std::make_unique<TwoCells>(kPayments, persons);
            state.ResumeTiming();
        }
        cells->pay();
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(whole_payment)->Arg(0)->Arg(1'000)->Arg(300'000);

void uetr_parse(benchmark::State& state) {
    const std::string text = scheme::format_uetr(scheme::uetr_from_random(mix64(1), mix64(2)));
    for (auto _ : state)
        benchmark::DoNotOptimize(scheme::parse_uetr(text));
}
BENCHMARK(uetr_parse);

}  // namespace
}  // namespace lowu::bench
