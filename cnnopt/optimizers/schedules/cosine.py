"""Half a cosine over the whole training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cnnopt.optimizers.schedules.base import half_cosine


@dataclass(frozen=True)
class Cosine:
    """final + (1 - final) · (1 + cos πt)/2, with t from 0 at the first step to 1 at the last.

    Args:
        final: factor at the last step, in [0, 1].

    PyTorch's `CosineAnnealingLR(T_max=T)` has its end after T steps, so behind the last step of a
    training of T steps; Keras's `CosineDecay` likewise.

    Source: Loshchilov & Hutter 2017, eq. 5, without restarts.

    Example:
        >>> [round(Cosine().at(step, 5, 1.0), 2) for step in (1, 3, 5)]
        [1.0, 0.5, 0.0]
    """

    final: float = 0.0

    waits_for_warmup: ClassVar[bool] = True

    def at(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return the cosine over the whole of the steps."""
        return half_cosine(step - 1, max(steps - 1, 1), end=self.final)
