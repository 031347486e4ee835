"""The words of texts, by every backend, against Python's own; and of the books."""

import collections
import json
import os
import re
import subprocess
import threading

import cli
from cli import AnswerTest


def words_of(data, rule):
    """The words by Python's own rules, but that every capital sigma becomes the same small one.
    Bytes that are no UTF-8 become lone surrogates, which are words, and bytes again at the end."""
    if rule == "ascii":
        separators = bytes(range(9, 14)) + b" "
        for separator in separators:
            data = data.replace(bytes([separator]), b" ")
        words = [word.lower() for word in data.split(b" ") if word]
        return collections.Counter(words)
    text = data.decode("utf-8", "surrogateescape").replace("\u03a3", "\u03c3").lower()
    return collections.Counter(word.encode("utf-8", "surrogateescape") for word in text.split())


class Words(AnswerTest):
    TEXTS = {
        "empty": b"",
        "blanks": b" \t\n\r\x0b\x0c ",
        "one": b"a",
        "no end": b"a b a",
        "cases": "Aa aA ÄÖ äö ΑΣ ας İI ǅ ß ẞ".encode(),
        "nul": b"a a\0 \0 \0a a\0",
        "spaces": "a\u00a0b\u2003c\u3000d\x1ce\x85f\u2028g\u200bh\ufeff i".encode(),
        "stray": b"\xff \xffA a\x80 \xe2\x82 \xe2\x82A \xf0\x9f\x98 \xc0\xaf \xed\xa0\x80 "
        b"\xf4\x90\x80\x80 \xe2\x28\xa1",
        "cut": b"abc \xf0\x9f\x98",
        "emoji": "\U0001f600 \U0001f600a \U00010400 \U00010428".encode(),
        "nel as bytes": b"a\x85b a\xc2\x85b a\xc2b",
        "long": b"x" * 100000 + b" " + b"X" * 100000 + b" y",
        "many": b" ".join(str(i % 5000).encode() for i in range(30000)),
    }

    def word_of(self, entry, right):
        """The bytes of a word, which must be shown as far as it can be."""
        if "word_hex" not in entry:
            self.assertEqual(list(entry), ["word", "count"])
            return entry["word"].encode()
        self.assertEqual(list(entry), ["word", "word_hex", "word_bytes", "count"])
        word = bytes.fromhex(entry["word_hex"])
        shown = re.sub("[\udc80-\udcff]", "\ufffd", word.decode("utf-8", "surrogateescape"))
        if entry["word_bytes"] == len(word):
            self.assertIn("\ufffd", shown)
            self.assertEqual(entry["word"], shown)
            return word
        self.assertTrue(shown.startswith(entry["word"]))  # a long one is cut
        self.assertEqual((len(word), len(entry["word"])), (4096, 4096))
        return next(
            whole for whole in right if whole.startswith(word) and len(whole) == entry["word_bytes"]
        )

    def check(self, right, *args, rule="unicode", **options):
        result = self.answer("word_count", "--rule", rule, "--top", "100000", *args, **options)
        self.assertEqual(list(result), ["total_words", "distinct_words", "top"])
        self.assertEqual(
            (result["total_words"], result["distinct_words"]), (sum(right.values()), len(right))
        )
        found = []
        for entry in result["top"]:
            found.append((self.word_of(entry, right), entry["count"]))
        self.assertEqual(found, sorted(right.items(), key=lambda item: (-item[1], item[0])))

    def test_files(self):
        for name, data in self.TEXTS.items():
            self.write("t.txt", data)
            for rule in ("unicode", "ascii"):
                with self.subTest(name, rule=rule):
                    right = words_of(data, rule)
                    self.check(right, "t.txt", "--threads", "3", rule=rule)
                    total = self.answer("word_count", "--task", "total", "--rule", rule, "t.txt")
                    self.assertEqual(total, {"total_words": sum(right.values())})

    def test_streams(self):
        data = self.TEXTS["cases"] * 3000 + self.TEXTS["many"]
        right = words_of(data, "unicode")
        self.check(right, "-", feed=data)
        self.check(right, "--input", "-", "--in-process", feed=data)
        self.write("t.txt", data)
        with open(self.path("t.txt"), "rb") as file:
            self.check(right, "-", stdin=file)
        os.mkfifo(self.path("pipe"))

        def write():
            with open(self.path("pipe"), "wb") as pipe:
                for at in range(0, len(data), 1000):
                    pipe.write(data[at : at + 1000])

        writer = threading.Thread(target=write)
        writer.start()
        self.check(right, "pipe")
        writer.join()
        self.check(collections.Counter(), "/dev/null")
        self.check(collections.Counter(), "-", stdin=subprocess.DEVNULL)

    def test_several_files(self):
        """As if joined by a newline: what one file cuts off, the next does not complete."""
        self.write("a", b"one tw")
        self.write("b", b"o \xe2\x82")
        self.write("c", b"\xac one\n")
        self.write("d", b"")
        files = ["a", "b", "c", "d", "a"]
        data = b"\n".join(self.read(name) for name in files)
        self.check(words_of(data, "unicode"), *files)
        self.check(words_of(data, "unicode"), "--input", "a", *files[1:])
        self.check(words_of(b"one tw\n x \none tw", "unicode"), "a", "-", "a", feed=b" x ")

    def test_top(self):
        self.write("t.txt", "c a b a c d c")
        for top, words in [
            ("0", []),
            ("1", ["c"]),
            ("3", ["c", "a", "b"]),
            ("99", ["c", "a", "b", "d"]),
        ]:
            result = self.answer("word_count", "t.txt", "--top", top)
            self.assertEqual([entry["word"] for entry in result["top"]], words)
            self.assertEqual((result["total_words"], result["distinct_words"]), (7, 4))


class Books(AnswerTest):
    def setUp(self):
        super().setUp()
        counts = os.path.join(cli.books or "", os.pardir, "word_counts.json")
        if not cli.books or not os.path.exists(counts):
            self.skipTest("the books are not here: name their folder with --books")
        with open(counts, encoding="utf-8") as file:
            self.counts = json.load(file)["files"]

    def assert_counts(self, right, *args):
        result = self.answer("word_count", "--top", "20", *args)
        self.assertEqual(
            (result["total_words"], result["distinct_words"]), (right["total"], right["distinct"])
        )
        self.assertEqual(
            [entry["count"] for entry in result["top"]], [count for _, count in right["top20"]]
        )
        least = right["top20"][-1][1]  # of equal counts, which ones are among the first 20 is open
        self.assertEqual(
            {entry["word"] for entry in result["top"] if entry["count"] > least},
            {word for word, count in right["top20"] if count > least},
        )

    def test_each(self):
        for name, right in self.counts.items():
            path = os.path.join(os.path.abspath(cli.books), name)
            with self.subTest(name):
                self.assertEqual(os.path.getsize(path), right["bytes"])
                self.assert_counts(right, path)
                self.assertEqual(
                    self.answer("word_count", "--task", "total", path),
                    {"total_words": right["total"]},
                )

    def test_together(self):
        paths = [os.path.join(os.path.abspath(cli.books), name) for name in self.counts]
        data = b"\n".join(open(path, "rb").read() for path in paths)
        right = words_of(data, "unicode")
        result = self.answer("word_count", *paths)
        self.assertEqual(
            result["total_words"], sum(entry["total"] for entry in self.counts.values())
        )
        self.assertEqual(result["distinct_words"], len(right))


if __name__ == "__main__":
    cli.main()
