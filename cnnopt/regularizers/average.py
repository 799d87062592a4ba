"""Averages of the weights along the way: exponential (EMA), or equal near the end (SWA)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnopt.arrays import Array


@dataclass(frozen=True)
class AverageWeights:
    """What is measured, selected and kept is an average a of the weights; training goes its way.

    EMA: a ← δ·a + (1-δ)·w after every step, from a = w after the first. SWA: the equal mean of
    the weights at the ends of the rows of metrics (epochs) that end after the share `swa` of all
    steps; until then a = w. Running means of a batch norm are averaged like weights (PyTorch:
    `AveragedModel(use_buffers=True)`).

    Args:
        ema: δ, in [0, 1); None for SWA.
        swa: share of the steps after which averaging begins, in [0, 1); None for EMA.

    Source: Polyak & Juditsky 1992; Izmailov et al. 2018, algorithm 1 (SWA).
    """

    ema: float | None = None
    swa: float | None = None


class Average:
    """The average as it stands.

    Attributes:
        vector: a, (total,); before anything was taken, the initial weights.
        count: how many weights are in it.
    """

    def __init__(self, rule: AverageWeights, weights: Array) -> None:
        self._rule = rule
        self.vector, self.count = weights.copy(), 0

    def end_step(self, weights: Array) -> None:
        """Take the weights after a step: EMA's."""
        if (kept := self._rule.ema) is None:
            return
        if self.count:
            self.vector += (weights - self.vector) * weights.dtype.type(1 - kept)
        else:
            np.copyto(self.vector, weights)
        self.count += 1

    def end_row(self, weights: Array, done: float) -> None:
        """Take the weights at the end of a row, the share `done` of all steps behind: SWA's."""
        if (start := self._rule.swa) is None:
            return
        if done <= start:
            np.copyto(self.vector, weights)
            return
        self.count += 1
        share = weights.dtype.type(1 / self.count)
        self.vector += (weights - self.vector) * share
