"""How much each optimizer depends on its learning rate; rates that diverged are marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.plots.quantity import Quantity, fit_scale, quantity
from cnnopt.plots.source import Source, number
from cnnopt.plots.style import INK, legend_below, look, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def sensitivity(source: Source, names: Sequence[str]) -> Figure | None:
    """Return the figure: value on the validation part by learning rate; None without tuning.

    Args:
        source: the study's folder.
        names: the optimizers in the order that gives them their looks in all pictures.
    """
    table = {row["name"]: row for row in source.summary.get("optimizers", [])}
    optimizers = [table[name] for name in names if table.get(name, {}).get("sensitivity")]
    if not optimizers:
        return None
    shown = quantity(_selected_by(source), source.config)
    figure = new_figure(7.2, 4.6, f"{source.name}: sensitivity to the learning rate")
    axes = figure.subplots()
    axes.set_xscale("log")
    axes.set_xlabel("learning rate, log scale")
    axes.set_ylabel(shown.label)
    axes.set_title(f"validation {shown.title} at the selected epoch, tuning runs")
    values = [_draw(axes, row, index, shown) for index, row in enumerate(optimizers)]
    for row in optimizers:
        _draw_chosen(axes, row, shown)
    fit_scale(axes, *values)
    _draw_diverged(axes, optimizers, shown)
    legend_below(figure, axes, columns=min(5, len(optimizers) + 1))
    return figure


def _selected_by(source: Source) -> str:
    """Return the metric that tuning selects by: the one that `training.select` names."""
    select = (source.config.get("training") or {}).get("select")
    best = select.get("best") if isinstance(select, dict) else None
    return str(best["metric"]) if isinstance(best, dict) and "metric" in best else "loss"


def _draw(
    axes: Axes, row: dict[str, Any], index: int, shown: Quantity
) -> np.ndarray[Any, np.dtype[np.float64]]:
    tried = sorted(row["sensitivity"], key=lambda point: float(point["learning_rate"]))
    done = [point for point in tried if point["status"] == "completed"]
    x = [float(point["learning_rate"]) for point in done]
    y = shown.factor * np.array([number(point["value"]) for point in done])
    style = look(index)
    axes.plot(x, y, label=row["name"], **(style.line(len(x)) | {"markevery": 1}))
    return y


def _draw_chosen(axes: Axes, row: dict[str, Any], shown: Quantity) -> None:
    for point in row["sensitivity"]:
        if point["learning_rate"] == row.get("learning_rate"):
            axes.plot(
                point["learning_rate"], shown.factor * number(point["value"]), "o", markersize=13,
                markerfacecolor="none", markeredgecolor=INK, markeredgewidth=1.3, label="chosen",
            )  # fmt: skip


def _widened(axes: Axes, share: float, downwards: bool) -> tuple[float, float]:
    """Return the limits of the y axis, moved apart at one end by a share of its length."""
    transform = axes.transScale
    (_, low), (_, high) = transform.transform([(1, end) for end in axes.get_ylim()])
    room = share * (high - low)
    ends = (low - room, high) if downwards else (low, high + room)
    limits = transform.inverted().transform([(0, end) for end in ends])
    return float(limits[0][1]), float(limits[1][1])


def _draw_diverged(axes: Axes, optimizers: list[dict[str, Any]], shown: Quantity) -> None:
    """Mark rates without a value beyond the bad end of the axis, one level per optimizer.

    Each mark bears its optimizer's name: two may have failed at the same rate.
    """
    lost = [
        (index, row["name"], [p for p in row["sensitivity"] if p["status"] != "completed"])
        for index, row in enumerate(optimizers)
    ]
    lost = [(index, name, points) for index, name, points in lost if points]
    if not lost:
        return
    room = 0.03 + 0.05 * len(lost)  # of the axes' height, kept free of curves
    axes.set_ylim(*_widened(axes, room / (1 - room), shown.higher_is_better))
    for level, (index, name, points) in enumerate(lost):
        height = 0.035 + 0.05 * level
        height = height if shown.higher_is_better else 1 - height
        rates = [float(point["learning_rate"]) for point in points]
        axes.plot(
            rates, [height] * len(rates), "X", markersize=8, color=look(index).colour,
            markeredgecolor=INK, markeredgewidth=0.7, transform=axes.get_xaxis_transform(),
        )  # fmt: skip
        words = "/".join(sorted({str(point["status"]) for point in points}))
        axes.annotate(
            f"{name} {words}", (min(rates), height), xycoords=axes.get_xaxis_transform(),
            xytext=(-8, 0), textcoords="offset points", ha="right", va="center", fontsize=8,
        )  # fmt: skip
