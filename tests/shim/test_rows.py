"""What benchmarks leave in their rows: loops, clocks, outcomes, counters, names, complexity."""

import csv
import io
import math
import unittest

import programs
from programs import rows, run

CASES, DESCRIBED = "shim_cases", "shim_described"


def row_of(name, *arguments):
    found = rows(CASES, f"--benchmark_filter=^{name}(/|$)", *arguments)
    assert len(found) == 1, found
    return found[0]


class Rows(unittest.TestCase):
    maxDiff = None

    def assert_failed(self, name, message):
        result = run(CASES, f"--benchmark_filter=^{name}(/|$)", "--benchmark_format=json")
        self.assertEqual(result.status, 1, name)
        for row in result.rows:
            self.assertIs(row["error_occurred"], True)
            self.assertIn(message, row["error_message"])
            self.assertEqual((row["real_time"], row["cpu_time"]), (0, 0))
        strict = run(CASES, f"--benchmark_filter=^{name}(/|$)", "--benchmark_strict")
        self.assertEqual(strict.status, 0)

    def test_wrong_loops(self):
        for name, message in (("never_loops", "never ran its loop"),
                              ("leaves_early", "left its loop early"),
                              ("zero_batch", "never ends"),
                              ("pauses_outside", "the clock does not run here"),
                              ("resumes_twice", "was not paused"),
                              ("reserved_counter", "that of a key of all rows"),
                              ("fails_in_one_thread", "thread 1 has no device"),
                              ("fails", "broken")):
            self.assert_failed(name, message)

    def test_loops(self):
        row = row_of("loop_macro")
        self.assertEqual((row["iterations"], row["done"], row["iterations_after"], row["more"]),
                         (1000, 1000, 1000, 0))
        row = row_of("batches")
        self.assertEqual((row["iterations"], row["calls"]), (24, 3))

        self.assertEqual(row_of("hides")["sum"], 15)

    def test_warm_up_is_more_runs(self):
        row = row_of("counts_calls")
        self.assertEqual((row["calls"], row["most"]), (1, 1))
        # 1, 10 and 70 iterations of 0.1 ms: the last reaches 5 ms
        row = row_of("counts_calls", "--benchmark_min_warmup_time=0.005")
        self.assertEqual((row["calls"], row["iterations"]), (4, 1))

    def test_process_time(self):
        own, process = rows(CASES, "--benchmark_filter=^helped")
        self.assertEqual(process["name"], "helped/iterations:2/process_time")
        self.assertGreaterEqual(process["cpu_time"], 50e6)
        self.assertLess(own["cpu_time"], 50e6)  # what starting a thread takes, whatever the machine
        self.assertGreaterEqual(own["real_time"], 50e6 * 0.999)

    def test_paused_time_does_not_count(self):
        # each turn sleeps 20 ms; on a busy machine something else may come between now and then
        self.assertTrue(any(row_of("pauses")["real_time"] < 10e6 for _ in range(10)))

    def test_skipped(self):
        row = row_of("skips")
        self.assertEqual((row["skipped"], row["skip_message"]), (True, 'not "here"\nnor there'))
        self.assertNotIn("error_occurred", row)
        self.assertEqual(run(CASES, "--benchmark_filter=^skips").status, 0)
        self.assertEqual(row_of("loop_macro_left")["skip_message"], "enough")

    def test_failed_row(self):
        row = rows(CASES, "--benchmark_filter=^fails/")[0]
        self.assertEqual(list(row), ["name", "family_index", "per_family_instance_index", "run_name",
                                     "run_type", "repetitions", "repetition_index", "threads",
                                     "error_occurred", "error_message", "iterations", "real_time",
                                     "cpu_time", "time_unit", "label"])
        self.assertEqual(row["label"], "kept")

    def test_one_failure_among_repetitions(self):
        found = rows(CASES, "--benchmark_filter=^fails_once")
        self.assertEqual([row.get("error_message") for row in found[:4]],
                         [None, "the second time", None, None])
        self.assertEqual([row["aggregate_name"] for row in found[4:]],
                         ["mean", "median", "stddev", "cv"])
        mean, median = found[4:6]
        self.assertEqual((mean["iterations"], median["real_time"]), (3, 3000))
        self.assertAlmostEqual(mean["real_time"], 8000 / 3)

    def test_statistics(self):
        found = rows(CASES, "--benchmark_filter=^quick/100/")
        times = [row["real_time"] for row in found[:9]]
        mean = math.fsum(times) / 9
        stddev = math.sqrt(math.fsum((time - mean) ** 2 for time in times) / 8)
        for row, expected in zip(found[9:], (mean, sorted(times)[4], stddev, stddev / mean)):
            self.assertTrue(math.isclose(row["real_time"], expected, rel_tol=1e-9), row)
            self.assertNotIn("repetition_index", row)
        self.assertEqual([row["repetition_index"] for row in found[:9]], list(range(9)))

    def test_numbers_that_json_lacks(self):
        row = row_of("nonfinite")
        self.assertEqual((row["infinite"], row["none"], row["one"]), (None, None, 1))
        self.assertEqual(list(row)[-1], "accelbench")
        self.assertEqual(row["accelbench"], {"nonfinite": ["infinite", "none"]})
        strict = run(CASES, "--benchmark_filter=^nonfinite", "--benchmark_format=json",
                     "--benchmark_strict").out
        self.assertIn('"infinite": Infinity,\n', strict)
        self.assertIn('"none": NaN,\n', strict)
        self.assertNotIn("accelbench", strict.split('"benchmarks"')[1])

    def test_csv_of_all_kinds(self):
        out = run(CASES, "--benchmark_filter=-^(grows|waits|spins|pauses)", "--benchmark_format=csv").out
        lines = list(csv.reader(io.StringIO(out)))
        self.assertEqual({len(line) for line in lines}, {len(lines[0])})
        self.assertEqual(lines[0][:10], ["name", "iterations", "real_time", "cpu_time", "time_unit",
                                         "bytes_per_second", "items_per_second", "label",
                                         "error_occurred", "error_message"])
        by_name = {line[0]: dict(zip(lines[0], line)) for line in lines}
        self.assertEqual(by_name["fails/iterations:4/manual_time"]["error_message"], "broken")
        self.assertEqual(by_name["skips/iterations:4/manual_time"]["error_occurred"], "false")
        self.assertEqual(by_name["offset_line/iterations:4/manual_time_RMS"]["time_unit"], "")

    def test_names(self):
        quoted = 'named "quoted", with\nnewline\tand \x1b[31mred'
        found = rows(CASES, "--benchmark_filter=^named")
        self.assertEqual([row["label"] for row in found],
                         [quoted, "named grüße €", "named stray \N{REPLACEMENT CHARACTER} byte"])
        self.assertEqual(found[0]["name"], quoted + "/iterations:4/manual_time")
        console = run(CASES, "--benchmark_filter=^named").out
        self.assertEqual(len(console.splitlines()), 6)
        self.assertNotIn("\x1b", console)
        self.assertIn('named "quoted", with\\nnewline\\x09and \\x1b[31mred/iterations', console)
        listed = run(CASES, "--benchmark_filter=quoted", "--benchmark_list_tests").out
        self.assertEqual(listed.count("\n"), 1)
        as_csv = run(CASES, "--benchmark_filter=quoted", "--benchmark_format=csv").out
        self.assertEqual(list(csv.reader(io.StringIO(as_csv)))[1][0], found[0]["name"])
        strict = run(CASES, "--benchmark_filter=quoted", "--benchmark_strict").out
        self.assertIn("\x1b[31mred", strict)

    def test_every_byte(self):
        """JSON stays JSON, CSV keeps its columns, and the console is not steered."""
        ascii = "".join(chr(c) for c in range(1, 128))
        first, second = rows(CASES, "--benchmark_filter=^bytes ")
        for text in (first["name"], first["label"], second["error_message"]):
            self.assertIn(ascii + 128 * "\N{REPLACEMENT CHARACTER}", text)
        self.assertTrue(any(key.startswith(ascii) for key in first))
        out = run(CASES, "--benchmark_filter=^bytes ", "--benchmark_format=csv").out
        lines = list(csv.reader(io.StringIO(out, newline="")))
        self.assertEqual([len(line) for line in lines], 3 * [11])
        for flag in ("--benchmark_counters_tabular", "--benchmark_context=a\x1b=b\x1b"):
            result = run(CASES, "--benchmark_filter=^bytes ", flag)
            self.assertFalse([c for c in result.out + result.err
                              if c != "\n" and (ord(c) < 32 or ord(c) == 127)], flag)

    def test_threads(self):
        row = row_of("threaded")
        self.assertEqual((row["threads"], row["iterations"]), (4, 16))
        self.assertEqual(row["real_time"], 5e8)
        # 4 threads report 100 items each, in 2 s
        self.assertEqual((row["items_per_second"], row["index"], row["average"]), (200, 6, 4))
        self.assertEqual(row_of("replaced_counter")["twice"], 6)
        row = row_of("threaded_as_many")
        self.assertEqual(row["name"], f"threaded_as_many/iterations:4/manual_time/threads:{row['threads']}")

    def test_setup_and_teardown(self):
        found = rows(CASES, "--benchmark_filter=^prepared")[:3]
        self.assertEqual([(row["set_up"], row["torn_down"]) for row in found],
                         [(10, 0), (20, 10), (30, 20)])

    def test_setup_runs_around_warm_up(self):
        self.assertEqual(row_of("grows_warm", "--benchmark_min_time=5x")["iterations"], 5)

    def test_context_of_a_benchmark(self):
        row = row_of("with_context")
        self.assertEqual((row["given"], row["missing_arg"]), (17, 0))

    def test_locale(self):
        for locale in ("de_DE.UTF-8", "C.UTF-8"):
            result = run(CASES, "--benchmark_filter=^in_german", "--benchmark_format=csv",
                         "--benchmark_min_time=0.5s", SHIM_LOCALE=locale)
            if result.status == 77:
                continue  # this system does not have it
            row = list(csv.DictReader(io.StringIO(result.out)))[0]
            self.assertEqual(float(row["real_time"]), 1.5)
            self.assertEqual(row["label"], "0,5" if locale.startswith("de") else "0.5")

    def test_complexity(self):
        found = rows(CASES, "--benchmark_filter=^(offset_line|square)/")
        big_o = {row["run_name"].split("/")[0]: row for row in found
                 if row.get("aggregate_name") == "BigO"}
        self.assertEqual(big_o["square"]["big_o"], "N^2")
        self.assertTrue(math.isclose(big_o["square"]["real_coefficient"], 3, rel_tol=1e-9))
        fit = big_o["offset_line"]["accelbench"]["affine_fit"]["real"]
        self.assertEqual(fit["big_o"], "N")
        self.assertTrue(math.isclose(fit["fixed_ns"], 5000, rel_tol=1e-6))
        self.assertTrue(math.isclose(fit["coefficient_ns"], 2, rel_tol=1e-9))
        self.assertLess(fit["rms"], 1e-9)
        self.assertEqual([row["aggregate_name"] for row in found if row["run_type"] == "aggregate"],
                         ["BigO", "RMS", "BigO", "RMS"])

    def test_complexity_without_n(self):
        result = run(CASES, "--benchmark_filter=^no_n", "--benchmark_format=json")
        self.assertEqual((result.status, len(result.rows)), (1, 2))
        self.assertIn("bm_state_set_complexity_n", result.err)


class Descriptions(unittest.TestCase):
    def test_mistakes(self):
        for case, mention in (("iterations", "bm_iterations: 0"), ("negative-time", "bm_min_time"),
                              ("both", "both a number of iterations and a least time"),
                              ("clocks", "both real and manual time"),
                              ("arguments", "bm_args gives it 2 arguments"),
                              ("range", "8 is above 1"), ("multiplier", "bm_range_multiplier: 1"),
                              ("step", "a step of 0"), ("threads", "bm_threads"),
                              ("repetitions", "bm_repetitions: 0"), ("names", "names and no values"),
                              ("name", "bm_name"), ("statistic", "bm_compute_statistic"),
                              ("nameless", "without a name"), ("functionless", "without a function")):
            for strict in ([], ["--benchmark_strict"]):
                result = run(DESCRIBED, case, *strict)
                self.assertEqual((result.status, result.out), (1, ""), case)
                self.assertEqual(result.err.count("\n"), 1, result.err)
                self.assertIn(mention, result.err)

    def test_order_is_that_of_the_source(self):
        listed = run(DESCRIBED, "disorder", "--benchmark_list_tests").out
        self.assertEqual(listed.split(), ["unit_0_0", "unit_0_1", "unit_0_2", "unit_1_0", "unit_1_1"])

    def test_parts(self):
        result = run(DESCRIBED, "parts", "--own", "--benchmark_repetitions=2",
                     "--benchmark_report_aggregates_only")
        self.assertEqual(result.status, 0, result.err)
        self.assertIn("left: 1 --own\n", result.out)
        # all rows, those that are not shown as well
        first, second = result.out.split("again\n")
        self.assertEqual([line.split()[3] for line in first.splitlines() if "callback" in line],
                         ["-", "-", "mean", "median", "stddev", "cv"])
        self.assertIn("callback 12: ", second)
        self.assertIn("callback 1: parts/iterations:2/manual_time - 2 1000\n", first)
        self.assertIn("'date' is a key of every context", result.err)
        self.assertIn("program: its own\n", result.err)


if __name__ == "__main__":
    programs.main()
