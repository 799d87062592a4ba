"""A side of the race, in a process of its own: takes orders on stdin, answers on stdout.

Orders, one JSON text a line: `{"check": path, "steps": n}` trains from the weights in an npz file
and answers the losses; `{"time": n}` makes n steps and answers their seconds; `{"end": true}`
answers the peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from benchmarks.workloads import WORKLOADS, Workload

BATCHES = 8
LEARNING_RATE = 1e-3


class Side(Protocol):
    """One engine on one workload."""

    def load(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take over weights, channels last, and forget the optimizer's state."""

    def step(self, number: int) -> float:
        """Make a training step on batch `number` and return its loss."""


def batches(workload: Workload) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the batches that both sides train on: inputs, and class numbers or targets."""
    generator = np.random.default_rng(0)
    made = []
    for _ in range(BATCHES):
        x = generator.standard_normal((workload.batch, *workload.input_shape), np.float32)
        if workload.loss == "squared_error":
            y = generator.standard_normal((workload.batch, 1), np.float32)
        else:
            y = generator.integers(0, 10, workload.batch)
        made.append((x, y))
    return made


def make(side: str, variant: str) -> Callable[[Workload, int, bool], Side]:
    """Return the maker of a side; nothing of the other one is imported."""
    if side == "cnnopt":
        from benchmarks.numpy_side import NumpySide

        return NumpySide
    from benchmarks.torch_side import TorchSide

    return lambda workload, threads, dropout: TorchSide(workload, threads, dropout, variant)


def main() -> None:
    """Serve the orders."""
    parser = argparse.ArgumentParser()
    parser.add_argument("side", choices=["cnnopt", "torch"])
    parser.add_argument("workload", choices=list(WORKLOADS))
    parser.add_argument("threads", type=int)
    parser.add_argument("variant", nargs="?", default="")
    given = parser.parse_args()
    workload = WORKLOADS[given.workload]
    maker = make(given.side, given.variant)
    side: Side | None = None
    number = 0
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        if "check" in order:
            checked = maker(workload, given.threads, False)
            with np.load(order["check"]) as file:
                checked.load({name: file[name] for name in file.files})
            answer: Any = [checked.step(step) for step in range(order["steps"])]
            del checked
        elif "time" in order:
            side = side or maker(workload, given.threads, True)
            answer = []
            for _ in range(order["time"]):
                started = perf_counter()
                side.step(number)
                answer.append(perf_counter() - started)
                number += 1
        else:
            answer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
