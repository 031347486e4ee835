"""The same benchmarks in C and in C++ on Google Benchmark (1.7 or newer) leave the same results.

Left out of the comparison, because they are measured: date, host, load, frequency, the CPU times
and what is computed from them (the coefficients and the error of complexity on the CPU clock, the
cv of CPU times). Left out because versions of Google Benchmark differ: the keys of the context
that only newer ones have, and CSV's cv rows (1.7 multiplies them by 1e9).
"""

import csv
import io
import math
import os
import re
import unittest

import programs
from programs import run

OURS, GOOGLES = "shim_table", "google_table"
RUN = "--benchmark_filter=-listed"
CPU_KEYS = {"cpu_time", "cpu_coefficient", "rms"}


def both(*arguments, **environment):
    return (run(OURS, *arguments, **environment), run(GOOGLES, *arguments, **environment))


def is_close(row, key, ours, googles, mean):
    if type(ours) is not type(googles):
        return False
    if key in CPU_KEYS:
        return True
    if not isinstance(ours, float):
        return ours == googles
    # Google's deviation is the root of a difference of squares: rounding shows in its eighth digit
    slack = {"stddev": 1e-7 * abs(mean.get(key, 0)), "cv": 1e-7}.get(row.get("aggregate_name"), 0)
    return math.isclose(ours, googles, rel_tol=1e-6 if slack else 1e-12, abs_tol=slack)


class SameResults(programs.WithFolder):
    maxDiff = None

    def check_json(self, ours, googles, strict):
        self.assertEqual([row["name"] for row in ours["benchmarks"]],
                         [row["name"] for row in googles["benchmarks"]])
        means = {row["run_name"]: row for row in googles["benchmarks"]
                 if row.get("aggregate_name") == "mean"}
        for own, google in zip(ours["benchmarks"], googles["benchmarks"]):
            mean = means.get(google["run_name"], {})
            keys = list(own)
            if "accelbench" in own:
                self.assertFalse(strict)
                self.assertEqual(keys.pop(), "accelbench")
            self.assertEqual(keys, list(google), own["name"])
            for key, value in google.items():
                self.assertTrue(is_close(google, key, own[key], value, mean),
                                f"{own['name']}: {key}: {own[key]!r}, Google's {value!r}")
        context = [key for key in googles["context"] if key in ours["context"]]
        self.assertEqual(context, [key for key in ours["context"] if key in context])
        self.assertEqual(set(googles["context"]) - set(context) - {"cpu_scaling_enabled"}, set())
        for key in context:
            self.assertIs(type(ours["context"][key]), type(googles["context"][key]), key)
        for key in ("num_cpus", "host_name", "caches"):
            self.assertEqual(ours["context"][key], googles["context"][key])

    def test_lists(self):
        for arguments in ([], ["--benchmark_filter=linear|plane"], ["--benchmark_filter=-e/"],
                          ["--benchmark_filter=^ranges/(1|8)/64"], ["--benchmark_filter=all"]):
            ours, googles = both("--benchmark_list_tests", *arguments)
            self.assertEqual(ours.out, googles.out)
            self.assertGreater(ours.out.count("\n"), 1, arguments)
            self.assertEqual((ours.status, googles.status), (0, 0))

    def test_json(self):
        for arguments in ([], ["--benchmark_repetitions=3"], ["--benchmark_time_unit=us"],
                          ["--benchmark_repetitions=2", "--benchmark_report_aggregates_only"],
                          ["--benchmark_repetitions=2", "--benchmark_display_aggregates_only"],
                          ["--benchmark_context=one=1,two=2"]):
            for strict in (False, True):
                ours = run(OURS, RUN, "--benchmark_format=json", *arguments,
                           *["--benchmark_strict"] * strict)
                googles = run(GOOGLES, RUN, "--benchmark_format=json", *arguments)
                self.check_json(ours.json, googles.json, strict)

    def test_file(self):
        files = [self.path("ours"), self.path("googles")]
        for name, file in zip((OURS, GOOGLES), files):
            run(name, RUN, f"--benchmark_out={file}", "--benchmark_display_aggregates_only")
        contents = []
        for file in files:
            with open(file, encoding="utf-8") as opened:
                contents.append(programs.strict_json(opened.read()))
        self.check_json(*contents, False)

    def console(self, text):
        """Lines without the CPU times."""
        lines = text.splitlines()
        width = lines[1].index(" Time") + len(" Time") - 13  # the first column
        blank = slice(width + 1 + 15, width + 1 + 15 + 11)
        kept = []
        for line in lines:
            is_row = re.search(r" (ns|us|ms|s|%|N|N\^2|N\^3|lgN|NlgN|\(1\)|f\(N\)) +[0-9.]+ ", line)
            if is_row and "ERROR" not in line:
                line = line[:blank.start] + " " * 11 + line[blank.stop:]
            kept.append(line.rstrip())
        return kept

    def test_console(self):
        for arguments in ([], ["--benchmark_repetitions=2"], ["--benchmark_counters_tabular"],
                          ["--benchmark_report_aggregates_only", "--benchmark_repetitions=2"]):
            ours, googles = both(RUN, *arguments)
            self.assertEqual(self.console(ours.out), self.console(googles.out))

    def test_console_context(self):
        ours, googles = both("--benchmark_filter=plain", "--benchmark_context=key=value")
        for line in ("CPU Caches:", "  L1 Data ", "key: value"):
            self.assertEqual([kept for kept in ours.err.splitlines() if kept.startswith(line)],
                             [kept for kept in googles.err.splitlines() if kept.startswith(line)])
        self.assertIn("Running " + programs.program(OURS), ours.err)

    def csv_rows(self, text):
        rows = []
        for row in csv.DictReader(io.StringIO(text)):
            row.pop("cpu_time")
            if row["name"].endswith(("_cv", "_rr")):
                row = {"name": row["name"]}
            if row["name"].endswith("_RMS"):
                row.pop("real_time")
            rows.append({key: value for key, value in row.items() if value not in (None, "")})
        return rows

    def test_csv(self):
        for only in ("--benchmark_filter=-listed|count|processed", "--benchmark_filter=counted",
                     "--benchmark_filter=processed|batches|failing"):
            for strict in (False, True):
                ours = run(OURS, "--benchmark_format=csv", only, *["--benchmark_strict"] * strict)
                googles = run(GOOGLES, "--benchmark_format=csv", only)
                self.assertEqual(ours.out.splitlines()[0], googles.out.splitlines()[0])
                own, google = self.csv_rows(ours.out), self.csv_rows(googles.out)
                if strict:
                    self.assertEqual(own, google)
                    continue
                self.assertEqual([list(row) for row in own], [list(row) for row in google])
                for left, right in zip(own, google):
                    for key, value in left.items():
                        try:
                            self.assertEqual(f"{float(value):g}", f"{float(right[key]):g}")
                        except ValueError:
                            self.assertEqual(value, right[key])

    def test_flags_of_the_environment(self):
        for name, value in (("BENCHMARK_FILTER", "plane"), ("BENCHMARK_LIST_TESTS", "true"),
                            ("BENCHMARK_LIST_TESTS", "0")):
            arguments = [] if name == "BENCHMARK_LIST_TESTS" else ["--benchmark_list_tests"]
            ours, googles = both(*arguments, "--benchmark_filter=plain" if not arguments else "--v=0",
                                 **{name: value})
            self.assertEqual(self.names(ours.out), self.names(googles.out))

    @staticmethod
    def names(text):
        return [line.split()[0] for line in text.splitlines() if line.strip("-")]

    def test_unknown_flag(self):
        ours, googles = both("--benchmark_nonsense")
        self.assertEqual((ours.status, googles.status), (1, 1))
        self.assertEqual(ours.err.replace(OURS, ""), googles.err.replace(GOOGLES, ""))

    def test_file_that_cannot_be_written(self):
        ours, googles = both("--benchmark_out=" + self.path("missing/file"))
        self.assertEqual((ours.status, googles.status), (1, 1))


def prepare():
    if not os.path.exists(programs.program(GOOGLES)):
        programs.skip_all("no C++ compiler or no Google Benchmark (libbenchmark-dev)")


if __name__ == "__main__":
    programs.main(prepare)
