"""The order in which whole groups go to the folds: drawn, but still nearly sorted."""

from __future__ import annotations

import numpy as np

from cnnopt.arrays import Rows
from cnnopt.splits.fold_count import check_folds


def check_group_folds(folds: int, groups: int) -> None:
    """Raise unless every one of `folds` can have a group of its own.

    Raises:
        ConfigError: at `cv.folds`.
    """
    check_folds(folds, groups, f"the number of groups ({groups})", "Use scheme k_fold")


def shuffled_among_neighbours(
    order: Rows, block: int, generator: np.random.Generator | None
) -> Rows:
    """Return `order` with each `block` of neighbours, from the first on, in random order.

    A greedy that is given its items sorted would make the same folds for every seed. Shuffled
    among as many neighbours as there are folds, large items still go before small ones: other
    seeds make other folds, and these are nearly as even.

    Args:
        order: the items, sorted, shape (n,).
        block: how many neighbours change places, at least 1.
        generator: draws the places; None: `order` stays.
    """
    if generator is None:
        return order
    starts = range(0, len(order), block)
    return np.concatenate([generator.permutation(order[i : i + block]) for i in starts])
