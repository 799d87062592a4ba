"""Cross entropy between class shares and the softmax of the outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.kernels.softmax import log_softmax


@dataclass(frozen=True, slots=True)
class CrossEntropySpace:
    """Outputs (logits), their gradient, and room for the softmax."""

    y: Array  # (B, K)
    dy: Array  # (B, K)
    logs: Array  # (B, K)
    row: Array  # (B, 1)


@dataclass(frozen=True)
class CrossEntropy:
    """loss = -Σ t·log softmax(y); dy = scale·(softmax(y) - t).

    The targets t are shares of the classes that sum to 1; a class number becomes a row of zeros
    with a one. The outputs are logits: no softmax layer before it.

    Shapes: y (B, K), targets (B, K), scale (B,), losses (B,).

    Source: Goodfellow, Bengio & Courville 2016, section 6.2.2.3.
    """

    def targets(self, y: NDArray[Any], outputs: int, dtype: Any) -> Array:
        """Return one-hot rows (n, K) for class numbers (n,); soft labels (n, K) as they are."""
        if y.ndim == 2:
            return np.asarray(y, dtype=dtype)
        rows: Array = np.eye(outputs, dtype=dtype)[y]
        return rows

    def plan(self, y: Array, dy: Array | None, make: Buffers) -> CrossEntropySpace:
        """Add room for logarithms and sums."""
        if dy is None:
            raise ValueError("cross entropy is planned for training only; see values()")
        return CrossEntropySpace(y, dy, make(y.shape), make((len(y), 1)))

    def gradient(self, s: CrossEntropySpace, targets: Array, scale: Array, losses: Array) -> None:
        """Write losses and dy."""
        log_softmax(s.logs, s.row, s.y, s.dy)
        np.vecdot(targets, s.logs, out=losses)
        np.negative(losses, out=losses)
        np.divide(s.dy, s.row, out=s.dy)
        np.subtract(s.dy, targets, out=s.dy)
        np.multiply(s.dy, scale[:, None], out=s.dy)

    def values(self, y: Array, targets: Array) -> Array:
        """Return the loss of each example, in float64."""
        z = y.astype(np.float64)
        z -= z.max(axis=-1, keepdims=True)
        z -= np.log(np.exp(z).sum(axis=-1, keepdims=True))
        result: Array = -np.vecdot(targets.astype(np.float64), z)
        return result
