"""Rows of a data set as a strip: one colour per row, shares where rows are more than columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SINGLE = 600  # rows up to which each has its own column, of about two pixels
_COLUMNS = 300  # of more rows: two or more in a column, so that none is much taller than another
_LEVELS = 30

# Tol 2021, "Colour schemes", the muted qualitative one: told apart with any kind of colour vision,
# and none of them a colour of training, validation or test.
MUTED = (
    "#CC6677", "#332288", "#DDCC77", "#117733", "#88CCEE", "#882255", "#44AA99", "#999933",
    "#AA4499", "#BBBBBB",
)  # fmt: skip


def rows_per_column(rows: int) -> float:
    """Return how many rows a column of a strip stands for, on average; 1 if each has its own."""
    return 1.0 if rows <= _SINGLE else rows / _COLUMNS


def stacked(values: NDArray[Any], columns: int, levels: int) -> NDArray[Any]:
    """Return the values of rows as columns in which each value has its share of the height.

    A column stands for neighbouring rows. Its values are sorted from bottom to top, so that a
    value that a third of its rows have fills a third of it. To show only the most frequent one
    would hide the test part of shuffled folds wherever a column has more than a few rows; to show
    one row of them, all others.

    Args:
        values: of each row, shape (N,), N at least `columns`.
        columns: how many.
        levels: pixels of a column: shares are shown to 1 / levels.

    Returns:
        (levels, columns), the lowest level first.
    """
    edges = np.arange(columns + 1) * len(values) // columns
    sizes = np.diff(edges)
    ordered = values[np.lexsort((values, np.repeat(np.arange(columns), sizes)))]
    inside = ((np.arange(levels)[:, None] + 0.5) / levels * sizes).astype(np.int64)
    found: NDArray[Any] = ordered[edges[:-1] + inside]
    return found


def draw_strip(
    axes: Axes, values: NDArray[Any], colours: Sequence[str], low: float, high: float
) -> None:
    """Draw the strip of code numbers from x = 1 to N, between two heights.

    Args:
        axes: where.
        values: a code number for each row, shape (N,).
        colours: by code number.
        low: lower end.
        high: upper end, of the highest codes.
    """
    from matplotlib.colors import to_rgb

    rows = len(values)
    columns, levels = (rows, 1) if rows <= _SINGLE else (_COLUMNS, _LEVELS)
    table = np.array([to_rgb(colour) for colour in colours])
    axes.imshow(
        table[stacked(values, columns, levels)], extent=(0.5, rows + 0.5, low, high),
        origin="lower", aspect="auto", interpolation="nearest",
    )  # fmt: skip


def shades(count: int) -> list[str]:
    """Return so many colours of a continuous map, from low to high."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [to_hex(colour) for colour in colormaps["viridis"](np.linspace(0, 1, count))]
