"""A linear rise before any schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cnnopt.optimizers.schedules.base import Schedule


@dataclass(frozen=True)
class Warmup:
    """n steps that rise linearly to where `schedule` begins, then `schedule`.

    Step s of the n has s/n of the schedule's first factor, which is 1 for all but `OneCycle`: so
    the first step has 1/n and none has 0. The schedule then has the steps that are left, as if
    they were all; one that does not wait for the warm-up goes on as if there had been none.

    Args:
        schedule: what comes after it.
        epochs: passes over the training part, at least 0 (may be a fraction), rounded to n steps.

    Source: Goyal et al. 2017, section 2.2 (who begin at the rate of a single worker).

    Example:
        >>> from cnnopt.optimizers.schedules import Cosine
        >>> [round(Warmup(Cosine(), 1.5).at(step, 6, 2.0), 2) for step in range(1, 7)]
        [0.33, 0.67, 1.0, 1.0, 0.5, 0.0]
    """

    schedule: Schedule
    epochs: float

    waits_for_warmup: ClassVar[bool] = True

    def rising(self, steps: int, steps_per_epoch: float) -> int:
        """Return n, the steps in which the rate rises."""
        return min(round(self.epochs * steps_per_epoch), steps)

    def at(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return a share of the schedule's first factor, then the schedule's own."""
        rising = self.rising(steps, steps_per_epoch)
        left = max(steps - rising, 1)
        if step <= rising:
            return step / rising * self.schedule.at(1, left, steps_per_epoch)
        if self.schedule.waits_for_warmup:
            return self.schedule.at(step - rising, left, steps_per_epoch)
        return self.schedule.at(step, steps, steps_per_epoch)
