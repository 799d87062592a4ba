"""How much measurements differ among themselves."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """Return the first and the third quartile of two or more values."""
    low, _, high = quantiles(values, n=4, method="inclusive")
    return low, high
