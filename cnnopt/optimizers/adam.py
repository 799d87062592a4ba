"""Adam: momentum over a running scale of each gradient."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array


@dataclass(frozen=True)
class Adam:
    """m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²; w ← w - η·m̂/(√v̂ + ε).

    m̂ = m/(1-β₁ᵗ) and v̂ = v/(1-β₂ᵗ) take out the start from zero.

    Args:
        learning_rate: η, above 0.
        beta1: β₁, in [0, 1): memory of the direction.
        beta2: β₂, in [0, 1): memory of the scale.
        epsilon: ε, above 0, outside the root as in the paper and PyTorch. Keras has 1e-7 and
            adds it before the correction of v. State: 8 bytes a parameter, m/(1-β₁) and v/(1-β₂):
            the plain sums of the formulas, which saves two passes over the parameters.

    Source: Kingma & Ba 2015, algorithm 1.

    Example:
        >>> w, m, v, room = np.array([1.0]), np.zeros(1), np.zeros(1), np.empty(1)
        >>> Adam(0.1).update(w, np.array([2.0]), (m, v), (room,), 0.1, 1)
        >>> w.round(6)
        array([0.9])
    """

    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    slots: ClassVar[tuple[str, ...]] = ("mean", "square")
    scratch: ClassVar[int] = 1

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        learning_rate: float,
        step: int,
    ) -> None:
        """Update both memories, then go along the scaled direction."""
        m, v = slots
        (room,) = scratch
        m *= self.beta1
        m += g
        np.multiply(g, g, out=room)
        v *= self.beta2
        v += room
        root = sqrt((1 - self.beta2) / (1 - self.beta2**step))  # √v̂ = root·√v
        np.sqrt(v, out=room)
        room += self.epsilon / root
        np.divide(m, room, out=room)
        room *= learning_rate * (1 - self.beta1) / ((1 - self.beta1**step) * root)
        w -= room
