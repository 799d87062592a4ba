"""The standard error of the generalization gap, held to draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from training_problems import Ran, experiment, misleading, part, run, task

from cnnopt.data.dataset import Part
from cnnopt.losses import CrossEntropy, SquaredError
from cnnopt.training.events import EpochDone
from cnnopt.training.gap import error_of_mean, error_of_shares, gap_error
from cnnopt.training.task import Task, measure


def test_the_error_of_a_mean_is_the_textbook_one() -> None:
    values = np.random.default_rng(0).normal(size=50)
    assert error_of_mean(values) == pytest.approx(stats.sem(values))
    assert error_of_mean(values, np.full(50, 3.0)) == pytest.approx(stats.sem(values))
    assert error_of_mean(values[:1]) == math.inf


def test_the_error_of_a_weighted_mean_is_what_it_varies_by() -> None:
    generator = np.random.default_rng(1)
    weights = generator.choice([1.0, 10.0], size=300)
    draws = generator.exponential(size=(4000, 300))
    means = draws @ weights / weights.sum()
    told = np.mean([error_of_mean(row, weights) for row in draws])
    assert told == pytest.approx(means.std(), rel=0.05)


def test_equal_chances_differ_by_two_errors_rarely() -> None:
    draws = np.random.default_rng(0).binomial(200, 0.95, size=(2000, 2)) / 200
    noise = [abs(a - b) <= 2 * error_of_shares(float(a), float(b), 200, 200) for a, b in draws]
    assert 0.92 < np.mean(noise) <= 0.99
    assert error_of_shares(1.0, 1.0, 200, 200) > 0
    assert error_of_shares(0.9, 0.8, 50, 50) == pytest.approx(error_of_shares(0.1, 0.2, 50, 50))


def regression_part(rows: int, generator: np.random.Generator) -> Part:
    y = generator.normal(size=(rows, 1)).astype(np.float32)
    return Part(np.zeros((rows, 1), np.float32), y, np.arange(rows))


def test_losses_of_equal_cause_differ_by_two_errors_rarely() -> None:
    generator = np.random.default_rng(2)
    noise = []
    for _ in range(500):
        parts = {
            "train": regression_part(120, generator),
            "validation": regression_part(60, generator),
        }
        drawn = Task(parts, classification=False)
        outputs = {name: np.zeros((len(each), 1)) for name, each in parts.items()}
        values = {
            name: measure(outputs[name], each, drawn, SquaredError())
            for name, each in parts.items()
        }
        error = gap_error(parts, outputs, values, drawn, SquaredError())
        assert error is not None
        noise.append(abs(values["train"]["loss"] - values["validation"]["loss"]) <= 2 * error)
    assert 0.91 < np.mean(noise) < 0.985


def test_classes_weigh_in_the_error_of_their_loss() -> None:
    parts = {"train": part(40, 1), "test": part(40, 2)}
    outputs = {name: np.random.default_rng(3).normal(size=(40, 3)) for name in parts}
    losses: dict[str, dict[str, Any]] = {name: {"loss": 0.0} for name in parts}

    def error(*weights: float) -> float | None:
        weighed = Task(parts, True, np.array(weights))
        return gap_error(parts, outputs, losses, weighed, CrossEntropy())

    assert error(2, 2, 2) == pytest.approx(
        gap_error(parts, outputs, losses, Task(parts, True), CrossEntropy())
    )
    assert error(1, 1, 20) != pytest.approx(error(2, 2, 2), rel=0.05)


def epochs(ran: Ran) -> list[EpochDone]:
    return [event for event in ran.events if isinstance(event, EpochDone)]


def test_rows_tell_the_error_where_there_is_a_validation_part() -> None:
    for event in epochs(run(experiment(), task())):
        shares = event.row["train_accuracy"], event.row["validation_accuracy"]
        assert event.gap_error == error_of_shares(*shares, 12, 12)
    assert {event.gap_error for event in epochs(run(experiment(), task(validation=0)))} == {None}


def test_the_gap_of_wrong_labels_is_no_noise() -> None:
    training = {"epochs": 20, "batch_size": 8}
    last = epochs(run(experiment(training=training), misleading()))[-1]
    assert last.gap_error is not None
    assert last.row["train_accuracy"] - last.row["validation_accuracy"] > 2 * last.gap_error
