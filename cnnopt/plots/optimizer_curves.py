"""Curves of a comparison: the median over the seeds; of a few arms, all seeds as a band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.plots.learning_curves import whole_ticks
from cnnopt.plots.quantity import Quantity, fit_scale, quantities
from cnnopt.plots.source import Column, Source
from cnnopt.plots.style import legend_below, look, new_figure, panels_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BANDS = 4
"""Bands that can be told apart; of more runs, the medians alone are drawn."""

_PARTS = {"train": "training", "validation": "validation"}


def optimizer_curves(source: Source, runs: Mapping[str, Sequence[Source]]) -> Figure | None:
    """Return the figure: a row of panels per part, a column for the loss and for each metric.

    Args:
        source: the study's folder.
        runs: by optimizer, the folders of its tuned runs, one per seed.

    None where no run has a row.
    """
    histories = [run.history for group in runs.values() for run in group if run.history]
    if not histories:
        return None
    shown = quantities(histories[0], source.config)
    parts = [part for part in _PARTS if f"{part}_loss" in histories[0]]
    figure = new_figure(panels_width(len(shown)), 2.9 * len(parts) + 0.8)
    most = max(map(len, runs.values()))
    shown_range = "median and range" if len(runs) <= MOST_BANDS else "median"
    seeds = "one seed" if most == 1 else f"{shown_range} of {most} seeds"
    what = "tuned optimizers" if "optimizers" in source.summary else "arms"
    figure.suptitle(f"{source.name}: {what}, {seeds}")
    panels = figure.subplots(len(parts), len(shown), squeeze=False, sharex=True, sharey="col")
    unit = next(iter(runs.values()))[0].progress[0]
    for column, quantity in enumerate(shown):
        medians: list[Column] = []
        for part, axes in zip(parts, panels[:, column], strict=True):
            medians += _panel(axes, runs, part, quantity)
        for axes in panels[:, column]:
            fit_scale(axes, *medians)
        panels[-1, column].set_xlabel(unit)
    legend_below(figure, panels[0][0], columns=min(5, len(runs)))
    return figure


def _panel(
    axes: Axes, runs: Mapping[str, Sequence[Source]], part: str, quantity: Quantity
) -> list[Column]:
    """Draw one panel; return the medians that it shows."""
    axes.set_ylabel(quantity.label)
    axes.set_title(f"{_PARTS[part]} {quantity.title}")
    medians: list[Column] = []
    longest = np.empty(0)
    for index, (name, group) in enumerate(runs.items()):
        curves = aligned([run.history.get(f"{part}_{quantity.name}") for run in group])
        if not curves.shape[1]:
            continue
        x = max((run.progress[1] for run in group), key=len)[: curves.shape[1]]
        longest = max(longest, x, key=len)
        curves = quantity.factor * curves
        medians.append(np.nanmedian(curves, axis=0))
        style = look(index)
        if len(runs) <= MOST_BANDS:
            low, high = np.nanmin(curves, axis=0), np.nanmax(curves, axis=0)
            axes.fill_between(x, low, high, color=style.colour, alpha=0.18, linewidth=0)
        axes.plot(x, medians[-1], label=name, **style.line(len(x), markers=8))
    if len(longest):
        whole_ticks(axes, longest)
    return medians


def aligned(curves: Sequence[Column | None]) -> Column:
    """Return the curves as rows, NaN where one has ended, up to where half of them still go on.

    A median over the few that early stopping left would say more about who is left.
    """
    present = [curve for curve in curves if curve is not None and len(curve)]
    if not present:
        return np.empty((0, 0))
    lengths = sorted(map(len, present), reverse=True)
    width = lengths[(len(lengths) - 1) // 2]
    table = np.full((len(present), width), np.nan)
    for row, curve in zip(table, present, strict=True):
        row[: len(curve)] = np.where(np.isfinite(curve), curve, np.nan)[:width]
    known = np.isfinite(table).any(axis=0)
    return table[:, : len(known) if known.all() else int(np.argmin(known))]
