#!/usr/bin/env python3
"""tests/gpu/check on a machine of stand-ins: the program that runs kernels on the host, at small sizes,
tools that pass, find something, refuse or are not there."""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "gpu", "check")

# Every option as tests/gpu/check gives it, but small and short.
PROGRAM = """#!{python}
import os, sys
small = {{"--size": "9000", "--rows": "40", "--cols": "50", "--max-seconds": "1", "--rounds": "1",
         "--budget": "9"}}
args = sys.argv[1:]
if "limits" in args or "aa" in args:
    sys.exit(0)
if "sweep" in args:
    args += ["--sizes", "4Ki,16Ki"]
if "--energy" in args:
    small["--max-seconds"] = "18"
for i, arg in enumerate(args[:-1]):
    args[i + 1] = small.get(arg, args[i + 1])
if "list" not in args and "doctor" not in args:
    args = ["--min-time", "0.0001"] * ("--min-time" not in args) + args
os.environ.pop("ACCELBENCH_CUDA_MEMORY_LIMIT", None)
os.environ["LD_LIBRARY_PATH"] = os.environ["NVML_FOLDER"]
os.execv("{real}", ["{real}", *args])
"""

SANITIZER = """#!/bin/sh
tool=$2
shift 6
case $tool in
racecheck) "$@" && echo "========= RACECHECK SUMMARY: 0 hazards displayed (0 errors, 0 warnings)" ;;
initcheck) echo "Error: Device not supported"; exit 1 ;;
memcheck) echo "========= ERROR SUMMARY: $FOUND errors"; [ "$FOUND" -eq 0 ] || exit 9 ;;
*) echo "========= ERROR SUMMARY: 0 errors" ;;
esac
"""

real = None


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="gpu-check-")
        self.addCleanup(shutil.rmtree, self.folder)

    def put(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def check(self, *args, **changes):
        self.put("build/accelbench", PROGRAM.format(python=sys.executable, real=real))
        self.put("build/tests/test_conformance",
                 '#!/bin/sh\n[ -d "$ACCELBENCH_TEST_DATA/word_count" ] && [ "$ACCELBENCH_ONLY" = cuda ]\n')
        env = dict(os.environ, PATH=f"{self.folder}/bin:{os.environ['PATH']}", **changes)
        done = subprocess.run(
            [CHECK, "--build", f"{self.folder}/build", "--out", f"{self.folder}/out", *args],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=500)
        with open(f"{self.folder}/out/summary.txt", encoding="utf-8") as file:
            return done.returncode, done.stdout, file.read()

    def test_everything(self):
        self.put("bin/compute-sanitizer", SANITIZER)
        self.put("bin/ncu", '#!/bin/sh\n[ "$1 $2" = "--clock-control none" ]\n')
        self.put("bin/nvidia-smi", "#!/bin/sh\necho \"a GPU, 580.1\"\n")
        status, said, summary = self.check(FOUND="1")
        self.assertEqual(status, 1, said)
        for words in ("GPU: a GPU, 580.1", "passed: conformance", "passed: streamed_words",
                      "measured: matrix_sum_f64", "measured: word_count_frequency_unicode",
                      "measured: traversal_tiled", "measured: matrix_sum_pageable",
                      "measured: matrix_sum_cold", "measured: energy", "passed: racecheck_words",
                      "refused: initcheck_sum: status 1: Error: Device not supported",
                      "FAILED: memcheck_tiles: status 9: ERROR SUMMARY: 1 errors",
                      "skipped: opencl", "| matrix_sum_f64 | cuda tuned |",
                      "| word_count_total_ascii | cuda tuned |", "measured: sweep",
                      "measured: limits", "passed: racecheck_total",
                      "profiled: frequency_windows, unicode", "passed: aa"):
            self.assertIn(words, summary, said)
        failures = [line for line in said.splitlines() if line.startswith("FAILED")]
        self.assertEqual([line for line in failures if "memcheck" not in line], [], said)
        self.assertNotIn("Traceback", said)
        self.assertTrue(os.path.getsize(f"{self.folder}/out/matrix_sum_i32.json") > 1000)

    def test_without_tools_and_time(self):
        status, said, summary = self.check("--seconds", "5", "--parts", "speed")
        self.assertEqual(status, 0, said)
        self.assertIn("skipped: word_count_frequency_unicode: no time left", summary)

    def test_unknown_part(self):
        done = subprocess.run([CHECK, "--parts", "speed,sped"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("there is no part sped; there are answers,", done.stderr)

    def test_no_gpu(self):
        status, said, summary = self.check(CUDA_HOST_DEVICES="-35")
        self.assertEqual(status, 1, said)
        self.assertIn("FAILED: cuda does not work here: accelbench: cuda is not available", summary)

    def test_usage(self):
        done = subprocess.run([CHECK, "--bild", "x"], stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("tests/gpu/check [--build DIR]", done.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--accelbench", required=True)
    options, rest = parser.parse_known_args()
    real = os.path.abspath(options.accelbench)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
