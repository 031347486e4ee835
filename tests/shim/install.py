"""Installs the build, and builds projects against it as strangers would: the example, by
find_package; the same by pkg-config; a program in C++; and one with names of its own that the
library uses inside.

Called as `install.py --build DIR --source DIR --cc COMMAND [--cxx COMMAND]`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

# jansson's, for one; and one of ours.
CLASH = """
#include <accelbench/benchmark.h>
int json_string(void);
int flags = 1;
int json_string(void) { return 7; }
static void clash(struct bm_state *state)
{
    while (bm_keep_running(state))
        BM_DO_NOT_OPTIMIZE(flags);
    bm_state_set_counter(state, "own", json_string(), BM_COUNTER_PLAIN);
}
BENCHMARK(clash, bm_iterations(b, 3));
BENCHMARK_MAIN();
"""


def call(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", timeout=300, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def names_of(program):
    listed = json.loads(call(program, "--benchmark_list_tests", "--benchmark_format=json"))
    return [row["name"] for row in listed["benchmarks"]]


def check(condition, what):
    if not condition:
        sys.exit(f"wrong: {what}")


def check_runs(program, least):
    names = names_of(program)
    check(len(names) >= least, names)
    document = json.loads(subprocess.run(
        [program, "--benchmark_dry_run", "--benchmark_format=json"], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, timeout=300, check=True).stdout)
    ran = [row["name"] for row in document["benchmarks"] if row["run_type"] == "iteration"]
    check(ran == names, ran)


def main():
    parser = argparse.ArgumentParser()
    for name in ("build", "source", "cc"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--cxx", default="")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="accelbench-install-")
    try:
        run(arguments, folder)
    finally:
        shutil.rmtree(folder)


def run(arguments, folder):
    prefix = os.path.join(folder, "prefix")
    example = os.path.join(arguments.source, "bench", "examples", "in_c")
    call("cmake", "--install", arguments.build, "--prefix", prefix)

    project = os.path.join(folder, "project")
    call("cmake", "-S", example, "-B", project, f"-DCMAKE_PREFIX_PATH={prefix}",
         f"-DCMAKE_C_COMPILER={arguments.cc}")
    call("cmake", "--build", project)
    check_runs(os.path.join(project, "sort"), 6)

    found = [os.path.join(where, "accelbench.pc") for where, _, files in os.walk(prefix)
             if "accelbench.pc" in files]
    environment = dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(found[0]))
    flags = call("pkg-config", "--cflags", "--libs", "accelbench", env=environment).split()
    check(call("pkg-config", "--modversion", "accelbench", env=environment).strip() != "", "version")
    built = os.path.join(folder, "by-pkg-config")
    call(arguments.cc, "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1",
         os.path.join(example, "sort.c"), "-o", built, *flags)
    check_runs(built, 6)

    clash = os.path.join(folder, "clash.c")
    with open(clash, "w", encoding="utf-8") as file:
        file.write(CLASH)
    call(arguments.cc, "-std=c11", clash, "-o", built, *flags)
    out = subprocess.run([built, "--benchmark_format=json"], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, timeout=60, check=True).stdout
    check(json.loads(out)["benchmarks"][0]["own"] == 7, out)

    if arguments.cxx == "":
        print("without a C++ compiler: C only")
        return
    for standard in ("c++11", "c++20"):
        call(arguments.cxx, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow",
             "-Wconversion", "-Werror", "-O1",
             os.path.join(arguments.source, "tests", "shim", "usage.cc"), "-o", built, *flags)
        check_runs(built, 9)


if __name__ == "__main__":
    main()
