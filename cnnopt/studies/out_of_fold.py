"""A metric over all out-of-fold predictions, and what a nearest neighbour has on the same folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.build import loss_of
from cnnopt.config import Config
from cnnopt.data.dataset import Dataset, Part
from cnnopt.metrics import for_task
from cnnopt.randomness import stream

MEANS = frozenset({"loss", "accuracy", "top_3", "top_5", "log_loss", "mse", "mae"})
"""Metrics that are means over examples: only these have a value for each, to be drawn from."""

TINY = np.finfo(np.float64).tiny


def pooled(
    config: Config, data: Dataset, predictions: Sequence[Mapping[str, Any]], metric: str
) -> dict[str, Any]:
    """Return the metric over all out-of-fold predictions: value, interval, n.

    Repetitions are averaged: per example where the metric is a mean over examples, which then has
    a bootstrap interval; as a whole (AUC, F1, R² ...) otherwise, without an interval.

    Args:
        config: the study's config.
        data: its data set.
        predictions: rows of `predictions.csv`, with the columns `repeat` and `row`.
        metric: its name.
    """
    from cnnopt.statistics import bootstrap_interval

    rows = np.array([int(row["row"]) for row in predictions])
    repeats = np.array([int(row["repeat"]) for row in predictions])
    outputs, targets = _outputs(data, predictions), data.y[rows]
    if metric not in MEANS:
        values = [
            value_of(config, data, metric, outputs[repeats == each], targets[repeats == each])
            for each in np.unique(repeats)
        ]
        n = len(np.unique(rows))
        return {"value": float(np.mean(values)), "interval": None, "n": n}
    scores = np.array(
        [
            value_of(config, data, metric, outputs[i : i + 1], targets[i : i + 1])
            for i in range(len(rows))
        ]
    )
    _, place = np.unique(rows, return_inverse=True)
    examples = (np.bincount(place, scores) / np.bincount(place)).tolist()
    generator = stream(config.dataset.split_seed, "pooled_interval")
    interval = bootstrap_interval(examples, generator=generator)
    return {"value": float(np.mean(examples)), "interval": list(interval), "n": len(examples)}


def value_of(
    config: Config, data: Dataset, metric: str, outputs: Array, targets: NDArray[Any]
) -> float:
    """Return the loss (of numbers) or a metric of outputs (n, K)."""
    if metric == "loss":
        return float(np.mean(loss_of(config).values(outputs, targets)))
    measured = for_task(bool(data.classes), [metric])[metric]()
    measured.update(outputs, targets)
    return measured.compute()


def neighbour_value(
    config: Config, data: Dataset, metric: str, guess: NDArray[Any], test: Part
) -> float:
    """Return the metric of a neighbour's class numbers (n,) or targets (n, T).

    NaN for log_loss: a neighbour gives no probabilities.
    """
    if metric == "log_loss":
        return float("nan")
    outputs = np.eye(data.outputs)[guess] if data.classes else guess.astype(np.float64)
    return value_of(config, data, metric, outputs, test.y)


def _outputs(data: Dataset, predictions: Sequence[Mapping[str, Any]]) -> Array:
    """Return logarithms of the probabilities (n, K), or the predicted numbers (n, T)."""
    names = (
        [f"p_{label}" for label in data.classes]
        if data.classes
        else [f"predicted_{k}" for k in range(data.outputs)]
    )
    values: Array = np.array([[float(row[name]) for name in names] for row in predictions])
    return np.log(np.maximum(values, TINY)) if data.classes else values
