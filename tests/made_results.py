"""Result files with known answers, for the tests of report, compare and the page."""

import json
import random

ROUNDS = 20
SIZES = [64_000, 256_000, 1_000_000, 4_000_000, 16_000_000, 64_000_000, 256_000_000]

# What each backend takes in ns: a fixed cost, and a time for each byte.
SERIAL = (200, 0.1)
BACKENDS = {
    "serial": SERIAL,
    "openmp": (9_000, 0.052),
    "pthread": (15_000, 0.054),
    "opencl": (60_000, 0.07),
    "cuda": (30_000, 0.04),
}
DEVICES = {"opencl", "cuda"}


def context(host="lab-1", cpu="Example CPU 9000", git="abc1234", seed=42, **own):
    return {
        "date": "2026-01-31T12:00:00+01:00",
        "host_name": host,
        "executable": "accelbench",
        "num_cpus": 2,
        "library_version": "0.1.0",
        "library_build_type": "release",
        "json_schema_version": 1,
        "accelbench": {
            "schema": 1,
            "machine": {"cpu": cpu},
            "build": {"version": "0.1.0", "git": git, "compiler": "GNU 12.2.0",
                      "type": "Release", "flags": "-O3"},
            "backends": [{"name": "cuda", "available": False, "reason": "no driver here"}],
            "seed": seed,
            "isa": "avx2",
            "input": {"files": ["a.txt"], "digest": "0123456789abcdef"},
            "warnings": [{"code": "governor", "severity": "warning",
                          "text": "the clock of the CPU changes", "remedy": "fix it"}],
            **own,
        },
    }


def name_of(backend, size=400_000_000, kernel="matrix_sum", part=""):
    return f"{kernel}{part}_{backend}/{size // 400}/100/real_time"


def rows_of(backend, size, kernel="matrix_sum", dtype="i32", rounds=ROUNDS, factor=1.0,
            kernel_only=False, noise=0.002, rng=None):
    rng = rng or random.Random(f"{backend}{size}{kernel}{kernel_only}")
    fixed, per_byte = BACKENDS[backend]
    whole = factor * (fixed + per_byte * size)
    inside = 0.45 * whole
    name = name_of(backend, size, kernel, ".kernel" if kernel_only else "")
    rows = []
    for number in range(rounds):
        def jitter(value):
            return value * rng.uniform(1 - noise, 1 + noise)

        time = jitter(inside if kernel_only else whole)
        device = backend in DEVICES
        rows.append({
            "name": name, "run_name": name, "run_type": "iteration", "repetitions": rounds,
            "repetition_index": number, "threads": 1, "iterations": 10, "real_time": time,
            "cpu_time": time, "time_unit": "ns", "bytes_per_second": 1e9 * size / time,
            "accelbench": {
                "kernel": kernel, "backend": backend, "technique": "tuned",
                "device": "Example device", "dtype": dtype, "input_bytes": size, "workers": 2,
                "transfer": "pinned" if device else None, "cache": "warm", "round": number,
                "phases_ns": {"h2d": jitter(0.5 * whole) if device else None,
                              "kernel": jitter(inside) if device else None,
                              "d2h": jitter(0.05 * whole) if device else None, "e2e": time},
                "turns_ns": [] if kernel_only else [jitter(time) for _ in range(3)],
                "limit_fraction": None if kernel_only else 0.8,
            },
        })
    return rows


def sweep(backends=("serial", "openmp", "cuda"), sizes=SIZES, kernels=("matrix_sum",), **more):
    """A sweep in which openmp passes serial between 64 kB and 256 kB, and cuda later."""
    rows, break_even = [], []
    for kernel in kernels:
        for size in sizes:
            for backend in backends:
                rows += rows_of(backend, size, kernel, **more)
                if backend in DEVICES:
                    rows += rows_of(backend, size, kernel, kernel_only=True, **more)
        for backend in backends[1:]:
            fixed, per_byte = BACKENDS[backend]
            crossing = (fixed - SERIAL[0]) / (SERIAL[1] - per_byte)
            break_even.append({
                "kernel": kernel, "labels": {"dtype": "i32"}, "technique": "tuned",
                "contender": backend, "baseline": "serial", "status": "wins_from",
                "kind": "end_to_end_pinned" if backend in DEVICES else "threads",
                "bytes": crossing, "ci_bytes": [0.9 * crossing, 1.1 * crossing],
                "text": f"{backend} beats serial from {crossing / 1000:.0f} KB on.",
            })
    return {"context": context(), "benchmarks": rows,
            "accelbench": {"summaries": [], "comparisons": [], "break_even": break_even}}


def single(backends=("serial", "openmp"), size=400_000_000, **more):
    """One measurement: a size for each backend."""
    return {**sweep(backends, [size], **more),
            "accelbench": {"summaries": [], "comparisons": [], "break_even": []}}


def google(names, time=lambda name, repetition: 100.0, repetitions=10):
    """As Google Benchmark writes it."""
    return {
        "context": {"date": "2026-01-31T12:00:00+01:00", "host_name": "elsewhere", "num_cpus": 8,
                    "mhz_per_cpu": 3000, "library_build_type": "release"},
        "benchmarks": [
            {"name": name, "run_name": name, "run_type": "iteration", "repetitions": repetitions,
             "repetition_index": i, "threads": 1, "iterations": 1000,
             "real_time": time(name, i), "cpu_time": time(name, i), "time_unit": "us"}
            for name in names for i in range(repetitions)
        ],
    }


if __name__ == "__main__":
    print(json.dumps(sweep(("serial", "openmp", "pthread", "opencl", "cuda"),
                           kernels=("matrix_sum", "word_count"))))
