"""Metrics over all out-of-fold predictions, and per example where they are means over examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array, Rows
from cnnopt.build import loss_of
from cnnopt.config import Config
from cnnopt.data.dataset import Dataset
from cnnopt.metrics import for_task

MEANS = frozenset({"loss", "accuracy", "top_3", "top_5", "log_loss", "mse", "mae"})
"""Metrics that are means over examples: only these have a value for each, to be drawn from."""

TINY = np.finfo(np.float64).tiny


class Scores(NamedTuple):
    """A metric of each tested example, averaged over repetitions.

    Attributes:
        rows: which examples, ascending, shape (n,).
        values: theirs, shape (n,).
    """

    rows: Rows
    values: NDArray[np.float64]


def scores_of(
    config: Config, data: Dataset, predictions: Sequence[Mapping[str, Any]], metric: str
) -> Scores | None:
    """Return the metric of each example; None where it is no mean over examples.

    Args:
        config: the study's config.
        data: its data set.
        predictions: rows of `predictions.csv`, with the columns `repeat` and `row`.
        metric: its name.
    """
    if metric not in MEANS:
        return None
    rows = np.array([int(row["row"]) for row in predictions])
    outputs, targets = outputs_of(data, predictions), data.y[rows]
    each = [
        value_of(config, data, metric, outputs[i : i + 1], targets[i : i + 1])
        for i in range(len(rows))
    ]
    numbers, place = np.unique(rows, return_inverse=True)
    return Scores(numbers, np.bincount(place, each) / np.bincount(place))


def pooled_value(
    config: Config,
    data: Dataset,
    predictions: Sequence[Mapping[str, Any]],
    metric: str,
) -> float:
    """Return a metric that is no mean (AUC, F1, R² ...) over all predictions of a repetition,
    averaged over repetitions.
    """
    rows = np.array([int(row["row"]) for row in predictions])
    repeats = np.array([int(row["repeat"]) for row in predictions])
    outputs, targets = outputs_of(data, predictions), data.y[rows]
    values = [
        value_of(config, data, metric, outputs[repeats == each], targets[repeats == each])
        for each in np.unique(repeats)
    ]
    return float(np.mean(values))


def value_of(
    config: Config, data: Dataset, metric: str, outputs: Array, targets: NDArray[Any]
) -> float:
    """Return the loss (of numbers) or a metric of outputs (n, K)."""
    if metric == "loss":
        return float(np.mean(loss_of(config).values(outputs, targets)))
    measured = for_task(bool(data.classes), [metric])[metric]()
    measured.update(outputs, targets)
    return measured.compute()


def outputs_of(data: Dataset, predictions: Sequence[Mapping[str, Any]]) -> Array:
    """Return logarithms of the probabilities (n, K), or the predicted numbers (n, T)."""
    names = (
        [f"p_{label}" for label in data.classes]
        if data.classes
        else [f"predicted_{k}" for k in range(data.outputs)]
    )
    values: Array = np.array([[float(row[name]) for name in names] for row in predictions])
    return np.log(np.maximum(values, TINY)) if data.classes else values
