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


def beyond(x: Array, kernel: int, windows: int, phases: int = 1) -> list[Array]:
    """Return views of the cells that lie in no window, of windows that stand side by side."""
    if phases == 1:
        return [x[:, kernel * windows :]] if kernel * windows < x.shape[1] else []
    places = (ordered for _, ordered in phase_places(x.shape[1], phases))
    rests = (slice(place.start + windows, place.stop) for place in places)
    return [x[:, rest] for rest in rests if rest.start < rest.stop]


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


def halve_backward(cells: Sequence[Array], dy: Array, wins: Mask, beyond: Sequence[Array]) -> None:
    """Send each window's gradient to the cell that won, for windows of two cells side by side.

    Args:
        cells: result: the window's two cells of dx.
        dy: gradient of the pooled values, (outer, no, inner).
        wins: as written by `max_pool_axis`.
        beyond: result: the cells of dx in no window, set to 0.
    """
    for cell in beyond:
        cell.fill(0)
    np.multiply(dy, wins[0], out=cells[1])
    np.subtract(dy, cells[1], out=cells[0])


def max_pool_axis_backward(
    dx: Array, cells: Sequence[Array], dy: Array, wins: Mask, rest: Array, part: Array
) -> None:
    """Send each window's gradient to the cell that won.

    Args:
        dx: result, (outer, n, inner).
        cells: the window's cells of dx.
        dy: gradient of the pooled values, (outer, no, inner).
        wins: as written by `max_pool_axis`.
        rest: scratch, shape of `dy`.
        part: scratch, shape of `dy`.
    """
    dx.fill(0)
    np.copyto(rest, dy)
    # From the last cell to the first: who wins takes what no later cell has won.
    for t in range(len(wins), 0, -1):
        np.multiply(rest, wins[t - 1], out=part)
        cells[t] += part
        rest -= part
    cells[0] += rest


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
