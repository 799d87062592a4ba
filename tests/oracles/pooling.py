"""Pooling of any rank by a scan of each window in row-major order.

No padded copy is made: a position outside the input is left out of the window.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np

Index = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]


def starts(n: int, kernel: int, stride: int, pad: tuple[int, int], ceil: bool) -> list[int]:
    """Return where the windows of one axis begin.

    With `ceil` the last one may end beyond the padding if cells would be left over without it,
    and if it begins inside the input.
    """
    before, after = pad
    found: list[int] = []
    start = -before
    while start + kernel <= n + after:
        found.append(start)
        start += stride
    if ceil and found and found[-1] + kernel < n + after and start < n:
        found.append(start)
    return found


def scans(
    extents: Index, kernel: Index, stride: Index, pads: Pads = (), ceil: bool = False
) -> Iterator[tuple[Index, list[Index], int]]:
    """Yield each output cell with its window's cells, the last axis running fastest.

    The number counts these cells and those of the padding.
    """
    pads = pads or ((0, 0),) * len(kernel)
    lines = [
        starts(n, k, s, pad, ceil)
        for n, k, s, pad in zip(extents, kernel, stride, pads, strict=True)
    ]
    for o in product(*(range(len(line)) for line in lines)):
        first = [line[i] for line, i in zip(lines, o, strict=True)]
        window = [
            tuple(f + t for f, t in zip(first, step, strict=True))
            for step in product(*map(range, kernel))
        ]
        inside = [
            cell for cell in window if all(0 <= c < n for c, n in zip(cell, extents, strict=True))
        ]
        counted = sum(
            all(-a <= c < n + b for c, n, (a, b) in zip(cell, extents, pads, strict=True))
            for cell in window
        )
        yield o, inside, counted


def _empty(x: np.ndarray, *form: object) -> np.ndarray:
    last = [o for o, _, _ in scans(x.shape[1:-1], *form)][-1]  # type: ignore[arg-type]
    return np.zeros((len(x), *(i + 1 for i in last), x.shape[-1]))


def max_pool(
    x: np.ndarray, kernel: Index, stride: Index, pads: Pads = (), ceil: bool = False
) -> np.ndarray:
    """Return the largest value of each window, (B, *outputs, C)."""
    y = _empty(x, kernel, stride, pads, ceil)
    for b, c in product(range(len(x)), range(x.shape[-1])):
        for o, cells, _ in scans(x.shape[1:-1], kernel, stride, pads, ceil):
            y[(b, *o, c)] = max(x[(b, *cell, c)] for cell in cells)
    return y


def max_pool_gradient(
    x: np.ndarray,
    dy: np.ndarray,
    kernel: Index,
    stride: Index,
    pads: Pads = (),
    ceil: bool = False,
) -> np.ndarray:
    """Return dx: each window's gradient goes to the first of its largest cells."""
    dx = np.zeros(x.shape)
    for b, c in product(range(len(x)), range(x.shape[-1])):
        for o, cells, _ in scans(x.shape[1:-1], kernel, stride, pads, ceil):
            winner = cells[0]
            for cell in cells[1:]:
                if x[(b, *cell, c)] > x[(b, *winner, c)]:
                    winner = cell
            dx[(b, *winner, c)] += dy[(b, *o, c)]
    return dx


def mean_pool(
    x: np.ndarray,
    kernel: Index,
    stride: Index,
    pads: Pads = (),
    ceil: bool = False,
    count_padding: bool = False,
) -> np.ndarray:
    """Return the mean of each window, (B, *outputs, C)."""
    y = _empty(x, kernel, stride, pads, ceil)
    for b, c in product(range(len(x)), range(x.shape[-1])):
        for o, cells, counted in scans(x.shape[1:-1], kernel, stride, pads, ceil):
            count = counted if count_padding else len(cells)
            y[(b, *o, c)] = sum(x[(b, *cell, c)] for cell in cells) / count
    return y


def mean_pool_gradient(
    x: np.ndarray,
    dy: np.ndarray,
    kernel: Index,
    stride: Index,
    pads: Pads = (),
    ceil: bool = False,
    count_padding: bool = False,
) -> np.ndarray:
    """Return dx: each window's gradient in equal shares."""
    dx = np.zeros(x.shape)
    for b, c in product(range(len(x)), range(x.shape[-1])):
        for o, cells, counted in scans(x.shape[1:-1], kernel, stride, pads, ceil):
            for cell in cells:
                count = counted if count_padding else len(cells)
                dx[(b, *cell, c)] += dy[(b, *o, c)] / count
    return dx
