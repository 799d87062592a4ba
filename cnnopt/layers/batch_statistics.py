"""What batch normalization knows of a batch: moments of its parts, and the numbers that follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.kernels.rows import as_rows, repeated


@dataclass(slots=True)
class Moments:
    """Count, mean and sum of squared deviations of some values of each channel, float64.

    Attributes:
        count: how many values a channel has so far.
        mean: (C,).
        squares: Σ (x - mean)², (C,).
    """

    count: int
    mean: NDArray[np.float64]
    squares: NDArray[np.float64]

    def take(self, count: int, pivot: Array | None, sums: Array) -> None:
        """Take in values of which (2, C) Σ (x - pivot) and Σ (x - pivot)² are known; None is 0."""
        distance = np.divide(sums[0], count, dtype=np.float64)
        squares = sums[1] - sums[0] * distance
        np.maximum(squares, 0, out=squares)
        if pivot is not None:
            distance += pivot
        if self.count:
            self.join(Moments(count, distance, squares))
        else:
            self.count, self.mean[:], self.squares[:] = count, distance, squares

    def join(self, other: Moments) -> None:
        """Take in the moments of other values (Chan, Golub & LeVeque 1983, eq. 2.1)."""
        total = self.count + other.count
        if other.count:
            distance = other.mean - self.mean
            self.mean += distance * (other.count / total)
            self.squares += other.squares
            self.squares += distance * distance * (self.count * other.count / total)
        self.count = total

    def clear(self) -> None:
        """Forget all values."""
        self.count = 0
        self.mean[:] = 0
        self.squares[:] = 0


@dataclass(frozen=True, slots=True)
class BatchStatistics:
    """What all chunks of a batch share: written between the phases, read by every chunk.

    Attributes:
        parts: moments of each shard of the batch.
        count: values of a channel in the whole batch, (1,).
        near: whether no channel's mean is so far from 0 that sums of plain products lose digits,
            (1,).
        mean: of the batch, (C,).
        inverse: 1/√(variance + epsilon) of the batch, (C,).
        factor: γ·inverse: y = factor·x + offset.
        offset: β - factor·mean.
        slope: dx = factor·dy + slope·x + level.
        level: see `slope`.
    """

    parts: tuple[Moments, ...]
    count: NDArray[np.int64]
    near: NDArray[np.bool_]
    mean: Array
    inverse: Array
    factor: Array
    offset: Array
    slope: Array
    level: Array


@dataclass(frozen=True, slots=True)
class Room:
    """Scratch for a chunk, and how its positions are joined to long rows."""

    work: Array  # (rows, C)
    ones: Array  # (rows,)
    joined: int  # positions in a long row
    wide: Array  # (joined·C,): room for the vector of a long row
    sums: Array  # (2, C)

    def each(self, operation: np.ufunc, x: Array, vector: Array, out: Array) -> None:
        """Apply an operation to every row of `x` (rows, C) and a vector (C,)."""
        wide = repeated(vector, self.wide, self.joined)
        width = len(wide)
        operation(as_rows(x, width), wide, out=as_rows(out, width))
