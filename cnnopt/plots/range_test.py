"""A learning-rate range test: the loss by the rate, and the rates that are read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnopt.plots.quantity import quantity
from cnnopt.plots.source import Column, Source, number
from cnnopt.plots.style import INK, OTHER, SHADE, TRAIN, VALIDATION, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEADROOM = 1.6
"""The axis ends at so many times the loss before the rise: the rest is out of the picture."""

MARKS = (
    ("suggested_rate", "suggested: steepest fall", OTHER),
    ("lowest_loss_rate", "lowest smoothed loss", TRAIN),
    ("diverged_at", "ended: loss too high", VALIDATION),
)


def range_test(source: Source) -> Figure | None:
    """Return the figure: loss and smoothed loss by learning rate; None without any row."""
    rows = source.rows("range_test.csv")
    if not rows:
        return None
    rate, loss, mean = (
        np.array([number(row[name]) for row in rows])
        for name in ("learning_rate", "loss", "smoothed")
    )
    figure = new_figure(7.2, 4.6, f"{source.name}: learning-rate range test")
    axes = figure.subplots()
    axes.set_xscale("log")
    axes.set_xlabel("learning rate, log scale")
    axes.set_ylabel(quantity("loss", source.config).label)
    axes.plot(rate, loss, ".", color=SHADE, markersize=4, label="loss of a batch")
    axes.plot(rate, mean, color=INK, linewidth=1.8, label="running median")
    _limit(axes, loss, mean)
    _mark(axes, source)
    legend_below(figure, axes, columns=3)
    return figure


def _limit(axes: Axes, loss: Column, mean: Column) -> None:
    """Cut the axis above what came before the rise, which would flatten all else."""
    before = loss[: int(np.argmin(mean)) + 1]
    top = HEADROOM * float(before.max())
    if np.isfinite(top) and top > 0 and loss.max() > top:
        axes.set_ylim(min(0.0, float(loss.min())), top)


def _mark(axes: Axes, source: Source) -> None:
    """Draw a line at each rate that the summary names."""
    summary = source.summary
    for key, label, style in MARKS:
        if (rate := summary.get(key)) is None:
            continue
        word = "ended: loss not finite" if summary.get("ended_by") == "not_finite" else label
        text = word if key == "diverged_at" else label
        axes.axvline(
            rate, color=style.colour, linestyle=style.dash, linewidth=1.6,
            label=f"{text}, {rate:.2g}",
        )  # fmt: skip
