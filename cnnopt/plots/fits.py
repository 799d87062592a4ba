"""What each optimizer made of a regression with one input: truth, data and fit, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnnopt.data.dataset import Dataset
from cnnopt.plots.fit import draw_fit, read_fit
from cnnopt.plots.source import Source
from cnnopt.plots.style import legend_below, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ACROSS = 3


def fits(
    source: Source, runs: Mapping[str, tuple[dict[str, str], Source]], dataset: Dataset
) -> Figure | None:
    """Return the figure: one panel per optimizer, all on the same axes.

    Args:
        source: the study's folder.
        runs: by optimizer, one tuned run: its row of `results.csv`, and its folder.
        dataset: the study's data set.

    None where the data have more than one input or target.
    """
    fitted = {name: read_fit(run.predictions, dataset) for name, (_, run) in runs.items()}
    found = {name: each for name, each in fitted.items() if each is not None}
    if not found:
        return None
    lines = -(-len(found) // _ACROSS)
    across = min(len(found), _ACROSS)
    first = next(iter(found.values()))
    seeds = {row["seed"] for row, _ in runs.values()}
    of_seed = f", seed {next(iter(seeds))}" if len(seeds) == 1 else ""
    figure = new_figure(
        max(5.0, 4.1 * across),
        2.6 * lines + 1.1,
        f"{source.name}: fits on {len(first.x):,} {first.part} examples{of_seed}",
    )
    panels = figure.subplots(lines, across, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, (name, each) in zip(panels, found.items(), strict=False):
        row = runs[name][0]
        draw_fit(axes, each)
        lost = "diverged (mean of y): " if row["status"] == "diverged" else ""
        rate = f", rate {float(row['learning_rate']):g}" if row.get("learning_rate") else ""
        axes.set_title(f"{name}{rate}\n{lost}squared error {each.error:.3g}")
    for axes in panels[len(found) :]:
        axes.remove()
    # The data decide what is shown: a fit that left them must not flatten all others.
    low, high = first.wanted.min(), first.wanted.max()
    margin = 0.12 * (high - low) or 1.0
    panels[0].set_ylim(low - margin, high + margin)
    for axes in panels[::across]:
        axes.set_ylabel("y (target unit)")
    for axes in panels[max(0, len(found) - across) : len(found)]:
        axes.set_xlabel("x (input unit)")
        axes.tick_params(labelbottom=True)
    legend_below(figure, panels[0])
    return figure
