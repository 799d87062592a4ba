"""Adadelta: steps as long as the last ones were, in the weights' own unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array
from cnnopt.optimizers.base import Step


@dataclass(frozen=True)
class Adadelta:
    """s ← ρ·s + (1-ρ)·g²; d = g·√(u + ε)/√(s + ε); u ← ρ·u + (1-ρ)·d²; w ← w - η·d.

    The running scale of past steps takes the place of a learning rate: the method works without
    one, which is η = 1. It has to find its pace from √ε, so it starts slowly.

    Args:
        learning_rate: η, above 0: a factor on the step that the method finds by itself; 1 in the
            paper and in PyTorch. (Keras has 1e-3, for uniformity, and then hardly moves.)
        rho: ρ, in [0, 1): memory. 0.9 as in PyTorch; 0.95 in the paper and in Keras.
        epsilon: ε, above 0, inside both roots: it sets the first steps' length. 1e-6 as in the
            paper and PyTorch; Keras has 1e-7. State: 8 bytes a parameter (s and u).

    Source: Zeiler 2012, algorithm 1.

    Example:
        >>> w, s, u = np.array([1.0]), np.array([4.0]), np.array([0.01])
        >>> rooms = np.empty(1), np.empty(1)
        >>> Adadelta(1.0, 0.5, 1e-12).update(w, np.array([2.0]), (s, u), rooms, Step(2, 1.0))
        >>> w.round(6), s, u.round(6)
        (array([0.9]), array([4.]), array([0.01]))
    """

    learning_rate: float = 1.0
    rho: float = 0.9
    epsilon: float = 1e-6

    shaped: ClassVar[bool] = False
    decays: ClassVar[bool] = False
    scratch: ClassVar[int] = 2
    slots: ClassVar[tuple[str, ...]] = ("square", "square_step")

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        step: Step,
    ) -> None:
        """Scale the gradient to the length of past steps, go there, and remember it."""
        (s, u), (d, room) = slots, scratch
        np.multiply(g, g, out=room)
        room *= 1 - self.rho
        s *= self.rho
        s += room
        np.add(u, self.epsilon, out=d)
        np.add(s, self.epsilon, out=room)
        d /= room
        np.sqrt(d, out=d)
        d *= g
        np.multiply(d, d, out=room)
        room *= 1 - self.rho
        u *= self.rho
        u += room
        d *= step.learning_rate
        w -= d
