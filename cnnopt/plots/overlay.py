"""Curves of several runs over one another, for `runs compare`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.plots.learning_curves import whole_ticks
from cnnopt.plots.quantity import Quantity, fit_scale, quantities
from cnnopt.plots.source import Source
from cnnopt.plots.style import legend_below, look, new_figure, panels_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def overlay(sources: Sequence[Source]) -> Figure | None:
    """Return the figure: validation curves strong, training curves pale and thin.

    Runs without a validation part show their training curve alone, strong. Only what all runs
    measure is drawn; the loss is left out where their losses are of different kinds. None where
    nothing is left.
    """
    sources = [source for source in sources if source.history]
    shared = [
        quantity
        for quantity in (quantities(sources[0].history, sources[0].config) if sources else [])
        if all(quantity in quantities(source.history, source.config) for source in sources)
    ]
    if not shared:
        return None
    figure = new_figure(panels_width(max(len(shared), 2)), 3.9 + 0.2 * len(sources))
    figure.suptitle(f"{len(sources)} runs: validation curves, training curves thin and pale")
    panels = figure.subplots(1, len(shared), squeeze=False)[0]
    unit = "step" if {source.progress[0] for source in sources} != {"epoch"} else "epoch"
    for axes, quantity in zip(panels, shared, strict=True):
        _panel(axes, sources, quantity, unit)
    legend_below(figure, panels[0], columns=1 if len(sources) < 5 else 2)
    return figure


def _panel(axes: Axes, sources: Sequence[Source], quantity: Quantity, unit: str) -> None:
    axes.set_title(quantity.title)
    axes.set_ylabel(quantity.label)
    axes.set_xlabel(unit)
    drawn = []
    for index, source in enumerate(sources):
        x, style = source.history[unit], look(index)
        train = quantity.factor * source.history[f"train_{quantity.name}"]
        strong = source.history.get(f"validation_{quantity.name}")
        drawn.append(train)
        label = source.folder.name
        if strong is None:
            axes.plot(x, train, label=f"{label} (training)", **style.line(len(x)))
            continue
        drawn.append(quantity.factor * strong)
        axes.plot(x, train, color=style.colour, linestyle=style.dash, linewidth=0.9, alpha=0.45)
        axes.plot(x, drawn[-1], label=label, **style.line(len(x)))
    fit_scale(axes, *drawn)
    whole_ticks(axes, np.concatenate([source.history[unit] for source in sources]))
