// The same sum registered twice under two names, for bench/peers/google_aa: what Google Benchmark
// and its compare.py make of two benchmarks that differ in nothing.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

static void sum(benchmark::State &state)
{
    std::vector<std::int32_t> values(static_cast<std::size_t>(state.range(0)) / 4, 1);
    for (auto _ : state) {
        std::int64_t total = 0;
        for (std::int32_t value : values)
            total += value;
        benchmark::DoNotOptimize(total);
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

#define SIZES \
    Arg(16 << 10)->Arg(256 << 10)->Arg(1 << 20)->Arg(8 << 20)->Arg(64 << 20)->UseRealTime()
BENCHMARK(sum)->Name("a")->SIZES;
BENCHMARK(sum)->Name("b")->SIZES;
BENCHMARK_MAIN();
