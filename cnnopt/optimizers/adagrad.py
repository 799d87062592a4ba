"""Adagrad: each weight's rate shrinks with the gradients it has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array
from cnnopt.optimizers.base import Step


@dataclass(frozen=True)
class Adagrad:
    """s ← s + g²; w ← w - η·g/(√s + ε).

    The sum only grows, so every rate only shrinks: right for rare features of a convex problem,
    too early an end for many networks.

    Args:
        learning_rate: η, above 0: the length of the very first step of each weight.
        initial: what s starts from, at least 0. PyTorch has 0, Keras 0.1, which keeps the first
            steps short.
        epsilon: ε, above 0, outside the root as in PyTorch (1e-10); Keras has 1e-7 inside it.
            State: 4 bytes a parameter (the sum s).

    Source: Duchi, Hazan & Singer 2011, diagonal form.

    Example:
        >>> w, s, room = np.array([1.0]), np.array([12.0]), np.empty(1)
        >>> Adagrad(0.1).update(w, np.array([2.0]), (s,), (room,), Step(2, 0.1))
        >>> w.round(6), s
        (array([0.95]), array([16.]))
    """

    learning_rate: float = 1e-2
    initial: float = 0.0
    epsilon: float = 1e-10

    shaped: ClassVar[bool] = False
    decays: ClassVar[bool] = False
    scratch: ClassVar[int] = 1
    slots: ClassVar[tuple[str, ...]] = ("square_sum",)

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        step: Step,
    ) -> None:
        """Add the squares up, then go along the gradient over their root."""
        (s,), (room,) = slots, scratch
        if step.number == 1:
            s += self.initial
        np.multiply(g, g, out=room)
        s += room
        np.sqrt(s, out=room)
        room += self.epsilon
        np.divide(g, room, out=room)
        room *= step.learning_rate
        w -= room
