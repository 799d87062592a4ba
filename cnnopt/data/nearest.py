"""One nearest neighbour by Euclidean distance, brute force: the baseline beside every model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.blocks import row_blocks

_QUERIES = 256  # distances of so many queries to all training rows are held at once


def one_nearest_neighbour(
    x_train: NDArray[Any], y_train: NDArray[Any], x: NDArray[Any]
) -> NDArray[Any]:
    """Return for each row of `x` the y of the nearest training row; on a tie the lowest row's.

    A float32 product finds the candidates, within a bound of its rounding error; their distances
    are then taken in float64 from differences. So the answer depends neither on the BLAS nor on
    its threads, and ties of integer data are exact.

    Args:
        x_train: shape (n, *shape), n >= 1, finite.
        y_train: classes of shape (n,) or targets of shape (n, T).
        x: shape (m, *shape), finite.

    Returns:
        Shape (m,) or (m, T), of `y_train`'s dtype.

    Example:
        >>> one_nearest_neighbour(np.array([[0.0], [4.0]]), np.array([3, 7]), np.array([[1.0]]))
        array([3])
    """
    flat_train = x_train.reshape(len(x_train), -1)
    flat = x.reshape(len(x), -1)
    # Distances do not change under a shift, but rounding shrinks with the numbers.
    centre = _mean(flat_train)
    train = _centred(flat_train, centre)
    lengths = np.einsum("ij,ij->i", train, train)
    nearest = np.empty(len(flat), dtype=np.int64)
    for start in range(0, len(flat), _QUERIES):
        block = flat[start : start + _QUERIES]
        queries = _centred(block, centre)
        own = np.einsum("ij,ij->i", queries, queries)
        scores = queries @ train.T
        scores *= -2.0
        scores += lengths
        slack = _slack(flat.shape[1]) * (np.sqrt(own) + np.sqrt(lengths.max())) ** 2
        limit = scores.min(axis=1) + slack
        for place, row in enumerate(scores <= limit[:, None]):
            candidates = np.flatnonzero(row)
            nearest[start + place] = _closest(flat_train, candidates, block[place])
    return np.asarray(y_train[nearest])


def _closest(train: NDArray[Any], candidates: NDArray[np.intp], query: NDArray[Any]) -> int:
    """Return the candidate row at the smallest exact distance, the lowest on a tie."""
    best, best_row = np.inf, int(candidates[0])
    target = query.astype(np.float64)
    for block in row_blocks(len(candidates), train.shape[1]):
        differences = train[candidates[block]].astype(np.float64) - target
        distances = np.einsum("ij,ij->i", differences, differences)
        first = int(np.argmin(distances))
        if distances[first] < best:
            best, best_row = float(distances[first]), int(candidates[block][first])
    return best_row


def _slack(columns: int) -> float:
    """Bound on the rounding of a score, as a share of (|a| + |b|)²: sums of `columns` products."""
    return 2.0 * (columns + 4) * float(np.finfo(np.float32).eps)


def _mean(x: NDArray[Any]) -> NDArray[np.float64]:
    total = np.zeros(x.shape[1])
    for block in row_blocks(len(x), x.shape[1]):
        total += x[block].sum(axis=0, dtype=np.float64)
    return total / len(x)


def _centred(x: NDArray[Any], centre: NDArray[np.float64]) -> NDArray[np.float32]:
    out: NDArray[np.float32] = np.empty(x.shape, dtype=np.float32)
    for block in row_blocks(len(x), x.shape[1]):
        out[block] = x[block] - centre
    return out
