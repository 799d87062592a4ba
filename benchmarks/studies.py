"""`python -m benchmarks.studies`: a study of many small trainings on one worker and on several.

`cnnopt cv --folds 10 --threads 1` on the digits, with `--jobs 1` and with more in turns, each from
the start of the command to its end. Whatever the number of workers, the results have to be the
same, byte for byte: tables, predictions, each fold's metrics and curves; else there is no ratio.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

from benchmarks.machine import ROOT, Watch, clean_environment, cores
from benchmarks.options import at_least, conclude, json_file
from benchmarks.spread import quartiles

CONFIG = "configs/digits.yaml"

OWN = ("seconds", "folder")
"""Entries of `summary.json` that belong to one run alone."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and return the exit code."""
    given = parser().parse_args(arguments)
    if cores() < given.jobs:
        print(f"only {cores()} core(s) for {given.jobs} workers: expect no gain")
    seconds: dict[int, list[float]] = {1: [], given.jobs: []}
    watch = Watch()
    first: dict[str, str] | None = None
    try:
        for number in range(given.rounds):
            for jobs in list(seconds)[:: -1 if number % 2 else 1]:
                took, results = study(given.folds, jobs)
                seconds[jobs].append(took)
                first = first or results
                if apart := differing(first, results):
                    print(f"results differ with --jobs {jobs}: {', '.join(apart)}", file=sys.stderr)
                    return 1
    except subprocess.CalledProcessError as error:
        print(f"{' '.join(error.cmd)} failed:\n{error.stderr}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    found = figures(seconds, given.folds)
    low, high = found["ratio_quartiles"]
    print(
        f"{given.folds}-fold cv of {CONFIG}: {found['one_s']:.2f} s with --jobs 1, "
        f"{found['many_s']:.2f} s with --jobs {given.jobs}: ratio {found['ratio']:.2f} "
        f"({low:.2f} to {high:.2f}), identical results ({len(first or {})} files)"
    )
    conclude("studies", found, watch, given.json)
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.studies",
        description="Time cross-validation on one worker process against several.",
    )
    for name, default, least, meaning in (
        ("folds", 10, 2, "folds of the study"),
        ("jobs", 2, 2, "worker processes, against 1"),
        ("rounds", 3, 2, "studies of each kind"),
    ):
        made.add_argument(
            f"--{name}",
            type=partial(at_least, least),
            default=default,
            metavar="N",
            help=f"{meaning}, from {least} (default: {default})",
        )
    made.add_argument("--json", type=json_file, metavar="FILE", help="write the figures there")
    return made


def study(folds: int, jobs: int) -> tuple[float, dict[str, str]]:
    """Run one study in a folder of its own; return its seconds and its results.

    Raises:
        CalledProcessError: it failed.
    """
    with tempfile.TemporaryDirectory() as runs:
        words = ["-m", "cnnopt", "cv", CONFIG, "--folds", str(folds), "--jobs", str(jobs)]
        words += ["--threads", "1", "--runs-dir", runs, "--fresh", "--quiet"]
        started = monotonic()
        subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=clean_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
        seconds = monotonic() - started
        (folder,) = Path(runs).iterdir()
        return seconds, results_of(folder)


def results_of(folder: Path) -> dict[str, str]:
    """Return what a study has found, by file, without times and places of its own."""
    trials = sorted((folder / "trials").iterdir())
    files = [folder / name for name in ("results.csv", "predictions.csv")]
    files += [trial / name for trial in trials for name in ("metrics.csv", "predictions.csv")]
    found = {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in files}
    for place in (folder, *trials):
        summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
        kept = {name: value for name, value in summary.items() if name not in OWN}
        found[str((place / "summary.json").relative_to(folder))] = json.dumps(kept)
    return found


def differing(first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    """Return the files that only one study has, or that are not the same in both."""
    names = sorted(first.keys() | second.keys())
    return [name for name in names if first.get(name) != second.get(name)]


def figures(seconds: Mapping[int, Sequence[float]], folds: int) -> dict[str, Any]:
    """Return medians, ratio and its quartiles, JSON-ready.

    Args:
        seconds: of each study, by the number of workers, of one first.
        folds: of each study.
    """
    one, many = seconds.values()
    return {
        "folds": folds,
        "jobs": max(seconds),
        "one_s": median(one),
        "many_s": median(many),
        "ratio": median(one) / median(many),
        "ratio_quartiles": quartiles([a / b for a, b in zip(one, many, strict=True)]),
        "rounds": len(one),
    }


if __name__ == "__main__":
    sys.exit(main())
