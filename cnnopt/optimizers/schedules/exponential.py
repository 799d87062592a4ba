"""The rate falls by the same share in every epoch, a little with every step."""

from __future__ import annotations

from dataclasses import dataclass
from math import pow
from typing import ClassVar


@dataclass(frozen=True)
class Exponential:
    """`factor` to the power of the epochs done, (step - 1)/steps_per_epoch.

    Args:
        factor: what the rate is multiplied by in an epoch, in (0, 1).

    PyTorch's `ExponentialLR` has the same rate at the first step of each epoch, and keeps it until
    the next. Keras's `ExponentialDecay` moves with every step, as here.

    Source: Goodfellow, Bengio & Courville 2016, section 8.3.1, on why rates fall; PyTorch, Keras.

    Example:
        >>> [round(Exponential(0.5).at(step, 5, 2.0), 2) for step in (1, 2, 3, 5)]
        [1.0, 0.71, 0.5, 0.25]
    """

    factor: float

    waits_for_warmup: ClassVar[bool] = True

    def at(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return the power."""
        return pow(self.factor, (step - 1) / steps_per_epoch)
