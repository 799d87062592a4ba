"""Convolution of any rank by loops over output cells and kernel positions.

No padded copy is made: a position outside the input is left out of the sum.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np

Index = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]


def meetings(
    extents: Index, kernel: Index, stride: Index, pads: Pads
) -> Iterator[tuple[Index, Index, Index]]:
    """Yield (output cell, kernel position, input cell) for each product of the convolution."""
    outputs = [
        len(range(0, n + before + after - k + 1, s))
        for n, k, s, (before, after) in zip(extents, kernel, stride, pads, strict=True)
    ]
    for o in product(*map(range, outputs)):
        for k in product(*map(range, kernel)):
            cell = tuple(o[a] * stride[a] + k[a] - pads[a][0] for a in range(len(extents)))
            if all(0 <= c < n for c, n in zip(cell, extents, strict=True)):
                yield o, k, cell


def output_shape(x: np.ndarray, w: np.ndarray, stride: Index, pads: Pads) -> Index:
    extents = tuple(
        (n + sum(pad) - k) // s + 1
        for n, k, s, pad in zip(x.shape[1:-1], w.shape[:-2], stride, pads, strict=True)
    )
    return (len(x), *extents, w.shape[-1])


def convolve(x: np.ndarray, w: np.ndarray, stride: Index, pads: Pads) -> np.ndarray:
    """Return y (B, *outputs, F) of x (B, *extents, C) and w (*kernel, C, F)."""
    y = np.zeros(output_shape(x, w, stride, pads))
    for o, k, cell in meetings(x.shape[1:-1], w.shape[:-2], stride, pads):
        for b in range(len(x)):
            for f in range(w.shape[-1]):
                for c in range(x.shape[-1]):
                    y[(b, *o, f)] += x[(b, *cell, c)] * w[(*k, c, f)]
    return y


def gradients(
    x: np.ndarray, w: np.ndarray, dy: np.ndarray, stride: Index, pads: Pads
) -> tuple[np.ndarray, np.ndarray]:
    """Return (dx, dw) for the upstream gradient dy (B, *outputs, F)."""
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for o, k, cell in meetings(x.shape[1:-1], w.shape[:-2], stride, pads):
        for b in range(len(x)):
            for f in range(w.shape[-1]):
                for c in range(x.shape[-1]):
                    dx[(b, *cell, c)] += dy[(b, *o, f)] * w[(*k, c, f)]
                    dw[(*k, c, f)] += dy[(b, *o, f)] * x[(b, *cell, c)]
    return dx, dw
