"""The answers, by every backend: of matrices whose sums are known, and of generated inputs, which
must be the same however many threads, processes or orders there are."""

import json
import math
import struct

import cli
from cli import AnswerTest

FORMATS = {"i32": ("<i4", "i"), "i64": ("<i8", "q"), "f32": ("<f4", "f"), "f64": ("<f8", "d")}


class MatrixFiles(AnswerTest):
    def npy(self, name, dtype, rows, version=1):
        descr, code = FORMATS[dtype]
        shape = (len(rows), len(rows[0])) if rows else (0, 7)
        header = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode() + b"\n"
        length = struct.pack("<H" if version == 1 else "<I", len(header))
        values = [value for row in rows for value in row]
        return self.write(
            name,
            b"\x93NUMPY"
            + bytes([version, 0])
            + length
            + header
            + struct.pack(f"<{len(values)}{code}", *values),
        )

    def test_npy(self):
        for dtype in FORMATS:
            for version in (1, 2, 3):
                name = self.npy("m.npy", dtype, [[1, -2, 3], [40, 50, 60]], version)
                self.assertEqual(self.sum("matrix_sum", name), 152)
                if version == 1:
                    for order in ("row", "column", "tiled"):
                        total = self.sum("traversal", "--order", order, "--input", name)
                        self.assertEqual(total, 152)
                self.assertEqual(self.sum("matrix_sum", self.npy("e.npy", dtype, [])), 0)

    def test_extremes(self):
        low, high = -(2**31), 2**31 - 1
        self.assertEqual(
            self.sum("matrix_sum", self.npy("m.npy", "i32", [[low] * 5, [low] * 5])), 10 * low
        )
        self.assertEqual(self.sum("matrix_sum", self.npy("m.npy", "i32", [[high] * 5])), 5 * high)
        low, high = -(2**63), 2**63 - 1
        self.assertEqual(self.sum("matrix_sum", self.npy("m.npy", "i64", [[high, 1]])), low)
        self.assertEqual(self.sum("matrix_sum", self.npy("m.npy", "i64", [[low, low, 5]])), 5)
        inf, nan = math.inf, math.nan
        for dtype in ("f32", "f64"):
            for values, right in [
                ([1, inf], "inf"),
                ([1, -inf], "-inf"),
                ([inf, -inf], "nan"),
                ([1, nan], "nan"),
                ([0.5, 0.25], 0.75),
                ([-0.0], 0),
            ]:
                for order in ([], ["--order", "column"]):
                    kernel = "traversal" if order else "matrix_sum"
                    name = self.npy("m.npy", dtype, [values, values[::-1]])
                    right_sum = right if isinstance(right, str) else 2 * right
                    self.assertEqual(self.sum(kernel, *order, name), right_sum)

    def test_text(self):
        for text, dtype, right in [
            ("1 2\n3 4\n", "i32", 10),
            ("7", "i32", 7),
            ("-1\t+2\n\n 3 4\r\n", "i64", 8),
            ("9223372036854775807 1\n", "i64", -(2**63)),
            ("1.5 2e0\n.25 4.\n", "f64", 7.75),
            ("1.5 nan\n", "f32", "nan"),
            ("-inf 1\n", "f64", "-inf"),
        ]:
            self.write("m.txt", text)
            self.assertEqual(self.sum("matrix_sum", "--dtype", dtype, "m.txt"), right)
            self.assertEqual(
                self.sum("traversal", "--order", "tiled", "--dtype", dtype, "m.txt"), right
            )

    def test_names_of_files(self):
        for name in ("-m.txt", "--rows", "list", "a b.txt", "m\n.txt", "\u00e4.npy.txt"):
            self.write(name, "1 2\n3 4\n")
            self.assertEqual(self.sum("matrix_sum", "--", name), 10)
            self.assertEqual(self.sum("matrix_sum", "--input", f"./{name}"), 10)
            self.assertEqual(self.sum("matrix_sum", f"--input={name}"), 10)


class Generated(AnswerTest):
    SIZES = ["--rows", "301", "--cols", "517"]

    def test_one_answer(self):
        """However it is computed."""
        for dtype in FORMATS:
            exact = dtype.startswith("i")
            args = [*self.SIZES, "--dtype", dtype]
            right = self.sum("matrix_sum", *args, exact=exact)
            self.assertTrue(0.49 < right / (301 * 517 * 100) < 0.52)
            for kernel, more in [
                ("matrix_sum", ["--threads", "1"]),
                ("matrix_sum", ["--threads", "3"]),
                ("matrix_sum", ["--threads", "7", "--technique", "all"]),
                ("matrix_sum", ["--in-process"]),
                ("traversal", []),
                ("traversal", ["--order", "column", "--threads", "7"]),
                ("traversal", ["--order", "tiled", "--in-process"]),
                ("traversal", ["--order", "tiled", "--tile", "7x100000", "--threads", "3"]),
            ]:
                value = self.sum(kernel, *args, *more, exact=exact)
                self.assertTrue(
                    math.isclose(value, right, rel_tol=0 if exact else 1e-5), (kernel, more)
                )
        args = ["word_count", "--size", "70000", "--top", "50"]
        right = self.answer(*args)
        for more in (
            ["--threads", "1"],
            ["--threads", "7"],
            ["--in-process"],
            ["--technique", "all"],
        ):
            self.assertEqual(self.answer(*args, *more), right)

    def test_cold(self):
        args = ["matrix_sum", *self.SIZES]
        self.assertEqual(self.sum(*args, "--cache", "cold"), self.sum(*args))

    def test_seeds(self):
        for kernel, args in [
            ("matrix_sum", self.SIZES),
            ("traversal", self.SIZES),
            ("word_count", ["--size", "20k"]),
        ]:
            answers = {
                seed: self.answer(kernel, *args, "--seed", seed)
                for seed in ("0", "1", "42", "18446744073709551615")
            }
            self.assertEqual(self.answer(kernel, *args), answers["42"])
            self.assertEqual(
                self.answer(kernel, *args, "--seed", "1", "--in-process"), answers["1"]
            )
            self.assertEqual(len({json.dumps(answer) for answer in answers.values()}), len(answers))

    def test_sizes(self):
        for rows, cols in [(1, 1), (1, 1000), (1000, 1), (2, 3), (7, 65537)]:
            for kernel, more in [
                ("matrix_sum", []),
                ("traversal", ["--order", "column", "--threads", "7"]),
                ("traversal", ["--order", "tiled", "--threads", "7"]),
            ]:
                self.sum(kernel, "--rows", str(rows), "--cols", str(cols), *more)

    def test_workers(self):
        for threads in ("1", "3", "7"):
            document = self.measure_json(
                "matrix_sum", *self.SIZES, "--min-time", "0.0001", "--rounds", "1", "--threads", threads
            )
            workers = {
                row["accelbench"]["backend"]: row["accelbench"]["workers"]
                for row in document["benchmarks"]
                if row["accelbench"]["backend"] in cli.CPU_BACKENDS
            }
            self.assertEqual(
                workers, {name: 1 if name == "serial" else int(threads) for name in workers}
            )

    def test_baselines(self):
        available = self.available()
        for name in [name for name in cli.CPU_BACKENDS if name in available]:
            document = self.measure_json(
                "matrix_sum", *self.SIZES, "--min-time", "0.0001", "--rounds", "2", "--baseline", name
            )
            comparisons = document["accelbench"]["comparisons"]
            summaries = document["accelbench"]["summaries"]
            whole = [summary for summary in summaries if ".kernel" not in summary["name"]]
            self.assertEqual(len(comparisons), len(whole) - 1)
            for comparison in comparisons:
                self.assertIn(f"_{name}/", comparison["baseline"])
                self.assertNotIn(f"_{name}/", comparison["contender"])
            document = self.measure_json(
                "matrix_sum",
                *self.SIZES,
                "--min-time",
                "0.0001",
                "--rounds",
                "2",
                "--baseline",
                name,
                "--backend",
                "serial" if name != "serial" else "pthread",
            )
            self.assertEqual(len(document["accelbench"]["comparisons"]), 1)
        document = self.measure_json(
            "matrix_sum", *self.SIZES, "--min-time", "0.0001", "--rounds", "2", "--baseline", "none"
        )
        self.assertEqual(document["accelbench"]["comparisons"], [])

    def test_limits_of_time(self):
        for option in ("--max-seconds", "--budget"):
            document = self.measure_json(
                "matrix_sum", *self.SIZES, "--rounds", "100000", option, "0.3"
            )
            rounds = document["benchmarks"][0]["repetitions"]
            self.assertTrue(1 <= rounds < 100000)
            rows = [row for row in document["benchmarks"] if row["run_type"] == "iteration"]
            self.assertEqual(len(rows) % rounds, 0)

    def test_cold_needs_a_size(self):
        self.assert_refused(
            2,
            ["matrix_sum", "--rows", "1", "--cols", "1", "--cache", "cold"],
            "--cache cold",
            "larger",
        )
        document = self.measure_json(
            "matrix_sum", "--size", "2M", "--min-time", "0.0001", "--rounds", "2", "--cache", "cold"
        )
        for row in document["benchmarks"]:
            self.assertRegex(row["name"], r"\.cold_\w+/")
            self.assertEqual(row.get("accelbench", {"cache": "cold"})["cache"], "cold")


class GeneratedOnDevices(AnswerTest):
    devices = True

    def test_one_answer(self):
        for kernel, args in [
            ("matrix_sum", ["--rows", "301", "--cols", "517"]),
            ("traversal", ["--rows", "301", "--cols", "517", "--order", "column"]),
            ("word_count", ["--size", "70000"]),
        ]:
            right = self.answer(kernel, *args)
            self.assertEqual(self.answer(kernel, *args, "--technique", "all"), right)


if __name__ == "__main__":
    cli.main()
