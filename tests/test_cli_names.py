"""The names of rows, and the CSV, that scripts rely on."""

import csv
import io
import re

import cli
from cli import SMALL, CliTest, strict_json


class Names(CliTest):
    devices = True

    def headline(self, kernel, backend):
        """The technique that runs when none is named."""
        kernels = {k["name"]: k["techniques"] for k in self.measure_json("list")["kernels"]}
        names = kernels[kernel][backend]
        return "tuned" if "tuned" in names else names[0]

    def test_names(self):
        for kernel, args, parts, sizes in [
            ("matrix_sum", ["--rows", "30", "--cols", "20"], "", "30/20"),
            ("matrix_sum", ["--size", "3600"], "", "30/30"),
            ("matrix_sum", ["--rows", "3", "--cols", "2", "--dtype", "i32"], "", "3/2"),
            ("matrix_sum", ["--rows", "3", "--cols", "2", "--dtype", "f64"], ".f64", "3/2"),
            ("matrix_sum", ["--rows", "1k", "--cols", "1Ki", "--cache", "cold"], None, "1000/1024"),
            ("traversal", ["--rows", "3", "--cols", "2"], "", "3/2"),
            ("traversal", ["--rows", "3", "--cols", "2", "--order", "row"], "", "3/2"),
            ("traversal", ["--rows", "3", "--cols", "2", "--order", "column"], ".column", "3/2"),
            ("traversal", ["--rows", "3", "--cols", "2", "--order", "tiled"], ".tiled", "3/2"),
            (
                "traversal",
                ["--rows", "3", "--cols", "2", "--order", "tiled", "--tile", "64x256"],
                ".tiled",
                "3/2",
            ),
            (
                "traversal",
                ["--rows", "3", "--cols", "2", "--order", "tiled", "--tile", "2x5"],
                ".tiled",
                "3/2/2/5",
            ),
            (
                "traversal",
                ["--rows", "3", "--cols", "2", "--order", "column", "--dtype", "f32"],
                ".column.f32",
                "3/2",
            ),
            ("word_count", ["--size", "4Ki"], "", "4096"),
            ("word_count", ["--size", "4Ki", "--task", "total"], ".total", "4096"),
            ("word_count", ["--size", "4Ki", "--rule", "ascii"], ".ascii", "4096"),
            (
                "word_count",
                ["--size", "4Ki", "--rule", "ascii", "--task", "total"],
                ".total.ascii",
                "4096",
            ),
        ]:
            with self.subTest(kernel=kernel, args=args):
                document = self.measure_json(
                    kernel, *args, "--min-time", "0.0001", "--rounds", "1", "--backend", "serial", "--baseline", "none"
                )
                technique = self.headline(kernel, "serial")
                parts_of_technique = "" if technique == "tuned" else f".{technique}"
                cold = ".cold" if "cold" in args else ""
                self.assertEqual(
                    document["benchmarks"][0]["name"],
                    f"{kernel}{parts or ''}{parts_of_technique}{cold}_serial/{sizes}/real_time",
                )

    def test_names_of_techniques(self):
        for kernel in self.measure_json("list")["kernels"]:
            args = ["--size", "4k", "--min-time", "0.0001", "--rounds", "1", "--technique", "all"]
            document = self.measure_json(kernel["name"], *args)
            for row in document["benchmarks"]:
                own = row["accelbench"]
                self.assertEqual(f".{own['technique']}" in row["name"], own["technique"] != "tuned")
                self.assertRegex(
                    row["name"], rf"^{kernel['name']}[a-z0-9.-]*_{own['backend']}(/\d+)+/real_time$"
                )


class Csv(CliTest):
    HEADER = [
        "name",
        "iterations",
        "real_time",
        "cpu_time",
        "time_unit",
        "bytes_per_second",
        "items_per_second",
        "label",
        "error_occurred",
        "error_message",
    ]

    def test_agrees_with_json(self):
        for args in (
            ["matrix_sum", *SMALL],
            ["word_count", "--size", "3k", "--min-time", "0.0001", "--rounds", "3", "--result"],
        ):
            text = self.measure(*args, "--format", "csv", "--out", "a.json").text
            document = strict_json(self.read("a.json"))
            table = list(csv.reader(io.StringIO(text), strict=True))
            self.assertEqual(table[0], self.HEADER)
            self.assertEqual(len(table) - 1, len(document["benchmarks"]))
            for fields, row in zip(table[1:], document["benchmarks"]):
                line = dict(zip(self.HEADER, fields, strict=True))
                for key in ("name", "label"):
                    self.assertEqual(line[key], row[key])
                for key in (
                    "iterations",
                    "real_time",
                    "cpu_time",
                    "bytes_per_second",
                    "items_per_second",
                ):
                    self.assertEqual(float(line[key]), row[key])
                self.assertEqual(line["time_unit"], "" if row["name"].endswith("_cv") else "ns")
                self.assertEqual((line["error_occurred"], line["error_message"]), ("", ""))

    def test_error_row(self):
        result = self.run_program(
            "matrix_sum",
            *SMALL[:6],
            "--backend",
            "serial",
            "--min-time",
            "20",
            "--deadline",
            "2",
            "--format",
            "csv",
        )
        self.assertEqual(result.status, 1)
        _, fields = csv.reader(io.StringIO(result.text), strict=True)
        self.assertEqual(fields[1:9], [""] * 7 + ["true"])
        self.assertIn("--deadline", fields[9])
        self.assertRegex(result.text.splitlines()[1], r'^"[^"]+",,,,,,,,true,".+"$')

    def test_json_on_stdout_is_the_file(self):
        result = self.measure("matrix_sum", *SMALL, "--format", "json", "--out", "a.json")
        self.assertEqual(result.out, self.read("a.json"))
        self.assertTrue(re.match(rb"\{\n", result.out) and result.out.endswith(b"}\n"))


if __name__ == "__main__":
    cli.main()
