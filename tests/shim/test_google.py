"""The same benchmarks in C and in C++ on Google Benchmark (1.7 or newer) leave the same results.

Left out of the comparison, because they are measured: date, host, load, frequency, the CPU times
and what is computed from them (the coefficients and the error of complexity on the CPU clock, the
cv of CPU times). Left out, or reckoned with, because versions of Google Benchmark differ: the keys
of the context that only newer ones have; CSV's cv rows (1.7 multiplies them by 1e9); the times of
several threads (before 1.9 divided by their number once more); the curve that fits times best
(before 1.9 always the best for CPU times); rows that are skipped (there since 1.8); the relative
deviation of nothing but zeros (NaN before 1.9); the prefixes of counters on the console; rates of
several threads (from 1.9.0 to 1.9.4 those of one).
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
CPU_KEYS = {"cpu_time", "cpu_coefficient", "rms"}

is_old = None  # Google's version is before 1.9
# Expressions: what it lacks; whose times differ; whose repetitions do; whose console does.
left_out, times_differ, repetitions_differ, console_differs = [], [], [], []


def but(*more):
    """A flag that leaves out what cannot be compared, and more."""
    return "--benchmark_filter=-" + "|".join(["^listed", "^many", *left_out, *more])


def both(*arguments, strict=False, **environment):
    return (run(OURS, *arguments, *["--benchmark_strict"] * strict, **environment),
            run(GOOGLES, *arguments, **environment))


def is_close(row, key, ours, googles, mean, strict):
    if type(ours) is not type(googles):
        return False
    if key in CPU_KEYS:
        return True
    if not isinstance(ours, float):
        return ours == googles
    several = is_old and row["threads"] > 1
    if several and key == "real_time" and row.get("aggregate_unit") != "percentage":
        googles *= row["threads"]
    slack = 0
    # Google's deviation is the root of a difference of squares: rounding shows in its eighth digit
    if not strict or several:
        slack = {"stddev": 1e-7 * abs(mean.get(key, 0)), "cv": 1e-7}.get(row.get("aggregate_name"), 0)
    return math.isclose(ours, googles, rel_tol=1e-6 if slack else 1e-12, abs_tol=slack)


class SameResults(programs.WithFolder):
    maxDiff = None

    def check_json(self, ours, googles, strict=False):
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
                self.assertTrue(is_close(google, key, own[key], value, mean, strict),
                                f"{own['name']}: {key}: {own[key]!r}, Google's {value!r}")
        context = [key for key in googles["context"] if key in ours["context"]]
        self.assertEqual(context, [key for key in ours["context"] if key in context])
        self.assertEqual(set(googles["context"]) - set(context) - {"cpu_scaling_enabled"}, set())
        for key in context:
            self.assertIs(type(ours["context"][key]), type(googles["context"][key]), key)
        for key in ("num_cpus", "host_name", "caches"):
            self.assertEqual(ours["context"][key], googles["context"][key])

    def test_lists(self):
        for filter in (but(), "--benchmark_filter=linear|plane", "--benchmark_filter=listed",
                       "--benchmark_filter=^ranges/(1|8)/64", but("e/")):
            ours, googles = both("--benchmark_list_tests", filter, strict=True)
            self.assertEqual(ours.out, googles.out)
            self.assertGreater(ours.out.count("\n"), 1, filter)
            self.assertEqual((ours.status, googles.status), (0, 0))
        if not left_out:
            for filter in ("", "--benchmark_filter=", "--benchmark_filter=all"):
                ours, googles = both("--benchmark_list_tests", *[filter] * (filter != ""), strict=True)
                self.assertEqual(ours.out, googles.out)

    def test_json(self):
        for arguments in ([], ["--benchmark_repetitions=3"], ["--benchmark_time_unit=us"],
                          ["--benchmark_repetitions=2", "--benchmark_report_aggregates_only"],
                          ["--benchmark_repetitions=2", "--benchmark_display_aggregates_only"],
                          ["--benchmark_context=one=1,two=2"]):
            for strict in (False, True):
                ours, googles = both(but(*repetitions_differ), "--benchmark_format=json", *arguments,
                                     strict=strict)
                self.assertEqual((ours.status, googles.status), (0 if strict else 1, 0))
                self.check_json(ours.json, googles.json, strict)

    def test_json_to_the_letter(self):
        """Strictly, the text is the same, but for CPU times."""
        texts = []
        for result in both(but(*times_differ, *repetitions_differ), "--benchmark_format=json",
                           "--benchmark_repetitions=2", strict=True):
            rows = result.out[result.out.index('"benchmarks"'):]
            texts.append(re.sub(r'("(?:cpu_time|cpu_coefficient|rms)": ).*', r"\1", rows))
        self.assertEqual(*texts)

    def test_random_order(self):
        names = []
        for result in both(but(*repetitions_differ), "--benchmark_format=json",
                           "--benchmark_repetitions=2", "--benchmark_enable_random_interleaving"):
            # whatever the order, the rows of one benchmark stand together
            rows = [row["run_name"] for row in result.rows if row.get("big_o") is None
                    and row.get("aggregate_name") != "RMS"]
            groups = [name for i, name in enumerate(rows) if i == 0 or rows[i - 1] != name]
            self.assertEqual(len(groups), len(set(groups)))
            names.append(sorted(row["name"] for row in result.rows))
        self.assertEqual(*names)

    def test_file(self):
        files = [self.path("ours"), self.path("googles")]
        for name, file in zip((OURS, GOOGLES), files):
            run(name, but(), f"--benchmark_out={file}", "--benchmark_display_aggregates_only")
        contents = []
        for file in files:
            with open(file, encoding="utf-8") as opened:
                contents.append(programs.strict_json(opened.read()))
        self.check_json(*contents)

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
        # some times are wider than their column, and some letters wider than a byte
        one_width = but("lasting/12", *times_differ, *repetitions_differ, *console_differs)
        for arguments in ([], ["--benchmark_repetitions=2"], ["--benchmark_counters_tabular"],
                          ["--benchmark_report_aggregates_only", "--benchmark_repetitions=2"]):
            for strict in (False, True):
                ours, googles = both(one_width if strict else one_width + "|tab|failing_late",
                                     *arguments, strict=strict)
                self.assertEqual(self.console(ours.out), self.console(googles.out))

    def test_wide_times(self):
        ours, googles = both("--benchmark_filter=lasting/1[12]/")
        self.assertEqual(*[re.sub(r" +[0-9.]+ ns +4", "", text) for text in (ours.out, googles.out)])
        self.assertIn("e+", ours.out)

    def test_color(self):
        texts = []
        for result in both(but(*times_differ, *console_differs), "--benchmark_color=true",
                           strict=True):
            texts.append(re.sub(r"\033\[0;33m *(\S+) (\S+) +\S+ (\S+) +\033\[m", r"\1 \2 \3 ",
                                result.out))
        self.assertEqual(*texts)
        self.assertIn("\033[0;31m", texts[0])

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
        # Google Benchmark may abort where counters differ
        for only in (but("count", "processed", "prefixed", *times_differ),
                     "--benchmark_filter=counted", "--benchmark_filter=processed|batches|failing",
                     "--benchmark_filter=prefixed"):
            ours, googles = both("--benchmark_format=csv", only, strict=True)
            self.assertEqual(ours.out.splitlines()[0], googles.out.splitlines()[0])
            self.assertEqual(self.csv_rows(ours.out), self.csv_rows(googles.out))
            ours = run(OURS, "--benchmark_format=csv", only)
            self.assertEqual(ours.out.splitlines()[0], googles.out.splitlines()[0])
            own, google = self.csv_rows(ours.out), self.csv_rows(googles.out)
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

    def test_wrong_values_strictly(self):
        """Status 0 with the help, status 1, or rows: as it is there."""
        for arguments, environment in (
                (["--benchmark_format=xml"], {}), (["--benchmark_out_format="], {}),
                (["--benchmark_time_unit=h"], {}), (["--benchmark_color="], {}),
                (["--benchmark_repetitions=x"], {}), (["--benchmark_repetitions=1e3"], {}),
                (["--benchmark_min_warmup_time=1s"], {}), (["--v=x"], {}),
                (["--benchmark_context=novalue"], {}), (["--benchmark_filter=("], {}),
                (["--benchmark_filter=nothing"], {}), (["--benchmark_perf_counters=CYCLES"], {}),
                ([], {"BENCHMARK_FORMAT": "xml"}), ([], {"BENCHMARK_REPETITIONS": "x"}),
                ([], {"BENCHMARK_CONTEXT": "novalue"}), ([], {"V": "x"})):
            ours, googles = both("--benchmark_filter=^plain/", *arguments, strict=True, **environment)
            self.assertEqual((ours.status, ours.out != "", "usage" in ours.out or "--help" in ours.out),
                             (googles.status, googles.out != "",
                              "usage" in googles.out or "--help" in googles.out),
                             (arguments, environment))

    def test_file_that_cannot_be_written(self):
        ours, googles = both("--benchmark_out=" + self.path("missing/file"))
        self.assertEqual((ours.status, googles.status), (1, 1))

    def test_many_inputs(self):
        ours, googles = both("--benchmark_filter=^many/", "--benchmark_list_tests")
        self.assertEqual(ours.out, googles.out)
        self.assertEqual(ours.err, googles.err)
        self.assertIn("number of inputs is very large", ours.err)


def prepare():
    global is_old
    if not os.path.exists(programs.program(GOOGLES)):
        programs.skip_all("no C++ compiler or no Google Benchmark (libbenchmark-dev)")
    context = run(GOOGLES, "--benchmark_filter=^plain/", "--benchmark_format=json").json["context"]
    found = re.match(r"v(\d+)\.(\d+)\.(\d+)", context.get("library_version", "v1.7.1"))
    version = tuple(int(number) for number in found.groups())
    is_old = version < (1, 9, 0)
    if (1, 9, 0) <= version < (1, 9, 5):
        left_out.append("^threads")
    if is_old:
        left_out.append("^auto/")
        times_differ.append("^threads")
        repetitions_differ.extend(["^lasting/0/", "^prefixed/0/"])
        console_differs.append("^prefixed")
    if "skipping" not in run(GOOGLES, "--benchmark_list_tests").out:
        left_out.append("^skipping")


if __name__ == "__main__":
    programs.main(prepare)
