/* The catalog: every kernel and every backend, once, one a line, in the order of reports.
 * The dispatch table, the names and the build's list of files are all made from these lines:
 * CMake reads this file too, so a line keeps its form.
 *
 *   kernel K     struct kernel K_kernel in common/K.c
 *   backend B    struct backend B_backend in <folder>/backend_B.c
 *   K on B       struct implementation K_B in <folder>/K_B.c; what runs on a GPU is beside it, in
 *                gpu/K_cuda.cu and opencl/K.cl
 */
#ifndef ACCELBENCH_COMMON_CATALOG_H
#define ACCELBENCH_COMMON_CATALOG_H

#define AB_KERNELS(X) \
    X(matrix_sum)     \
    X(traversal)      \
    X(word_count)

/* A kernel, a backend, its folder, and 1 or 0 from the build: whether the backend is in it. */
#define AB_BACKENDS(X, K)               \
    X(K, serial, cpu, AB_WITH_SERIAL)   \
    X(K, openmp, cpu, AB_WITH_OPENMP)   \
    X(K, pthread, cpu, AB_WITH_PTHREAD) \
    X(K, cuda, gpu, AB_WITH_CUDA)       \
    X(K, opencl, opencl, AB_WITH_OPENCL)

#endif
