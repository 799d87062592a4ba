"""Why momentum: six panels, from the loss to the bowl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnopt.plots.source import Column, Source, number
from cnnopt.plots.style import INK, legend_below, look, new_figure
from cnnopt.studies.momentum_bowl import contraction

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMOOTHED = 15
"""Steps over which curves of single steps are averaged."""


def momentum_why(source: Source) -> Figure | None:
    """Return the figure of a `momentum-why` study; None where it has not ended."""
    summary = source.summary
    if "bowl" not in summary:
        return None
    arms = [str(arm["name"]) for arm in summary["arms"]]
    seeds = int(summary["options"]["seeds"])
    title = f"{source.name}: momentum and SGD, mean of {seeds} seeds"
    figure = new_figure(12.6, 7.6, title)
    loss, fall, noise, update, alignment, bowl = figure.subplots(2, 3).ravel()
    losses, points, steps = (source.rows(f"{name}.csv") for name in ("losses", "points", "steps"))
    for index, arm in enumerate(arms):
        for axes, rows, column, width in (
            (loss, losses, "loss", 1),
            (noise, points, "noise", 1),
            (alignment, points, "alignment", 1),
            (update, steps, "update_cosine", SMOOTHED),
        ):
            x, y = _mean_curve(rows, arm, column, width)
            axes.plot(x, y, label=arm, **look(index).line(len(x)))
    _targeted(loss, number(summary["target"]["value"]))
    for axes, head, label in (
        (loss, "Loss on the whole training part", "training loss (log)"),
        (noise, "Gradient noise where each path goes", "trace of covariance / |mean|² (log)"),
        (update, f"Successive updates (mean of {SMOOTHED} steps)", "cosine of successive updates"),
        (alignment, "Updates against the full gradient", "cosine with the full descent"),
    ):
        axes.set(title=head, xlabel="step", ylabel=label)
    loss.set_yscale("log")
    noise.set_yscale("log")
    _falls(fall, source, arms)
    _contractions(bowl, source)
    legend_below(figure, loss, columns=4)
    return figure


def _mean_curve(
    rows: list[dict[str, str]], arm: str, column: str, width: int
) -> tuple[Column, Column]:
    """Return steps and the column's mean over the seeds, averaged over `width` steps."""
    found: dict[int, list[float]] = {}
    for row in rows:
        if row["arm"] == arm and not np.isnan(value := number(row[column])):
            found.setdefault(int(float(row["step"])), []).append(value)
    x = np.array(sorted(found), np.float64)
    y = np.array([np.mean(found[int(step)]) for step in x])
    if len(x) <= width:
        return x, y
    window = np.full(width, 1 / width)
    return np.convolve(x, window, "valid"), np.convolve(y, window, "valid")


def _targeted(axes: Axes, target: float) -> None:
    if np.isfinite(target):
        axes.axhline(target, color=INK, linewidth=0.9, linestyle=(0, (2, 2)), label="target loss")


def _falls(axes: Axes, source: Source, arms: list[str]) -> None:
    """Draw the mean fall of each arm: on the batch used (full), on another (open)."""
    for index, entry in enumerate(source.summary["arms"]):
        style = look(index)
        for side, name in ((-0.17, "used"), (0.17, "other")):
            found = entry["measures"][name]
            if found["mean"] is None:
                continue
            low, high = (number(end) for end in found["interval"])
            axes.bar(
                index + side, -found["mean"], 0.3,
                yerr=[[max(0.0, high - found["mean"])], [max(0.0, found["mean"] - low)]],
                facecolor=style.colour if name == "used" else "white",
                edgecolor=style.colour, linewidth=1.4, ecolor=INK, capsize=3,
            )  # fmt: skip
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xticks(range(len(arms)), [arm.replace("sgd at the ", "sgd at the\n") for arm in arms])
    axes.grid(visible=False, axis="x")
    axes.set(
        title="One step: filled = batch used, open = another",
        ylabel="mean fall of the loss per step",
    )


def _contractions(axes: Axes, source: Source) -> None:
    """Draw theory as lines and what was measured as marks, over the directions' curvatures."""
    rows = source.summary["bowl"]["directions"]
    condition = float(source.summary["bowl"]["condition"])
    dense = np.geomspace(1.0, condition, 400)
    for index, name in enumerate(dict.fromkeys(str(row["setting"]) for row in rows)):
        mine = [row for row in rows if row["setting"] == name]
        style = look(3 + index)
        rate, momentum = float(mine[0]["learning_rate"]), float(mine[0]["momentum"])
        axes.plot(
            dense, contraction(rate, momentum, dense), color=style.colour, linestyle=style.dash
        )
        axes.plot(
            [float(row["curvature"]) for row in mine],
            [float(row["measured"]) for row in mine],
            style.marker, color=style.colour, markersize=6, label=name,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_ylim(0, 1.05)
    axes.set(
        title=f"Bowl, condition {condition:g}: theory and marks",
        xlabel="curvature λ of the direction (log)",
        ylabel="factor left per step",
    )
    axes.legend(loc="lower left", fontsize=8)
