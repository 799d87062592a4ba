"""Absolute error, averaged over the targets of an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers


@dataclass(frozen=True, slots=True)
class AbsoluteErrorSpace:
    """Outputs, their gradient, and room for distances."""

    y: Array  # (B, K)
    dy: Array  # (B, K)
    distances: Array  # (B, K)


@dataclass(frozen=True)
class AbsoluteError:
    """loss = Σ |y - t| / K; dy = scale·sign(y - t)/K, with sign(0) = 0.

    The best constant prediction is the median of the targets, not their mean: a few wild targets
    move little.

    Shapes: y (B, K), targets (B, K), scale (B,), losses (B,).

    Source: Bishop 2006, "Pattern Recognition and Machine Learning", section 1.5.5 (the Minkowski
    loss with q = 1); PyTorch's L1Loss and Keras' MeanAbsoluteError are the same.
    """

    def targets(self, y: NDArray[Any], outputs: int, dtype: Any) -> Array:
        """Return the targets (n, K) themselves."""
        return np.asarray(y, dtype=dtype)

    def plan(self, y: Array, dy: Array | None, make: Buffers) -> AbsoluteErrorSpace:
        """Add room for distances."""
        if dy is None:
            raise ValueError("absolute error is planned for training only; see values()")
        return AbsoluteErrorSpace(y, dy, make(y.shape))

    def gradient(self, s: AbsoluteErrorSpace, targets: Array, scale: Array, losses: Array) -> None:
        """Write losses and dy."""
        np.subtract(s.y, targets, out=s.dy)
        np.abs(s.dy, out=s.distances)
        np.mean(s.distances, axis=-1, out=losses)
        np.sign(s.dy, out=s.dy)
        np.multiply(s.dy, scale[:, None], out=s.dy)
        np.divide(s.dy, s.y.shape[-1], out=s.dy)

    def values(self, y: Array, targets: Array) -> Array:
        """Return the loss of each example, in float64."""
        difference = y.astype(np.float64) - targets
        result: Array = np.mean(np.abs(difference), axis=-1)
        return result
