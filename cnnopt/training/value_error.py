"""The standard error of a measured value: how far it could move with other examples."""

from __future__ import annotations

import math

import numpy as np

from cnnopt.arrays import Array
from cnnopt.data.dataset import Part
from cnnopt.losses import Loss
from cnnopt.randomness import stream
from cnnopt.training.gap import error_of_mean
from cnnopt.training.task import Task, measure

SHARES = frozenset({"accuracy", "top_3", "top_5"})
"""Metrics that are shares of the examples."""
RESAMPLES = 100
"""Of the bootstrap: enough for a standard error that is right to about 7 %."""


def value_error(
    metric: str, value: float, outputs: Array, part: Part, task: Task, loss: Loss
) -> float:
    """Return the standard error of a metric of this very model over the examples of a part.

    Of a share √(p(1 - p)/(n + 2)) with p = (n·share + 1)/(n + 2), so that a perfect score has one
    too; of the loss that of the mean of its values; of any other metric the standard deviation
    over resamples of the examples.

    Args:
        metric: `loss` or a metric's name.
        value: what it is on the part.
        outputs: what the network gave, (n, K).
        part: the examples.
        task, loss: as of `measure`.

    Returns:
        In the metric's unit; infinite for a single example; NaN where the metric has no value.

    Source: Agresti and Coull 1998, "Approximate is better than exact"; Efron 1979, "Bootstrap
    methods: another look at the jackknife".
    """
    n = len(part)
    if metric in SHARES:
        share = (n * value + 1) / (n + 2)
        return math.sqrt(share * (1 - share) / (n + 2))
    if metric == "loss":
        targets = loss.targets(part.y, outputs.shape[1], np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            return error_of_mean(loss.values(outputs, targets), task.example_weights(part))
    if n < 2:
        return math.inf
    generator = stream(0, "value error")
    values = []
    for _ in range(RESAMPLES):
        rows = generator.integers(n, size=n)
        drawn = Part(part.x[rows], part.y[rows], part.rows[rows])
        values.append(measure(outputs[rows], drawn, task, loss, [metric])[metric])
    found = [each for each in values if not math.isnan(each)]
    return float(np.std(found, ddof=1)) if len(found) > 1 else math.nan
