"""The table of metrics: name in YAML and in column heads, and what makes one."""

from __future__ import annotations

from collections.abc import Callable

from cnnopt.metrics.accuracy import Accuracy
from cnnopt.metrics.mae import MeanAbsoluteError
from cnnopt.metrics.metric import Metric
from cnnopt.metrics.r2 import R2

_CLASSIFICATION: dict[str, Callable[[], Metric]] = {"accuracy": Accuracy}
_REGRESSION: dict[str, Callable[[], Metric]] = {"mae": MeanAbsoluteError, "r2": R2}


def for_task(classification: bool) -> dict[str, Callable[[], Metric]]:
    """Return the metrics of a task besides its loss: name → factory, in the order of columns.

    Example:
        >>> list(for_task(classification=False))
        ['mae', 'r2']
    """
    return dict(_CLASSIFICATION if classification else _REGRESSION)
