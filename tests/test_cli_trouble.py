"""What happens when things go wrong around a run: outputs that cannot be written, signals, workers
that die. What was measured survives, and nothing half-written stays."""

import os
import stat
import resource
import shutil
import signal
import subprocess
import time

import cli
from cli import SMALL, CliTest, environment, processes_of, strict_json, wait_until

LONG = ["--rows", "40", "--cols", "50", "--rounds", "100000", "--backend", "serial,pthread"]


class TroubleTest(CliTest):
    def assert_results(self, data, status="passed"):
        """A whole document with rows that are all of one verdict; returns it."""
        document = strict_json(data)
        self.assertEqual(list(document), ["context", "benchmarks", "accelbench"])
        self.assertTrue(document["benchmarks"])
        for row in document["benchmarks"]:
            if row["run_type"] == "iteration":
                self.assertEqual(row["accelbench"]["verify"]["status"], status)
        return document

    def assert_journal(self, data, rows_at_least):
        """Whole lines of JSON: the context, then rows."""
        self.assertTrue(data.endswith(b"\n"))
        lines = [strict_json(line) for line in data.splitlines()]
        self.assertEqual(list(lines[0]), ["context"])
        self.assertGreaterEqual(len(lines) - 1, rows_at_least)
        for line in lines[1:]:
            self.assertIn("real_time", line)

    def files(self):
        return sorted(os.listdir(self.folder))

    def wait_for_rows(self, name, rows):
        def are_there():
            return os.path.exists(self.path(name)) and self.read(name).count(b"\n") > rows

        wait_until(are_there, f"{rows} rows in {name}")


class Outputs(TroubleTest):
    def test_places_that_are_none(self):
        os.mkdir(self.path("folder"))
        os.mkfifo(self.path("pipe"))
        os.symlink("nowhere", self.path("dangling"))
        os.symlink("pipe", self.path("to-pipe"))
        self.write("plain", "old")
        for out, mention in [
            ("missing/a.json", "No such file"),
            ("folder", "directory"),
            ("plain/a.json", "Not a directory"),
            ("folder/", "directory"),
            ("pipe", "not a regular file"),
            ("to-pipe", "not a regular file"),
            ("dangling", "symbolic link"),
            ("/proc/accelbench.json", "cannot write"),
            ("x" * 254, "File name too long"),
            ("./" * 3000 + "a", "cannot write"),
        ]:
            self.assert_refused(1, ["matrix_sum", *SMALL, "--out", out], out[:20], mention)
        self.assertEqual(self.read("plain"), b"old")

    def test_pages_go_where_results_may(self):
        os.mkfifo(self.path("pipe"))
        os.symlink("pipe", self.path("to-pipe"))
        os.symlink("page.html", self.path("link.html"))
        self.write("page.html", "old")
        os.chmod(self.path("page.html"), 0o600)
        self.measure("matrix_sum", *SMALL, "--out", "a.json")
        for html in ("pipe", "to-pipe", "/dev/null"):
            self.assert_refused(1, ["report", "a.json", "--html", html], html, "not a regular file")
        self.measure("report", "a.json", "--html", "link.html")
        self.assertTrue(os.path.islink(self.path("link.html")))
        self.assertIn(b"<html", self.read("page.html"))
        self.assertEqual(os.stat(self.path("page.html")).st_mode & 0o777, 0o600)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_results_are_not_replaced_by_none(self):
        """--benchmark_out, of a run that ends before its first row."""
        self.write("old.json", "old")
        for args in (["matrix_sum", "--size", "900T"], ["matrix_sum", "missing.npy"],
                     ["matrix_sum", *SMALL[:4], "--benchmark_filter=nothing"]):
            self.run_program(*args, "--benchmark_out=old.json", "--backend", "serial")
            self.assertEqual(self.read("old.json"), b"old", args)
        process = self.start("matrix_sum", "--backend", "serial", "--benchmark_out=old.json")
        time.sleep(0.3)
        os.kill(process.pid, signal.SIGINT)
        self.finish(process)
        if self.read("old.json") != b"old":
            self.assertTrue(strict_json(self.read("old.json"))["benchmarks"])
        self.run_program("matrix_sum", *SMALL, "--backend", "serial", "--benchmark_out=old.json")
        self.assertEqual(len(strict_json(self.read("old.json"))["benchmarks"]), 6)

    def test_links_stay_links(self):
        self.write("target.json", "old")
        os.symlink("target.json", self.path("link.json"))
        self.measure("matrix_sum", *SMALL, "--out", "link.json")
        self.assertTrue(os.path.islink(self.path("link.json")))
        self.assert_results(self.read("target.json"))
        self.assertEqual(self.files(), ["link.json", "target.json"])

    def test_input_is_no_output(self):
        self.write("words.txt", "a b\n")
        os.symlink("words.txt", self.path("link"))
        for files in (["words.txt"], ["link"], ["--input", "./words.txt"], ["link", "words.txt"]):
            for out in ("words.txt", "link"):
                args = ["word_count", *files, "--out", out]
                self.assert_refused(2, args, "--out", out, "input", "another file")
        with open(self.path("words.txt"), "rb") as file:
            self.assert_refused(2, ["word_count", "-", "--out", "link"], "--out", "link", stdin=file)
        self.assertEqual(self.read("words.txt"), b"a b\n")

    def test_journal_that_is_there(self):
        self.write("a.json", "old")
        self.write("a.json.journal", "rows\n")
        self.assert_refused(
            1, ["matrix_sum", *SMALL, "--out", "a.json"], "a.json.journal", "move it away",
            "accelbench report"
        )
        self.assertEqual((self.read("a.json"), self.read("a.json.journal")), (b"old", b"rows\n"))
        os.remove(self.path("a.json.journal"))
        os.mkfifo(self.path("a.json.journal"))
        self.assert_refused(1, ["matrix_sum", *SMALL, "--out", "a.json"], "move it away")
        os.remove(self.path("a.json.journal"))
        self.write("a.json.journal", "")  # of one that was killed before its first line
        self.measure("matrix_sum", *SMALL, "--out", "a.json")
        self.assertEqual(self.files(), ["a.json"])

    def test_old_file_stays_until_the_new_one_is_whole(self):
        self.write("a.json", "old")
        self.assert_refused(1, ["matrix_sum", "missing.txt", "--out", "a.json"], "missing.txt")
        self.assert_refused(2, ["matrix_sum", "--rows", "0", "--out", "a.json"], "--rows")
        self.assertEqual(self.read("a.json"), b"old")
        self.measure("matrix_sum", *SMALL, "--out", "a.json", "--format", "csv")
        self.assert_results(self.read("a.json"))
        self.assertEqual(self.files(), ["a.json"])

    def test_standard_output_that_cannot_be_written(self):
        cases = [
            ("/dev/full", lambda: {"stdout": os.open("/dev/full", os.O_WRONLY)}, "No space left")
        ]
        cases.append(("closed pipe", self.closed_pipe, "Broken pipe"))
        cases.append(("closed", lambda: {"preexec_fn": lambda: os.close(1)}, "Bad file descriptor"))
        commands = [[*SMALL, "matrix_sum", "--format", f] for f in ("console", "json", "csv")]
        commands += [["list"], ["list", "--format", "json"], ["--help"], ["--version"]]
        for name, options, mention in cases:
            for command in commands:
                with self.subTest(name, command=command):
                    result = self.run_program(*command, **options())
                    self.assertEqual(result.status, 1)
                    self.assert_one_line(result.err, "standard output", mention)
            with self.subTest(name):
                result = self.run_program("matrix_sum", *SMALL, "--out", "a.json", **options())
                self.assertEqual(result.status, 1)
                self.assert_one_line(result.err, "standard output", mention)
                self.assert_results(self.read("a.json"))
                self.assertEqual(self.files(), ["a.json"])

    def closed_pipe(self):
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        return {"stdout": writer}

    def test_standard_error_that_is_closed(self):
        result = self.run_program(
            "matrix_sum",
            *SMALL,
            "--out",
            "a.json",
            "--format",
            "json",
            preexec_fn=lambda: os.close(2),
        )
        self.assertEqual((result.status, result.err), (0, ""))
        self.assertEqual(result.out, self.read("a.json"))
        result = self.run_program("matrix_sum", "missing", preexec_fn=lambda: os.close(2))
        self.assertEqual((result.status, result.err, result.out), (1, "", b""))

    def test_limit_on_file_sizes(self):
        """As on a full disk: the rows so far are kept, FILE stays as it was."""
        self.write("a.json", "old")

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

        result = self.run_program(
            "matrix_sum",
            "--rows",
            "40",
            "--cols",
            "50",
            "--backend",
            "serial",
            "--out",
            "a.json",
            "--format",
            "json",
            preexec_fn=limit,
        )
        self.assertEqual(result.status, 1)
        self.assert_one_line(result.err, "a.json", "File too large")
        self.assert_results(result.out)
        self.assertEqual(self.files(), ["a.json", "a.json.journal"])
        self.assertEqual(self.read("a.json"), b"old")
        self.assert_journal(self.read("a.json.journal"), 1)

    def test_full_file_system(self):
        """In a private mount namespace, since only root may fill a file system of its own."""
        script = """mount -t tmpfs -o size=64k accelbench-test full || exit 99
            echo old >full/a.json
            "$@" --out full/a.json >out 2>err
            echo $? >status; cp full/* .; ls -A full >files"""
        unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
        run = ["matrix_sum", "--rows", "40", "--backend", "serial", "--format", "json"]
        if shutil.which("unshare") is None:
            self.skipTest("there is no unshare to mount a small file system with")
        # Full while rows are written, and when the document is to stand beside them.
        for rounds in ("1000", "40"):
            with self.subTest(rounds=rounds):
                os.makedirs(self.path("full"), exist_ok=True)
                shell = ["sh", "-c", script, "sh", *cli.program, *run, "--rounds", rounds]
                done = subprocess.run(
                    [*unshare, *shell],
                    cwd=self.folder,
                    capture_output=True,
                    env=environment(),
                    timeout=120,
                    check=False,
                )
                if done.returncode != 0:
                    self.skipTest(f"cannot mount here: {done.stderr.decode().strip()}")
                self.assertEqual(self.read("status"), b"1\n")
                self.assert_one_line(self.read("err").decode(), "full/a.json", "No space left")
                self.assert_results(self.read("out"))
                self.assertEqual(self.read("a.json"), b"old\n")
                self.assertEqual(self.read("files").split(), [b"a.json", b"a.json.journal"])
                self.assert_journal(self.read("a.json.journal"), 2)


class Signals(TroubleTest):
    SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]

    def assert_stopped(self, process, status):
        result = self.finish(process)
        self.assertEqual(result.status, status, result.err)
        self.assert_one_line(result.err, "interrupted")
        return result

    def test_during_the_rounds(self):
        for number, status in self.SIGNALS:
            for to_all in (True, False):
                for more in ([], ["--in-process"]):
                    with self.subTest(signal=number.name, to_all=to_all, more=more):
                        process = self.start(
                            "matrix_sum", *LONG, *more, "--out", "a.json", "--format", "json"
                        )
                        self.wait_for_rows("a.json.journal", 4)
                        (os.killpg if to_all else os.kill)(process.pid, number)
                        result = self.assert_stopped(process, status)
                        self.assert_results(result.out)
                        self.assertEqual(result.out, self.read("a.json"))
                        self.assertEqual(self.files(), ["a.json"])
                        os.remove(self.path("a.json"))

    def test_during_a_long_sample(self):
        process = self.start("matrix_sum", *SMALL[:6], "--min-time", "60", "--out", "a.json")
        wait_until(lambda: os.path.exists(self.path("a.json.journal")), "the journal")
        wait_until(lambda: self.read("a.json.journal").endswith(b"\n"), "its first line")
        wait_until(lambda: len(processes_of(process.pid)) > 1, "a worker")
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        result = self.assert_stopped(process, 130)
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual((result.out, self.files()), (b"", []))

    def test_while_making_the_input(self):
        """Reading a pipe that nobody writes to takes as long as a test needs."""
        os.mkfifo(self.path("pipe"))
        for number, status in self.SIGNALS:
            for args in (["-"], ["pipe"]):
                with self.subTest(signal=number.name, args=args):
                    self.write("a.json", "old")
                    process = self.start(
                        "word_count", *args, "--out", "a.json", stdin=subprocess.PIPE
                    )
                    wait_until(lambda: os.path.exists(self.path("a.json.journal")), "the journal")
                    os.killpg(process.pid, number)
                    result = self.assert_stopped(process, status)
                    self.assertEqual((result.out, self.files()), (b"", ["a.json", "pipe"]))
                    self.assertEqual(self.read("a.json"), b"old")

    def test_at_any_time(self):
        """Before the first sample nothing is written; FILE is as it was, or whole."""
        for i in range(25):
            with self.subTest(delay_ms=3 * i):
                self.write("a.json", "old")
                process = self.start("matrix_sum", *LONG, "--max-seconds", "5", "--out", "a.json")
                time.sleep(0.003 * i)
                os.killpg(process.pid, signal.SIGINT)
                result = self.finish(process)
                self.assertIn(result.status, (130, -signal.SIGINT))  # killed: still being loaded
                if result.status == 130:
                    self.assert_one_line(result.err, "interrupted")
                self.assertEqual(self.files(), ["a.json"])
                if result.out == b"":
                    self.assertEqual(self.read("a.json"), b"old")
                else:
                    self.assert_results(self.read("a.json"))

    def test_list(self):
        for i in range(10):
            process = self.start("list")
            time.sleep(0.003 * i)
            os.killpg(process.pid, signal.SIGTERM)
            self.assertIn(self.finish(process).status, (0, 143, -signal.SIGTERM))


class Deaths(TroubleTest):
    def test_parent_is_killed(self):
        """Its workers die with it, and the journal has whole lines."""
        for more in ([], ["--min-time", "0.3"], ["--threads", "7"]):
            with self.subTest(more=more):
                process = self.start("matrix_sum", *LONG, *more, "--out", "a.json")
                self.wait_for_rows("a.json.journal", 2)
                wait_until(lambda: len(processes_of(process.pid)) > 1, "a worker")
                os.kill(process.pid, signal.SIGKILL)
                result = self.finish(process)
                self.assertEqual((result.status, result.out), (-signal.SIGKILL, b""))
                self.assertEqual(self.files(), ["a.json.journal"])
                self.assert_journal(self.read("a.json.journal"), 2)
                self.assert_refused(
                    1, ["matrix_sum", *SMALL, "--out", "a.json"], "a.json.journal", "move it away"
                )
                os.remove(self.path("a.json.journal"))

    def worker_of(self, process):
        """A worker that calibrates, which --min-time makes last."""
        wait_until(lambda: b"\n" in self.read("a.json.journal"), "the end of probing")
        return wait_until(
            lambda: [pid for pid in processes_of(process.pid) if pid != process.pid], "a worker"
        )[0]

    def start_calibrating(self, *more, form="json"):
        """One thread: two that wait for each other beside other programs may outlast a deadline."""
        process = self.start(
            "matrix_sum",
            *SMALL[:6],
            "--threads",
            "1",
            "--backend",
            "serial,pthread",
            "--baseline",
            "none",
            "--min-time",
            "0.3",
            "--out",
            "a.json",
            "--format",
            form,
            *more,
        )
        wait_until(lambda: os.path.exists(self.path("a.json.journal")), "the journal")
        return process

    def assert_one_lost(self, process, *mentions):
        """One backend's rows are lost, with the reason; the other's are there."""
        result = self.finish(process)
        self.assertEqual(result.status, 1)
        self.assert_one_line(result.err, "matrix_sum on serial", *mentions)
        rows = strict_json(result.out)["benchmarks"]
        lost = [row for row in rows if "_serial/" in row["name"]]
        kept = [row for row in rows if "_pthread/" in row["name"]]
        self.assertEqual(len(lost), 1)
        self.assertGreater(len(kept), 2)
        lost = lost[0]
        self.assertIs(lost["error_occurred"], True)
        self.assertIn(mentions[0], lost["error_message"])
        self.assertEqual((lost["real_time"], lost["cpu_time"], lost["iterations"]), (0, 0, 0))
        self.assertEqual(lost["accelbench"]["verify"]["status"], "not_run")
        self.assertEqual(self.files(), ["a.json"])
        return result

    def test_worker_is_killed(self):
        process = self.start_calibrating()
        os.kill(self.worker_of(process), signal.SIGKILL)
        self.assert_one_lost(process, "killed", "signal 9")

    def test_the_others_are_verified(self):
        process = self.start_calibrating(form="console")
        os.kill(self.worker_of(process), signal.SIGKILL)
        result = self.finish(process)
        self.assertEqual(result.status, 1)
        self.assertIn("Every other result is verified.", result.text)

    def test_worker_crashes(self):
        process = self.start_calibrating()
        os.kill(self.worker_of(process), signal.SIGTERM)
        self.assert_one_lost(process, "crashed", "signal 15")

    def test_worker_hangs(self):
        process = self.start_calibrating("--deadline", "30")
        os.kill(self.worker_of(process), signal.SIGSTOP)
        self.assert_one_lost(process, "no answer within 30 s", "--deadline")

    def test_threads_that_spin(self):
        if len(os.sched_getaffinity(0)) < 2 or "openmp" not in self.available():
            self.skipTest("one CPU only, where they do not, or no openmp")
        result = self.run_program(
            "matrix_sum", *SMALL, "--backend", "serial,openmp", "--threads", "2",
            env=environment(OMP_WAIT_POLICY="active"),
        )
        self.assertEqual(result.status, 1)
        self.assert_one_line(result.err, "matrix_sum on openmp", "computing", "unset OMP_WAIT_POLICY")

    def test_all_are_lost(self):
        result = self.run_program("matrix_sum", *SMALL[:6], "--min-time", "20", "--deadline", "2")
        self.assertEqual(result.status, 1)
        self.assertEqual(result.err.count("--deadline"), len(self.available()))
        for line in result.text.splitlines():
            self.assertLessEqual(len(line), 80)
        self.assertEqual(result.text.count("ERROR"), len(self.available()))
        self.assertNotIn("verified", result.text)

    def test_long_deadline(self):
        self.measure("matrix_sum", *SMALL, "--deadline", "999999999999999")


if __name__ == "__main__":
    cli.main()
