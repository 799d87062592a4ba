"""The table of metrics: name in YAML and in column heads, and what makes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from cnnopt.metrics.accuracy import Accuracy
from cnnopt.metrics.auc import Auc
from cnnopt.metrics.direction import USUAL
from cnnopt.metrics.log_loss import LogLoss
from cnnopt.metrics.mae import MeanAbsoluteError
from cnnopt.metrics.metric import Metric
from cnnopt.metrics.mse import MeanSquaredError
from cnnopt.metrics.over_classes import (
    OverClasses,
    balanced_accuracy,
    f1,
    precision,
    recall,
)
from cnnopt.metrics.r2 import R2
from cnnopt.metrics.top_k import TopK

Factory = Callable[[], Metric]

_CLASSIFICATION: dict[str, Factory] = {
    "accuracy": Accuracy,
    "balanced_accuracy": partial(OverClasses, balanced_accuracy),
    "precision": partial(OverClasses, precision),
    "recall": partial(OverClasses, recall),
    "f1": partial(OverClasses, f1),
    "auc": Auc,
    "top_3": partial(TopK, 3),
    "top_5": partial(TopK, 5),
    "log_loss": LogLoss,
}
_REGRESSION: dict[str, Factory] = {"mse": MeanSquaredError, "mae": MeanAbsoluteError, "r2": R2}

FEWEST_CLASSES = {"top_3": 4, "top_5": 6}
"""Classes from which a metric says anything at all."""


def for_task(classification: bool, names: Sequence[str] | None = None) -> dict[str, Factory]:
    """Return metrics of a task besides its loss: name → factory, in the order of columns.

    Args:
        classification: whether there are classes to predict, or numbers.
        names: which; None: the usual ones, accuracy for classes, mae and r2 for numbers.

    Raises:
        KeyError: a name that the task does not have.

    Example:
        >>> list(for_task(classification=False))
        ['mae', 'r2']
    """
    known = _CLASSIFICATION if classification else _REGRESSION
    return {name: known[name] for name in names or USUAL[classification]}
