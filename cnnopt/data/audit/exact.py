"""Equal examples: on both sides of a split a leak, with two labels a remark."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.data.audit.finding import Finding, few, number
from cnnopt.data.audit.sides import Sides, all_rows, members
from cnnopt.data.dataset import Dataset
from cnnopt.data.duplicates import equal_rows, exact_duplicates

REMEDY = (
    "Take the copies out of the data, or give equal rows one group (dataset.groups), so that no "
    "split parts them"
)


def twins(data: Dataset, sides: Sequence[Sides]) -> list[tuple[int, int]]:
    """Return pairs of equal examples that some split has on two sides.

    An example of a table counts only where its target is equal too: columns of few values agree by
    chance, while a copied row copies its target. An image or a series is a copy whatever its label.

    Args:
        data: the data set.
        sides: known against tested rows.

    Returns:
        Pairs (earlier row, later row), by the later row, which stands in one pair only.
    """
    rows = all_rows(sides)
    codes = np.zeros(data.rows, dtype=np.int64)
    codes[rows] = equal_rows(data.x, rows)
    if len(data.input_shape) == 1:
        # Rows that agree with their first equal in x and in y agree in both.
        codes[rows] = _both(codes[rows], equal_rows(data.y, rows))
    _, place, counts = np.unique(codes[rows], return_inverse=True, return_counts=True)
    repeated = rows[counts[place] > 1]
    partner: dict[int, int] = {}
    for side in members(sides, repeated):
        for earlier, later in exact_duplicates(codes, side):
            partner[later] = min(earlier, partner.get(later, earlier))
    return sorted(((a, b) for b, a in partner.items()), key=lambda pair: pair[1])


def duplicates_across(data: Dataset, sides: Sequence[Sides], where: str = "parts") -> Finding:
    """Look for equal examples on two sides of a split: a leak.

    Args:
        data: the data set.
        sides: known against tested rows.
        where: what the rows are split into: `parts`, or `folds`.
    """
    pairs = twins(data, sides)
    shown = few(f"{a} = {b}" for a, b in pairs)
    detail = f"rows {shown}" if pairs else f"none among {number(len(all_rows(sides)), 'row')}"
    return Finding(f"exact duplicates across {where}", len(pairs), detail, True, REMEDY)


def two_labels(data: Dataset, rows: Rows) -> Finding:
    """Look for one example that stands there with several labels or targets: a remark.

    Args:
        data: the data set.
        rows: rows that take part.
    """
    inputs = equal_rows(data.x, rows)
    # One number per different pair of example and label; an example with two of them is told.
    pairs = np.unique(np.stack([inputs, equal_rows(data.y, rows)]), axis=1)
    examples, labels = np.unique(pairs[0], return_counts=True)
    told = examples[labels > 1]
    what = "label" if data.classes else "target"
    if not len(told):
        detail = f"none among {number(len(rows), 'row')}"
    else:
        sets = (" = ".join(map(str, rows[inputs == example][:4])) for example in told)
        detail = f"rows {few(sets)}"
    return Finding(f"one example with two {what}s", len(told), detail, False)


def _both(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number for each different pair of codes."""
    _, place = np.unique(np.stack([one, other]), axis=1, return_inverse=True)
    return np.asarray(place, dtype=np.int64).reshape(-1)
