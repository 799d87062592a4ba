"""How fast runs come to a common target: from the rows of their metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from cnnopt.metrics import higher_is_better

History = Mapping[str, Sequence[float]]
"""Columns of `metrics.csv`."""


def common_target(histories: Iterable[History], metric: str) -> float | None:
    """Return the validation value that the worst of some runs reaches; None where none has one."""
    higher = higher_is_better(metric)
    reached = [
        max(column) if higher else min(column)
        for history in histories
        if (column := history.get(f"validation_{metric}", ()))
    ]
    if not reached:
        return None
    return min(reached) if higher else max(reached)


def row_of_target(history: History, metric: str, target: float | None) -> dict[str, float] | None:
    """Return epoch and step at which the target is first reached; None where it never is."""
    if target is None:
        return None
    higher = higher_is_better(metric)
    for place, value in enumerate(history.get(f"validation_{metric}", ())):
        if value >= target if higher else value <= target:
            return {name: float(history[name][place]) for name in ("epoch", "step")}
    return None


def last_value(history: History, metric: str) -> float | None:
    """Return the validation value of the last row; None where there is none."""
    column = history.get(f"validation_{metric}", ())
    return float(column[-1]) if column else None


def mean_of(values: Iterable[float | None]) -> float | None:
    """Return the mean of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
