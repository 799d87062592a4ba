"""Normalization by batch size: accuracy, largest stable rate, drift of activations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.plots.quantity import quantity
from cnnopt.plots.source import Source
from cnnopt.plots.style import legend_below, look, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Entry = Mapping[str, Any]
Spread = Mapping[str, Any]
SIDES = {"before": "before normalization", "after": "after it: what the next layer sees"}


def normalization(source: Source) -> Figure | None:
    """Return the figure: four panels by batch size, one line with 95 % intervals per kind."""
    told = source.summary.get("normalization")
    if not told:
        return None
    arms: Sequence[Entry] = source.summary["arms"]
    shown = quantity(source.summary["metric"], source.config)
    figure = new_figure(11.4, 7.6, f"{source.name}: {arms[0]['n']} seeds, 95 % intervals")
    (score, stable), drifts = figure.subplots(2, 2, sharex=True)
    _lines(score, told, arms, lambda arm: arm, shown.factor)
    score.set_title(f"{source.summary['part']} {shown.title}, each at its own tuned rate")
    score.set_ylabel(shown.label)
    # Student's interval may reach beyond what a share can be; it is cut there.
    low, high = score.get_ylim()
    score.set_ylim(max(low, 0), min(high, 101))
    _lines(stable, told, arms, lambda arm: arm["stable_rate"])
    rates = source.summary["options"]["rates"]
    stable.set_yscale("log")
    stable.set_ylim(min(rates) / 5, max(rates) * 5)
    stable.set_title("largest stable learning rate")
    stable.set_ylabel("learning rate, log scale")
    for axes, (side, title) in zip(drifts, SIDES.items(), strict=True):
        _lines(axes, told, arms, lambda arm, side=side: arm["drift"][side])  # type: ignore[misc]
        axes.set_title(f"drift of activations {title}")
        axes.set_ylabel("change of channel means\n(sd an epoch)")
        axes.set_xlabel("batch size")
    high = max(axes.get_ylim()[1] for axes in drifts)
    for axes in drifts:
        axes.set_ylim(0, high)
    legend_below(figure, score, columns=4)
    return figure


def _lines(
    axes: Axes,
    told: Mapping[str, Any],
    arms: Sequence[Entry],
    of: Callable[[Entry], Spread],
    factor: float = 1.0,
) -> None:
    """Draw mean and interval by batch size, a line per kind, the kinds a little apart."""
    sizes = told["batch_sizes"]
    for index, kind in enumerate(told["kinds"]):
        style = look(index)
        spreads = [of(arm) for arm in arms if arm["kind"] == kind]
        middle = factor * np.array([_number(s["mean"]) for s in spreads])
        ends = factor * np.array([s["interval"] or [np.nan, np.nan] for s in spreads], dtype=float)
        reach = np.nan_to_num(np.abs(ends - middle[:, None]).T)
        axes.errorbar(
            np.arange(len(sizes)) + 0.05 * (index - 1.5), middle, yerr=reach, label=kind,
            capsize=3, color=style.colour, linestyle=style.dash, marker=style.marker,
        )  # fmt: skip
    axes.set_xticks(range(len(sizes)), [str(size) for size in sizes])


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
