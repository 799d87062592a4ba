"""Two models on the same folds: their values joined fold by fold, and the difference."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.plots.fold_axis import FoldAxis
from cnnopt.plots.fold_gap import diverged, stalks
from cnnopt.plots.quantity import Quantity
from cnnopt.plots.source import Column, number
from cnnopt.plots.style import INK, SHADE, TEST, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SECOND = Look("#CC79A7", (0, (5, 2)), "v")
LOOKS = (TEST, SECOND)
"""Of the first and the second model; the colours of training and validation stay theirs."""

_LETTERS_PER_INCH = 13
_LONGEST = 36  # letters of a name in the legend


def values_of(table: Sequence[Mapping[str, Any]], shown: Quantity) -> Column:
    """Return a model's values on the test parts, as they are shown, from its `folds`."""
    values = [number(fold["metrics"].get("test", {}).get(shown.name)) for fold in table]
    return shown.factor * np.array(values)


def places_of_pairs(axis: FoldAxis) -> list[Column]:
    """Return where the values of the first and of the second model stand."""
    return [axis.beside(shift) for shift in (-0.12, 0.12)]


def pairs_width(axis: FoldAxis) -> float:
    """Return how wide a figure of two models is, in inches: the verdict is a long sentence."""
    return max(9.4, axis.width)


def pairs_panel(axes: Axes, axis: FoldAxis, summary: Mapping[str, Any], shown: Quantity) -> None:
    """Draw both models' values on the test parts, those of a fold joined, and their means."""
    compare = summary["compare"]
    models = ((compare["a"], summary), (compare["b"], compare["other"]))
    values = [values_of(model["folds"], shown) for _, model in models]
    x = places_of_pairs(axis)
    stable = ~(diverged(summary["folds"]) | diverged(compare["other"]["folds"]))
    pairs = np.array(x)[:, stable], np.array(values)[:, stable]
    axes.plot(*pairs, color=SHADE, linewidth=0.8, zorder=1.5)
    words = []
    for (name, model), style, own, at in zip(models, LOOKS, values, x, strict=True):
        words.append(f"{name} {shown.shown(model['mean'])}")
        axes.plot(
            at, np.where(diverged(model["folds"]), np.nan, own), linestyle="none",
            marker=style.marker, color=style.colour, markersize=axis.marker_size,
            label=f"{short(name)}, test parts",
        )  # fmt: skip
        axes.axhline(
            shown.factor * model["mean"], color=style.colour, linestyle=style.dash, linewidth=1.2,
            label=f"{short(name)}, mean",
        )  # fmt: skip
    axes.set_title(wrapped(f"test {shown.title}, mean of the folds: {', '.join(words)}", axis))
    axes.set_ylabel(shown.label)


def difference_panel(
    axes: Axes,
    axis: FoldAxis,
    compare: Mapping[str, Any],
    values: Sequence[Column],
    shown: Quantity,
) -> None:
    """Draw the difference on each fold, its mean with the interval, and what follows from it.

    Args:
        axes: the panel.
        axis: where the folds stand.
        compare: the summary's `compare`.
        values: of both models, as they are shown.
        shown: what is compared.
    """
    low, high = (shown.factor * number(end) for end in compare["interval"] or (None, None))
    if np.isfinite([low, high]).all():
        axes.axhspan(
            low, high, color=SHADE, alpha=0.3, linewidth=0,
            label="95 % interval of the difference",
        )  # fmt: skip
    stalks(axes, axis, values[0] - values[1], Look(INK, "-", "o"))
    axes.axhline(
        shown.factor * compare["difference"], color=INK, linewidth=1.2, linestyle=(0, (1, 1.2)),
        label="mean difference",
    )  # fmt: skip
    side = "above" if shown.higher_is_better else "below"
    a, b = compare["a"], compare["b"]
    axes.set_title(wrapped(f"{a} − {b}: {side} 0 {a} is better.\n{compare['verdict']}", axis))
    axes.set_ylabel("percentage points" if shown.is_share else f"difference in {shown.title}")


def short(name: str) -> str:
    """Return a model's name as the legend has room for it."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def wrapped(text: str, axis: FoldAxis) -> str:
    """Return a title in lines that fit over the panels."""
    width = int(_LETTERS_PER_INCH * (pairs_width(axis) - 2.2))
    return "\n".join(textwrap.fill(line, width) for line in text.split("\n"))
