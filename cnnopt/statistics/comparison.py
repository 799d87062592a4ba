"""All pairs of several treatments on the same seeds, tested as one family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from cnnopt.statistics.intervals import Interval
from cnnopt.statistics.paired import PairedTest, paired_t
from cnnopt.statistics.stepdown import holm, verdict_intervals


@dataclass(frozen=True)
class Pair:
    """Two treatments: from `compare_pairs` the better mean first, else as they were asked for.

    Attributes:
        a: the treatment that is looked at; of `compare_pairs` the one with the better mean, of
            equal ones the first given.
        b: the one that it is compared with.
        test: the paired t-test of a - b, in the metric's own unit: negative for a loss.
        p_adjusted: Holm's p-value over all pairs of the family; NaN for a single seed.
        interval: of the difference, at the level of the pair's Holm step.
        alpha: level of the family: `p_adjusted <= alpha` decides.
        family: number of pairs in the family.
    """

    a: str
    b: str
    test: PairedTest
    p_adjusted: float
    interval: Interval
    alpha: float
    family: int

    @property
    def significant(self) -> bool:
        """Whether a differs from b by the adjusted p-value; then the interval excludes 0."""
        return self.p_adjusted <= self.alpha

    @property
    def identical(self) -> bool:
        """Whether a and b gave the same value on every seed."""
        return self.test.difference == 0.0 and self.test.se == 0.0


def compare_pairs(
    values: Mapping[str, Sequence[float]], *, higher_is_better: bool, alpha: float = 0.05
) -> list[Pair]:
    """Return the paired tests of every two treatments, Holm-adjusted over all of them.

    All pairs count, m·(m - 1)/2, also when only those with the best one are read: it was picked
    after looking.

    Args:
        values: by treatment, one value per seed, the seeds in the same order.
        higher_is_better: which way the metric goes; decides which of a pair comes first.
        alpha: accepted share of families with any false verdict, in (0, 1).

    Raises:
        ValueError: different numbers of values, or values that are not finite.

    Example:
        >>> pairs = compare_pairs({"sgd": [0.90, 0.91, 0.92], "adam": [0.95, 0.97, 0.96]},
        ...                       higher_is_better=True)
        >>> pairs[0].a, round(pairs[0].test.difference, 3), pairs[0].significant
        ('adam', 0.05, True)

    Source: Demšar 2006, "Statistical comparisons of classifiers over multiple data sets", 3.2.
    """
    means = {name: float(np.mean(numbers)) for name, numbers in values.items()}
    sign = 1 if higher_is_better else -1
    couples = [
        (a, b) if sign * means[a] >= sign * means[b] else (b, a) for a, b in combinations(values, 2)
    ]
    return compare_couples(couples, values, alpha=alpha)


def compare_couples(
    couples: Sequence[tuple[str, str]],
    values: Mapping[str, Sequence[float]],
    *,
    alpha: float = 0.05,
) -> list[Pair]:
    """Return the paired tests a - b of chosen couples (a, b), Holm-adjusted over these alone.

    For a study that says before it runs which comparisons it will state: the fewer, the sharper.

    Args:
        couples: names of two treatments each, in the order in which they are returned.
        values, alpha: as of `compare_pairs`.

    Raises:
        ValueError: as of `compare_pairs`.

    Example:
        >>> values = {"plain": [1.0, 2.0, 3.0], "a": [2.0, 3.5, 4.0], "b": [1.0, 2.5, 2.0]}
        >>> pairs = compare_couples([("a", "plain"), ("b", "plain")], values)
        >>> [round(pair.test.difference, 2) for pair in pairs], pairs[0].family
        ([1.17, -0.17], 2)
    """
    tests = [paired_t(values[a], values[b]) for a, b in couples]
    adjusted = holm([test.p for test in tests])
    intervals = verdict_intervals(tests, alpha)
    return [
        Pair(a, b, test, p_adjusted, interval, alpha, len(couples))
        for (a, b), test, p_adjusted, interval in zip(
            couples, tests, adjusted, intervals, strict=True
        )
    ]


def best_of(pairs: Sequence[Pair]) -> str:
    """Return the treatment with the best mean: it stands first in all of its pairs.

    Raises:
        ValueError: no pairs.
    """
    if not pairs:
        raise ValueError("there are no pairs. Compare at least two treatments.")
    behind = {pair.b for pair in pairs}
    return next(pair.a for pair in pairs if pair.a not in behind)
