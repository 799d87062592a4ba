"""The standard error of a generalization gap: how far it could move by chance alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.data.dataset import Part
from cnnopt.losses import Loss
from cnnopt.training.task import Task


def gap_error(
    parts: Mapping[str, Part],
    outputs: Mapping[str, Array],
    metrics: Mapping[str, Mapping[str, Any]],
    task: Task,
    loss: Loss,
) -> float | None:
    """Return the standard error of error on validation (else test) minus error on training.

    The error is 1 - accuracy where both parts have an accuracy, else the loss. Says how the gap
    of this very model would vary with other examples, not with other seeds.

    Args:
        parts: the measured examples: `train`, and `validation` or `test`; none stands in both.
        outputs: what the network gave for each part, (n, K).
        metrics: as measured on each part.
        task: says what the examples weigh in the loss.
        loss: what is minimized.

    Returns:
        In the unit of the error; None without a part beside `train`, infinite where a loss was
        measured on a single example.
    """
    held_out = next((name for name in ("validation", "test") if name in parts), None)
    if held_out is None:
        return None
    pair = ("train", held_out)
    if all("accuracy" in metrics[name] for name in pair):
        a, b = (float(metrics[name]["accuracy"]) for name in pair)
        return error_of_shares(a, b, len(parts["train"]), len(parts[held_out]))
    errors = []
    for name in pair:
        values = outputs[name]
        targets = loss.targets(parts[name].y, values.shape[1], np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            losses = loss.values(values, targets)
            errors.append(error_of_mean(losses, task.example_weights(parts[name])))
    return math.hypot(*errors)


def error_of_shares(a: float, b: float, n_a: int, n_b: int) -> float:
    """Return the standard error of the difference of two shares if both have the same cause.

    Pooled, with one success and one failure added to each, so that a perfect score has a standard
    error too.

    Args:
        a, b: shares in [0, 1].
        n_a, n_b: of how many examples, >= 1.

    Source: Agresti and Caffo 2000, "Simple and effective confidence intervals for proportions and
    differences of proportions result from adding two successes and two failures".
    """
    share = (a * n_a + b * n_b + 2) / (n_a + n_b + 4)
    return math.sqrt(share * (1 - share) * (1 / n_a + 1 / n_b))


def error_of_mean(values: Array, weights: Array | None = None) -> float:
    """Return the standard error of the (weighted) mean of independent values.

    Args:
        values: of n examples, (n,).
        weights: of each, (n,), >= 0; None: all the same, which gives sd/√n with ddof 1.
    """
    n = len(values)
    if n < 2:
        return math.inf
    shares = np.full(n, 1 / n) if weights is None else weights / weights.sum()
    deviations = values - shares @ values
    return math.sqrt(n / (n - 1) * float(((shares * deviations) ** 2).sum()))
