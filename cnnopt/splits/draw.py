"""Drawing some rows of many, stratified where there are labels."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows


def share_or_count(amount: float, rows: int) -> int:
    """Return how many of `rows` a share in (0, 1) or a count (int) means.

    Shares round up, so a share is never less than asked and never nothing: 0.2 of 1,797 is 360.
    The product is taken in decimal: in binary 0.07 · 100 is more than 7.
    """
    if isinstance(amount, int):
        return amount
    return math.ceil(Decimal(repr(float(amount))) * rows)


def but(rows: Rows, taken: Rows) -> Rows:
    """Return those of `rows` (ascending, each once) that are not among `taken`."""
    if not len(taken):
        return rows
    left = np.ones(max(int(rows.max(initial=0)), int(taken.max())) + 1, dtype=bool)
    left[taken] = False
    return rows[left[rows]]


def class_codes(labels: NDArray[Any]) -> NDArray[np.int64]:
    """Number the classes by first appearance, so that a split survives any relabelling."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def draw(
    rows: Rows, labels: NDArray[Any] | None, count: int, generator: np.random.Generator
) -> tuple[Rows, Rows]:
    """Return `count` of `rows`, drawn at random, and the others; both ascending.

    With labels every class gives its share of `count`, rounded down or up, and keeps at least one
    row with the others as long as `count` allows (classes of one or two rows then give less, large
    ones more): a class that cannot be learnt need not be tested.

    Args:
        rows: row numbers, shape (n,).
        labels: a label for each row of the data set (not only of `rows`), or None.
        count: 0 <= count <= n.
        generator: where the draw comes from.
    """
    if labels is None:
        chosen = np.zeros(len(rows), dtype=bool)
        chosen[generator.permutation(len(rows))[:count]] = True
    else:
        codes = class_codes(labels[rows])
        quota = _quotas(np.bincount(codes), count)
        order = generator.permutation(len(rows))
        # Place of each row within its own class, in the order of the permutation.
        by_class = order[np.argsort(codes[order], kind="stable")]
        starts = np.cumsum(np.bincount(codes)) - np.bincount(codes)
        place = np.arange(len(rows)) - starts[codes[by_class]]
        chosen = np.zeros(len(rows), dtype=bool)
        chosen[by_class[place < quota[codes[by_class]]]] = True
    return np.sort(rows[chosen]), np.sort(rows[~chosen])


def _quotas(sizes: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Share `count` out over classes of `sizes` by largest remainders, in whole numbers."""
    total = int(sizes.sum())
    if count in (0, total):
        return sizes * (count > 0)
    products = sizes * count
    quota: NDArray[np.int64] = products // total
    keep_one = sizes - 1
    most = keep_one if count <= keep_one.sum() else sizes
    by_remainder = np.lexsort((np.arange(len(sizes)), -(products % total)))
    # More than one round only where classes at their limit leave their share to the others.
    while quota.sum() < count:
        for code in by_remainder:
            quota[code] += quota[code] < most[code] and quota.sum() < count
    return quota
