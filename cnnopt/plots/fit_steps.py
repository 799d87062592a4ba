"""How the fits of several arms come to be: one panel per arm and moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.data.dataset import Dataset
from cnnopt.data.regression import truth
from cnnopt.plots.source import Source
from cnnopt.plots.style import INK, SHADE, legend_below, look, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ACROSS = 5


def fit_steps(source: Source, runs: Mapping[str, Source], dataset: Dataset) -> Figure | None:
    """Return the figure: a panel per row of metrics, with truth, data and the fit of each arm.

    Args:
        source: the study's folder.
        runs: by arm, the folder of its first seed, with `fits.csv`.
        dataset: the study's data set.

    None where `training.fits` was off.
    """
    rows = {name: run.rows("fits.csv") for name, run in runs.items()}
    rows = {name: found for name, found in rows.items() if found}
    if not rows:
        return None
    x = dataset.x.reshape(dataset.rows)
    steps = sorted({int(float(row["step"])) for found in rows.values() for row in found})
    lines = -(-len(steps) // ACROSS)
    figure = new_figure(12.5, 1.75 * lines + 1.3, f"{source.name}: fits by step, one run each")
    panels = figure.subplots(lines, ACROSS, sharex=True, sharey=True, squeeze=False).ravel()
    low, high = float(dataset.y.min()), float(dataset.y.max())
    ends = np.linspace(x.min(), x.max(), 400)
    some = np.random.default_rng(0).choice(dataset.rows, min(600, dataset.rows), replace=False)
    for axes, step in zip(panels, steps, strict=False):
        axes.plot(x[some], dataset.y.reshape(-1)[some], ".", color=SHADE, markersize=1.5,
                  label="data (some)")  # fmt: skip
        if dataset.name == "regression":
            axes.plot(ends, truth(ends), "-", color=INK, linewidth=0.8, label="truth")
        for index, (name, found) in enumerate(rows.items()):
            points = [
                (x[int(row["row"])], float(row["predicted"]))
                for row in found
                if int(float(row["step"])) == step
            ]
            if points:
                style = look(index)
                axes.plot(
                    *np.array(sorted(points)).T, color=style.colour, linewidth=1.5,
                    linestyle=style.dash, label=name,
                )  # fmt: skip
        axes.set_title(f"step {step:,}", fontsize=9)
    for axes in panels[len(steps) :]:
        axes.remove()
    panels[0].set_ylim(low - 0.15 * (high - low), high + 0.15 * (high - low))
    for axes in panels[::ACROSS]:
        axes.set_ylabel("y")
    for axes in panels[max(0, len(steps) - ACROSS) : len(steps)]:
        axes.set_xlabel("x")
        axes.tick_params(labelbottom=True)
    legend_below(figure, panels[0], columns=len(rows) + 2)
    return figure
