"""How far each optimizer goes for a gradient of 1, weight by weight, over the steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.analysis.path_measures import effective_rates as rates_of
from cnnopt.analysis.surfaces import Surface
from cnnopt.plots.lesson_source import Walk
from cnnopt.plots.optimizer_paths import legend_with_rates, log_scale
from cnnopt.plots.style import look, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WINDOW = 10
"""Steps in each sum; a single step's gradient may be near 0."""


def effective_rates(surface: Surface, walks: Mapping[str, Walk], name: str) -> Figure:
    """Return the figure: a panel for each weight, on the same axes.

    Args: as of `optimizer_paths`.
    """
    figure = new_figure(12.6, 5.6, f"{name}: effective rates, {surface.title}")
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    for index, walk in enumerate(walks.values()):
        if walk.same_as is not None or len(walk.points) < 2:
            continue
        rates = rates_of(np.diff(walk.points, axis=0), walk.gradients, WINDOW)
        steps = np.arange(1, len(rates) + 1)
        for axes, column in zip(panels, rates.T, strict=True):
            axes.plot(steps, column, label=walk.label, **look(index).line(len(steps)))
    for axes, weight in zip(panels, ("w₁", "w₂"), strict=True):
        log_scale(axes)
        axes.set_xlabel("step; a line ends where all but nothing is left of the gradient")
        axes.set_title(f"along {weight}")
    panels[0].set_ylabel(f"Σ|Δw| / Σ|g| of the last {WINDOW} steps, log scale")
    legend_with_rates(figure, panels[0])
    return figure
