"""Boxes at random places of pictures, series and volumes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Shape

Ends = NDArray[np.int64]


def clipped(centre: Ends, side: int, extent: int) -> tuple[Ends, Ends]:
    """Return first cells, and those behind the last, of boxes along one axis.

    Args:
        centre: cells from 0 to extent - 1; of an even side the cell right of the middle.
        side: length of the boxes.
        extent: of the axis; what lies outside is cut off.

    Example:
        >>> [ends.tolist() for ends in clipped(np.array([0, 3, 7]), 4, 8)]
        [[0, 1, 5], [2, 5, 8]]
    """
    first = centre - side // 2
    return np.maximum(first, 0), np.minimum(first + side, extent)


def inside(first: Ends, last: Ends, extent: int) -> NDArray[np.bool_]:
    """Return which cells of an axis lie in each box, (B, extent)."""
    cells = np.arange(extent)
    within: NDArray[np.bool_] = (cells >= first[:, None]) & (cells < last[:, None])
    return within


def centre_of(extents: Shape, generator: np.random.Generator) -> list[int]:
    """Return a place, every cell as likely."""
    return [int(generator.integers(extent)) for extent in extents]
