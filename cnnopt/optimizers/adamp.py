"""AdamP: Adam without the part of a step that only makes weights longer."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod, sqrt
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array
from cnnopt.optimizers.adam import remember
from cnnopt.optimizers.base import Step


@dataclass(frozen=True)
class AdamP:
    """Adam's step p = m̂/(√v̂ + ε), without its part along w where w's length does not matter.

    Weights before a batch norm may be scaled without changing the output, so their gradient
    stands at a right angle to them; momentum then makes them longer and longer, and the steps
    less and less. Where all filters of a tensor (else the tensor as a whole) have
    |cos(w, g)| < δ/√n, n numbers in each, p loses its part along w: p ← p - (ŵ·p)ŵ, and weight
    decay its most.

    Args:
        learning_rate: η, above 0.
        beta1: β₁, in [0, 1).
        beta2: β₂, in [0, 1).
        epsilon: ε, above 0, outside the root.
        delta: δ, at least 0: how right the angle must be.
        decay_ratio: factor on weight decay where p was projected, in [0, 1].
        nesterov: take β₁m + (1-β₁)g in place of m.
        weight_decay: λ, at least 0, decoupled. State: 8 bytes a parameter, as Adam's.

    Tensors of one axis (biases, norms) get Adam's step. Outputs are on the last axis here, on the
    first in the authors' package `adamp`.

    Source: Heo et al. 2021, algorithm 2.
    """

    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    delta: float = 0.1
    decay_ratio: float = 0.1
    nesterov: bool = False
    weight_decay: float = 0.0

    shaped: ClassVar[bool] = True
    decays: ClassVar[bool] = True
    scratch: ClassVar[int] = 2
    slots: ClassVar[tuple[str, ...]] = ("mean", "square")

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        step: Step,
    ) -> None:
        """Update both memories, project the step, decay, and go."""
        (m, v), (p, room) = slots, scratch
        remember(m, v, g, room, self.beta1, self.beta2)
        root = sqrt((1 - self.beta2) / (1 - self.beta2**step.number))
        np.sqrt(v, out=room)
        room += self.epsilon / root
        if self.nesterov:
            np.multiply(m, self.beta1, out=p)
            p += g
        else:
            np.copyto(p, m)
        p /= room
        projected = w.ndim > 1 and self._project(p, w, g, room)
        if step.weight_decay:
            share = self.decay_ratio if projected else 1.0
            w *= 1 - step.learning_rate * step.weight_decay * share
        p *= step.learning_rate * (1 - self.beta1) / ((1 - self.beta1**step.number) * root)
        w -= p

    def _project(self, p: Array, w: Array, g: Array, room: Array) -> bool:
        """Take from `p` its part along `w`, by filter or as a whole; return whether it did."""
        filters = tuple(range(w.ndim - 1))
        for axes in (filters, (*filters, w.ndim - 1)):
            size = prod(w.shape[axis] for axis in axes)
            if self._cosine(w, g, axes, room) < self.delta / sqrt(size):
                length = np.sqrt(np.multiply(w, w, out=room).sum(axes, keepdims=True))
                length += self.epsilon
                along = np.multiply(w, p, out=room).sum(axes, keepdims=True)
                np.multiply(w, along / length**2, out=room)
                p -= room
                return True
        return False

    def _cosine(self, w: Array, g: Array, axes: tuple[int, ...], room: Array) -> float:
        """Return the largest |cos(w, g)| over what is not summed."""
        dot = np.multiply(w, g, out=room).sum(axes)
        norms = [
            np.maximum(np.sqrt(np.multiply(a, a, out=room).sum(axes)), self.epsilon) for a in (w, g)
        ]
        return float(np.max(np.abs(dot) / (norms[0] * norms[1])))
