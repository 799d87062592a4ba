"""Shuffle split: the holdout drawn again and again (Monte Carlo cross-validation)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.errors import ConfigError, Fault
from cnnopt.splits.draw import draw, share_or_count
from cnnopt.splits.fold_count import check_plural
from cnnopt.splits.sides import Sides


def shuffle_split(
    rows: int,
    labels: NDArray[Any] | None,
    folds: int,
    test: float,
    generator: np.random.Generator,
) -> list[Sides]:
    """Return folds each of which is an independent draw; stratified where there are labels.

    A row may be tested in several folds or in none. More folds leave the first ones as they are.

    Args:
        rows: number of examples n.
        labels: a label per row, shape (n,), to stratify by (see `draw`); None: drawn plainly.
        folds: how many draws, at least 2; there may be more than rows.
        test: a share of the rows in (0, 1), rounded up, or a count (int) in [1, n).
        generator: where the draws come from.

    Raises:
        ConfigError: fewer than 2 folds, or a test part of no row or of all.

    Source:
        Picard & Cook 1984, "Cross-validation of regression models". Sizes as in scikit-learn's
        ShuffleSplit, which rounds shares up, too.

    Example:
        >>> folds = shuffle_split(10, None, 3, 0.25, np.random.default_rng(0))
        >>> [(len(train), len(test)) for train, test in folds]
        [(7, 3), (7, 3), (7, 3)]
    """
    check_plural(folds)
    count = share_or_count(test, rows)
    if not 0 < count < rows:
        rule = f"must be a share in (0, 1) or a count below the {rows} rows, and leave some to both"
        raise ConfigError(Fault("cv.test", rule, str(test), "Use 0.2"))
    everything = np.arange(rows, dtype=np.int64)
    drawn = (draw(everything, labels, count, generator) for _ in range(folds))
    return [Sides(train, tested) for tested, train in drawn]
