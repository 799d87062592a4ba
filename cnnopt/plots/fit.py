"""The fitted function of a regression with one input: truth, data and fit, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.data.dataset import Dataset
from cnnopt.data.regression import truth
from cnnopt.plots.source import Column
from cnnopt.plots.style import INK, SHADE, TRAIN, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Fitted:
    """Predictions of a regression from one input to one target, in the order of x.

    Attributes:
        x: inputs, shape (n,).
        wanted: targets as observed, shape (n,).
        given: predictions, shape (n,).
        part: the part that they are of.
        truth: the function without noise at 1,000 points, shape (2, 1000): x and y; None where
            nobody knows it.
    """

    x: Column
    wanted: Column
    given: Column
    part: str
    truth: Column | None

    @property
    def error(self) -> float:
        """Mean squared error against the targets."""
        return float(np.mean((self.wanted - self.given) ** 2))


def read_fit(rows: Sequence[dict[str, str]], dataset: Dataset) -> Fitted | None:
    """Return the rows of `predictions.csv` as a fitted function.

    None where the data have more than one input or target, or where there are no rows.
    """
    if not rows or "predicted_0" not in rows[0] or dataset.x.size != dataset.y.size:
        return None
    if dataset.rows != dataset.x.size:
        return None
    x = dataset.x.ravel()[[int(row["row"]) for row in rows]].astype(np.float64)
    order = np.argsort(x, kind="stable")
    x = x[order]
    known = None
    if dataset.name == "regression":
        grid = np.linspace(x[0], x[-1], 1000)
        known = np.stack([grid, truth(grid)])
    return Fitted(
        x=x,
        wanted=np.array([float(row["target_0"]) for row in rows])[order],
        given=np.array([float(row["predicted_0"]) for row in rows])[order],
        part=rows[0]["part"],
        truth=known,
    )


def draw_fit(axes: Axes, fitted: Fitted) -> None:
    """Draw data, truth where it is known, and fit."""
    axes.plot(fitted.x, fitted.wanted, ".", color=SHADE, markersize=3, label=f"{fitted.part} data")
    if fitted.truth is not None:
        axes.plot(
            *fitted.truth, "--", color=INK, linewidth=1.2, label="truth without noise", zorder=4
        )
    axes.plot(fitted.x, fitted.given, "-", color=TRAIN.colour, linewidth=1.6, label="fit")


def fit(rows: Sequence[dict[str, str]], dataset: Dataset, name: str) -> Figure | None:
    """Return the figure from the rows of `predictions.csv`; None as of `read_fit`."""
    fitted = read_fit(rows, dataset)
    if fitted is None:
        return None
    title = f"{name}: fit on {len(fitted.x):,} {fitted.part} examples"
    figure = new_figure(8.0, 5.6, title)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.3])
    draw_fit(upper, fitted)
    upper.set_ylabel("y (target unit)")
    lower.plot(fitted.x, fitted.wanted - fitted.given, ".", color=SHADE, markersize=3)
    lower.axhline(0, color=INK, linewidth=0.8)
    lower.set_xlabel("x (input unit)")
    lower.set_ylabel("data - fit")
    lower.set_title(f"mean squared error {fitted.error:.3g}")
    legend_below(figure, upper)
    return figure
