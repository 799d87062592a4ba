"""Pooling along one axis; two or three of these make pooling in 2-D or 3-D.

Arrays are (outer, n, inner): the pooled axis in the middle. A window's cells are given as views,
one for each position in the window, (outer, windows, inner): see `cells`. Pooling the last spatial
axis first and the first one last picks the same winner as a scan of the window in row-major order
in which the first maximum wins, which is what PyTorch does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.kernels.windows import phase_places

Mask = NDArray[np.bool_]


def cells(x: Array, kernel: int, stride: int, windows: int, phases: int = 1) -> list[Array]:
    """Return, for each cell of the window, the view (outer, windows, inner) of all windows'.

    Args:
        x: (outer, n, inner).
        kernel: K, cells of a window.
        stride: cells between two windows.
        windows: how many there are.
        phases: 1 for cells in natural order; the stride, where they come in order of phase.
    """
    if phases == 1:
        last = (windows - 1) * stride + 1
        return [x[:, t : t + last : stride] for t in range(kernel)]
    starts = [ordered.start for _, ordered in phase_places(x.shape[1], phases)]
    firsts = [starts[t % phases] + t // phases for t in range(kernel)]
    return [x[:, first : first + windows] for first in firsts]


def beyond(x: Array, kernel: int, stride: int, windows: int, phases: int = 1) -> list[Array]:
    """Return views of the cells that are none of the first `stride` cells of any window.

    Arguments as of `cells`. All other cells are so exactly once.
    """
    covered = min(kernel, stride)
    if phases == 1:
        rests = [slice(windows * stride, None)]
        rests += [slice(t, windows * stride, stride) for t in range(covered, stride)]
    else:
        places = [ordered for _, ordered in phase_places(x.shape[1], phases)]
        rests = [
            slice(place.start + (windows if phase < covered else 0), place.stop)
            for phase, place in enumerate(places)
        ]
    return [view for view in (x[:, rest] for rest in rests) if view.shape[1]]


def max_pool_axis(y: Array, wins: Mask, cells: Sequence[Array]) -> None:
    """Write the maximum of each window of K cells, and who won.

    Args:
        y: result, (outer, no, inner).
        wins: result, (K - 1, outer, no, inner): whether cell t + 1 beats all cells before it.
        cells: the window's cells.
    """
    best = cells[0]
    for win, cell in zip(wins, cells[1:], strict=True):
        np.greater(cell, best, out=win)
        best = np.maximum(best, cell, out=y)
    if best is not y:
        np.copyto(y, best)


def max_pool_axis_backward(
    cells: Sequence[Array],
    beyond: Sequence[Array],
    dy: Array,
    wins: Mask,
    stride: int,
    rest: Array,
    parts: Sequence[Array],
) -> None:
    """Send each window's gradient to the cell that won.

    The first `stride` cells of a window are written: no other window has them among its first.
    The others are added to what stands there.

    Args:
        cells: result: the window's cells of dx.
        beyond: result: all cells of dx that are not written, set to 0.
        dy: gradient of the pooled values, (outer, no, inner).
        wins: as written by `max_pool_axis`.
        stride: cells between two windows.
        rest: scratch, shape of `dy`; not used by windows of two cells.
        parts: scratch, one array like `dy` for each cell that is added.
    """
    for cell in beyond:
        cell.fill(0)
    kernel = len(cells)
    left = dy
    # From the last cell to the first: who wins takes what no later cell has won.
    for t in range(kernel - 1, 0, -1):
        target = cells[t] if t < stride else parts[t - stride]
        np.multiply(left, wins[t - 1], out=target)
        left = np.subtract(left, target, out=cells[0] if t == 1 else rest)
    if kernel == 1:
        np.copyto(cells[0], dy)
    for cell, part in zip(cells[stride:], parts, strict=False):
        cell += part


def mean_pool_axis(y: Array, cells: Sequence[Array], share: float | Array) -> None:
    """Write the sum of each window's cells, times `share`.

    Args:
        y: result, (outer, no, inner).
        cells: the window's cells.
        share: weight of each cell, 1/K for a mean, or one for each window, (no, 1).
    """
    np.copyto(y, cells[0])
    for cell in cells[1:]:
        y += cell
    y *= share


def mean_pool_axis_backward(
    dx: Array, cells: Sequence[Array], dy: Array, share: float | Array, part: Array
) -> None:
    """Spread each window's gradient over its cells by their share; `part` is scratch like `dy`."""
    dx.fill(0)
    np.multiply(dy, share, out=part)
    for cell in cells:
        cell += part
