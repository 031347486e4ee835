#!/usr/bin/env python3
"""Shows that the CUDA runtime on the host finds what it is for: each mistake in planted.cu is found,
by a wrong answer, by the emulation's own checks or by a sanitizer; the same without it is not.

  --planted FILE     the program; --sanitizers the ones it is built with
"""
import argparse
import subprocess
import sys

# What finds a mistake: with which sanitizer ("": without one that names it), and what is said then.
FINDINGS = {
    "missing-barrier": {"": "wrong", "thread": "data race"},
    "block-race": {"thread": "data race"},
    "read-behind": {"address": "use-after-poison"},
    "divergent-barrier": {"": "divergent __syncthreads()"},
    "barrier-after-exit": {"": "have ended"},
    "missing-warp-sync": {"": "wrong", "thread": "data race"},
    "missing-sync": {"": "wrong"},
    "missing-event": {"": "wrong"},
    "host-read": {"": "SEGV", "address": "use-after-poison"},
    "uninitialised": {"": "wrong"},
    "misaligned": {"undefined": "misaligned"},
    "too-many-threads": {"": "launch: "},
    "too-much-shared": {"": "launch: "},
}

# The thread sanitizer remembers a few accesses to each word, and which ones depends on the schedule.
TRIES = 20


def outcome(program, mistake):
    done = subprocess.run([program, mistake], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", timeout=300)
    said = done.stdout + (" SEGV" if done.returncode == -11 else "")
    return done.returncode, said


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--planted", required=True)
    parser.add_argument("--sanitizers", default="")
    args = parser.parse_args()
    built_with = args.sanitizers.split(",")
    failed = 0

    status, said = outcome(args.planted, "none")
    if status != 0 or "right" not in said:
        print(f"FAILED: without a mistake: status {status}: {said[-2000:]}")
        failed += 1
    for mistake, findings in FINDINGS.items():
        expected = [said for by, said in findings.items() if by != "" and by in built_with]
        expected = expected or [said for by, said in findings.items() if by == ""]
        if not expected:
            print(f"{mistake}: not to be found in this build")
            continue
        for _ in range(TRIES):
            status, said = outcome(args.planted, mistake)
            if status != 0 and any(words in said for words in expected):
                break
        if status == 0 or not any(words in said for words in expected):
            print(f"FAILED: {mistake}: status {status}, expected {expected}: {said[-2000:]}")
            failed += 1
        else:
            print(f"{mistake}: found: {next(words for words in expected if words in said)}")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
