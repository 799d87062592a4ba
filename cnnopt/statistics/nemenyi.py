"""Nemenyi's critical difference of average ranks, and who lies within it of whom."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr, ndtri

# The integrand is smooth and dies like exp(-z²/2), so that plain sums converge exponentially.
_STEP = 0.1
_Z = np.arange(-12.0, 12.0 + _STEP, _STEP)
_DENSITY = np.exp(-(_Z**2) / 2) / math.sqrt(2 * math.pi)


def critical_difference(treatments: int, problems: int, alpha: float = 0.05) -> float:
    """Return how far apart two average ranks have to be for a difference at level α.

    CD = q · √(k(k + 1)/(6N)), with q the upper α point of the studentized range of k treatments
    and infinite degrees of freedom over √2. Of families of equal treatments about a share α has
    any two that far apart.

    Args:
        treatments: k, how many were ranked, >= 2.
        problems: N, on how many problems, >= 1.
        alpha: level of the family of all pairs, in (0, 1).

    Returns:
        In ranks; more than k - 1, which no two can reach, where the problems are too few.

    Raises:
        ValueError: an argument outside its range.

    Example:
        >>> round(critical_difference(4, 14), 2)
        1.25

    Source: Nemenyi 1963; Demšar 2006, "Statistical comparisons of classifiers over multiple data
    sets", 3.2.2 and table 5.
    """
    if treatments < 2 or problems < 1:
        raise ValueError(
            f"treatments must be >= 2 and problems >= 1, got {treatments} and {problems}."
        )
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be in (0, 1), got {alpha}. Use 0.05.")
    q = _range_point(treatments, alpha) / math.sqrt(2)
    return q * math.sqrt(treatments * (treatments + 1) / (6 * problems))


def indistinguishable(ranks: Mapping[str, float], cd: float) -> list[tuple[str, ...]]:
    """Return the largest groups in which no two average ranks are as far apart as `cd`.

    Args:
        ranks: average rank by name.
        cd: from `critical_difference`, > 0.

    Returns:
        Groups of two and more, none within another, the best rank first in each and among them.

    Raises:
        ValueError: a difference that is not positive.

    Example:
        >>> indistinguishable({"a": 1.0, "b": 2.0, "c": 3.0}, 1.5)
        [('a', 'b'), ('b', 'c')]
    """
    if not cd > 0:
        raise ValueError(f"cd must be > 0, got {cd}.")
    names = sorted(ranks, key=ranks.__getitem__)
    groups: list[tuple[str, ...]] = []
    covered = 0  # end of the last group: one that does not reach beyond it lies within it
    for start, first in enumerate(names):
        end = start + sum(ranks[name] - ranks[first] < cd for name in names[start:])
        if end > max(covered, start + 1):
            groups.append(tuple(names[start:end]))
            covered = end
    return groups


def _range_point(k: int, alpha: float) -> float:
    """Return the q that the range of k standard normal values exceeds with probability alpha."""
    low, high = 0.0, -math.sqrt(2) * float(ndtri(alpha / (k * (k - 1))))  # high by Bonferroni
    while (middle := (low + high) / 2) not in (low, high):
        if _beyond(middle, k) > alpha:
            low = middle
        else:
            high = middle
    return high


def _beyond(q: float, k: int) -> float:
    """Return the chance that k standard normal values have a range above q.

    k · ∫ φ(z) · (Φ(z)^(k - 1) - (Φ(z) - Φ(z - q))^(k - 1)) dz, where z is the largest; written so
    that small chances are no differences of large ones.
    """
    below = ndtr(_Z)
    with np.errstate(divide="ignore"):  # log 0 where q is too small to change z
        all_near = (k - 1) * np.log1p(-np.minimum(1.0, ndtr(_Z - q) / below))
    return -k * _STEP * float(_DENSITY @ (below ** (k - 1) * np.expm1(all_near)))
