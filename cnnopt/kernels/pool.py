"""Pooling along one axis; two or three of these make pooling in 2-D or 3-D.

Arrays are (outer, n, inner): the pooled axis in the middle. Pooling the last spatial axis first
and the first one last picks the same winner as a scan of the window in row-major order in which
the first maximum wins, which is what PyTorch does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array

Mask = NDArray[np.bool_]


def max_pool_axis(y: Array, wins: Mask, x: Array, stride: int) -> None:
    """Write the maximum of each window of `len(wins) + 1` cells, and who won.

    Args:
        y: result, (outer, no, inner).
        wins: result, (K - 1, outer, no, inner): whether cell t + 1 beats all cells before it.
        x: input, (outer, n, inner).
        stride: cells between two windows.
    """
    cells = _cells(x, len(wins) + 1, stride, y.shape[1])
    best = cells[0]
    for win, cell in zip(wins, cells[1:], strict=True):
        np.greater(cell, best, out=win)
        best = np.maximum(best, cell, out=y)
    if best is not y:
        np.copyto(y, best)


def max_pool_axis_backward(
    dx: Array, dy: Array, wins: Mask, stride: int, rest: Array, part: Array
) -> None:
    """Send each window's gradient to the cell that won.

    Args:
        dx: result, (outer, n, inner).
        dy: gradient of the pooled values, (outer, no, inner).
        wins: as written by `max_pool_axis`.
        stride: cells between two windows.
        rest: scratch, shape of `dy`.
        part: scratch, shape of `dy`.
    """
    kernel, windows = len(wins) + 1, dy.shape[1]
    cells = _cells(dx, kernel, stride, windows)
    if kernel == stride == 2:  # no window overlaps another: two writes are all
        if 2 * windows < dx.shape[1]:
            dx[:, 2 * windows :] = 0
        np.multiply(dy, wins[0], out=cells[1])
        np.subtract(dy, cells[1], out=cells[0])
        return
    dx.fill(0)
    np.copyto(rest, dy)
    # From the last cell to the first: who wins takes what no later cell has won.
    for t in range(kernel - 1, 0, -1):
        np.multiply(rest, wins[t - 1], out=part)
        cells[t] += part
        rest -= part
    cells[0] += rest


def mean_pool_axis(y: Array, x: Array, kernel: int, stride: int, share: float | Array) -> None:
    """Write the sum of each window of `kernel` cells, times `share`.

    Args:
        y: result, (outer, no, inner).
        x: input, (outer, n, inner).
        kernel: cells of a window.
        stride: cells between two windows.
        share: weight of each cell, 1/kernel for a mean, or one for each window, (no, 1).
    """
    cells = _cells(x, kernel, stride, y.shape[1])
    np.copyto(y, cells[0])
    for cell in cells[1:]:
        y += cell
    y *= share


def mean_pool_axis_backward(
    dx: Array, dy: Array, kernel: int, stride: int, share: float | Array, part: Array
) -> None:
    """Spread each window's gradient over its cells by their share; `part` is scratch like `dy`."""
    dx.fill(0)
    np.multiply(dy, share, out=part)
    for cell in _cells(dx, kernel, stride, dy.shape[1]):
        cell += part


def _cells(x: Array, kernel: int, stride: int, windows: int) -> list[Array]:
    """Return, for each cell of the window, the view (outer, windows, inner) of all windows'."""
    last = (windows - 1) * stride + 1
    return [x[:, t : t + last : stride] for t in range(kernel)]
