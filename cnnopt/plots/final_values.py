"""Final values of a comparison by seed: the same seed joined across the optimizers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cnnopt.plots.quantity import quantity
from cnnopt.plots.source import Column, Source, number
from cnnopt.plots.style import INK, SHADE, legend_below, look, new_figure
from cnnopt.statistics.intervals import t_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Flags: TypeAlias = NDArray[np.bool_]


def final_values(source: Source, rows: Mapping[str, Sequence[dict[str, str]]]) -> Figure | None:
    """Return the figure: test metric of each tuned run, mean and 95 % interval per optimizer.

    Args:
        source: the study's folder.
        rows: by optimizer, its rows of `results.csv` of the tuned stage.

    None where there is no value.
    """
    shown = quantity(source.summary.get("metric", "loss"), source.config)
    column = next(
        (
            f"{part}_{shown.name}"
            for part in ("test", "validation", "train")
            if _has(rows, part, shown.name)
        ),
        None,
    )
    if column is None:
        return None
    part = column.removesuffix(f"_{shown.name}")
    figure = new_figure(max(7.0, 1.6 + 1.15 * len(rows)), 4.6)
    figure.suptitle(f"{source.name}: {part} {shown.title} by seed")
    axes = figure.subplots()
    seeds = sorted({int(row["seed"]) for group in rows.values() for row in group})
    values = np.full((len(seeds), len(rows)), np.nan)
    diverged = np.zeros_like(values, dtype=bool)
    for place, group in enumerate(rows.values()):
        for row in group:
            at = seeds.index(int(row["seed"])), place
            values[at] = shown.factor * number(row[column])
            diverged[at] = row["status"] == "diverged"
    _draw_seeds(axes, np.where(diverged, np.nan, values))
    _draw_means(axes, values, diverged)
    _frame(axes, values, diverged, shown.higher_is_better)
    _draw_diverged(axes, diverged, shown.higher_is_better)
    labels = [
        f"{name}\n{shown.shown(np.nanmean(column) / shown.factor)}" if _known(column) else name
        for name, column in zip(rows, values.T, strict=True)
    ]
    axes.set_xticks(range(len(rows)), labels)
    axes.set_xlim(-0.5, len(rows) - 0.5)
    of_optimizers = "optimizers" in source.summary
    axes.set_xlabel("optimizer, and its mean" if of_optimizers else "arm, and its mean")
    axes.set_ylabel(shown.label)
    settings = "tuned settings, " if of_optimizers else ""
    axes.set_title(f"{settings}{len(seeds)} seeds; lines join runs of the same seed")
    legend_below(figure, axes, columns=1)
    return figure


def _has(rows: Mapping[str, Sequence[dict[str, str]]], part: str, metric: str) -> bool:
    return any(row.get(f"{part}_{metric}") for group in rows.values() for row in group)


def _known(values: Column) -> bool:
    return bool(np.isfinite(values).any())


def _draw_seeds(axes: Axes, values: Column) -> None:
    """Draw a dot per run, the seeds side by side so that none hides another."""
    seeds, count = values.shape
    shifts = np.linspace(-0.12, 0.12, seeds) if seeds > 1 else np.zeros(1)
    x = np.arange(count) + shifts[:, None]
    axes.plot(x.T, values.T, "-", color=SHADE, linewidth=0.7, alpha=0.6, zorder=1)
    for place in range(count):
        style = look(place)
        axes.plot(x[:, place], values[:, place], style.marker, color=style.colour, zorder=2)


def _draw_means(axes: Axes, values: Column, diverged: Flags) -> None:
    for place, column in enumerate(values.T):
        if diverged[:, place].any() or not _known(column):
            continue
        low, high = t_interval(column[np.isfinite(column)].tolist())
        mean = float(np.nanmean(column))
        reach = None if np.isnan(low) else [[mean - low], [high - mean]]
        axes.errorbar(
            [place + 0.26], [mean], yerr=reach, fmt="_", color=INK, markersize=11, capsize=4,
            elinewidth=1.4, label="mean and 95 % interval over seeds", zorder=3,
        )  # fmt: skip


def _frame(axes: Axes, values: Column, diverged: Flags, higher_is_better: bool) -> None:
    """Let the runs that did not diverge, and the intervals of those optimizers, set the scale."""
    ends = [values[~diverged]]
    whole = [column for column, lost in zip(values.T, diverged.T, strict=True) if not lost.any()]
    ends += [np.array(t_interval(column[np.isfinite(column)].tolist())) for column in whole]
    known = np.concatenate(ends)
    known = known[np.isfinite(known)]
    if not len(known):
        return
    low, high = float(known.min()), float(known.max())
    room = 0.06 * ((high - low) or abs(high) or 1.0)
    worse = 3.5 * room if diverged.any() else room
    below, above = (worse, room) if higher_is_better else (room, worse)
    axes.set_ylim(low - below, high + above)


def _draw_diverged(axes: Axes, diverged: Flags, higher_is_better: bool) -> None:
    """Mark diverged runs at the bad end of the axis: their score would flatten all others."""
    height = 0.04 if higher_is_better else 0.96
    for place, count in enumerate(diverged.sum(axis=0)):
        if not count:
            continue
        axes.plot(
            place, height, "X", markersize=9, color="white", markeredgecolor=INK, zorder=4,
            linestyle="none", transform=axes.get_xaxis_transform(),
            label="diverged: counts as the trivial predictor; it and the mean are off the scale",
        )  # fmt: skip
        axes.annotate(
            f"{count} of {len(diverged)} diverged", (place, height),
            xycoords=axes.get_xaxis_transform(), xytext=(8, 0), textcoords="offset points",
            va="center", fontsize=8,
        )  # fmt: skip
