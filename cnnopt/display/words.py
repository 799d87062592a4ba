"""Numbers and times as a person reads them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

PERCENT = frozenset({"accuracy", "balanced_accuracy", "top_3", "top_5"})
"""Metrics that are shares and read better as percentages."""

LABELS = {
    "balanced_accuracy": "balanced accuracy",
    "f1": "F1",
    "auc": "AUC",
    "top_3": "top 3",
    "top_5": "top 5",
    "log_loss": "log loss",
    "mse": "MSE",
    "mae": "MAE",
    "r2": "R²",
}


def label(metric: str) -> str:
    """Return the name of a metric as a column's head: `mae` reads `MAE`."""
    return LABELS.get(metric, metric)


def heading(metric: str) -> str:
    """Return the name of a metric at the beginning of a line: `Accuracy`, `AUC`."""
    text = label(metric)
    return text[0].upper() + text[1:]


def numbers_of(metrics: Mapping[str, Any] | None) -> dict[str, float | None]:
    """Return the metrics of a part without those of single classes, which fill no column."""
    return {name: v for name, v in (metrics or {}).items() if not isinstance(v, Mapping)}


def number(value: float | None, digits: int = 4) -> str:
    """Return `value` with so many significant digits; a dash where there is none."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "infinite" if value > 0 else "-infinite"
    if value == 0 or 1e-2 <= abs(value) < 10**digits:
        # Fixed decimals line up below each other; "0.07" and "0.0701" would not.
        whole = math.floor(math.log10(abs(value))) + 1 if abs(value) >= 1 else 0
        return f"{value:.{digits - whole}f}"
    return short(value, digits)


def short(value: float | None, digits: int = 3) -> str:
    """Return a number as a person writes it, such as a learning rate: `0.3`, `1e-4`."""
    if value is None or not math.isfinite(value):
        return number(value)
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def measure(metric: str, value: float | None) -> str:
    """Return a metric's value: `97.77 %` for an accuracy, four digits for the rest."""
    if value is None or not math.isfinite(value):
        return number(value)
    return f"{100 * value:.2f} %" if metric in PERCENT else number(value)


def spread(metric: str, value: float | None) -> str:
    """Return a standard deviation, in points where the metric is a percentage."""
    if value is None or not math.isfinite(value):
        return number(value)
    return f"{100 * value:.2f}" if metric in PERCENT else number(value, 3)


def interval(metric: str, ends: Iterable[float | None] | None) -> str:
    """Return `97.1 to 98.9 %`, or a dash where there is no interval.

    Student's interval may reach beyond what a share can be; it is shown cut there.
    """
    low, high = tuple(ends) if ends else (None, None)
    if low is None or high is None:
        return "–"
    if metric in PERCENT:
        return f"{100 * max(low, 0.0):.2f} to {100 * min(high, 1.0):.2f} %"
    return f"{number(low)} to {number(high)}"


def difference(metric: str, value: float | None) -> str:
    """Return a signed difference, in points where the metric is a percentage."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{100 * value:+.2f}" if metric in PERCENT else f"{value:+.3g}"
    return text.replace("-", "−")


def duration(seconds: float) -> str:
    """Return a time span: `0.4 s`, `12 s`, `1 min 20 s`, `2 h 5 min`."""
    if seconds < 9.95:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    minutes = round(whole / 60)
    return f"{minutes // 60} h {minutes % 60} min"


def left(seconds: float | None) -> str:
    """Return `about 12 s left`; empty while nothing is known."""
    if seconds is None:
        return ""
    # An estimate has no tenths of a second.
    whole = max(1, round(seconds))
    return f"about {f'{whole} s' if whole < 60 else duration(whole)} left"


def count(n: int, noun: str) -> str:
    """Return `1 trial`, `5 trials`, `1,797 images`."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")
