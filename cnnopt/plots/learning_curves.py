"""Learning curves of one run: loss and metrics, the gap shaded; marked are the selected epoch and
the one from which on validation got worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnopt.plots.quantity import Quantity, fit_scale, quantities
from cnnopt.plots.source import Column, Source
from cnnopt.plots.style import INK, SHADE, TRAIN, VALIDATION, legend_below, new_figure, panels_width
from cnnopt.trials.turning import turning_row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


IN_A_ROW = 3
"""Panels side by side at most; more go into further rows, four into two."""

LONGEST_TITLE = 42
"""Characters of a title that fit over a panel in one line."""


def learning_curves(source: Source) -> Figure | None:
    """Return the figure, one panel for the loss and one for each metric; None without any row."""
    shown = quantities(source.history, source.config)
    unit, x = source.progress
    if not shown or not len(x):
        return None
    across = 2 if len(shown) == 4 else min(len(shown), IN_A_ROW)
    rows = -(-len(shown) // across)
    size = panels_width(across), 0.5 + 3.2 * rows
    figure = new_figure(*size, f"{source.name}: learning curves")
    panels = figure.subplots(rows, across, squeeze=False).ravel()
    for axes, quantity in zip(panels, shown, strict=False):
        _panel(axes, source, quantity, x)
        axes.set_xlabel(unit)
    for axes in panels[len(shown) :]:
        axes.remove()
    # Of the panel with most to explain: a metric may have turned though the loss has not.
    most = max(panels[: len(shown)], key=lambda axes: len(axes.get_legend_handles_labels()[1]))
    legend_below(figure, most)
    return figure


def _panel(axes: Axes, source: Source, quantity: Quantity, x: Column) -> None:
    train = quantity.factor * source.history[f"train_{quantity.name}"]
    validation = source.history.get(f"validation_{quantity.name}")
    curves = [train]
    axes.set_ylabel(quantity.label)
    if validation is not None:
        validation = quantity.factor * validation
        curves.append(validation)
        axes.fill_between(
            x, train, validation, color=SHADE, alpha=0.3, linewidth=0, label="gap between the two"
        )
    axes.plot(x, train, label="training", **TRAIN.line(len(x)))
    if validation is not None:
        axes.plot(x, validation, label="validation", **VALIDATION.line(len(x)))
        _mark_turn(axes, quantity, x, validation)
    _mark_best(axes, source, quantity, x, curves[-1])
    fit_scale(axes, *curves)
    whole_ticks(axes, x)


def _mark_turn(axes: Axes, quantity: Quantity, x: Column, curve: Column) -> None:
    """Mark the row of this very quantity's best value; the loss and a metric can disagree."""
    row = turning_row(curve, quantity.higher_is_better)
    if row is None:
        return
    axes.plot(
        x[row], curve[row], marker="D", markersize=6, color=INK,
        linestyle="none", label="validation turned", zorder=6,
    )  # fmt: skip


def _mark_best(axes: Axes, source: Source, quantity: Quantity, x: Column, curve: Column) -> None:
    row, (unit, _) = source.best_row, source.progress
    if row is None or not np.isfinite(curve[row]):
        axes.set_title(quantity.title)
        return
    axes.axvline(x[row], color=INK, linestyle=":", linewidth=1.1)
    axes.plot(
        x[row], curve[row], marker="o", markersize=12, markerfacecolor="none", markeredgecolor=INK,
        linestyle="none", label=f"selected {unit}", zorder=5,
    )  # fmt: skip
    part = "validation" if f"validation_{quantity.name}" in source.history else "training"
    value = quantity.shown(curve[row] / quantity.factor)
    what, where = f"{part} {quantity.title}", f"{value} at {unit} {x[row]:,.0f}"
    gap = "\n" if len(what) + len(where) > LONGEST_TITLE else " "
    axes.set_title(f"{what}{gap}{where}")


def whole_ticks(axes: Axes, x: Column) -> None:
    """Put ticks at whole numbers only, and leave room around a single row."""
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if len(x) == 1:
        axes.set_xlim(x[0] - 1, x[0] + 1)
