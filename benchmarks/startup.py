"""`python -m benchmarks.startup`: how soon something happens.

Two questions. How much longer than a bare typer application with two commands does `cnnopt --help`
take? Both run as modules, in turns. And how long is it from the start of the process to the first
finished step of training on the digits? `first_step` explains how that is seen.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from statistics import median
from time import monotonic
from typing import Any

from benchmarks.machine import ROOT, Watch, clean_environment
from benchmarks.options import at_least, conclude, json_file
from benchmarks.spread import quartiles

HELP = {
    "cnnopt": ["-m", "cnnopt", "--help"],
    "bare": ["-m", "benchmarks.bare_app", "--help"],
}
CONFIG = "configs/digits.yaml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and return the exit code."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.startup",
        description="Time `cnnopt --help` and the way to the first step of training.",
    )
    made.add_argument(
        "--rounds",
        type=partial(at_least, 2),
        default=15,
        metavar="N",
        help="runs of each kind, from 2 (default: 15)",
    )
    made.add_argument("--json", type=json_file, metavar="FILE", help="write the figures there")
    given = made.parse_args(arguments)
    watch = Watch()
    try:
        helping, stepping = help_times(given.rounds), first_step_times(given.rounds)
    except subprocess.CalledProcessError as error:
        print(f"{' '.join(error.cmd)} failed:\n{error.stderr}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    found = figures(helping, stepping)
    shown, first = found["help"], found["first_step"]
    print(
        f"cnnopt --help {shown['cnnopt_s']:.3f} s, a bare typer application "
        f"{shown['bare_s']:.3f} s: ratio {shown['ratio']:.2f} "
        f"({shown['ratio_quartiles'][0]:.2f} to {shown['ratio_quartiles'][1]:.2f})"
    )
    print(
        f"process start to the first finished step of {CONFIG}: {first['seconds']:.3f} s "
        f"({first['quartiles'][0]:.3f} to {first['quartiles'][1]:.3f})"
    )
    conclude("startup", found, watch, given.json)
    return 0


def help_times(rounds: int) -> dict[str, list[float]]:
    """Return the seconds that each `--help` took, in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in HELP}
    for number in range(-1, rounds):  # the first run writes byte code, and does not count
        for name, words in HELP.items():
            started = monotonic()
            run(words)
            if number >= 0:
                seconds[name].append(monotonic() - started)
    return seconds


def first_step_times(rounds: int) -> list[float]:
    """Return the seconds from process start to the first finished step of `cnnopt train`."""
    seconds = []
    for number in range(-1, rounds):
        with tempfile.TemporaryDirectory() as runs:
            words = ["-m", "benchmarks.first_step", "train", CONFIG, "--runs-dir", runs]
            started = monotonic()
            instant = float(run(words).splitlines()[-1])
            if number >= 0:
                seconds.append(instant - started)
    return seconds


def run(words: Sequence[str]) -> str:
    """Run Python with these words and return its output.

    Raises:
        CalledProcessError: it failed.
    """
    # Variables such as PYTHONDONTWRITEBYTECODE would make it slower than it is for a user.
    environment = clean_environment()
    environment = {k: v for k, v in environment.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def figures(helping: dict[str, list[float]], stepping: Sequence[float]) -> dict[str, Any]:
    """Return medians, quartiles and the ratio, JSON-ready; times in seconds."""
    ratios = [c / b for c, b in zip(helping["cnnopt"], helping["bare"], strict=True)]
    middle = {name: median(seconds) for name, seconds in helping.items()}
    return {
        "help": {
            "cnnopt_s": middle["cnnopt"],
            "bare_s": middle["bare"],
            "ratio": middle["cnnopt"] / middle["bare"],
            "ratio_quartiles": quartiles(ratios),
            "rounds": len(ratios),
        },
        "first_step": {
            "config": CONFIG,
            "seconds": median(stepping),
            "quartiles": quartiles(stepping),
            "rounds": len(stepping),
        },
    }


if __name__ == "__main__":
    sys.exit(main())
