"""Pooling of any rank by a scan of each window in row-major order."""

from collections.abc import Iterator
from itertools import product

import numpy as np

Index = tuple[int, ...]


def scans(extents: Index, kernel: Index, stride: Index) -> Iterator[tuple[Index, list[Index]]]:
    """Yield each output cell with its window's cells, the last axis running fastest."""
    outputs = [len(range(0, n - k + 1, s)) for n, k, s in zip(extents, kernel, stride, strict=True)]
    for o in product(*map(range, outputs)):
        yield (
            o,
            [
                tuple(o[a] * stride[a] + k[a] for a in range(len(kernel)))
                for k in product(*map(range, kernel))
            ],
        )


def _empty(x: np.ndarray, kernel: Index, stride: Index) -> np.ndarray:
    outputs = [
        len(range(0, n - k + 1, s)) for n, k, s in zip(x.shape[1:-1], kernel, stride, strict=True)
    ]
    return np.zeros((len(x), *outputs, x.shape[-1]))


def max_pool(x: np.ndarray, kernel: Index, stride: Index) -> np.ndarray:
    """Return the largest value of each window, (B, *outputs, C)."""
    y = _empty(x, kernel, stride)
    for b, c in product(range(len(x)), range(x.shape[-1])):
        for o, cells in scans(x.shape[1:-1], kernel, stride):
            y[(b, *o, c)] = max(x[(b, *cell, c)] for cell in cells)
    return y


def max_pool_gradient(x: np.ndarray, dy: np.ndarray, kernel: Index, stride: Index) -> np.ndarray:
    """Return dx: each window's gradient goes to the first of its largest cells."""
    dx = np.zeros(x.shape)
    for b, c in product(range(len(x)), range(x.shape[-1])):
        for o, cells in scans(x.shape[1:-1], kernel, stride):
            winner = cells[0]
            for cell in cells[1:]:
                if x[(b, *cell, c)] > x[(b, *winner, c)]:
                    winner = cell
            dx[(b, *winner, c)] += dy[(b, *o, c)]
    return dx


def mean_pool(x: np.ndarray, kernel: Index, stride: Index) -> np.ndarray:
    """Return the mean of each window, (B, *outputs, C)."""
    y = _empty(x, kernel, stride)
    for b, c in product(range(len(x)), range(x.shape[-1])):
        for o, cells in scans(x.shape[1:-1], kernel, stride):
            y[(b, *o, c)] = sum(x[(b, *cell, c)] for cell in cells) / len(cells)
    return y


def mean_pool_gradient(x: np.ndarray, dy: np.ndarray, kernel: Index, stride: Index) -> np.ndarray:
    """Return dx: each window's gradient in equal shares."""
    dx = np.zeros(x.shape)
    for b, c in product(range(len(x)), range(x.shape[-1])):
        for o, cells in scans(x.shape[1:-1], kernel, stride):
            for cell in cells:
                dx[(b, *cell, c)] += dy[(b, *o, c)] / len(cells)
    return dx
