"""How many seeds a paired comparison needs."""

from __future__ import annotations

import math

from scipy.special import nctdtr, ndtri, stdtrit

_LARGE = 10_000  # from here on t and normal agree to 1 in 10,000


def seeds_needed(sd: float, difference: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return the smallest number of pairs with which one paired t-test finds a difference.

    Args:
        sd: standard deviation of the differences between pairs, >= 0.
        difference: the mean difference to find, not 0, in the unit of `sd`.
        power: chance to find it, in (0, 1).
        alpha: level of the two-sided test, in (0, 1); of a single test, not of a family.

    Returns:
        Number of pairs, >= 2.

    Raises:
        ValueError: an argument outside its range.

    Example:
        >>> seeds_needed(sd=1.0, difference=0.5)
        34

    Source: Cohen 1988, "Statistical power analysis for the behavioral sciences", chapter 2 (by the
    noncentral t distribution, not by its tables).
    """
    if not (sd >= 0 and math.isfinite(sd)):
        raise ValueError(f"sd must be finite and >= 0, got {sd}.")
    if not difference or not math.isfinite(difference):
        raise ValueError(f"difference must be finite and not 0, got {difference}.")
    if not (0 < power < 1 and 0 < alpha < 1):
        raise ValueError(f"power and alpha must be in (0, 1), got {power} and {alpha}.")
    if sd == 0:
        return 2
    effect = max(abs(difference) / sd, 1e-100)  # smaller ones would overflow below
    by_normal = float((ndtri(1 - alpha / 2) + ndtri(power)) / effect) ** 2
    if by_normal > _LARGE:
        return math.ceil(by_normal)
    low, high = 1, 2
    while _power(high, effect, alpha) < power:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _power(middle, effect, alpha) < power:
            low = middle
        else:
            high = middle
    return high


def _power(pairs: int, effect: float, alpha: float) -> float:
    """Return the chance that the two-sided test with so many pairs rejects, on the right side."""
    df = pairs - 1
    critical = float(stdtrit(df, 1 - alpha / 2))
    return 1.0 - float(nctdtr(df, effect * math.sqrt(pairs), critical))
