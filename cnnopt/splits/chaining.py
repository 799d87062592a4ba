"""Forward chaining: for rows in order of time, the past trains and the future tests."""

from __future__ import annotations

from typing import Literal

import numpy as np

from cnnopt.errors import ConfigError, Fault
from cnnopt.splits.fold_count import check_folds
from cnnopt.splits.sides import Sides

Window = Literal["expanding", "sliding"]


def forward_chaining(
    rows: int,
    folds: int,
    *,
    test: int | None = None,
    gap: int = 0,
    window: Window = "expanding",
    train: int | None = None,
) -> list[Sides]:
    """Return folds whose test blocks follow each other up to the last row.

    Fold i tests the block [s, s + test), s = n - (folds - i)·test, and trains on rows before
    s - gap: on all of them (expanding), or on the last `train` of them (sliding).

    Args:
        rows: number of rows n, in order of time.
        folds: 2 <= folds < n.
        test: rows of a test block; None: n // (folds + 1).
        gap: rows left out before each test block, at least 0.
        window: expanding or sliding.
        train: rows of the sliding window; None: as many as the first fold has. Folds that have
            fewer rows before them train on those.

    Raises:
        ConfigError: no row is left to train the first fold on; `train` without a sliding window
            or larger than any fold could use.

    Source:
        Tashman 2000, "Out-of-sample tests of forecasting accuracy" (rolling origin). Equals
        scikit-learn's TimeSeriesSplit with n_splits, test_size, gap, max_train_size = `train`.

    Example:
        >>> for train, test in forward_chaining(7, 2, gap=1): print(train.tolist(), test.tolist())
        [0, 1] [3, 4]
        [0, 1, 2, 3] [5, 6]
    """
    check_folds(folds, rows - 1, f"the {rows} rows less one to train on", "Add data")
    size = rows // (folds + 1) if test is None else test
    _check_sizes(rows, folds, size, gap)
    first, last = rows - folds * size - gap, rows - size - gap
    longest = _longest(window, train, first, last)
    everything = np.arange(rows, dtype=np.int64)
    sides = []
    for start in range(rows - folds * size, rows, size):
        end = start - gap
        sides.append(
            Sides(everything[max(0, end - longest) : end], everything[start : start + size])
        )
    return sides


def _check_sizes(rows: int, folds: int, test: int, gap: int) -> None:
    """Raise unless blocks of `test` rows and the gap leave the first fold a row to train on."""
    most = (rows - 1) // folds
    if not 1 <= test <= most:
        rule = f"must be a count of rows in [1, {most}] for {folds} folds of {rows} rows"
        raise ConfigError(Fault("cv.test", rule, str(test), f"Use at most {most}"))
    most = rows - folds * test - 1
    if not 0 <= gap <= most:
        rule = f"must be in [0, {most}], so that rows to train on stand before the first test block"
        remedy = "Make it, cv.folds or cv.test smaller" if gap > most else "Use 0"
        raise ConfigError(Fault("cv.gap", rule, str(gap), remedy))


def _longest(window: Window, train: int | None, first: int, last: int) -> int:
    """Return how many rows a fold trains on at most, of folds with `first` to `last` before."""
    if window == "expanding":
        if train is not None:
            rule = "an expanding window has all rows before it, and no length"
            remedy = "Leave it out, or use cv.window sliding"
            raise ConfigError(Fault("cv.train", rule, str(train), remedy))
        return last
    if train is None:
        return first
    if not 1 <= train <= last:
        rule = f"must be in [1, {last}], the rows before the last test block"
        raise ConfigError(Fault("cv.train", rule, str(train), f"Use {first}, or leave it out"))
    return train
