"""What a path over a function comes to: swings, length, where it ends, and its effective rates."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

import numpy as np
from numpy.typing import NDArray

from cnnopt.analysis.surfaces import Point

Floats = NDArray[np.float64]


def sign_changes(updates: Floats, least: Point = (0.0, 0.0)) -> tuple[int, int]:
    """Return how often each weight's update turns around.

    Args:
        updates: of each step, (n, 2).
        least: updates of at most this size count as none, for each weight; so does exactly 0.

    Returns:
        For each weight, how many of the updates that count have another sign than the one before
        them that counts.

    Example:
        >>> sign_changes(np.array([[1.0, 1.0], [-0.5, 2.0], [0.0, 1.0], [0.25, 0.1]]))
        (2, 0)
    """
    found = []
    for column, limit in zip(updates.T, least, strict=True):
        signs = np.sign(column[np.abs(column) > limit])
        found.append(int(np.count_nonzero(signs[1:] != signs[:-1])))
    return found[0], found[1]


def path_length(points: Floats) -> float:
    """Return the sum of the lengths of all steps between `points`, (n, 2)."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def nearest(point: Floats, minima: Sequence[Point]) -> tuple[int, float]:
    """Return the place in `minima` of the one nearest to `point`, and its distance."""
    distances = [hypot(point[0] - x, point[1] - y) for x, y in minima]
    place = min(range(len(distances)), key=distances.__getitem__)
    return place, float(distances[place])


def arrival(values: Floats, limit: float) -> int | None:
    """Return the step (0: the start) from which on all values are at most `limit`.

    Args:
        values: at the start and after each step.

    None where the last one is not.

    Example:
        >>> arrival(np.array([5.0, 0.5, 2.0, 0.9, 0.2]), 1.0)
        3
    """
    above = np.flatnonzero(~(values <= limit))
    first = int(above[-1]) + 1 if len(above) else 0
    return first if first < len(values) else None


def effective_rates(updates: Floats, gradients: Floats, window: int = 1) -> Floats:
    """Return Σ|Δw| / Σ|g| of each weight over the last `window` steps up to each step.

    Plain gradient descent has its learning rate there, whatever the gradient. The sums keep a
    single gradient near 0 from giving a peak.

    Args:
        updates: Δw of each step, (n, 2).
        gradients: g of each step, (n, 2), as the optimizer was given it.
        window: steps in each sum, at least 1; the first steps have fewer.

    Returns:
        (n, 2); NaN where the gradients of the window are all but 0 (1e-9 of the largest one).
    """
    steps = _window_sums(np.abs(updates), window)
    slopes = _window_sums(np.abs(gradients), window)
    # Where nothing is left to go down, the quotient is one of rounding errors.
    known = slopes > 1e-9 * np.abs(gradients).max(axis=0, initial=0.0)
    return np.divide(steps, slopes, out=np.full_like(steps, np.nan), where=known)


def _window_sums(values: Floats, window: int) -> Floats:
    # Not as differences of a running sum: the large early values would leave their rounding error.
    padded = np.concatenate([np.zeros((window - 1, 2)), values])
    if not len(values):
        return values
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, window, axis=0).sum(axis=-1))
