"""What each setting of a search explains alone, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnopt.plots.source import Source, number
from cnnopt.plots.style import SHADE, TRAIN, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SURE = 0.05
"""Adjusted p up to which a bar is drawn in colour: chance would hardly make it."""


def search_importance(source: Source) -> Figure | None:
    """Return the figure: share of the variance of the ranks; None of too few trials."""
    entries = list(reversed(source.summary.get("importance") or []))
    if not entries:
        return None
    shares = np.nan_to_num([100 * number(entry["share"]) for entry in entries])
    sure = [number(entry["p_adjusted"]) <= SURE for entry in entries]
    figure = new_figure(6.6, 1.6 + 0.42 * len(entries), f"{source.name}: importance")
    axes = figure.subplots()
    colours = [TRAIN.colour if each else SHADE for each in sure]
    bars = axes.barh([entry["name"] for entry in entries], np.maximum(shares, 0), color=colours)
    texts = [_text(number(entry["share"]), number(entry["p_adjusted"])) for entry in entries]
    axes.bar_label(bars, texts, padding=4, fontsize=8.5)
    axes.set_xlim(0, max(10.0, 1.3 * float(shares.max())))
    axes.grid(visible=False, axis="y")
    axes.set_ylabel("setting")
    axes.set_xlabel("variance of the ranks that the setting explains alone (%), chance taken off")
    axes.set_title(f"grey: adjusted p above {SURE:g}, chance may make as much")
    return figure


def _text(share: float, p: float) -> str:
    return "not known" if np.isnan(share) else f"{max(100 * share, 0):.0f} %, p {p:.2g}"
