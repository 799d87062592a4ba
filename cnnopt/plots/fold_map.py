"""A picture of the folds themselves: which rows train, validate and test, and what they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnopt.arrays import Rows
from cnnopt.config import Config, load_config
from cnnopt.data.dataset import Dataset
from cnnopt.plots.key_rows import LINE, draw_keys, lines_of
from cnnopt.plots.row_traits import Trait, traits_of
from cnnopt.plots.source import Source
from cnnopt.plots.strips import draw_strip, rows_per_column
from cnnopt.plots.style import INK, TEST, TRAIN, VALIDATION, new_figure
from cnnopt.plots.time_ticks import time_ticks
from cnnopt.splits import Place, Split
from cnnopt.trials.splitting import sides_of, split_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 12
"""Folds that are shown."""

_WIDTH = 11.0
_INSIDE = 8.8  # inches of it that the strips have
_STRIP = 0.3  # inches of a fold, the room between two included
_CURVE = 1.7
_COLOURS = (TEST.colour, VALIDATION.colour, TRAIN.colour, "#e4e4e4")
_WORDS = ("test", "inner validation", "training", "left out")  # from the strip's bottom
_ORDER = (2, 1, 0, 3)  # in the legend


def fold_map(source: Source, data: Dataset) -> Figure:
    """Return the figure: a strip per fold of the first repetition, coloured by part.

    The splits are made anew from the study's config; they are what its trials had. Above the
    strips stands the curve of a series, below them what class and group the rows have.

    Args:
        source: the study's folder, its `cv` complete.
        data: its data set.
    """
    config = load_config(source.config)
    count = len(sides_of(config, data, 0))
    splits = [split_of(config, Place(0, index), data) for index in range(min(count, MOST))]
    codes = [part_codes(split, data.rows) for split in splits]
    present = set(np.concatenate(codes).tolist())
    traits = traits_of(data)
    keys = [("part", [(_COLOURS[code], _WORDS[code]) for code in _ORDER if code in present])]
    keys += [(trait.name, list(trait.key)) for trait in traits]
    lines = sum(lines_of(key, _INSIDE) for key in keys)

    heights = [_STRIP * len(splits)] + [0.25] * len(traits) + [LINE * lines]
    if data.ordered:
        heights.insert(0, _CURVE)
    figure = new_figure(_WIDTH, 1.6 + sum(heights))
    figure.suptitle(f"{source.name}: which rows each fold trains on and tests")
    # Not shared by all: the last panel, of the legends, has no x axis.
    panels = list(figure.subplots(len(heights), 1, height_ratios=heights))
    draw_keys(panels.pop(), keys, _INSIDE)
    for axes in panels[1:]:
        axes.sharex(panels[0])
        axes.spines[["left", "bottom"]].set_visible(False)
    panels[0].spines[["left", "bottom"]].set_visible(data.ordered)
    panels[0].set_title(_title(config, data, count))
    if data.ordered:
        _series(panels[0], data, splits)
    _folds(panels[1 if data.ordered else 0], splits, codes)
    for axes, trait in zip(panels[len(panels) - len(traits) :], traits, strict=True):
        _trait(axes, trait)
    _rows_axis(panels, data)
    return figure


def part_codes(split: Split, rows: int) -> Rows:
    """Return for each row of the data set: 0 test, 1 validation, 2 training, 3 in no part."""
    codes = np.full(rows, 3, dtype=np.int64)
    codes[split.test], codes[split.validation], codes[split.train] = 0, 1, 2
    return codes


def _title(config: Config, data: Dataset, count: int) -> str:
    cv = config.cv
    title = f"{cv.scheme}: {count} fold{'s' if count > 1 else ''}"
    if count > MOST:
        title = f"{cv.scheme}: the first {MOST} of {count} folds"
    if cv.repeats > 1:
        title += f", the first of {cv.repeats} repetitions"
    merged = rows_per_column(data.rows)
    if merged > 1:
        title += f"; a column stands for about {merged:.0f} rows, each part as high as its share"
    return title


def _folds(axes: Axes, splits: Sequence[Split], codes: Sequence[Rows]) -> None:
    for number, (split, parts) in enumerate(zip(splits, codes, strict=True), start=1):
        draw_strip(axes, parts, _COLOURS, number + 0.38, number - 0.38)
        sizes = " / ".join(f"{len(p):,}" for p in (split.train, split.validation, split.test))
        axes.annotate(
            sizes, (1, number), xycoords=axes.get_yaxis_transform(), xytext=(5, 0),
            textcoords="offset points", va="center", fontsize=7.5,
        )  # fmt: skip
    axes.annotate(
        "train / val. / test", (1, 0.5), xycoords=axes.get_yaxis_transform(), xytext=(5, 3),
        textcoords="offset points", va="bottom", fontsize=7.5, style="italic",
    )  # fmt: skip
    axes.set_ylim(len(splits) + 0.5, 0.5)
    axes.set_yticks(range(1, len(splits) + 1))
    axes.tick_params(axis="y", length=0)
    axes.set_ylabel("fold")
    axes.grid(visible=False)


def _trait(axes: Axes, trait: Trait) -> None:
    draw_strip(axes, trait.codes, trait.colours, 0, 1)
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_ylabel(trait.name, rotation=0, ha="right", va="center")
    axes.grid(visible=False)


def _series(axes: Axes, data: Dataset, splits: Sequence[Split]) -> None:
    """Draw the target of each row of a series, and where the test blocks begin."""
    assert data.timeline is not None
    target = data.y.reshape(data.rows, -1)[:, 0]  # the first, where there are several
    for series in np.unique(data.timeline.series):
        rows = np.flatnonzero(data.timeline.series == series)
        axes.plot(rows + 1, target[rows], color=INK, linewidth=0.8)
    for split in splits:
        axes.axvline(split.test[0] + 0.5, color=TEST.colour, linestyle=TEST.dash, linewidth=0.9)
    axes.set_ylabel("target")
    axes.grid(visible=False, axis="x")


def _rows_axis(panels: Sequence[Axes], data: Dataset) -> None:
    from matplotlib.ticker import StrMethodFormatter

    for axes in panels:
        axes.tick_params(axis="x", length=0, labelbottom=False)
    last = panels[-1]
    last.tick_params(axis="x", length=3, labelbottom=True)
    last.set_xlim(0.5, data.rows + 0.5)
    if data.ordered and data.timeline is not None and data.timeline.times:
        rows, words = time_ticks(data.timeline.times)
        last.set_xticks([row + 1 for row in rows], words)
        last.set_xlabel("time of the target")
    else:
        last.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        last.set_xlabel("row of the data set")
