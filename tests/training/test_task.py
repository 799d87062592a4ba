"""The examples of the training part that are measured, and what is measured."""

import numpy as np
import pytest
from training_problems import part

from cnnopt.losses import BinaryCrossEntropy, CrossEntropy, SquaredError
from cnnopt.training import task as task_module
from cnnopt.training.task import Task, measure, measure_classes


def of(train: int, **others: int) -> Task:
    parts = {name: part(rows, 7) for name, rows in others.items()}
    return Task({"train": part(train, 1), **parts}, True)


@pytest.mark.parametrize(
    ("task", "size"),
    [
        (of(40, validation=12, test=20), 12),
        (of(40, test=20), 20),
        (of(40, validation=60), 40),
        (of(40), 40),
    ],
)
def test_as_many_as_are_measured_elsewhere(task: Task, size: int) -> None:
    sample = task.training_sample(0)
    assert len(sample) == size
    assert len(set(sample.rows.tolist())) == size
    train = task.parts["train"]
    for x, y, row in zip(sample.x, sample.y, sample.rows, strict=True):
        np.testing.assert_array_equal(x, train.x[row])
        assert y == train.y[row]


def test_never_more_than_the_largest_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_module, "LARGEST_SAMPLE", 10)
    assert len(of(40, validation=30).training_sample(0)) == 10
    assert len(of(40).training_sample(0)) == 10


def test_fixed_by_the_seed_of_the_split() -> None:
    task = of(40, validation=12)
    same = task.training_sample(3).rows
    np.testing.assert_array_equal(task.training_sample(3).rows, same)
    assert (task.training_sample(4).rows != same).any()


def test_measures_by_hand() -> None:
    outputs = np.array([[0.0, 0.0], [0.0, np.log(3)]])
    examples = part(2, 0)
    labels = type(examples)(examples.x, np.array([1, 1]), examples.rows)
    found = measure(outputs, labels, Task({}, True), CrossEntropy())
    assert list(found) == ["loss", "accuracy"]
    assert found["loss"] == pytest.approx((np.log(2) + np.log(4 / 3)) / 2)
    assert found["accuracy"] == 0.5
    targets = type(examples)(examples.x, np.array([[1.0, 0.0], [0.0, 1.0]]), examples.rows)
    found = measure(np.zeros((2, 2)), targets, Task({}, False), SquaredError())
    assert list(found) == ["loss", "mae", "r2"]
    assert found["loss"] == found["mae"] == 0.5


def test_class_weights_are_in_the_loss_and_in_no_metric() -> None:
    outputs = np.array([[0.0, 0.0], [0.0, np.log(3)], [0.0, 0.0]])
    examples = part(3, 0)
    labels = type(examples)(examples.x, np.array([1, 1, 0]), examples.rows)
    task = Task({}, True, class_weights=np.array([4.0, 1.0]))
    found = measure(outputs, labels, task, CrossEntropy(), ["accuracy", "log_loss"])
    losses = np.log([2, 4 / 3, 2])
    assert found["loss"] == pytest.approx((losses[0] + losses[1] + 4 * losses[2]) / 6)
    assert found["log_loss"] == pytest.approx(losses.mean())
    assert found["accuracy"] == pytest.approx(2 / 3)


def test_one_output_for_two_classes_is_measured_like_two() -> None:
    z = np.array([[-1.0], [0.5], [2.0], [0.0]])
    examples = part(4, 0)
    labels = type(examples)(examples.x, np.array([0, 0, 1, 1]), examples.rows)
    names = ["accuracy", "auc", "log_loss", "f1"]
    task = Task({}, True)
    one = measure(z, labels, task, BinaryCrossEntropy(), names)
    two = measure(np.hstack([0 * z, z]), labels, task, CrossEntropy(), names)
    assert one == pytest.approx(two)
    assert one["loss"] == pytest.approx(one["log_loss"])
    assert one["accuracy"] == 0.5
    by_class = measure_classes(z, labels, task, names, ("cat", "dog"))
    assert list(by_class) == ["auc", "f1"]
    assert by_class["f1"] == {"cat": pytest.approx(0.5), "dog": pytest.approx(0.5)}
