"""Ranks that treat values as equal where only the rounding of their last bits tells them apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SLACK = 16 * float(np.finfo(np.float64).eps)  # a mean of hundreds of values is rounded by less


def rounding(*values: NDArray[np.float64]) -> float:
    """Return how far apart numbers computed from `values` may lie and still mean the same.

    Accuracies of 17/20 and 16/20 differ by another last bit than 15/20 and 14/20 do: ranks of such
    differences, or of means of the same accuracies in another order, would rank the rounding.
    """
    return _SLACK * max(float(np.abs(array).max(initial=0.0)) for array in values)


def doubled_ranks(values: NDArray[np.float64], slack: float) -> NDArray[np.int64]:
    """Return twice the rank of each value: whole numbers, also where ties share a mean rank.

    Args:
        values: shape (n,); the smallest has rank 1.
        slack: neighbours in rising order that are at most so far apart are tied, >= 0.

    Returns:
        Shape (n,); they add up to n·(n + 1) with and without ties.

    Example:
        >>> doubled_ranks(np.array([0.5, 0.1, 0.5, 0.9]), 0.0).tolist()
        [5, 2, 5, 8]
    """
    order = np.argsort(values, kind="stable")
    new = np.flatnonzero(np.diff(values[order]) > slack) + 1
    starts = np.concatenate(([0], new)) if len(values) else new
    counts = np.diff(np.append(starts, len(values)))
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = np.repeat(2 * starts + counts + 1, counts)
    return ranks
