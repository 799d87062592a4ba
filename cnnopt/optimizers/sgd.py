"""Gradient descent without memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array
from cnnopt.optimizers.base import Step


@dataclass(frozen=True)
class Sgd:
    """w ← w - η·g.

    With a batch of one example this is stochastic gradient descent, with all of them batch
    gradient descent.

    Args:
        learning_rate: η, above 0. State: none.

    Source: Robbins & Monro 1951; Goodfellow, Bengio & Courville 2016, algorithm 8.1.

    Example:
        >>> w, room = np.array([1.0]), np.empty(1)
        >>> Sgd(0.1).update(w, np.array([2.0]), (), (room,), Step(1, 0.1))
        >>> w
        array([0.8])
    """

    learning_rate: float = 1e-2

    shaped: ClassVar[bool] = False
    decays: ClassVar[bool] = False
    scratch: ClassVar[int] = 1
    slots: ClassVar[tuple[str, ...]] = ()

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        step: Step,
    ) -> None:
        """Go `learning_rate` times the gradient down."""
        np.multiply(g, step.learning_rate, out=scratch[0])
        w -= scratch[0]
