"""Schedules: the learning rate as a pure function of the step."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi
from typing import Protocol


class Schedule(Protocol):
    """A factor on the optimizer's learning rate."""

    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return the factor of update `step` (from 1) of `steps`.

        Args:
            steps_per_epoch: updates in one pass over the training part, which need not be whole.
        """
        ...


@dataclass(frozen=True)
class Constant:
    """The same rate all the time."""

    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return 1."""
        return 1.0


@dataclass(frozen=True)
class Cosine:
    """Half a cosine from 1 down to `final`, after a linear warm-up.

    Args:
        warmup: passes over the training part (may be a fraction) in which the factor rises
            linearly from near 0 to 1.
        final: factor at the last step, in [0, 1].

    Steps are counted, not epochs: the rate moves with every update.

    Source: Loshchilov & Hutter 2017, eq. 5, without restarts; Goyal et al. 2017 (warm-up).

    Example:
        >>> [round(Cosine().factor(step, 5, 1.0), 2) for step in (1, 3, 5)]
        [1.0, 0.5, 0.0]
    """

    warmup: float = 0.0
    final: float = 0.0

    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return step/warm-up while warming up, then the cosine over what is left."""
        rising = min(round(self.warmup * steps_per_epoch), steps)
        if step <= rising:
            return step / rising
        left = max(steps - rising - 1, 1)
        return self.final + (1 - self.final) * (1 + cos(pi * (step - rising - 1) / left)) / 2
