"""Learning curves of all folds of a cross-validation over one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.plots.learning_curves import whole_ticks
from cnnopt.plots.quantity import fit_scale, quantities
from cnnopt.plots.source import Source
from cnnopt.plots.style import INK, TRAIN, VALIDATION, legend_below, new_figure, panels_width

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PARTS = {"train": ("training", TRAIN), "validation": ("inner validation", VALIDATION)}


def fold_curves(source: Source, trials: Sequence[Source]) -> Figure | None:
    """Return the figure: thin lines, one per fold and part; None where no trial has a row."""
    trials = [trial for trial in trials if trial.history]
    if not trials:
        return None
    shown = quantities(trials[0].history, source.config)
    figure = new_figure(panels_width(len(shown)), 3.7)
    figure.suptitle(f"{source.name}: learning curves of {len(trials)} folds")
    panels = figure.subplots(1, len(shown), squeeze=False)[0]
    for axes, quantity in zip(panels, shown, strict=True):
        axes.set_ylabel(quantity.label)
        drawn = []
        for trial in trials:
            unit, x = trial.progress
            for part, (word, style) in _PARTS.items():
                values = trial.history.get(f"{part}_{quantity.name}")
                if values is None:
                    continue
                drawn.append(quantity.factor * values)
                axes.plot(
                    x, drawn[-1], color=style.colour, linestyle=style.dash, linewidth=1,
                    alpha=0.75, label=word,
                )  # fmt: skip
            if trial.best_row is not None:
                axes.plot(
                    x[trial.best_row], drawn[-1][trial.best_row], "o", markersize=7,
                    color="white", markeredgecolor=INK, zorder=5,
                    label=f"selected {unit}",
                )  # fmt: skip
        fit_scale(axes, *drawn)
        whole_ticks(axes, np.concatenate([trial.progress[1] for trial in trials]))
        axes.set_xlabel(unit)
        axes.set_title(quantity.title)
    legend_below(figure, panels[0])
    return figure
