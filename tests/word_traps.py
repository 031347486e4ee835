#!/usr/bin/env python3
"""Texts that word counters get wrong, and a comparison of accelbench with Python's own counting.

    word_traps.py --accelbench BIN [--count N] [--seed S] [--backend NAMES] [--books DIR] [--runner COMMAND]
        compares BIN on the committed traps, on N random texts and on the books, for both rules
        and both tasks, by every technique, and with every instruction set that this machine has;
        exits 1 with the first difference
    word_traps.py --write
        remakes the committed traps: tests/data/word_count/NAME.txt, and the words of each by
        either rule, tests/data/word_count_answers/NAME.RULE.tsv: count, tab, lower-cased word in
        hexadecimal, most frequent first
"""
import argparse
import json
import os
import pathlib
import random
import shlex
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter

DATA = pathlib.Path(__file__).resolve().parent / "data" / "word_count"
ANSWERS = DATA.with_name("word_count_answers")
RULES = ("unicode", "ascii")
ISAS = ("portable", "avx2", "avx512", "avx512vnni") # the last that is there is what runs without being asked
WORD_BYTES_MAX = 4096

SPACES = [*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029,
          0x202F, 0x205F, 0x3000]

# Neighbours of white space, invisible characters, and what other languages call white space.
NEAR_SPACES = [0x00, 0x08, 0x0E, 0x1A, 0x1B, 0x21, 0x7F, 0x80, 0x84, 0x86, 0x9F, 0xA1, 0xAD, 0x167F,
               0x1681, 0x180E, 0x1FFE, 0x200B, 0x200C, 0x200D, 0x2027, 0x202A, 0x202E, 0x2030,
               0x205E, 0x2060, 0x2800, 0x3001, 0x3164, 0xFEFF, 0xFFFD, 0xFFA0, 0x1D173, 0xE0020]

# Blocks with letters of both cases, without the code points that Unicode 14 left unassigned: on
# these, any later version agrees with 14.
CASED = [
    (0x41, 0x5A), (0xC0, 0xFF), (0x100, 0x24F), (0x250, 0x2AF), (0x370, 0x377), (0x37A, 0x37F),
    (0x384, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3FF), (0x400, 0x52F),
    (0x531, 0x556), (0x559, 0x587), (0x10A0, 0x10C5), (0x10C7, 0x10C7), (0x10CD, 0x10CD),
    (0x10D0, 0x10FF), (0x13A0, 0x13F5), (0x13F8, 0x13FD), (0x1C80, 0x1C88), (0x1C90, 0x1CBA),
    (0x1CBD, 0x1CBF), (0x1D79, 0x1D8E), (0x1E00, 0x1EFF), (0x1F00, 0x1F15), (0x1F18, 0x1F1D),
    (0x1F20, 0x1F45), (0x1F48, 0x1F4D), (0x1F50, 0x1F57), (0x1F59, 0x1F59), (0x1F5B, 0x1F5B),
    (0x1F5D, 0x1F5D), (0x1F5F, 0x1F7D), (0x1F80, 0x1FB4), (0x1FB6, 0x1FC4), (0x1FC6, 0x1FD3),
    (0x1FD6, 0x1FDB), (0x1FDD, 0x1FEF), (0x1FF2, 0x1FF4), (0x1FF6, 0x1FFE), (0x2100, 0x214F),
    (0x2160, 0x2188), (0x24B6, 0x24E9), (0x2C00, 0x2CF3), (0x2CF9, 0x2CFF), (0x2D00, 0x2D25),
    (0x2D27, 0x2D27), (0x2D2D, 0x2D2D), (0xA640, 0xA69F), (0xA722, 0xA7CA), (0xA7D0, 0xA7D1),
    (0xA7D3, 0xA7D3), (0xA7D5, 0xA7D9), (0xA7F2, 0xA7FF), (0xAB30, 0xAB6B), (0xAB70, 0xABBF),
    (0xFB00, 0xFB06), (0xFB13, 0xFB17), (0xFF21, 0xFF5A), (0x10400, 0x1044F), (0x104B0, 0x104D3),
    (0x104D8, 0x104FB), (0x10570, 0x1057A), (0x1057C, 0x1058A), (0x1058C, 0x10592),
    (0x10594, 0x10595), (0x10597, 0x105A1), (0x105A3, 0x105B1), (0x105B3, 0x105B9),
    (0x105BB, 0x105BC), (0x10C80, 0x10CB2), (0x10CC0, 0x10CF2), (0x10CFA, 0x10CFF),
    (0x118A0, 0x118DF), (0x16E40, 0x16E7F), (0x1E900, 0x1E943),
]

# Dotted and dotless i, the Kelvin and Angstrom signs, long and sharp s, sigmas, and letters whose
# other case has another length in UTF-8.
SPECIAL = [0x69, 0x49, 0x130, 0x131, 0x307, 0x6B, 0x212A, 0xE5, 0x212B, 0x73, 0x17F, 0xDF, 0x1E9E,
           0x3A3, 0x3C2, 0x3C3, 0x23A, 0x2C65, 0x23E, 0x2C66, 0x2126, 0x3C9, 0x1F88, 0x10A0, 0x2D00]

# First and last of every row that Table 3-7 of the Unicode Standard leaves out, and sequences that
# end too early, among them the beginnings of white space.
ILL_FORMED = [bytes.fromhex(text) for text in """
    80 BF C080 C1BF C0A0 C2 C2C2 DF E08080 E09FBF E0 E0A0 EDA080 EDBFBF EDA080EDB080 E1 E19A E2 E280
    E281 E3 E380 EFBF F0808080 F08FBFBF F0 F09F F09F98 F4908080 F48F F5808080 F7BFBFBF F8888080
    FBBFBFBFBF FC8480808080 FE FF FEFF FFFE C2FF E2FF80 E280FF F09FFF98 85 A0 E2E28080 C2E38080
    """.split()]


# ---- What Python says ------------------------------------------------------------------------

def words_of(data, rule):
    """The lower-cased words as bytes."""
    if rule == "ascii":
        return data.lower().split()
    # Stray bytes become lone surrogates, one each, which neither split nor change their case. A
    # capital sigma always becomes the same small one.
    text = data.decode("utf-8", "surrogateescape").replace("\u03a3", "\u03c3")
    return [word.encode("utf-8", "surrogateescape") for word in text.lower().split()]


def ranked(data, rule):
    return sorted(Counter(words_of(data, rule)).items(), key=lambda item: (-item[1], item[0]))


# ---- Making traps ----------------------------------------------------------------------------

def encode(code_points):
    return "".join(map(chr, code_points)).encode()


class Traps:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.cased = [c for first, last in CASED for c in range(first, last + 1)]

    def character(self):
        kind = self.random.randrange(16)
        if kind < 5:
            return self.random.choice("aAbBzZ.").encode()
        if kind < 8:
            return encode([self.random.choice(self.cased)])
        if kind < 11:
            return encode([self.random.choice(SPECIAL)])
        if kind < 13:
            return encode([self.random.choice(NEAR_SPACES)])
        if kind < 14:
            return encode([self.random.choice([0x4E2D, 0x1F600, 0x10FFFF, 0xFFFF, 0xE000])])
        return self.random.choice(ILL_FORMED)

    def recased(self, word):
        text = word.decode("utf-8", "surrogateescape")
        text = "".join(c.lower() if self.random.random() < 0.5 else c for c in text)
        return text.encode("utf-8", "surrogateescape")

    def text(self):
        parts, known = [], []
        for _ in range(self.random.choice((0, 1, 2, 5, 20, 100))):
            if known and self.random.random() < 0.5:
                word = self.recased(self.random.choice(known))
            else:
                length = self.random.choice((1, 1, 2, 3, 8, 40))
                word = b"".join(self.character() for _ in range(length))
                known.append(word)
            parts.append(word)
            for _ in range(self.random.choice((0, 1, 1, 1, 2, 5))):
                parts.append(encode([self.random.choice(SPACES)]))
        text = b"".join(parts)
        if self.random.random() < 0.3: # ends anywhere, also inside a character
            text = text[:self.random.randrange(len(text) + 1)]
        return text


def boundaries():
    """White space and letters of several bytes across places at which programs divide a text, words
    as long as what they read at a time, and many words that need a second look."""
    text = bytearray()
    lengths = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33]
    letters = [b"w", b"Q", "É".encode(), "é".encode(), "ж".encode(), "Ж".encode(), "“".encode(),
               "Ა".encode(), b"\0"]
    wide = [encode([c]) for c in (0x85, 0xA0, 0x1680, 0x2003, 0x205F, 0x3000)]
    for i in range(1, 49):
        # Behind each 1024th byte, 512 of ASCII; and before it, what ends there or 1 to 3 bytes later.
        kinds = 2 if i % 2 else 9
        across = b"" if i % 2 else wide[i // 2 % 6] if i % 6 else letters[2 + i // 6 % 6]
        until = 512 * i + i // 2 % 4 - len(across)
        while True:
            length = lengths[len(text) % 12]
            word = (letters[len(text) % kinds] * length)[:length].rstrip(b"\xc3\xd0\xe1\xe2")
            if len(text) + len(word) + 1 > until:
                break
            text += word + b" "
        text += b"x" * (until - len(text)) + across
    text += b" ".join(encode([0x1C90 + i % 40]) for i in range(2500)) # 0x1C90: of three bytes, a capital
    text += b"".join(b" " + (letter * 33)[:length] for letter in (b"w", b"Q", b"\0") for length in lengths)
    return bytes(text)


def capitals_across():
    """Capitals of two bytes across the end of each second group of 16 bytes. The group begins with
    what would make a small letter of the capital's first byte (is_small_letter in
    gpu/characters.h)."""
    text = bytearray(b"x" * 15 + b" ")
    for tile in range(70):
        capital, begin = [("Я", b"p"), ("É", b"p"), ("Α", b"p"), ("Ϗ", b"E"), ("Ѡ", b"E")][tile % 5]
        first, second = encode([ord(capital)])[:1], encode([ord(capital)])[1:]
        text += (begin + b" xxxxx xxxxxx " + first + second + b" " + b"x" * 13 + b" ") * 16
    return bytes(text)


def equal_keys():
    """Words of 15 bytes that backend cuda has equal keys for, told apart by their first 8 bytes alone
    (exact_word in gpu/words.h); of some, these are zeros."""
    def mixed(first):
        low, high = int.from_bytes(first[:4], "little"), int.from_bytes(first[4:], "little")
        return low * 0x1E98DF25 + high * 0x9FB21C65 & (1 << 32) - 1
    plain = [c for c in range(0x21, 0x7F) if not chr(c).isupper()]
    numbers = random.Random(15)
    text, known = [], bytes(8)
    while len(text) < 24:
        first = bytes(numbers.choices(plain, k=8))
        last = bytes(numbers.choices(plain, k=7))
        other = (int.from_bytes(last, "little") ^ mixed(first) ^ mixed(known)).to_bytes(7, "little")
        if all(c in plain for c in other):
            text += [known + last, first + other] if len(text) % 4 else [first + other, known + last]
            known = first if len(text) % 3 else bytes(8)
    return b" ".join(text)


def key_and_cell(word, cells):
    """What backend cuda tells a long word in lower case by before it looks at the text, and where it
    begins to look for it (long_word in gpu/words.h)."""
    def scramble(x):
        x = x * 0x9E3779B97F4A7C15 & (1 << 64) - 1
        x = (x ^ x >> 32) * 0xC4CEB9FE1A85EC53 & (1 << 64) - 1
        return x ^ x >> 32
    digest, full = 0, len(word) // 8 * 8
    for i in range(0, full, 8):
        digest = scramble(digest ^ int.from_bytes(word[i:i + 8], "little"))
    digest = scramble(digest ^ int.from_bytes(word[full:], "little") ^ len(word) << 56)
    return digest >> 49, digest % cells


def goes_on_behind_zero():
    """Two words with equal keys, one of which has a zero where the other one ends, and then what
    stands behind the other one. The number was found by trying; the text is short, so the table is
    small."""
    word = "é0000001061104abc".encode()
    longer = word + b"\0tail"
    assert key_and_cell(word, 64) == key_and_cell(longer, 64)
    return longer + b" " + word + b" tail" + b" " * 61 + b"end"


def long_letters():
    """Long words outside ASCII: with a capital at each place, or nothing but capitals, before
    different white space; and different ones that backend cuda has equal keys for, told apart where
    they stand in the text."""
    words = ["словосочетание", "été-précédemment-là", "υπερευαισθησία", "xxxxxxxйxxxxxxxйxxxxxxxй",
             "ꙁꙃꙅꙇꙉꙋ", "𐐨𐐩𐐪𐐫𐐬𐐭𐐮𐐯", "прекрасноi\u0307", "ȿɀȿɀȿɀȿɀⱥⱦ"]
    spellings = [word for word in words for word in (
        word, word.upper(), word[:-1], word + "я",
        *(word[:i] + word[i].upper() + word[i + 1:] for i in range(len(word))))]
    spellings += [word.replace("i\u0307", "İ") for word in spellings]

    numbers = random.Random(16)
    known = {}
    for _ in range(40000):
        word = "предложе" + "".join(numbers.choices("абвгдежз", k=7))
        other = known.setdefault(key_and_cell(word.encode(), 4096), word)
        if other != word:
            spellings += [word, other, word.capitalize(), other.upper(), other]
    return "".join(word + chr(SPACES[i % len(SPACES)]) for i, word in enumerate(spellings)).encode()


def committed_traps():
    pairs = [encode([c]) for first, last in CASED for c in range(first, last + 1)]
    lowered = [bytes(word) for word in words_of(b"\n".join(pairs), "unicode")]
    long_word = "Ⱥ".encode() * 2100 # 4200 bytes, 6300 in lower case
    yield "empty", b""
    yield "blanks", encode(SPACES * 3)
    yield "one_word", b"Word"
    yield "one_space_each", b"".join(b"x" + encode([c]) for c in SPACES) + b"x"
    yield "near_spaces", b"".join(b"a" + encode([c]) + b"B " for c in NEAR_SPACES)
    yield "case_pairs", b" ".join(pairs + lowered)
    yield "special_case", b" ".join([encode([c]) for c in SPECIAL] + [
        encode([0x130, c, 0x130]) for c in SPECIAL] + [
        encode([0x69, 0x307, c, 0x69, 0x307]) for c in SPECIAL])
    yield "sigma", "Σ ΟΔΟΣ οδος οδοσ Οδοσ ΣΑΣ Σ. σ ς".encode()
    yield "ill_formed", b" ".join(ILL_FORMED) + b" " + b" ".join(b"a" + t + b"B" for t in ILL_FORMED)
    yield "ill_formed_joined", b"".join(t + encode([0x2003]) for t in ILL_FORMED)
    yield "boundaries", boundaries()
    yield "capitals_across", capitals_across()
    yield "truncated", b"a\xc2\xa0b\xe2\x80\x83c\xf0\x9f\x98"
    yield "nul", b"a a\0 a\0 \0 \0\0 A\0 a\0b"
    yield "equal_keys", equal_keys()
    yield "long_letters", long_letters()
    yield "goes_on_behind_zero", goes_on_behind_zero()
    yield "bom", b"\xef\xbb\xbfword word \xef\xbb\xbfWORD"
    yield "control_z", b"before \x1a after \x1a"
    yield "long_words", b" ".join([long_word, b"x" * 4096, b"X" * 4096, b"x" * 4097,
                                   b"\xff" * 1366, b"\xff" * 1365, long_word.lower()])
    traps = Traps(7)
    for i in range(8):
        yield f"random_{i}", traps.text()


def write_traps():
    DATA.mkdir(parents=True, exist_ok=True)
    ANSWERS.mkdir(exist_ok=True)
    for name, data in committed_traps():
        (DATA / f"{name}.txt").write_bytes(data)
        for rule in RULES:
            lines = [f"{count}\t{word.hex()}\n" for word, count in ranked(data, rule)]
            (ANSWERS / f"{name}.{rule}.tsv").write_text("".join(lines))


# ---- Comparing -------------------------------------------------------------------------------

def shown(word):
    """`word` as a row shows it: at most 4096 bytes, U+FFFD for each stray byte."""
    text = "".join("\ufffd" if 0xDC80 <= ord(c) <= 0xDCFF else c
                   for c in word.decode("utf-8", "surrogateescape"))
    return text.encode()[:WORD_BYTES_MAX].decode("utf-8", "ignore")


def expected_result(data, rule, task):
    if task == "total":
        return {"total_words": len(words_of(data, rule))}
    top = []
    for word, count in ranked(data, rule):
        entry = {"word": shown(word), "count": count}
        if entry["word"].encode() != word:
            entry["word_hex"] = word[:WORD_BYTES_MAX].hex()
            entry["word_bytes"] = len(word)
        top.append(entry)
    return {"total_words": sum(entry["count"] for entry in top), "distinct_words": len(top),
            "top": top}


def difference(expected, found):
    """The first difference in words, or None."""
    for key in {**expected, **found}:
        if key != "top" and expected.get(key) != found.get(key):
            return f"{key}: expected {expected.get(key)!r}, found {found.get(key)!r}"
    for place, (left, right) in enumerate(zip(expected.get("top", []), found.get("top", []))):
        if left != right:
            return f"word {place}: expected {str(left)[:300]}, found {str(right)[:300]}"
    if len(expected.get("top", [])) != len(found.get("top", [])):
        return f"top: expected {len(expected['top'])} words, found {len(found.get('top', []))}"
    return None


class Comparison:
    def __init__(self, arguments):
        self.program = [*shlex.split(arguments.runner), arguments.accelbench]
        self.options = ["--rounds", "1", "--min-time", "0.0001", "--quiet"]
        self.everything = ["--backend", arguments.backend, "--technique", "all"]
        self.runs = 0
        self.isas = [isa for isa in ISAS if self.has(isa)]
        self.isa = self.isas[-1]

    def has(self, isa):
        done = subprocess.run([*self.program, "word_count", *self.options, "--backend", "serial",
                               "--size", "1"], env=os.environ | {"ACCELBENCH_ISA": isa},
                              capture_output=True, check=False)
        if done.returncode != 0 and b"does not have" not in done.stdout + done.stderr:
            fail(f"with {isa}: exit status {done.returncode}: {done.stderr.decode()}")
        return done.returncode == 0

    def fault(self, files, data, rule, task, stdin=None):
        """Why the files, whose joined contents are `data`, are not counted as Python does; None
        when they are."""
        self.runs += 1
        what = self.everything if self.isa == self.isas[-1] else ["--backend", "serial"]
        command = [*self.program, "word_count", *self.options, *what, "--rule", rule, "--task", task,
                   "--result", "--top", "4000000000", "--format", "json", *map(str, files)]
        done = subprocess.run(command, env=os.environ | {"ACCELBENCH_ISA": self.isa}, input=stdin,
                              capture_output=True, check=False)
        if done.returncode != 0:
            return f"exit status {done.returncode}: {done.stderr.decode(errors='replace').strip()}"
        rows = json.loads(done.stdout)["benchmarks"]
        if not rows:
            return "no rows"
        expected = expected_result(data, rule, task)
        for row in rows:
            found = difference(expected, row["accelbench"]["result"])
            if found is not None:
                return f"{row['accelbench']['backend']} {row['accelbench']['technique']}: {found}"
        return None

    def compare(self, files):
        """Compares all files in one run, and one by one only to name the first that differs."""
        for self.isa in self.isas:
            self.compare_with_isa(files)

    def compare_with_isa(self, files):
        for rule in RULES:
            for task in ("frequency", "total"):
                data = b"\n".join(file.read_bytes() for file in files)
                fault = self.fault(files, data, rule, task)
                if fault is None:
                    continue
                for file in files:
                    alone = self.fault([file], file.read_bytes(), rule, task)
                    if alone is not None:
                        fail(f"{file}: {self.isa}, rule {rule}, task {task}: {alone}; the file begins "
                             f"{file.read_bytes()[:200]!r}")
                fail(f"{' '.join(map(str, files))}: {self.isa}, rule {rule}, task {task}, joined: {fault}")


def fail(message):
    sys.exit(f"word_traps.py: {message}")


def check_committed():
    """Python itself must agree with what is committed."""
    for file in sorted(DATA.glob("*.txt")):
        for rule in RULES:
            lines = (ANSWERS / f"{file.stem}.{rule}.tsv").read_text().splitlines()
            committed = [(bytes.fromhex(line.split("\t")[1]), int(line.split("\t")[0]))
                         for line in lines]
            if committed != ranked(file.read_bytes(), rule):
                fail(f"{file}: this Python counts otherwise than {file.stem}.{rule}.tsv says")


def check_alphabet():
    if unicodedata.unidata_version == "14.0.0":
        for first, last in CASED:
            for code_point in range(first, last + 1):
                if unicodedata.category(chr(code_point)) == "Cn":
                    fail(f"CASED holds U+{code_point:04X}, which Unicode 14 does not assign")
    spaces = [c for c in range(sys.maxunicode + 1) if chr(c).isspace()]
    if spaces != SPACES:
        fail("SPACES is not where this Python's str.split() splits")


def run(arguments):
    check_alphabet()
    check_committed()
    comparison = Comparison(arguments)
    committed = sorted(DATA.glob("*.txt"))
    if not committed:
        fail(f"{DATA} holds no traps")
    for file in committed:
        comparison.compare([file])
    comparison.compare(committed)
    data = committed[-1].read_bytes()
    fault = comparison.fault(["-"], data, "unicode", "frequency", stdin=data)
    if fault is not None:
        fail(f"{committed[-1]} on standard input: {fault}")
    with tempfile.TemporaryDirectory() as folder:
        traps = Traps(arguments.seed)
        batch = []
        for i in range(arguments.count):
            batch.append(pathlib.Path(folder) / f"trap_{arguments.seed}_{i}.txt")
            batch[-1].write_bytes(traps.text())
            if len(batch) == 25 or i == arguments.count - 1:
                comparison.compare(batch)
                batch = []
    books = sorted(pathlib.Path(arguments.books).glob("*.txt")) if arguments.books else []
    if books:
        comparison.compare(books)
    print(f"word_traps.py: {len(committed)} committed and {arguments.count} random texts, "
          f"{len(books)} books, {' '.join(comparison.isas)}: {comparison.runs} runs agree with Python "
          f"(seed {arguments.seed})")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accelbench", help="the program to test")
    parser.add_argument("--runner", default="", help="what runs it, such as an emulator")
    parser.add_argument("--count", type=int, default=200, help="random texts (default 200)")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--backend", default="serial,openmp,pthread")
    parser.add_argument("--books", help="folder of further texts, *.txt")
    parser.add_argument("--write", action="store_true", help="remake the committed traps")
    arguments = parser.parse_args()
    if arguments.write:
        write_traps()
    elif arguments.accelbench:
        run(arguments)
    else:
        parser.error("name the program: --accelbench BIN")


if __name__ == "__main__":
    main()
