/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 *
 * by CUB, which comes with the toolkit and compiles with nvcc only. */
#include <cub/device/device_reduce.cuh>
#include <cuda/std/functional>

#include "gpu/matrix_kernels.h"

template <class Element>
static cudaError_t reduce(const struct matrix_launch *launch, void *scratch, size_t *scratch_bytes)
{
    typedef typename total_of<Element>::type Total;
    sum_state<Total> *state = (sum_state<Total> *)launch->state;
    return cub::DeviceReduce::Reduce(scratch, *scratch_bytes, (const Element *)launch->x,
                                     scratch == NULL ? (Total *)NULL : &state->total,
                                     (long long)(launch->rows * launch->cols),
                                     cuda::std::plus<Total>{}, Total(0), launch->stream);
}

extern "C" cudaError_t matrix_library_cuda_launch(const struct matrix_launch *launch, void *scratch,
                                                  size_t *scratch_bytes)
{
    switch (launch->dtype) {
    case DTYPE_I32:
        return reduce<int>(launch, scratch, scratch_bytes);
    case DTYPE_I64:
        return reduce<long long>(launch, scratch, scratch_bytes);
    case DTYPE_F32:
        return reduce<float>(launch, scratch, scratch_bytes);
    case DTYPE_F64:
        return reduce<double>(launch, scratch, scratch_bytes);
    case DTYPE_COUNT:
        break;
    }
    return cudaErrorInvalidValue;
}
