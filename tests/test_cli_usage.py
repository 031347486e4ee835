"""What the command line refuses before anything is read or made: with the right exit status, one
line that helps, and no traces."""

import os
import re

import cli
from cli import MATRIX_KERNELS, SMALL, CliTest, environment


class Usage(CliTest):
    def assert_refused(self, status, args, *mentions, **options):
        """What is accepted by mistake fails at once: it has no memory."""
        options.setdefault("env", environment(ACCELBENCH_MEMORY_LIMIT="1"))
        super().assert_refused(status, args, *mentions, **options)

    def test_unknown_names(self):
        for args, mentions in [
            ([], ["no kernel", "--help"]),
            (["matrix_mul"], ["matrix_mul", "matrix_sum, traversal, word_count"]),
            ([""], ["kernel", "matrix_sum"]),
            (["matrix_sum", "--backend", "vulkan"], ["--backend", "vulkan", "accelbench list"]),
            (["matrix_sum", "--backend", "serial,vulkan"], ["--backend", "'vulkan'", "list"]),
            (["matrix_sum", "--backend", ""], ["--backend", "empty"]),
            (["matrix_sum", "--backend", "serial,,openmp"], ["--backend", "''", "list"]),
            (["matrix_sum", "--backend", "serial,"], ["--backend", "''", "list"]),
            (["matrix_sum", "--backend", "x" * 500], ["--backend", "xxx", "list"]),
            (["matrix_sum", "--backend", "all,serial"], ["--backend", "'all' stands alone"]),
            (["matrix_sum", "--technique", "simple,all"], ["--technique", "'all' stands alone"]),
            (["matrix_sum", "--technique", "fancy"], ["--technique", "fancy", "list"]),
            (["matrix_sum", "--baseline", "vulkan"], ["--baseline", "vulkan", "none"]),
            (["matrix_sum", "--bogus"], ["--bogus", "--help"]),
            (["matrix_sum", "--bogus=1"], ["--bogus", "--help"]),
            (["matrix_sum", "-x"], ["-x", "--help"]),
            (["matrix_sum", "-hx"], ["-hx", "--help"]),
            (["matrix_sum", "--" + "x" * 2000], ["--xxx", "--help"]),
            (["matrix_sum", "--roundsx", "3"], ["--roundsx"]),
            (["matrix_sum", "--round", "3"], ["--round"]),
            (["traversal", "--order", "diagonal"], ["--order", "diagonal", "row, column, tiled"]),
            (["matrix_sum", "--dtype", "i16"], ["--dtype", "i16", "i32, i64, f32, f64"]),
            (["word_count", "--task", "longest"], ["--task", "longest", "frequency, total"]),
            (["word_count", "--rule", "latin1"], ["--rule", "latin1", "unicode, ascii"]),
            (["matrix_sum", "--format", "xml"], ["--format", "xml", "console, json, csv"]),
            (["matrix_sum", "--color", "maybe"], ["--color", "maybe", "auto, always, never"]),
            (["matrix_sum", "--cache", "hot"], ["--cache", "hot", "warm, cold"]),
            (["matrix_sum", "--transfer", "slow"], ["--transfer", "slow", "pinned, pageable"]),
            (["list", "matrix_sum"], ["matrix_sum", "list"]),
            (["list", "--format", "csv"], ["csv", "console or json"]),
            (["--format", "xml\x1b[31m\n", "list"], ["--format", "xml", "console, json, csv"]),
        ]:
            self.assert_refused(2, args, *mentions)

    def test_options_of_other_kernels(self):
        for args, mentions in [
            (["matrix_sum", "--order", "row"], ["--order", "matrix_sum", "--help"]),
            (["matrix_sum", "--top", "3"], ["--top", "matrix_sum"]),
            (["--task", "total", "traversal"], ["--task", "traversal"]),
            (["word_count", "--rows", "3"], ["--rows", "word_count"]),
            (["word_count", "--dtype", "i32"], ["--dtype", "word_count"]),
            (["traversal", "--tile", "2x2"], ["--tile", "--order"]),
            (["traversal", "--tile", "2x2", "--order", "column"], ["--tile", "tiled"]),
            (["matrix_sum", "--size", "1k", "--rows", "3"], ["--size", "--rows"]),
            (["matrix_sum", "--backend", "serial", "--device", "0"], ["--device"]),
            (["aa", "--backend", "serial", "--device", "0"], ["--device"]),
            (["matrix_sum", "--backend", "serial", "--transfer", "pageable"], ["--transfer"]),
        ]:
            self.assert_refused(2, args, *mentions)

    def test_options_given_twice(self):
        for option, value in [
            ("--rows", "3"),
            ("--dtype", "i32"),
            ("--backend", "serial"),
            ("--rounds", "3"),
            ("--seed", "1"),
            ("--out", "a.json"),
            ("--format", "json"),
            ("--technique", "all"),
            ("--threads", "1"),
            ("--max-seconds", "1"),
            ("--cache", "warm"),
        ]:
            self.assert_refused(2, ["matrix_sum", option, value, option, value], option, "twice")
            self.assert_refused(2, ["matrix_sum", f"{option}={value}", option, value], option)

    def test_values_missing_or_too_many(self):
        for option in [
            "--backend",
            "--rows",
            "--rounds",
            "--seed",
            "--out",
            "--input",
            "--format",
            "--technique",
            "--threads",
            "--device",
            "--max-seconds",
            "--dtype",
        ]:
            self.assert_refused(2, ["matrix_sum", option], option, "value")
        for option in ["--result", "--quiet", "--in-process", "--help", "--version"]:
            self.assert_refused(2, ["matrix_sum", f"{option}=1"], option, "no value")
        for option in ["--out", "--input", "--device"]:
            self.assert_refused(2, ["matrix_sum", f"{option}="], option)

    def test_numbers(self):
        junk = [
            "",
            "-1",
            "+5",
            " 5",
            "5 ",
            "1e3",
            "0x10",
            "5x",
            "5kk",
            "5KiBs",
            "k",
            "1.5",
            "5m",
            "ten",
            "18446744073709551616",
            "18446744073709551615k",
            "99999999999G",
            "\u0665",
        ]
        for option in ["--rows", "--cols", "--size"]:
            for value in ["0", *junk]:
                self.assert_refused(2, ["matrix_sum", option, value], option)
        for option in ["--rounds", "--threads"]:
            for value in ["0", "-1", "1.5", "x", "99999999999"]:
                self.assert_refused(2, ["matrix_sum", option, value], option)
        for option in ["--rows", "--cols", "--threads", "--rounds"]:
            self.assert_refused(2, ["matrix_sum", option, "5B"], option)  # billions?
        for option in ["--max-seconds", "--deadline", "--budget"]:
            for value in ["0", "-1", "x", "inf", "nan", "1e3", "1,5", ".", "0.0000001", ""]:
                self.assert_refused(2, ["matrix_sum", option, value], option)
        for args in (["--min-time", "61"], ["--min-time", "99999999999"],
                     ["--min-time", "2", "--max-seconds", "1"]):
            self.assert_refused(2, ["matrix_sum", *args], "--min-time", "--max-seconds")
        self.assert_refused(
            2, ["matrix_sum", "--min-time", "4", "--budget", "1"], "4 s", "1 s of --budget"
        )
        for value in ["-1", "1.5", "18446744073709551616", "x"]:
            self.assert_refused(2, ["matrix_sum", "--seed", value], "--seed")
        for value in [
            "",
            "x",
            "2x",
            "x2",
            "2x2x2",
            "0x2",
            "2x0",
            "2X2",
            "-2x2",
            "9999999999999999999k",
        ]:
            self.assert_refused(2, ["traversal", "--order", "tiled", "--tile", value], "--tile")
        for value in ["-1", "x", "4294967296"]:
            self.assert_refused(2, ["word_count", "--top", value], "--top")
        for value in ["-1", "x", "9223372036854775808"]:
            self.assert_refused(2, ["word_count", "--size", value], "--size")

    def test_options_that_would_change_nothing(self):
        for args, mention in [
            (["limits", "--backend", "serial"], "limits"),
            (["limits", "--rounds", "3"], "limits"),
            (["list", "--out", "a"], "measuring a kernel"),
            (["doctor", "--technique", "tuned"], "doctor"),
            (["aa", "--baseline", "serial"], "aa"),
            (["compare", "a", "b", "--seed", "1"], "compare"),
            (["report", "a", "--fail-on", "slower:5%"], "report"),
            (["sweep", "--energy"], "sweep"),
            (["demo", "--budget", "5"], "demo"),
            (["matrix_sum", "--no-wait"], "measuring a kernel"),
        ]:
            option = next(arg for arg in args if arg.startswith("--"))
            self.assert_refused(2, args, option, mention, "no such option")

    def test_outputs_that_are_none(self):
        for args, mentions in [
            (["matrix_sum", "--out", "-"], ["--out: - ", "--format json"]),
            (["sweep", "--out", "-"], ["--out: - ", "--format json"]),
            (["demo", "--out", "-"], ["--out: - ", "name one\n"]),
            (["report", "a.json", "--html", "-"], ["--html: - "]),
            (["matrix_sum", "--format", "csv", "--result"], ["--result", "--format json", "--out"]),
        ]:
            self.assert_refused(2, args, *mentions)

    def test_products_that_overflow(self):
        for kernel in MATRIX_KERNELS:
            for rows, cols in [
                ("4294967296", "4294967296"),
                ("18446744073709551615", "2"),
                ("3037000500", "3037000500"),
                ("1", "9223372036854775807"),
            ]:
                self.assert_refused(
                    2, [kernel, "--rows", rows, "--cols", cols], "--rows", rows, cols, "smaller"
                )

    def test_files_beside_sizes(self):
        self.write("m.txt", "1 2\n3 4\n")
        for option in ["--rows", "--cols", "--size"]:
            self.assert_refused(2, ["matrix_sum", "m.txt", option, "5"], option, "m.txt")
        self.assert_refused(2, ["word_count", "m.txt", "--size", "5"], "--size")
        for kernel in MATRIX_KERNELS:
            self.assert_refused(2, [kernel, "m.txt", "n.txt"], "one file", "2", ": m.txt, n.txt\n")
            self.assert_refused(2, [kernel, *"abc"], "one file", "3", ": a, b...\n")
            self.assert_refused(2, [kernel, "--input", "m.txt", "m.txt"], kernel, "one file")
        self.assert_refused(2, ["word_count", "-", "-"], "standard input", "twice")


class Unavailable(CliTest):
    NO_MEMORY = {"env": environment(ACCELBENCH_MEMORY_LIMIT="1")}  # as in Usage

    def test_backends_that_are_asked_for_and_not_there(self):
        self.write("m.txt", "1 2\n")
        for backend in cli.strict_json(self.measure("list", "--format", "json").out)["backends"]:
            if backend["available"]:
                continue
            name = backend["name"]
            self.assertTrue(backend["reason"])
            for args in [
                ["--backend", name, "matrix_sum"],
                ["--backend", f"serial,{name}", "word_count"],
                ["--baseline", name, "traversal"],
                ["--backend", name, "matrix_sum", "m.txt"],
                ["--backend", name, "--out", "a.json", "matrix_sum"],
            ]:
                self.assert_refused(
                    3, args, name, "not available", backend["reason"], **self.NO_MEMORY
                )

    def test_techniques_that_are_not_there(self):
        kernels = self.measure("list", "--format", "json").json["kernels"]
        for kernel in kernels:
            if "library" in kernel["techniques"]["serial"]:
                continue
            for techniques in ["library", "simple,library", "library,simple"]:
                self.assert_refused(
                    2,
                    ["--backend", "serial", "--technique", techniques, kernel["name"]],
                    kernel["name"],
                    "serial",
                    "'library'",
                    "list",
                    **self.NO_MEMORY,
                )


    def test_techniques_that_no_backend_has(self):
        kernels = self.measure("list", "--format", "json").json["kernels"]
        cells = {k["name"]: set(sum(k["techniques"].values(), [])) for k in kernels}
        known = set.union({"library"}, *cells.values())
        for kernel, there in cells.items():
            for name in known - there:
                for args in ([name], [f"simple,{name}"]):
                    for command in ([kernel], ["sweep", kernel, "--quick"]):
                        self.assert_refused(
                            2,
                            [*command, "--technique", *args],
                            kernel,
                            f"'{name}'",
                            "list",
                            **self.NO_MEMORY,
                        )

    def test_techniques_of_unavailable_backends_only(self):
        listed = self.measure("list", "--format", "json").json
        reasons = {b["name"]: b["reason"] for b in listed["backends"] if not b["available"]}
        for kernel in listed["kernels"]:
            cells = kernel["techniques"]
            here = set(sum((names for b, names in cells.items() if b not in reasons), []))
            for backend, reason in reasons.items():
                for name in set(cells[backend]) - here:
                    for command in ([kernel["name"]], ["sweep", kernel["name"], "--quick"]):
                        self.assert_refused(
                            3,
                            [*command, "--technique", name],
                            f"'{name}'",
                            backend,
                            reason,
                            **self.NO_MEMORY,
                        )

    def test_devices_that_are_not_there(self):
        listed = self.measure("list", "--format", "json").json["backends"]
        listed = [b for b in listed if b["name"] in ("cuda", "opencl")]
        reasons = {b["name"]: b["reason"] for b in listed if not b["available"]}
        for backend in reasons:
            for device in ("0", "nosuch"):
                self.assert_refused(
                    3,
                    ["matrix_sum", "--device", f"{backend}:{device}"],
                    reasons[backend],
                    **self.NO_MEMORY,
                )
        if any(b["built"] for b in listed):
            for device in ("99", "nosuch", "foo:0"):
                for command in ("matrix_sum", "limits", "demo"):
                    self.assert_refused(
                        3, [command, "--device", device], f"--device {device}", **self.NO_MEMORY
                    )


class Files(CliTest):
    """Outputs replace neither inputs nor each other, whatever their names."""

    def test_one_file_by_two_names(self):
        os.mkdir(self.path("folder"))
        os.symlink("folder", self.path("link"))
        for command in (["sweep", "--quick"], ["demo"]):
            for one, other in (("x", "./x"), ("folder/x", "link/x"), ("x", self.path("x"))):
                self.assert_refused(
                    2, [*command, "--out", one, "--html", other], "--html and --out", one
                )
        self.write("a.txt", b"1 2")
        os.link(self.path("a.txt"), self.path("b.txt"))
        for kernel in ("matrix_sum", "word_count"):
            self.assert_refused(2, [kernel, "a.txt", "--out", "b.txt"], "b.txt is an input")
        self.assert_refused(2, ["report", "a.txt", "--html", "./b.txt"], "b.txt is an input")
        self.assertEqual(self.read("a.txt"), b"1 2")
        self.write("folder/y", b"")
        os.symlink("folder/y", self.path("out.json"))
        self.assert_refused(
            2, ["sweep", "--out", "out.json", "--html", "folder/y.journal"], "the journal of --out"
        )

    def test_devices_without_a_name(self):
        for device in ("opencl:", "cuda:", ":"):
            for command in ("matrix_sum", "limits", "list", "doctor"):
                self.assert_refused(2, [command, "--device", device], "--device", "names none")


class Environment(CliTest):
    """OpenMP's threads do not wait awake for long; a user who says how long is obeyed."""

    def test_instructions(self):
        for command in (["matrix_sum", *SMALL], ["sweep", "--quick"], ["aa"], ["limits"]):
            self.assert_refused(
                2,
                command,
                "ACCELBENCH_ISA",
                "portable, avx2, avx512, avx512vnni",
                env=environment(ACCELBENCH_ISA="foo"),
            )
        self.measure("matrix_sum", *SMALL, env=environment(ACCELBENCH_ISA=""))

    def waiting(self, **changes):
        """What the runtime last said of GOMP_SPINCOUNT (gcc) or KMP_BLOCKTIME (clang)."""
        unset = {"GOMP_SPINCOUNT": None, "KMP_BLOCKTIME": None}
        env = environment(**{**unset, "OMP_DISPLAY_ENV": "verbose", **changes})
        result = self.run_program("--version", env=env)
        said = re.findall(r"(?:GOMP_SPINCOUNT|KMP_BLOCKTIME) *= *'?(\d+)", result.err)
        return said[-1] if said else None

    def test_spinning(self):
        if len(cli.program) > 1:
            self.skipTest("an emulated program cannot start itself anew")
        if self.waiting() is None:
            self.skipTest("the OpenMP runtime does not say how long it waits")
        self.assertIn(self.waiting(), ("10000", "1"))
        self.assertIn(self.waiting(GOMP_SPINCOUNT="", KMP_BLOCKTIME=""), ("10000", "1"))
        self.assertEqual(self.waiting(GOMP_SPINCOUNT="7", KMP_BLOCKTIME="7"), "7")

    def test_binding(self):
        """A runtime that binds the program's first thread leaves the CPUs to everyone else."""
        usual = self.measure_json("doctor")["machine"]["default_threads"]
        for changes in ({}, {"GOMP_SPINCOUNT": "7", "KMP_BLOCKTIME": "7"}):
            env = environment(OMP_PROC_BIND="spread", OMP_PLACES="cores", **changes)
            document = self.measure_json("doctor", env=env)
            self.assertEqual(document["machine"]["default_threads"], usual)
            details = [b["detail"] for b in document["backends"] if b["name"] == "openmp"]
            self.assertRegex(details[0], "bound as the environment says$")

    def test_threads_that_share_a_cpu(self):
        """Two threads on one CPU are no two threads."""
        cpus = os.sched_getaffinity(0)
        if len(cpus) < 2 or "openmp" not in self.available():
            self.skipTest("one CPU only, or no openmp")
        args = ["matrix_sum", *SMALL, "--baseline", "none", "--backend", "openmp"]
        env = environment(OMP_PROC_BIND=None, OMP_PLACES=f"{{{min(cpus)}}}")
        two = [*args, "--threads", "2"]
        self.assert_refused(
            3, two, "binds 2 threads to 1 CPU", "OMP_PLACES", "--threads 1", env=env
        )
        self.measure(*args, "--threads", "1", env=env)


class Memory(CliTest):
    PEAK_BYTES = 256 << 20  # enough for the program under a sanitizer, far below the inputs

    def assert_refused_before_taking(self, args, *mentions, **env):
        process = self.start(*args, env=environment(**env))
        out, err = process.stdout.read(), process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual((process.returncode, out), (1, b""), args)
        self.assert_one_line(err, *mentions)
        self.assertLess(usage.ru_maxrss * 1024, self.PEAK_BYTES)
        self.assertEqual(os.listdir(self.folder), [])

    def test_more_than_there_is(self):
        for kernel in MATRIX_KERNELS:
            self.assert_refused_before_taking(
                [kernel, "--rows", "10M", "--cols", "10M"],
                kernel,
                "needs 400.0 TB",
                "available",
                "smaller",
            )
        self.assert_refused_before_taking(
            ["matrix_sum", "--size", "1000T", "--out", "a.json"], "available", "smaller"
        )
        self.assert_refused_before_taking(["word_count", "--size", "1000T"], "available", "smaller")

    def test_files_that_are_too_large(self):
        """Known by their size, before they are read; a device shows it on reading."""
        remedy = "split the input, or use a machine with more memory"
        for name in ("words.txt", "other.txt"):
            with open(self.path(name), "wb") as file:
                file.truncate(10**9)
        limit = {"env": environment(ACCELBENCH_MEMORY_LIMIT="100M")}
        for args, what in [
            (["word_count", "words.txt"], "word_count of words.txt needs 1.5 GB"),
            (["word_count", "words.txt", "other.txt"], "words.txt and 1 more needs 3.0 GB"),
            (["matrix_sum", "words.txt"], "matrix_sum of words.txt needs"),
        ]:
            self.assert_refused(1, args, what, "available", remedy, **limit)
        self.assert_refused(
            1, ["word_count", "/dev/zero"], "/dev/zero needs", "smaller input", **limit
        )

    def test_more_than_is_allowed(self):
        for args in [
            ["matrix_sum"],
            ["traversal", "--order", "tiled"],
            ["word_count"],
            ["matrix_sum", "--in-process"],
            ["matrix_sum", "--out", "a.json"],
        ]:
            for limit in ["100M", "0", "1Ki"]:
                self.assert_refused_before_taking(
                    args, "needs", "available", "smaller", ACCELBENCH_MEMORY_LIMIT=limit
                )

    def test_limit_is_a_size(self):
        for limit in ["abc", "-1", "99999999999T"]:
            for command in (["matrix_sum", *SMALL], ["sweep", "--quick"], ["limits"]):
                self.assert_refused(
                    2,
                    command,
                    "ACCELBENCH_MEMORY_LIMIT",
                    env=environment(ACCELBENCH_MEMORY_LIMIT=limit),
                )

    def test_enough_is_enough(self):
        for limit in ("1G", ""):
            self.measure("matrix_sum", *SMALL, env=environment(ACCELBENCH_MEMORY_LIMIT=limit))


if __name__ == "__main__":
    cli.main()
