# nvcc compiles the kernels, CUB among them; the host code is C against the static runtime, which
# looks for the driver only when it is used.
if(CMAKE_CROSSCOMPILING)
  set(AVAILABLE OFF)
  set(REASON "nvcc compiles for the machine that it runs on")
elseif(ACCELBENCH_SANITIZE)
  set(AVAILABLE OFF)
  set(REASON "nvcc has no sanitizers: the tests run the kernels on the host instead")
else()
  include(CheckLanguage)
  check_language(CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    set(AVAILABLE OFF)
    set(REASON "no nvcc: install the CUDA toolkit, or name it with -DCMAKE_CUDA_COMPILER=FILE")
  endif()
endif()
if(AVAILABLE)
  # Machine code for what this toolkit knows of the GPUs since 2018, and for its newest also PTX,
  # which GPUs to come compile when they load it.
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --list-gpu-arch OUTPUT_VARIABLE known)
    string(REGEX MATCHALL "[0-9]+" known "${known}")
    list(SORT known COMPARE NATURAL)
    list(GET known -1 newest)
    set(architectures "")
    foreach(architecture 75 80 86 89 90 100 103 120)
      if(architecture IN_LIST known AND NOT architecture STREQUAL newest)
        list(APPEND architectures ${architecture}-real)
      endif()
    endforeach()
    set(CMAKE_CUDA_ARCHITECTURES ${architectures} ${newest} CACHE STRING
      "GPUs to compile for; one without -real: also those to come")
  endif()
  set(CMAKE_CUDA_STANDARD 17)
  set(CMAKE_CUDA_STANDARD_REQUIRED ON)
  enable_language(CUDA)
  find_package(CUDAToolkit REQUIRED)
  set(LIBRARIES CUDA::cudart_static ${CMAKE_DL_LIBS})
  file(GLOB kernels_cuda CONFIGURE_DEPENDS gpu/*.cu)
  # Nothing in them throws.
  set_source_files_properties(${kernels_cuda} PROPERTIES COMPILE_OPTIONS
    "-Xcompiler=-fno-exceptions,-fno-threadsafe-statics,-Wall,-Wextra;$<$<BOOL:${ACCELBENCH_WERROR}>:-Werror=all-warnings>")
  set_source_files_properties(gpu/matrix_sum_cuda.c PROPERTIES COMPILE_DEFINITIONS
    AB_CUDA_LIBRARY=1)
  set(SOURCES ${kernels_cuda} gpu/cuda_memory.c gpu/matrix_cuda.c gpu/nvml.c gpu/read_limit_cuda.c
    gpu/word_pieces_cuda.c gpu/word_table_cuda.c)
endif()
