"""Gradient descent with momentum (the heavy ball)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array
from cnnopt.optimizers.base import Step


@dataclass(frozen=True)
class Momentum:
    """v ← μ·v + g; w ← w - η·v.

    Args:
        learning_rate: η, above 0.
        momentum: μ, in [0, 1). State: 4 bytes a parameter (the velocity v).

    The same form as PyTorch's `SGD(momentum=μ)` without dampening. Keras folds the rate into
    the velocity (v ← μ·v - η·g): equal while the rate is constant, another path when it changes.

    Source: Polyak 1964; Sutskever et al. 2013, eq. 1 and 2.

    Example:
        >>> w, v, room = np.array([1.0]), np.array([1.0]), np.empty(1)
        >>> Momentum(0.1, 0.9).update(w, np.array([2.0]), (v,), (room,), Step(2, 0.1))
        >>> w, v
        (array([0.71]), array([2.9]))
    """

    learning_rate: float = 1e-2
    momentum: float = 0.9

    shaped: ClassVar[bool] = False
    decays: ClassVar[bool] = False
    scratch: ClassVar[int] = 1
    slots: ClassVar[tuple[str, ...]] = ("velocity",)

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        step: Step,
    ) -> None:
        """Add the gradient to the velocity, then go along it."""
        (v,) = slots
        v *= self.momentum
        v += g
        np.multiply(v, step.learning_rate, out=scratch[0])
        w -= scratch[0]
