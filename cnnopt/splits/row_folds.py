"""k-fold, plain and stratified: which rows each fold tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.splits.draw import class_codes
from cnnopt.splits.fold_count import check_folds


def k_fold(rows: int, folds: int, generator: np.random.Generator | None) -> list[Rows]:
    """Return the test rows of each fold: disjoint, covering, sizes differ by at most 1.

    Args:
        rows: number of examples n.
        folds: 2 <= folds <= n.
        generator: shuffles; None: folds are blocks of neighbouring rows.

    Raises:
        ConfigError: fewer than 2 folds, or more than rows.

    Example:
        >>> [fold.tolist() for fold in k_fold(5, 2, None)]
        [[0, 1, 2], [3, 4]]
    """
    check_folds(folds, rows, f"the {rows} rows", "Give more rows")
    order = np.arange(rows) if generator is None else generator.permutation(rows)
    return [np.sort(part).astype(np.int64) for part in np.array_split(order, folds)]


def stratified(
    labels: NDArray[Any], folds: int, generator: np.random.Generator | None
) -> list[Rows]:
    """Return the test rows of each fold with the classes' ratios kept.

    The rows are sorted by class and dealt like cards, so sizes of folds differ by at most 1 and so
    do the counts of a class in them. Classes are known by first appearance: relabelling changes
    nothing.

    Args:
        labels: a label per row, shape (n,).
        folds: at least 2, at most the rows of the smallest class.
        generator: shuffles within classes; None: each class goes to the folds in order of rows.

    Raises:
        ConfigError: fewer than 2 folds, or more than the smallest class has rows.
    """
    codes = class_codes(labels)
    sizes = np.bincount(codes)
    names = labels[np.sort(np.unique(labels, return_index=True)[1])]
    smallest = int(np.argmin(sizes))
    of_class = f"the rows of the smallest class (number {names[smallest]}: {sizes[smallest]} rows)"
    check_folds(folds, int(sizes[smallest]), of_class, "Merge or drop the class")
    by_class = np.argsort(codes, kind="stable")
    # Which folds the cards of each class went to, then put in order within the class.
    dealt = np.arange(len(codes)) % folds
    within = dealt[np.lexsort((dealt, codes[by_class]))]
    if generator is not None:
        starts = np.cumsum(sizes) - sizes
        for start, size in zip(starts, sizes, strict=True):
            within[start : start + size] = generator.permutation(within[start : start + size])
    fold_of = np.empty(len(codes), dtype=np.int64)
    fold_of[by_class] = within
    return [np.flatnonzero(fold_of == fold).astype(np.int64) for fold in range(folds)]
