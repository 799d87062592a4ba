"""Long rows: operations with one number a channel run over short rows until these are joined."""

from __future__ import annotations

import numpy as np

from cnnopt.arrays import Array

LONG = 2048
"""Numbers of a row that is long enough."""


def joined(rows: int, width: int) -> int:
    """Return how many rows of `width` numbers to join: a divisor of `rows`, for up to `LONG`.

    Example:
        >>> joined(196, 32)
        49
    """
    most = max(1, LONG // max(1, width))
    return next(count for count in range(min(most, max(1, rows)), 0, -1) if rows % count == 0)


def repeated(vector: Array, room: Array, count: int) -> Array:
    """Write a vector (C,) `count` times side by side into `room`; return these, (count·C,)."""
    if count == 1 and vector.dtype == room.dtype:
        return vector
    width = len(vector)
    np.copyto(room[: count * width].reshape(count, width), vector)
    return room[: count * width]


def as_rows(array: Array, width: int) -> Array:
    """Return the view (-1, width) of a contiguous array."""
    return array.reshape(-1, width)
