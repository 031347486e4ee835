"""What the tests of the library of benchmarks share: running its programs, and reading results.

Each test_*.py here is called as `test_X.py --programs DIR [--runner COMMAND] [unittest's
arguments]`; the folder holds the programs that are built for the tests.
"""

import argparse
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from cli import strict_json  # noqa: E402

SKIPPED = 77
CONTEXT_KEYS = ["date", "host_name", "executable", "num_cpus", "mhz_per_cpu",
                "cpu_scaling_enabled", "aslr_enabled", "caches", "load_avg", "library_version",
                "library_build_type", "json_schema_version"]

folder = None
runner = []


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def json(self):
        return strict_json(self.out)

    @property
    def rows(self):
        return self.json["benchmarks"]


def program(name):
    return os.path.join(folder, name)


def run(name, *arguments, **environment):
    """Without the caller's BENCHMARK_* variables, and without a terminal."""
    cleared = {key: value for key, value in os.environ.items()
               if not key.startswith("BENCHMARK_") and key != "V"}
    done = subprocess.run([*runner, program(name), *arguments], env=dict(cleared, **environment),
                          capture_output=True, timeout=300, check=False)
    return Result(done.returncode, done.stdout.decode("utf-8", "surrogateescape"),
                  done.stderr.decode("utf-8", "surrogateescape"))


def rows(name, *arguments, **environment):
    return run(name, "--benchmark_format=json", *arguments, **environment).rows


class WithFolder(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = place.name

    def path(self, name):
        return os.path.join(self.folder, name)


def skip_all(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def main(prepare=None):
    global folder, runner
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--runner", default="")
    arguments, rest = parser.parse_known_args()
    folder, runner = arguments.programs, shlex.split(arguments.runner)
    if prepare is not None:
        prepare()
    unittest.main(module="__main__", argv=[sys.argv[0], *rest])
