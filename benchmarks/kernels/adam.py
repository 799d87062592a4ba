"""Adam: as its formula says, over the whole vector, and block by block.

Weights begin at 0, so that what is compared is where the steps have taken them.
"""

from __future__ import annotations

import numpy as np

from benchmarks.kernels.case import Case, Version
from cnnopt.arrays import Array
from cnnopt.optimizers import Adam, Step, Updater
from cnnopt.optimizers.updater import BLOCK

SIZES = (6_000, 100_000, 3_274_634)
TOLERANCE = 1e-5
"""Of the same formula in another order of its factors."""


def cases() -> list[Case]:
    """Return one case for each number of parameters."""
    return [_case(size) for size in SIZES]


def _case(size: int) -> Case:
    generator = np.random.default_rng(0)
    gradient = generator.standard_normal(size, np.float32)
    versions = tuple(kind(gradient).version() for kind in (Formula, InOne, Blocks))
    return Case("Adam", f"{size:,} parameters", TOLERANCE, versions)


class Formula:
    """The paper's lines, with an array for each operation."""

    def __init__(self, gradient: Array) -> None:
        self._w, self._m, self._v = (np.zeros_like(gradient) for _ in range(3))
        self._g = gradient
        self._step = 0

    def run(self) -> None:
        """Make a step."""
        a = Adam()
        self._step += 1
        self._m = a.beta1 * self._m + (1 - a.beta1) * self._g
        self._v = a.beta2 * self._v + (1 - a.beta2) * self._g**2
        mean = self._m / (1 - a.beta1**self._step)
        square = self._v / (1 - a.beta2**self._step)
        self._w = self._w - a.learning_rate * mean / (np.sqrt(square) + a.epsilon)

    def version(self) -> Version:
        """Return this as a version."""
        return Version("formula", self.run, lambda: [self._w])


class InOne:
    """The optimizer's update on all parameters at once."""

    def __init__(self, gradient: Array) -> None:
        self._w, self._g = np.zeros_like(gradient), gradient
        self._slots = tuple(np.zeros_like(gradient) for _ in Adam().slots)
        self._scratch = tuple(np.empty_like(gradient) for _ in range(Adam.scratch))
        self._step = 0

    def run(self) -> None:
        """Make a step."""
        self._step += 1
        a = Adam()
        a.update(self._w, self._g, self._slots, self._scratch, Step(self._step, a.learning_rate))

    def version(self) -> Version:
        """Return this as a version."""
        return Version("in one", self.run, lambda: [self._w])


class Blocks:
    """The product's updater."""

    def __init__(self, gradient: Array) -> None:
        self._w = np.zeros_like(gradient)
        self._updater = Updater(Adam(), self._w, gradient)
        self._step = 0

    def run(self) -> None:
        """Make a step."""
        self._step += 1
        self._updater.step(Adam().learning_rate, self._step)

    def version(self) -> Version:
        """Return this as a version."""
        return Version(f"blocks of {BLOCK:,}", self.run, lambda: [self._w])
