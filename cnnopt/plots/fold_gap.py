"""The panel of the generalization gap of every fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.plots.fold_axis import FoldAxis
from cnnopt.plots.source import Column, number
from cnnopt.plots.style import INK, SHADE, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PLAIN = Look(INK, "-", "o")

Table = Sequence[Mapping[str, Any]]


def gap_panel(axes: Axes, axis: FoldAxis, models: Sequence[tuple[Table, Look]]) -> None:
    """Draw error on validation minus error on training as stalks from the line of no gap.

    Args:
        axes: the panel.
        axis: where the folds stand.
        models: of each model, the `folds` of its summary and its look.
    """
    first = models[0][0][0]["metrics"]
    classes = "accuracy" in first["train"]
    factor = 100.0 if classes else 1.0
    shifts = (0.0,) if len(models) == 1 else (-0.12, 0.12)
    for (table, style), shift in zip(models, shifts, strict=True):
        values = np.array([number(fold["generalization_gap"]) for fold in table])
        values[diverged(table)] = np.nan
        stalks(axes, axis, factor * values, style, shift)
    part = "inner validation" if "validation" in first else "test"
    axes.set_title(f"generalization gap: {part} − training error; above 0: over-fitted")
    axes.set_ylabel("gap (percentage points)" if classes else "gap in loss")


def diverged(table: Table) -> NDArray[np.bool_]:
    """Return which folds of a summary's `folds` diverged: their values say nothing of the model."""
    return np.array([fold["status"] == "diverged" for fold in table])


def stalks(axes: Axes, axis: FoldAxis, values: Column, style: Look, shift: float = 0.0) -> None:
    """Draw values that are above or below 0, with the line of 0."""
    x = axis.beside(shift)
    axes.axhline(0, color=INK, linewidth=0.9)
    axes.vlines(x, 0, values, color=SHADE, linewidth=0.7 if axis.many else 1.4, zorder=1.5)
    axes.plot(
        x, values, linestyle="none", marker=style.marker, color=style.colour,
        markersize=axis.marker_size,
    )  # fmt: skip
    axes.margins(y=0.12)
