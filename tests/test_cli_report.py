"""`accelbench report`: what it says of result files with known answers, in all its forms."""

import csv
import html.parser
import io
import json
import os
import re
import signal

import cli
import made_results
from cli import CliTest

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class ReportTest(CliTest):
    def put(self, name, document):
        return self.write(name, json.dumps(document))

    def report(self, *args):
        return self.measure("report", *args).text

    def assert_fits(self, text, columns=80):
        for line in text.splitlines():
            self.assertLess(len(line), columns, line)


class Console(ReportTest):
    def test_the_verdict_comes_first(self):
        text = self.report(self.put("a.json", made_results.sweep(("serial", "openmp"))))
        first = " ".join(text.split("\n\n")[0].split())
        self.assertEqual(
            first,
            "On this machine openmp is 1.9 x as fast as serial for matrix_sum, i32 (256 MB), "
            "and ahead from 256 KB on.",
        )
        self.assert_fits(text)

    def test_the_verdict_ends(self):
        kernels = ("matrix_sum", "traversal", "word_count", "later")
        document = made_results.sweep(("serial", "openmp"), made_results.SIZES[:2], kernels)
        first = " ".join(self.report(self.put("a.json", document)).split("\n\n")[0].split())
        self.assertEqual((first.count("openmp is"), first.endswith("; 1 more below.")), (3, True))

    def test_a_device_is_held_against_the_best_cpu_backend(self):
        text = self.report(self.put("a.json", made_results.sweep()))
        self.assertIn("cuda is 1.3 x as fast as openmp", " ".join(text.split()))

    def test_pageable_transfers_come_second(self):
        document = made_results.sweep(("serial", "cuda"))
        for row in [row for row in document["benchmarks"] if "cuda" in row["name"]]:
            other = json.loads(json.dumps(row))  # even where it is faster, by luck
            other["name"] = other["run_name"] = row["name"].replace("_cuda", ".pageable_cuda")
            other["accelbench"]["transfer"] = "pageable"
            other["real_time"] *= 0.99
            document["benchmarks"].append(other)
        text = self.report(self.put("a.json", document), "--html", "page.html")
        self.assertIn("On this machine cuda is", " ".join(text.split()))
        self.assertEqual((text.count("cuda pageable"), text.count("kernel only")), (2, 1))
        page = self.read("page.html").decode("utf-8")
        self.assertNotIn('aria-label="cuda pageable, kernel only', page)  # not drawn twice
        self.assertEqual(page.count("cuda pageable, kernel only</th>"), len(made_results.SIZES))

    def test_a_slower_contender_is_not_praised(self):
        document = made_results.single(("serial", "openmp"), size=64_000)
        text = " ".join(self.report(self.put("a.json", document)).split())
        self.assertIn("serial is the fastest for matrix_sum, i32 at 9.7", text)

    def test_equal_times_are_called_equal(self):
        document = made_results.single(("serial", "openmp"))
        fast = {row["accelbench"]["round"]: row for row in document["benchmarks"]
                if row["accelbench"]["backend"] == "serial"}
        for row in document["benchmarks"]:
            same = fast[row["accelbench"]["round"]]
            row["real_time"] = same["real_time"] * 0.9999
            row["accelbench"]["turns_ns"] = [t * 0.9999 for t in same["accelbench"]["turns_ns"]]
        text = " ".join(self.report(self.put("a.json", document)).split())
        self.assertIn("openmp and serial are equally fast", text)

    def test_the_table_has_speed_and_speed_up(self):
        text = self.report(self.put("a.json", made_results.sweep(("serial", "openmp"))))
        row = next(line for line in text.splitlines() if line.strip().startswith("256 MB"))
        self.assertEqual(row.split(), ["256", "MB", "10.0", "-", "19.2", "1.92", "x"])

    def test_a_small_speed_up_keeps_its_digits(self):
        document = made_results.sweep(("serial", "openmp"))
        for row in document["benchmarks"]:
            if row["accelbench"]["backend"] == "openmp":
                row["real_time"] *= 1000
                row["accelbench"]["turns_ns"] = [t * 1000 for t in row["accelbench"]["turns_ns"]]
        text = self.report(self.put("a.json", document))
        row = next(line for line in text.splitlines() if line.strip().startswith("256 MB"))
        self.assertEqual(row.split()[-2:], ["0.0019", "x"])

    def test_break_even_limits_warnings_and_origin_are_said(self):
        text = " ".join(self.report(self.put("a.json", made_results.sweep())).split())
        for words in ("openmp beats serial from 183 KB on.", "openmp 80 %", "Example CPU 9000",
                      "cuda was not measured: no driver here", "seed 42",
                      "the clock of the CPU changes. Remedy: fix it"):
            self.assertIn(words, text)

    def test_files_of_one_machine_make_one_table(self):
        left = self.put("a.json", made_results.sweep(("serial", "openmp"), made_results.SIZES[:3]))
        right = self.put("b.json", made_results.sweep(("serial", "openmp"), made_results.SIZES[3:]))
        self.assertEqual(self.report(left, right).count("size  "), 1)

    def test_files_of_two_machines_are_told_apart(self):
        other = made_results.sweep(("serial", "openmp"))
        other["context"]["host_name"] = "lab-2"
        text = self.report(self.put("a.json", made_results.sweep(("serial", "openmp"))),
                           self.put("b.json", other))
        self.assertIn("serial on lab-1", text)
        self.assertIn("openmp on lab-2", text)
        self.assertEqual(re.findall(r"On lab-\d: openmp beats serial from 183 KB on", text),
                         [f"On lab-{number}: openmp beats serial from 183 KB on" for number in (1, 2)])

    def test_shapes_of_one_size_are_told_apart(self):
        wide = made_results.single()
        tall = made_results.single(factor=1.5)
        for row in tall["benchmarks"]:
            row["name"] = row["run_name"] = row["name"].replace("/1000000/100/", "/100/1000000/")
            if row["accelbench"]["backend"] == "openmp":
                row["real_time"] *= 4
                row["accelbench"]["turns_ns"] = [t * 4 for t in row["accelbench"]["turns_ns"]]
        both = dict(wide, benchmarks=wide["benchmarks"] + tall["benchmarks"])
        for names in ([self.put("both.json", both)],
                      [self.put("wide.json", wide), self.put("tall.json", tall)]):
            text = self.report(*names, "--html", "page.html")
            page = self.read("page.html").decode("utf-8")
            for shape, ratio in (("1000000 x 100", "1.92 x"), ("100 x 1000000", "0.48 x")):
                _, after = text.split(f"\n  matrix_sum, i32, {shape}\n")
                row = next(line for line in after.splitlines() if line.startswith("  openmp "))
                self.assertIn(ratio, row)
                self.assertIn(f"matrix_sum, i32, {shape}", page)

    def test_another_shape_leaves_a_sweep_whole(self):
        sweep = made_results.sweep(("serial", "openmp"))
        tall = made_results.single(size=1_000_000)
        for row in tall["benchmarks"]:
            row["name"] = row["run_name"] = row["name"].replace("/2500/100/", "/1/250000/")
        names = [self.put("sweep.json", sweep), self.put("tall.json", tall)]
        for both in names, names[::-1]:
            text = self.report(*both)
            _, table = text.split("\n  matrix_sum, i32\n")
            self.assertEqual(len(re.findall(r"^ +[0-9.]+ [KMG]?B  ", table, re.MULTILINE)),
                             len(made_results.SIZES))
            _, table = text.split("\n  matrix_sum, i32, 1 x 250000\n")
            self.assertIn("vs serial", table)

    def test_orders_of_a_traversal(self):
        """What the order does is said, though each is measured in a run of its own."""
        names = []
        for order, factor in (("row", 1.0), ("column", 12.5), ("tiled", 1.0)):
            document = made_results.single(kernels=("traversal",), factor=factor)
            for row in document["benchmarks"]:
                own = row["accelbench"]
                row["accelbench"] = {"kernel": own.pop("kernel"), "order": order, **own}
                row["name"] = row["run_name"] = row["name"].replace("_", f".{order}_", 1)
            names.append(self.put(f"{order}.json", document))
        text = " ".join(self.report(*names, "--html", "p.html").split())
        self.assertRegex(text, r"; row is 12\.[45] x as fast as column on openmp for traversal \(")
        self.assertRegex(text, r" row is 12\.[45] x as fast as column on serial \(12\.[345] to "
                               r"12\.[567]\); row is 12\.[45] x as fast as column on openmp \(")
        self.assertRegex(text, "row and tiled are equally fast on serial|"
                               "tiled and row are equally fast on serial")
        self.assertIn("<li>row is 12", self.read("p.html").decode("utf-8"))
        self.assertNotIn(" on serial (", self.report(names[1]))

    def test_limits_are_those_that_the_run_said(self):
        """Rows have them by rounds; the summaries, by all turns, and none of small inputs."""
        document = made_results.single()
        for limit, words in ((None, "-"), (0.004, "0.4 %"), (0.5, "50 %"), (1.2, ">100 %")):
            document["accelbench"]["summaries"] = [
                {"name": made_results.name_of(backend), "limit_fraction": limit}
                for backend in ("serial", "openmp")]
            text = self.report(self.put("a.json", document), "--html", "page.html")
            line = next(line for line in text.splitlines() if line.startswith("  openmp "))
            self.assertIn(f" {words} ", line)
            self.assertNotIn("80 %", text)
            page = self.read("page.html").decode("utf-8")
            self.assertIn(f"<td>{words.replace('>', '&gt;')}</td>", page)

    def test_nothing_to_compare_with(self):
        name = self.put("a.json", made_results.single())
        text = self.report(name, "--baseline", "none", "--format", "markdown", "--html", "p.html")
        page = self.read("p.html").decode("utf-8")
        for words in ("none", "against", "verdict"):
            self.assertNotIn(words, text)
        self.assertNotIn("over none", page)
        header, rule, *rows = [line for line in text.splitlines() if line.startswith("|")]
        self.assertEqual({line.count("|") for line in (header, rule, *rows)}, {7})

    def test_lines_are_named_after_a_file_that_has_them(self):
        simple = made_results.single()
        for row in simple["benchmarks"]:
            row["name"] = row["run_name"] = row["name"].replace("_sum_", "_sum.simple_")
            row["accelbench"]["technique"] = "simple"
        names = [self.put("simple.json", simple), self.put("a.json", made_results.single()),
                 self.put("b.json", made_results.single(factor=1.1))]
        expected = {f"{backend}{technique} on {file}" for backend in ("serial", "openmp")
                    for technique, file in (("", "a.json"), ("", "b.json"),
                                            (" simple", "simple.json"))}
        for order in (names, names[::-1], names[1:] + names[:1]):
            text = self.report(*order, "--format", "markdown", "--html", "page.html")
            self.assertEqual(set(re.findall(r"\w+(?: simple)? on [\w.]+json", text)), expected)
            page = self.read("page.html").decode("utf-8")
            self.assertEqual(set(re.findall(r'data-switch="([^"]*)"', page)), expected)

    def test_long_names_stay_whole(self):
        for make in (made_results.single, made_results.sweep):
            files = []
            for number in (1, 2):
                document = make(("serial", "openmp"))
                document["context"]["host_name"] = f"gpu-node-000{number}"
                files.append(self.put(f"{number}.json", document))
            text = self.report(*files)
            self.assert_fits(text)
            table = re.split("serial on gpu-node-0001 80 %|On gpu", text.split("matrix_sum, i32\n")[1])[0]
            for host in ("gpu-node-0001", "gpu-node-0002"):
                self.assertEqual(table.count(host), 2)
        foreign = made_results.google(["BM_" + "x" * 100 + letter for letter in "ab"])
        table = "".join(self.report(self.put("g.json", foreign)).split("g.json\n")[1].split())
        for letter in "ab":
            self.assertIn("BM_" + "x" * 100 + letter, table)

    def test_charts_tell_long_names_apart(self):
        for make, names in ((made_results.single, r'data-line="[^"]*"><text[^>]*>([^<]*)<'),
                            (made_results.sweep, r'<text class="name[^>]*>([^<]*)<')):
            for where in ("gpu-node-000{}", "{}-in-the-rack-at-the-window",
                          "a-name-that-is-longer-than-any-chart-has-room-for-by-far-and-more-{}"):
                files = []
                for number in (1, 2):
                    document = make(("serial", "openmp", "cuda"))
                    document["context"]["host_name"] = where.format(number)
                    files.append(self.put(f"{number}.json", document))
                self.report(*files, "--html", "page.html")
                charts = self.read("page.html").decode("utf-8").split("<svg id=")[1:4]
                for chart, lines in zip(charts, (8, 8, 4)):
                    found = re.findall(names, chart)
                    self.assertEqual((len(found), len(set(found))), (lines, lines), found)

    def test_files_of_the_same_name_are_named_with_their_folders(self):
        os.mkdir(self.path("old"))
        text = self.report(self.put("a.json", made_results.single()),
                           self.put("old/a.json", made_results.single(factor=1.1)))
        self.assertIn("serial on old/a.json", text)
        self.assertIn("serial on a.json", text)

    def test_real_results_are_read(self):
        self.measure("matrix_sum", "--backend", "serial", "--rows", "40", "--cols", "50",
                     "--rounds", "2", "--min-time", "0.0001", "--out", "own.json")
        text = self.report("own.json")
        self.assertIn("serial does matrix_sum, i32 at", text)
        self.assert_fits(text)

    def test_comparisons_are_those_of_the_run_itself(self):
        self.measure("matrix_sum", "--backend", ",".join(cli.CPU_BACKENDS), "--rows", "40",
                     "--cols", "50", "--rounds", "20", "--min-time", "0.0001", "--out", "own.json")
        with open(self.path("own.json"), encoding="utf-8") as file:
            expected = json.load(file)["accelbench"]["comparisons"]
        rows = {row["name"]: row for row in
                csv.DictReader(io.StringIO(self.report("own.json", "--format", "csv")))}
        self.assertEqual(len(expected), 2)
        for comparison in expected:
            row = rows[comparison["contender"]]
            self.assertEqual(row["best_cpu"], comparison["baseline"])
            self.assertEqual(row["verdict_best_cpu"], comparison["verdict"])
            for key, value in (("", comparison["ratio"]), ("_low", comparison["ci"][0]),
                               ("_high", comparison["ci"][1])):
                self.assertAlmostEqual(float(row["speedup_best_cpu" + key]) / value, 1, places=9)

    def kill(self, mark, marks, *args, meanwhile=None):
        """Starts a run, kills it when its journal has so many marks, and returns that."""
        process = self.start(*args, "--backend", "serial,openmp", "--min-time", "0.0001", "--out",
                             "k.json")
        name = self.path("k.json.journal")

        def is_there():
            if os.path.exists(name) and self.read(name).count(mark) >= marks:
                return True
            if meanwhile is not None:
                meanwhile(process)
            return False

        cli.wait_until(is_there, mark)
        os.kill(process.pid, signal.SIGKILL)
        self.finish(process)
        return self.read("k.json.journal").splitlines()

    def test_the_journal_of_a_killed_run_is_read(self):
        lines = self.kill(b"real_time", 60, "matrix_sum", *cli.SMALL[:4], "--rounds", "100000")
        serial = sum(b"_serial/" in line for line in lines if line.endswith(b"}"))
        text = self.report("k.json.journal", "--format", "csv")
        self.assertEqual({row["backend"]: abs(int(row["n"]) - serial) <= 1 for row in
                          csv.DictReader(io.StringIO(text))}, {"serial": True, "openmp": True})
        text = " ".join(self.report("k.json.journal", "--html", "page.html").split())
        self.assertIn("k.json.journal: the journal of a run that has not ended, host", text)
        self.assertNotIn("fewer than 12 rounds", text)
        self.assertIn(b"the journal of a run that has not ended", self.read("page.html"))
        self.write("b.json", json.dumps(made_results.single()))
        self.measure("matrix_sum", *cli.SMALL, "--backend", "serial", "--out", "b.json")
        text = self.measure("compare", "b.json", "k.json.journal").text
        self.assertIn("has not ended: this is its journal", text)

    def test_what_failed_before_a_run_was_killed_has_no_times(self):
        rows_wanted = [8]

        def kill_a_worker(process):
            """And the next one only when the journal goes on: some are nobody's whose loss it tells."""
            if not os.path.exists(self.path("k.json.journal")):
                return
            found = self.read("k.json.journal").count(b"real_time")
            for pid in cli.processes_of(process.pid).keys() - {process.pid}:
                if found < rows_wanted[0]:
                    break
                try:
                    os.kill(pid, signal.SIGKILL)
                    rows_wanted[0] = found + 1
                except ProcessLookupError:  # they come and go
                    pass

        lines = self.kill(b"error_occurred", 1, "matrix_sum", *cli.SMALL[:4], "--rounds", "100000",
                          meanwhile=kill_a_worker)
        failed = {json.loads(line)["run_name"] for line in lines if b"error_occurred" in line}
        self.assertTrue(any(json.loads(line).get("run_name") in failed for line in lines[1:9]))
        rows = csv.DictReader(io.StringIO(self.report("k.json.journal", "--format", "csv")))
        self.assertEqual({row["name"] for row in rows} & failed, set())
        self.assertIn("failed: the worker was killed", " ".join(self.report("k.json.journal").split()))

    def test_the_journal_of_a_killed_sweep_is_read(self):
        self.kill(b'"done"', 2, "sweep", "matrix_sum", "--sizes", "4Ki,16Ki,64Mi", "--rounds", "12")
        rows = csv.DictReader(io.StringIO(self.report("k.json.journal", "--format", "csv")))
        self.assertLessEqual({("serial", "4096"), ("openmp", "4096"), ("serial", "16384"),
                              ("openmp", "16384")},
                             {(row["backend"], row["input_bytes"]) for row in rows})
        self.assertIn("has not ended", " ".join(self.report("k.json.journal").split()))

    def test_a_baseline_may_be_chosen(self):
        name = self.put("a.json", made_results.sweep(("serial", "openmp")))
        text = self.report(name, "--baseline", "openmp")
        self.assertIn("how many times as fast as openmp", text)
        text = self.report(name, "--baseline", "none")
        self.assertNotIn(" x\n", text)
        self.assertNotIn("none", text)
        text = self.report(self.put("b.json", made_results.sweep(("openmp", "pthread"))))
        self.assertIn("how many times as fast as openmp", text)
        self.assert_refused(2, ["report", name, "--baseline", "cuda"], "--baseline", "cuda", "none")

    def test_a_file_is_named_once(self):
        name = self.put("a.json", made_results.single())
        self.assert_refused(2, ["report", name, "./" + name], f"./{name} is named twice")


class OtherForms(ReportTest):
    def test_csv_has_a_line_for_each_point_with_all_digits(self):
        document = made_results.sweep(("serial", "openmp"))
        text = self.report(self.put("a.json", document), "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(len(rows), 2 * len(made_results.SIZES))
        for row in rows:
            expected = sorted(r["real_time"] for r in document["benchmarks"]
                              if r["name"] == row["name"])
            middle = len(expected) // 2
            median = (expected[middle - 1] + expected[middle]) / 2
            self.assertAlmostEqual(float(row["median_ns"]) / median, 1, places=12)
        last = rows[-1]
        self.assertEqual((last["backend"], last["verdict"]), ("openmp", "faster"))
        self.assertAlmostEqual(float(last["speedup"]), 1.92, delta=0.02)

    def test_markdown_has_a_table_for_each_kernel(self):
        document = made_results.sweep(("serial", "openmp"), kernels=("matrix_sum", "traversal"))
        text = self.report(self.put("a.json", document), "--format", "markdown")
        self.assertTrue(text.startswith("# accelbench\n\n**On this machine "))
        self.assertEqual(len(re.findall(r"^\|---", text, re.M)), 2)
        for line in text.splitlines():
            if line.startswith("| "):
                self.assertEqual(line.count(" |"), 8, line)

    def test_the_page_has_all_numbers_without_a_script(self):
        name = self.put("a.json", made_results.sweep())
        self.report(name, "--html", "page.html")
        page = self.read("page.html").decode("utf-8")
        self.assertEqual(page.count("<tr><th"), 1 + 4 * len(made_results.SIZES))
        self.assertEqual(page.count("<svg id="), 4)  # speed, time, speed-up, phases of cuda
        self.assertIn("cuda beats serial from 497 KB", page)
        self.assertNotRegex(page, r"(?i)(href|src)\s*=\s*[\"']?(https?:|//)")

    def test_the_page_replaces_another_whole_or_not_at_all(self):
        name = self.put("a.json", made_results.single())
        self.write("page.html", "old")
        self.report(name, "--html", "page.html")
        self.assertIn(b"</html>", self.read("page.html"))
        os.mkdir(self.path("folder"))
        for page in ("no/such/folder.html", "folder"):
            args = ["report", name, "--html", page]
            self.assert_refused(1, args, f"cannot write {page}: ")
            self.assertNotIn("tmp-", self.run_program(*args).err)


class Foreign(ReportTest):
    def test_google_benchmark_and_the_lab(self):
        google = self.put("g.json", made_results.google(["BM_sort/1", "BM_sort/2"]))
        lab = self.put("lab.json", [{"name": "loop", "execution_time_seconds": 1.5}])
        text = self.report(google, lab, "--html", "page.html")
        self.assertIn("g.json has 2 benchmarks", text)
        self.assertRegex(text, r"loop +1\.50 s")

    def test_numbers_that_json_lacks(self):
        text = json.dumps(made_results.google(["a", "b"])).replace("100.0", "NaN", 1)
        self.assertIn("1 row without a name or a usable time left out",
                      " ".join(self.report(self.write("g.json", text)).split()))


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs


class Hostile(ReportTest):
    EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x1b[31m\u0085"

    def evil(self):
        """A sweep in which every text is an attempt."""
        document = made_results.sweep(("serial", "openmp"))
        document["context"]["host_name"] = self.EVIL
        document["context"]["accelbench"]["machine"]["cpu"] = self.EVIL
        document["context"]["accelbench"]["warnings"][0]["text"] = self.EVIL
        document["accelbench"]["break_even"][0].update(text=self.EVIL, contender=self.EVIL,
                                                       kernel=self.EVIL)
        for row in document["benchmarks"]:
            own = row["accelbench"]
            own["kernel"] = own["dtype"] = own["technique"] = self.EVIL
            if own["backend"] == "openmp":
                own["backend"] = self.EVIL
                row["name"] = row["run_name"] = row["name"].replace("openmp", self.EVIL)
        return self.put("evil.json", document)

    def test_nothing_of_a_name_becomes_code_in_the_page(self):
        self.report(self.evil(), "--html", "page.html")
        page = self.read("page.html").decode("utf-8")
        tags = Tags()
        tags.feed(page)
        self.assertEqual(tags.tags.count("script"), 1)
        self.assertNotIn("img", tags.tags)
        self.assertFalse([name for name, _ in tags.attributes if name.startswith("on")])
        self.assertIn("alert(1)", page)
        self.assertEqual((page.count("<script"), page.count("<img")), (1, 0))
        self.assertNotRegex(page, CONTROLS)

    def test_nothing_of_a_name_reaches_the_terminal(self):
        for form in ("console", "markdown", "csv"):
            text = self.report(self.evil(), "--format", form)
            self.assertNotRegex(text, CONTROLS, form)
            if form == "markdown":
                self.assertNotIn("<script", text)

    def test_the_page_allows_its_own_script_only(self):
        self.report(self.put("a.json", made_results.single()), "--html", "page.html")
        page = self.read("page.html").decode("utf-8")
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)

    def test_what_is_no_result_file_is_refused(self):
        whole = json.dumps(made_results.single())
        for data, mention in (("", "empty"), ("{", "line 1"), ("[]", "no results"),
                              (whole[: len(whole) // 2], "not JSON"), (b"\xff\xfe", "not JSON"),
                              ("[" * 100_000, "not JSON")):
            self.assert_refused(1, ["report", self.write("x.json", data), "--html", "page.html"],
                                "x.json", mention)
        self.assert_refused(1, ["report", "missing.json"], "missing.json")
        self.assert_refused(1, ["report", "."], ".")

    def test_too_large_is_refused_before_it_is_read(self):
        with open(self.path("huge.json"), "wb") as file:
            file.truncate(1 << 34)
        self.assert_refused(1, ["report", "huge.json"], "huge.json", "larger than 256 MiB")

    def test_too_many_series_are_refused(self):
        name = self.put("many.json", made_results.google([f"b{i}" for i in range(5001)], repetitions=1))
        self.assert_refused(1, ["report", name], "5001 series")


class Usage(ReportTest):
    def test_what_makes_no_sense_is_refused(self):
        name = self.put("a.json", made_results.single())
        for args, mentions in (
            (["report"], ["report", "FILE"]),
            (["report", name, "--format", "json"], ["--format", "markdown"]),
            (["report", name, "--html", name], ["--html", name]),
            (["report", name, "--fail-on", "slower:5%"], ["--fail-on", "compare"]),
            (["matrix_sum", "--format", "markdown"], ["markdown", "report"]),
            (["matrix_sum", "--html", "x"], ["--html", "report"]),
        ):
            self.assert_refused(2, args, *mentions)


if __name__ == "__main__":
    cli.main()
