"""The paired t-test: two treatments measured on the same seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from cnnopt.statistics.intervals import Interval, checked_level


@dataclass(frozen=True)
class PairedTest:
    """What the differences a - b of n pairs say.

    Attributes:
        difference: their mean.
        se: standard error of that mean: sd/√n, or more where pairs share data; NaN for one pair.
        df: degrees of freedom, n - 1.
        p: two-sided p-value against a mean difference of 0; NaN for one pair.
    """

    difference: float
    se: float
    df: int
    p: float

    @property
    def n(self) -> int:
        """Number of pairs."""
        return self.df + 1

    @property
    def sd(self) -> float:
        """Standard deviation of the differences (ddof 1), where pairs are independent."""
        return float(self.se * np.sqrt(self.n))

    def interval(self, level: float = 0.95) -> Interval:
        """Return Student's interval of the mean difference at `level`, in (0, 1)."""
        checked_level(level)
        if not self.df:
            return Interval(float("nan"), float("nan"))
        half = float(stdtrit(self.df, (1 + level) / 2)) * self.se
        return Interval(self.difference - half, self.difference + half)


def paired_t(a: Sequence[float], b: Sequence[float]) -> PairedTest:
    """Test whether the mean of a - b differs from 0, pair by pair.

    t = mean(a - b) / (sd(a - b)/√n) with n - 1 degrees of freedom, two-sided. Identical values
    give p = 1; the same difference in every pair gives p = 0.

    Args:
        a: n values, one per seed.
        b: n values on the same seeds, in the same order.

    Raises:
        ValueError: different lengths, no values, or values that are not finite (a diverged run
            has to be scored before it is compared).

    Example:
        >>> test = paired_t([3.0, 4.0, 6.0], [1.0, 3.0, 3.0])
        >>> test.difference, test.df, round(test.p, 4)
        (2.0, 2, 0.0742)

    Source: Student (Gosset) 1908, "The probable error of a mean".
    """
    return corrected_paired_t(a, b, 0.0)


def corrected_paired_t(
    a: Sequence[float], b: Sequence[float], n_test_over_n_train: float
) -> PairedTest:
    """Test whether the mean of a - b differs from 0 over folds, whose training parts overlap.

    As `paired_t` with the standard error √((1/n + n_test/n_train) · sd²): folds share most of
    their training rows, and sd/√n would call nearly every difference significant.

    Args:
        a: the metric of one model on each fold of each repeat.
        b: of the other on the same folds, in the same order.
        n_test_over_n_train: as of `corrected_interval`.

    Raises:
        ValueError: as `paired_t`, or a negative ratio.

    Source: Nadeau and Bengio 2003, "Inference for the generalization error"; Bouckaert and Frank
    2004, "Evaluating the replicability of significance tests".
    """
    if not n_test_over_n_train >= 0:
        raise ValueError(f"n_test_over_n_train must be >= 0, got {n_test_over_n_train}.")
    first, second = checked_pairs(a, b)
    differences = first - second
    df = len(differences) - 1
    mean = float(differences.mean())
    if not df:
        return PairedTest(mean, float("nan"), 0, float("nan"))
    se = float(differences.std(ddof=1) * np.sqrt(1 / (df + 1) + n_test_over_n_train))
    if se == 0.0:
        return PairedTest(mean, 0.0, df, 0.0 if mean else 1.0)
    return PairedTest(mean, se, df, float(2 * stdtr(df, -abs(mean / se))))


def checked_pairs(
    a: Sequence[float], b: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a and b as arrays of shape (n,) when they are n >= 1 pairs of finite values.

    Raises:
        ValueError: different lengths, no values, or values that are not finite.
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1 or not len(first):
        raise ValueError(
            f"a and b must hold the same number of values, at least one, "
            f"got shapes {first.shape} and {second.shape}."
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("a and b must be finite. Score a diverged run before comparing it.")
    return first, second
