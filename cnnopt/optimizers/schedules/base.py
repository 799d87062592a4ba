"""What every schedule is: a pure function of the step."""

from __future__ import annotations

from math import cos, pi
from typing import ClassVar, Protocol


class Schedule(Protocol):
    """A factor on the optimizer's learning rate.

    Attributes:
        waits_for_warmup: whether its steps count from the end of a warm-up; if not, from the
            first step of the training, as without one.
    """

    waits_for_warmup: ClassVar[bool]

    def at(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return the factor of update `step` (from 1) of `steps`; at least 0.

        Args:
            steps_per_epoch: updates in one pass over the training part, which need not be whole.
        """
        ...


def half_cosine(done: float, whole: float, start: float = 1.0, end: float = 0.0) -> float:
    """Return `start` where nothing is done, `end` where the whole is, half a cosine between."""
    return end + (start - end) * (1 + cos(pi * done / whole)) / 2
