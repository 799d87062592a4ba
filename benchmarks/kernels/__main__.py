"""`python -m benchmarks.kernels`: each kernel's versions, checked, then timed in turns."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchmarks.kernels import adam, augmentation, convolution, elementwise, pooling, sums
from benchmarks.kernels.case import Case, UnequalError, check, time
from benchmarks.machine import about_machine, clean_environment
from benchmarks.options import at_least, json_file, write_json

GROUPS: dict[str, Callable[[], list[Case]]] = {
    "convolution": convolution.cases,
    "pooling": pooling.cases,
    "elementwise": elementwise.cases,
    "sums": sums.cases,
    "adam": adam.cases,
    "augmentation": augmentation.cases,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check and time the cases, print a table and return the exit code."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.kernels",
        description="Check each kernel's versions against each other, then time them in turns.",
    )
    made.add_argument(
        "--group",
        action="append",
        choices=list(GROUPS),
        metavar="NAME",
        help=f"only these; may be repeated; one of {', '.join(GROUPS)}",
    )
    made.add_argument(
        "--rounds",
        type=partial(at_least, 1),
        default=15,
        metavar="N",
        help="turns of each version (default: 15)",
    )
    made.add_argument("--json", type=json_file, metavar="FILE", help="write the figures there")
    given = made.parse_args(arguments)
    found: list[dict[str, Any]] = []
    try:
        for group in given.group or GROUPS:
            for case in GROUPS[group]():
                found.append(measure(case, given.rounds))
                show(found[-1])
    except UnequalError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if given.json:
        from benchmarks.numpy_side import about

        write_json(
            given.json, {"benchmark": "kernels", "cases": found, **about_machine(), **about()}
        )
    return 0


def measure(case: Case, rounds: int) -> dict[str, Any]:
    """Check a case, time it and return the figures, JSON-ready; times in milliseconds."""
    errors, seconds = check(case), time(case, rounds)
    plain = seconds[case.versions[0].name]
    return {
        "kernel": case.kernel,
        "problem": case.problem,
        "versions": [
            {
                "name": name,
                "ms": 1e3 * value,
                "speedup": plain / value,
                "error": errors[name],
            }
            for name, value in seconds.items()
        ],
    }


def show(figures: dict[str, Any]) -> None:
    """Print a case's rows."""
    print(f"{figures['kernel']}, {figures['problem']}")
    for version in figures["versions"]:
        print(
            f"  {version['name']:22} {version['ms']:9.4f} ms  {version['speedup']:5.2f} x  "
            f"error {version['error']:.0e}",
            flush=True,
        )


if __name__ == "__main__":
    clean = clean_environment(1)
    if clean != dict(os.environ):
        # BLAS reads its variables when it is loaded: begin again without them, on one thread.
        os.execve(
            sys.executable, [sys.executable, "-m", "benchmarks.kernels", *sys.argv[1:]], clean
        )
    sys.exit(main())
