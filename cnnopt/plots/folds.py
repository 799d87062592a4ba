"""The metric of every fold of a cross-validation, its mean and interval, baselines and the gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.plots.baseline_lines import baseline_lines, baseline_markers
from cnnopt.plots.fold_axis import MANY, FoldAxis
from cnnopt.plots.fold_gap import PLAIN, diverged, gap_panel
from cnnopt.plots.fold_pairs import (
    LOOKS,
    difference_panel,
    pairs_panel,
    pairs_width,
    places_of_pairs,
    values_of,
)
from cnnopt.plots.quantity import Quantity, fit_scale, quantity
from cnnopt.plots.source import Column, Source, number
from cnnopt.plots.style import INK, SHADE, TEST, TRAIN, VALIDATION, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PARTS = {
    "train": ("training", TRAIN, -0.15),
    "validation": ("inner validation", VALIDATION, 0.0),
    "test": ("test part of the fold", TEST, 0.15),
}
_WIDE = 9.0  # inches: room for three columns of a legend


def folds(source: Source) -> Figure | None:
    """Return the figure of the summary's fold table; None where there is none.

    Of one model: the metric on the parts of each fold, and the generalization gap. Of two: their
    values on the test parts in pairs, the differences, and both gaps.
    """
    summary = source.summary
    table = summary.get("folds")
    if not table:
        return None
    shown = quantity(summary["metric"], source.config)
    axis, compare = FoldAxis.of(table), summary.get("compare")
    heights = (3.0, 1.6, 1.6) if compare else (3.0, 1.6)
    figure = new_figure(pairs_width(axis) if compare else axis.width, 1.9 + sum(heights))
    panels = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    if compare:
        figure.suptitle(f"{compare['a']} and {compare['b']}: {shown.title} of every fold")
        pairs_panel(panels[0], axis, summary, shown)
        tables = [table, compare["other"]["folds"]]
        values = [values_of(each, shown) for each in tables]
        difference_panel(panels[1], axis, compare, values, shown)
        for x, each in zip(places_of_pairs(axis), tables, strict=True):
            _diverged(panels[0], axis, x[diverged(each)], shown)
        gap_panel(panels[2], axis, list(zip(tables, LOOKS, strict=True)))
    else:
        figure.suptitle(f"{source.name}: {shown.title} of every fold")
        _mean(panels[0], summary, shown)
        values = _parts(panels[0], axis, table, shown)
        _diverged(panels[0], axis, axis.x[diverged(table)], shown)
        gap_panel(panels[1], axis, [(table, PLAIN)])
    baselines = summary["baselines"]
    if not shown.higher_is_better:
        fit_scale(panels[0], *values)
    if len(baselines) == 1 and not axis.many and not compare:
        baseline_markers(panels[0], axis, baselines[0], shown)
    else:
        baseline_lines(panels[0], baselines, shown)
    axis.frame(panels)
    legend_below(figure, *panels, columns=2 if compare or axis.width < _WIDE else 3)
    return figure


def _parts(
    axes: Axes, axis: FoldAxis, table: Sequence[Mapping[str, Any]], shown: Quantity
) -> list[Column]:
    """Draw the metric on all parts of the folds, and return the values; the test parts' last."""
    drawn = []
    for part, (word, style, shift) in _PARTS.items():
        cells = [number(fold["metrics"].get(part, {}).get(shown.name)) for fold in table]
        values = np.where(diverged(table), np.nan, shown.factor * np.array(cells))
        if np.isfinite(values).any():
            drawn.append(values)
            axes.plot(
                axis.beside(shift), values, linestyle="none", marker=style.marker,
                color=style.colour, markersize=axis.marker_size, label=word,
            )  # fmt: skip
    axes.set_ylabel(shown.label)
    return drawn


def _mean(axes: Axes, summary: dict[str, Any], shown: Quantity) -> None:
    table, mean = summary["folds"], number(summary["mean"])
    several = len(table) > 1
    low, high = (number(end) for end in summary["interval"] or (None, None))
    if shown.is_share:  # Student's interval may reach beyond what a share can be
        low, high = max(low, 0.0), min(high, 1.0)
    title = f"test {shown.title}{', mean of the folds' if several else ''}: {shown.shown(mean)}"
    if np.isfinite([low, high]).all():
        axes.axhspan(
            shown.factor * low, shown.factor * high, color=SHADE, alpha=0.3, linewidth=0,
            label=f"95 % interval, {summary['interval_kind']}",
        )  # fmt: skip
        title += f" ({shown.shown(low)} to {shown.shown(high)})"
    # Of folds of one example the spread says nothing that the mean does not.
    if summary["sd"] is not None and any(fold["n_test"] > 1 for fold in table):
        sd = number(summary["sd"])
        points = f"{shown.factor * sd:.2g} points"
        title += f", spread {points if shown.is_share else shown.shown(sd)}"
    if several:
        axes.axhline(
            shown.factor * mean, color=INK, linewidth=1.2, zorder=3 if len(table) > MANY else 1.5,
            label="mean of the test parts",
        )  # fmt: skip
    axes.set_title(title)


def _diverged(axes: Axes, axis: FoldAxis, x: Column, shown: Quantity) -> None:
    """Mark diverged folds at the bad end of the axis: their score would flatten all others."""
    if len(x):
        axes.plot(
            x, np.full(len(x), 0.03 if shown.higher_is_better else 0.97), "X", color="white",
            markersize=axis.marker_size + 3, markeredgecolor=INK, zorder=4, clip_on=False,
            transform=axes.get_xaxis_transform(),
            label="diverged: counts as the trivial predictor",
        )  # fmt: skip
