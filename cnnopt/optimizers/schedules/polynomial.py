"""A power of what is left of the training: a straight line, a parabola, ..."""

from __future__ import annotations

from dataclasses import dataclass
from math import pow
from typing import ClassVar


@dataclass(frozen=True)
class Polynomial:
    """final + (1 - final) · (1 - t)^power, with t from 0 at the first step to 1 at the last.

    Args:
        power: above 0; 1 is a straight line, above 1 the rate falls fast first and slowly then.
        final: factor at the last step, in [0, 1].

    PyTorch's `PolynomialLR(total_iters=T)` has its 0 after T steps, so behind the last step of a
    training of T steps, and no `final`; Keras's `PolynomialDecay` has it, as a rate.

    Source: Liu, Rabinovich & Berg 2016 and Chen et al. 2018 (power 0.9, for segmentation).

    Example:
        >>> [Polynomial(2.0).at(step, 5, 1.0) for step in (1, 3, 5)]
        [1.0, 0.25, 0.0]
    """

    power: float = 1.0
    final: float = 0.0

    waits_for_warmup: ClassVar[bool] = True

    def at(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return the polynomial over the whole of the steps."""
        left = 1 - (step - 1) / max(steps - 1, 1)
        return self.final + (1 - self.final) * pow(left, self.power)
