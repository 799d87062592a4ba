"""The sum of the weights' sizes, added to the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnopt.arrays import Array
from cnnopt.regularizers.penalty import blocks

BLOCK = 8_192
"""Weights taken at a time: what is made of them needs room for no more."""


@dataclass(frozen=True)
class L1:
    """strength · Σ|w|; its (sub)gradient is strength·sign(w), 0 at 0.

    Args:
        strength: at least 0. Applies to weights, not to biases; Keras's `l1(x)` is the same.

    A step of any size goes past 0: weights come near it and swing about it, none is exactly 0.

    Source: Goodfellow, Bengio & Courville 2016, section 7.1.2; Tibshirani 1996 (lasso).

    Example:
        >>> w, g = np.array([3.0, 0.0, -4.0]), np.zeros(3)
        >>> L1(0.5).add(w, g, [slice(0, 3)]), g
        (3.5, array([ 0.5,  0. , -0.5]))
    """

    strength: float

    def add(self, weights: Array, gradient: Array, ranges: Sequence[slice]) -> float:
        """Add strength·sign(w) to the gradient and return strength · Σ|w|."""
        for block in blocks(ranges, BLOCK):
            gradient[block] += self.strength * np.sign(weights[block])
        return self.value(weights, ranges)

    def value(self, weights: Array, ranges: Sequence[slice]) -> float:
        """Return strength · Σ|w|."""
        total = 0.0
        for block in blocks(ranges, BLOCK):
            total += float(np.abs(weights[block]).sum(dtype=np.float64))
        return self.strength * total
