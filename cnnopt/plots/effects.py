"""The effects of an ablation: a forest of differences with the intervals of their Holm steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cnnopt.plots.quantity import quantity
from cnnopt.plots.source import Source
from cnnopt.plots.style import INK, SHADE, legend_below, look, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST = 12.8
"""Inches of a side of the figure."""
GROUPS = {
    "alone": "alone, against the baseline",
    "all but": "left out, against all",
    "all": "all together, against the baseline",
    "strength": "against the weakest",
}
"""Kinds of effects, from above to below."""


def effects(source: Source) -> Figure | None:
    """Return the figure: one row per effect, the largest of each group first, and a line at 0."""
    found: Sequence[Mapping[str, Any]] = source.summary.get("effects") or ()
    if not found:
        return None
    shown = quantity(source.summary["metric"], source.config)
    groups = [[each for each in found if each["kind"] == kind] for kind in GROUPS]
    height = min(1.9 + 0.32 * len(found) + 0.2 * len(groups), LARGEST)
    figure = new_figure(9.4, height, f"{source.name}: effects on {_part(source)} {shown.title}")
    axes = figure.subplots()
    axes.axvline(0, color=INK, linewidth=1.1, zorder=1)
    y, ticks, labels = 0.0, [], []
    for index, (kind, group) in enumerate(zip(GROUPS, groups, strict=True)):
        style = look(index)
        if kind != "strength":  # which keep their order
            group.sort(key=lambda each: -each["difference"])
        for place, each in enumerate(group):
            low, high = (shown.factor * end for end in each["interval"])
            middle = shown.factor * each["difference"]
            axes.errorbar(
                middle, y, xerr=[[middle - low], [high - middle]], fmt=style.marker,
                color=style.colour, capsize=3.5, linewidth=1.4, markersize=6.5, zorder=3,
                markerfacecolor=style.colour if each["p_adjusted"] <= 0.05 else "white",
                label=None if place else GROUPS[kind],
            )  # fmt: skip
            ticks.append(y)
            labels.append(each["arm"])
            y -= 1
        y -= 0.5 if group else 0
    axes.set_yticks(ticks, labels)
    axes.grid(visible=False, axis="y")
    axes.set_ylim(y + 0.8, 0.7)
    unit = "points" if shown.is_share else shown.label
    axes.set_xlabel(f"difference ({unit}); shaded: better")
    seeds = source.summary["arms"][0]["n"]
    family = f", adjusted by Holm over {len(found)} effects" if len(found) > 1 else ""
    axes.set_title(f"{seeds} paired seeds, intervals{family}; hollow: no effect shown")
    ends = [shown.factor * end for each in found for end in each["interval"]]
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = 0.05 * ((high - low) or 1.0)
    axes.set_xlim(low - room, high + room)
    better = high + room if shown.higher_is_better else low - room
    axes.axvspan(0, better, color=SHADE, alpha=0.12, linewidth=0, zorder=0)
    legend_below(figure, axes, columns=3)
    return figure


def _part(source: Source) -> str:
    return str(source.summary["part"])
