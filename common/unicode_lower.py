#!/usr/bin/env python3
"""Remakes common/unicode_lower.h from Python's copy of the Unicode 14.0.0 character database.

    python3.11 common/unicode_lower.py > common/unicode_lower.h
"""
import sys
import unicodedata

VERSION = "14.0.0"
DOTTED_CAPITAL_I = 0x130  # the one character whose lower case is two code points

HEAD = """\
/* Lower case by Unicode %(version)s: the code points that str.lower() of a Python with that version
 * of the character database changes, each to one other. U+0130 is left out: it becomes two.
 *
 * X(first, last, step, delta): the code points first, first + step, ... last become themselves
 * plus delta. Sorted, disjoint; step is 1 or 2. A list macro, so that C, CUDA and OpenCL C can
 * each put it where constants live.
 *
 * Made by common/unicode_lower.py, which says how; do not edit.
 */
#ifndef ACCELBENCH_COMMON_UNICODE_LOWER_H
#define ACCELBENCH_COMMON_UNICODE_LOWER_H

#define UNICODE_LOWER_RANGE_COUNT %(count)d
"""


def lower_pairs():
    for code_point in range(sys.maxunicode + 1):
        lower = chr(code_point).lower()
        if lower == chr(code_point) or code_point == DOTTED_CAPITAL_I:
            continue
        if len(lower) != 1:
            sys.exit(f"unicode_lower.py: U+{code_point:04X} becomes {len(lower)} code points")
        yield code_point, ord(lower) - code_point


def merge(pairs):
    ranges = []  # [first, last, step, delta]; step 0 while the range is one code point
    for code_point, delta in pairs:
        if ranges and ranges[-1][3] == delta:
            current = ranges[-1]
            gap = code_point - current[1]
            if gap == current[2] or (current[2] == 0 and gap in (1, 2)):
                current[1:3] = [code_point, gap]
                continue
        ranges.append([code_point, code_point, 0, delta])
    return ranges


def main():
    if unicodedata.unidata_version != VERSION:
        sys.exit(f"unicode_lower.py: this Python knows Unicode {unicodedata.unidata_version}; "
                 f"use one that knows {VERSION}, such as Python 3.11")
    ranges = merge(lower_pairs())
    print(HEAD % {"version": VERSION, "count": len(ranges)})
    print("/* clang-format off */")
    print("#define UNICODE_LOWER_RANGES(X) \\")
    lines = [f"    X(0x{first:05X}, 0x{last:05X}, {step or 1}, {delta})"
             for first, last, step, delta in ranges]
    print(" \\\n".join(lines))
    print("/* clang-format on */\n\n#endif")


if __name__ == "__main__":
    main()
