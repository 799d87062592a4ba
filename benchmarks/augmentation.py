"""`python -m benchmarks.augmentation`: rotate and shift against a training step, on one thread.

A batch of `mnist-cnn`, 128 images of 28 x 28, is turned by up to 10 degrees and shifted by up to
2 pixels as in training, draws included; in turns with the step that would follow.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.machine import Watch, clean_environment
from benchmarks.options import at_least, conclude, json_file
from benchmarks.spread import quartiles

WORKLOAD = "mnist-cnn"
TRANSFORMS = "rotate: 10, shift: 2"
TURN = 5
"""Steps, and batches augmented, of a turn."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and return the exit code."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.augmentation",
        description="Time rotate + shift of a batch against a training step, on one thread.",
    )
    made.add_argument(
        "--rounds",
        type=partial(at_least, 2),
        default=60,
        metavar="N",
        help="turns of each, from 2 (default: 60)",
    )
    made.add_argument("--json", type=json_file, metavar="FILE", help="write the figures there")
    given = made.parse_args(arguments)
    watch = Watch()
    try:
        found = figures(*measured(given.rounds))
    except KeyboardInterrupt:
        return 130
    low, high = found["share_quartiles"]
    print(
        f"{WORKLOAD}: a step {found['step_ms']:.2f} ms, {TRANSFORMS} {found['augment_ms']:.2f} ms: "
        f"{found['share']:.1%} ({low:.1%} to {high:.1%})"
    )
    conclude("augmentation", found, watch, given.json)
    return 0


def measured(rounds: int) -> tuple[list[float], list[float]]:
    """Return the seconds of a step and of an augmented batch, a pair for each round."""
    import numpy as np

    from benchmarks.numpy_side import NumpySide
    from benchmarks.workloads import WORKLOADS
    from cnnopt.data.augmentation import Augment, Entry, Rotate, Shift
    from cnnopt.randomness import stream
    from cnnopt.regularizers import Batch

    workload = WORKLOADS[WORKLOAD]
    side = NumpySide(workload, 1, dropout=False, rate=1e-3)
    entries = (Entry("rotate", 1.0, Rotate(10, (0, 1))), Entry("shift", 1.0, Shift(2)))
    augment = Augment(entries)
    x = np.random.default_rng(0).random((workload.batch, *workload.input_shape), np.float32)
    batch = Batch(x, np.zeros((workload.batch, 10), np.float32), np.zeros(1), np.ones(1))

    def step(number: int) -> None:
        side.step(number)

    def change(number: int) -> None:
        augment.apply(batch, stream(0, augment.name, number))

    seconds: dict[str, list[float]] = {"step": [], "change": []}
    ways = {"step": step, "change": change}
    for number in range(rounds + 2):
        for name in list(ways)[:: -1 if number % 2 else 1]:
            started = perf_counter()
            for turn in range(TURN):
                ways[name](number * TURN + turn + 1)
            if number >= 2:  # the first two warm up
                seconds[name].append((perf_counter() - started) / TURN)
    return seconds["step"], seconds["change"]


def figures(steps: Sequence[float], changes: Sequence[float]) -> dict[str, Any]:
    """Return medians, the share of a step that augmenting takes and its quartiles, JSON-ready."""
    return {
        "workload": WORKLOAD,
        "transforms": TRANSFORMS,
        "step_ms": 1e3 * median(steps),
        "augment_ms": 1e3 * median(changes),
        "share": median(changes) / median(steps),
        "share_quartiles": quartiles([b / a for a, b in zip(steps, changes, strict=True)]),
        "rounds": len(steps),
    }


if __name__ == "__main__":
    clean = clean_environment(1)
    if clean != dict(os.environ):
        os.execve(
            sys.executable, [sys.executable, "-m", "benchmarks.augmentation", *sys.argv[1:]], clean
        )
    sys.exit(main())
