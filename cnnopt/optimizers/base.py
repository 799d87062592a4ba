"""What every optimizer is: settings, names of its slots, and one update of a block of weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import ClassVar, Protocol

import numpy as np

from cnnopt.arrays import Array

BLOCK = 65_536
"""Weights updated at a time: weights, gradient, slots and scratch stay in the cache."""


_Block = tuple[Array, Array, tuple[Array, ...], tuple[Array, ...]]
"""Of some weights: themselves, their gradient, their slots, and scratch."""


class Optimizer(Protocol):
    """Settings of an optimizer.

    Attributes:
        slots: names of the vectors it keeps, each as long as the weights, zero at first.
        scratch: how many vectors of a block it needs while it works.
    """

    slots: ClassVar[tuple[str, ...]]
    scratch: ClassVar[int]

    @property
    def learning_rate(self) -> float:
        """The rate before any schedule."""
        ...

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        learning_rate: float,
        step: int,
    ) -> None:
        """Change the weights `w` (n,) and the slots (each (n,)) by the gradient `g` (n,).

        Args:
            learning_rate: the rate of this step, after the schedule.
            step: number of the update, from 1.
        """
        ...


TASK = 2 * BLOCK
"""Weights from which updating is worth a thread of its own."""

MOST_TASKS = 4


class Updater:
    """An optimizer over the whole vector of weights, block by block.

    Blocks are updated alike whoever does it: how many tasks there are changes no number.

    Attributes:
        slots: the optimizer's vectors by name, each (P,).
    """

    def __init__(self, optimizer: Optimizer, weights: Array, gradient: Array) -> None:
        self._optimizer = optimizer
        self.slots: Mapping[str, Array] = {name: np.zeros_like(weights) for name in optimizer.slots}
        count = min(MOST_TASKS, max(1, len(weights) // TASK))
        rows = range(0, len(weights), BLOCK)
        cuts = [len(rows) * i // count for i in range(count + 1)]
        self._parts = [self._blocks(rows[a:b], weights, gradient) for a, b in pairwise(cuts)]

    def _blocks(self, starts: range, weights: Array, gradient: Array) -> list[_Block]:
        """Return the blocks of a task, with scratch of their own."""
        scratch = self._optimizer.scratch
        room = [np.empty(min(BLOCK, len(weights)), weights.dtype) for _ in range(scratch)]
        blocks: list[_Block] = []
        for start in starts:
            rows = slice(start, min(start + BLOCK, len(weights)))
            slots = tuple(slot[rows] for slot in self.slots.values())
            rest = tuple(r[: rows.stop - rows.start] for r in room)
            blocks.append((weights[rows], gradient[rows], slots, rest))
        return blocks

    def tasks(self, learning_rate: float, number: int) -> list[Callable[[], None]]:
        """Return what to do to update all weights from the gradient as it stands.

        In any order, on any threads. `number` counts from 1.
        """
        return [partial(self._update, part, learning_rate, number) for part in self._parts]

    def step(self, learning_rate: float, number: int) -> None:
        """Update all weights at once."""
        for task in self.tasks(learning_rate, number):
            task()

    def _update(self, blocks: list[_Block], learning_rate: float, number: int) -> None:
        for w, g, slots, scratch in blocks:
            self._optimizer.update(w, g, slots, scratch, learning_rate, number)
