"""Half a cosine again and again, each time from the full rate, over longer and longer periods."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, log, log1p
from typing import ClassVar

from cnnopt.optimizers.schedules.base import half_cosine

LARGEST = 1e30
LARGEST_EXPONENT = 70.0
"""Of steps, and of e: beyond the steps of any training, so nothing has to be exact there."""


@dataclass(frozen=True)
class CosineRestarts:
    """`Cosine` over each period on its own: the full rate at its first step, `final` at its last.

    Args:
        period: epochs of the first period, above 0 (may be a fraction); at least one step.
        growth: how many times as long as the one before each period is, at least 1.
        final: factor at the last step of a period, in [0, 1].

    A training of period · (1 + growth + growth² + ...) epochs ends with a period; any other is cut
    off in the middle of one, where the rate is not low.

    PyTorch's `CosineAnnealingWarmRestarts` restarts one step before it would come to `final`, and
    takes whole numbers for `growth`.

    Source: Loshchilov & Hutter 2017, eq. 5 (T₀ = period, T_mult = growth).

    Example:
        >>> [round(CosineRestarts(3, 2).at(step, 9, 1.0), 2) for step in range(1, 10)]
        [1.0, 0.5, 0.0, 1.0, 0.9, 0.65, 0.35, 0.1, 0.0]
    """

    period: float
    growth: float = 1.0
    final: float = 0.0

    waits_for_warmup: ClassVar[bool] = True

    def at(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return the cosine over the steps of the period that `step` lies in."""
        before, after = self._period_of(step, steps_per_epoch)
        return half_cosine(step - before - 1, max(after - before - 1, 1), end=self.final)

    def _period_of(self, step: int, steps_per_epoch: float) -> tuple[int, int]:
        """Return how many steps are done before the period of `step`, and after it."""
        length = min(max(self.period * steps_per_epoch, 1.0), LARGEST)
        number = self._periods(step - 1, length)
        while step > self._end(number + 1, length):  # where an end is rounded down
            number += 1
        return self._end(number, length), self._end(number + 1, length)

    def _periods(self, steps: int, length: float) -> int:
        """Return about how many periods are over after so many steps: the inverse of `_end`."""
        if self.growth == 1:
            return int(steps / length)
        more = min(steps * (self.growth - 1), LARGEST)
        return int(log1p(more / length) / log(self.growth))

    def _end(self, number: int, length: float) -> int:
        """Return the steps of `number` periods, length · (growth^number - 1)/(growth - 1).

        Written so that nothing in it is larger than the result.
        """
        ratio = log(self.growth)
        periods = float(number)
        if ratio and number:
            largest = exp(min((number - 1) * ratio, LARGEST_EXPONENT))
            periods = largest * expm1(-number * ratio) / expm1(-ratio)
        return round(min(length * periods, LARGEST))
