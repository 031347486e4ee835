"""`accelbench compare`: verdicts on files with known differences, and the rule for CI."""

import csv
import io
import json
import os
import random

import cli
import made_results
from cli import CliTest, strict_json


class CompareTest(CliTest):
    def put(self, name, document):
        return self.write(name, json.dumps(document))

    def made(self, name, seed, factor=1.0, noise=0.002, **more):
        return self.put(name, made_results.single(factor=factor, noise=noise,
                                                  rng=random.Random(seed), **more))

    def broken(self, name, failures, **more):
        """Without the rows of some backends; those that have a message have an error row."""
        document = made_results.single(**more)
        document["benchmarks"] = [row for row in document["benchmarks"]
                                  if row["accelbench"]["backend"] not in failures]
        document["benchmarks"] += [{"name": made_results.name_of(backend), "error_occurred": True,
                                    "error_message": message}
                                   for backend, message in failures.items() if message is not None]
        return self.put(name, document)

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

    def test_rows_that_failed_or_are_missing_are_listed(self):
        names = made_results.name_of("serial"), made_results.name_of("openmp")
        result = self.compare(self.made("a.json", 1), self.broken("b.json", {"openmp": "it broke"}))
        self.assertEqual([row["name"] for row in result["rows"]], [names[0]])
        self.assertEqual(result["failed"], [
            {"name": names[1], "failure_in_a": None, "failure_in_b": "it broke"}])
        self.assertEqual((result["only_in_a"], result["only_in_b"]), ([], []))
        result = self.compare(self.made("a.json", 1), self.broken("b.json", {"openmp": None}))
        self.assertEqual(result["only_in_a"], [{"name": names[1], "failure": None}])
        self.assertEqual(result["failed"], [])
        result = self.compare(self.made("a.json", 1, backends=("serial",)),
                              self.broken("b.json", {"openmp": "it broke"}))
        self.assertEqual(result["only_in_b"], [{"name": names[1], "failure": "it broke"}])

    def test_all_forms_say_in_which_file_a_row_failed(self):
        files = self.made("a.json", 1), self.broken("b.json", {"openmp": "it broke"})
        name = made_results.name_of("openmp")
        text = self.measure("compare", *files).text
        self.assertIn(f"failed in B: {name}\n      it broke\n", text)
        self.assertNotIn("only in", text)
        text = self.measure("compare", *files, "--format", "markdown").text
        self.assertIn(f"- failed in B: {name.replace('_', chr(92) + '_')}: it broke", text)
        rows = csv.DictReader(io.StringIO(self.measure("compare", *files, "--format", "csv").text))
        self.assertEqual([row["verdict"] for row in rows if row["name"] == name], ["failed in B"])

    def test_nothing_in_common_is_an_error(self):
        self.assert_refused(1, ["compare", self.made("a.json", 1),
                                self.put("g.json", made_results.google(["BM"]))],
                            "a.json", "g.json", "in common", "is missing from g.json")
        self.assert_refused(1, ["compare", self.made("a.json", 1, backends=("openmp",)),
                                self.broken("b.json", {"openmp": "it broke"})],
                            made_results.name_of("openmp"), "failed in b.json: it broke")


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
            (lambda d: own(d).update(isa="portable"), ["instructions"]),
            (lambda d: own(d)["input"].update(files=["b.txt"]), []),
            (lambda d: own(d)["input"].update(digest="fff"), ["input"]),
            (lambda d: own(d).update(input={"files": [], "digest": None}), ["input"]),
            (lambda d: d["benchmarks"][-1]["accelbench"].update(workers=9), []),
            (lambda d: [row["accelbench"].update(workers=9) for row in d["benchmarks"]], ["workers"]),
            (lambda d: [own(d).pop("isa"), own(d).pop("input")], []),  # of before there were these
            (lambda d: [row["accelbench"].pop("workers") for row in d["benchmarks"]], []),
            (lambda d: d["benchmarks"].__delitem__(slice(0, 2)), ["rounds of a row"]),
        ):
            self.assertEqual(self.differences(change), what)

    def test_real_files_tell_what_was_measured(self):
        def measure(name, *args, **variables):
            self.measure(*args, "--rounds", "2", "--min-time", "0.0001", "--backend",
                         "serial,openmp", "--out", name, env=cli.environment(**variables))
            return name

        words = ["word_count", self.write("one.txt", "a b c d e")]
        a = measure("a.json", *words, ACCELBENCH_ISA="portable")
        self.write("copy.txt", "a b c d e")
        copy = measure("copy.json", "word_count", "copy.txt", ACCELBENCH_ISA="portable")
        other = measure("other.json", "word_count", self.write("two.txt", "a b c d f"), "--threads",
                        "1", ACCELBENCH_ISA=None)
        matrix = [measure("m.json", *cli.SMALL[:4], "matrix_sum"),
                  measure("f.json", "matrix_sum", self.write("m.txt", ("1 " * 50 + "\n") * 40))]
        find = lambda *files: {d["what"]: (d["a"], d["b"]) for d in self.compare(*files)["differences"]}
        self.assertEqual(find(a, copy), {})
        found = find(a, other)
        best = strict_json(self.read("other.json"))["context"]["accelbench"]["isa"]
        if best != "portable":  # the only instructions that some processors have
            self.assertEqual(found["instructions"], ("portable", best))
        self.assertRegex(found["input"][0], r"^one.txt \([0-9a-f]{16}\)$")
        self.assertIn("two.txt", found["input"][1])
        if len(os.sched_getaffinity(0)) > 1:
            self.assertEqual(found["workers"][1], "1 of openmp")
        self.assertEqual(find(*matrix)["input"][0], "generated")

    def test_the_console_warns(self):
        other = made_results.single()
        other["context"]["host_name"] = "lab-2\x1b[31m"
        text = self.measure("compare", self.put("a.json", made_results.single()),
                            self.put("b.json", other)).text
        self.assertIn("warning: A and B differ in more", text)
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
            lines = result.err.splitlines(keepends=True)
            self.assert_one_line(lines[-1], "--fail-on", rule, "2 of 2 rows")
            self.assertEqual([line.split(": ")[1] for line in lines[:-1]],
                             [made_results.name_of("serial"), made_results.name_of("openmp")])
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

    def test_what_is_not_resolved_meets_no_rule(self):
        a, b = self.made("a.json", 1, noise=0.01), self.made("b.json", 1, 1.012, noise=0.01)
        rows = self.compare(a, b)["rows"]
        self.assertEqual([(row["verdict"], row["ci"][1] < 1) for row in rows],
                         [("not resolved", True)] * 2)
        self.assertEqual(self.run_program("compare", a, b, "--fail-on", "slower:0%").status, 0)

    def assert_lost(self, b, *lines, status=1, **more):
        result = self.run_program("compare", self.made("a.json", 1, **more), b, "--fail-on", "slower:5%")
        self.assertEqual(result.status, status, result.err)
        for line in lines:
            self.assertIn(f"accelbench: {line}\n", result.err)
        return result.err

    def test_rows_that_failed_or_are_missing_fail(self):
        name = made_results.name_of("openmp")
        failed, missing = {"openmp": "wrong\x1b[31m result"}, {"openmp": None}
        self.assert_lost(self.broken("b.json", failed), f"{name}: failed in B: wrong\\x1b[31m result",
                         "--fail-on slower:5%: met by 0 of 1 rows, and 1 failed in B or is missing from it")
        self.assert_lost(self.broken("b.json", missing), f"{name}: missing from B")
        err = self.assert_lost(self.broken("b.json", missing, factor=1.1), f"{name}: missing from B")
        self.assertIn("met by 1 of 1 rows", err)
        self.assert_lost(self.broken("b.json", failed), f"{name}: failed in B: wrong\\x1b[31m result",
                         backends=("serial",))  # also one that A does not have
        extra = self.made("b.json", 1)
        self.assertEqual(self.assert_lost(extra, status=0, backends=("serial",)), "")

    def test_rows_with_too_few_rounds_are_named(self):
        names = made_results.name_of("serial"), made_results.name_of("openmp")
        few = self.made("few.json", 1, 2, rounds=1)
        line = "not judged: too few rounds for a verdict (A has 20, B 1)"
        self.assert_lost(few, f"{names[0]}: {line}", f"{names[1]}: {line}",
                         "--fail-on slower:5%: no row can be judged; measure again with more --rounds")
        mixed = made_results.single()
        mixed["benchmarks"] = [row for row in mixed["benchmarks"] if row["name"] == names[0]
                               or row["repetition_index"] < 1]
        self.assert_lost(self.put("mixed.json", mixed), f"{names[1]}: {line}", status=0)

    def test_a_rule_that_is_none_is_refused_before_anything_is_read(self):
        for rule in ("slower", "slower:", "slower:x", "slower:-5%", "slower:5%%", "5%",
                     "quicker:5%", "slower:nan", "slower:1e9", "slower: 5%", "slower:+5",
                     "slower:0x5%", "slower:1e-3%", "slower:.", "slower:5.5.5%"):
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
