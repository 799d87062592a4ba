"""The picture of the race: a pair of bars a workload, and the limit of the machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.report.tables import Document, counted, digits, middle, over_runs
from cnnopt.plots.style import INK, legend_below, look, new_figure, styled, write_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HALF = 0.38
"""Half the height of a pair of bars, where workloads are 1 apart."""


def draw(runs: Sequence[Document], path: Path) -> None:
    """Draw medians over the runs, on 2 threads where that was measured."""
    counts = runs[0]["threads"]
    threads = 2 if 2 in counts else counts[0]
    workloads = over_runs(runs, threads)
    places = range(len(workloads))
    ours, theirs, limits = (
        [middle(results, name) for results in workloads]
        for name in ("cnnopt_ms", "torch_ms", "limit_ms")
    )
    with styled():
        figure = new_figure(9.4, 0.62 * len(workloads) + 1.5)
        axes = figure.subplots()
        for values, shift, label, number, hatch in (
            (ours, -HALF / 2, "cnnopt", 0, ""),
            (theirs, HALF / 2, "PyTorch, its fastest variant", 1, "////"),
        ):
            bars = axes.barh(
                [place + shift for place in places],
                values,
                HALF,
                color=look(number).colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0,
                label=label,
            )
            # On white, above the limit, which may stand right behind the end of a bar.
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
            labels = [digits(value) for value in values]
            axes.bar_label(bars, labels, padding=4, fontsize=7.5, bbox=ground, zorder=4)
        axes.vlines(
            limits,
            [place - 1.15 * HALF for place in places],
            [place + 1.15 * HALF for place in places],
            color=INK,
            linewidth=2.2,
            label="limit: the plain algorithm's operations at the sgemm peak",
        )
        _ratios(axes, [middle(results, "ratio") for results in workloads])
        axes.set_xscale("log")
        axes.set_xlim(min(limits) / 1.6, 2 * max(ours + theirs))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_yticks(list(places), [results[0]["name"] for results in workloads])
        axes.set_ylim(len(workloads) - 0.4, -0.6)
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(f"milliseconds a training step, {counted(threads, 'thread')}, logarithmic")
        legend_below(figure, axes)
        write_png(figure, path)


def _ratios(axes: Axes, ratios: Sequence[float]) -> None:
    """Write each pair's ratio at the right edge."""
    for place, ratio in enumerate(ratios):
        axes.annotate(
            f"{ratio:.2f} x",
            (1, place),
            (6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            weight="bold",
            annotation_clip=False,
        )
    axes.annotate("ratio", (1, 1), (6, 4), xycoords="axes fraction", textcoords="offset points")
