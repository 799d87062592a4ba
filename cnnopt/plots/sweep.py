"""Errors by the strength of one setting: too weak on one side, too strong on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cnnopt.plots.quantity import Quantity, fit_scale, quantity
from cnnopt.plots.source import Column, Source
from cnnopt.plots.style import INK, TEST, TRAIN, VALIDATION, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PARTS = {
    "train": ("training", TRAIN),
    "validation": ("validation", VALIDATION),
    "test": ("test", TEST),
}
SHIFTS = -0.025, 0.0, 0.025
"""Decades between the parts, so that no interval hides another."""
APART = 0.6
"""Decades between 0, which no log axis has, and the smallest strength above it."""


def sweep(source: Source) -> Figure | None:
    """Return the figure: mean error on each part with its 95 % interval; None where none was."""
    told: Mapping[str, Any] | None = source.summary.get("sweep")
    if not told:
        return None
    arms: Sequence[Mapping[str, Any]] = source.summary["arms"]
    shown = quantity(source.summary["metric"], source.config)
    places = positions([float(arm["strength"]) for arm in arms])
    figure = new_figure(7.6, 5.2, f"{source.name}: error by {told['name']}")
    axes = figure.subplots()
    means: list[Column] = []
    for shift, (part, (label, style)) in zip(SHIFTS, PARTS.items(), strict=True):
        if part not in arms[0]["parts"]:
            continue
        middle = errors([arm["parts"][part]["mean"] for arm in arms], shown)
        ends = [errors(arm["parts"][part]["interval"], shown) for arm in arms]
        reach = [[abs(m - e[i]) for m, e in zip(middle, ends, strict=True)] for i in (0, 1)]
        reach = reach[::-1] if shown.higher_is_better else reach
        axes.errorbar(
            places + shift, middle, yerr=np.nan_to_num(np.array(reach)),
            label=f"{label}, 95 % interval", capsize=3,
            color=style.colour, linestyle=style.dash, marker=style.marker,
        )  # fmt: skip
        means.append(middle)
    best = next(place for place, arm in enumerate(arms) if arm["name"] == told["best"])
    if len(means) > 1:
        axes.plot(
            places[best], means[1][best], "o", markersize=14, markerfacecolor="none",
            markeredgecolor=INK, markeredgewidth=1.5, label=f"best on validation: {told['best']}",
        )  # fmt: skip
    axes.set_ylabel(_label(shown))
    _ticks(axes, places, arms)
    zero = "" if arms[0]["strength"] else ", 0 at its left end"
    axes.set_xlabel(f"{told['path']}, log scale{zero}")
    for loc, words in _captions(told, arms, shown, best).items():
        axes.set_title(words, loc=loc, fontsize=9)
    fit_scale(axes, *means)
    legend_below(figure, axes, columns=2)
    return figure


def positions(strengths: Sequence[float]) -> Column:
    """Return where strengths stand on the axis: their logarithms, 0 left of all others."""
    above = [strength for strength in strengths if strength > 0]
    low = np.log10(min(above)) - APART
    return np.array([np.log10(strength) if strength > 0 else low for strength in strengths])


def errors(values: Sequence[float], shown: Quantity) -> Column:
    """Return values as errors: 1 - value where higher is better."""
    numbers = np.asarray(values, dtype=np.float64)
    return shown.factor * (1 - numbers if shown.higher_is_better else numbers)


def _label(shown: Quantity) -> str:
    if not shown.higher_is_better:
        return shown.label
    return "error (%)" if shown.name == "accuracy" else f"1 − {shown.label}"


def _ticks(axes: Axes, places: Column, arms: Sequence[Mapping[str, Any]]) -> None:
    from matplotlib.ticker import NullLocator

    axes.set_xticks(places, [f"{arm['strength']:g}" for arm in arms])
    axes.xaxis.set_minor_locator(NullLocator())
    if not arms[0]["strength"]:
        axes.axvline((places[0] + places[1]) / 2, color=INK, linewidth=0.8, linestyle=(0, (1, 3)))


def _captions(
    told: Mapping[str, Any], arms: Sequence[Mapping[str, Any]], shown: Quantity, best: int
) -> dict[Literal["left", "center", "right"], str]:
    """Return what the best and either side are, with the gap and the training error there."""

    def says(place: int) -> str:
        (training,) = errors([arms[place]["train"]], shown)
        return f"gap {shown.factor * arms[place]['gap']:.3g}, training {training:.3g}"

    found: dict[Literal["left", "center", "right"], str] = {"center": f"best\n{says(best)}"}
    if told["weaker"]:
        found["left"] = f"← {told['weaker']}\n{says(0)}"
    if told["stronger"]:
        found["right"] = f"{told['stronger']} →\n{says(len(arms) - 1)}"
    return found
