"""Training against validation curves of an ablation: one small panel per arm, the same scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.plots.learning_curves import whole_ticks
from cnnopt.plots.optimizer_curves import aligned
from cnnopt.plots.quantity import Quantity, quantity
from cnnopt.plots.source import Column, Source
from cnnopt.plots.style import TRAIN, VALIDATION, Look, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS, MOST_COLUMNS = 4, 6
FEW = 16
"""Arms up to which four columns make a page."""
LARGEST = 12.8
"""Inches of a side of the figure."""
PARTS: dict[str, tuple[str, Look]] = {
    "train": ("training", TRAIN),
    "validation": ("validation", VALIDATION),
}
SHOWN = 0.02, 0.995
"""Shares of all values between which the scale lies: the first rows would flatten the others."""


def ablation_curves(source: Source, runs: Mapping[str, Sequence[Source]]) -> Figure | None:
    """Return the figure: median and range over the seeds of the metric, training and validation.

    Args:
        source: the study's folder.
        runs: by arm, the folders of its runs, one per seed.

    None where no run has a row.
    """
    if not any(run.history for group in runs.values() for run in group):
        return None
    shown = quantity(source.summary.get("metric", "loss"), source.config)
    columns = min(COLUMNS if len(runs) <= FEW else MOST_COLUMNS, len(runs))
    rows = -(-len(runs) // columns)
    figure = new_figure(min(3.1 * columns, LARGEST), min(2.25 * rows + 0.9, LARGEST))
    seeds = max(map(len, runs.values()))
    figure.suptitle(f"{source.name}: median and range of {seeds} seeds")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    values = []
    for axes, (name, group) in zip(panels.flat, runs.items(), strict=False):
        values += _panel(axes, name, group, shown)
    for axes in list(panels.flat)[len(runs) :]:
        axes.remove()
    known = np.concatenate([np.ravel(each) for each in values])
    low, high = np.quantile(known[np.isfinite(known)], SHOWN)
    room = 0.06 * ((high - low) or 1.0)
    panels[0, 0].set_ylim(low - room, high + room)
    for place in range(rows):
        panels[place, 0].set_ylabel(shown.label)
    unit = next(iter(runs.values()))[0].progress[0]
    for place in range(len(runs)):
        if place + columns >= len(runs):
            axes = panels.flat[place]
            axes.set_xlabel(unit)
            axes.tick_params(labelbottom=True)
    legend_below(figure, panels[0, 0], columns=2)
    return figure


def _panel(axes: Axes, name: str, runs: Sequence[Source], shown: Quantity) -> list[Column]:
    """Draw one arm; return all that it shows."""
    axes.set_title(name)
    found: list[Column] = []
    for part, (label, style) in PARTS.items():
        curves = aligned([run.history.get(f"{part}_{shown.name}") for run in runs])
        if not curves.shape[1]:
            continue
        curves = shown.factor * curves
        x = max((run.progress[1] for run in runs), key=len)[: curves.shape[1]]
        low, high = np.nanmin(curves, axis=0), np.nanmax(curves, axis=0)
        axes.fill_between(x, low, high, color=style.colour, alpha=0.18, linewidth=0)
        axes.plot(x, np.nanmedian(curves, axis=0), label=label, **style.line(len(x), markers=6))
        whole_ticks(axes, x)
        found.append(curves)
    return found
