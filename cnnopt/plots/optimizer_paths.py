"""Every optimizer's path over the contours of a function, and how far each comes down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.analysis.path_rows import labelled
from cnnopt.analysis.surfaces import Surface
from cnnopt.plots.lesson_source import Walk
from cnnopt.plots.style import INK, look, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GRID = 401
_LEVELS = 12
_DEPTH = 3e-4
"""Of the highest value shown: the lowest contour."""
_FLOOR = 1e-12
"""Of the height at the start: the curves end there, below is rounding."""


def optimizer_paths(surface: Surface, walks: Mapping[str, Walk], name: str) -> Figure:
    """Return the figure: paths on the left, height above the minimum by step on the right.

    Args:
        surface: the function.
        walks: by the name of the optimizer, in the order that gives them their looks; those that
            went the same path are drawn as one.
        name: of the run.
    """
    title = f"{name}: {surface.title}, {surface.formula}"
    figure = new_figure(12.6, 6.4, title)
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
    _contours(left, surface)
    for index, walk in enumerate(walks.values()):
        if walk.same_as is None:
            _draw(left, right, index, walk)
    for label, (x, y) in labelled(surface.minima).items():
        left.plot(
            x, y, "*", markersize=15, color="#ffffff", markeredgecolor=INK, zorder=6,
        )  # fmt: skip
        left.annotate(
            label, (x, y), xytext=(9, 7), textcoords="offset points", fontweight="bold", zorder=7,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "#ffffffcc", "edgecolor": "none"},
        )  # fmt: skip
    _frame(left, surface)
    _heights(right, surface, walks)
    legend_with_rates(figure, right)
    return figure


def legend_with_rates(figure: Figure, axes: Axes) -> None:
    """Put the legend of `axes` below the figure, in at most two rows; say what its numbers are."""
    handles, labels = axes.get_legend_handles_labels()
    columns = len(labels) if len(labels) <= 6 else -(-len(labels) // 2)
    title = "optimizer and its learning rate, the best of those tried"
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, title=title)


def log_scale(axes: Axes) -> None:
    """Make the y axis logarithmic, with few ticks: minor ones would take most of the time.

    Where the limits leave room for less than three powers of ten, with a tick between them.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set_yscale("log")
    low, high = axes.get_ylim()
    between = (1.0, 3.0) if high < 1e3 * low else (1.0,)
    axes.yaxis.set_major_locator(LogLocator(subs=between, numticks=9))
    axes.yaxis.set_minor_locator(NullLocator())
    if len(between) > 1:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _contours(axes: Axes, surface: Surface) -> None:
    """Draw lines of equal height, each a factor above the last: walls hide no nearly flat floor."""
    (left, right), (low, high) = surface.domain
    x, y = np.meshgrid(np.linspace(left, right, _GRID), np.linspace(low, high, _GRID))
    height = surface.value(x, y)
    top = float(height.max())
    levels = np.geomspace(_DEPTH * top, top, _LEVELS)
    axes.imshow(
        np.log(np.maximum(height, levels[0])), extent=(left, right, low, high), origin="lower",
        aspect="auto", interpolation="bilinear", cmap="Greys_r", alpha=0.25,
    )  # fmt: skip
    axes.contour(x, y, height, levels, colors="#8a8a8a", linewidths=0.6)


def _draw(left: Axes, right: Axes, index: int, walk: Walk) -> None:
    style = look(index)
    x, y = walk.points.T
    line = style.line(len(x), markers=14)
    # By the way made and not by steps, which pile up in the end; and shifted, so that lines that
    # run together show their markers in turn.
    spaced = line | {"markevery": (0.015 * (1 + index % 5), 0.11), "linewidth": 1.2}
    left.plot(x, y, zorder=3, **spaced)
    left.plot(
        x[-1], y[-1], marker=style.marker, markersize=8, color=style.colour,
        markeredgecolor=INK, markeredgewidth=0.8, zorder=5,
    )  # fmt: skip
    right.plot(np.arange(len(walk.values)), walk.values, label=walk.label, **line)


def _frame(axes: Axes, surface: Surface) -> None:
    (x_start, y_start), (x_range, y_range) = surface.start, surface.domain
    axes.plot(x_start, y_start, "o", markersize=9, color=INK, zorder=6)
    axes.annotate(
        "start", (x_start, y_start), xytext=(8, 8), textcoords="offset points", zorder=7,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "#ffffffcc", "edgecolor": "none"},
    )  # fmt: skip
    axes.set_xlim(*x_range)
    axes.set_ylim(*y_range)
    axes.grid(False)
    axes.set_xlabel("w₁")
    axes.set_ylabel("w₂")
    axes.set_title("paths from the same start; contours by equal factors")


def _heights(axes: Axes, surface: Surface, walks: Mapping[str, Walk]) -> None:
    lowest = min(float(walk.values.min()) for walk in walks.values())
    highest = max(float(walk.values.max()) for walk in walks.values())
    axes.set_ylim(max(lowest / 2, _FLOOR * surface.height), highest * 2)
    log_scale(axes)
    axes.set_xlabel("step")
    noise = ", without the noise" if surface.noise else ""
    axes.set_ylabel(f"value above the minimum{noise}, log scale")
    axes.set_title("how far each comes down")
