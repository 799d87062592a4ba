"""Metrics: reset, update, compute over sums and counts, so that a ragged last batch is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnopt.metrics.direction import higher_is_better, leading

if TYPE_CHECKING:
    from cnnopt.metrics.accuracy import Accuracy
    from cnnopt.metrics.mae import MeanAbsoluteError
    from cnnopt.metrics.metric import Metric, PerClass
    from cnnopt.metrics.r2 import R2
    from cnnopt.metrics.table import for_task

__all__ = [
    "R2",
    "Accuracy",
    "MeanAbsoluteError",
    "Metric",
    "PerClass",
    "for_task",
    "higher_is_better",
    "leading",
]

_HOMES = {
    "Accuracy": "accuracy",
    "MeanAbsoluteError": "mae",
    "Metric": "metric",
    "PerClass": "metric",
    "R2": "r2",
    "for_task": "table",
}


def __getattr__(name: str) -> Any:
    """Load a name's module when it is first asked for: most of them import numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
