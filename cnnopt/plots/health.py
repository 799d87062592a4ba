"""Training health over time: gradient norms, sizes of updates, dead units, one line a layer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.plots.learning_curves import whole_ticks
from cnnopt.plots.quantity import fit_scale
from cnnopt.plots.source import Column, Source, number
from cnnopt.plots.style import INK, look, new_figure, panels_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS = (
    ("gradient_norm", "gradient norm", "‖gradient‖, mean of the steps"),
    ("update_ratio", "update to weight ratio", "‖update‖ / ‖weights‖"),
    ("dead", "dead units", "outputs that are always 0 (%)"),
)

USUAL_RATIO = 1e-3
"""An update to weight ratio of about this size is a common rule of thumb (Karpathy 2016, CS231n:
"somewhere around 1e-3")."""

MOST_NAMES = 24


def health(source: Source) -> Figure | None:
    """Return the figure, one panel for each figure of `health.csv`; None without such a file."""
    rows = source.rows("health.csv")
    if not rows:
        return None
    unit, x = source.progress
    epochs = source.history.get("epoch", np.empty(0))
    layers = list(dict.fromkeys(row["layer"] for row in rows))
    shown = [panel for panel in PANELS if any(row[panel[0]] for row in rows)]
    figure = new_figure(panels_width(len(shown)), 4.2, f"{source.name}: training health")
    panels = figure.subplots(1, len(shown), squeeze=False, sharex=True)[0]
    for axes, (column, title, label) in zip(panels, shown, strict=True):
        axes.set_title(title)
        axes.set_ylabel(label)
        axes.set_xlabel(unit)
        curves = {}
        for index, layer in enumerate(layers):
            values = _curve(rows, layer, column, epochs)
            if values is not None:
                curves[layer] = values
                axes.plot(x, values, label=layer, **look(index).line(len(x)))
        _scale(axes, column, list(curves.values()))
        whole_ticks(axes, x)
    _legend(figure, panels, layers)
    return figure


def _curve(rows: list[dict[str, str]], layer: str, column: str, epochs: Column) -> Column | None:
    """Return a layer's figure by epoch; None where it does not apply to the layer."""
    found = {
        float(row["epoch"]): number(row[column])
        for row in rows
        if row["layer"] == layer and row[column]
    }
    if not found:
        return None
    factor = 100.0 if column == "dead" else 1.0
    return factor * np.array([found.get(float(epoch), np.nan) for epoch in epochs])


def _scale(axes: Axes, column: str, curves: list[Column]) -> None:
    if column == "dead":
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
        return
    fit_scale(axes, *curves)
    if column == "update_ratio":
        axes.axhline(USUAL_RATIO, color=INK, linestyle=":", linewidth=1, label="1e-3, usual")


def _legend(figure: Figure, panels: Iterable[Axes], layers: list[str]) -> None:
    """Put one legend for all panels below them, layers in the order of the config.

    Very deep networks have none: it would be larger than the curves.
    """
    found: dict[str, Any] = {}
    for axes in panels:
        handles, labels = axes.get_legend_handles_labels()
        found |= dict(zip(labels, handles, strict=True))
    names = list(dict.fromkeys(name for name in (*layers, *found) if name in found))
    if len(names) <= MOST_NAMES:
        handles = [found[name] for name in names]
        figure.legend(handles, names, loc="outside lower center", ncols=6)
