"""Holm's correction for many comparisons, and intervals that agree with it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnopt.statistics.intervals import Interval
from cnnopt.statistics.paired import PairedTest


def holm(p: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values.

    Whoever rejects where they are <= α will be wrong anywhere in at most a share α of families.
    With the p-values in rising order, adjusted(i) = max over j <= i of min(1, (m - j + 1)·p(j)).

    Args:
        p: p-values in [0, 1] in any order; NaN (no test was possible) stays NaN and does not count.

    Returns:
        The adjusted values, in the order given.

    Raises:
        ValueError: a value outside [0, 1].

    Example:
        >>> [round(value, 3) for value in holm([0.01, 0.04, 0.03])]
        [0.03, 0.06, 0.06]

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    if any(not 0 <= value <= 1 for value in p if not math.isnan(value)):
        raise ValueError(f"p-values must be in [0, 1], got {list(p)}.")
    adjusted = [float("nan")] * len(p)
    largest = 0.0
    for index, factor in _steps(p):
        largest = max(largest, min(1.0, factor * p[index]))
        adjusted[index] = largest
    return adjusted


def verdict_intervals(tests: Sequence[PairedTest], alpha: float = 0.05) -> list[Interval]:
    """Return the intervals that exclude 0 exactly where Holm's adjusted p-value is <= alpha.

    The interval of the i-th smallest p has level 1 - α/(m - i + 1); from the first step that fails
    on, all have that step's level.

    Args:
        tests: all comparisons of the family.
        alpha: share of families with any false verdict that is accepted, in (0, 1).

    Returns:
        One interval per test, in the order given; (NaN, NaN) where no test was possible.

    Raises:
        ValueError: alpha outside (0, 1).
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be in (0, 1), got {alpha}. Use 0.05.")
    p = [test.p for test in tests]
    adjusted = holm(p)
    intervals = [Interval(float("nan"), float("nan"))] * len(p)
    failing = 0
    for index, factor in _steps(p):
        rejected = adjusted[index] <= alpha
        if not rejected and not failing:
            failing = factor
        interval = tests[index].interval(1 - alpha / (failing or factor))
        intervals[index] = _agreeing(interval, tests[index].difference, rejected)
    return intervals


def _steps(p: Sequence[float]) -> list[tuple[int, int]]:
    """Return (index, m - i + 1) by rising p; equal values in the order given."""
    order = sorted((i for i, value in enumerate(p) if not math.isnan(value)), key=p.__getitem__)
    return [(index, len(order) - step) for step, index in enumerate(order)]


def _agreeing(interval: Interval, difference: float, rejected: bool) -> Interval:
    """Return the interval with its end on the right side of 0, should p stand on the very edge.

    The t distribution and its inverse are rounded differently; p decides.
    """
    low, high = interval
    excludes = low > 0 or high < 0
    if rejected == excludes:
        return interval
    edge = math.copysign(math.ulp(0.0), difference) if rejected else 0.0
    return Interval(edge, high) if difference > 0 else Interval(low, edge)
