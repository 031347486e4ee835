#!/usr/bin/env python3
"""The speeds that tests/gpu/check has measured, as tables: GB/s of the kernel alone, and of all from
memory to answer, by the medians in the result files.

  tests/gpu/table.py DIR
"""
import glob
import json
import os
import sys


def load(folder):
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        try:
            with open(path, encoding="utf-8") as file:
                found[os.path.splitext(os.path.basename(path))[0]] = json.load(file)
        except ValueError as error:
            print(f"{path}: {error}")
    return found


def series(result):
    """One entry for each alternative, from its first row and its summaries."""
    summaries = {s["name"]: s for s in result["accelbench"]["summaries"]}
    lines = {}
    for row in result["benchmarks"]:
        if row["run_type"] != "iteration" or row["run_name"] not in summaries:
            continue
        own = row["accelbench"]
        summary = summaries[row["run_name"]]
        key = (own["backend"], own["technique"])
        line = lines.setdefault(key, {"own": own, "phases": []})
        phase = "kernel" if ".kernel" in row["run_name"] else "e2e"
        line[phase] = summary
        if phase == "e2e":
            line["phases"].append(own["phases_ns"])
    return lines


def rate(line, phase):
    """GB/s, or None."""
    summary = line.get(phase)
    if not summary or not summary["median_ns"]:
        return None
    return line["own"]["input_bytes"] / summary["median_ns"]


def phase_rate(line, phase):
    """GB/s of a transfer, by the median over the rounds."""
    times = sorted(p[phase] for p in line["phases"] if p[phase])
    return line["own"]["input_bytes"] / times[len(times) // 2] if times else None


def number(value, digits=1):
    return "-" if value is None else f"{value:.{digits}f}"


def percent(part, whole):
    return "-" if not part or not whole else f"{100 * part / whole:.0f} %"


def table(results):
    print("\n| measured | technique | kernel GB/s | of the library | of the limit | transfer in GB/s |"
          " end to end GB/s | of the transfer |")
    print("|---|---|---|---|---|---|---|---|")
    for name, result in results.items():
        if name == "sweep": # has many sizes, and a report of its own
            continue
        lines = series(result)
        library = lines.get(("cuda", "library"))
        for (backend, technique), line in lines.items():
            kernel, e2e, h2d = rate(line, "kernel"), rate(line, "e2e"), phase_rate(line, "h2d")
            limit = line.get("kernel", {}).get("limit_fraction")
            print(f"| {name} | {backend} {technique} | {number(kernel)} |"
                  f" {percent(kernel, library and rate(library, 'kernel'))} |"
                  f" {percent(limit, 1)} | {number(h2d)} | {number(e2e)} | {percent(e2e, h2d)} |")


def main():
    table(load(sys.argv[1]))


if __name__ == "__main__":
    main()
