"""What every optimizer is: settings, names of its slots, and one update of a block of weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

import numpy as np

from cnnopt.arrays import Array

BLOCK = 16_384
"""Weights updated at a time: weights, gradient, slots and scratch stay in the cache."""


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


class Updater:
    """An optimizer over the whole vector of weights, block by block.

    Attributes:
        slots: the optimizer's vectors by name, each (P,).
    """

    def __init__(self, optimizer: Optimizer, weights: Array, gradient: Array) -> None:
        self._optimizer = optimizer
        self.slots: Mapping[str, Array] = {name: np.zeros_like(weights) for name in optimizer.slots}
        size = min(BLOCK, len(weights))
        room = tuple(np.empty(size, weights.dtype) for _ in range(optimizer.scratch))
        self._blocks = [
            (
                weights[a : a + size],
                gradient[a : a + size],
                tuple(slot[a : a + size] for slot in self.slots.values()),
                tuple(r[: len(weights[a : a + size])] for r in room),
            )
            for a in range(0, len(weights), max(1, size))
        ]

    def step(self, learning_rate: float, number: int) -> None:
        """Update all weights from the gradient as it stands; `number` counts from 1."""
        for w, g, slots, scratch in self._blocks:
            self._optimizer.update(w, g, slots, scratch, learning_rate, number)
