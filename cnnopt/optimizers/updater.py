"""An optimizer at work on a whole vector of weights, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.optimizers.base import Optimizer, Step

BLOCK = 65_536
"""Weights updated at a time: weights, gradient, slots and scratch stay in the cache."""

TASK = 2 * BLOCK
"""Weights from which updating is worth a thread of its own."""

MOST_TASKS = 4


@dataclass(frozen=True)
class Region:
    """A range of the vector that is updated in the same manner.

    Attributes:
        start: its first weight.
        stop: behind its last one.
        rate: factor on the learning rate.
        weight_decay: decoupled decay of these weights.
        shape: of the one tensor that it is; None where it may be cut anywhere.
    """

    start: int
    stop: int
    rate: float = 1.0
    weight_decay: float = 0.0
    shape: Shape | None = None


class _Block(NamedTuple):
    """Some weights, their gradient, their slots, scratch, and the region they belong to."""

    w: Array
    g: Array
    slots: tuple[Array, ...]
    scratch: tuple[Array, ...]
    region: Region


class Updater:
    """An optimizer over the whole vector of weights, block by block.

    Blocks are updated alike whoever does it: how many tasks there are changes no number.

    Weight decay is decoupled: w ← w - η·λ·w before the step, the rate scaling it as in PyTorch
    (Loshchilov & Hutter 2019, algorithm 2). Coupled decay is the regularizer `l2`.

    Args:
        optimizer: the rule.
        weights: (P,), changed in place.
        gradient: (P,), read at each step.
        regions: in order, without gaps; None: all weights alike, with the
            optimizer's own decay. An optimizer that is `shaped` needs one for each tensor.

    Attributes:
        slots: the optimizer's vectors by name, each (P,).
    """

    def __init__(
        self,
        optimizer: Optimizer,
        weights: Array,
        gradient: Array,
        regions: Sequence[Region] | None = None,
    ) -> None:
        self._optimizer = optimizer
        self._weights, self._gradient = weights, gradient
        self.slots: Mapping[str, Array] = {name: np.zeros_like(weights) for name in optimizer.slots}
        decay = float(getattr(optimizer, "weight_decay", 0.0))
        cuts = list(_cuts(regions or [Region(0, len(weights), weight_decay=decay)]))
        count = min(MOST_TASKS, max(1, len(weights) // TASK))
        ends = [len(cuts) * i // count for i in range(count + 1)]
        self._parts = [self._blocks(cuts[a:b]) for a, b in pairwise(ends)]

    def _blocks(self, cuts: Sequence[tuple[slice, Region]]) -> list[_Block]:
        """Return the blocks of a task, with scratch of their own."""
        most = max((rows.stop - rows.start for rows, _ in cuts), default=0)
        room = [np.empty(most, self._weights.dtype) for _ in range(self._optimizer.scratch)]
        blocks = []
        for rows, region in cuts:
            shape = (rows.stop - rows.start,) if region.shape is None else region.shape
            slots = tuple(slot[rows].reshape(shape) for slot in self.slots.values())
            scratch = tuple(r[: rows.stop - rows.start].reshape(shape) for r in room)
            w, g = self._weights[rows].reshape(shape), self._gradient[rows].reshape(shape)
            blocks.append(_Block(w, g, slots, scratch, region))
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
        for w, g, slots, scratch, region in blocks:
            step = Step(number, learning_rate * region.rate, region.weight_decay)
            if step.weight_decay and not self._optimizer.decays:
                w *= 1 - step.learning_rate * step.weight_decay
            self._optimizer.update(w, g, slots, scratch, step)


def _cuts(regions: Sequence[Region]) -> Iterator[tuple[slice, Region]]:
    """Yield the blocks' ranges: a tensor whole, other regions in pieces of `BLOCK` weights."""
    for region in regions:
        length = region.stop - region.start if region.shape is not None else BLOCK
        for start in range(region.start, region.stop, length or 1):
            yield slice(start, min(start + length, region.stop)), region
