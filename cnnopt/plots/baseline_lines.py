"""What a model has to beat, beside its values on the folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.plots.fold_axis import FoldAxis
from cnnopt.plots.quantity import Quantity
from cnnopt.plots.source import number
from cnnopt.plots.style import OTHER, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_APART = 0.13  # of the panel's height, between the names of two lines
_FAR = 1.0  # panel heights beyond the values: from there on a line would press them together
_LOOKS = (OTHER, look(5), look(4), look(3))


def baseline_markers(
    axes: Axes, axis: FoldAxis, baseline: Mapping[str, Any], shown: Quantity
) -> None:
    """Draw a baseline's value on each fold."""
    values = shown.factor * np.array([number(value) for value in baseline["folds"]])
    if np.isfinite(values).any():
        axes.plot(
            axis.beside(0.3), values, linestyle="none", marker=OTHER.marker, color=OTHER.colour,
            markerfacecolor="white", markersize=5.5, label=_name(baseline),
        )  # fmt: skip


def baseline_lines(axes: Axes, baselines: Sequence[Mapping[str, Any]], shown: Quantity) -> None:
    """Draw each baseline's mean over the folds as a line that ends at its name.

    One that is so far from the model's values that its line would press them together is named at
    that end of the axis, with an arrow. To be called when all else is drawn: the limits are set.
    """
    known = [each for each in baselines if np.isfinite(number(each["mean"]))]
    near = [-_FAR < height < 1 + _FAR for height in _heights(axes, known, shown)]
    for each, style, inside in zip(known, _LOOKS, near, strict=False):
        if inside:
            axes.axhline(
                shown.factor * each["mean"], color=style.colour, linestyle=style.dash,
                linewidth=1.4,
            )  # fmt: skip
    axes.set_ylim(axes.get_ylim())  # the names stand where the lines end now
    heights = _heights(axes, known, shown)
    ends = np.clip(heights, 0, 1).tolist()
    for index, (each, style) in enumerate(zip(known, _LOOKS, strict=False)):
        arrow = "" if near[index] else " ↑" if heights[index] > 1 else " ↓"
        axes.annotate(
            f"{_name(each)}{arrow}\n{shown.shown(each['mean'])}", (1, ends[index]),
            xycoords="axes fraction", xytext=(1.03, spread(ends, _APART)[index]),
            textcoords="axes fraction", va="center", fontsize=8,
            arrowprops={"arrowstyle": "-", "color": style.colour, "linewidth": 0.9, "shrinkB": 0},
        )  # fmt: skip


def _heights(axes: Axes, baselines: Sequence[Mapping[str, Any]], shown: Quantity) -> list[float]:
    """Return where the means lie: 0 is the lower end of the y axis, 1 the upper."""
    axes.autoscale_view()
    to_share = axes.transData + axes.transAxes.inverted()
    return [float(to_share.transform((1, shown.factor * each["mean"]))[1]) for each in baselines]


def spread(heights: Sequence[float], apart: float) -> list[float]:
    """Return the heights moved as little as keeps them in order and `apart`, inside of [0, 1].

    Args:
        heights: from 0 to 1.
        apart: the least distance; heights that do not fit into [0, 1] with it are spaced evenly.
    """
    order = np.argsort(heights, kind="stable")
    apart = min(apart, 1 / max(1, len(heights) - 1))
    places = np.asarray(heights, dtype=np.float64)[order]
    # Each cluster of heights that are too near is spaced around its middle; clusters may meet.
    groups = [[index] for index in range(len(places))]
    middles = list(places)
    while True:
        for at in range(len(groups) - 1):
            reach = apart * (len(groups[at]) + len(groups[at + 1])) / 2
            if middles[at + 1] - middles[at] < reach - 1e-12:
                groups[at : at + 2] = [groups[at] + groups[at + 1]]
                middles[at : at + 2] = [float(np.mean(places[groups[at]]))]
                break
        else:
            break
        half = apart * (len(groups[at]) - 1) / 2
        middles[at] = float(np.clip(middles[at], half, 1 - half))
    moved = np.empty(len(places))
    for group, middle in zip(groups, middles, strict=True):
        moved[order[group]] = middle + apart * (np.arange(len(group)) - (len(group) - 1) / 2)
    return [float(height) for height in moved]


def _name(baseline: Mapping[str, Any]) -> str:
    return str(baseline["name"]).replace("_", "-")
