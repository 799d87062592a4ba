"""How all pictures look: fonts, sizes, and lines that differ in colour, in dash and in marker.

The colours are Okabe and Ito's, told apart with any kind of colour vision (Okabe and Ito 2008,
"Color universal design"); dashes and markers carry the same information for print in grey.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnopt.files import write_atomic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_PER_INCH = 130
INK = "#222222"
SHADE = "#9a9a9a"

_SETTINGS = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture on every machine
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.labelsize": 9.5,
    "figure.titlesize": 11.5,
    "figure.titleweight": "bold",
    "legend.fontsize": 9,
    "legend.frameon": False,
    "legend.handlelength": 2.8,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "figure.dpi": DOTS_PER_INCH,
    "savefig.dpi": DOTS_PER_INCH,
}


@dataclass(frozen=True)
class Look:
    """Colour, dash and marker of one thing, the same in every picture."""

    colour: str
    dash: Any
    marker: str

    def line(self, points: int, *, markers: int = 12) -> dict[str, Any]:
        """Return arguments of `plot` for a curve of so many points, about `markers` marked."""
        return {
            "color": self.colour,
            "linestyle": self.dash,
            "marker": self.marker,
            "markevery": max(1, -(-points // markers)),
        }


TRAIN = Look("#0072B2", "-", "o")
VALIDATION = Look("#D55E00", (0, (5, 2)), "s")
TEST = Look("#000000", (0, (1, 1.2)), "D")
OTHER = Look("#009E73", (0, (6, 2, 1, 2)), "^")

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (9, 2)))
_MARKERS = "osD^vPX*<>"


def look(index: int) -> Look:
    """Return the look of the index-th of several things; the first 70 all differ."""
    return Look(
        _COLOURS[index % len(_COLOURS)],
        _DASHES[index % len(_DASHES)],
        _MARKERS[index % len(_MARKERS)],
    )


@contextmanager
def styled() -> Iterator[None]:
    """Draw and save within this style, whatever the user's own matplotlib settings are."""
    import matplotlib.style

    with matplotlib.style.context(["default", _SETTINGS]):
        yield


def new_figure(width: float, height: float, title: str = "") -> Figure:
    """Return an empty figure of so many inches that keeps its labels apart.

    It belongs to no window and to no global list, so that trials may draw side by side.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    if title:
        figure.suptitle(title)
    return figure


def panels_width(count: int) -> float:
    """Return the width in inches of so many panels side by side, at most a landscape page's."""
    return min(4.6 * count, 12.6)


def legend_below(figure: Figure, *panels: Axes, columns: int = 4) -> None:
    """Put one legend of the panels under the whole figure, where it cannot cover a curve."""
    found = [axes.get_legend_handles_labels() for axes in panels]
    unique = {label: handle for pairs in found for handle, label in zip(*pairs, strict=True)}
    figure.legend(list(unique.values()), list(unique), loc="outside lower center", ncols=columns)


def write_png(figure: Figure, path: Path) -> Path:
    """Write the figure as PNG, whole or not at all, and return `path`.

    The same figure gives the same bytes: no time and no version is written into it.

    Raises:
        WriteError: the file could not be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    # Not `savefig`: that draws everything once more before, only to lay the figure out.
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(buffer, metadata={"Software": None})
    write_atomic(path, buffer.getvalue(), sync=False)
    return path
