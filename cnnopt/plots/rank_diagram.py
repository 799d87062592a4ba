"""Demšar's diagram: average ranks over several problems, and who cannot be told apart."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnnopt.plots.style import INK, Look, look, new_figure
from cnnopt.statistics.nemenyi import indistinguishable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# In inches: one unit of the y axis is one of them, counted downwards from the scale.
_ABOVE = 0.68  # for the scale's numbers and the critical difference
_BARS = 0.2  # to the first bar
_BAR = 0.13  # from one bar to the next
_LINE = 0.16  # of a line of text
_LONGEST = 36  # letters of a line; longer names are broken


def rank_diagram(ranks: Mapping[str, float], cd: float, problems: int, title: str) -> Figure:
    """Return the figure: every name at its average rank, and a bar over each group.

    A group's average ranks lie closer to each other than the critical difference.

    Args:
        ranks: average rank by name, 1 is best; their order gives them their looks in all pictures.
        cd: critical difference in ranks, > 0, from `cnnopt.statistics.critical_difference`.
        problems: on how many problems they were ranked.
        title: of the figure.

    Source: Demšar 2006, "Statistical comparisons of classifiers over multiple data sets", figure 1;
    there the best is on the right.
    """
    looks = {name: look(index) for index, name in enumerate(ranks)}
    texts = {name: textwrap.fill(f"{name} ({rank:.2f})", _LONGEST) for name, rank in ranks.items()}
    letters = max(len(line) for text in texts.values() for line in text.split("\n"))
    row = 0.08 + _LINE * max(1 + text.count("\n") for text in texts.values())
    bars = _levels(ranks, cd)
    first = _BARS + _BAR * (1 + max(bars.values(), default=-1)) + row / 2
    depth = first + row * ((len(ranks) + 1) // 2 - 1 / 2)

    figure = new_figure(min(13.0, 5.2 + 0.15 * letters), 0.95 + _ABOVE + depth, title)
    axes = figure.subplots()
    axes.set_title(f"average rank over {problems} problems, 1 is best")
    axes.set_xlabel("a bar joins those that lie closer than the critical difference")
    _draw_scale(axes, len(ranks), max(len(ranks), 1 + cd), depth)
    _draw_difference(axes, cd)
    for (low, high), level in bars.items():
        y, more = _BARS + _BAR * level, 0.0 if low < high else 0.01 * len(ranks)
        axes.plot(
            [low - more, high + more], [y, y], color=INK, linewidth=3.2, solid_capstyle="round",
            zorder=3, label="not told apart",
        )  # fmt: skip
    names = sorted(ranks, key=ranks.__getitem__)
    half = (len(names) + 1) // 2
    for place, name in enumerate(names[:half]):
        _draw_name(axes, texts[name], ranks[name], first + row * place, looks[name], "left")
    for place, name in enumerate(reversed(names[half:])):
        _draw_name(axes, texts[name], ranks[name], first + row * place, looks[name], "right")
    return figure


def _levels(ranks: Mapping[str, float], cd: float) -> dict[tuple[float, float], int]:
    """Return the level of each bar, by its ends: the first where no other is near."""
    levels: dict[tuple[float, float], int] = {}
    reached: list[float] = []  # by level, the end of its last bar
    for group in indistinguishable(ranks, cd):
        low, high = ranks[group[0]], ranks[group[-1]]
        free = [level for level, end in enumerate(reached) if end + 0.05 * len(ranks) < low]
        level = free[0] if free else len(reached)
        reached[level : level + 1] = [high]
        levels[low, high] = level
    return levels


def _draw_scale(axes: Axes, treatments: int, end: float, depth: float) -> None:
    margin = 0.03 * (end - 1)
    axes.set_xlim(1 - margin, end + margin)
    axes.set_ylim(depth, -_ABOVE)
    axes.grid(False)
    axes.set_yticks([])
    for side in ("left", "bottom", "right"):
        axes.spines[side].set_visible(False)
    scale = axes.spines["top"]
    scale.set_visible(True)
    scale.set_position(("data", 0.0))
    scale.set_bounds(1, treatments)
    axes.xaxis.tick_top()
    axes.set_xticks(range(1, treatments + 1))


def _draw_difference(axes: Axes, cd: float) -> None:
    y = 0.2 - _ABOVE
    axes.plot(
        [1, 1 + cd], [y, y], "|-", color=INK, linewidth=1.6, markersize=8, markeredgewidth=1.6
    )
    axes.annotate(
        f"critical difference {cd:.2f}", (1, y), xytext=(0, 5), textcoords="offset points",
        ha="left", va="bottom", fontsize=8.5,
    )  # fmt: skip


def _draw_name(axes: Axes, text: str, rank: float, y: float, style: Look, side: str) -> None:
    """Draw a line from the scale down and out to the side, and the name at its end.

    On either side the outermost rank has the uppermost name, so that no line crosses another. The
    marker stands at both ends: on the scale those of equal ranks hide each other.
    """
    edge = axes.get_xlim()[side == "right"]
    axes.plot([rank, rank, edge], [0, y, y], color=style.colour, linewidth=1.2, zorder=1)
    axes.plot(
        [rank, edge], [0, y], style.marker, color=style.colour, markersize=6, zorder=4,
        clip_on=False,
    )  # fmt: skip
    axes.annotate(
        text, (edge, y), xytext=(8 if side == "right" else -8, 0), textcoords="offset points",
        ha="left" if side == "right" else "right", va="center",
    )  # fmt: skip
