"""The metric of every fold of a cross-validation, its mean and interval, and the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.plots.quantity import Quantity, quantity
from cnnopt.plots.source import Source, number
from cnnopt.plots.style import INK, OTHER, SHADE, TEST, TRAIN, VALIDATION, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOOKS = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
_WORDS = {"train": "training", "validation": "inner validation", "test": "test part of the fold"}


def folds(source: Source) -> Figure | None:
    """Return the figure of the summary's fold table; None where there is none."""
    table = source.summary.get("folds")
    if not table:
        return None
    shown = quantity(source.summary["metric"], source.config)
    figure = new_figure(float(np.clip(2.6 + 0.45 * len(table), 7.2, 13)), 4.2)
    figure.suptitle(f"{source.name}: {shown.title} of every fold")
    axes = figure.subplots()
    _mean(axes, source.summary, shown)
    x = np.arange(1, len(table) + 1)
    size = 6.5 if len(table) <= 20 else 4.5
    shifts = {"train": -0.15, "validation": 0.0, "test": 0.15}
    for part, style in _LOOKS.items():
        values = [number(fold["metrics"].get(part, {}).get(shown.name)) for fold in table]
        if np.isfinite(values).any():
            axes.plot(
                x + shifts[part], shown.factor * np.array(values), linestyle="none",
                marker=style.marker, color=style.colour, markersize=size, label=_WORDS[part],
            )  # fmt: skip
    _baseline(axes, source.summary, shown, x)
    several = len({fold.get("repeat", 0) for fold in table}) > 1
    # Counted from 0 in files and from 1 for people.
    numbers = [(fold.get("repeat", 0) + 1, fold["fold"] + 1) for fold in table]
    names = [f"{repeat}.{fold}" if several else str(fold) for repeat, fold in numbers]
    step = -(-len(table) // 25)
    axes.set_xticks(x[::step], names[::step])
    axes.set_xlim(0.5, len(table) + 0.5)
    axes.set_xlabel("repeat.fold" if several else "fold")
    axes.set_ylabel(shown.label)
    legend_below(figure, axes, columns=3)
    return figure


def _mean(axes: Axes, summary: dict[str, Any], shown: Quantity) -> None:
    mean = number(summary.get("mean"))
    low, high = (number(end) for end in summary.get("interval") or (None, None))
    if shown.is_share:  # Student's interval may reach beyond what a share can be
        low, high = max(low, 0.0), min(high, 1.0)
    title = f"mean test {shown.title} {shown.shown(mean)}"
    if np.isfinite([low, high]).all():
        axes.axhspan(
            shown.factor * low, shown.factor * high, color=SHADE, alpha=0.3, linewidth=0,
            label="95 % interval of the mean, corrected",
        )  # fmt: skip
        title += f" ({shown.shown(low)} to {shown.shown(high)})"
    axes.axhline(shown.factor * mean, color=INK, linewidth=1.2, label="mean of the test parts")
    axes.set_title(title)


def _baseline(
    axes: Axes, summary: dict[str, Any], shown: Quantity, x: np.ndarray[Any, Any]
) -> None:
    baseline = summary.get("baseline") or {}
    values = [number(value) for value in baseline.get("folds", [])]
    if len(values) == len(x) and np.isfinite(values).any():
        axes.plot(
            x + 0.3, shown.factor * np.array(values), linestyle="none", marker=OTHER.marker,
            color=OTHER.colour, markerfacecolor="white", markersize=5.5,
            label=str(baseline.get("name", "baseline")).replace("_", "-"),
        )  # fmt: skip
