"""accelbench with the flags of Google Benchmark: it lists, filters and runs its rows as a program
of benchmarks does."""

import csv
import io
import json
import os
import subprocess
import sys
import unittest

import cli
from cli import CliTest

SMALL = ["matrix_sum", "--rows", "40", "--cols", "50", "--min-time", "0.0001"]
TWICE = "--benchmark_repetitions=2"
COMPARE = "/usr/share/benchmark/compare.py"


class BenchmarkTest(CliTest):
    devices = True

    def benchmarks(self, *args, status=0, **options):
        """The JSON of a run, without a word on standard error."""
        result = self.run_program(*args, "--benchmark_format=json", **options)
        self.assertEqual((result.status, result.err), (status, ""), args)
        return result.json

    def names(self, *args):
        result = self.run_program("--benchmark_list_tests", *args)
        self.assertEqual((result.status, result.err), (0, ""), args)
        return result.text.splitlines()

    # ---- Lists ----------------------------------------------------------------------------

    def test_lists_all_kernels(self):
        names = self.names()
        self.assertEqual(len(names), len(set(names)))
        for backend in self.available():
            self.assertIn(f"matrix_sum_{backend}/10000/10000/real_time", names)
            self.assertIn(f"traversal_{backend}/10000/10000/real_time", names)
            self.assertTrue([name for name in names if name.startswith("word_count")
                             and name.endswith(f"_{backend}/268435456/real_time")])
        kernels = [kernel["name"] for kernel in self.measure_json("list")["kernels"]]
        order = [max(i for i, kernel in enumerate(kernels) if name.startswith(kernel))
                 for name in names]
        self.assertEqual((order, set(order)), (sorted(order), set(range(len(kernels)))))

    def test_lists_one_kernel(self):
        names = self.names("traversal", "--rows", "7", "--cols", "9", "--order", "tiled",
                           "--technique", "simple", "--backend", "serial", "--tile", "2x3")
        self.assertEqual(names, ["traversal.tiled.simple_serial/7/9/2/3/real_time"])
        self.write("matrix.txt", "1 2 3\n4 5 6\n")
        self.write("words.txt", "a b\n")
        self.assertEqual(self.names("matrix_sum", "matrix.txt", "--backend", "serial"),
                         ["matrix_sum_serial/2/3/real_time"])
        self.assertEqual(self.names("word_count", "words.txt", "words.txt", "--backend", "serial",
                                    "--task", "total", "--technique", "simple"),
                         ["word_count.total.simple_serial/9/real_time"])

    def test_lists_in_formats(self):
        names = self.names()
        self.assertEqual(self.benchmarks("--benchmark_list_tests"),
                         {"benchmarks": [{"name": name} for name in names]})

    def test_filters(self):
        names = self.names()
        self.assertEqual(self.names("--benchmark_filter=_serial/"),
                         [name for name in names if "_serial/" in name])
        self.assertEqual(self.names("--benchmark_filter=-_serial/|^traversal"),
                         [name for name in names
                          if "_serial/" not in name and not name.startswith("traversal")])

    def test_kernels_that_the_filter_leaves_out(self):
        """They need not take the options, which are for others."""
        sizes = ["--rows", "100", "--cols", "90", "--backend", "serial"]
        self.assertEqual(self.names("--benchmark_filter=^matrix_sum", *sizes),
                         ["matrix_sum_serial/100/90/real_time"])
        self.assertEqual(self.names("--benchmark_filter=word", "--size", "3", "--backend", "serial"),
                         ["word_count_serial/3/real_time"])
        for filter_ in ("sum|word", "."):
            self.assert_refused(2, [f"--benchmark_filter={filter_}", *sizes],
                                "--rows does not apply to word_count")
        self.assert_refused(2, ["--benchmark_filter=nothing", "--bogus"], "--bogus")

    # ---- Runs -----------------------------------------------------------------------------

    def test_runs_what_the_filter_takes(self):
        document = self.benchmarks(*SMALL, TWICE, "--benchmark_filter=serial|openmp")
        self.assertEqual([row["name"] for row in document["benchmarks"]],
                         [f"matrix_sum_{backend}/40/50/real_time{suffix}"
                          for backend in ("serial", "openmp") if backend in self.available()
                          for suffix in ("", "", "_mean", "_median", "_stddev", "_cv")])
        self.assertEqual([row["family_index"] for row in document["benchmarks"]],
                         [i // 6 for i in range(len(document["benchmarks"]))])

    def test_rows_are_those_of_a_measurement(self):
        own = self.measure_json(*SMALL, "--rounds", "2", "--backend", "serial")
        google = self.benchmarks(*SMALL, TWICE, "--backend", "serial")
        self.assertEqual([list(row) for row in google["benchmarks"]],
                         [list(row) for row in own["benchmarks"]])
        self.assertEqual(list(google["context"]), list(own["context"]))
        for left, right in zip(google["benchmarks"], own["benchmarks"]):
            for key in ("name", "repetitions", "time_unit", "label"):
                self.assertEqual(left[key], right[key])
            self.assertEqual(set(left.get("accelbench", ())), set(right.get("accelbench", ())))
        self.assertLessEqual(set(google["context"]["accelbench"]),
                             set(own["context"]["accelbench"]))

    def test_files(self):
        for name in ("json", "csv", "console"):
            result = self.run_program(*SMALL, TWICE, f"--benchmark_format={name}",
                                      f"--benchmark_out_format={name}", "--benchmark_out=out",
                                      "--backend", "serial")
            self.assertEqual(result.status, 0, result.err)
            content = self.read("out").decode()
            if name == "console":
                self.assertTrue(content.endswith(result.text))
                self.assertIn("Benchmark ", result.text)
                self.assertIn("bytes_per_second=", result.text)
            else:
                self.assertEqual(content, result.text)
            if name == "csv":
                rows = list(csv.DictReader(io.StringIO(content)))
                self.assertEqual(len(rows), 6)
                self.assertGreater(float(rows[0]["real_time"]), 0)
            if name == "json":
                self.assertEqual(len(json.loads(content)["benchmarks"]), 6)

    def test_aggregates_only(self):
        shown = self.benchmarks(*SMALL, TWICE, "--backend", "serial", "--benchmark_out=out",
                                "--benchmark_display_aggregates_only")
        self.assertEqual(len(shown["benchmarks"]), 4)
        self.assertEqual(len(json.loads(self.read("out"))["benchmarks"]), 6)
        shown = self.benchmarks(*SMALL, TWICE, "--backend", "serial",
                                "--benchmark_report_aggregates_only")
        self.assertEqual(len(shown["benchmarks"]), 4)

    def test_units_context_and_strictness(self):
        document = self.benchmarks(*SMALL, TWICE, "--backend", "serial", "--benchmark_time_unit=ms",
                                   "--benchmark_context=who=me", "--benchmark_strict")
        row = document["benchmarks"][0]
        self.assertEqual(row["time_unit"], "ms")
        self.assertLess(abs(row["real_time"] * 1e-3 * row["bytes_per_second"] / 8000 - 1), 1e-9)
        self.assertNotIn("accelbench", row)
        self.assertNotIn("accelbench", document["context"])
        self.assertEqual(document["context"]["who"], "me")

    def test_dry_run(self):
        document = self.benchmarks(*SMALL[:5], "--benchmark_dry_run")
        self.assertEqual(document["context"]["dry_run"], "true")
        self.assertEqual({(row["repetitions"], row["repetition_index"])
                          for row in document["benchmarks"]}, {(1, 0)})
        whole = [row for row in document["benchmarks"] if ".kernel_" not in row["name"]]
        self.assertEqual(len(whole), len(self.available()))

    def test_environment(self):
        env = cli.environment(self.devices, BENCHMARK_FILTER="serial", BENCHMARK_REPETITIONS="3")
        document = self.benchmarks(*SMALL, env=env)
        self.assertEqual(len(document["benchmarks"]), 7)
        # without a flag, accelbench is itself
        own = self.measure("--format", "json", *SMALL, "--rounds", "2", env=env).json
        self.assertEqual({row["accelbench"]["backend"] for row in own["benchmarks"]
                          if "accelbench" in row}, set(self.available()))

    def test_a_row_that_fails(self):
        args = [*SMALL[:5], "--backend", "serial", "--min-time", "20", "--deadline", "2", TWICE]
        result = self.run_program(*args, "--benchmark_format=json")
        self.assertEqual(result.status, 1, result.err)
        row, = result.json["benchmarks"]
        self.assertIs(row["error_occurred"], True)
        self.assertEqual(self.run_program(*args, "--benchmark_strict").status, 0)
        self.assertIn("ERROR OCCURRED: '", self.run_program(*args, "--benchmark_format=console").text)

    def test_nothing_matches(self):
        result = self.run_program("--benchmark_filter=nothing", "--benchmark_format=json")
        self.assertEqual((result.status, result.json["benchmarks"]), (0, []))
        self.assertEqual(result.err, "Failed to match any benchmarks against regex: nothing\n")

    def test_help(self):
        result = self.run_program("--benchmark_list_tests", "matrix_sum", "--help")
        self.assertEqual((result.status, result.err, result.text),
                         (0, "", self.run_program("--help").text))

    def test_refusals(self):
        for args, mention in ((["--benchmark_filter=("], "is no regular expression"),
                              (["--benchmark_fliter=x"], "--benchmark_fliter=x"),
                              (["--benchmark_format=xml"], "--benchmark_format"),
                              (["--benchmark_min_time=5x"], "give seconds"),
                              (["--benchmark_min_warmup_time=1"], "leave the flag out"),
                              (["--benchmark_perf_counters=CYCLES"], "--benchmark_perf_counters"),
                              (["--benchmark_repetitions=0"], "--benchmark_repetitions"),
                              (["list", TWICE], "for measuring kernels only"),
                              (["no_kernel", TWICE], "unknown kernel or command 'no_kernel'"),
                              ([TWICE, "--rows", "5"], "--rows does not apply to word_count"),
                              ([*SMALL, TWICE, "--out", "x"], "--benchmark_out=FILE"),
                              ([*SMALL, TWICE, "--result"], "--benchmark_format=json"),
                              ([*SMALL, "--benchmark_format=csv", "--result"], "only JSON"),
                              ([*SMALL, TWICE, "--format", "csv"], "--benchmark_format=FORMAT"),
                              ([*SMALL, TWICE, "--benchmark_out=-"], "--benchmark_out"),
                              ([*SMALL, "--benchmark_min_time=2s", "--max-seconds", "1"],
                               "--benchmark_min_time: a sample of 2 s does not fit"),
                              ([*SMALL, "--benchmark_nonsense=1"], "--benchmark_filter=. --help"),
                              ([*SMALL, "--benchmark_nonsense", "1"], "behind a =")):
            self.assert_refused(2, args, mention)
        self.assert_refused(1, [*SMALL, "--benchmark_out=missing/file"], "missing/file")
        self.write("book.txt", b"one two")
        self.assert_refused(2, ["word_count", "book.txt", TWICE, "--benchmark_out=./book.txt"],
                            "./book.txt is an input of this run")
        self.assertEqual(self.read("book.txt"), b"one two")
        os.mkfifo(self.path("pipe"))
        for name, words in (("-", "standard input"), ("pipe", "pipe")):
            self.assert_refused(
                2, ["word_count", name, "--benchmark_filter=."], words, "read twice", "regular file"
            )



@unittest.skipUnless(os.path.exists(COMPARE), "no compare.py (Debian: libbenchmark-tools)")
class CompareTest(CliTest):
    """Google Benchmark's compare.py on the program itself, and on files that it has written."""

    def setUp(self):
        super().setUp()
        if len(cli.program) > 1:
            self.skipTest("compare.py starts the program itself: not under an emulator")
        self.pythons = [python for python in (sys.executable, "/usr/bin/python3") if subprocess.run(
            [python, "-c", "import scipy"], capture_output=True, check=False).returncode == 0]
        if not self.pythons:
            self.skipTest("no Python with scipy (Debian: python3-scipy)")

    def compare(self, *arguments):
        """The rows that it pairs, each of 9 rounds."""
        done = subprocess.run(
            [self.pythons[0], COMPARE, "--no-color", "-d", self.path("dump"), *arguments],
            capture_output=True, encoding="utf-8", timeout=300, check=False, cwd=self.folder,
            env=cli.environment())
        self.assertEqual((done.returncode, done.stderr.count("Traceback")), (0, 0),
                         done.stdout + done.stderr)
        found = [row for row in json.loads(self.read("dump")) if row["run_type"] == "iteration"]
        for row in found:
            self.assertEqual(len(row["measurements"]), 9)
            self.assertEqual(row["utest"]["nr_of_repetitions"], 9)
            self.assertTrue(0 <= row["utest"]["time_pvalue"] <= 1)
        return [row["name"] for row in found]

    def test_filters(self):
        other = "openmp" if "openmp" in self.available() else "pthread"
        names = self.compare("filters", cli.program[-1], "matrix_sum_serial", f"matrix_sum_{other}",
                             *SMALL, "--benchmark_repetitions=9")
        self.assertEqual(names, [f"[matrix_sum_serial vs. matrix_sum_{other}]/40/50/real_time"])

    def test_programs(self):
        names = self.compare("benchmarks", cli.program[-1], cli.program[-1], *SMALL,
                             "--benchmark_repetitions=9", "--benchmark_filter=_serial")
        self.assertEqual(names, ["matrix_sum_serial/40/50/real_time"])

    def test_files(self):
        own = ["--rounds", "9", "--backend", "serial,pthread", "--out", "own.json"]
        self.measure(*SMALL, *own)
        flags = ["--benchmark_repetitions=9", "--benchmark_out=flags.json"]
        self.assertEqual(self.run_program(*SMALL, *flags, "--backend", "serial,pthread").status, 0)
        self.assertEqual(self.compare("benchmarks", "own.json", "flags.json"),
                         ["matrix_sum_serial/40/50/real_time", "matrix_sum_pthread/40/50/real_time"])
        self.assertEqual(self.compare("benchmarksfiltered", "own.json", "serial", "flags.json",
                                      "pthread"), ["matrix_sum_[serial vs. pthread]/40/50/real_time"])


if __name__ == "__main__":
    cli.main()
