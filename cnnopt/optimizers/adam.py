"""Adam: momentum over a running scale of each gradient. AMSGrad: over the largest scale so far."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array
from cnnopt.optimizers.base import Step


@dataclass(frozen=True)
class Adam:
    """m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²; w ← w - η·m̂/(√v̂ + ε).

    m̂ = m/(1-β₁ᵗ) and v̂ = v/(1-β₂ᵗ) take out the start from zero. With amsgrad the largest v so
    far takes the place of v, so that no rate grows again.

    Args:
        learning_rate: η, above 0: about the length of a step, whatever the gradient's scale.
        beta1: β₁, in [0, 1): memory of the direction.
        beta2: β₂, in [0, 1): memory of the scale.
        epsilon: ε, above 0, outside the root as in the paper and PyTorch. Keras has 1e-7 and
            adds it before the correction of v. State: 8 bytes a parameter, m/(1-β₁) and v/(1-β₂):
            the plain sums of the formulas, which saves two passes over the parameters.
        amsgrad: keep the largest v: 4 bytes a parameter more. Corrected for its start as in
            PyTorch, which the paper does not do.

    Source: Kingma & Ba 2015, algorithm 1; Reddi, Kale & Kumar 2018, algorithm 2 (amsgrad).

    Example:
        >>> w, m, v, room = np.array([1.0]), np.zeros(1), np.zeros(1), np.empty(1)
        >>> Adam(0.1).update(w, np.array([2.0]), (m, v), (room,), Step(1, 0.1))
        >>> w.round(6)
        array([0.9])
    """

    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    amsgrad: bool = False

    shaped: ClassVar[bool] = False
    decays: ClassVar[bool] = False
    scratch: ClassVar[int] = 1

    @property
    def slots(self) -> tuple[str, ...]:
        """The sums of both formulas, and the largest of the second for amsgrad."""
        return ("mean", "square", "largest") if self.amsgrad else ("mean", "square")

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        step: Step,
    ) -> None:
        """Update both memories, then go along the scaled direction."""
        m, v, *largest = slots
        (room,) = scratch
        remember(m, v, g, room, self.beta1, self.beta2)
        if largest:
            np.maximum(largest[0], v, out=largest[0])
            v = largest[0]
        root = sqrt((1 - self.beta2) / (1 - self.beta2**step.number))  # √v̂ = root·√v
        np.sqrt(v, out=room)
        room += self.epsilon / root
        np.divide(m, room, out=room)
        room *= step.learning_rate * (1 - self.beta1) / ((1 - self.beta1**step.number) * root)
        w -= room


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay: w ← w - η·λ·w, then Adam's step.

    Added to the gradient, a decay would be divided by √v̂ like the rest of it, and weights with
    large gradients would shrink least.

    Args:
        learning_rate, beta1, beta2, epsilon, amsgrad: as of Adam, and so is the state.
        weight_decay: λ, at least 0; 0.01 as in PyTorch (Keras: 0.004). Not of biases and norms,
            where PyTorch decays all parameters that it is given. The updater makes the decay.

    Source: Loshchilov & Hutter 2019, algorithm 2.
    """

    weight_decay: float = 1e-2


def remember(m: Array, v: Array, g: Array, room: Array, beta1: float, beta2: float) -> None:
    """Update Adam's memories without their factors: m ← β₁m + g; v ← β₂v + g²."""
    m *= beta1
    m += g
    np.multiply(g, g, out=room)
    v *= beta2
    v += room
