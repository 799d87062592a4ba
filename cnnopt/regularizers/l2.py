"""The squared norm of the weights, added to the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnopt.arrays import Array
from cnnopt.regularizers.penalty import blocks

BLOCK = 8_192
"""Weights taken at a time: what is made of them needs room for no more."""


@dataclass(frozen=True)
class L2:
    """strength/2 · Σw²; its gradient is strength·w.

    Args:
        strength: at least 0. Applies to weights, not to biases. Keras's `l2(x)` is Σx·w², so
            twice this; PyTorch's `weight_decay` of SGD is the same as this.

    Source: Goodfellow, Bengio & Courville 2016, section 7.1.1.

    Example:
        >>> w, g = np.array([3.0, 4.0]), np.zeros(2)
        >>> L2(0.1).add(w, g, [slice(0, 2)]), g
        (1.25, array([0.3, 0.4]))
    """

    strength: float

    def add(self, weights: Array, gradient: Array, ranges: Sequence[slice]) -> float:
        """Add strength·w to the gradient and return strength/2 · Σw²."""
        for block in blocks(ranges, BLOCK):
            gradient[block] += self.strength * weights[block]
        return self.value(weights, ranges)

    def value(self, weights: Array, ranges: Sequence[slice]) -> float:
        """Return strength/2 · Σw²."""
        total = 0.0
        for block in blocks(ranges, BLOCK):
            total += float(np.dot(weights[block], weights[block]))
        return self.strength / 2 * total
