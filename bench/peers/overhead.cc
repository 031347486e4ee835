// The loops of overhead.c on Google Benchmark.
#include <benchmark/benchmark.h>

#include "overhead.h"

static void keep_running(benchmark::State &state)
{
    while (state.KeepRunning())
        ;
}
BENCHMARK(keep_running);

static void loop(benchmark::State &state)
{
    for (auto _ : state)
        benchmark::ClobberMemory();
}
BENCHMARK(loop);

static void microsecond(benchmark::State &state)
{
    while (state.KeepRunning())
        work_1us();
}
BENCHMARK(microsecond);

static void sum(benchmark::State &state)
{
    std::size_t bytes = static_cast<std::size_t>(state.range(0));
    const uint64_t *numbers = make_numbers(bytes);
    if (numbers == nullptr)
        state.SkipWithError("no memory");
    while (state.KeepRunning()) {
        uint64_t total = sum_numbers(numbers, bytes);
        benchmark::DoNotOptimize(total);
    }
    free(const_cast<uint64_t *>(numbers));
}
BENCHMARK(sum)->Arg(8 << 10)->Arg(1 << 20)->Arg(64 << 20);

BENCHMARK_MAIN();
