"""Confidence intervals of a mean: over seeds, over folds, over examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit


class Interval(NamedTuple):
    """Both ends of an interval; NaN where there are too few values for one."""

    low: float
    high: float


def checked_level(level: float) -> float:
    """Return `level` when it is a confidence level.

    Raises:
        ValueError: it is not in (0, 1).
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be in (0, 1), got {level}. Use 0.95.")
    return level


def t_interval(values: Sequence[float], level: float = 0.95) -> Interval:
    """Return Student's interval of the mean of independent values, such as runs on several seeds.

    mean ± t((1 + level)/2, n - 1) · sd/√n, with the unbiased sd (ddof 1).

    Args:
        values: n values; fewer than two give (NaN, NaN).
        level: confidence level in (0, 1).

    Raises:
        ValueError: a level outside (0, 1).

    Example:
        >>> low, high = t_interval([1.0, 2.0, 3.0])
        >>> round(low, 3), round(high, 3)
        (-0.484, 4.484)
    """
    return corrected_interval(values, 0.0, level)


def corrected_interval(
    values: Sequence[float], n_test_over_n_train: float, level: float = 0.95
) -> Interval:
    """Return the interval over folds, whose training parts overlap: Nadeau and Bengio's.

    mean ± t((1 + level)/2, n - 1) · √((1/n + n_test/n_train) · sd²), with n = folds · repeats.
    The folds share most of their training rows, so sd/√n would claim a precision that is not there.

    Args:
        values: the metric of each fold of each repeat; fewer than two give (NaN, NaN).
        n_test_over_n_train: rows of a fold's test part over rows of its whole training part,
            inner validation included: 1/(k - 1) for k folds.
        level: confidence level in (0, 1).

    Raises:
        ValueError: a level outside (0, 1), or a negative ratio.

    Example:
        >>> low, high = corrected_interval([0.96, 0.97, 0.98, 0.97, 0.97], 1 / 4)
        >>> round(low, 4), round(high, 4)
        (0.9568, 0.9832)

    Source: Nadeau and Bengio 2003, "Inference for the generalization error", section 3;
    Bouckaert and Frank 2004 for repeats.
    """
    checked_level(level)
    if not n_test_over_n_train >= 0:
        raise ValueError(f"n_test_over_n_train must be >= 0, got {n_test_over_n_train}.")
    sample = np.asarray(values, dtype=np.float64)
    if len(sample) < 2:
        return Interval(float("nan"), float("nan"))
    error = np.sqrt((1 / len(sample) + n_test_over_n_train) * sample.var(ddof=1))
    half = float(stdtrit(len(sample) - 1, (1 + level) / 2) * error)
    mean = float(sample.mean())
    return Interval(mean - half, mean + half)


def bootstrap_interval(
    values: ArrayLike,
    level: float = 0.95,
    generator: np.random.Generator | None = None,
    resamples: int = 2000,
) -> Interval:
    """Return the percentile bootstrap interval of the mean over examples.

    Says how far the mean would move with other examples from the same source; the trained model is
    held fixed. Where all values agree, such as no error at all, its width is 0: then it says
    nothing. Of pairs, hand in the differences: each pair is then drawn as one. Ten seeds are too
    few, 95 % would cover the mean about 90 times in 100: take `PairedTest.interval`.

    Args:
        values: one value per example, shape (n,): 1 for right and 0 for wrong, or a loss; none
            gives (NaN, NaN).
        level: confidence level in (0, 1).
        generator: source of the resamples; None takes a fixed one, so that a report can be drawn
            again.
        resamples: how many samples of n examples are drawn with replacement, >= 100.

    Raises:
        ValueError: a level outside (0, 1), or fewer than 100 resamples.

    Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", section 13.3.
    """
    checked_level(level)
    if resamples < 100:
        raise ValueError(f"resamples must be >= 100, got {resamples}. Use 2000.")
    sample = np.asarray(values, dtype=np.float64).ravel()
    if not len(sample):
        return Interval(float("nan"), float("nan"))
    generator = generator or np.random.default_rng(0)
    means = np.empty(resamples)
    block = max(1, 1_000_000 // len(sample))  # 8 MB of row numbers at a time
    for start in range(0, resamples, block):
        count = min(block, resamples - start)
        picked = generator.integers(len(sample), size=(count, len(sample)))
        means[start : start + count] = sample[picked].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
