"""What the tests of the command line share: running the program and looking at what it leaves.

Each test_cli_*.py is called as `test_cli_X.py --accelbench BIN [--books DIR] [--runner COMMAND]
[unittest's arguments]`; the runner is an emulator for a cross-built program.
"""

import argparse
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SKIPPED = 77
SMALL = ["--rows", "40", "--cols", "50", "--rounds", "2", "--min-time", "0.0001"]
CPU_BACKENDS = ["serial", "openmp", "pthread"]
MATRIX_KERNELS = ["matrix_sum", "traversal"]

program = []  # the words that start it
books = None


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def text(self):
        return self.out.decode("utf-8")

    @property
    def json(self):
        return strict_json(self.out)


def strict_json(data):
    """Like json.loads, but refuses what JSON does not have, and keys that stand twice."""

    def refuse_constant(word):
        raise ValueError(f"{word} is not JSON")

    def object_of(pairs):
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys):
            raise ValueError(f"a key stands twice in {keys}")
        return dict(pairs)

    text = data.decode("utf-8") if isinstance(data, bytes) else data
    return json.loads(text, parse_constant=refuse_constant, object_pairs_hook=object_of)


def environment(devices=False, **changes):
    """The caller's, without what changes the output; None removes a variable. Opening a device takes
    longer than most runs here, so that a test that wants devices says so."""
    result = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm")
    if not devices:
        result["OCL_ICD_VENDORS"] = "/nonexistent"
    for name in ("ACCELBENCH_MEMORY_LIMIT", "NO_COLOR", "OMP_NUM_THREADS", "OMP_WAIT_POLICY"):
        result.pop(name, None)
    for name, value in changes.items():
        result.pop(name, None)
        if value is not None:
            result[name] = value
    return result


def shorten(text):
    return text if len(text) <= 100 else text[:100] + "..."


def processes_of(session):
    """The living processes of a session, as {pid: pid of its parent}."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        state, parent, its_session = fields[0], int(fields[1]), int(fields[3])
        if its_session == session and state not in "ZX":
            found[int(entry)] = parent
    return found


def wait_until(condition, what, seconds=60):
    """Waits for a condition and returns its value."""
    ends = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > ends:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.002)
    return value


class CliTest(unittest.TestCase):
    """Each test runs the program in a folder of its own, and each run must leave no process."""

    maxDiff = None
    devices = False  # whether runs see devices, too, where there are any

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="accelbench-cli-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode("utf-8"))
        return name

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def start(self, *args, **options):
        """Starts the program as the leader of a session."""
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("env", environment(self.devices))
        process = subprocess.Popen(
            [*program, *args], cwd=self.folder, start_new_session=True, **options
        )
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        for pid in processes_of(process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()

    def finish(self, process, feed=None, timeout=120):
        """Waits for the program's end; all its processes must be gone then."""
        out, err = process.communicate(feed, timeout)
        wait_until(lambda: not processes_of(process.pid), "the end of the workers")
        return Result(process.returncode, out or b"", (err or b"").decode("utf-8"))

    def run_program(self, *args, feed=None, **options):
        if feed is not None:
            options["stdin"] = subprocess.PIPE
        return self.finish(self.start(*args, **options), feed)

    def measure(self, *args, feed=None, **options):
        """A run that must succeed in silence."""
        result = self.run_program(*args, feed=feed, **options)
        self.assertEqual((result.status, result.err), (0, ""), args)
        return result

    def measure_json(self, *args, **options):
        return self.measure("--format", "json", *args, **options).json

    def available(self):
        """The backends that can run here, in the order of reports."""
        backends = self.measure_json("list")["backends"]
        return [backend["name"] for backend in backends if backend["available"]]

    def assert_one_line(self, err, *mentions):
        """One line of complaint that names all that is mentioned."""
        self.assertTrue(err.startswith("accelbench: "), err)
        self.assertTrue(err.endswith("\n"), err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertFalse(any(ord(c) < 32 or 127 <= ord(c) < 160 for c in err[:-1]), repr(err))
        for mention in mentions:
            self.assertIn(mention, err)

    def assert_refused(self, status, args, *mentions, **options):
        """Refused with that status and one line, with nothing printed and nothing left behind."""
        files = sorted(os.listdir(self.folder))
        with self.subTest(args=[shorten(arg) for arg in args]):
            result = self.run_program(*args, **options)
            self.assertEqual((result.status, shorten(result.text)), (status, ""), result.err)
            self.assert_one_line(result.err, *mentions)
            self.assertEqual(sorted(os.listdir(self.folder)), files)


class AnswerTest(CliTest):
    def results(self, *args, **options):
        """The results by backend; those of one backend must be the same in every row."""
        document = self.measure_json("--rounds", "2", "--min-time", "0.0001", "--result", *args, **options)
        found = {}
        for row in document["benchmarks"]:
            if row["run_type"] != "iteration":
                continue
            own = row["accelbench"]
            result = json.dumps(own["result"])
            key = (own["backend"], own["technique"])
            self.assertEqual(found.setdefault(key, result), result)
        return {key: json.loads(value) for key, value in found.items()}

    def answer(self, *args, exact=True, **options):
        """The one answer of all backends."""
        results = list(self.results(*args, **options).values())
        self.assertTrue(results)
        for result in results[1:]:
            if exact:
                self.assertEqual(result, results[0])
        return results[0]

    def sum(self, *args, **options):
        result = self.answer(*args, **options)
        self.assertEqual(list(result), ["sum"])
        return result["sum"]


def main(why_not=lambda: None):
    """To be called by each test program; all is skipped where `why_not` has a reason."""
    global books
    parser = argparse.ArgumentParser()
    parser.add_argument("--accelbench", required=True)
    parser.add_argument("--books")
    parser.add_argument("--runner", default="")
    options, rest = parser.parse_known_args()
    if not os.path.isdir("/proc/self"):
        print("skipped: there is no /proc to look for workers in")
        sys.exit(SKIPPED)
    program[:] = [*shlex.split(options.runner), os.path.abspath(options.accelbench)]
    books = os.environ.get("ACCELBENCH_BOOKS", options.books)
    reason = why_not()
    if reason is not None:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
