"""k folds of whole groups: what is learnt of a subject is never tested on the same subject."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.splits.draw import class_codes
from cnnopt.splits.group_order import check_group_folds, shuffled_among_neighbours


def group_k_fold(
    groups: NDArray[Any], folds: int, generator: np.random.Generator | None
) -> list[Rows]:
    """Return the test rows of each fold: disjoint, covering, every group whole in one fold.

    The groups go, the largest first, each to the fold with the fewest rows. So the largest fold
    has at most one largest group more rows than the smallest fold, and mostly far less.

    Args:
        groups: which group each row belongs to, by number or name, shape (n,); only what is equal
            matters, not the names.
        folds: 2 <= folds <= number of groups.
        generator: draws which of like groups (of equal size, then `folds` neighbours by size) go
            first; None: of equal groups the one that appears last goes first, as in scikit-learn.

    Raises:
        ConfigError: fewer than 2 folds, or more than groups.

    Source:
        Graham 1969, "Bounds on multiprocessing timing anomalies", section 4 (largest first).
        Equals scikit-learn's GroupKFold where the groups' names ascend by first appearance; its
        `shuffle=True` evens the number of groups and not of rows.

    Example:
        >>> [fold.tolist() for fold in group_k_fold(np.array([7, 7, 7, 4, 4, 5]), 2, None)]
        [[0, 1, 2], [3, 4, 5]]
    """
    codes = class_codes(groups)
    sizes = np.bincount(codes)
    check_group_folds(folds, len(sizes))
    tie = np.arange(len(sizes)) if generator is None else generator.permutation(len(sizes))
    descending = np.lexsort((tie, sizes))[::-1]
    filled = np.zeros(folds, dtype=np.int64)
    fold_of = np.empty(len(sizes), dtype=np.int64)
    for group in shuffled_among_neighbours(descending, folds, generator):
        lightest = int(np.argmin(filled))
        fold_of[group] = lightest
        filled[lightest] += sizes[group]
    return [np.flatnonzero(fold_of[codes] == fold) for fold in range(folds)]
