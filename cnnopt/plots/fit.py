"""The fitted function of a regression with one input: truth, data and fit, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.data.dataset import Dataset
from cnnopt.data.regression import truth
from cnnopt.plots.style import INK, SHADE, TRAIN, legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def fit(rows: Sequence[dict[str, str]], dataset: Dataset, name: str) -> Figure | None:
    """Return the figure from the rows of `predictions.csv`.

    None where the data have more than one input or target, or where there are no rows.
    """
    if not rows or "predicted_0" not in rows[0] or dataset.x.size != dataset.y.size:
        return None
    if dataset.rows != dataset.x.size:
        return None
    x = dataset.x.ravel()[[int(row["row"]) for row in rows]].astype(np.float64)
    order = np.argsort(x, kind="stable")
    x = x[order]
    wanted = np.array([float(row["target_0"]) for row in rows])[order]
    given = np.array([float(row["predicted_0"]) for row in rows])[order]
    part = rows[0]["part"]
    figure = new_figure(8.0, 5.6, f"{name}: fit on {len(x):,} {part} examples")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.3])
    upper.plot(x, wanted, ".", color=SHADE, markersize=3, label=f"{part} data")
    if dataset.name == "regression":
        grid = np.linspace(x[0], x[-1], 1000)
        upper.plot(
            grid, truth(grid), "--", color=INK, linewidth=1.2, label="truth without noise", zorder=4
        )
    upper.plot(x, given, "-", color=TRAIN.colour, linewidth=1.6, label="fit")
    upper.set_ylabel("y (target unit)")
    lower.plot(x, wanted - given, ".", color=SHADE, markersize=3)
    lower.axhline(0, color=INK, linewidth=0.8)
    lower.set_xlabel("x (input unit)")
    lower.set_ylabel("data - fit")
    lower.set_title(f"mean squared error {np.mean((wanted - given) ** 2):.3g}")
    legend_below(figure, upper)
    return figure
