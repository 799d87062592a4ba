"""Size of the weights and bending of the fit by the strength of one setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.plots.source import Source
from cnnopt.plots.style import TRAIN, VALIDATION, new_figure
from cnnopt.plots.sweep import positions, strength_ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PANELS = {
    "weight_norm": ("length of all weights", TRAIN),
    "bending": ("mean |f''| of the fit (target unit / input unit²)", VALIDATION),
}


def smoothness(source: Source) -> Figure | None:
    """Return the figure: means over seeds with their 95 % intervals, both axes logarithmic.

    None where no strength was swept, or the arms have no such measure.
    """
    told: Mapping[str, Any] | None = source.summary.get("sweep")
    arms: Sequence[Mapping[str, Any]] = source.summary.get("arms") or ()
    shown = [name for name in PANELS if arms and all(name in arm for arm in arms)]
    if not told or not shown:
        return None
    figure = new_figure(5.4 * len(shown), 4.2, f"{source.name}: smoothness by {told['name']}")
    places = positions([float(arm["strength"]) for arm in arms])
    for axes, name in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        label, style = PANELS[name]
        middle = np.array([arm[name]["mean"] for arm in arms])
        ends = np.array([arm[name]["interval"] for arm in arms])
        reach = np.nan_to_num(np.abs(ends.T - middle))
        axes.errorbar(
            places, middle, yerr=np.minimum(reach, 0.95 * middle), capsize=3, color=style.colour,
            linestyle=style.dash, marker=style.marker,
        )  # fmt: skip
        axes.set_yscale("log")
        axes.set_ylabel(label)
        strength_ticks(axes, places, arms)
        axes.set_xlabel(str(told["path"]))
    return figure
