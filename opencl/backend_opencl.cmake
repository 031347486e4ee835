include(CheckIncludeFile)
check_include_file(CL/cl.h ACCELBENCH_HAS_CL_H)
if(NOT ACCELBENCH_HAS_CL_H)
  set(AVAILABLE OFF)
  set(REASON "no OpenCL headers (CL/cl.h): install opencl-c-headers")
else()
  # The loader is opened at run time: nothing to link.
  set(LIBRARIES ${CMAKE_DL_LIBS} m)
  set(SOURCES
    opencl/api.c opencl/binary_cache.c opencl/context.c opencl/device.c opencl/matrix.c opencl/memory.c
    opencl/program.c opencl/read_limit_opencl.c opencl/sums.c opencl/word_frequency.c
    opencl/word_total.c)
  # A program is its kernel's .cl between what belongs to it.
  set(before_matrix_sum opencl/matrix.cl)
  set(before_read_limit opencl/matrix.cl)
  set(before_traversal opencl/matrix.cl)
  set(before_word_count common/unicode_lower.h)
  set(after_word_count opencl/word_total.cl opencl/word_read.cl opencl/word_table.cl
    opencl/word_frequency.cl)
  foreach(kernel IN LISTS kernels ITEMS read_limit)
    if(NOT EXISTS ${CMAKE_SOURCE_DIR}/opencl/${kernel}.cl)
      continue() # absent on this backend
    endif()
    set(inputs ${before_${kernel}} opencl/${kernel}.cl ${after_${kernel}})
    list(TRANSFORM inputs PREPEND ${CMAKE_SOURCE_DIR}/)
    list(JOIN inputs "|" joined)
    set(output ${CMAKE_BINARY_DIR}/opencl_${kernel}.c)
    add_custom_command(OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -DNAME=${kernel}_source -DTYPE=opencl_source
        -DHEADER=opencl/program.h -DOUTPUT=${output} "-DINPUTS=${joined}"
        -P ${CMAKE_SOURCE_DIR}/common/embed.cmake
      DEPENDS ${inputs} common/embed.cmake VERBATIM)
    list(APPEND SOURCES ${output})
  endforeach()
endif()
