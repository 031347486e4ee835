// The header serves C++, too.
#include <cstdint>
#include <string>
#include <vector>

#include "accelbench/benchmark.h"

namespace
{

void push(bm_state *state)
{
    while (bm_keep_running(state)) {
        std::vector<std::int64_t> values;
        for (std::int64_t i = 0; i < bm_state_arg(state, 0); i++)
            values.push_back(i);
        BM_DO_NOT_OPTIMIZE(values.data());
        BM_CLOBBER_MEMORY();
    }
    bm_state_set_items_processed(state, bm_state_iterations(state) * bm_state_arg(state, 0));
}
BENCHMARK(push, bm_range(b, 8, 64); bm_ranges(b, {1, 2}); bm_arg_names(b, "n"));
BENCHMARK(push, bm_name(b, "axes"); bm_axis(b, 1, 2, 3));

void make(bm_state *state, int size, const char *letters)
{
    BM_LOOP(state)
    {
        std::string text(letters, static_cast<std::size_t>(size));
        BM_DO_NOT_OPTIMIZE(text);
    }
}
BENCHMARK_CAPTURE(make, three, (3, "abc"));
BENCHMARK_CAPTURE(make, two, (2, "abc"), bm_unit(b, BM_MICROSECOND));

} // namespace

BENCHMARK_MAIN();
