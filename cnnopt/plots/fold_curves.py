"""Learning curves of all folds of a cross-validation over one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.plots.fold_axis import MANY
from cnnopt.plots.learning_curves import whole_ticks
from cnnopt.plots.quantity import Quantity, fit_scale, quantities
from cnnopt.plots.source import Source
from cnnopt.plots.style import INK, TRAIN, VALIDATION, legend_below, new_figure, panels_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PARTS = {"train": ("training", TRAIN), "validation": ("inner validation", VALIDATION)}


def fold_curves(source: Source, models: Mapping[str, Sequence[Source]]) -> Figure | None:
    """Return the figure: thin lines, one per fold and part; None where no trial has a row.

    Args:
        source: the study's folder.
        models: by name, the trials of a model's folds; each model has a row of panels. The name is
            empty where there is only one.
    """
    begun = {name: [t for t in trials if t.history] for name, trials in models.items()}
    begun = {name: trials for name, trials in begun.items() if trials}
    if not begun:
        return None
    shown = {name: quantities(t[0].history, t[0].config) for name, t in begun.items()}
    columns = max(map(len, shown.values()))
    figure = new_figure(panels_width(columns), 1.0 + 2.7 * len(begun))
    whose = " and ".join(filter(None, begun)) or source.name
    count = max(map(len, begun.values()))
    figure.suptitle(f"{whose}: learning curves of {count} fold{'s' if count > 1 else ''}")
    panels = figure.subplots(len(begun), columns, squeeze=False)
    for row, (name, trials) in zip(panels, begun.items(), strict=True):
        for axes, measure in zip(row, shown[name], strict=False):
            _draw(axes, trials, measure)
            axes.set_title(f"{name}: {measure.title}" if name else measure.title)
        for axes in row[len(shown[name]) :]:
            axes.remove()
    legend_below(figure, *panels[:, 0])
    for handle in figure.legends[0].legend_handles:
        if handle is not None:
            handle.set_alpha(1)  # of hundreds of lines, one alone would hardly be seen
    return figure


def _draw(axes: Axes, trials: Sequence[Source], measure: Quantity) -> None:
    axes.set_ylabel(measure.label)
    few = len(trials) <= MANY
    drawn = []
    for trial in trials:
        unit, x = trial.progress
        for part, (word, style) in _PARTS.items():
            values = trial.history.get(f"{part}_{measure.name}")
            if values is None:
                continue
            drawn.append(measure.factor * values)
            axes.plot(
                x, drawn[-1], color=style.colour, linestyle=style.dash if few else "-",
                linewidth=1 if few else 0.6, alpha=max(0.1, 0.75 * min(1.0, 15 / len(trials))),
                label=word,
            )  # fmt: skip
        if trial.best_row is not None:
            axes.plot(
                x[trial.best_row], drawn[-1][trial.best_row], "o", markersize=7 if few else 2.5,
                color="white" if few else INK, markeredgecolor=INK,
                markeredgewidth=1 if few else 0, zorder=5, label=f"selected {unit}",
            )  # fmt: skip
    fit_scale(axes, *drawn)
    whole_ticks(axes, np.concatenate([trial.progress[1] for trial in trials]))
    axes.set_xlabel(unit)
