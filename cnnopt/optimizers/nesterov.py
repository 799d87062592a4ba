"""Nesterov's accelerated gradient: momentum that looks ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array
from cnnopt.optimizers.base import Step


@dataclass(frozen=True)
class Nesterov:
    """v ← μ·v + g; w ← w - η·(g + μ·v).

    The method takes the gradient where the velocity is about to carry the weights, at
    θ - η·μ·v. With w = θ - η·μ·v for weights it reads as above, and the gradient is taken at w:
    what training sees are the look-ahead points. Both forms make the same path while η is
    constant.

    Args:
        learning_rate: η, above 0.
        momentum: μ, in [0, 1). State: 4 bytes a parameter (the velocity v).

    As PyTorch's `SGD(momentum=μ, nesterov=True)`. Keras has the rate inside the velocity, as for
    momentum.

    Source: Nesterov 1983; Sutskever et al. 2013, eq. 3 and 4; Bengio et al. 2013 (the change of
    variable).

    Example:
        >>> w, v, room = np.array([1.0]), np.array([1.0]), np.empty(1)
        >>> Nesterov(0.1, 0.5).update(w, np.array([2.0]), (v,), (room,), Step(2, 0.1))
        >>> w.round(6), v
        (array([0.675]), array([2.5]))
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
        """Add the gradient to the velocity, then go along the next velocity to come."""
        (v,), (room,) = slots, scratch
        v *= self.momentum
        v += g
        np.multiply(v, self.momentum, out=room)
        room += g
        room *= step.learning_rate
        w -= room
