"""The standard error of a value over the examples, against the spread over many samples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cnnopt.arrays import Array
from cnnopt.data.dataset import Part
from cnnopt.losses import CrossEntropy, SquaredError
from cnnopt.training.task import Task, measure
from cnnopt.training.value_error import value_error

CLASSES, NUMBERS = Task({}, classification=True), Task({}, classification=False)


def sample(generator: np.random.Generator, n: int, *, classes: bool) -> tuple[Array, Part]:
    """Return outputs, and a part whose targets are as far from them in every sample."""
    x = np.zeros((n, 1), dtype=np.float32)
    if classes:
        y = generator.integers(3, size=n)
        outputs = generator.normal(size=(n, 3)) + 1.2 * np.eye(3)[y]
    else:
        y = generator.normal(size=(n, 1))
        outputs = y + generator.normal(scale=0.7, size=(n, 1))
    return outputs.astype(np.float32), Part(x, y, np.arange(n))


@pytest.mark.parametrize(
    "metric", ["loss", "accuracy", "f1", "balanced_accuracy", "auc", "log_loss", "mae", "r2", "mse"]
)
def test_it_is_the_spread_over_samples(metric: str) -> None:
    classes = metric not in ("mae", "r2", "mse")
    task, loss = (CLASSES, CrossEntropy()) if classes else (NUMBERS, SquaredError())
    generator = np.random.default_rng(0)
    values, errors = [], []
    for place in range(200):
        outputs, part = sample(generator, 120, classes=classes)
        names = None if metric == "loss" else [metric]
        values.append(measure(outputs, part, task, loss, names)[metric])
        if place < 20:
            errors.append(value_error(metric, values[-1], outputs, part, task, loss))
    assert np.mean(errors) == pytest.approx(np.std(values, ddof=1), rel=0.2)


def test_a_perfect_share_has_an_error_too() -> None:
    outputs, part = sample(np.random.default_rng(1), 98, classes=True)
    found = value_error("accuracy", 1.0, outputs, part, CLASSES, CrossEntropy())
    assert found == pytest.approx(math.sqrt(0.99 * 0.01 / 100))


@pytest.mark.parametrize("metric", ["loss", "mae"])
def test_one_example_says_nothing_about_the_spread(metric: str) -> None:
    outputs, part = sample(np.random.default_rng(2), 1, classes=False)
    assert value_error(metric, 0.5, outputs, part, NUMBERS, SquaredError()) == math.inf
