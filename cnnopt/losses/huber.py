"""Huber's loss: squared near the target, absolute far from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers


@dataclass(frozen=True, slots=True)
class HuberSpace:
    """Outputs, their gradient, and room for differences."""

    y: Array  # (B, K)
    dy: Array  # (B, K)
    differences: Array  # (B, K)


@dataclass(frozen=True)
class Huber:
    """loss = Σ h(y - t) / K; h(d) = d²/2 for |d| <= delta, else delta·(|d| - delta/2).

    dy = scale·clip(y - t, -delta, delta)/K. Near the target it is half of `squared_error`.

    Attributes:
        delta: where the parabola goes over into lines, in the unit of the targets; > 0.

    Shapes: y (B, K), targets (B, K), scale (B,), losses (B,).

    Source: Huber 1964, "Robust estimation of a location parameter". PyTorch's HuberLoss and Keras'
    Huber are the same; PyTorch's SmoothL1Loss is this one divided by its beta = delta.
    """

    delta: float = 1.0

    def targets(self, y: NDArray[Any], outputs: int, dtype: Any) -> Array:
        """Return the targets (n, K) themselves."""
        return np.asarray(y, dtype=dtype)

    def plan(self, y: Array, dy: Array | None, make: Buffers) -> HuberSpace:
        """Add room for differences."""
        if dy is None:
            raise ValueError("Huber's loss is planned for training only; see values()")
        return HuberSpace(y, dy, make(y.shape))

    def gradient(self, s: HuberSpace, targets: Array, scale: Array, losses: Array) -> None:
        """Write losses and dy."""
        np.subtract(s.y, targets, out=s.differences)
        np.clip(s.differences, -self.delta, self.delta, out=s.dy)
        # h(d) = c·(2d - c)/2 for the clipped difference c, on both sides of delta.
        np.multiply(s.differences, 2, out=s.differences)
        np.subtract(s.differences, s.dy, out=s.differences)
        np.vecdot(s.dy, s.differences, out=losses)
        losses /= 2 * s.y.shape[-1]
        np.multiply(s.dy, scale[:, None], out=s.dy)
        np.divide(s.dy, s.y.shape[-1], out=s.dy)

    def values(self, y: Array, targets: Array) -> Array:
        """Return the loss of each example, in float64."""
        difference = y.astype(np.float64) - targets
        clipped = np.clip(difference, -self.delta, self.delta)
        result: Array = np.mean(clipped * (difference - clipped / 2), axis=-1)
        return result
