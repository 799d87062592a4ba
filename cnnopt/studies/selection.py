"""Which of several settings tuning takes: by the validation value that the config selects by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any, TypeVar

import numpy as np

from cnnopt.metrics import higher_is_better
from cnnopt.studies.study import Planned

T = TypeVar("T")

TUNING_SEEDS = (1_000_000, 1_000_001)
"""Added to the config's seed for tuning: no run that tuned is reported. Two, because the best of
several settings on one seed is often the luckiest."""


def mean_scores(
    planned: Sequence[Planned], results: Sequence[Mapping[str, Any]], columns: tuple[str, str]
) -> dict[tuple[Any, Any], float]:
    """Return the mean selected validation value over the seeds, lower is better, by two columns.

    One that diverged on any seed is infinitely bad.

    Args:
        planned: trials of the tuning stage.
        results: theirs.
        columns: of their rows: who tries, and what.
    """
    scores: dict[tuple[Any, Any], list[float]] = {}
    for p, result in zip(planned, results, strict=True):
        scores.setdefault((p.row[columns[0]], p.row[columns[1]]), []).append(_score(result))
    return {place: float(np.mean(values)) for place, values in scores.items()}


def best_of(candidates: Sequence[T], scores: Sequence[float]) -> T:
    """Return the candidate with the lowest score, the first of equal ones."""
    return candidates[int(np.argmin(scores))]


def _score(result: Mapping[str, Any]) -> float:
    if result["status"] == "diverged":
        return float("inf")
    value = float(result["selection"]["value"])
    if isnan(value):  # such as an AUC of a part that lacks a class
        return float("inf")
    return -value if higher_is_better(result["selection"]["metric"]) else value
