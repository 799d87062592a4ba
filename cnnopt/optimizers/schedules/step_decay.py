"""The rate falls in steps, at regular distances or at given epochs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

ROUNDING = 1e-9
"""Epochs that do not count: 1.1 epochs of 100 steps are 110 steps, though 1.1 * 100 is more."""


@dataclass(frozen=True)
class StepDecay:
    """`factor` to the power of the falls so far.

    Args:
        every: epochs between two falls, above 0 (may be a fraction); None: none of these.
        milestones: epochs after which the rate falls as well, ascending, above 0.
        factor: what the rate is multiplied by at each, in (0, 1).

    Epochs count from the first step of the training, also behind a warm-up, as in Goyal et al.
    2017: a warm-up does not move the falls. PyTorch's `SequentialLR` counts from its end.

    Source: He et al. 2016, section 4.2 (a tenth at one half and three quarters of the training);
    PyTorch's `StepLR` and `MultiStepLR`, stepped once an epoch.

    Example:
        >>> [StepDecay(every=2, factor=0.5).at(step, 5, 1.0) for step in (1, 2, 3, 5)]
        [1.0, 1.0, 0.5, 0.25]
    """

    every: float | None = None
    milestones: tuple[float, ...] = ()
    factor: float = 0.1

    waits_for_warmup: ClassVar[bool] = False

    def at(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return the power; the step after an epoch's last one is the first with a fall."""
        epochs = (step - 1) / steps_per_epoch + ROUNDING
        falls = sum(milestone <= epochs for milestone in self.milestones)
        if self.every is not None:
            falls += int(epochs / self.every)
        return self.factor**falls
