"""The classroom demo, driven through a real terminal of 80 x 24 (tmux), and without one."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys

import cli
from cli import SKIPPED, CliTest, environment, wait_until

QUICK = ["--backend", "serial,pthread", "--max-seconds", "0.2"]
SLOW = ["--backend", "serial,pthread", "--max-seconds", "30"]
TITLES = ["1 of 3  Row against column", "2 of 3  The same sum, small and large", "3 of 3  Counting words"]
WELCOME = "Who takes part"
NEXT = "space: go on   q: quit"
QUESTION = "A, B or C: what you predict"
MEASURING = "Measuring"
PAGE = "accelbench-demo.html"  # written if somebody asks for it


class OnTerminal(CliTest):
    columns, rows = 80, 24

    def setUp(self):
        super().setUp()
        self.tmux(
            *["-f", "/dev/null", "new-session", "-d", "-x", str(self.columns), "-y", str(self.rows)],
            *["-c", self.folder, "PS1='ready> ' exec sh -i"],
        )
        self.addCleanup(self.tmux, "kill-server")
        self.wait_for("^ready>$")
        self.command("stty -a >before")

    def tmux(self, *args):
        result = subprocess.run(
            ["tmux", "-S", self.path("tmux"), *args],
            env=environment(TMUX=None, ENV=None),
            check=True,
            capture_output=True,
        )
        return result.stdout.decode("utf-8")

    def screen(self):
        """The rows of the terminal, without blanks at their ends."""
        return [row.rstrip() for row in self.tmux("capture-pane", "-p").split("\n")][: self.rows]

    def text(self):
        return "\n".join(self.screen()).rstrip()

    def wait_for(self, pattern):
        try:
            wait_until(lambda: re.search(pattern, self.text()), pattern, 120)
        except AssertionError as error:
            raise AssertionError(f"{error}; there is:\n{self.text()}") from None
        return self.screen()

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, line):
        self.tmux("send-keys", "-l", line)
        self.press("Enter")

    def command(self, line):
        """Runs a command to its end; what it says stays on the screen."""
        self.tmux("send-keys", "-R")
        self.type(f"{line}; clear; echo done=$?")
        self.wait_for(r"(?m)^done=\d+\nready>$")

    def start_demo(self, *args):
        words = [*cli.program, "demo", *args]
        self.type("clear; " + " ".join(shlex.quote(word) for word in words) + "; echo status=$?")
        self.wait_for(WELCOME + r"(.|\n)*" + NEXT)

    def assert_page(self, rows, title):
        """It stands whole: its first row is the first of the terminal, and the prompt the last."""
        self.assertEqual(rows[0].strip()[: len(title)], title, rows)
        self.assertIn(NEXT, [row for row in rows if row][-1])

    def assert_ended(self, status):
        """The program has ended so, and the terminal is as it was."""
        self.wait_for(rf"(?m)^status={status}\nready>$")
        self.assertEqual(self.tmux("display-message", "-p", "#{cursor_flag}").strip(), "1")
        self.command("stty -a >after")
        self.assertEqual(self.read("before"), self.read("after"))

    def go_to_question(self):
        self.press("Space")
        self.wait_for(QUESTION)

    def go_to_measuring(self):
        self.go_to_question()
        self.press("Space")
        self.wait_for(MEASURING)


class Show(OnTerminal):
    def test_from_beginning_to_end(self):
        self.start_demo(*QUICK)
        for title, key in zip(TITLES, ("a", "B", "Enter")):
            self.press("Space")
            rows = self.wait_for(re.escape(title) + r"(.|\n)*" + QUESTION)
            self.assert_page(rows, title)
            self.press(key)
            rows = self.wait_for(r"█(.|\n)*" + NEXT)
            self.assert_page(rows, title)
            outcome = re.search(r"You said ([A-C])", "\n".join(rows))
            self.assertEqual(outcome and outcome.group(1), None if key == "Enter" else key.upper())
            for backend in ("serial", "pthread"):
                self.assertIn(backend, "\n".join(rows))
        self.press("PageDown")  # as a presenter's remote control does
        rows = self.wait_for(r"What this run shows(.|\n)*space: the end")
        self.assertIn("no GPU was measured.", re.sub(r"\s+", " ", "\n".join(rows)))
        self.assertFalse(os.path.exists(self.path(PAGE)))
        self.press("p")
        self.wait_for(re.escape(f"figures: {PAGE}"))
        self.assert_ended(0)
        self.assertIn(b"</html>", self.read(PAGE))

    def test_quit(self):
        self.start_demo(*SLOW)
        self.press("q")
        self.assert_ended(0)
        self.start_demo(*SLOW)
        self.go_to_question()
        self.press("q")
        self.assert_ended(0)
        self.start_demo(*SLOW)
        self.go_to_measuring()
        self.press("q")
        self.assert_ended(0)

    def test_other_keys(self):
        """Nothing but what the prompt names goes on, and keys pressed too early count for nothing."""
        self.start_demo(*QUICK)
        self.press("Escape", "x", "a", "Up", "Left")
        self.press("Space")
        self.wait_for(QUESTION)
        self.press("d", "Down")
        self.press("a")
        self.press("Space")
        self.wait_for(r"You said A(.|\n)*" + NEXT)
        self.press("q")
        self.assert_ended(0)

    def test_interrupt(self):
        self.start_demo(*SLOW)
        self.press("C-c")
        self.assert_ended(130)
        self.start_demo(*SLOW)
        self.go_to_measuring()
        self.press("C-c")
        self.assert_ended(130)
        self.start_demo(*SLOW)
        self.go_to_question()
        os.kill(self.demo_pid(), signal.SIGTERM)
        self.assert_ended(143)

    def demo_pid(self):
        """The child of the shell."""
        shell = int(self.tmux("display-message", "-p", "#{pane_pid}"))
        return next(pid for pid, parent in cli.processes_of(shell).items() if parent == shell)

    def test_stop_and_go_on(self):
        self.start_demo(*SLOW)
        self.go_to_question()
        self.press("C-z")
        self.wait_for(r"(?m)^ready>$")
        self.command("stty -a >stopped")
        self.assertEqual(self.read("before"), self.read("stopped"))
        self.type("fg")
        rows = self.wait_for(QUESTION)
        self.assert_page(rows, TITLES[0])
        self.press("Space")
        self.wait_for(MEASURING)
        self.press("q")
        self.wait_for(r"(?m)^ready>$")
        self.command("stty -a >after")
        self.assertEqual(self.read("before"), self.read("after"))

    def test_without_waiting(self):
        self.type("clear; " + " ".join(map(shlex.quote, [*cli.program, "demo", "--no-wait", *QUICK])) + "; echo status=$?")
        self.wait_for("What this run shows")
        self.assert_ended(0)


class SmallTerminal(OnTerminal):
    columns, rows = 72, 20

    def test_is_told(self):
        self.start_demo(*QUICK)
        self.assertRegex(re.sub(r"\s+", " ", self.text()), "72 x 20 is small: pages need 80 x 24")
        self.go_to_question()
        self.press("q")
        self.assert_ended(0)


class WithoutTerminal(CliTest):
    def assert_plain(self, text):
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f]")
        self.assertTrue(all(len(line) <= 79 for line in text.split("\n")), text)
        for title in TITLES:
            self.assertEqual(text.count(title), 2)  # the question and the picture
        self.assertNotIn(NEXT, text)
        self.assertRegex(re.sub(r"\s+", " ", text), r"What this run shows .*; no GPU was measured\.")

    def test_pages_in_a_row(self):
        result = self.measure("demo", *QUICK)
        self.assert_plain(result.text)
        self.assertIn("█", result.text)
        result = self.measure("demo", *QUICK, "--no-wait", env=environment(LC_ALL="C"))
        self.assert_plain(result.text)
        self.assertTrue(result.text.isascii())
        self.assertRegex(result.text, "####")
        colored = self.measure("demo", *QUICK, "--color", "always").text
        self.assertIn("\x1b[", colored)
        self.assert_plain(re.sub(r"\x1b\[[0-9;]*m", "", colored))

    def test_files(self):
        for args, files in (
            (["--out", "demo.json"], ["demo.json"]),
            (["--html", "demo.html"], ["demo.html", "demo.json"]),
        ):
            self.measure("demo", *QUICK, *args)
            self.assertEqual(sorted(os.listdir(self.folder)), files)
        self.assertIn(b"</html>", self.read("demo.html"))
        document = cli.strict_json(self.read("demo.json"))
        kernels = [row["accelbench"]["kernel"] for row in document["benchmarks"] if "aggregate_name" not in row]
        self.assertEqual(set(kernels), {"traversal", "matrix_sum", "word_count"})
        result = self.run_program("demo", *QUICK, "--out", "no/such/folder.json")
        self.assertEqual(result.status, 1)
        self.assert_one_line(result.err, "no/such/folder.json")

    def test_refused(self):
        for args in (
            ["--technique", "tuned"],
            ["--baseline", "serial"],
            ["--format", "json"],
            ["--result"],
        ):
            self.assert_refused(2, ["demo", *args], args[0], "demo")
        self.assert_refused(2, ["demo", "matrix_sum"], "matrix_sum", "demo")
        self.assert_refused(2, ["list", "--no-wait"], "--no-wait", "demo")
        self.assert_refused(2, ["demo", "--rows", "3"], "--rows")
        if "cuda" not in self.available():
            self.assert_refused(3, ["demo", "--backend", "serial,cuda"], "cuda", "not available")


if __name__ == "__main__":
    if shutil.which("tmux") is None and not any("WithoutTerminal" in arg for arg in sys.argv):
        print("skipped: tmux is not there; bench/setup --quick installs it")
        sys.exit(SKIPPED)
    cli.main()
