# The library of benchmarks in C: bench/benchmark.h and what implements it, with the writers of
# results that accelbench shares. Needs libc, libm and threads, and nothing else.
file(GLOB shim_sources CONFIGURE_DEPENDS bench/shim/*.c)
set(shim_shared_sources bench/text.c common/cpu_frequency.c common/error.c common/json.c
  common/system_file.c common/unicode.c)
add_library(accelbench_shim OBJECT ${shim_sources} ${shim_shared_sources})
target_link_libraries(accelbench_shim PUBLIC accelbench_build Threads::Threads m)
set_target_properties(accelbench_shim PROPERTIES POSITION_INDEPENDENT_CODE ON)

# One object of which only bm_* is seen from outside: other names could be those of a program that
# links with it (jansson has a json_string, too).
set(shim_object ${CMAKE_CURRENT_BINARY_DIR}/accelbench_benchmark.o)
add_custom_command(OUTPUT ${shim_object}
  COMMAND ${CMAKE_C_COMPILER} -r -nostdlib -o ${shim_object} $<TARGET_OBJECTS:accelbench_shim>
  COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=bm_* ${shim_object}
  DEPENDS accelbench_shim $<TARGET_OBJECTS:accelbench_shim>
  COMMAND_EXPAND_LISTS VERBATIM)
set_source_files_properties(${shim_object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
add_library(accelbench_benchmark STATIC ${shim_object})
add_library(accelbench::benchmark ALIAS accelbench_benchmark)
configure_file(bench/benchmark.h include/accelbench/benchmark.h COPYONLY)
target_include_directories(accelbench_benchmark PUBLIC
  $<BUILD_INTERFACE:${CMAKE_BINARY_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(accelbench_benchmark PUBLIC Threads::Threads m)
if(ACCELBENCH_SANITIZE)
  target_link_options(accelbench_benchmark PUBLIC -fsanitize=${ACCELBENCH_SANITIZE})
endif()
set_target_properties(accelbench_benchmark PROPERTIES LINKER_LANGUAGE C EXPORT_NAME benchmark)

install(FILES bench/benchmark.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/accelbench)
install(TARGETS accelbench_benchmark EXPORT accelbench-targets)
install(EXPORT accelbench-targets NAMESPACE accelbench::
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/accelbench)
include(CMakePackageConfigHelpers)
configure_package_config_file(bench/shim/accelbench-config.cmake.in accelbench-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/accelbench)
write_basic_package_version_file(accelbench-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/accelbench-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/accelbench-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/accelbench)
file(RELATIVE_PATH shim_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(bench/shim/accelbench.pc.in accelbench.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/accelbench.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
