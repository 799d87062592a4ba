"""Squared error, averaged over the targets of an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers


@dataclass(frozen=True, slots=True)
class SquaredErrorSpace:
    """Outputs and their gradient."""

    y: Array  # (B, K)
    dy: Array  # (B, K)


@dataclass(frozen=True)
class SquaredError:
    """loss = Σ (y - t)² / K; dy = scale·2(y - t)/K.

    The mean over examples is the MSE, without the factor ½ of some textbooks (PyTorch and Keras
    leave it out as well).

    Shapes: y (B, K), targets (B, K), scale (B,), losses (B,).

    Source: Goodfellow, Bengio & Courville 2016, section 5.1.4.
    """

    def targets(self, y: NDArray[Any], outputs: int, dtype: Any) -> Array:
        """Return the targets (n, K) themselves."""
        return np.asarray(y, dtype=dtype)

    def plan(self, y: Array, dy: Array | None, make: Buffers) -> SquaredErrorSpace:
        """Nothing but outputs and gradient."""
        if dy is None:
            raise ValueError("squared error is planned for training only; see values()")
        return SquaredErrorSpace(y, dy)

    def gradient(self, s: SquaredErrorSpace, targets: Array, scale: Array, losses: Array) -> None:
        """Write losses and dy."""
        np.subtract(s.y, targets, out=s.dy)
        np.vecdot(s.dy, s.dy, out=losses)
        losses /= s.y.shape[-1]
        np.multiply(s.dy, scale[:, None], out=s.dy)
        np.multiply(s.dy, 2 / s.y.shape[-1], out=s.dy)

    def values(self, y: Array, targets: Array) -> Array:
        """Return the loss of each example, in float64."""
        difference = y.astype(np.float64) - targets
        result: Array = np.mean(np.square(difference), axis=-1)
        return result
