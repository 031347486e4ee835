"""Sweeps: what is measured and in which order, time that is kept, and sweeps that are cut off at any
point and gone on with."""

import json
import os
import re
import resource
import signal
import time

import cli
from cli import CliTest, environment, processes_of, strict_json, wait_until

SHORT = ["--rounds", "2", "--min-time", "0.0001"]
SERIAL = ["--backend", "serial", "--baseline", "none"]
THREE = ["sweep", "matrix_sum", "--sizes", "1Ki,4Ki,16Ki", *SHORT, *SERIAL]


class SweepTest(CliTest):
    def files(self):
        return sorted(os.listdir(self.folder))

    def series(self, document):
        """The names of what was measured, in order, each once."""
        return list(dict.fromkeys(row["run_name"] for row in document["benchmarks"]))

    def start_and_wait(self, args, marks, mark=b'"done"', **options):
        process = self.start(*args, "--out", "a.json", **options)

        def are_there():
            return os.path.exists(self.path("a.json.journal")) and (
                self.read("a.json.journal").count(mark) >= marks
            )

        wait_until(are_there, f"{marks} times {mark} in the journal")
        return process

    def kept_journal(self):
        """Of a sweep that has ended: under another name, it stays."""
        journal, kept = self.path("a.json.journal"), self.path("kept")
        while not os.path.exists(kept):
            process = self.start(*THREE, "--out", "a.json")
            wait_until(lambda: process.poll() is not None or os.path.exists(journal), "the journal")
            try:
                os.link(journal, kept)
            except FileNotFoundError:
                pass  # it was over: again
            self.finish(process)
            os.remove(self.path("a.json"))
        data = self.read("kept")
        os.remove(kept)
        return data

    def journal_of_a_killed_sweep(self, sizes=2):
        """So many of its three sizes are done."""
        journal = self.kept_journal()
        ends = [done.end() for done in re.finditer(rb'^\{"done".*\n', journal, re.MULTILINE)]
        self.assertEqual(len(ends), 3)
        return journal[: ends[sizes - 1]]


class Plan(SweepTest):
    def test_all_kernels(self):
        document = self.measure_json("sweep", "--sizes", "4Ki", *SHORT, *SERIAL)
        self.assertEqual(list(dict.fromkeys(row["accelbench"]["kernel"]
                                            for row in document["benchmarks"])),
                         [kernel["name"] for kernel in self.measure_json("list")["kernels"]])

    def test_several_kernels(self):
        document = self.measure_json("sweep", "matrix_sum", "traversal", "word_count", "--sizes",
                                     "16Ki,1k,4096", *SHORT, *SERIAL)
        self.assertEqual(
            self.series(document),
            [
                f"{kernel}_serial/{size}/real_time"
                for kernel in ("matrix_sum", "traversal", "word_count")
                for size in (
                    ("1000", "4096", "16384") if kernel == "word_count" else ("15/15", "32/32", "64/64")
                )
            ],
        )
        families = [row["family_index"] for row in document["benchmarks"]]
        self.assertEqual(sorted(set(families)), list(range(9)))
        self.assertEqual(families, sorted(families))
        findings = document["accelbench"]
        self.assertEqual(list(findings), ["summaries", "comparisons", "break_even", "limits"])
        self.assertEqual(len(findings["summaries"]), 9)
        self.assertEqual([limit["backend"] for limit in findings["limits"]], ["serial"] * 9)
        last = findings["summaries"][-1]
        for key, value in {
            "kernel": "word_count",
            "backend": "serial",
            "technique": "tuned",
            "phase": "e2e",
            "transfer": None,
            "input_bytes": 16384,
            "sizes": [16384],
            "labels": {"task": "frequency", "rule": "unicode"},
        }.items():
            self.assertEqual(last[key], value)
        self.assertEqual(last["phases_ns"]["e2e"], last["median_ns"])
        self.assertIsNone(last["phases_ns"]["h2d"])
        self.assertGreater(last["limit_bytes_per_second"], 0)
        plan = document["context"]["accelbench"]["sweep"]
        self.assertEqual(plan["sizes"], [1000, 4096, 16384])
        self.assertEqual((plan["complete"], plan["missing"]), (True, []))

    def test_same_numbers_in_every_format(self):
        result = self.measure(*THREE, "--format", "csv", "--out", "a.json", "--html", "a.html")
        rows = [line for line in result.text.splitlines() if line.startswith('"matrix_sum')]
        document = strict_json(self.read("a.json"))
        self.assertEqual(len(rows), len(document["benchmarks"]))
        self.assertEqual(self.files(), ["a.html", "a.json"])
        self.assertTrue(self.read("a.html").lower().startswith(b"<!doctype html"))

    def test_console(self):
        result = self.measure(*THREE[:2], *THREE[2:6], "--backend", "serial,pthread")
        for line in result.text.splitlines():
            self.assertLessEqual(len(line), 80)
        self.assertIn("matrix_sum", result.text)
        self.assertIn("pthread", result.text)

    def test_a_baseline_may_be_chosen(self):
        for baseline in (["serial"], ["pthread", "--baseline", "pthread"]):
            result = self.measure(
                "sweep", "matrix_sum", "--sizes", "1Ki,4Ki", *SHORT, "--backend", "serial,pthread",
                *baseline[1:], "--html", "a.html",
            )
            self.assertIn(f"how many times as fast as {baseline[0]} ", result.text)
            self.assertIn(f"speed-up over {baseline[0]}<".encode(), self.read("a.html"))

    def test_options_of_kernels(self):
        document = self.measure_json(
            "sweep", "word_count", "matrix_sum", "--sizes", "1Ki,4Ki", "--dtype", "f32",
            "--task", "total", *SHORT, *SERIAL,
        )
        self.assertEqual(
            self.series(document),
            [f"word_count.total_serial/{size}/real_time" for size in (1024, 4096)]
            + [f"matrix_sum.f32_serial/{size}/{size}/real_time" for size in (16, 32)],
        )

    def test_threads_against_serial(self):
        document = self.measure_json(
            "sweep", "matrix_sum", "--sizes", "1Ki,64Ki", "--rounds", "8", "--min-time", "0.0001",
            "--backend", "serial,pthread",
        )
        (found,) = document["accelbench"]["break_even"]
        self.assertEqual(
            (found["kernel"], found["contender"], found["baseline"], found["kind"]),
            ("matrix_sum", "pthread", "serial", "threads"),
        )
        self.assertEqual(found["measured_bytes"], [1024, 65536])
        self.assertIn(found["status"], ("wins_from", "wins_always", "never", "mixed"))
        self.assertIn("pthread", found["text"])
        if found["bytes"] is not None:
            self.assertTrue(1024 <= found["bytes"] <= 65536)

    def test_device(self):
        if "opencl" not in self.available():
            self.skipTest("no OpenCL device")
        document = self.measure_json(
            "sweep", "matrix_sum", "--sizes", "4Ki,64Ki", *SHORT, "--backend", "serial,opencl"
        )
        self.assertEqual(
            [name for name in self.series(document) if "/32/32/" in name],
            [
                f"matrix_sum{part}/32/32/real_time"
                for part in ("_serial", "_opencl", ".kernel_opencl", ".pageable_opencl",
                             ".kernel.pageable_opencl")
            ],
        )
        found = document["accelbench"]["break_even"]
        self.assertEqual([one["kind"] for one in found],
                         ["end_to_end_pinned", "resident", "end_to_end_pageable"])
        self.assertEqual({one["contender"] for one in found}, {"opencl"})
        document = self.measure_json(
            "sweep", "matrix_sum", "--sizes", "4Ki,64Ki", *SHORT, "--backend", "serial,opencl",
            "--transfer", "pageable",
        )
        self.assertEqual([one["kind"] for one in document["accelbench"]["break_even"]],
                         ["end_to_end_pageable", "resident"])

    def test_refusals(self):
        for args, mentions in [
            (["--sizes", ""], ["--sizes"]),
            (["--sizes", "4Ki,"], ["--sizes"]),
            (["--sizes", ",4Ki"], ["--sizes"]),
            (["--sizes", "4Ki,x"], ["--sizes", "x"]),
            (["--sizes", "4Ki;8Ki"], ["--sizes"]),
            (["--sizes", "0"], ["--sizes"]),
            (["--sizes", "3,4Ki", "matrix_sum"], ["--size", "at least 4"]),
            (["--sizes", "-1"], ["--sizes"]),
            (["--sizes", "1.5k"], ["--sizes"]),
            (["--sizes", "99999999999G"], ["--sizes"]),
            (["--sizes", "4Ki,4096"], ["--sizes", "4096", "twice"]),
            (["--sizes", "5000,5001", "matrix_sum"], ["5000", "5001", "same input"]),
            (["--sizes", ",".join(str(n) for n in range(1, 300))], ["--sizes", "256"]),
            (["--size", "4Ki"], ["--size", "--sizes"]),
            (["--rows", "3"], ["--rows", "--sizes"]),
            (["--dtype", "i32", "word_count"], ["--dtype"]),
            (["--dtype", "i16"], ["--dtype", "i16"]),
            (["--input", "a.txt"], ["a.txt"]),
            (["--result"], ["--result"]),
            (["--resume"], ["--resume", "--out"]),
            (["matrix_sum", "matrix_sum"], ["matrix_sum", "twice"]),
            (["matrix_mul"], ["matrix_mul"]),
            (["--format", "xml"], ["--format"]),
            (["--out", "a", "--html", "a"], ["--html", "--out"]),
        ]:
            self.assert_refused(2, ["sweep", *args], *mentions,
                                env=environment(ACCELBENCH_MEMORY_LIMIT="1Mi"))
        for option in (["--sizes", "4Ki"], ["--quick"], ["--resume"], ["--html", "a"]):
            self.assert_refused(2, ["matrix_sum", *option], option[0], "sweep")

    def test_page_that_cannot_be_written(self):
        """Said at once, and not after minutes of measuring."""
        os.mkdir(self.path("folder"))
        for page in ("no/such/page.html", "folder"):
            self.assert_refused(1, ["sweep", "--html", page, "--out", "a.json"], page)
        self.assertEqual(os.listdir(self.folder), ["folder"])

    def test_backend_that_is_not_there(self):
        missing = [name for name in ("cuda", "opencl") if name not in self.available()]
        if not missing:
            self.skipTest("every backend is available")
        self.assert_refused(3, ["sweep", "--sizes", "4Ki", "--backend", missing[0], "--out", "a"],
                            missing[0])

    def test_size_that_memory_does_not_hold(self):
        """Costs what is too large, and nothing else."""
        result = self.run_program(
            "sweep", "matrix_sum", "--sizes", "4Ki,1Gi", *SHORT, *SERIAL, "--format", "json",
            env=environment(ACCELBENCH_MEMORY_LIMIT="64Mi"),
        )
        self.assertEqual(result.status, 1)
        self.assertIn("matrix_sum of 1.1 GB", result.err)
        self.assertIn("available", result.err)
        self.assertEqual(self.series(result.json), ["matrix_sum_serial/32/32/real_time"])
        (missing,) = result.json["context"]["accelbench"]["sweep"]["missing"]
        self.assertIn("available", missing["reason"])

    def test_size_that_neither_memory_nor_time_holds(self):
        """More time would not help, and nobody is told so."""
        result = self.run_program("sweep", "matrix_sum", "--sizes", "4Ki,4000G", "--rounds", "2", *SERIAL,
                                  "--budget", "5", "--out", "b.json")
        self.assertEqual(result.status, 1)
        self.assertIn("available", result.err)
        self.assertNotIn("--resume", result.text)


class Time(SweepTest):
    def test_budget(self):
        """What is not reached is named; it is the large sizes."""
        result = self.measure(
            "sweep", "matrix_sum", "word_count", "--sizes", "4Ki,64Ki,1Mi,16Mi,64Mi",
            "--backend", "serial,pthread", "--budget", "3", "--out", "a.json",
        )
        plan = strict_json(self.read("a.json"))["context"]["accelbench"]["sweep"]
        if plan["missing"]:
            self.assertIn("Not measured:", result.text)
            self.assertIn("--resume", result.text)
            self.assertEqual(self.files(), ["a.json", "a.json.journal"])
            self.assertFalse(plan["complete"])
            measured = 10 - len(plan["missing"])
            self.assertGreaterEqual(measured, 1)
            for missing in plan["missing"]:
                self.assertGreater(missing["bytes"], 4096)
                self.assertIn("--budget", missing["reason"])

    def test_quick(self):
        document = self.measure_json("sweep", "--quick", "--budget", "3", "matrix_sum", *SERIAL)
        plan = document["context"]["accelbench"]["sweep"]
        self.assertTrue(plan["quick"])
        self.assertEqual(plan["sizes"][0], 4096)
        self.assertLessEqual(len(plan["sizes"]), 6)
        for summary in document["accelbench"]["summaries"]:
            self.assertLessEqual(summary["n"], 12)

    def test_standing_still(self):
        """Samples that a stop fell into are measured again, and the results say so."""
        process = self.start_and_wait(
            ["sweep", "matrix_sum", "--sizes", "4Ki", "--rounds", "60", "--min-time", "0.1",
             *SERIAL, "--format", "json"],
            1, b'"real_time"',
        )
        stop_s = 1.3
        for _ in range(3):  # some of these fall into a sample, not between two
            os.killpg(process.pid, signal.SIGSTOP)
            time.sleep(stop_s)
            os.killpg(process.pid, signal.SIGCONT)
            time.sleep(0.27)
        result = self.finish(process)
        self.assertEqual((result.status, result.err), (0, ""))
        codes = [w["code"] for w in result.json["context"]["accelbench"]["warnings"]]
        self.assertIn("stalled", codes)
        for row in result.json["benchmarks"]:
            if row["run_type"] == "iteration":
                self.assertLess(row["real_time"] * row["iterations"], 1e9 * stop_s)


class CutOff(SweepTest):
    def resume(self, *more):
        return self.run_program(*THREE, "--out", "a.json", "--format", "json", "--resume", *more)

    def assert_whole(self, result, journal):
        """As if never interrupted, with the rows of finished sizes as the journal has them."""
        self.assertEqual((result.status, result.err), (0, ""))
        self.assertEqual(self.files(), ["a.json"])
        self.assertEqual(self.read("a.json"), result.out)
        self.assertEqual(
            self.series(result.json),
            [f"matrix_sum_serial/{size}/{size}/real_time" for size in (16, 32, 64)],
        )
        rows = [row for row in result.json["benchmarks"] if row["run_type"] == "iteration"]
        self.assertEqual(len(rows), 6)
        self.assertEqual([s["n"] for s in result.json["accelbench"]["summaries"]], [2, 2, 2])
        self.assertEqual([row["family_index"] for row in rows], [0, 0, 1, 1, 2, 2])
        cells, cell = [], []
        for line in journal.split(b"\n")[1:-1]:
            one = json.loads(line)
            if "cell" in one:
                cell = []
            elif "done" in one:
                cells.append(cell)
            else:
                cell.append(one)
        kept = [row for cell in cells for row in cell]
        for row, now in zip(kept, rows):
            for key in ("run_name", "real_time", "cpu_time", "iterations"):
                self.assertEqual(row[key], now[key])
            for key in ("phases_ns", "turns_ns", "verify", "device", "workers", "round"):
                self.assertEqual(row["accelbench"][key], now["accelbench"][key])

    def test_at_every_point(self):
        """Where the journal ends does not matter, even within a line."""
        journal = self.journal_of_a_killed_sweep()
        ends = [i + 1 for i, byte in enumerate(journal) if byte == 10]
        points = [(ends[i] + ends[i + 1]) // 2 for i in range(0, len(ends) - 1, 2)]
        for point in [*ends, *points, len(journal)]:
            with self.subTest(point=point):
                self.write("a.json.journal", journal[:point])
                result = self.resume()
                self.assert_whole(result, journal[: journal[:point].rfind(b"\n") + 1])
                os.remove(self.path("a.json"))

    def test_damaged_last_line(self):
        journal = self.journal_of_a_killed_sweep()
        last = journal.rstrip(b"\n").rfind(b"\n") + 1
        self.write("a.json.journal", journal[:last] + b"\0" * 50 + b"\n")
        self.assert_whole(self.resume(), journal[:last])

    def test_kill_twice(self):
        first = self.journal_of_a_killed_sweep(1)
        while self.files() != ["a.json.journal"]:  # it was over: again
            for name in self.files():
                os.remove(self.path(name))
            self.write("a.json.journal", first)
            process = self.start(*THREE, "--out", "a.json", "--resume")
            wait_until(
                lambda: "a.json" in self.files() or self.read("a.json.journal").count(b'"done"') > 1,
                "the second size",
            )
            process.kill()
            self.finish(process)
        journal = self.read("a.json.journal")
        self.assert_whole(self.resume(), journal)

    def test_what_failed_before_the_kill_has_failed(self):
        args = [*THREE[:4], "--rounds", "2", "--min-time", "0.05", *SERIAL]
        failed = []
        while not failed:  # the worker was another's, or the sweep was over: again
            for name in self.files():
                os.remove(self.path(name))
            process = self.start_and_wait(args, 1, b'{"cell"')
            self.kill_a_worker(process)
            ended = lambda: (
                "a.json" in self.files() or self.read("a.json.journal").count(b'"done"') >= 2
            )
            wait_until(ended, "the next size")
            process.kill()
            self.finish(process)
            if self.files() == ["a.json.journal"]:
                failed = [strict_json(line)["run_name"] for line in
                          self.read("a.json.journal").splitlines() if b"error_occurred" in line]
        [failed] = failed
        result = self.run_program(*args, "--out", "a.json", "--format", "json", "--resume")
        self.assertEqual((result.status, failed.split("/")[0]), (1, "matrix_sum_serial"), result.err)
        document = strict_json(self.read("a.json"))
        self.assertEqual([row["run_name"] for row in document["benchmarks"]
                          if row.get("error_occurred")], [failed])

    def kill_a_worker(self, process):
        """The one that is there; some last for a moment only."""
        workers = lambda: [pid for pid in processes_of(process.pid) if pid != process.pid]
        try:
            os.kill(wait_until(workers, "a worker")[0], signal.SIGKILL)
        except ProcessLookupError:
            self.kill_a_worker(process)

    def assert_journal_refused(self, data, *mentions):
        self.write("a.json.journal", data)
        result = self.run_program(*THREE, "--out", "a.json", "--resume")
        self.assertEqual((result.status, result.text), (1, ""))
        self.assert_one_line(result.err, "a.json.journal", *mentions)
        self.assertEqual(self.read("a.json.journal"), data)

    def test_damage_elsewhere(self):
        lines = self.journal_of_a_killed_sweep().split(b"\n")
        row = next(i for i, line in enumerate(lines) if b'"turns_ns"' in line)
        done = next(i for i, line in enumerate(lines) if line.startswith(b'{"done"'))
        for number, line, mention in [
            (0, b"", "line 1"),
            (0, b"{}", "line 1"),
            (0, b"\x89PNG", "line 1"),
            (row, b"{", f"line {row + 1}"),
            (row, b"[]", f"line {done + 1}"),
            (row, lines[row].replace(b'"turns_ns": [', b'"turns_ns": ["x", '), f"line {done + 1}"),
            (row, lines[row].replace(b'"round": 0', b'"round": 77'), f"line {done + 1}"),
            (row, lines[row].replace(b'"round": 0', b'"round": -1'), f"line {done + 1}"),
            (row, lines[row].replace(b'"backend": "serial"', b'"backend": "abacus"'),
             f"line {done + 1}"),
            (done, lines[done].replace(b'"turns": ', b'"turns": 9'), f"line {done + 1}"),
            (done, lines[done].replace(b'"index": 0', b'"index": 1000000'), f"line {done + 1}"),
            (done, lines[done].replace(b'"samples": 2', b'"samples": 1000000000'),
             f"line {done + 1}"),
        ]:
            with self.subTest(line=line[:60], mention=mention):
                self.assertNotEqual(lines[number], line)
                self.assert_journal_refused(
                    b"\n".join([*lines[:number], line, *lines[number + 1 :]]), mention
                )

    def test_what_does_not_belong_together(self):
        journal = self.journal_of_a_killed_sweep()
        first, rest = journal.split(b"\n", 1)
        self.write("a.json.journal", journal)
        for args, mentions in [
            ([*THREE, "--seed", "7"], ["seed", "42", "7"]),
            ([*THREE, "--threads", "1"], ["options"]),
            ([*THREE, "--quick"], ["options"]),
            (["sweep", "word_count", *THREE[2:]], ["kernels", "word_count"]),
            ([*THREE[:2], *THREE[4:], "--sizes", "4Ki"], ["sizes", "4096"]),
        ]:
            result = self.run_program(*args, "--out", "a.json", "--resume")
            self.assertEqual((result.status, result.text), (1, ""), args)
            self.assert_one_line(result.err, "--resume", *mentions)
        machine = json.loads(first)
        for key in ("host", "compiler", "processor"):
            changed = dict(machine, sweep=dict(machine["sweep"], **{key: "another"}))
            self.assert_journal_refused(json.dumps(changed).encode() + b"\n" + rest, key, "another")

    def test_an_interruption_soon_after_another_costs_nothing(self):
        slow = ["sweep", "matrix_sum", "--sizes", "4Ki", "--rounds", "1000", "--min-time", "0.05",
                *SERIAL]
        process = self.start_and_wait(slow, 20, b'"run_name"')
        os.kill(process.pid, signal.SIGINT)
        self.assertEqual(self.finish(process).status, 130)
        before = self.read("a.json")
        self.assertGreaterEqual(len(strict_json(before)["benchmarks"]), 20)
        rows = lambda: self.read("a.json.journal").count(b'"run_name"')
        rows_before = rows()
        process = self.start(*slow, "--out", "a.json", "--resume")
        wait_until(lambda: rows() > rows_before, "a new row")
        os.kill(process.pid, signal.SIGINT)
        self.assertEqual(self.finish(process).status, 130)
        self.assertEqual(self.read("a.json"), before)
        self.assertEqual(self.files(), ["a.json", "a.json.journal"])

    def test_an_interruption_replaces_what_another_sweep_left(self):
        self.measure("sweep", "traversal", "--sizes", "4Ki", *SHORT, *SERIAL, "--out", "a.json")
        old = self.read("a.json")
        slow = ["sweep", "matrix_sum", "--sizes", "4Ki,1Mi", "--rounds", "60", "--min-time", "0.1",
                *SERIAL, "--format", "json"]
        process = self.start_and_wait(slow, 1)
        os.kill(process.pid, signal.SIGKILL)
        self.finish(process)
        self.assertEqual(self.read("a.json"), old)
        journal = self.read("a.json.journal")
        finished = journal[: journal.index(b"\n", journal.rindex(b'"done"')) + 1]
        self.write("a.json.journal", finished)
        process = self.start(*slow, "--out", "a.json", "--resume")
        wait_until(lambda: len(self.read("a.json.journal")) > len(finished), "a row")
        os.kill(process.pid, signal.SIGINT)
        result = self.finish(process)
        self.assertEqual(result.status, 130)
        self.assertEqual(self.read("a.json"), result.out)
        self.assertIn(b"matrix_sum", result.out)

    def test_nothing_to_go_on_with(self):
        args = [*THREE, "--out", "a.json", "--resume"]
        self.assert_refused(1, args, "a.json.journal", "--resume")
        self.write("a.json", b"{}")
        result = self.run_program(*args)
        self.assertEqual((result.status, result.text, self.read("a.json")), (1, "", b"{}"))
        self.assert_one_line(result.err, "a.json has no journal", "leave out --resume")

    def test_journal_in_use(self):
        process = self.start_and_wait([*THREE[:4], *SERIAL, "--min-time", "0.3"], 1, b'"context"')
        result = self.resume()
        self.assertEqual(result.status, 1)
        self.assert_one_line(result.err, "a.json.journal", "going on")
        os.kill(process.pid, signal.SIGKILL)
        self.finish(process)

    def test_interrupted(self):
        process = self.start_and_wait([*THREE, "--format", "json"], 1)
        os.killpg(process.pid, signal.SIGINT)
        result = self.finish(process)
        if result.status == 0:
            self.skipTest("it was over before")
        self.assertEqual(result.status, 130)
        self.assert_one_line(result.err, "interrupted")
        self.assertEqual(self.read("a.json"), result.out)
        self.assertFalse(result.json["context"]["accelbench"]["sweep"]["complete"])
        self.assertEqual(self.files(), ["a.json", "a.json.journal"])
        journal = self.read("a.json.journal")
        self.assert_whole(self.resume(), journal)

    def test_limit_on_file_sizes(self):
        """As on a full disk."""
        limit = 14000
        process = self.start(
            *THREE, "--out", "a.json", "--format", "json",
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )
        result = self.finish(process)
        self.assertEqual(result.status, 1)
        for line in result.err.splitlines():
            self.assertTrue(line.startswith("accelbench: "))
        self.assertIn("File too large", result.err)
        self.assertTrue(result.json["benchmarks"])
        self.assertEqual(self.files(), ["a.json.journal"])
        journal = self.read("a.json.journal")
        self.assertTrue(journal.endswith(b"\n"))
        self.assert_whole(self.resume(), journal)

    def test_worker_is_killed(self):
        """Its rows of one size are lost, and the sweep goes on."""
        process = self.start_and_wait(
            ["sweep", "matrix_sum", "--sizes", "4Ki,16Ki", "--rounds", "1", "--min-time", "0.1",
             "--backend", "serial,pthread", "--format", "json"],
            1, b'{"cell"',
        )
        self.kill_a_worker(process)
        result = self.finish(process)
        self.assertEqual(result.status, 1)
        self.assertRegex(result.err, r"matrix_sum of 4.1 KB on (serial|pthread): the worker was killed")
        rows = result.json["benchmarks"]
        lost = [row for row in rows if row.get("error_occurred")]
        self.assertRegex(lost[0]["run_name"], "^matrix_sum_(serial|pthread)/32/32/real_time$")
        self.assertEqual(len(lost), 1)
        kept = {row["run_name"] for row in rows} - {lost[0]["run_name"]}
        self.assertEqual(len(kept), 3)


if __name__ == "__main__":
    cli.main()
