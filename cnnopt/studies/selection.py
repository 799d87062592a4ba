"""Which of several settings tuning takes: by the validation value that the config selects by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from cnnopt.metrics import higher_is_better

T = TypeVar("T")


def selection_score(result: Mapping[str, Any]) -> float:
    """Return a trial's selected validation value, lower is better; a diverged one is the worst."""
    if result["status"] == "diverged":
        return float("inf")
    value = float(result["selection"]["value"])
    return -value if higher_is_better(result["selection"]["metric"]) else value


def best_of(candidates: Sequence[T], scores: Sequence[Sequence[float]]) -> T:
    """Return the candidate with the best mean score over its seeds, the first of equal ones.

    Args:
        candidates: the settings.
        scores: of each of them, by seed.
    """
    return candidates[int(np.argmin([np.mean(each) for each in scores]))]
