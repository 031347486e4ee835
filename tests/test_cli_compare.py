"""`accelbench compare`: verdicts on files with known differences, and the rule for CI."""

import csv
import io
import json
import random

import cli
import made_results
from cli import CliTest


class CompareTest(CliTest):
    def put(self, name, document):
        return self.write(name, json.dumps(document))

    def made(self, name, seed, factor=1.0, noise=0.002, **more):
        return self.put(name, made_results.single(factor=factor, noise=noise,
                                                  rng=random.Random(seed), **more))

    def compare(self, *args):
        return self.measure_json("compare", *args)

    def verdicts(self, *args):
        return [row["verdict"] for row in self.compare(*args)["rows"]]


class Verdicts(CompareTest):
    def test_as_made(self):
        base = self.made("a.json", 1)
        for name, factor, verdict in (("b.json", 1.0, "equivalent"), ("c.json", 1.1, "slower"),
                                      ("d.json", 0.8, "faster")):
            with self.subTest(factor):
                other = self.made(name, name, factor)
                self.assertEqual(self.verdicts(base, other), [verdict] * 2)
                row = self.compare(base, other)["rows"][0]
                self.assertIs(row["paired"], False)
                self.assertAlmostEqual(row["ratio"] * factor, 1, delta=0.01)
                self.assertLess(row["ci"][0], row["ratio"])
                self.assertLess(row["ratio"], row["ci"][1])

    def test_noise_resolves_nothing(self):
        self.assertEqual(self.verdicts(self.made("a.json", 1, noise=0.3),
                                       self.made("b.json", 2, noise=0.3)), ["not resolved"] * 2)

    def test_swapping_the_files_mirrors_the_ratio(self):
        a, b = self.made("a.json", 1), self.made("b.json", 2, 1.1)
        there, back = self.compare(a, b)["rows"][0], self.compare(b, a)["rows"][0]
        self.assertAlmostEqual(there["ratio"] * back["ratio"], 1)
        self.assertAlmostEqual(there["ci"][0] * back["ci"][1], 1)
        self.assertEqual((there["verdict"], back["verdict"]), ("slower", "faster"))

    def test_too_few_rounds_have_no_interval(self):
        row = self.compare(self.made("a.json", 1, rounds=3), self.made("b.json", 2, 2, rounds=3))["rows"][0]
        self.assertEqual((row["ci"], row["verdict"]), (None, "not resolved"))

    def test_rows_of_one_file_only_are_listed(self):
        failed = made_results.single(("serial",))
        failed["benchmarks"].append({"name": "matrix_sum_openmp/1000000/100/real_time",
                                     "error_occurred": True, "error_message": "it broke"})
        result = self.compare(self.made("a.json", 1), self.put("b.json", failed))
        self.assertEqual([row["name"] for row in result["rows"]],
                         ["matrix_sum_serial/1000000/100/real_time"])
        self.assertEqual([row["failure"] for row in result["only_in_a"]], [None])
        self.assertEqual([row["failure"] for row in result["only_in_b"]], ["it broke"])

    def test_nothing_in_common_is_an_error(self):
        self.assert_refused(1, ["compare", self.made("a.json", 1),
                                self.put("g.json", made_results.google(["BM"]))],
                            "a.json", "g.json", "in common")


class Environments(CompareTest):
    def differences(self, change):
        other = made_results.single()
        change(other)
        result = self.compare(self.put("a.json", made_results.single()), self.put("b.json", other))
        return [entry["what"] for entry in result["differences"]]

    def test_what_differs_is_named(self):
        own = lambda d: d["context"]["accelbench"]
        for change, what in (
            (lambda d: None, []),
            (lambda d: d["context"].update(host_name="lab-2"), ["host"]),
            (lambda d: own(d)["machine"].update(cpu="Other"), ["processor"]),
            (lambda d: own(d)["build"].update(git="fff"), ["commit"]),
            (lambda d: own(d)["build"].update(compiler="Clang 19"), ["compiler"]),
            (lambda d: own(d).update(seed=43), ["seed"]),
            (lambda d: d["benchmarks"].__delitem__(slice(0, 2)), ["rounds of a row"]),
        ):
            self.assertEqual(self.differences(change), what)

    def test_the_console_warns(self):
        other = made_results.single()
        other["context"]["host_name"] = "lab-2\x1b[31m"
        text = self.measure("compare", self.put("a.json", made_results.single()),
                            self.put("b.json", other)).text
        self.assertIn("warning: the environments differ", text)
        self.assertIn("Unpaired", text)
        self.assertIn("lab-2\\x1b[31m", text)
        for line in text.splitlines():
            self.assertLess(len(line), 80)


class FailOn(CompareTest):
    def status(self, rule, factor, noise=0.002):
        """With the same noise in both files, so that the ratio is the factor in any case."""
        result = self.run_program("compare", self.made("a.json", 1, noise=noise),
                                  self.made("b.json", 1, factor, noise), "--fail-on", rule)
        self.assertIn("matrix_sum_serial", result.text)
        if result.status != 0:
            self.assert_one_line(result.err, "--fail-on", rule, "2 of 2 rows")
        return result.status

    def test_only_what_is_surely_beyond_fails(self):
        for rule, factor, status in (
            ("slower:5%", 1.10, 4), ("slower:5%", 1.04, 0), ("slower:5%", 0.5, 0),
            ("slower:5", 1.10, 4), ("slower:0%", 1.02, 4), ("faster:5%", 0.9, 4),
            ("faster:5%", 1.10, 0), ("slower:20%", 1.10, 0),
        ):
            with self.subTest(rule=rule, factor=factor):
                self.assertEqual(self.status(rule, factor), status)
        self.assertEqual(self.status("slower:5%", 1.10, noise=0.3), 0)

    def test_a_rule_that_is_none_is_refused_before_anything_is_read(self):
        for rule in ("slower", "slower:", "slower:x", "slower:-5%", "slower:5%%", "5%",
                     "quicker:5%", "slower:nan", "slower:1e9"):
            self.assert_refused(2, ["compare", "missing", "missing", "--fail-on", rule], "--fail-on")


class Forms(CompareTest):
    def test_csv_and_markdown(self):
        files = [self.made("a.json", 1), self.made("b.json", 2, 1.1)]
        rows = list(csv.DictReader(io.StringIO(self.measure("compare", *files, "--format", "csv").text)))
        self.assertEqual([(row["verdict"], row["pairing"]) for row in rows], [("slower", "unpaired")] * 2)
        text = self.measure("compare", *files, "--format", "markdown").text
        self.assertEqual(text.count("| slower |"), 2)

    def test_the_lab_and_google_benchmark(self):
        lab = [[{"name": "loop", "execution_time_seconds": 1 + i / 1000}] * 1 for i in range(2)]
        times = {"a": [1.0 + i / 1000 for i in range(9)], "b": [2.0 + i / 1000 for i in range(9)]}
        a = self.put("a.json", [{"name": "loop", "execution_time_seconds": times["a"]}])
        b = self.put("b.json", [{"name": "loop", "execution_time_seconds": t} for t in times["b"]])
        self.assertEqual(self.verdicts(a, b), ["slower"])
        self.assertEqual(self.compare(self.put("c.json", lab[0]), b)["rows"][0]["a_samples"], 1)
        google = self.put("g.json", made_results.google(["BM_x"], lambda name, i: 100 + i / 10))
        half = self.put("h.json", made_results.google(["BM_x"], lambda name, i: 50 + i / 10))
        self.assertEqual(self.verdicts(google, half), ["faster"])

    def test_usage(self):
        for files in ([], ["a.json"], ["a.json", "b.json", "c.json"]):
            self.assert_refused(2, ["compare", *files], "compare", "two result files")


if __name__ == "__main__":
    cli.main()
