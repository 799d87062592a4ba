"""Sizes and squares of the weights, both added to the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnnopt.arrays import Array
from cnnopt.regularizers.l1 import L1
from cnnopt.regularizers.l2 import L2


@dataclass(frozen=True)
class ElasticNet:
    """l1 · Σ|w| + l2/2 · Σw²: the penalties `l1` and `l2` at once.

    Args:
        l1: strength of the sizes, at least 0.
        l2: strength of the squares, at least 0. scikit-learn's `ElasticNet(alpha, l1_ratio)` has
            l1 = alpha·l1_ratio and l2 = alpha·(1 - l1_ratio).

    Source: Zou & Hastie 2005, "Regularization and variable selection via the elastic net" (their
    λ₂ is without the ½).

    Example:
        >>> ElasticNet(l1=0.5, l2=0.1).value(np.array([3.0, -4.0]), [slice(0, 2)])
        4.75
    """

    l1: float
    l2: float

    def add(self, weights: Array, gradient: Array, ranges: Sequence[slice]) -> float:
        """Add l1·sign(w) + l2·w to the gradient and return the term."""
        sizes = L1(self.l1).add(weights, gradient, ranges)
        return sizes + L2(self.l2).add(weights, gradient, ranges)

    def value(self, weights: Array, ranges: Sequence[slice]) -> float:
        """Return the term."""
        return L1(self.l1).value(weights, ranges) + L2(self.l2).value(weights, ranges)
