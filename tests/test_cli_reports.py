"""The JSON that scripts rely on: keys, order, types, and numbers that agree with each other."""

import itertools
import math
import os
import statistics
import subprocess
import sys

import cli
from cli import SMALL, CliTest

NUMBER = (int, float)
CONTEXT = [
    ("date", str),
    ("host_name", str),
    ("executable", str),
    ("num_cpus", int),
    ("mhz_per_cpu", int),
    ("cpu_scaling_enabled", bool),
    ("aslr_enabled", bool),
    ("caches", list),
    ("load_avg", list),
    ("library_version", str),
    ("library_build_type", str),
    ("json_schema_version", int),
    ("accelbench", dict),
]
ITERATION = [
    ("name", str),
    ("family_index", int),
    ("per_family_instance_index", int),
    ("run_name", str),
    ("run_type", str),
    ("repetitions", int),
    ("repetition_index", int),
    ("threads", int),
    ("iterations", int),
    ("real_time", NUMBER),
    ("cpu_time", NUMBER),
    ("time_unit", str),
    ("bytes_per_second", NUMBER),
    ("items_per_second", NUMBER),
    ("label", str),
    ("accelbench", dict),
]
AGGREGATE = [
    ("name", str),
    ("family_index", int),
    ("per_family_instance_index", int),
    ("run_name", str),
    ("run_type", str),
    ("repetitions", int),
    ("threads", int),
    ("aggregate_name", str),
    ("aggregate_unit", str),
    ("iterations", int),
    ("real_time", NUMBER),
    ("cpu_time", NUMBER),
    ("time_unit", str),
    ("bytes_per_second", NUMBER),
    ("items_per_second", NUMBER),
    ("label", str),
    ("accelbench", dict),
]
FAILED = [
    ("name", str),
    ("family_index", int),
    ("per_family_instance_index", int),
    ("run_name", str),
    ("run_type", str),
    ("repetitions", int),
    ("repetition_index", int),
    ("threads", int),
    ("error_occurred", bool),
    ("error_message", str),
    ("iterations", int),
    ("real_time", NUMBER),
    ("cpu_time", NUMBER),
    ("time_unit", str),
    ("label", str),
    ("accelbench", dict),
]
OWN_OF_ALL = {
    "kernel",
    "backend",
    "technique",
    "device",
    "input_bytes",
    "workers",
    "transfer",
    "zero_copy",
    "cache",
}
OWN = OWN_OF_ALL | {
    "turns_ns",
    "limit_fraction",
    "round",
    "phases_ns",
    "overlapped",
    "verify",
}
KERNEL_KEYS = {
    "matrix_sum": {"dtype"},
    "traversal": {"dtype", "order"},
    "word_count": {"task", "rule"},
}
AGGREGATES = ["mean", "median", "stddev", "cv"]


def is_device(row):
    return row["accelbench"]["transfer"] is not None


class ReportTest(CliTest):
    def assert_keys(self, thing, expected, optional=()):
        """The keys in this order, with values of these types."""
        present = [(key, kind) for key, kind in expected if key in thing or key not in optional]
        self.assertEqual(list(thing), [key for key, _ in present])
        for key, kind in present:
            value = thing[key]
            self.assertIsInstance(value, kind, key)
            self.assertEqual(isinstance(value, bool), kind is bool, key)

    def series(self, document):
        """The rows, grouped by series, in order."""
        groups = itertools.groupby(document["benchmarks"], key=lambda row: row["run_name"])
        result = [(name, list(rows)) for name, rows in groups]
        names = [name for name, _ in result]
        self.assertEqual(len(set(names)), len(names), "the rows of a series stand together")
        return result


class Json(ReportTest):
    devices = True

    def check_rows(self, kernel, rows, index, rounds):
        iterations, aggregates = rows[:rounds], rows[rounds:]
        for repetition, row in enumerate(iterations):
            self.assert_keys(row, ITERATION)
            self.assertEqual((row["name"], row["run_type"]), (row["run_name"], "iteration"))
            self.assertEqual(row["repetition_index"], repetition)
            self.assertGreater(row["iterations"], 0)
            self.assertGreater(row["real_time"], 0)
            self.check_own_keys(kernel, row, repetition)
            self.assertAlmostEqual(
                row["bytes_per_second"] * row["real_time"] / 1e9,
                row["accelbench"]["input_bytes"],
                delta=1e-3,
            )
        self.assertEqual([row["aggregate_name"] for row in aggregates], AGGREGATES)
        for row in aggregates:
            self.assert_keys(row, AGGREGATE)
            self.assertEqual(row["name"], f"{row['run_name']}_{row['aggregate_name']}")
            self.assertEqual(row["iterations"], rounds)
            self.assertEqual(row["run_type"], "aggregate")
            self.assertEqual(set(row["accelbench"]), OWN_OF_ALL | KERNEL_KEYS[kernel])
            self.assertEqual(
                row["aggregate_unit"], "percentage" if row["aggregate_name"] == "cv" else "time"
            )
        for row in rows:
            self.assertEqual(row["family_index"], index)
            self.assertEqual(row["per_family_instance_index"], 0)
            self.assertEqual(
                (row["repetitions"], row["threads"], row["time_unit"]), (rounds, 1, "ns")
            )
            self.assertEqual(row["label"], iterations[0]["accelbench"]["device"])
        for key in ("real_time", "cpu_time", "bytes_per_second", "items_per_second"):
            self.check_aggregates(
                [row[key] for row in iterations], [row[key] for row in aggregates]
            )

    def check_own_keys(self, kernel, row, repetition):
        own = row["accelbench"]
        self.assertEqual(set(own) - {"result"}, OWN | KERNEL_KEYS[kernel])
        self.assertEqual((own["kernel"], own["round"], own["cache"]), (kernel, repetition, "warm"))
        self.assertRegex(row["name"], f"_{own['backend']}/")
        self.assertGreaterEqual(own["workers"], 1)
        self.assertEqual(list(own["phases_ns"]), ["h2d", "kernel", "d2h", "e2e"])
        for phase in ("h2d", "d2h"):
            self.assertEqual(own["phases_ns"][phase] is None, not is_device(row))
        if ".kernel_" not in row["name"]:
            self.assertEqual(own["phases_ns"]["e2e"], row["real_time"])
            self.assertTrue(
                math.isclose(statistics.median(own["turns_ns"]), row["real_time"], rel_tol=1e-6)
            )
        self.assertEqual(list(own["verify"]), ["status", "error", "tolerance"])
        self.assertEqual(own["verify"]["status"], "passed")
        self.assertLessEqual(own["verify"]["error"], own["verify"]["tolerance"])

    def check_aggregates(self, samples, aggregates):
        mean, deviation = statistics.fmean(samples), statistics.stdev(samples)
        expected = [mean, statistics.median(samples), deviation, deviation / mean if mean else 0]
        for name, value, right in zip(AGGREGATES, aggregates, expected):
            self.assertTrue(
                math.isclose(value, right, rel_tol=1e-6, abs_tol=1e-9), (name, value, right)
            )

    def check_findings(self, document, rounds):
        findings = document["accelbench"]
        self.assertEqual(list(findings)[:3], ["summaries", "comparisons", "break_even"])
        self.assertIsInstance(findings["break_even"], list)
        times = {
            name: [row["real_time"] for row in rows[:rounds]]
            for name, rows in self.series(document)
        }
        turns = {
            name: [row["accelbench"]["turns_ns"] for row in rows[:rounds]]
            for name, rows in self.series(document)
        }
        self.assertEqual([summary["name"] for summary in findings["summaries"]], list(times))
        for summary in findings["summaries"]:
            self.assertLessEqual(
                {"name", "median_ns", "ci_ns", "min_ns", "p95_ns", "n", "setup_ns"}, set(summary)
            )
            self.assertIn(summary["program_cache"], (None, "cold", "warm"))
            samples = sorted(times[summary["name"]])
            self.assertEqual(summary["n"], rounds)
            self.assertAlmostEqual(summary["median_ns"], statistics.median(samples), 3)
            self.assertEqual(summary["min_ns"], samples[0])
            self.assertEqual(summary["p95_ns"], samples[math.ceil(0.95 * rounds) - 1])
            self.assertGreater(summary["setup_ns"], 0)
            if summary["ci_ns"] is not None:
                low, high = summary["ci_ns"]
                self.assertTrue(samples[0] <= low <= summary["median_ns"] <= high <= samples[-1])
        for comparison in findings["comparisons"]:
            self.assertLessEqual(
                {"baseline", "contender", "phase", "ratio", "ci", "verdict"}, set(comparison)
            )
            self.assertIn(comparison["phase"], ("e2e", "kernel"))
            self.assertIn(
                comparison["verdict"], ("faster", "slower", "equivalent", "not resolved")
            )
            rounds = zip(turns[comparison["baseline"]], turns[comparison["contender"]])
            ratios = [
                statistics.median(math.log(a / b) for a, b in zip(base, contender))
                for base, contender in rounds
            ]
            expected = math.exp(statistics.median(ratios))
            self.assertAlmostEqual(comparison["ratio"] / expected, 1, 6)
            if comparison["ci"] is not None:
                low, high = comparison["ci"]
                self.assertTrue(low <= comparison["ratio"] <= high)

    def check_document(self, kernel, document, rounds):
        self.assertEqual(list(document), ["context", "benchmarks", "accelbench"])
        series = self.series(document)
        for index, (_, rows) in enumerate(series):
            self.check_rows(kernel, rows, index, rounds)
        self.check_findings(document, rounds)
        backends = {rows[0]["accelbench"]["backend"] for _, rows in series}
        self.assertEqual(backends, set(self.available()))
        comparisons = document["accelbench"]["comparisons"]
        whole = [name for name, _ in series if ".kernel" not in name]
        self.assertEqual(len({c["contender"] for c in comparisons}), len(whole) - 1)
        self.assertEqual(len({c["baseline"] for c in comparisons}), 1)

    def test_documents(self):
        for rounds, kernel, *args in [
            (2, "matrix_sum", "--rows", "40", "--cols", "50"),
            (5, "matrix_sum", "--rows", "40", "--cols", "50"),
            (13, "matrix_sum", "--rows", "40", "--cols", "50"),
            (5, "traversal", "--rows", "40", "--cols", "50", "--order", "column"),
            (2, "traversal", "--size", "64k", "--dtype", "f32", "--order", "tiled"),
            (5, "word_count", "--size", "10k"),
            (2, "word_count", "--size", "10k", "--task", "total", "--rule", "ascii"),
        ]:
            with self.subTest(kernel=kernel, args=args, rounds=rounds):
                document = self.measure_json(
                    kernel, *args, "--min-time", "0.0001", "--rounds", str(rounds)
                )
                self.check_document(kernel, document, rounds)

    def test_all_techniques(self):
        document = self.measure_json("matrix_sum", *SMALL, "--technique", "all")
        self.check_document("matrix_sum", document, 2)
        kernels = {k["name"]: k["techniques"] for k in self.measure_json("list")["kernels"]}
        measured = {
            (rows[0]["accelbench"]["backend"], rows[0]["accelbench"]["technique"])
            for _, rows in self.series(document)
        }
        self.assertEqual(
            measured,
            {
                (backend, technique)
                for backend in self.available()
                for technique in kernels["matrix_sum"][backend]
            },
        )

    def test_other_work(self):
        """Who measures beside other programs is told so, in the file and on the screen."""
        for _ in range(os.cpu_count()):
            spinner = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            self.addCleanup(spinner.wait)
            self.addCleanup(spinner.kill)
        args = ["matrix_sum", "--size", "1M", "--backend", "serial", "--rounds", "12"]
        args += ["--min-time", "0.01"]
        warnings = self.measure_json(*args)["context"]["accelbench"]["warnings"]
        self.assertIn("other-work", [warning["code"] for warning in warnings])
        self.assertIn("other programs took", " ".join(self.measure(*args).text.split()))

    def test_one_round_has_no_aggregates(self):
        document = self.measure_json("matrix_sum", "--rows", "9", "--min-time", "0.0001", "--rounds", "1")
        for row in document["benchmarks"]:
            self.assert_keys(row, ITERATION)
        self.assertEqual(
            [s["n"] for s in document["accelbench"]["summaries"]], [1] * len(document["benchmarks"])
        )

    def test_error_row(self):
        result = self.run_program(
            "matrix_sum",
            *SMALL[:6],
            "--backend",
            "serial",
            "--min-time",
            "20",
            "--deadline",
            "2",
            "--format",
            "json",
        )
        self.assertEqual(result.status, 1)
        self.assert_one_line(result.err, "matrix_sum on serial", "--deadline")
        [row] = result.json["benchmarks"]
        self.assert_keys(row, FAILED)
        self.assertIs(row["error_occurred"], True)
        self.assertEqual((row["real_time"], row["cpu_time"], row["iterations"]), (0, 0, 0))
        self.assertEqual(set(row["accelbench"]["phases_ns"].values()), {None})
        self.assertEqual(result.json["accelbench"]["summaries"], [])
        self.assertEqual(result.json["accelbench"]["comparisons"], [])

    def test_context(self):
        args = ["matrix_sum", *SMALL, "--rounds=3", "--seed", "7", "--technique=all"]
        args.remove("--rounds")
        args.remove("2")
        document = self.measure_json(*args)
        context = document["context"]
        self.assert_keys(context, CONTEXT, optional=["cpu_scaling_enabled", "aslr_enabled"])
        self.assertRegex(context["date"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")
        self.assertEqual(context["json_schema_version"], 1)
        self.assertIn(context["library_build_type"], ("release", "debug"))
        self.assertEqual(context["executable"], cli.program[-1])
        for cache in context["caches"]:
            self.assert_keys(
                cache, [("type", str), ("level", int), ("size", int), ("num_sharing", int)]
            )
            self.assertIn(cache["type"], ("Data", "Instruction", "Unified"))
        self.assertLessEqual(len(context["load_avg"]), 3)
        own = context["accelbench"]
        self.assertLessEqual(
            {"machine", "build", "clocks", "backends", "limits", "seed", "argv", "warnings"},
            set(own),
        )
        self.assertEqual(own["seed"], 7)
        self.assertEqual(own["argv"], [cli.program[-1], "--format", "json", *args])
        self.assertIn("few-rounds", [warning["code"] for warning in own["warnings"]])
        for warning in own["warnings"]:
            self.assertTrue(warning["code"] and warning["text"])

    def test_backends_that_are_missing(self):
        """They are named with the reason, and have no rows."""
        listed = self.measure_json("list")["backends"]
        for args in ([], ["--backend", "all"]):
            document = self.measure_json("matrix_sum", *SMALL, *args)
            said = {
                backend["name"]: backend
                for backend in document["context"]["accelbench"]["backends"]
            }
            self.assertEqual(list(said), [backend["name"] for backend in listed])
            for backend in listed:
                self.assertEqual(said[backend["name"]]["available"], backend["available"])
                if not backend["available"]:
                    self.assertEqual(said[backend["name"]]["reason"], backend["reason"])
                    self.assertFalse(
                        [
                            row
                            for row in document["benchmarks"]
                            if f"_{backend['name']}/" in row["name"]
                        ]
                    )

    def test_strings_from_outside(self):
        """Arguments that are no UTF-8 must not make the document invalid."""
        name = b'r\xff"\\\n\x1b\xc2\x9b.txt'
        with open(self.folder.encode() + b"/" + name, "wb") as file:
            file.write(b"1 2\n3 4\n")
        argv = self.measure_json("matrix_sum", name, "--rounds", "2")["context"]["accelbench"][
            "argv"
        ]
        self.assertEqual(argv[-3], name.decode("utf-8", "replace"))


if __name__ == "__main__":
    cli.main()
