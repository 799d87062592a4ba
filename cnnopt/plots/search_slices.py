"""What each setting of a search gave: one panel per setting, a point with its error per trial."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.plots.quantity import Quantity, fit_scale, quantity
from cnnopt.plots.source import Source, number
from cnnopt.plots.style import INK, legend_below, look, new_figure
from cnnopt.studies.search_rungs import epochs_text
from cnnopt.studies.search_space import Choices, Range, read_space
from cnnopt.studies.search_trials import standard_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LARGEST = 12.9
"""Inches of a side of the figure."""
LONGEST = 16
"""Characters of a value below an axis."""
CHARACTERS = 36
"""Of all values below an axis; more are turned."""
FAR = 50.0
"""Highest over lowest value from which an axis has ticks at powers of ten alone."""
Row = Mapping[str, Any]


def search_slices(source: Source) -> Figure | None:
    """Return the figure: validation value by each setting; None without a trial.

    Of halving, each trial stands at the last rung that it reached, each rung in its own colour.
    """
    summary = source.summary
    points = _points(source)
    if not points or not summary:
        return None
    shown = quantity(str(summary["metric"]), source.config)
    paths = list(summary["space"])
    axes_of = read_space(summary["space"], grid=summary["method"] == "grid")
    columns = 2 if len(paths) == 4 else min(3 if len(paths) <= 9 else 4, len(paths))
    rows = -(-len(paths) // columns)
    size = min(4.2 * columns + 0.4, LARGEST), min(3.4 * rows + 0.9, LARGEST)
    figure = new_figure(*size, f"{source.name}: search")
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    panels = list(grid.flat)
    for axes, path in zip(panels, paths, strict=False):
        places = _places(axes, axes_of[path], [str(p["row"][path]) for p in points])
        _draw(axes, places, points, summary, shown)
        scale = ", log scale" if axes.get_xscale() == "log" else ""
        axes.set_xlabel(f"{summary['names'][path]}{scale}")
    done = np.array([p["value"] for p in points if not p["diverged"]])
    fit_scale(panels[0], shown.factor * done)
    for axes in panels[len(paths) :]:
        axes.remove()
    for place in range(rows):
        grid[place, 0].set_ylabel(f"validation {shown.label}")
    legend_below(figure, panels[0], columns=5)
    return figure


def _points(source: Source) -> list[dict[str, Any]]:
    """Return one point per trial, at the last stage that it was in, its seeds averaged."""
    found: dict[str, dict[str, list[dict[str, str]]]] = {}
    for row in source.rows("results.csv"):
        found.setdefault(row["number"], {}).setdefault(row["stage"], []).append(row)
    points = []
    for trial, stages in found.items():
        stage, rows = list(stages.items())[-1]
        values = [number(row["selection"]) for row in rows]
        errors = [number(row["selection_error"]) for row in rows]
        points.append(
            {
                "trial": int(trial),
                "stage": stage,
                "row": rows[0],
                "value": float(np.mean(values)),
                "error": standard_error(values, errors),
                "diverged": any(row["status"] == "diverged" for row in rows),
            }
        )
    return points


def _places(axes: Axes, axis: Choices | Range, texts: Sequence[str]) -> list[float]:
    """Return where the values stand on the x axis, and set that up."""
    if isinstance(axis, Range):
        if axis.log:
            _log_scale(axes, axis.high / axis.low)
        return [float(text) for text in texts]
    words = _words(axis.values)
    turned = 90.0 if len("".join(words)) > CHARACTERS else 0.0
    axes.set_xticks(range(len(words)), words, rotation=turned)
    axes.set_xlim(-0.6, len(axis.values) - 0.4)
    axes.grid(visible=False, axis="x")
    # Points at the same value stand beside each other, in the order of their numbers.
    seen: dict[str, int] = {}
    places = []
    for text in texts:
        turn = seen[text] = seen.get(text, 0) + 1
        many = texts.count(text)
        places.append(axis.values.index(text) + 0.5 * ((turn - 0.5) / many - 0.5))
    return places


def _log_scale(axes: Axes, span: float) -> None:
    """Make the x axis logarithmic, its ticks numbers as a person writes them."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_xscale("log")
    within = (1.0,) if span >= FAR else (1.0, 2.0, 5.0)
    axes.xaxis.set_major_locator(LogLocator(subs=within, numticks=9))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _words(values: Sequence[str]) -> list[str]:
    """Return the values short: of `{cosine: {warmup: 1}}` the name, where names tell them apart."""
    names = [re.split(r"[:\s{}]+", value.lstrip("{"))[0] for value in values]
    short = names if len(set(names)) == len(names) else values
    return [each if len(each) <= LONGEST else f"{each[: LONGEST - 2]} …" for each in short]


def _draw(
    axes: Axes,
    places: Sequence[float],
    points: Sequence[Row],
    summary: Row,
    shown: Quantity,
) -> None:
    """Draw the points stage by stage, those that diverged at the bad edge, and the best."""
    for index, stage in enumerate(summary["rungs"]):
        mine = [
            (x, shown.factor * p["value"], shown.factor * p["error"])
            for x, p in zip(places, points, strict=True)
            if p["stage"] == stage["stage"] and not p["diverged"]
        ]
        if mine:
            across, up, errors = zip(*mine, strict=True)
            label = "trials, ± standard error"
            if len(summary["rungs"]) > 1:
                label = epochs_text(stage["epochs"])
            style = look(index)
            bars = np.nan_to_num(np.array(errors), posinf=0.0)
            axes.errorbar(
                across, up, yerr=bars, linestyle="none", alpha=0.85,
                marker=style.marker, color=style.colour, elinewidth=0.9, label=label,
            )  # fmt: skip
    lost = [x for x, p in zip(places, points, strict=True) if p["diverged"]]
    if lost:
        axes.margins(y=0.1)
        height = 0.03 if shown.higher_is_better else 0.97
        axes.plot(
            lost, [height] * len(lost), "X", markersize=7, color="#D55E00", markeredgecolor=INK,
            markeredgewidth=0.6, transform=axes.get_xaxis_transform(), label="diverged",
        )  # fmt: skip
    best = (summary["best"] or {}).get("trial")
    for x, p in zip(places, points, strict=True):
        if p["trial"] == best:
            axes.plot(
                x, shown.factor * p["value"], "o", markersize=13, markerfacecolor="none",
                markeredgecolor=INK, markeredgewidth=1.4, label="best",
            )  # fmt: skip
