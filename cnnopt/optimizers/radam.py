"""RAdam: Adam that does not trust its scale before it has seen enough."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array
from cnnopt.optimizers.adam import remember
from cnnopt.optimizers.base import Step


@dataclass(frozen=True)
class RAdam:
    """Adam times r, the rectification; plain momentum, w ← w - η·m̂, where r is not defined yet.

    ρ∞ = 2/(1-β₂) - 1; ρ = ρ∞ - 2t·β₂ᵗ/(1-β₂ᵗ) is the length of the memory after t steps; then
    r = √((ρ-4)(ρ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρ)), which makes the variance of the scaled step that of
    a long memory. It works as a warm-up that the method finds by itself.

    Args:
        learning_rate: η, above 0.
        beta1: β₁, in [0, 1).
        beta2: β₂, in [0, 1).
        epsilon: ε, above 0, beside √v before its correction, as in PyTorch; the paper has none.
        threshold: ρ above which r is used, at least 4: 5 as in the authors' code and PyTorch, 4
            as in the paper.
        weight_decay: λ, at least 0, decoupled (PyTorch: `decoupled_weight_decay=True`). State: 8
            bytes a parameter, as Adam's.

    Source: Liu et al. 2020, algorithm 2.

    Example:
        >>> w, m, v, room = np.array([1.0]), np.zeros(1), np.zeros(1), np.empty(1)
        >>> RAdam(0.1).update(w, np.array([2.0]), (m, v), (room,), Step(1, 0.1))
        >>> w.round(6)  # the first steps are those of momentum
        array([0.8])
    """

    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    threshold: float = 5.0
    weight_decay: float = 0.0

    shaped: ClassVar[bool] = False
    decays: ClassVar[bool] = False
    scratch: ClassVar[int] = 1
    slots: ClassVar[tuple[str, ...]] = ("mean", "square")

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        step: Step,
    ) -> None:
        """Update both memories, then go along the direction, scaled once the scale is known."""
        (m, v), (room,) = slots, scratch
        remember(m, v, g, room, self.beta1, self.beta2)
        rate = step.learning_rate * (1 - self.beta1) / (1 - self.beta1**step.number)
        factor = self.rectification(step.number)
        if factor is None:
            np.multiply(m, rate, out=room)
        else:
            root = sqrt(1 - self.beta2)  # v is kept without this factor's square
            np.sqrt(v, out=room)
            room += self.epsilon / root
            np.divide(m, room, out=room)
            room *= rate * factor * sqrt(1 - self.beta2**step.number) / root
        w -= room

    def rectification(self, number: int) -> float | None:
        """Return r at an update, from 1; None while the memory is too short for it."""
        most = 2 / (1 - self.beta2) - 1
        power = self.beta2**number
        length = most - 2 * number * power / (1 - power)
        if length <= self.threshold:
            return None
        above = (length - 4) * (length - 2) * most
        return sqrt(above / ((most - 4) * (most - 2) * length))
