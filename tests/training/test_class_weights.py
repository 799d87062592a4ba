"""Class weights in training: twice the weight is the same as twice the examples."""

import numpy as np
import pytest
from training_problems import LINEAR, experiment, part, run, task

from cnnopt.data.dataset import Part
from cnnopt.training.task import Task


def full_batch(**keys: object) -> object:
    settings = {"epochs": 6, "batch_size": "full", "shuffle": "never", "select": "last"}
    return experiment(model=LINEAR, optimizer={"sgd": 0.3}, training=settings, **keys)


def test_a_weight_of_two_is_every_example_of_the_class_twice() -> None:
    train = part(30, 1)
    again = np.concatenate([np.arange(30), np.flatnonzero(train.y == 1)])
    twice = Part(train.x[again], train.y[again], np.arange(len(again)))
    weights = np.array([1.0, 2.0, 1.0])
    weighted = run(full_batch(), Task({"train": train}, True, weights))
    repeated = run(full_batch(), Task({"train": twice}, True))
    plain = run(full_batch(), Task({"train": train}, True))
    np.testing.assert_allclose(weighted.weights, repeated.weights, atol=2e-6)
    assert np.abs(weighted.weights - plain.weights).max() > 0.02
    assert weighted.losses == pytest.approx(repeated.losses, rel=1e-5)
    assert weighted.rows[-1]["train_loss"] == pytest.approx(repeated.rows[-1]["train_loss"])


def test_only_their_ratios_count() -> None:
    """The mean is over the sum of the weights of the batch, of a ragged one too."""
    train = {"train": part(30, 1)}
    small = Task(train, True, np.array([0.25, 0.5, 1.0]))
    large = Task(train, True, np.array([1.0, 2.0, 4.0]))
    a, b = run(experiment(), small), run(experiment(), large)
    np.testing.assert_array_equal(a.weights, b.weights)
    assert a.losses == b.losses


def test_equal_weights_are_none() -> None:
    train = {"train": part(32, 1)}
    a = run(experiment(), Task(train, True, np.ones(3)))
    b = run(experiment(), Task(train, True))
    np.testing.assert_array_equal(a.weights, b.weights)


def test_a_metric_that_has_no_value_is_the_worst() -> None:
    """AUC of a validation part with one class: the first row is selected, and nothing breaks."""
    other = part(12, 2)
    one_class = Part(other.x, np.zeros(12, np.int64), other.rows)
    data = Task({"train": task().parts["train"], "validation": one_class}, True)
    settings = {"epochs": 3, "metrics": ["auc"], "select": {"best": "auc"}}
    ran = run(experiment(training=settings), data)
    assert all(np.isnan(row["validation_auc"]) for row in ran.rows)
    assert ran.end.best_epoch == 1
