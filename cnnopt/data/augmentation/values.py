"""Transforms of the values alone: brightness and contrast; jitter and scale of series.

Each draws for every example, and the examples that are not chosen keep their values to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array

Chosen = NDArray[np.bool_]


@dataclass(frozen=True)
class Brightness:
    """x + u · (high - low), with u ~ U(-change, change) for each example.

    Nothing is cut off: what becomes brighter than white stays apart from white.

    Attributes:
        most: the largest change, a share of the range from black to white.
    """

    most: float

    def change(
        self, x: Array, low: Array, high: Array, chosen: Chosen, generator: np.random.Generator
    ) -> None:
        """Make the chosen examples of (B, *S, C) brighter or darker, in place."""
        shares = generator.uniform(-self.most, self.most, len(x))
        added = np.where(chosen, shares, 0.0).astype(x.dtype)
        x += _for_each(added, x.ndim) * (high - low).astype(x.dtype)


@dataclass(frozen=True)
class Contrast:
    """m + f · (x - m), with the mean m of each channel of an example and f ~ U(low, high)."""

    low: float
    high: float

    def change(
        self, x: Array, low: Array, high: Array, chosen: Chosen, generator: np.random.Generator
    ) -> None:
        """Pull the chosen examples of (B, *S, C) to or from their means, in place."""
        factors = generator.uniform(self.low, self.high, len(x)).astype(x.dtype)
        rows = np.flatnonzero(chosen & (factors != 1))
        part = x[rows]
        mean = part.mean(axis=tuple(range(1, x.ndim - 1)), keepdims=True, dtype=np.float64)
        mean = mean.astype(x.dtype)
        x[rows] = mean + _for_each(factors[rows], x.ndim) * (part - mean)


@dataclass(frozen=True)
class Jitter:
    """x + sd · (high - low) · N(0, 1), for each sample and channel of a series.

    Attributes:
        sd: a share of the range of values; where the data have none, of a channel's standard
            deviation.
    """

    sd: float

    def change(
        self, x: Array, low: Array, high: Array, chosen: Chosen, generator: np.random.Generator
    ) -> None:
        """Add noise to the chosen examples of (B, W, C), in place."""
        kind = np.float32 if x.dtype == np.float32 else np.float64
        noise = generator.standard_normal(x.shape, kind)
        noise *= (self.sd * (high - low)).astype(x.dtype)
        np.add(x, noise, out=x, where=_for_each(chosen, x.ndim))


@dataclass(frozen=True)
class Scale:
    """low + f · (x - low), with f ~ U(low, high) for each example: f times the raw values.

    Source: T. T. Um et al., Data augmentation of wearable sensor data for Parkinson's disease
    monitoring using convolutional neural networks, ICMI 2017; there f is normal.
    """

    low: float
    high: float

    def change(
        self, x: Array, low: Array, high: Array, chosen: Chosen, generator: np.random.Generator
    ) -> None:
        """Multiply the chosen examples of (B, W, C), in place."""
        factors = generator.uniform(self.low, self.high, len(x)).astype(x.dtype)
        rows = np.flatnonzero(chosen & (factors != 1))
        zero = low.astype(x.dtype)
        x[rows] = zero + _for_each(factors[rows], x.ndim) * (x[rows] - zero)


def _for_each(values: NDArray[Any], dimensions: int) -> NDArray[Any]:
    """Return numbers (B,) as (B, 1, ..., 1)."""
    return values.reshape(-1, *[1] * (dimensions - 1))
