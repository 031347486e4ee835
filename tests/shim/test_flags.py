"""The flags of a program of benchmarks, their environment variables, and what it writes where."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import unittest

import programs
from programs import rows, run

CASES, TABLE, DESCRIBED = "shim_cases", "shim_table", "shim_described"
QUICK = "--benchmark_filter=^quick/100/"


class Flags(programs.WithFolder):
    maxDiff = None

    def assert_refused(self, *arguments, mention):
        result = run(CASES, *arguments)
        self.assertEqual((result.status, result.out), (1, ""), arguments)
        self.assertEqual(result.err.count("\n"), 1, result.err)
        self.assertIn(mention, result.err)

    def test_wrong_values(self):
        for flag, value in (("min_time", "soon"), ("min_time", "0x"), ("min_time", "-1s"),
                            ("min_time", "1.5x"), ("min_time", ""), ("min_time", "nan"),
                            ("min_time", "9" * 30 + "x"), ("min_warmup_time", "1s"),
                            ("repetitions", "0"), ("repetitions", "many"), ("repetitions", "1e3"),
                            ("repetitions", "4294967297"), ("format", "xml"), ("format", ""),
                            ("out_format", "yaml"), ("color", ""), ("time_unit", "h"),
                            ("seed", "-1"), ("seed", "x"), ("context", "novalue"),
                            ("context", "a=b=c"), ("context", ""), ("perf_counters", "CYCLES")):
            flag = f"--benchmark_{flag}"
            self.assert_refused(f"{flag}={value}", QUICK, mention=f"{flag}: '{value}' must be")

    def test_unknown_arguments(self):
        for argument in ("--benchmark_fliter=x", "--benchmark_filter", "file", "--benchmark_out"):
            self.assert_refused(argument, mention=f"unrecognized command-line flag: {argument}")

    def test_messages_do_not_steer_the_terminal(self):
        for arguments, environment in (
                (["--\x1b[31m"], {}), (["--benchmark_format=\x1b[31m"], {}),
                (["--benchmark_filter=\x1b[[31m]"], {}), (["--benchmark_filter=(\x1b"], {}),
                (["--benchmark_context=\x1b=1,\x1b=2", QUICK], {}),
                ([QUICK], {"BENCHMARK_FORMAT": "\x1b[31m"})):
            result = run(CASES, *arguments, **environment)
            self.assertNotEqual(result.err, "")
            self.assertNotIn("\x1b", result.err + result.out)

    def test_wrong_expressions(self):
        for expression in ("(", "[a", "-(", "a{1", "*("):
            self.assert_refused(f"--benchmark_filter={expression}",
                                mention="is no regular expression")
            strict = run(CASES, f"--benchmark_filter={expression}", "--benchmark_strict")
            self.assertEqual((strict.status, strict.out), (0, ""))

    def test_nothing_matches(self):
        result = run(CASES, "--benchmark_filter=nothing", "--benchmark_format=json")
        self.assertEqual((result.status, result.rows), (0, []))
        self.assertEqual(result.err,
                         "Failed to match any benchmarks against regex: nothing\n")
        strict = run(CASES, "--benchmark_filter=nothing", "--benchmark_format=json",
                     "--benchmark_strict")
        self.assertEqual((strict.status, strict.out), (0, ""))

    def test_strict_flags(self):
        """Google Benchmark's statuses, wherever the flag stands; test_google.py has more of them."""
        for arguments in (["--benchmark_strict", "--benchmark_format=xml"],
                          ["--benchmark_format=xml", "--benchmark_strict"]):
            result = run(CASES, *arguments)
            self.assertEqual(result.status, 0)
            self.assertIn("--benchmark_filter=<regex>", result.out)
            self.assertIn("--benchmark_format: 'xml' must be console, json or csv", result.err)
        result = run(CASES, "--benchmark_repetitions=x", "--benchmark_strict")
        self.assertEqual((result.status, result.out), (1, ""))
        self.assertIn("unrecognized command-line flag: --benchmark_repetitions=x", result.err)
        # where it aborts, or guesses
        result = run(CASES, "--benchmark_min_time=soon", "--benchmark_strict")
        self.assertEqual((result.status, result.out), (1, ""))

    def test_help(self):
        result = run(CASES, "--help", "--benchmark_filter=x")
        self.assertEqual((result.status, result.err), (0, ""))
        for flag in ("list_tests", "filter", "min_time", "min_warmup_time", "repetitions", "dry_run",
                     "enable_random_interleaving", "seed", "report_aggregates_only",
                     "display_aggregates_only", "format", "out", "out_format", "color",
                     "counters_tabular", "perf_counters", "context", "time_unit", "strict"):
            self.assertIn(f"  --benchmark_{flag}", result.out)
        self.assertLessEqual(max(len(line) for line in result.out.splitlines()), 80)

    # ---- Lists and filters ----------------------------------------------------------------

    def names(self, *arguments, **environment):
        result = run(TABLE, "--benchmark_list_tests", *arguments, **environment)
        self.assertEqual(result.status, 0, result.err)
        return result.out.splitlines()

    def test_lists(self):
        printable = "--benchmark_filter=-^tab"
        plain = self.names(printable)
        self.assertFalse([name for name in plain if name.startswith("DISABLED_")])
        as_json = run(TABLE, "--benchmark_list_tests", "--benchmark_format=json", printable).json
        self.assertEqual(list(as_json), ["benchmarks"])
        self.assertEqual([list(row.values()) for row in as_json["benchmarks"]],
                         [[name] for name in plain])
        as_csv = run(TABLE, "--benchmark_list_tests", "--benchmark_format=csv", printable).out
        self.assertEqual(list(csv.reader(io.StringIO(as_csv))), [["name"]] + [[n] for n in plain])

    def test_filters(self):
        names = self.names()
        for expression, expected in (
                ("grüße", ["grüße €/iterations:4/manual_time"]),
                ("^linear", [name for name in names if name.startswith("linear")]),
                ("-^linear", [name for name in names if not name.startswith("linear")]),
                ("ranges/(1|16)/64", [name for name in names if name.startswith(
                    ("ranges/1/64/", "ranges/16/64/"))]),
                ("all", names), ("", names), ("n:[0-9]{2}/", [name for name in names if "n:16" in name
                                              or "n:32" in name or "n:64" in name])):
            self.assertEqual(self.names(f"--benchmark_filter={expression}"), expected)
            self.assertTrue(expected)

    def test_families_count_what_is_selected(self):
        found = rows(TABLE, "--benchmark_filter=^(plain|linear/(64|1000)|plane/first:3)")
        self.assertEqual([(row["family_index"], row["per_family_instance_index"]) for row in found],
                         [(0, 0), (1, 0), (1, 1), (2, 0)])

    # ---- Environment ----------------------------------------------------------------------

    def test_environment(self):
        """Every variable does what its flag does, and a flag counts more than a variable."""
        out = self.path("out")
        for name, value, filter, more in (
                ("list_tests", "true", "^quick", []), ("filter", "^slow", None, ["--benchmark_list_tests"]),
                ("min_time", "7x", "^grows/", []), ("min_warmup_time", "0.001", "^counts_calls", []),
                ("repetitions", "3", "^threaded/", []), ("dry_run", "1", "^(quick|grows/)", []),
                ("report_aggregates_only", "yes", "^quick", []),
                ("display_aggregates_only", "yes", "^quick", []), ("format", "csv", "^large", []),
                ("out", out, "^quick", []), ("out_format", "csv", "^quick", [f"--benchmark_out={out}"]),
                ("color", "true", "^quick", []), ("counters_tabular", "true", "^large", []),
                ("context", "a=1", "^quick", []), ("time_unit", "ms", "^quick", []),
                ("strict", "1", "^nonfinite", ["--benchmark_format=json"]),
                ("seed", "3", "^(quick|slow|large)", ["--benchmark_enable_random_interleaving"]),
                ("enable_random_interleaving", "1", "^(quick|slow|large)", ["--benchmark_seed=3"])):
            more = more + ([] if filter is None else [f"--benchmark_filter={filter}"])
            flag, variable = f"--benchmark_{name}={value}", {f"BENCHMARK_{name.upper()}": value}
            without, by_flag, by_variable = [
                self.what_is_left(out, *arguments, **environment) for arguments, environment in
                ((more, {}), ([*more, flag], {}), (more, variable))]
            self.assertNotEqual(without, by_flag, name)
            self.assertEqual(by_flag, by_variable, name)
        self.assertEqual(self.names("--benchmark_filter=^plane", BENCHMARK_FILTER="^plain"),
                         self.names("--benchmark_filter=^plane"))

    def what_is_left(self, out, *arguments, **environment):
        """Status, output, file and context, without what is measured."""
        if os.path.exists(out):
            os.remove(out)
        result = run(CASES, *arguments, **environment)
        texts = [result.out, "\n".join(line for line in result.err.splitlines() if ":" in line)]
        if os.path.exists(out):
            with open(out, encoding="utf-8") as file:
                texts.append(file.read())
        for i, text in enumerate(texts):
            text = re.sub(r'"(cpu_time|date|load_avg|mhz_per_cpu)":[^]\n]*(\s+[0-9.,]+)*', r"\1", text)
            text = re.sub(r"(?m)^(Load Average:|\d{4}-).*", "", text)
            text = re.sub(r"([0-9.]+ (?:ns|ms|%) ) *[0-9.]+ (?:ns|ms|%)", r"\1#", text)
            texts[i] = re.sub(r'(?m)^("[^"]*",[0-9]*,[^,]*),[^,]*', r"\1", text)
        return result.status, texts

    def test_environment_that_is_wrong(self):
        result = run(CASES, QUICK, BENCHMARK_REPETITIONS="x", BENCHMARK_FORMAT="json")
        self.assertEqual((result.status, len(result.rows)), (0, 13))
        self.assertIn("BENCHMARK_REPETITIONS: 'x' is not used", result.err)

    def test_the_variable_v(self):
        """Build scripts set V for themselves: it changes no result, whatever it is."""
        plain, wordy = (run(CASES, "--benchmark_filter=^grows/", "--benchmark_format=json", V=value)
                        for value in ("1", "2"))
        self.assertEqual((plain.err, len(plain.rows), len(wordy.rows)), ("", 1, 1))
        self.assertRegex(wordy.err, "grows/manual_time: [0-9]+ iterations in ")
        result = run(CASES, QUICK, "--benchmark_format=json", V="s")
        self.assertEqual((result.status, len(result.rows)), (0, 13))
        self.assertEqual(result.err, "environment variable V: 's' is not used, it must be a number\n")
        self.assertEqual(run(CASES, QUICK, "--v=0", V="2").err.count("iterations in"), 0)

    def test_truth(self):
        for value, listed in (("true", True), ("1", True), ("yes", True), ("2", True), ("", True),
                              ("0", False), ("false", False), ("No", False), ("OFF", False),
                              ("f", False), ("n", False), ("-", False)):
            out = run(CASES, QUICK, f"--benchmark_list_tests={value}").out
            self.assertEqual("Time" not in out, listed, value)

    # ---- How often and how long -----------------------------------------------------------

    def test_dry_run(self):
        result = run(CASES, "--benchmark_dry_run", "--benchmark_filter=^(grows|spins|quick|threaded/)",
                     "--benchmark_format=json", "--benchmark_repetitions=3")
        self.assertEqual(result.json["context"]["dry_run"], "true")
        self.assertGreaterEqual(len(result.rows), 6)
        self.assertEqual([row["iterations"] for row in result.rows],
                         [row["threads"] for row in result.rows])
        self.assertEqual({row["repetitions"] for row in result.rows}, {1})

    def test_exact_iterations(self):
        found = rows(CASES, "--benchmark_filter=^(grows|quick/100/)", "--benchmark_min_time=7x")
        self.assertEqual([row["iterations"] for row in found if row["run_type"] == "iteration"],
                         [4] * 9 + [7, 7])
        # of two, the last counts
        found = rows(CASES, "--benchmark_filter=^grows", "--benchmark_min_time=7x",
                     "--benchmark_min_time=0.0099s")
        self.assertEqual([row["iterations"] for row in found], [139, 139])

    def test_iterations_by_time(self):
        # an iteration takes 0.1 ms: 1, 10, 100, 1000 are short of 0.15 s, and 1000 is over a tenth
        # of it: 1.4 * 0.15 / 0.1 times as many are enough; so with 10 for 0.0099 s
        found = rows(CASES, "--benchmark_filter=^grows", "--benchmark_min_time=0.15s")
        self.assertEqual([row["iterations"] for row in found], [2100, 2100])
        found = rows(CASES, "--benchmark_filter=^grows", "--benchmark_min_time=0.0099")
        self.assertEqual([row["iterations"] for row in found], [139, 139])

    def test_a_waiting_benchmark_ends(self):
        by_cpu, by_clock = rows(CASES, "--benchmark_filter=^waits")
        # the CPU's clock never got there: five times as much on the other was enough
        self.assertLess(by_cpu["cpu_time"] * by_cpu["iterations"], 0.01e9)
        self.assertGreaterEqual(by_cpu["real_time"] * by_cpu["iterations"], 0.05e9 * 0.999)
        self.assertGreaterEqual(by_clock["real_time"] * by_clock["iterations"], 0.01e9 * 0.999)

    def test_seconds_are_reached(self):
        row, = rows(CASES, "--benchmark_filter=^spins")
        # of the CPU's clock, or five times as many on the other where the CPU is busy elsewhere
        self.assertTrue(row["cpu_time"] * row["iterations"] >= 0.01e9 * 0.999 or
                        row["real_time"] * row["iterations"] >= 0.05e9 * 0.999, row)
        self.assertGreaterEqual(row["real_time"], row["cpu_time"] * 0.5)

    # ---- Random order ---------------------------------------------------------------------

    def order(self, *arguments):
        result = run(CASES, "--benchmark_filter=^(quick|slow|threaded|large)",
                     "--benchmark_repetitions=2", "--benchmark_enable_random_interleaving",
                     "--benchmark_format=json", *arguments)
        self.assertEqual(result.status, 0, result.err)
        return [row["name"] for row in result.rows], result.json["context"]

    def test_random_interleaving(self):
        orders = [self.order(f"--benchmark_seed={seed}")[0] for seed in range(6)]
        self.assertGreater(len({tuple(order) for order in orders}), 1)
        self.assertEqual(len({tuple(sorted(order)) for order in orders}), 1)
        self.assertEqual(self.order("--benchmark_seed=3")[0], orders[3])
        order, context = self.order()
        seed = context["random_interleaving_seed"]
        self.assertEqual(self.order(f"--benchmark_seed={seed}")[0], order)
        self.assertNotIn("random_interleaving_seed", self.order("--benchmark_strict")[1])
        # a second run of one program follows the same seed, without a word
        result = run(DESCRIBED, "parts", "--benchmark_enable_random_interleaving")
        self.assertEqual((result.status, result.err.count("andom")), (0, 2))

    # ---- Where results go -----------------------------------------------------------------

    def test_files(self):
        for name in ("json", "csv", "console"):
            out = self.path(name)
            result = run(CASES, QUICK, f"--benchmark_out={out}", f"--benchmark_out_format={name}",
                         f"--benchmark_format={name}")
            self.assertEqual(result.status, 0, result.err)
            with open(out, encoding="utf-8") as file:
                content = file.read()
            if name == "json":
                ours, its = json.loads(result.out), json.loads(content)
                self.assertEqual(ours["benchmarks"], its["benchmarks"])
            elif name == "csv":
                self.assertEqual(content, result.out)
                self.assertTrue(content.startswith("name,iterations,"))
            else:
                self.assertTrue(content.endswith(result.out))
                self.assertIn("Run on (", content)

    def test_file_stays_where_nothing_is_run(self):
        out = self.path("out")
        for arguments in (["--benchmark_list_tests"], ["--benchmark_filter=("],
                          ["--benchmark_repetitions=x"], ["--unknown"]):
            with open(out, "w", encoding="utf-8") as file:
                file.write("yesterday's results")
            run(CASES, f"--benchmark_out={out}", *arguments)
            with open(out, encoding="utf-8") as file:
                self.assertEqual(file.read(), "yesterday's results", arguments)

    def test_strict_csv_file_has_a_preamble(self):
        out = self.path("strict.csv")
        run(CASES, QUICK, f"--benchmark_out={out}", "--benchmark_out_format=csv", "--benchmark_strict")
        with open(out, encoding="utf-8") as file:
            self.assertIn("Run on (", file.read())

    def test_files_that_cannot_be_written(self):
        for place in (self.path("missing/file"), self.folder):
            self.assert_refused(f"--benchmark_out={place}", QUICK, mention=f"cannot write '{place}'")

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        result = run(CASES, QUICK, "--benchmark_out=/dev/full")
        self.assertEqual(result.status, 1)
        self.assertIn("cannot write to /dev/full", result.err)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([*programs.runner, programs.program(CASES), QUICK], stdout=full,
                                  stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot write to standard output", done.stderr)

    def test_aggregates_only(self):
        out = self.path("file")
        for flag, on_screen, in_file in (("report", 4, 4), ("display", 4, 13), (None, 13, 13)):
            flags = [] if flag is None else [f"--benchmark_{flag}_aggregates_only"]
            shown = rows(CASES, QUICK, f"--benchmark_out={out}", *flags)
            with open(out, encoding="utf-8") as file:
                written = json.load(file)["benchmarks"]
            self.assertEqual((len(shown), len(written)), (on_screen, in_file), flag)
        # nothing to aggregate: the rows stay
        self.assertEqual(len(rows(CASES, "--benchmark_filter=^with_context",
                                  "--benchmark_report_aggregates_only")), 1)

    def test_context(self):
        result = run(CASES, QUICK, "--benchmark_format=json", "--benchmark_context=b=2,a=one",
                     "--benchmark_context=a=again,date=now")
        context = result.json["context"]
        self.assertEqual(list(context)[-2:], ["a", "b"])
        self.assertEqual((context["a"], context["b"]), ("one", "2"))
        self.assertIn("'a' is 'one' already", result.err)
        self.assertIn("'date' is a key of every context", result.err)
        fixed = [key for key in context if key in programs.CONTEXT_KEYS]
        self.assertEqual(fixed, [key for key in programs.CONTEXT_KEYS if key in context])
        self.assertRegex(context["date"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")

    # ---- Console --------------------------------------------------------------------------

    def test_color(self):
        for color, shown in (("true", True), ("false", False), ("auto", False), ("1", True)):
            out = run(CASES, QUICK, f"--benchmark_color={color}", TERM="xterm").out
            self.assertEqual("\033[0;32m" in out, shown, color)

    def test_color_of_a_terminal(self):
        if programs.runner:
            self.skipTest("an emulator may stand between the program and its terminal")
        for terminal, shown in (("xterm-256color", True), ("dumb", False)):
            ours, its = pty.openpty()
            with os.fdopen(ours, "rb", closefd=True) as reader:
                subprocess.run([programs.program(CASES), "--benchmark_filter=^fails/"], stdout=its,
                               stderr=subprocess.DEVNULL, timeout=60, check=False,
                               env=dict(os.environ, TERM=terminal))
                os.close(its)
                seen = b""
                try:
                    while chunk := reader.read1():
                        seen += chunk
                except OSError:  # its other end is closed: all is read
                    pass
            self.assertEqual(b"\033[0;31mERROR OCCURRED: 'broken'\033[m" in seen, shown, terminal)

    def test_tabular(self):
        out = run(CASES, "--benchmark_filter=^(replaced|large|threaded/)",
                  "--benchmark_counters_tabular").out.splitlines()
        headings = [line for line in out if line.startswith("Benchmark ")]
        self.assertEqual([heading.split()[4:] for heading in headings],
                         [["binary", "decimal", "huge", "negative", "small"], ["twice"],
                          ["average", "index", "items_per_second"]])
        for heading in headings:
            row = out[out.index(heading) + 2]
            self.assertEqual(len(row), len(heading), row)

    def test_counters_for_people(self):
        out = run(CASES, "--benchmark_filter=^large").out
        self.assertIn(" binary=3Mi decimal=2.5G huge=1e+40 negative=-1.5k small=25u\n", out)

    # ---- Many -----------------------------------------------------------------------------

    def test_ten_thousand(self):
        result = run(DESCRIBED, "many", "--benchmark_format=json")
        self.assertEqual([row["name"] for row in result.rows],
                         [f"many_{i:05}/iterations:1/manual_time" for i in range(10000)])
        self.assertEqual([row["family_index"] for row in result.rows], list(range(10000)))
        listed = run(DESCRIBED, "many", "--benchmark_list_tests", "--benchmark_filter=_0999[89]")
        self.assertEqual(len(listed.out.splitlines()), 2)


if __name__ == "__main__":
    programs.main()
