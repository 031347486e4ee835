"""What people see: tables that fit a terminal, colours only where they belong, a progress line that
comes late and goes."""

import os
import pty
import re
import signal
import subprocess
import threading

import cli
from cli import SMALL, CliTest, environment, wait_until


class Terminal(CliTest):
    SLOW = ["--rows", "40", "--cols", "50", "--rounds", "100000", "--max-seconds", "3.5"]
    SLOW += ["--backend", "serial,pthread", "--min-time", "0.0001"]

    def run_on_terminal(self, *args, stdout=subprocess.PIPE, interrupt_at=None, **options):
        """With a terminal as standard error (and output, if asked); returns the result and what
        the terminal was sent. `interrupt_at` is asked, with what was sent so far."""
        ours, theirs = pty.openpty()
        sent = bytearray()

        def read():
            try:
                while data := os.read(ours, 4096):
                    sent.extend(data)
            except OSError:  # the other end is closed
                pass

        if stdout == "terminal":
            stdout = theirs
        process = self.start(*args, stdout=stdout, stderr=theirs, **options)
        os.close(theirs)
        reader = threading.Thread(target=read)
        reader.start()
        if interrupt_at is not None:
            wait_until(lambda: interrupt_at(sent), "the time to interrupt")
            os.killpg(process.pid, signal.SIGINT)
        result = self.finish(process)
        reader.join()
        os.close(ours)
        return result, sent.decode()

    def screen(self, sent):
        """The lines that stay on a terminal; knows only what the program may send."""
        lines = [""]
        at = 0
        for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|.", sent, re.DOTALL):
            if part == "\r":
                at = 0
            elif part == "\n":
                lines.append("")
                at = 0
            elif part == "\x1b[K":
                lines[-1] = lines[-1][:at]
            elif part.startswith("\x1b"):
                self.assertRegex(part, r"\x1b\[[0-9;]*m")
            else:
                lines[-1] = lines[-1][:at] + part + lines[-1][at + 1 :]
                at += 1
            self.assertLessEqual(len(lines[-1]), 79)
        return lines

    def test_progress(self):
        result, sent = self.run_on_terminal("matrix_sum", *self.SLOW)
        self.assertEqual(result.status, 0)
        self.assertEqual(self.screen(sent), [""])
        self.assertNotIn(b"\x1b", result.out)
        result, sent = self.run_on_terminal(
            "matrix_sum", *self.SLOW[:-6], *self.SLOW[-4:], interrupt_at=lambda sent: b"left" in sent
        )
        self.assertEqual(result.status, 130)
        self.assertRegex(sent, r"matrix_sum: round \d+ of 100000, \d+ s left")

    def test_progress_goes_when_interrupted(self):
        result, sent = self.run_on_terminal(
            "matrix_sum", *self.SLOW, interrupt_at=lambda sent: b"round" in sent
        )
        self.assertEqual(result.status, 130)
        self.assertEqual(self.screen(sent), ["accelbench: interrupted", ""])

        def has_journal(_):
            return os.path.exists(self.path("a.json.journal"))

        result, sent = self.run_on_terminal(
            "word_count", "-", "--out", "a.json", stdin=subprocess.PIPE, interrupt_at=has_journal
        )
        self.assertEqual(result.status, 130)
        self.assertEqual(self.screen(sent), ["accelbench: interrupted", ""])

    def test_no_progress(self):
        result, sent = self.run_on_terminal("matrix_sum", "--quiet", *self.SLOW)
        self.assertEqual((result.status, sent), (0, ""))
        self.measure("matrix_sum", *self.SLOW)  # no terminal: nothing on stderr

    def test_color(self):
        run = ["matrix_sum", *SMALL, "--quiet"]
        for args, env, colored in [
            ([], {}, True),
            (["--color", "never"], {}, False),
            (["--color", "always"], {}, True),
            ([], {"TERM": "dumb"}, False),
            ([], {"TERM": None}, False),
            ([], {"NO_COLOR": "1"}, False),
            ([], {"NO_COLOR": ""}, True),
            (["--color", "always"], {"NO_COLOR": "1"}, True),
            (["--format", "json"], {}, False),
            (["--format", "csv", "--color", "always"], {}, False),
        ]:
            with self.subTest(args=args, env=env):
                result, sent = self.run_on_terminal(
                    *run, *args, stdout="terminal", env=environment(**env)
                )
                self.assertEqual(result.status, 0)
                self.assertEqual("\x1b[" in sent, colored)


class Tables(CliTest):
    BIG = ["--rows", "123", "--cols", "457", "--min-time", "0.0001", "--rounds", "2"]

    def table(self, *args, status=0, **options):
        """Standard output of a run; no line may be wider than a terminal of 80 columns, nothing may
        command it."""
        result = self.run_program(*args, **options)
        self.assertEqual(result.status, status, result.err)
        for line in result.text.splitlines():
            self.assertLessEqual(len(line), 80, line)
            self.assertEqual(line, line.rstrip(), "blanks at the end of a line")
        for character in result.text:
            self.assertFalse(
                character != "\n" and (ord(character) < 32 or 127 <= ord(character) < 160),
                repr(result.text),
            )
        return result.text

    def test_width(self):
        self.write("long.txt", "w" * 4096 + " x\n")
        self.table("word_count", "long.txt", "--min-time", "0.0001", "--rounds", "2")
        for locale in ("C", "C.UTF-8"):
            env = environment(LC_ALL=locale)
            for args in [
                ["matrix_sum", *self.BIG],
                ["matrix_sum", *self.BIG, "--dtype", "f64"],
                ["traversal", *self.BIG, "--order", "tiled", "--tile", "1000000x1000000"],
                ["traversal", *self.BIG, "--dtype", "i64", "--order", "column"],
                ["word_count", "--size", "123456", "--min-time", "0.0001", "--rounds", "2"],
                ["word_count", "--size", "0", "--min-time", "0.0001", "--rounds", "2"],
                ["word_count", "--size", "3k", "--min-time", "0.0001", "--rounds", "2", "--task", "total"],
            ]:
                for more in (
                    [],
                    ["--technique", "all"],
                    ["--technique", "all", "--baseline", "pthread"],  # all columns, long names
                    ["--baseline", "none"],
                    ["--baseline", "pthread"],
                    ["--result"],
                ):
                    if more and locale == "C":
                        continue  # only the bars differ
                    with self.subTest(args=args, more=more, locale=locale):
                        text = self.table(*args, *more, env=env)
                        self.assertEqual("\u2588" in text, locale == "C.UTF-8")

    def test_other_commands(self):
        for args in (
            ["list"],
            ["--help"],
            ["--version"],
            ["matrix_sum", "--help"],
            ["--version", "--bogus"],
        ):
            self.table(*args)
        help_text = self.table("--help")
        for args in (["-h"], ["matrix_sum", "-h"], ["help"], ["help", "matrix_sum"]):
            self.assertEqual(self.table(*args), help_text, args)
        self.assertEqual(self.table("-V"), self.table("--version"))
        for option in [
            "--backend",
            "--baseline",
            "--technique",
            "--rows",
            "--cols",
            "--size",
            "--dtype",
            "--order",
            "--tile",
            "--task",
            "--rule",
            "--top",
            "--input",
            "--threads",
            "--device",
            "--transfer",
            "--cache",
            "--rounds",
            "--min-time",
            "--max-seconds",
            "--deadline",
            "--budget",
            "--seed",
            "--format",
            "--out",
            "--result",
            "--in-process",
            "--quiet",
            "--color",
            "--help",
            "--version",
        ]:
            self.assertIn(option + " ", help_text.replace("\n", " "))
        for kernel in ("matrix_sum", "traversal", "word_count"):
            self.assertIn(kernel, help_text)
        self.assertRegex(self.table("--version"), r"^accelbench \d+\.\d+\.\d+.*\n$")

    def test_list(self):
        text = self.table("list")
        listed = self.measure_json("list")
        words_of_text = " ".join(text.split())
        for backend in listed["backends"]:
            self.assertIn(backend["name"], text)
            self.assertEqual(backend["available"], "reason" not in backend)
            words = (backend["device"] if backend["available"] else backend["reason"]).split()
            self.assertIn(" ".join(words), words_of_text)
        for kernel in listed["kernels"]:
            self.assertIn(f"{kernel['name']}: {kernel['summary']}", words_of_text)
            self.assertEqual(list(kernel["techniques"]), [b["name"] for b in listed["backends"]])
            for backend in listed["backends"]:
                techniques = kernel["techniques"][backend["name"]]
                self.assertIn(" ".join([backend["name"], (techniques or ["-"])[0]]), words_of_text)
                self.assertLessEqual(bool(techniques), backend["built"])

    def test_long_error(self):
        text = self.table(
            "traversal",
            *SMALL[:6],
            "--min-time",
            "20",
            "--deadline",
            "2",
            "--backend",
            "serial,pthread",
            "--technique",
            "all",
            status=1,
        )
        self.assertIn("ERROR", text)
        self.assertIn("(--deadline)", " ".join(text.split()))

    def test_rows_and_notes(self):
        text = self.table("matrix_sum", *self.BIG)
        self.assertIn("123 x 457 i32", text)
        self.assertIn("2 rounds", text)
        self.assertIn("Fewer than 12 rounds", text)
        for backend in self.measure_json("list")["backends"]:
            line = next(
                line for line in text.splitlines() if line.startswith(f"  {backend['name']} ")
            )
            self.assertRegex(line, "[0-9] %.*(baseline| x) " if backend["available"] else "  -  ")
        self.assertIn("Every result is verified.", text)
        self.assertEqual(text.count("baseline"), 1)
        self.assertNotIn("Fewer", self.table("matrix_sum", *self.BIG[:4], "--min-time", "0.0001", "--rounds", "12"))
        self.assertNotIn(" vs ", self.table("matrix_sum", *self.BIG, "--baseline", "none"))
        text = self.table("matrix_sum", *self.BIG[:4], "--rounds", "100000", "--max-seconds", "0.2")
        self.assertRegex(text, r"Ended after \d+ of 100000 rounds: .*--max-seconds")
        text = self.table("matrix_sum", *self.BIG[:4], "--rounds", "100000", "--budget", "0.2")
        self.assertRegex(text, r"Ended after \d+ of 100000 rounds: .*--budget")
        text = self.table("matrix_sum", "--size", "2M", *self.BIG[4:], "--cache", "cold", "--backend", "serial")
        self.assertIn("cold cache", text)

    def test_little_to_show(self):
        """One round has no spread, an empty input no rate; both are verified, and say it."""
        text = self.table("matrix_sum", *self.BIG[:4], "--min-time", "0.0001", "--rounds", "1")
        self.assertRegex(text, r"serial +[0-9.]+ .s +- ")
        text = self.table("word_count", "--size", "0", "--min-time", "0.0001", "--rounds", "2")
        self.assertIn("Every result is verified.", text)
        self.assertIn("Fewer than 12 rounds", text)

    def test_small_ratio(self):
        """Never 0.00 x, also where many threads take far longer to wake than one to add up."""
        text = self.table("matrix_sum", "--rows", "2", "--cols", "2", "--min-time", "0.0001",
                          "--rounds", "2", "--backend", "serial,pthread", "--threads", "64")
        self.assertRegex(text, r"pthread .*[1-9][0-9e-]* x")
        self.assertNotIn(" 0.00 x", text)

    def test_long_words(self):
        """A word as long as the text does not fill the screen; files have all of it."""
        self.write("long.txt", b"x" * 5000 + b" " + "\u00e9\u0436".encode() * 100 + b' "\\' * 200)
        args = ["word_count", "long.txt", "--min-time", "0.0001", "--rounds", "1", "--result"]
        result = self.measure(*args)
        self.assertIn('"' + "x" * 40 + '..."', result.text)
        self.assertIn('"' + "\u00e9\u0436" * 20 + '..."', result.text)
        self.assertLess(max(map(len, result.text.splitlines())), 200)
        self.assertIn("x" * 4096, self.measure(*args, "--format", "json").text)

    def test_color(self):
        escapes = re.compile(r"\x1b\[[0-9;]*m")
        for args in (
            ["matrix_sum", *self.BIG],
            ["word_count", "--size", "3k", "--min-time", "0.0001", "--rounds", "2", "--result"],
        ):
            result = self.measure(*args, "--color", "always")
            self.assertRegex(result.text, escapes)
            self.assertNotRegex(escapes.sub("", result.text), r"\x1b")
            for more in ([], ["--color", "auto"], ["--color", "never"]):
                self.assertNotIn(b"\x1b", self.measure(*args, *more).out)

    def test_controls_in_words(self):
        self.write(
            "words.txt",
            b"\x1b[31mred \x07bell \x08\x00 \x7f \xc2\x9b31m \x9b31m \xe2\x80\xae\xe2 "
            b'" \\ , { } [ ] "a,b" \\" {"x":[1]} \xff\xfe',
        )
        for rule in ("unicode", "ascii"):
            text = self.table(
                "word_count",
                "words.txt",
                "--min-time",
                "0.0001",
                "--rounds",
                "2",
                "--result",
                "--rule",
                rule,
                "--top",
                "100",
            )
            self.assertIn("31m", text)
        for name in ("matrix_sum", "word_count"):  # in a name that is shown
            result = self.run_program(name, "\x1b[31m.npy")
            self.assert_one_line(result.err)


if __name__ == "__main__":
    cli.main()
