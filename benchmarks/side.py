"""A side of the race, in a process of its own: takes orders on stdin, answers on stdout.

Each order is a JSON object on a line, `{"do": name, ...}`, and so is each answer: `{"answer": ...}`
or `{"error": text}`. `Orders` has the names.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from benchmarks.workloads import WORKLOADS, Workload

BATCHES = 8
"""Batches that are fed in turn, so that none stays in the cache from step to step."""

FIRST_STEPS = 3
"""Steps before any is timed: threads are started, memory is fetched, choices are made."""

LEARNING_RATE = 1e-3
"""Of the steps that are timed; what a step costs does not depend on it."""


class Side(Protocol):
    """One engine on one workload."""

    def load(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take over weights, channels last, and forget the optimizer's state."""

    def step(self, number: int) -> float:
        """Make a training step on batch `number` and return its loss."""

    def gradients(self) -> dict[str, np.ndarray]:
        """Return the last step's gradients by the names of the weights, channels last."""


Maker = Callable[[Workload, int, bool, float, str], Side]
"""(workload, threads, whether dropout acts, learning rate, variant) → side."""


def batches(workload: Workload) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the batches that both sides train on: inputs, and class numbers or targets."""
    generator = np.random.default_rng(0)
    for _ in range(BATCHES):
        x = generator.standard_normal((workload.batch, *workload.input_shape), np.float32)
        y: np.ndarray
        if workload.loss == "squared_error":
            y = generator.standard_normal((workload.batch, 1), np.float32)
        else:
            y = generator.integers(0, 10, workload.batch)
        yield x, y


class Orders:
    """What a side can be asked to do; answers are JSON-ready."""

    def __init__(self, maker: Maker, threads: int) -> None:
        self._maker, self._threads = maker, threads
        self._open: dict[str, Side] = {}
        self._numbers: dict[str, int] = {}

    def check(
        self, workload: str, variant: str, weights: str, gradients: str, steps: int, rate: float
    ) -> list[float]:
        """Train from the weights in a file, without dropout, and return the losses.

        The gradients of the first step are written to the file `gradients`.
        """
        side = self._maker(WORKLOADS[workload], self._threads, False, rate, variant)
        side.load(read_tensors(weights))
        losses = [side.step(0)]
        write_tensors(gradients, side.gradients())
        return losses + [side.step(number) for number in range(1, steps)]

    def compare(self, first: str, second: str) -> float:
        """Return how far the gradients in the file `first` are from those in `second`."""
        return apart(read_tensors(first), read_tensors(second))

    def open(self, workload: str, variant: str) -> None:
        """Make ready for timing, and make the first steps, which are slow."""
        side = self._maker(WORKLOADS[workload], self._threads, True, LEARNING_RATE, variant)
        self._open[variant], self._numbers[variant] = side, 0
        for _ in range(FIRST_STEPS):
            self._step(variant)

    def time(self, variant: str, warm: float, seconds: float) -> list[float]:
        """Make steps for `warm` seconds, then for `seconds`; return what each of these took.

        One step warms up and two are timed at least, however long they take.
        """
        until = perf_counter() + warm
        self._step(variant)
        while perf_counter() < until:
            self._step(variant)
        until = perf_counter() + seconds
        taken = [self._step(variant), self._step(variant)]
        while perf_counter() < until:
            taken.append(self._step(variant))
        return taken

    def _step(self, variant: str) -> float:
        number = self._numbers[variant]
        self._numbers[variant] += 1
        started = perf_counter()
        self._open[variant].step(number)
        return perf_counter() - started

    def close(self) -> None:
        """Forget everything that is open."""
        self._open.clear()

    def memory(self) -> float:
        """Return the most memory that this process has had in use, in MB."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1e6 if sys.platform == "darwin" else 1e6 / 1024)

    def weights(self, workload: str, path: str) -> None:
        """Write initial weights to a file; cnnopt's side only."""
        from benchmarks.numpy_side import initial_weights

        write_tensors(path, initial_weights(WORKLOADS[workload]))

    def about(self) -> dict[str, str]:
        """Return the versions of what this side runs on."""
        if "torch" in sys.modules:
            return {"torch": sys.modules["torch"].__version__}
        from benchmarks.numpy_side import about

        return about()

    def peak(self) -> float:
        """Return GFLOP/s of a large float32 product; cnnopt's side only."""
        from benchmarks.numpy_side import sgemm_peak

        return sgemm_peak(self._threads)


def write_tensors(path: str, tensors: dict[str, Any]) -> None:
    """Write named arrays to an npz file."""
    np.savez(path, **tensors)


def read_tensors(path: str) -> dict[str, np.ndarray]:
    """Return the named arrays of an npz file."""
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def apart(first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray]) -> float:
    """Return the largest |a - b| / |b| of the tensors of two sets, by Euclidean norms.

    A tensor counts as having a hundredth of the largest norm at least: the gradient by a bias
    before batch norm is 0 but for rounding, and rounding is not to be compared.

    Raises:
        ValueError: names or shapes differ.
    """
    if {n: a.shape for n, a in first.items()} != {n: b.shape for n, b in second.items()}:
        raise ValueError("the sides have tensors of different names or shapes")
    norms = {name: float(np.linalg.norm(b)) for name, b in second.items()}
    floor = max(norms.values()) / 100
    return max(
        float(np.linalg.norm(a - second[name])) / max(norms[name], floor)
        for name, a in first.items()
    )


def maker_of(side: str) -> Maker:
    """Return the maker of a side; nothing of the other one is imported."""
    if side == "cnnopt":
        from benchmarks.numpy_side import NumpySide

        return NumpySide
    from benchmarks.torch_side import TorchSide

    return TorchSide


def serve(orders: Orders, answers: Callable[[str], Any]) -> None:
    """Carry out the orders on stdin until it ends."""
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        try:
            answer = {"answer": getattr(orders, order.pop("do"))(**order)}
        except Exception as error:  # told to the parent, which knows what to do
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers(json.dumps(answer) + "\n")


def main() -> None:
    """Serve; what libraries print on stdout goes to stderr, so that it is no answer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("side", choices=["cnnopt", "torch"])
    parser.add_argument("threads", type=int)
    given = parser.parse_args()
    with os.fdopen(os.dup(1), "w", buffering=1) as channel:
        os.dup2(2, 1)
        try:
            serve(Orders(maker_of(given.side), given.threads), channel.write)
        except KeyboardInterrupt:
            sys.exit(130)


if __name__ == "__main__":
    main()
