"""The confusion matrix: which classes are taken for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnnopt.plots.classes import Guesses
from cnnopt.plots.style import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_FIGURES = 20  # classes up to which the counts are written into the cells


def confusion_matrix(guesses: Guesses, name: str) -> Figure:
    """Return the figure: counts by true class (row) and predicted class (column).

    Shades are shares of the row, on a square-root scale so that rare mistakes show. Beside each
    row stands the share of its class that was found.
    """
    from matplotlib.colors import PowerNorm

    k = len(guesses.classes)
    counts = np.zeros((k, k), dtype=np.int64)
    np.add.at(counts, (guesses.target, guesses.predicted), 1)
    rows = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(rows, 1)
    side = float(np.clip(1.6 + 0.42 * k, 4.4, 10.5))
    right, total = int(np.trace(counts)), int(counts.sum())
    figure = new_figure(side + 1.3, side + 0.2, f"{name}: confusion matrix")
    axes = figure.subplots()
    axes.grid(visible=False)
    axes.set_xticks(np.arange(k - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(k - 1) + 0.5, minor=True)
    axes.grid(visible=True, which="minor", color="#e4e4e4", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    image = axes.imshow(shares, cmap="Greys", norm=PowerNorm(0.5, 0, 1))
    if k <= _MOST_FIGURES:
        _write_counts(axes, counts, shares)
    bar = figure.colorbar(image, ax=axes, ticks=[0, 0.01, 0.05, 0.25, 0.5, 1], shrink=0.8, pad=0.04)
    bar.ax.set_yticklabels(["0", "1", "5", "25", "50", "100"])
    bar.set_label("share of the true class (%), square-root scale")
    axes.set_title(f"{guesses.part}: {right:,} of {total:,} right ({100 * right / total:.1f} %)")
    _label(axes, guesses.classes, np.diag(shares), rows[:, 0])
    return figure


def _write_counts(axes: Axes, counts: NDArray[np.int64], shares: NDArray[np.float64]) -> None:
    size = 8 if counts.max() < 1000 else 6.5
    for row, column in zip(*np.nonzero(counts), strict=True):
        axes.text(
            column, row, f"{counts[row, column]}", ha="center", va="center", fontsize=size,
            color="white" if shares[row, column] > 0.3 else "black",
        )  # fmt: skip


def _label(
    axes: Axes, classes: tuple[str, ...], found: NDArray[np.float64], rows: NDArray[np.int64]
) -> None:
    k = len(classes)
    size = 8.5 if k <= _MOST_FIGURES else max(4.0, 8.5 * _MOST_FIGURES / k)
    upright = 90 if k > _MOST_FIGURES or max(map(len, classes)) > 3 else 0
    axes.set_xticks(range(k), classes, fontsize=size, rotation=upright)
    axes.set_yticks(range(k), classes, fontsize=size)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    beside = axes.secondary_yaxis("right")
    texts = [f"{100 * share:.1f}" if n else "-" for share, n in zip(found, rows, strict=True)]
    beside.set_yticks(range(k), texts, fontsize=size)
    beside.set_ylabel("found of the class (%)")
    beside.tick_params(length=0)
