#!/usr/bin/env python3
"""Inputs beyond 4 GiB, where 32-bit sizes, offsets and counts would break.

    test_large.py --accelbench BIN

Exit status 77: not enough memory here.
"""
import argparse
import json
import subprocess
import sys

SIZE = 4400 * 10**6
NEEDED = 6 * 10**9

CASES = [
    ["matrix_sum", "--dtype", "i32"],
    ["matrix_sum", "--dtype", "f32"],
    ["traversal", "--order", "tiled", "--dtype", "i64"],
    ["word_count", "--task", "total"],
]


def available():
    with open("/proc/meminfo", encoding="ascii") as file:
        for line in file:
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    return 0


def check(program, case):
    command = [program, *case, "--size", str(SIZE), "--rounds", "1", "--result", "--quiet",
               "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return f"status {done.returncode}: {done.stderr.strip()}"
    rows = [row["accelbench"] for row in json.loads(done.stdout)["benchmarks"]]
    if len(rows) < 2 or any(row["verify"]["status"] != "passed" for row in rows):
        return "a backend is missing or not verified"
    if any(row["input_bytes"] <= 2**32 for row in rows):
        return f"the input has {rows[0]['input_bytes']} bytes only"
    results = [row["result"] for row in rows]
    if case[0] == "word_count":
        if len({result["total_words"] for result in results}) != 1:
            return f"totals differ: {results}"
        if not SIZE / 20 < results[0]["total_words"] < SIZE / 2:
            return f"not a number of words: {results[0]}"
    else:
        elements = rows[0]["input_bytes"] / int(case[-1][1:]) * 8
        for result in results:
            if not 0.999 < result["sum"] / (elements * 50) < 1.02:  # uniform 0 to 100, or 101
                return f"not the sum of {elements:.0f} values: {result}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--accelbench", required=True)
    program = parser.parse_args().accelbench
    if available() < NEEDED:
        print(f"needs {NEEDED / 1e9:.0f} GB of memory, {available() / 1e9:.1f} GB are available")
        return 77
    failed = 0
    for case in CASES:
        complaint = check(program, case)
        print(f"{' '.join(case)}: {complaint or 'ok'}", flush=True)
        failed += complaint is not None
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
