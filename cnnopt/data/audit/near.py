"""Near duplicates: the same picture again, brighter, with more contrast or a little noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.data.audit.finding import Finding, few, number
from cnnopt.data.audit.shapes import Shapes, shadows, shapes_of
from cnnopt.data.audit.sides import Sides, all_rows, tested_rows
from cnnopt.data.dataset import Dataset
from cnnopt.data.duplicates import equal_rows

ALIKE = 0.999
"""Product of two examples (see `Shapes`) from which they count as the same. Measured over the
official parts, or five folds, the highest product of two examples that are not the same is 0.910 in
digits3d, 0.966 in mnist1d, 0.976 to 0.997 in the series of ItalyPowerDemand, Covid3Month, ArrowHead
and GunPoint, 0.981 in digits and in overlapping windows of a smart watch, 0.985 in 4,000 images of
CIFAR-10 and 0.988 in MNIST. In Fashion-MNIST 5 of 10,000 test images reach it, all with an image of
their class that shows the same article; in ModelNet10 8 of 3,991 solids. Noise of 4 % of what is an
example's own keeps it above: 1 - r is half the square of noise over spread."""

TOLERATED = 1e-3
"""Up to this share of the tested rows, near duplicates are a remark and no leak: they can lift an
accuracy by 0.1 points at most. Fashion-MNIST's official parts stay below."""

FEWEST_VALUES = 16
"""Positions of an example from which two are not alike by chance."""

REMEDY = (
    "Make copies, such as augmented images, after the split and of training rows only; or give an "
    "example and its copies one group (dataset.groups)"
)

_QUERIES, _KNOWN = 512, 4096  # distances of so many to so many at once: 8 MB, within the cache


def near_duplicates_across(data: Dataset, sides: Sequence[Sides], where: str = "parts") -> Finding:
    """Look for examples that differ from one on another side by brightness, contrast, some noise.

    Two examples are near duplicates if their correlation is at least `ALIKE`, once each channel is
    divided by its spread and centred within the example, and what all examples have in common is
    taken out. Equal examples are told elsewhere. A leak where more than `TOLERATED` of the tested
    rows have one. Shifted, turned or cropped copies are not found.

    Args:
        data: the data set. Tables (no axes in space), examples of fewer than 16 positions and
            windows of forecasts, which follow each other closely, are not looked at.
        sides: known against tested rows.
        where: what the rows are split into: `parts`, or `folds`.
    """
    check = f"near duplicates across {where}"
    if why := _not_applied(data):
        return Finding(check, 0, f"does not apply: {why}", True)
    pairs = near_twins(data.x, sides)
    tested = len(tested_rows(sides))
    if not pairs:
        looked = f"none of {number(tested, 'tested row')} has a correlation of {ALIKE}"
        return Finding(check, 0, looked, True)
    shown = few(f"{a} ~ {b} ({r:.5f})" for a, b, r in pairs)
    share = len(pairs) / tested
    detail = f"rows (correlation) {shown}"
    if share <= TOLERATED:
        detail += f"; too few among {number(tested, 'tested row')} to matter"
    return Finding(check, len(pairs), detail, share > TOLERATED, REMEDY)


def near_twins(x: NDArray[Any], sides: Sequence[Sides]) -> list[tuple[int, int, float]]:
    """Return pairs of different examples that some split has on two sides, alike by `ALIKE`.

    Args:
        x: inputs, shape (N, *axes, C).
        sides: known against tested rows.

    Returns:
        Triples (earlier row, later row, correlation), by the later row, which stands in one only.
    """
    rows = all_rows(sides)
    if not len(rows):
        return []
    # Of equal examples the first stands for all: the others would be found again and again.
    first = np.zeros(len(x), dtype=bool)
    first[equal_rows(x, rows)] = True
    shapes = shapes_of(x, rows)
    place = np.zeros(len(x), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    shadow = shadows(shapes, rows)
    best: dict[int, tuple[int, float]] = {}
    for side in sides:
        known, tested = (
            _Side(kept, *(array[place[kept]] for array in shadow))
            for kept in (numbers[first[numbers]] for numbers in side)
        )
        for one, other, r in _alike(shapes, known, tested):
            earlier, later = sorted((one, other))
            if r > best.get(later, (0, 0.0))[1]:
                best[later] = earlier, r
    return [(earlier, later, r) for later, (earlier, r) in sorted(best.items())]


class _Side(NamedTuple):
    """Rows of one side, their shadows, shape (n, K), and the squared lengths of these."""

    rows: Rows
    shadows: NDArray[np.float32]
    squares: NDArray[np.float32]


def _alike(shapes: Shapes, known: _Side, tested: _Side) -> list[tuple[int, int, float]]:
    """Return for each tested row that has one: it, a known row alike, their correlation."""
    # |a - b|² = 2 - 2r of unit vectors a and b; above it lies the rounding of a float32 product.
    limit = np.float32(2 - 2 * ALIKE + 1e-4)
    found: list[tuple[int, int, float]] = []
    ones = np.ones(max(len(known.rows), len(tested.rows)), np.float32)
    # |a|² + |b|² - 2ab in one product.
    right = np.column_stack([known.shadows, known.squares, ones[: len(known.rows)]])
    left = np.column_stack([-2 * tested.shadows, ones[: len(tested.rows)], tested.squares])
    for start in range(0, len(left), _QUERIES):
        rows = tested.rows[start : start + _QUERIES]
        without = np.ones(len(rows), dtype=bool)  # queries for which none is found yet
        for first in range(0, len(right), _KNOWN):
            others = known.rows[first : first + _KNOWN]
            distances = left[start : start + _QUERIES] @ right[first : first + _KNOWN].T
            distances[~without] = np.inf
            if not (distances <= limit).any():
                continue
            # The nearest shadow first: where copies are many, the rest need not be looked at.
            queries = np.flatnonzero(distances.min(axis=1) <= limit)
            nearest = distances[queries].argmin(axis=1)
            found += _checked(shapes, rows, others, queries, nearest, without)
            distances[~without] = np.inf
            queries, places = np.nonzero(distances <= limit)
            found += _checked(shapes, rows, others, queries, places, without)
    return found


def _checked(
    shapes: Shapes,
    rows: Rows,
    others: Rows,
    queries: NDArray[np.intp],
    places: NDArray[np.intp],
    without: NDArray[np.bool_],
) -> list[tuple[int, int, float]]:
    """Return the pairs that are alike, the best of each query, and tick the queries off."""
    r = shapes.correlations(rows[queries], others[places])
    found = []
    for query in np.unique(queries[r >= ALIKE]):
        mine = np.flatnonzero(queries == query)
        top = mine[np.argmax(r[mine])]
        found.append((int(rows[query]), int(others[places[top]]), float(r[top])))
        without[query] = False
    return found


def _not_applied(data: Dataset) -> str:
    """Return why near duplicates are not looked for; empty where they are."""
    if data.ordered:
        return "windows of a forecast follow each other closely"
    if len(data.input_shape) < 2:
        return "columns of a table have neither brightness nor contrast"
    if int(np.prod(data.input_shape[:-1])) < FEWEST_VALUES:
        return f"examples of fewer than {FEWEST_VALUES} positions are alike by chance"
    return ""
