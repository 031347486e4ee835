# shellcheck shell=bash
# Which clang the tests use; read by bench/setup and tests/run with the shell's `.`.
#
# The tests need one clang with the thread sanitizer, libFuzzer, and LLVM's OpenMP with libarcher,
# without which the thread sanitizer sees races in every OpenMP region. In this order: the version
# that the format and the static checks are defined by, then the newest.
clang_versions=(19 22 21 20 18 17 16)

# Does the clang called $1 have all of it?
clang_serves() {
    local clang=$1 probe serves=1
    command -v "$clang" >/dev/null || return 1
    clang_archer "$clang" >/dev/null || return 1
    probe=$(mktemp -d) || return 1
    cat >"$probe/probe.c" <<'EOF'
#include <omp.h>
#include <stddef.h>
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    return data && size ? 0 : omp_get_max_threads() < 0;
}
EOF
    "$clang" -fopenmp -fsanitize=fuzzer,address,undefined "$probe/probe.c" -o "$probe/fuzz" \
        >/dev/null 2>&1 &&
        "$clang" -fopenmp -fsanitize=thread -shared -fPIC "$probe/probe.c" -o "$probe/thread.so" \
            >/dev/null 2>&1 && serves=0
    rm -r "$probe"
    return $serves
}

# Prints where the clang called $1 has libarcher; fails where it has none.
clang_archer() {
    local clang path
    clang=$(realpath "$(command -v "$1")") || return 1
    for path in "$("$1" -print-file-name=libarcher.so)" "${clang%/*/*}/lib/libarcher.so"; do
        if [ "${path#/}" != "$path" ] && [ -e "$path" ]; then
            realpath "$path"
            return 0
        fi
    done
    return 1
}

# Prints the name of the first clang that has all of it; fails where there is none.
find_clang() {
    local version clang
    for version in "${clang_versions[@]}"; do
        if clang_serves "clang-$version"; then
            echo "clang-$version"
            return 0
        fi
    done
    # Distributions other than Debian's family have one clang, without a version in its name.
    clang=clang
    if clang_serves $clang && [ "$($clang -dumpversion | cut -d. -f1)" -ge 16 ]; then
        echo $clang
        return 0
    fi
    return 1
}
