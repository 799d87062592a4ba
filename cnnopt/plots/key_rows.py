"""Several legends under one another, each with its title before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnopt.plots.style import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE = 0.23
"""Height of a line, in inches."""

_MIDDLE = 6.0  # points from the top of a legend to the middle of its first line
_TITLE = 0.75  # inches
_LETTER = 0.07  # inches, on average
_PATCH = 0.42  # inches of a patch and the space around it

Key = tuple[str, Sequence[tuple[str, str]]]  # title; colour and word of each entry


def lines_of(key: Key, width: float) -> int:
    """Return how many lines a legend needs in so many inches."""
    return -(-len(key[1]) // _columns(key, width))


def draw_keys(axes: Axes, keys: Sequence[Key], width: float) -> None:
    """Fill the panel, which has no axes, with the legends.

    Args:
        axes: a panel as high as all lines together.
        keys: the legends, from the top.
        width: of the panel, in inches.
    """
    from matplotlib.legend import Legend
    from matplotlib.patches import Patch

    axes.set_axis_off()
    total = sum(lines_of(key, width) for key in keys)
    above = 0
    for key in keys:
        title, entries = key
        top = 1 - above / total
        axes.annotate(
            title, (0, top), xycoords="axes fraction", xytext=(0, -_MIDDLE),
            textcoords="offset points", va="center", weight="bold", annotation_clip=False,
        )  # fmt: skip
        legend = Legend(
            axes,
            [Patch(facecolor=colour, edgecolor=INK, linewidth=0.4) for colour, _ in entries],
            [word for _, word in entries],
            loc="upper left", bbox_to_anchor=(_TITLE / width, top),
            ncols=_columns(key, width), handlelength=1.2, borderpad=0.1, borderaxespad=0,
            labelspacing=0.45, columnspacing=1.4,
        )  # fmt: skip
        axes.add_artist(legend)
        above += lines_of(key, width)


def _columns(key: Key, width: float) -> int:
    longest = max(len(word) for _, word in key[1])
    most = max(1, int((width - _TITLE) / (_PATCH + _LETTER * longest)))
    lines = -(-len(key[1]) // most)
    return -(-len(key[1]) // lines)
