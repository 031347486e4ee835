"""Inputs that are refused: with exit status 1, one line that says what is wrong with which file,
where, and what to do, and no traces."""

import io
import os
import struct
import subprocess
import zipfile

import cli
from cli import MATRIX_KERNELS, SMALL, CliTest


def npy(descr="<i4", shape="(2, 3)", order="False", version=(1, 0), data=bytes(24), header=None):
    """The bytes of a .npy file."""
    if header is None:
        header = f"{{'descr': {descr!r}, 'fortran_order': {order}, 'shape': {shape}, }}"
    text = header.encode("latin-1") + b"\n"
    length = struct.pack("<H" if version[0] == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + data


class MatrixFiles(CliTest):
    def assert_bad(self, name, *mentions):
        for kernel in MATRIX_KERNELS:
            self.assert_refused(1, [kernel, name], name, *mentions)
        self.assert_refused(
            1, ["matrix_sum", "--in-process", "--input", name, "--out", "a.json"], name, *mentions
        )

    def test_files_that_are_none(self):
        self.assert_bad("missing.npy", "No such file")
        self.assert_bad("missing/m.txt", "No such file")
        self.assert_bad("x" * 300, "File name too long")
        os.mkdir(self.path("folder.npy"))
        self.assert_bad("folder.npy", "directory")
        os.mkfifo(self.path("pipe"))
        self.assert_bad("pipe", "pipe", "save it")
        self.assert_bad("/dev/null", "device")
        self.assert_refused(1, ["matrix_sum", "-"], "standard input", "save it")
        self.assert_bad(self.write("empty.npy", b""), "empty")
        os.symlink("nowhere", self.path("dangling"))
        self.assert_bad("dangling", "No such file")

    def test_names_with_controls(self):
        for name in ["two\nlines", "bell\x07", "red\x1b[31m", "c1\x9b31m", "del\x7f"]:
            for args in [
                ["matrix_sum", name],
                ["word_count", name],
                [name],
                ["matrix_sum", "--" + name],
                ["matrix_sum", "--out", name + "/x"],
            ]:
                with self.subTest(args=args):
                    result = self.run_program(*args)
                    self.assertIn(result.status, (1, 2))
                    self.assert_one_line(result.err)

    def test_npy_headers(self):
        good = npy()
        for length in [1, 5, 6, 7, 8, 9, 10, 11, 30, len(good) - 24]:
            self.assert_bad(
                self.write("cut.npy", good[:length]), "numpy.save" if length < 6 else "cut short"
            )
        self.assert_bad(self.write("short.npy", good[:-1]), "cut short", "24 bytes, 23")
        self.assert_bad(self.write("long.npy", good + b"x"), "1 extra byte")
        self.assert_bad(self.write("magic.npy", b"\x93NUMPX" + good[6:]), "NUMPY")
        self.assert_bad(self.write("nine.npy", npy(version=(9, 0))), "9.0", "1.0")
        self.assert_bad(self.write("minor.npy", npy(version=(1, 7))), "1.7")
        self.assert_bad(
            self.write("huge.npy", good[:8] + b"\xff\xff" + good[10:]), "cut short", "65535"
        )
        self.assert_bad(
            self.write("vast.npy", npy(version=(2, 0))[:8] + b"\xff" * 4 + good[12:]), "cut short"
        )
        for shape, mention in [
            ("(4000000000, 4000000000)", "4000000000"),
            ("(99999999999999999999, 1)", "2^64"),
            ("(-2, -3)", "shape"),
            ("(2, 3, 1)", "dimensions"),
            ("(3, 3)", "cut short"),
            ("6", "shape"),
            ("(6)", "shape"),
            ("(2 3)", "shape"),
            ("(2.0, 3)", "shape"),
            ("(2, 3", "shape"),
            ("(4611686018427387904, 8)", "4611686018427387904"),
        ]:
            self.assert_bad(self.write("shape.npy", npy(shape=shape)), mention)
        for header in [
            "",
            "{}",
            "[]",
            "{'descr': '<i4'}",
            "{'descr': '<i4', 'fortran_order': False}",
            "{'descr': '<i4', 'fortran_order': 0, 'shape': (2, 3)}",
            "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}",
            "{'descr': '<i4', 'descr': '<i4', 'fortran_order': False, 'shape': (2, 3)}",
            "{'descr': '<i4",
            "{" * 1000,
        ]:
            self.assert_bad(self.write("header.npy", npy(header=header)), "header", "numpy.save")

    def test_npy_elements(self):
        self.assert_bad(self.write("f.npy", npy(order="True")), "fortran", "ascontiguousarray")
        for descr, mention in [
            ("|O", "object"),
            (">i4", "big-endian"),
            (">f8", "big-endian"),
            ("<i2", "<i4"),
            ("<u4", "unsigned"),
            ("|b1", "bool"),
            ("<c8", "complex"),
            ("<U4", "text"),
            ("<f2", "another width"),
            ("=i4", "i4"),
            ("", "dtype"),
            ("<i4\\x01", "backslash"),
            ("?" * 200, "dtype"),
        ]:
            self.assert_bad(self.write("d.npy", npy(descr=descr)), mention)
        self.assert_bad(
            self.write(
                "s.npy",
                npy(header="{'descr': [('a', '<i4')], 'fortran_order': " "False, 'shape': (2, 3)}"),
            ),
            "structured",
        )
        self.write("i.npy", npy())
        self.assert_refused(2, ["matrix_sum", "i.npy", "--dtype", "f64"], "--dtype", "i.npy", "i32")

    def test_text(self):
        for text, mentions in [
            ("1 2 3\n4 5\n", ["line 2", "2 numbers", "expected 3"]),
            ("1 2\n\n3 4 5\n", ["line 3", "3 numbers", "expected 2"]),
            ("1 2\n3 x\n", ["line 2", "number 2", "'x'"]),
            ("1,2\n3,4\n", ["line 1", "number 1", "comma"]),
            ("1 2.5\n", ["line 1", "number 2", "2.5", "--dtype f64"]),
            ("1 3000000000\n", ["number 2", "3000000000", "i64"]),
            ("1 \x00\n", ["number 2", "\\x00"]),
            ("1 \x1b[31m\n", ["number 2", "\\x1b"]),
            ("\xef\xbb\xbf1 2\n", ["line 1", "number 1"]),
            ("nan\n", ["nan"]),
            ("0x10\n", ["0x10"]),
            ("1e2\n", ["1e2"]),
            ("--1\n", ["--1"]),
            (" \n\t\n", ["no numbers"]),
            ("\n", ["no numbers"]),
            ("1" * 5000, ["line 1"]),
            ("9" * (3 << 20), ["line 1", "number 1"]),
        ]:
            self.assert_bad(self.write("m.txt", text), *mentions)
        self.write("huge.txt", "1e999\n")
        self.assert_refused(1, ["matrix_sum", "--dtype", "f64", "huge.txt"], "huge.txt", "1e999")
        self.write("wide.txt", "1e300\n")
        self.assert_refused(1, ["matrix_sum", "--dtype", "f32", "wide.txt"], "wide.txt", "f64")

    def test_name_is_not_a_promise(self):
        self.assert_bad(self.write("text.npy", "1 2\n3 4\n"), "NUMPY", "rename")

    def test_archives(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("arr_0.npy", npy())
        for name in ("a.npz", "a.npy", "a"):
            self.assert_bad(self.write(name, archive.getvalue()), "archive", ".npz", "numpy.save(")


class Texts(CliTest):
    def test_files_that_are_none(self):
        os.mkdir(self.path("folder"))
        self.write("good.txt", "a b\n")
        for name, mention in [
            ("missing.txt", "No such file"),
            ("folder", "directory"),
            ("good.txt/x", "Not a directory"),
        ]:
            self.assert_refused(1, ["word_count", name], name, mention)
            self.assert_refused(1, ["word_count", "good.txt", name], name, mention)
        self.assert_refused(
            1,
            ["word_count", "-"],
            "standard input",
            "directory",
            stdin=os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC),
        )

    def test_arrays(self):
        self.write("a.npy", npy())
        self.write("good.txt", "a b\n")
        for files in (["a.npy"], ["good.txt", "a.npy"]):
            self.assert_refused(1, ["word_count", *files], "a.npy", "NumPy", "matrix_sum", "savetxt")

    def test_standard_input_is_closed(self):
        self.assert_refused(
            1, ["word_count", "-"], "standard input", stdin=None, preexec_fn=lambda: os.close(0)
        )


class Permissions(CliTest):
    """As root everything can be read, so that root becomes nobody for these."""

    def setUp(self):
        super().setUp()
        self.identity = {}
        if os.geteuid() != 0:
            return
        os.chmod(self.folder, 0o755)
        self.identity = {"user": 65534, "group": 65534, "extra_groups": []}
        try:
            if (
                subprocess.run(
                    [*cli.program, "--version"],
                    capture_output=True,
                    **self.identity,
                    cwd="/",
                    check=False,
                ).returncode
                == 0
            ):
                return
        except OSError:
            pass
        self.skipTest("root cannot run the program as another user here")

    def test_unreadable_files(self):
        for name in ["m.npy", "m.txt"]:
            os.chmod(self.path(self.write(name, npy())), 0)
            self.assert_refused(1, ["matrix_sum", name], name, "Permission denied", **self.identity)
            self.assert_refused(1, ["word_count", name], name, "Permission denied", **self.identity)

    def test_unwritable_places(self):
        os.mkdir(self.path("closed"), 0o555)
        self.assert_refused(
            1,
            ["matrix_sum", *SMALL, "--out", "closed/a.json"],
            "closed/a.json",
            "Permission denied",
            **self.identity,
        )
        self.write("mine.json", "old")
        os.chmod(self.path("mine.json"), 0o444)
        self.assert_refused(
            1,
            ["matrix_sum", *SMALL, "--out", "mine.json"],
            "mine.json",
            "Permission denied",
            **self.identity,
        )
        self.assertEqual(self.read("mine.json"), b"old")


if __name__ == "__main__":
    cli.main()
