"""What each scheme of cross-validation promised: bias, spread and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnopt.plots.quantity import quantity
from cnnopt.plots.source import Source
from cnnopt.plots.style import INK, OTHER, TEST, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def schemes(source: Source) -> Figure | None:
    """Return the figure: too good by, with interval; spread of the estimate; seconds."""
    entries = source.summary.get("scheme_estimates")
    if not entries:
        return None
    shown = quantity(source.summary["metric"], source.config)
    names = [str(entry["name"]) for entry in entries]
    y = np.arange(len(names))[::-1]
    figure = new_figure(11.0, 1.9 + 0.38 * len(names))
    figure.suptitle(f"{source.name}: what {len(names)} schemes estimate, and the truth")
    bias, spread, time = figure.subplots(1, 3, sharey=True)
    middle = shown.factor * np.array([entry["optimism"] for entry in entries])
    ends = shown.factor * np.array([entry["optimism_interval"] for entry in entries])
    bias.axvline(0, color=INK, linewidth=1)
    bias.errorbar(
        middle, y, xerr=[middle - ends[:, 0], ends[:, 1] - middle], fmt=TEST.marker,
        color=TEST.colour, capsize=3, linewidth=1.4,
    )  # fmt: skip
    unit = "points" if shown.is_share else shown.label
    bias.set_xlabel(f"too good by ({unit}), 95 % interval")
    bias.set_title("estimate against truth")
    spread.barh(y, shown.factor * np.array([e["sd"] for e in entries]), color=OTHER.colour)
    spread.set_xlabel(f"standard deviation ({unit})")
    spread.set_title("spread of the estimate")
    time.barh(y, [entry["seconds"] for entry in entries], color=OTHER.colour)
    time.set_xlabel("seconds of training")
    time.set_title("cost of one estimate")
    bias.set_yticks(y, names)
    bias.set_ylim(-0.6, len(names) - 0.4)
    return figure
