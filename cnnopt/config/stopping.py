"""Early stopping: its settings, and which weights it has training keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from cnnopt.config.settings import Settings
from cnnopt.config.training import Best, Last, SelectMetric, Training
from cnnopt.config.values import Flag, Positive, Size


class EarlyStopping(Settings):
    """Stops after `patience` rows of metrics without a gain of more than `min_change`.

    `metric` is the loss or what is measured, on validation; without it, what `training.select`
    names. `restore_best` decides in its place which weights are kept: those of the best row by
    that metric, or the last ones.
    """

    main: ClassVar[str] = "patience"
    kind: Literal["early_stopping"] = "early_stopping"
    patience: Positive
    min_change: Size = 0.0
    metric: SelectMetric | None = None
    restore_best: Flag | None = None


def watched(entry: EarlyStopping, training: Training) -> SelectMetric:
    """Return the metric that early stopping goes by."""
    if entry.metric is not None:
        return entry.metric
    return training.select.metric if isinstance(training.select, Best) else "loss"


def kept_by(regularizers: Sequence[Settings], training: Training) -> Training:
    """Return the settings of training with the selection that `restore_best` asks for.

    The same again for what it returns: a resolved config says the same as the one it was made of.
    """
    for entry in regularizers:
        if isinstance(entry, EarlyStopping) and entry.restore_best is not None:
            best = Best(metric=watched(entry, training))
            chosen = best if entry.restore_best else Last()
            return training.model_copy(update={"select": chosen})
    return training
