"""How differences are put into figures: few digits, but never a bound rounded over to 0."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cnnopt.statistics.intervals import Interval

_MOST_DECIMALS = 12


@dataclass(frozen=True)
class Measure:
    """How a metric's differences are said.

    Attributes:
        metric: its name: `accuracy`, `loss`, `mae`, `r2`.
        factor: what a difference is multiplied by: 100 for shares.
        unit: what stands behind the figure: `points`, or `in loss`.
    """

    metric: str
    factor: float
    unit: str


def measure_of(metric: str) -> Measure:
    """Return how differences of `metric` are said: accuracies in percentage points.

    Example:
        >>> measure_of("accuracy").unit, measure_of("loss").unit
        ('points', 'in loss')
    """
    if metric in ("accuracy", "balanced_accuracy", "top_3", "top_5"):
        return Measure(metric, 100.0, "points")
    return Measure(metric, 1.0, f"in {metric.replace('_', ' ')}")


def amount(difference: float, interval: Interval, measure: Measure) -> str:
    """Return a difference and its interval as text: `0.80 points (0.52 to 1.08)`.

    Two significant digits of the interval's half-width, more where a bound that is not 0 would
    read as 0.
    """
    figures = [measure.factor * value for value in (difference, *interval)]
    half = (figures[2] - figures[1]) / 2
    scale = half if half > 0 else abs(figures[0])
    decimals = 1 if scale <= 0 or math.isnan(scale) else max(0, 1 - math.floor(math.log10(scale)))
    decimals = min(decimals, _MOST_DECIMALS)
    while decimals < _MOST_DECIMALS and any(
        value and float(f"{value:.{decimals}f}") == 0 for value in figures[1:]
    ):
        decimals += 1
    shown, low, high = (_plain(value, decimals) for value in figures)
    if math.isnan(half):
        return f"{shown} {measure.unit}"
    return f"{shown} {measure.unit} ({low} to {high})"


def round_down(value: float) -> float:
    """Return `value` > 0 cut to two significant digits: never more than was observed.

    Example:
        >>> round_down(0.0799), round_down(0.2), round_down(1.99)
        (0.079, 0.2, 1.9)
    """
    # Sixteen digits first: 0.29 * 100 is 28.999999999999996, and means 29.
    digits, _, power = f"{value:.15e}".partition("e")
    return float(f"{digits[:3]}e{power}")


def _plain(value: float, decimals: int) -> str:
    """Return the figure without a minus before zero."""
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text
