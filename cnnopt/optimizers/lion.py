"""Lion: steps of one length, along the sign of a momentum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array
from cnnopt.optimizers.base import Step


@dataclass(frozen=True)
class Lion:
    """w ← w - η·(sign(β₁m + (1-β₁)g) + λ·w); m ← β₂m + (1-β₂)g.

    Args:
        learning_rate: η, above 0: the length of every step of every weight. Three to ten times
            smaller than Adam's, as the paper says.
        beta1: β₁, in [0, 1): how much of the direction is memory.
        beta2: β₂, in [0, 1): how long the memory is.
        weight_decay: λ, at least 0, decoupled; ten times Adam's, as the rate is a tenth. State: 4
            bytes a parameter (the momentum m): half of Adam's.

    PyTorch has none; Keras's and the authors' are the same.

    Source: Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2.

    Example:
        >>> w, m, room = np.array([1.0]), np.array([-1.0]), np.empty(1)
        >>> Lion(0.1).update(w, np.array([2.0]), (m,), (room,), Step(2, 0.1))
        >>> w, m.round(6)  # 0.9·(-1) + 0.1·2 is below 0
        (array([1.1]), array([-0.97]))
    """

    learning_rate: float = 1e-4
    beta1: float = 0.9
    beta2: float = 0.99
    weight_decay: float = 0.0

    shaped: ClassVar[bool] = False
    decays: ClassVar[bool] = False
    scratch: ClassVar[int] = 1
    slots: ClassVar[tuple[str, ...]] = ("momentum",)

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        step: Step,
    ) -> None:
        """Go one rate along the sign, then remember the gradient."""
        (m,), (room,) = slots, scratch
        np.subtract(m, g, out=room)
        room *= self.beta1
        room += g  # β₁m + (1-β₁)g
        np.sign(room, out=room)
        room *= step.learning_rate
        w -= room
        np.subtract(m, g, out=m)
        m *= self.beta2
        m += g
