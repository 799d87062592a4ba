"""How much of what came out a single setting explains, with chance taken off."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnopt.statistics.ranks import doubled_ranks

PERMUTATIONS = 2000
"""Shuffles behind a p-value: its smallest one is 1/2001."""


@dataclass(frozen=True)
class Importance:
    """What one setting explains alone.

    Attributes:
        share: of the variance of the ranked scores, at most 1; about 0, and as often below, where
            the setting does nothing.
        p: how often chance alone would explain as much.
    """

    share: float
    p: float


def importance_of(
    levels: Sequence[Hashable], scores: Sequence[float], generator: np.random.Generator
) -> Importance:
    """Return how much of the scores' ranks a grouping by one setting explains.

    With η² = (sum of squares between groups) / (total) of the ranks, of n scores in k groups,

        share = ε² = 1 - (1 - η²)·(n - 1)/(n - k),

    which is 0 on average where the groups are drawn by chance. Ranks, so that a score that
    exploded counts as the worst and no more; infinite ones share the last rank. What two settings
    do only together (a rate that is too large for large batches alone) is in neither's share, and
    shares need not add up to 1.

    Args:
        levels: which group each trial is in, (n,).
        scores: of each, (n,), lower is better or higher: the share is the same; may be infinite.
        generator: of the permutations.

    Returns:
        Share and p; NaN for both where there is one group, no more scores than groups, or all
        scores are equal.

    Raises:
        ValueError: levels and scores of different length, or a score that is NaN.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> found = importance_of(["a", "a", "a", "b", "b", "b"], [1, 2, 3, 4, 5, 6], rng)
        >>> round(found.share, 2)
        0.71

    Source: ε² of Kelley 1935, "An unbiased correlation ratio measure", on ranks as in Kruskal and
    Wallis 1952; p as (1 + as large)/(1 + permutations), Phipson and Smyth 2010.
    """
    if len(levels) != len(scores):
        raise ValueError(f"must be as many levels as scores, got {len(levels)} and {len(scores)}.")
    values = np.asarray(scores, dtype=np.float64)
    if np.isnan(values).any():
        raise ValueError("scores must be numbers, got NaN. Use infinity for the worst.")
    groups = _numbered(levels)
    n, k = len(values), int(groups.max(initial=-1)) + 1
    ranks = _ranks(values)
    if k < 2 or n <= k or not (total := float((ranks**2).sum())):
        return Importance(float("nan"), float("nan"))
    counts = np.bincount(groups)
    between = _between(ranks, groups, counts)
    share = 1 - (1 - between / total) * (n - 1) / (n - k)
    # Sums of halves are exact, their squares over counts are not: equal ones must count as equal.
    least = between * (1 - 1e-12)
    as_large = sum(
        _between(generator.permutation(ranks), groups, counts) >= least for _ in range(PERMUTATIONS)
    )
    return Importance(share, (1 + as_large) / (1 + PERMUTATIONS))


def binned(values: Sequence[float], bins: int = 3) -> list[int]:
    """Return the bin of each value: as many in each as can be, equal values in the same.

    Args:
        values: any numbers, (n,).
        bins: at least 1.

    Example:
        >>> binned([0.1, 5, 0.2, 9, 1, 2])
        [0, 2, 0, 2, 1, 1]
    """
    doubled = doubled_ranks(np.asarray(values, dtype=np.float64), 0.0)
    places = (doubled - 1) * bins // (2 * len(values))  # a rank r is the place r - 1/2 of n
    return [int(place) for place in places]


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks about their mean; infinite values are tied with their like."""
    places = np.unique(values, return_inverse=True)[1]
    centred: NDArray[np.float64] = doubled_ranks(places.astype(np.float64), 0.0) / 2
    return centred - (len(values) + 1) / 2


def _numbered(levels: Sequence[Hashable]) -> NDArray[np.int64]:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(level, len(numbers)) for level in levels], dtype=np.int64)


def _between(
    ranks: NDArray[np.float64], groups: NDArray[np.int64], counts: NDArray[np.int64]
) -> float:
    sums = np.bincount(groups, weights=ranks)
    return float((sums**2 / counts).sum())
