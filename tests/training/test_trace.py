"""A diverged training says in which layer it began."""

from typing import Any

import numpy as np
import pytest
from training_problems import LINEAR, experiment, part, task

from cnnopt.data.dataset import Part
from cnnopt.errors import Diverged
from cnnopt.network import Crew
from cnnopt.training.loop import Training
from cnnopt.training.task import Task


def message_of(chosen: Any, data: Task) -> str:
    with Crew() as crew, pytest.raises(Diverged) as caught:
        for _ in Training(chosen, data, crew).events():
            pass
    return str(caught.value)


def dense(value: float, **more: Any) -> dict[str, Any]:
    return {"dense": {"units": 1, "initial": {"constant": value}, "bias": False, **more}}


def regression(x: float, *layers: Any) -> tuple[Any, Task]:
    """Return a chain of layers on one number, the same for all examples; target 0."""
    chosen = experiment(
        shape=(1,),
        outputs=1,
        classification=False,
        model=list(layers),
        optimizer={"sgd": 1e-40},
        training={"steps": 2, "batch_size": 4},
    )
    inputs = np.full((8, 1), x, np.float32)
    return chosen, Task({"train": Part(inputs, np.zeros((8, 1), "f4"), np.arange(8))}, False)


@pytest.mark.parametrize(
    ("x", "layers", "words"),
    [
        (1e30, (dense(1e20), dense(1)), "in the layer dense_1: 4 of 4 values of its output"),
        (1e30, (dense(1), dense(1e20)), "in the layer dense_2: 4 of 4 values of its output"),
        (1e30, (dense(1), dense(1e20, name="head")), "in the layer head:"),
        (1e30, (dense(1), "relu", {"residual": [dense(1e20)]}), "in the layer residual_1:"),
        (1e10, (dense(1), dense(1e10)), "in the loss, where 4 of 4 values"),
        (1e30, (dense(1e-30), dense(1e5)), "in the layer dense_1: 1 of 1 values of the gradient "
         "of its weight"),
        (1e-20, (dense(1e20), "tanh", dense(1e25), dense(1e-20)), "of the gradient of its weight"),
        (np.nan, (dense(1),), "in the data: 4 of 4 values"),
    ],
)  # fmt: skip
def test_the_first_layer_that_is_not_finite_is_named(x: float, layers: Any, words: str) -> None:
    message = message_of(*regression(x, *layers))
    assert f"It began {words}" in message or (words.startswith("of the") and words in message)
    assert "learning rate" in message


def test_weights_that_the_step_before_broke_are_told() -> None:
    """Every gradient is finite, but rate · gradient is not: the next step meets the weights."""
    chosen = experiment(
        model=[{"dense": 6}, "relu", {"dense": "classes"}],
        optimizer={"sgd": 3e38},
        training={"steps": 9, "batch_size": 8},
    )
    data = task(validation=0)
    train = data.parts["train"]
    large = Part(100 * train.x, train.y, train.rows)
    message = message_of(chosen, Task({"train": large}, True))
    assert "at step 2" in message
    assert "It began in the layer dense_1:" in message
    assert "of its weight, as the step before left it, are not finite" in message


def test_one_bad_number_is_counted() -> None:
    data = task()
    train = data.parts["train"]
    x = train.x.copy()
    x[17, 2] = np.inf
    chosen = experiment(model=LINEAR, training={"epochs": 2, "batch_size": 8, "shuffle": "never"})
    message = message_of(chosen, Task({**data.parts, "train": Part(x, train.y, train.rows)}, True))
    assert "It began in the data: 1 of 32 values of the examples are not finite." in message


def test_batch_norm_and_dropout_are_walked_as_in_the_step() -> None:
    large = {"dense": {"units": 6, "initial": {"normal": 1e38}}}
    chosen = experiment(
        model=[{"dense": 6}, "batch_norm", "relu", {"dropout": 0.5}, large, *LINEAR],
        training={"epochs": 2, "batch_size": 8},
    )
    assert "It began in the layer dense_2" in message_of(chosen, task())


def test_the_run_is_left_as_it_stood() -> None:
    """Looking for the origin moves no weight and no running mean."""
    chosen, data = experiment(
        model=[{"dense": 6}, "batch_norm", {"dense": {"units": 6, "initial": {"normal": 1e38}}},
               {"dense": "classes"}],
        training={"epochs": 1, "batch_size": 8},
    ), task()  # fmt: skip
    with Crew() as crew:
        training = Training(chosen, data, crew)
        before = training.state.weights.copy()
        with pytest.raises(Diverged):
            for _ in training.events():
                pass
        np.testing.assert_array_equal(training.state.weights, before)


def test_a_part_that_overflows_names_the_layer() -> None:
    """Training is finite, the validation part is not: found in evaluation mode."""
    other = part(12, 2)
    parts = {
        "train": part(30, 1),
        "validation": Part(other.x * np.float32(1e37), other.y, other.rows),
    }
    chosen = experiment(
        model=[{"dense": {"units": 6, "initial": {"normal": 10}}}, "relu",
               {"dense": {"units": 6, "initial": {"normal": 10}}}, {"dense": "classes"}],
        training={"epochs": 2, "batch_size": 8},
        optimizer={"sgd": 1e-9},
    )  # fmt: skip
    message = message_of(chosen, Task(parts, True))
    assert "the loss on the validation part" in message
    assert "It began in the layer dense_" in message


@pytest.mark.parametrize("health", [False, True])
def test_it_is_told_with_and_without_health(health: bool) -> None:
    chosen = experiment(
        model=LINEAR, optimizer={"sgd": 1e38}, training={"epochs": 3, "health": health}
    )
    assert "It began in the layer dense_1" in message_of(chosen, task(validation=0))
