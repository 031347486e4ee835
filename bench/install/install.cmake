# What is installed beside the library of benchmarks (bench/shim/shim.cmake): the program, what tells
# about it, and packages of all of it by cpack.
install(TARGETS accelbench)
install(FILES README.md bench/benchmarks-in-c.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The manual page and the completions of shells know what the program knows: they are made from its
# tables. Dates follow SOURCE_DATE_EPOCH.
add_executable(accelbench_generate bench/install/generate.c bench/install/manual.c
  bench/install/completion.c bench/install/completion_bash.c bench/install/completion_fish.c
  bench/install/completion_zsh.c)
string(TIMESTAMP page_date "%Y-%m-%d" UTC)
target_compile_definitions(accelbench_generate PRIVATE PAGE_DATE="${page_date}")
target_link_libraries(accelbench_generate PRIVATE accelbench_bench accelbench_common accelbench_shim
  ${backend_objects})
set_target_properties(accelbench_generate PROPERTIES LINKER_LANGUAGE C)

# install_generated(FILE FOLDER NAME): bench/install/FILE.in, filled, in FOLDER under that name
set(generated "")
function(install_generated file folder name)
  set(output ${CMAKE_BINARY_DIR}/${file})
  add_custom_command(OUTPUT ${output}
    COMMAND accelbench_generate ${CMAKE_SOURCE_DIR}/bench/install/${file}.in ${output}
    DEPENDS accelbench_generate bench/install/${file}.in VERBATIM)
  install(FILES ${output} DESTINATION ${folder} RENAME ${name})
  set(generated ${generated} ${output} PARENT_SCOPE)
endfunction()

if(ACCELBENCH_SANITIZE)
  # A sanitizer may need a launcher (tests/run), and nobody installs such a build.
elseif(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "No manual page and no completions: making them takes CMAKE_CROSSCOMPILING_EMULATOR")
else()
  install_generated(accelbench.1 ${CMAKE_INSTALL_MANDIR}/man1 accelbench.1)
  install_generated(accelbench.bash ${CMAKE_INSTALL_DATADIR}/bash-completion/completions accelbench)
  install_generated(accelbench.zsh ${CMAKE_INSTALL_DATADIR}/zsh/site-functions _accelbench)
  install_generated(accelbench.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d accelbench.fish)
  add_custom_target(accelbench_generated ALL DEPENDS ${generated})
endif()

# cpack: a .deb for this Debian or Ubuntu, and a .tar.gz; of a whole tree, for this machine
if(NOT generated OR CMAKE_CROSSCOMPILING)
  return()
endif()
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_SYSTEM_NAME ${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_PACKAGE_VENDOR "accelbench maintainers")
set(CPACK_PACKAGE_CONTACT "accelbench maintainers <maintainers@accelbench.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "measures what a CPU is good at and what a GPU is great at")
set(CPACK_PACKAGE_DESCRIPTION
"The same kernel, on the same input, checked against the same expected answer,
on every backend that the machine has, timed fairly: one thread, OpenMP, POSIX
threads, OpenCL and CUDA.

With a library and a header for benchmarks of one's own in C, which look, run,
filter and report as those of Google Benchmark do.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/bench/install/debian.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ocl-icd-libopencl1)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS pocl-opencl-icd)
include(CPack)
