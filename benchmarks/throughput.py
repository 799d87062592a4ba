"""`python -m benchmarks.throughput`: training steps of the nine workloads against PyTorch.

Both sides are first checked to be the same network (see `equality`). Then they are timed in turns,
each in a process of its own with the same number of threads (see `race`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from importlib.util import find_spec
from math import exp, log
from time import perf_counter
from typing import Any

from benchmarks import equality
from benchmarks.machine import DISTURBED, about_machine, disturbance
from benchmarks.options import json_file, thread_counts, write_json
from benchmarks.process import Process, SideError
from benchmarks.race import COMPILED, EAGER, Result, Timed, fastest, race, summarize, trial
from benchmarks.workloads import WORKLOADS

ROUNDS, QUICK_ROUNDS = 30, 10
FINALISTS = 2

REPEATS, QUICK_REPEATS = 18, 3
"""How many disturbed races are run again at most, in all."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark, print its table and return the exit code."""
    given = parser().parse_args(arguments)
    if find_spec("torch") is None:
        print("PyTorch is not installed here: run `make bench`, or use .venv-bench/bin/python.")
        return 2
    started = perf_counter()
    results: list[Result] = []
    about: dict[str, Any] = about_machine()
    peaks: dict[str, float] = {}
    try:
        for threads in given.threads:
            results += run(given, threads, about, peaks)
    except SideError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    means = geometric_means(results)
    for threads, mean in means.items():
        print(f"geometric mean of the ratios, {threads} thread(s): {mean:.2f}")
    seconds = perf_counter() - started
    print(f"{seconds:.0f} s in all")
    if given.json:
        about |= {name: getattr(given, name) for name in ("quick", "full", "allocator")}
        about["seconds"] = round(seconds)
        write_json(given.json, document(results, about, peaks))
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.throughput",
        description="Time training steps of the reference workloads against PyTorch.",
    )
    made.add_argument(
        "--workload",
        action="append",
        choices=list(WORKLOADS),
        metavar="NAME",
        help=f"only this one; may be repeated; one of {', '.join(WORKLOADS)}",
    )
    made.add_argument(
        "--threads",
        type=thread_counts,
        default=[2],
        metavar="N[,N...]",
        help="numbers of threads, one race for each (default: 2)",
    )
    made.add_argument(
        "--quick",
        action="store_true",
        help=f"only the {FINALISTS} variants of PyTorch that a short trial finds fastest, and "
        f"{QUICK_ROUNDS} rounds in place of {ROUNDS}: under 4 minutes",
    )
    made.add_argument(
        "--full",
        action="store_true",
        help="also torch.compile, which needs a C++ compiler and minutes to compile",
    )
    made.add_argument(
        "--allocator",
        choices=["kept", "system"],
        default="system",
        help="system (default): both sides as they are installed; kept: glibc keeps freed memory, "
        "which makes PyTorch faster and steadier",
    )
    made.add_argument("--json", type=json_file, metavar="FILE", help="write the figures there")
    return made


def run(
    given: argparse.Namespace, threads: int, about: dict[str, Any], peaks: dict[str, float]
) -> list[Result]:
    """Run all races with so many threads; add to what is known of the machine."""
    results = []
    kept = given.allocator == "kept"
    spare = iter(range(QUICK_REPEATS if given.quick else REPEATS))
    # Checks and trials share one process a side; those that are timed are new ones each time.
    with Process("cnnopt", threads, kept) as cnnopt, Process("torch", threads, kept) as torch:
        about |= cnnopt.ask("about") | torch.ask("about")
        peak = peaks[str(threads)] = cnnopt.ask("peak")
        print(f"{threads} thread(s), sgemm peak {peak:.0f} GFLOP/s", flush=True)
        for name in given.workload or WORKLOADS:
            wanted = EAGER + COMPILED if given.full else EAGER
            differences = equality.compare(cnnopt, torch, name, wanted)
            variants, rounds, tried = list(differences.variants), ROUNDS, {}
            if given.quick:
                tried = trial(torch, name, variants)
                variants, rounds = fastest(tried, FINALISTS), QUICK_ROUNDS
            attempt = partial(race, name, threads, variants, rounds, kept)
            timed = undisturbed(attempt, spare)
            result = summarize(name, threads, peak, differences, tried, timed)
            results.append(result)
            print(line(result), flush=True)
    return results


def undisturbed(attempt: Callable[[], Timed], spare: Iterator[int]) -> Timed:
    """Return the first race that others do not disturb, or the least disturbed one.

    Args:
        attempt: runs the race.
        spare: as many as there may be repetitions; what is left is for the races to come.
    """
    best = attempt()
    while best.others > DISTURBED and next(spare, None) is not None:
        best = min(best, attempt(), key=lambda timed: timed.others)
    return best


def line(r: Result) -> str:
    """Return a row of the table."""
    low, high = r.ratio_quartiles
    told = disturbance(r.others)
    return (
        f"{r.name:15} cnnopt {r.cnnopt_ms:8.3f} ms  torch {r.torch_ms:8.3f} ms "
        f"({r.torch_variant})  ratio {r.ratio:5.2f} ({low:.2f} to {high:.2f})  "
        f"peak {r.peak_share:4.0%}  memory {r.cnnopt_mb:4.0f} / {r.torch_mb:4.0f} MB  "
        f"losses {r.loss_difference:.0e}, gradients {r.gradient_difference:.0e}"
        f"{'  ' + told if told else ''}"
    )


def geometric_means(results: Sequence[Result]) -> dict[int, float]:
    """Return the geometric mean of the ratios for each number of threads."""
    by_threads: dict[int, list[float]] = {}
    for result in results:
        by_threads.setdefault(result.threads, []).append(log(result.ratio))
    return {threads: exp(sum(logs) / len(logs)) for threads, logs in by_threads.items()}


def document(
    results: Sequence[Result], about: dict[str, Any], peaks: dict[str, float]
) -> dict[str, Any]:
    """Return the figures as a JSON document.

    `geometric_mean` is that of 2 threads where these were among those asked for, else of the
    first; `geometric_means` and `sgemm_peak` (GFLOP/s) have one for each number of threads.
    """
    means = geometric_means(results)
    return {
        "benchmark": "throughput",
        "workloads": [asdict(result) for result in results],
        "geometric_mean": means.get(2, next(iter(means.values()))),
        "geometric_means": {str(threads): mean for threads, mean in means.items()},
        "threads": list(means),
        "sgemm_peak": peaks,
        "check": {
            "steps": equality.STEPS,
            "tolerance": equality.TOLERANCE,
            "learning_rate": equality.LEARNING_RATE,
        },
        **about,
    }


if __name__ == "__main__":
    sys.exit(main())
