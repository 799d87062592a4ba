"""Wilcoxon's signed-rank test: paired treatments, without a normal distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from cnnopt.statistics.paired import checked_pairs
from cnnopt.statistics.ranks import doubled_ranks, rounding

_EXACT = 50  # as many signs have 2**50 outcomes, which float64 and int64 count without rounding


@dataclass(frozen=True)
class SignedRankTest:
    """What the ranks of the differences a - b say.

    Attributes:
        plus: sum of the ranks of the pairs where a is larger.
        minus: sum of the ranks of the pairs where b is larger.
        n: number of pairs that differ; only these have ranks.
        zeros: number of pairs that do not, and were dropped.
        p: two-sided p-value; never below 2/2**n, so with 5 pairs not below 0.0625.
        exact: whether p counts all signs (n <= 50) and is no normal approximation.
    """

    plus: float
    minus: float
    n: int
    zeros: int
    p: float
    exact: bool


def wilcoxon(a: Sequence[float], b: Sequence[float]) -> SignedRankTest:
    """Test whether the differences a - b lie symmetrically around 0, by the ranks of their sizes.

    T = min(plus, minus), and p is the share of the 2ⁿ ways to put signs before the same ranks,
    ties and all, that give a T as small. Above 50 pairs the normal approximation takes over, with
    mean n(n + 1)/4, variance Σ rank²/4 (ties are in it) and the continuity correction of 1/2.

    Pairs without a difference are dropped, in Wilcoxon's way; where that leaves none, p = 1.
    Differences that agree but for the rounding of a and b are tied, and such ones of 0 are 0.

    Args:
        a: n values, one per seed or one per problem.
        b: n values on the same seeds or problems, in the same order.

    Raises:
        ValueError: different lengths, no values, or values that are not finite.

    Example:
        >>> test = wilcoxon([0.9, 0.8, 0.9, 0.7], [0.5, 0.6, 0.8, 0.7])
        >>> test.plus, test.minus, test.n, test.zeros, test.p
        (6.0, 0.0, 3, 1, 0.25)

    Source: Wilcoxon 1945, "Individual comparisons by ranking methods"; Demšar 2006, 3.1.3. SciPy
    counts exactly only without ties, and ranks the rounding of differences.
    """
    first, second = checked_pairs(a, b)
    slack = rounding(first, second)
    every = first - second
    differences = every[np.abs(every) > slack]
    n = len(differences)
    ranks = doubled_ranks(np.abs(differences), slack)
    plus = int(ranks[differences > 0].sum())
    minus = int(ranks.sum()) - plus
    p = _counted(ranks, min(plus, minus)) if n <= _EXACT else _normal(ranks, min(plus, minus))
    return SignedRankTest(plus / 2, minus / 2, n, len(every) - n, p, n <= _EXACT)


def _counted(ranks: NDArray[np.int64], smaller: int) -> float:
    """Return the two-sided share of the signs whose doubled sum of ranks is at most `smaller`."""
    ways = np.zeros(int(ranks.sum()) + 1, dtype=np.int64)  # by doubled sum, of the ranks so far
    ways[0] = 1
    for rank in ranks.tolist():
        ways[rank:] += ways[:-rank]
    return min(1.0, 2 * int(ways[: smaller + 1].sum()) / (1 << len(ranks)))


def _normal(ranks: NDArray[np.int64], smaller: int) -> float:
    halves = ranks / 2
    distance = max(0.0, (float(halves.sum()) - smaller) / 2 - 0.5)
    return min(1.0, 2 * float(ndtr(-distance / (math.sqrt(float(halves @ halves)) / 2))))
