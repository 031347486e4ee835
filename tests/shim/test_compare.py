"""Google Benchmark's compare.py reads our programs and our files, in its three modes."""

import json
import os
import re
import subprocess
import sys
import unittest

import programs

TOOLS = ["/usr/share/benchmark/compare.py"]
PYTHONS = [sys.executable, "/usr/bin/python3"]
tool = []
CASES = "shim_cases"


class Compare(programs.WithFolder):
    def compare(self, *arguments):
        dump = self.path("dump.json")
        done = subprocess.run([*tool, "--no-color", "-d", dump, *arguments], capture_output=True,
                              encoding="utf-8", timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        with open(dump, encoding="utf-8") as file:
            return json.load(file), done.stdout

    def file(self, name, *flags):
        path = self.path(name)
        result = programs.run(CASES, *flags, f"--benchmark_out={path}")
        self.assertEqual(result.status, 0, result.err)
        return path

    @staticmethod
    def changes(found):
        """Of the times of iteration rows, by name."""
        return {row["name"]: [m["time"] for m in row["measurements"]] for row in found
                if row["run_type"] == "iteration"}

    def check_pairs(self, found, text):
        """slow takes twice the time of quick, repetition by repetition."""
        changes = self.changes(found)
        self.assertEqual(len(changes), 2)
        for row in found:
            if row["run_type"] != "iteration":
                continue
            self.assertEqual(len(row["measurements"]), 9)
            for change in changes[row["name"]]:
                self.assertAlmostEqual(change, 1.0)
            self.assertEqual(row["utest"]["nr_of_repetitions"], 9)
            self.assertLess(row["utest"]["time_pvalue"], 0.001)
        self.assertEqual(len(re.findall(r"_pvalue .* U Test, Repetitions: 9 vs 9", text)), 2)

    def test_two_files(self):
        found, text = self.compare("benchmarks", self.file("a", "--benchmark_filter=^(quick|slow)"),
                                   self.file("b", "--benchmark_filter=^(quick|slow)"))
        changes = self.changes(found)
        self.assertEqual(len(changes), 4)
        self.assertEqual({change for list in changes.values() for change in list}, {0.0})
        self.assertIn("OVERALL_GEOMEAN", text)

    def test_two_programs(self):
        program = programs.program(CASES)
        found, _ = self.compare("benchmarks", program, program, "--benchmark_filter=^quick")
        self.assertEqual({change for list in self.changes(found).values() for change in list}, {0.0})

    def test_program_against_file(self):
        found, _ = self.compare("benchmarks", programs.program(CASES),
                                self.file("b", "--benchmark_filter=^quick"),
                                "--benchmark_filter=^quick")
        self.assertEqual(len(self.changes(found)), 2)

    def test_filters_within_one_program(self):
        self.check_pairs(*self.compare("filters", programs.program(CASES), "^quick", "^slow"))

    def test_filters_within_one_file(self):
        file = self.file("a", "--benchmark_filter=^(quick|slow)")
        self.check_pairs(*self.compare("filters", file, "^quick", "^slow"))

    def test_filters_between_two(self):
        self.check_pairs(*self.compare("benchmarksfiltered", programs.program(CASES), "^quick",
                                       self.file("b", "--benchmark_filter=^slow"), "^slow"))

    def test_program_that_fails(self):
        """A row with an error ends our program with status 1, and that stops the tool."""
        done = subprocess.run([*tool, "benchmarks", programs.program(CASES), programs.program(CASES),
                               "--benchmark_filter=^fails/"], capture_output=True,
                              encoding="utf-8", timeout=300, check=False)
        self.assertIn("TEST FAILED", done.stdout + done.stderr)
        done = subprocess.run([*tool, "--no-color", "benchmarks", programs.program(CASES),
                               programs.program(CASES), "--benchmark_filter=^fails/",
                               "--benchmark_strict"], capture_output=True,
                              encoding="utf-8", timeout=300, check=False)
        self.assertNotIn("TEST FAILED", done.stdout + done.stderr)


def prepare():
    if not os.path.exists(TOOLS[0]):
        programs.skip_all("no compare.py (Debian: libbenchmark-tools)")
    if programs.runner:
        programs.skip_all("compare.py starts the programs itself: not under an emulator")
    for python in PYTHONS:
        found = subprocess.run([python, "-c", "import numpy, scipy"], capture_output=True, check=False)
        if found.returncode == 0:
            tool[:] = [python, TOOLS[0]]
            return
    programs.skip_all("no Python with numpy and scipy (Debian: python3-scipy)")


if __name__ == "__main__":
    programs.main(prepare)
