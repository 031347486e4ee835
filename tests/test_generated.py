"""The manual page and the completions of shells, as the build makes them from the program's tables."""

import os
import re
import shutil
import subprocess

import cli


def run(*command, feed=None):
    return subprocess.run(command, input=feed, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", timeout=120, check=False)


class GeneratedTest(cli.CliTest):
    def generate(self, name):
        """Fills the template of that name, and returns the path of what came out."""
        templates = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench", "install")
        *runner, accelbench = cli.program
        generator = os.path.join(os.path.dirname(accelbench), "accelbench_generate")
        made = run(*runner, generator, os.path.join(templates, name + ".in"), self.path(name))
        self.assertEqual((made.returncode, made.stdout, made.stderr), (0, "", ""))
        with open(self.path(name), encoding="utf-8") as file:
            self.assertNotIn("@{", file.read())
        return self.path(name)

    def need(self, *tools):
        for tool in tools:
            if shutil.which(tool) is None:
                self.skipTest(f"no {tool}")

    def names(self):
        """The kernels, and the kernels and commands, that the program knows."""
        listed = self.measure_json("list")
        kernels = [kernel["name"] for kernel in listed["kernels"]]
        complaint = self.run_program("no-such-command").err
        commands = complaint.rpartition("commands: ")[2].strip().split(", ")
        return kernels, kernels + commands

    def options(self):
        """All that --help explains, as {option: whether it takes a value}."""
        lines = re.findall(r"^  (?:-\w, )?(--[a-z-]+)( [A-Z[]\S*)?(?=[ \n])",
                           self.measure("--help").text, re.M)
        self.assertGreater(len(lines), 20)
        return {option: value != "" for option, value in lines}

    def test_unknown_part(self):
        self.write("wrong", "a @{kernels} b @{no_such_part} c\n")
        *runner, accelbench = cli.program
        generator = os.path.join(os.path.dirname(accelbench), "accelbench_generate")
        made = run(*runner, generator, self.path("wrong"), self.path("out"))
        self.assertEqual(made.returncode, 1)
        self.assertIn("no_such_part", made.stderr)
        self.assertFalse(os.path.exists(self.path("out")))

    def test_manual(self):
        page = self.generate("accelbench.1")
        with open(page, encoding="utf-8") as file:
            text = file.read().replace("\\-", "-")
        for name in [*self.options(), *self.names()[1]]:
            self.assertRegex(text, rf"(?m)^\.TP\n\\fB(-\w, )?{re.escape(name)}\\fR")
        for section in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES"):
            self.assertIn(f".SH {section}\n", text)

    def test_manual_renders(self):
        self.need("groff")
        page = self.generate("accelbench.1")
        rendered = run("groff", "-man", "-Tutf8", "-ww", "-P-cbou", page)
        self.assertEqual((rendered.returncode, rendered.stderr), (0, ""))
        for option in self.options():
            self.assertIn(option, rendered.stdout.replace("\u2212", "-").replace("\u2010", "-"))

    def test_manual_lints(self):
        self.need("mandoc")
        linted = run("mandoc", "-T", "lint", "-W", "warning", self.generate("accelbench.1"))
        self.assertEqual((linted.returncode, linted.stdout), (0, ""))

    # ---- bash

    def complete(self, *words):
        """What bash offers for the last word; a value behind = stands as bash takes it apart."""
        script = """. "$1" && shift || exit
            COMP_WORDS=(accelbench "$@") COMP_CWORD=$#
            _accelbench
            printf '%s\\n' "${COMPREPLY[@]}" """
        completed = subprocess.run(
            ["bash", "--norc", "-uc", script, "bash", self.bash, *words], cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
        self.assertEqual((completed.returncode, completed.stderr), (0, ""), words)
        return [] if completed.stdout == "\n" else completed.stdout.splitlines()

    def test_bash(self):
        self.need("bash")
        self.bash = self.generate("accelbench.bash")
        kernels, first = self.names()
        self.assertEqual(sorted(self.complete("")), sorted(first))
        self.assertEqual(self.complete("matr"), ["matrix_sum"])
        self.assertEqual(self.complete("sweep", ""), kernels)
        self.assertEqual(self.complete("list", ""), [])
        self.assertEqual(self.complete("--quiet", "--out", "x", "doct"), ["doctor"])

        self.assertEqual(self.complete("--form"), ["--format"])
        self.assertEqual(self.complete("--format", "=", "j"), ["json"])
        self.assertEqual(self.complete("--color", ""), ["auto", "always", "never"])
        self.assertEqual(self.complete("--color", "="), ["auto", "always", "never"])
        self.assertEqual(self.complete("--rounds", ""), [])
        self.assertEqual(self.complete("--benchmark_form"), ["--benchmark_format="])
        self.assertEqual(self.complete("--benchmark_format", "=", "c"), ["console", "csv"])

        backends = [backend["name"] for backend in self.measure_json("list")["backends"]]
        self.assertEqual(self.complete("--backend", ""), ["all", *backends])
        self.assertEqual(self.complete("--backend", "serial,open"), ["serial,openmp", "serial,opencl"])
        self.assertEqual(self.complete("--baseline", "n"), ["none"])
        self.assertEqual(self.complete("--technique", "tu"), ["tuned"])

        self.assertEqual(self.complete("--ord"), [])
        self.assertEqual(self.complete("matrix_sum", "--ord"), [])
        self.assertEqual(self.complete("traversal", "--ord"), ["--order"])
        self.assertEqual(self.complete("traversal", "--order", ""), ["row", "column", "tiled"])
        self.assertEqual(self.complete("sweep", "matrix_sum", "traversal", "--ord"), ["--order"])
        self.assertEqual(self.complete("matrix_sum", "--dtype", "f"), ["f32", "f64"])
        self.assertEqual(self.complete("word_count", "--rule", "u"), ["unicode"])

    def test_bash_files(self):
        self.need("bash")
        self.bash = self.generate("accelbench.bash")
        self.write("my text.txt", "")
        self.write("my.json", "")
        for words in (["word_count"], ["matrix_sum", "--out"], ["--input"], ["report"], ["compare", "b"]):
            self.assertEqual(sorted(self.complete(*words, "my")), ["my text.txt", "my.json"])

    def test_bash_options(self):
        """Every option is offered, and a word is offered behind it only where it takes a value."""
        self.need("bash")
        self.bash = self.generate("accelbench.bash")
        kernels = self.names()[0]
        offered = {option for kernel in kernels for option in self.complete(kernel, "--")}
        options = self.options()
        self.assertEqual({o for o in offered if not o.startswith("--benchmark_")}, set(options))
        for option, takes_value in options.items():
            self.assertEqual("matrix_sum" in self.complete(option, ""), not takes_value, option)

    # ---- zsh and fish

    def test_zsh(self):
        self.need("zsh")
        checked = run("zsh", "-n", self.generate("accelbench.zsh"))
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))

    def test_fish(self):
        self.need("fish")
        script = self.generate("accelbench.fish")

        def complete(line):
            shown = run("fish", "--no-config", "-c", f"source {script}; complete -C '{line}'")
            self.assertEqual((shown.returncode, shown.stderr), (0, ""))
            return [offered.partition("\t")[0] for offered in shown.stdout.splitlines()]

        self.assertEqual(sorted(complete("accelbench ")), sorted(self.names()[1]))
        self.assertEqual(complete("accelbench --form"), ["--format"])
        self.assertEqual(sorted(complete("accelbench --color ")), ["always", "auto", "never"])
        self.assertEqual(complete("accelbench --backend serial,pth"), ["serial,pthread"])
        self.assertEqual(complete("accelbench traversal --ord"), ["--order"])
        self.assertEqual(complete("accelbench matrix_sum --ord"), [])


if __name__ == "__main__":
    cli.main()
