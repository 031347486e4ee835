# Toolchain file: builds for aarch64 with the distribution's cross gcc and the libraries that
# tests/aarch64-sysroot has unpacked, and runs what it builds under qemu's user mode.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)

get_filename_component(sysroot "${CMAKE_CURRENT_LIST_DIR}/../build/aarch64-sysroot" ABSOLUTE)
set(libraries "${sysroot}/usr/lib/aarch64-linux-gnu")
set(old_libraries "${sysroot}/lib/aarch64-linux-gnu")

# pkg-config's own sysroot does not stand blanks in a path: it gets to see the packages' paths as if
# they were the system's, which it leaves out, and the compiler is told where they are.
set(ENV{PKG_CONFIG_LIBDIR} "${libraries}/pkgconfig")
set(ENV{PKG_CONFIG_SYSTEM_INCLUDE_PATH} /usr/include)
set(ENV{PKG_CONFIG_SYSTEM_LIBRARY_PATH} /usr/lib/aarch64-linux-gnu)
set(CMAKE_C_STANDARD_INCLUDE_DIRECTORIES "${sysroot}/usr/include" "${sysroot}/usr/include/aarch64-linux-gnu")
set(CMAKE_EXE_LINKER_FLAGS_INIT
  "-Wl,-rpath-link,\"${libraries}\" -Wl,-rpath-link,\"${old_libraries}\"")

set(CMAKE_FIND_ROOT_PATH "${sysroot}" /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu
  -E "LD_LIBRARY_PATH=${libraries}:${old_libraries}")
