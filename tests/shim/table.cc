// The table of table.c in C++ on Google Benchmark itself.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

static void run(benchmark::State &state, double seconds)
{
    while (state.KeepRunning())
        state.SetIterationTime(seconds);
}

// For any type of b: newer versions have moved its class to another namespace.
static const auto fixed = [](auto *b) { b->Iterations(4)->UseManualTime(); };

static void plain(benchmark::State &state)
{
    run(state, 1.25e-6);
}
BENCHMARK(plain)->Apply(fixed);
BENCHMARK(plain)->Name("renamed")->Unit(benchmark::kMicrosecond)->Apply(fixed);
BENCHMARK(plain)->Name("milli")->Unit(benchmark::kMillisecond)->Apply(fixed);
BENCHMARK(plain)->Name("whole")->Unit(benchmark::kSecond)->Apply(fixed);
BENCHMARK(plain)->Name("DISABLED_plain")->Apply(fixed);

BENCHMARK(plain)->Name("quoted \"twice\", with a comma")->Apply(fixed);
BENCHMARK(plain)->Name("tab\tand back\\slash")->Apply(fixed);
BENCHMARK(plain)
    ->Name("gr\xc3\xbc\xc3\x9f"
           "e \xe2\x82\xac")
    ->Apply(fixed);

static void lasting(benchmark::State &state)
{
    static const double times[] = {0,      1e-12,  4.4e-10, 0.9996e-9, 9.994e-9, 9.996e-9, 99.94e-9,
                                   1.5e-7, 0.9999, 9.99,    10.5,      1e5,      1e60};
    run(state, times[state.range(0)]);
}
BENCHMARK(lasting)->DenseRange(0, 12, 1)->Apply(fixed);

static void linear(benchmark::State &state)
{
    run(state, 1e-9 * static_cast<double>(state.range(0) + 100));
}
BENCHMARK(linear)->Range(8, 1000)->Apply(fixed);
BENCHMARK(linear)->Name("doubling")->RangeMultiplier(2)->Range(8, 64)->ArgName("n")->Apply(fixed);
BENCHMARK(linear)->Name("negative")->Range(-80, 80)->Apply(fixed);
BENCHMARK(linear)->Name("below")->Range(-80, -2)->Apply(fixed);
BENCHMARK(linear)->Name("dense")->DenseRange(-2, 7, 3)->Arg(99)->Apply(fixed);

static void plane(benchmark::State &state)
{
    run(state,
        1e-7 * (10 * static_cast<double>(state.range(0)) + static_cast<double>(state.range(1))));
}
BENCHMARK(plane)->Args({1, 2})->Args({3, 4})->ArgNames({"first", ""})->Apply(fixed);
BENCHMARK(plane)->Name("ranges")->Ranges({{1, 16}, {64, 512}})->Apply(fixed);
BENCHMARK(plane)->Name("product")->ArgsProduct({{1, 2, 3}, {7, 8}})->Apply(fixed);
BENCHMARK(plane)
    ->Name("made_product")
    ->ArgsProduct({benchmark::CreateRange(2, 50, 4), benchmark::CreateDenseRange(-3, 3, 3)})
    ->ArgNames({"x", "y"})
    ->Apply(fixed);
BENCHMARK(plane)
    ->Name("large")
    ->Args({std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
    ->Args({0, -1})
    ->Apply(fixed);
BENCHMARK(plane)
    ->Name("wide")
    ->RangeMultiplier(10)
    ->Args({5, 6, 7})
    ->Ranges({{1, 1}, {2, 20}, {-3, 3}})
    ->Apply(fixed);

static void growing(benchmark::State &state)
{
    static int calls;
    run(state, 1e-6 * ++calls);
}
static double largest(const std::vector<double> &values)
{
    return *std::max_element(values.begin(), values.end());
}
static double relative_range(const std::vector<double> &values)
{
    return largest(values) / values[0] - 1;
}
BENCHMARK(growing)->Repetitions(5)->Apply(fixed);
BENCHMARK(growing)
    ->Name("extra")
    ->Repetitions(2)
    ->ComputeStatistics("largest", largest)
    ->ComputeStatistics("rr", relative_range, benchmark::kPercentage)
    ->Apply(fixed);
BENCHMARK(growing)->Name("even")->Repetitions(4)->Unit(benchmark::kMicrosecond)->Apply(fixed);
BENCHMARK(growing)->Name("report_only")->Repetitions(3)->ReportAggregatesOnly()->Apply(fixed);
BENCHMARK(growing)->Name("display_only")->Repetitions(3)->DisplayAggregatesOnly()->Apply(fixed);

static void counted(benchmark::State &state)
{
    using benchmark::Counter;
    run(state, 0.25);
    state.counters["a_plain"] = Counter(42.5);
    state.counters["b_rate"] = Counter(600, Counter::kIsRate);
    state.counters["c_threads"] = Counter(8, Counter::kAvgThreads);
    state.counters["d_invariant"] = Counter(3, Counter::kIsIterationInvariant);
    state.counters["e_average"] = Counter(90, Counter::kAvgIterations);
    state.counters["f_invert"] = Counter(0.5, Counter::kInvert);
    state.counters["g_invert_rate"] =
        Counter(4, static_cast<Counter::Flags>(Counter::kIsRate | Counter::kInvert));
    state.counters["h_threads_rate"] = Counter(5, Counter::kAvgThreadsRate);
    state.counters["i_invariant_rate"] = Counter(5, Counter::kIsIterationInvariantRate);
    state.counters["j_average_rate"] = Counter(20, Counter::kAvgIterationsRate);
    state.counters["k_small"] = Counter(-0.5);
    state.counters["l_zero"] = Counter(0.02);
    state.counters["m_all"] =
        Counter(7, static_cast<Counter::Flags>(Counter::kIsRate | Counter::kAvgThreads |
                                               Counter::kAvgIterations | Counter::kInvert));
}
BENCHMARK(counted)->Apply(fixed);
BENCHMARK(counted)->Name("counted_often")->Repetitions(2)->Apply(fixed);
BENCHMARK(counted)->Name("threads_count")->Threads(1)->Threads(3)->Apply(fixed);
BENCHMARK(counted)->Name("threads_count_often")->Threads(2)->Repetitions(2)->Apply(fixed);

static void prefixed(benchmark::State &state)
{
    using benchmark::Counter;
    static const double values[] = {0,    1,      -1,   998.9, 999,  999.5, 1e3,   1023.5,
                                    1024, 1.5e6,  2e9,  3e12,  4e15, 5e18,  6e21,  7e24,
                                    8e30, 0.0099, 0.01, 5e-5,  6e-9, 7e-24, 8e-30, -2.5e-7};
    double value = values[state.range(0)];
    run(state, 1);
    state.counters["decimal"] = Counter(value);
    state.counters["power_of_two"] = Counter(value, Counter::kDefaults, Counter::kIs1024);
    state.counters["rate"] = Counter(value, Counter::kIsRate, Counter::kIs1024);
}
BENCHMARK(prefixed)->DenseRange(0, 23, 1)->Apply(fixed);

static void processed(benchmark::State &state)
{
    run(state, 0.5);
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * 100);
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 25);
    state.SetLabel("with a \"label\"");
}
BENCHMARK(processed)->Apply(fixed);
BENCHMARK(processed)->Name("processed_often")->Repetitions(3)->Apply(fixed);
BENCHMARK(processed)->Name("threads_process")->Threads(3)->Apply(fixed);

static void labelled(benchmark::State &state)
{
    static int calls;
    run(state, 1);
    state.SetLabel(++calls == 2 ? "the second" : "another");
}
BENCHMARK(labelled)->Repetitions(3)->Apply(fixed);

static void failing(benchmark::State &state)
{
    state.SkipWithError("it broke");
    run(state, 1);
}
BENCHMARK(failing)->Apply(fixed);

static void failing_inside(benchmark::State &state)
{
    int done = 0;
    while (state.KeepRunning()) {
        state.SetIterationTime(1);
        if (++done == 2)
            state.SkipWithError("it broke in its second iteration");
    }
}
BENCHMARK(failing_inside)->Apply(fixed);
BENCHMARK(failing_inside)->Name("failing_often")->Repetitions(2)->Apply(fixed);

static void failing_late(benchmark::State &state)
{
    run(state, 1);
    state.counters["dropped"] = 1;
    state.SetLabel("kept");
    state.SkipWithError("with \"quotes\" and a\nline");
}
BENCHMARK(failing_late)->Apply(fixed);

#ifdef GOOGLE_HAS_SKIP
static void skipping(benchmark::State &state)
{
    state.SkipWithMessage("not \"here\"");
    run(state, 1);
}
BENCHMARK(skipping)->Apply(fixed);
#endif

static void grown(benchmark::State &state)
{
    double n = static_cast<double>(state.range(0));
    run(state, 1e-9 * n * (n > 100 ? 1.1 : 1));
    state.SetComplexityN(state.range(0));
}
static double halves(benchmark::IterationCount n)
{
    return 0.5 * static_cast<double>(n);
}
BENCHMARK(grown)->Range(8, 512)->Complexity(benchmark::oN)->Apply(fixed);
BENCHMARK(grown)
    ->Name("squared")
    ->Range(8, 512)
    ->Complexity(benchmark::oNSquared)
    ->Unit(benchmark::kMillisecond)
    ->Apply(fixed);
BENCHMARK(grown)->Name("cubed")->Range(8, 512)->Complexity(benchmark::oNCubed)->Apply(fixed);
BENCHMARK(grown)->Name("logarithm")->Range(8, 512)->Complexity(benchmark::oLogN)->Apply(fixed);
BENCHMARK(grown)->Name("linearithmic")->Range(8, 512)->Complexity(benchmark::oNLogN)->Apply(fixed);
BENCHMARK(grown)->Name("constant")->Range(8, 512)->Complexity(benchmark::o1)->Apply(fixed);
BENCHMARK(grown)->Name("halves")->Range(8, 512)->Repetitions(2)->Complexity(halves)->Apply(fixed);

BENCHMARK(grown)->Name("auto")->Range(8, 512)->Complexity(benchmark::oAuto)->Apply(fixed);

static void grown_in_part(benchmark::State &state)
{
    if (state.range(0) == 64)
        state.SkipWithError("not this one");
    run(state, 1e-9 * static_cast<double>(state.range(0)));
    state.SetComplexityN(state.range(0));
    state.SetLabel("grown");
}
BENCHMARK(grown_in_part)->Range(8, 512)->Complexity(benchmark::oN)->Apply(fixed);
BENCHMARK(grown_in_part)->Name("grown_once")->Arg(8)->Complexity(benchmark::oN)->Apply(fixed);

static void batches(benchmark::State &state)
{
    while (state.KeepRunningBatch(3))
        state.SetIterationTime(3e-6);
}
BENCHMARK(batches)->Apply(fixed);

static void captured(benchmark::State &state, int factor, const char *label)
{
    run(state, 1e-6 * factor);
    state.SetLabel(label);
}
BENCHMARK_CAPTURE(captured, small, 3, "three")->Apply(fixed);
BENCHMARK_CAPTURE(captured, large, 50, "fifty")->Apply(fixed);

static void listed(benchmark::State &state)
{
    run(state, 1);
}
BENCHMARK(listed)->MinTime(0.125)->MinWarmUpTime(0.5);
BENCHMARK(listed)->UseRealTime()->Threads(1)->Threads(3);
BENCHMARK(listed)->Arg(5)->MeasureProcessCPUTime()->UseRealTime()->ThreadRange(1, 6);
BENCHMARK(listed)
    ->MeasureProcessCPUTime()
    ->UseManualTime()
    ->Repetitions(2)
    ->Iterations(7)
    ->DenseThreadRange(1, 6, 2);
BENCHMARK(listed)->MeasureProcessCPUTime();
BENCHMARK(listed)->Name("many")->DenseRange(1, 101, 1);

BENCHMARK_MAIN();
