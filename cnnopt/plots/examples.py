"""Training examples with their labels; with what augmentation makes of them, a row for each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.arrays import Array
from cnnopt.plots.style import TRAIN, new_figure, styled, write_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cnnopt.analysis.examples import Examples

_COLUMNS = 8
_LONGEST = 22
_LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


def draw_examples(examples: Examples, path: Path) -> Path:
    """Write the picture of some examples and return `path`.

    Raises:
        WriteError: it could not be written.
    """
    with styled():
        return write_png(examples_grid(examples), path)


def examples_grid(examples: Examples) -> Figure:
    """Return a grid of examples, eight in a line; or a line for each, then its versions.

    Images are drawn from black to white, volumes as their mean along the depth, as X-rays show
    them, series as one line per channel on the same scale, tables as bars.
    """
    if examples.versions.ndim == 6:
        seen = examples.versions.mean(axis=2)
        examples = replace(examples, versions=seen, ranged=False)
    versions, count = examples.versions.shape[:2]
    changed = versions > 1
    columns = versions if changed else min(count, _COLUMNS)
    lines = count if changed else -(-count // columns)
    flat = examples.versions.ndim < 5
    width, height = (1.5, 1.28) if flat else (1.28, 1.5)
    figure = new_figure(width * columns + 0.3, height * lines + 0.55)
    figure.suptitle(_title(examples))
    cells = figure.subplots(lines, columns, squeeze=False)
    for axes in cells.flat:
        axes.set_axis_off()
    limits = _limits(examples)
    for number in range(count):
        for version in range(versions):
            place = (number, version) if changed else divmod(number, columns)
            axes = cells[place]
            _draw(axes, examples.versions[version, number], examples, limits)
            label = _cut(examples.labels[version][number])
            bold = changed and version == 0
            axes.set_title(label, fontsize=8.5, fontweight="bold" if bold else "normal", pad=2.5)
            if version == 0:
                axes.set_xlabel(f"row {examples.rows[number]}", fontsize=7.5, labelpad=2)
    return figure


def _title(examples: Examples) -> str:
    if len(examples.versions) == 1:
        return f"{examples.name}: training examples of {examples.dataset}"
    by = fill(", ".join(examples.transforms), 60)
    return f"{examples.name}: training examples of {examples.dataset}, after {by}"


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"


def _limits(examples: Examples) -> tuple[Array, Array]:
    """Return the lowest and the highest value that is drawn of each channel, (C,)."""
    if examples.ranged:
        return examples.low, examples.high
    axes = tuple(range(examples.versions.ndim - 1))
    return examples.versions.min(axis=axes), examples.versions.max(axis=axes)


def _draw(axes: Axes, x: Array, examples: Examples, limits: tuple[Array, Array]) -> None:
    low, high = limits
    axes.set_axis_on()
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(True)
    if x.ndim <= 2:
        _draw_values(axes, x, float(low.min()), float(high.max()), ranged=examples.ranged)
        return
    unit = (x.astype(np.float64) - low) / np.where(high > low, high - low, 1)
    shown = np.clip(unit if unit.shape[-1] == 3 else unit[..., 0], 0, 1)
    axes.imshow(shown, cmap="gray", vmin=0, vmax=1)


def _draw_values(axes: Axes, x: Array, low: float, high: float, *, ranged: bool) -> None:
    if x.ndim == 1:
        axes.bar(np.arange(len(x)), x, color=TRAIN.colour)
    else:
        for channel in range(x.shape[1]):
            axes.plot(x[:, channel], color=_LINES[channel % len(_LINES)], linewidth=1.0)
    if ranged or high > low:
        room = 0.05 * (high - low)
        axes.set_ylim(low - room, high + room)
