"""Metrics: reset, update, compute over sums and counts, so that a ragged last batch is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names
from cnnopt.metrics.direction import higher_is_better, leading

if TYPE_CHECKING:
    from cnnopt.metrics.accuracy import Accuracy
    from cnnopt.metrics.mae import MeanAbsoluteError
    from cnnopt.metrics.metric import Metric, PerClass
    from cnnopt.metrics.r2 import R2
    from cnnopt.metrics.table import for_task
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "accuracy": ("Accuracy",),
            "mae": ("MeanAbsoluteError",),
            "metric": ("Metric", "PerClass"),
            "r2": ("R2",),
            "table": ("for_task",),
        },
    )

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
