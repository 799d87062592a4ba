"""k folds of whole groups with the classes' ratios kept as well as whole groups allow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.splits.draw import class_codes
from cnnopt.splits.group_order import check_group_folds, shuffled_among_neighbours

Counts = NDArray[np.float64]


def stratified_group(
    labels: NDArray[Any],
    groups: NDArray[Any],
    folds: int,
    generator: np.random.Generator | None,
) -> list[Rows]:
    """Return the test rows of each fold: every group whole, class ratios kept as a greedy can.

    The groups go, the one with the most uneven class counts first, each to the fold where it
    leaves the classes' shares in the folds with the smallest standard deviation (mean over the
    classes); of like folds to the one with the fewest rows. No fold stays empty. A class that
    stands in fewer groups than there are folds is missing in some.

    Args:
        labels: a label per row, shape (n,).
        groups: which group each row belongs to, shape (n,).
        folds: 2 <= folds <= number of groups.
        generator: draws which of like groups (of equal spread, then `folds` neighbours by spread)
            go first; None: of equal groups the one that appears first.

    Raises:
        ConfigError: fewer than 2 folds, or more than groups.

    Source:
        The idea of scikit-learn's StratifiedGroupKFold. Equals it where the names of classes and
        groups ascend by first appearance, unless rounding errors have that one leave a fold empty.

    Example:
        >>> labels, groups = np.array([0, 1, 0, 1, 0, 0, 1, 1]), np.array([1, 1, 2, 2, 3, 3, 4, 4])
        >>> [fold.tolist() for fold in stratified_group(labels, groups, 2, None)]
        [[0, 1, 4, 5], [2, 3, 6, 7]]
    """
    classes, codes = class_codes(labels), class_codes(groups)
    counts: Counts = np.zeros((codes.max(initial=-1) + 1, classes.max(initial=-1) + 1))
    np.add.at(counts, (codes, classes), 1)
    check_group_folds(folds, len(counts))
    tie = np.arange(len(counts)) if generator is None else generator.permutation(len(counts))
    descending = np.lexsort((tie, -np.std(counts, axis=1)))
    totals: Counts = counts.sum(axis=0)
    filled: Counts = np.zeros((folds, counts.shape[1]))
    fold_of = np.empty(len(counts), dtype=np.int64)
    order = shuffled_among_neighbours(descending, folds, generator)
    for left, group in zip(range(len(order), 0, -1), order, strict=True):
        held = filled.sum(axis=1)
        best = _best_fold(filled, counts[group], totals)
        # An empty fold is never worse, but rounding may have it so; the last groups go there.
        if held[best] > 0 and (held == 0).sum() == left:
            best = int(np.argmin(held))
        fold_of[group] = best
        filled[best] += counts[group]
    return [np.flatnonzero(fold_of[codes] == fold) for fold in range(folds)]


def _best_fold(filled: Counts, group: Counts, totals: Counts) -> int:
    """Return the fold where adding `group` spreads the classes' shares least.

    Args:
        filled: rows per fold and class so far, shape (folds, classes).
        group: the group's rows per class, shape (classes,).
        totals: all rows per class, shape (classes,).
    """
    folds = len(filled)
    proposed = np.repeat(filled[None], folds, axis=0)  # (folds to choose, folds, classes)
    proposed[np.arange(folds), np.arange(folds)] += group
    spreads = np.std(proposed / totals, axis=1).mean(axis=1)
    rows = filled.sum(axis=1)
    best, least = 0, float(spreads[0])
    for fold, spread in enumerate(spreads.tolist()):
        # As close as makes no difference: sums of the same shares, rounded in another order.
        alike = abs(spread - least) <= 1e-8 + 1e-5 * least
        if spread < least or (alike and rows[fold] < rows[best]):
            best, least = fold, spread
    return best
